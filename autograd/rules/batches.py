"""Where nodes enter and leave a batch, and what the engine asks about batched arrays.

A node from outside of a batched function is the same in all calls. In the function another node
stands for it, whose cotangents differ between the calls; the rule of `share` adds them up.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.batching import Level, batched, innermost, is_in, looped
from autograd.batching.array import BatchedNumber, of_entries
from autograd.batching.indexing import getitem
from autograd.batching.level import aligned, batched_in, mapped, ndim, settle, whole
from autograd.batching.loops import joined, joined_shapes, of_no_entry, stacked_entries
from autograd.batching.uniform import in_rule
from autograd.engine import Node, Primitive, Tensor, Value, batching, tracing
from autograd.engine.assignment import current
from autograd.engine.batching import INSTALLED, Batched, Batching
from autograd.engine.dispatch import plain
from autograd.engine.foreign import is_foreign, like
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.operations import GETITEM, SETITEM
from autograd.engine.primitive import NOTHING
from autograd.engine.registry import WRITERS
from autograd.errors import BatchError, GraphError
from autograd.rules.table import linear


def _is_inside(x: Any, level: Level) -> bool:
    """Return whether an array belongs to a batch inside of this one: what it holds has this axis."""
    return isinstance(x, Batched) and x.level.number > level.number


def entered(x: Any, level: Level, axis: int) -> Any:
    """Return the array of one call, given those of all calls along an axis."""
    if _is_inside(x, level):
        return x.with_array(entered(x.array, level, axis + 1))
    return batched(np.moveaxis(x, axis, 0) if axis else x, level)


def left(x: Any, level: Level, axis: int) -> Any:
    """Return the arrays of all calls along an axis."""
    if _is_inside(x, level):
        return x.with_array(left(x.array, level, axis + 1))
    array = whole(x, level)
    return np.moveaxis(array, 0, axis) if axis else array


def summed(x: Any, level: Level) -> Any:
    """Return the sum over all calls."""
    if _is_inside(x, level):
        return x.with_array(summed(x.array, level))
    return x.array.sum(axis=0) if is_in(x, level) else x * level.size


def same(x: Any, level: Level) -> Any:
    """Return an array that all calls share."""
    return x


# fmt: off
enter: Primitive = linear(entered, lambda g, x, level, axis: leave(g, level, axis), name="enter")
leave: Primitive = linear(left,    lambda g, x, level, axis: enter(g, level, axis), name="leave")
total: Primitive = linear(summed,  lambda g, x, level: share(g, level),             name="total")
share: Primitive = linear(same,    lambda g, x, level: total(g, level),             name="share")
# fmt: on


def direct(function: Any, arguments: Any, keywords: Any) -> Any:
    """Call a function on batched arrays. Its errors are the user's: a loop would raise them too."""
    return function(*arguments, **keywords)


for _primitive in (enter, leave, total, share, SETITEM):
    _primitive.batch = direct
GETITEM.batch = lambda function, arguments, keywords: getitem(*arguments)


def _on_device(arguments: Any) -> Any:
    """Replace arrays of another library by batched ones, if others are; not indices."""
    if not any(map(is_foreign, arguments)):
        return arguments
    level = innermost(arguments)
    if level is None:
        return arguments
    return [
        batched(whole(x, level), level) if is_foreign(x) and x.dtype.kind in "fc" else x
        for x in arguments
    ]


class NodesInBatches(Batching):
    """How nodes meet batched arrays."""

    def lifted(self, arguments: Any, levels: Any) -> Any:
        """Replace nodes from outside of the batched functions by nodes that each call has."""
        return tuple([_lifted(x, levels) if isinstance(x, Node) else x for x in arguments])

    def refuse_assignment(self, node: Any, levels: Any) -> None:
        """Raise an error if a Tensor comes from outside of the batched functions."""
        inside = node.primitive not in (enter, share) and node._begun() >= levels[-1].begun
        if not inside:
            raise GraphError(
                f"A function that vmap calls cannot assign to a Tensor of shape {node.shape} from "
                "outside, which all calls share. Assign to a copy: t = t.copy()."
            )

    def called(self, primitive: Any, arguments: Any, keywords: Any) -> Any:
        """Compute what a primitive computes, for all calls of a batch."""
        function = primitive.function
        if primitive.batch is not None:
            return primitive.batch(function, arguments, keywords)
        arguments = _on_device(arguments)
        if isinstance(function, np.ufunc):
            return function(*arguments, **keywords)
        if primitive.partials is not None and not keywords:
            return of_elements(primitive, arguments)
        try:
            with in_rule():
                return function(*arguments, **keywords)
        except Exception as error:
            if not _may_loop(error, arguments):
                raise
            settle(error)
            level = innermost((arguments, keywords))
            return looped(_calling(primitive), level, arguments, keywords)

    def pulled(
        self, primitive: Any, argnum: int, g: Any, y: Any, arguments: Any, keywords: Any
    ) -> Any:
        """Return the cotangent of an argument in all calls of a batch."""
        g, y, *arguments = _on_device((g, y, *arguments))
        arguments = tuple(arguments)
        try:
            with in_rule():
                return primitive.pullback(argnum, g, y, arguments, keywords)
        except Exception as error:
            reads_graph = primitive.limit is not None or primitive.again is not None
            if not _may_loop(error, arguments) or (reads_graph and isinstance(g, Node)):
                raise  # the rule reads the graph of its cotangent, which a loop would cut
            settle(error)
            given = (argnum, g, y, arguments, keywords)
            return one_by_one(primitive.pullback, primitive.name, given, {})

    def needs_limits(self, primitive: Any, y: Any, arguments: Any) -> bool:
        """Return whether the rule of a primitive takes limits in any call of a batch."""
        with in_rule():
            return bool(primitive.limit(y, arguments))

    def handled(self, handler: Any, name: str, arguments: Any, keywords: Any) -> Any:
        """Call a function of nodes for all calls of a batch."""
        try:
            with in_rule():
                return handler(*arguments, **keywords)
        except Exception as error:
            if not _may_loop(error, arguments) or handler in WRITERS:
                raise  # a writer of each entry would write into copies
            if innermost(plain((arguments, keywords))) is None:
                raise
            settle(error)
            return one_by_one(handler, name, arguments, keywords)

    def holding(self, array: Any, index: Any, item: Any) -> Any:
        """Return an array that can be assigned to: a batched one if index or item are."""
        if isinstance(array, Node):
            return array
        level = innermost((array, index, item))
        if not is_in(array, level):
            return of_entries(whole(array, level).copy(), level)
        is_number = type(array) is BatchedNumber
        return of_entries(array.array, level) if is_number else array

    def zeros(self, shape: Any, dtype: Any, like: Any) -> Any:
        """Return batched zeros into which these arrays can be written."""
        (first, *_) = batched = list(batched_in(like))
        for x in batched:
            first = x if x.level.number > first.level.number else first
        return np.zeros_like(first, dtype, shape=shape)  # type: ignore[call-overload]

    def elements(self, function: Any, arguments: Any, keywords: Any) -> Any:
        """Call an elementwise function for all calls of a batch; None if nothing is batched."""
        level = innermost((arguments, keywords))
        if level is None or any(isinstance(x, Node) for x in arguments):
            return None
        axes = max(ndim(x) for x in arguments)
        given = [aligned(x, level, axes) for x in arguments]
        named = {key: aligned(x, level, axes) for key, x in keywords.items()}
        return batched(function(*given, **named), level)


def _is_of_batch(error: BaseException | None) -> bool:
    """Return whether an error is that of a batched array, or NumPy raised it because of one."""
    while error is not None and not isinstance(error, BatchError):
        error = error.__cause__
    return error is not None


def _may_loop(error: Exception, arguments: Any) -> bool:
    """Return whether an error comes from batched arrays, which another library may refuse."""
    refused = isinstance(error, TypeError) and like(arguments) is not None
    return refused or _is_of_batch(error)


def of_elements(primitive: Primitive, arguments: Any) -> Any:
    """Call an elementwise function with the arrays of all calls."""
    level = innermost(arguments)
    axes = max(ndim(x) for x in arguments)
    plain = [aligned(x, level, axes) for x in arguments]
    return batched(_calling(primitive)(*plain), level)


def _calling(primitive: Primitive) -> Any:
    """Return the function of a primitive, whose calls are recorded while a function is traced."""

    def call(*arguments: Any, **keywords: Any) -> Any:
        if innermost((arguments, keywords)) is not None:
            return INSTALLED.batching.called(primitive, arguments, keywords)
        if GRAD_MODE.tracing:
            return tracing.here().call(primitive, arguments, keywords)
        return primitive.function(*arguments, **keywords)

    call.__name__ = primitive.name
    return call


def one_by_one(function: Any, name: str, arguments: Any, keywords: Any) -> Any:
    """Call a function of nodes and batched arrays for each entry of a batch."""
    level = innermost(plain((arguments, keywords)))
    level.note_loop(name)
    if not level.size:
        return of_no_entry(function, level, name, plain(arguments), plain(keywords))

    def of_call(place: int, x: Any) -> Any:
        if isinstance(x, Node):
            return node_of_entry(x, level, place)
        return x.array[place] if is_in(x, level) else x

    rows = []
    for place in range(level.size):
        given, named = mapped((arguments, keywords), functools.partial(of_call, place))
        rows.append(function(*given, **named))
    return join_entries(rows, level, name)


def node_of_entry(node: Any, level: Level, place: int) -> Any:
    """Return the node of one call; one from outside stays what it is."""
    if _is_outside(node, level):
        return node
    return _as_made_in(level, leave, node, level, 0)[place]


def join_entries(rows: list[Any], level: Level, name: str) -> Any:
    """Join the results of all calls, nodes among them, in tuples, lists and dicts."""
    return joined(rows, level, name, _entered)


def _entered(rows: list[Any], level: Level, name: str) -> Any:
    if any(row is NOTHING for row in rows):
        return NOTHING
    if any(isinstance(row, Node) for row in rows):
        joined_shapes(rows, name)
        with outside_of(level):  # a node from outside gets the sum of what its rows get
            stacked = np.stack(rows)
        return +enter(stacked, level, 0)  # not a view of it, which is no array of one call
    return stacked_entries(rows, level, name)


@contextlib.contextmanager
def outside_of(level: Level) -> Iterator[None]:
    """Run code that one call has, where nodes from outside are nodes like others."""
    before = batching.levels()
    INSTALLED.threads.levels = tuple([each for each in before if each is not level])
    try:
        yield
    finally:
        INSTALLED.threads.levels = before


# -- nodes from outside -------------------------------------------------------------------------


def _lifted(node: Any, levels: Any) -> Any:
    """Return what stands for a node from outside in each call of the batches."""
    for level in levels:
        known = level.shared.get(id(node))
        if known is None:
            if not _is_outside(node, level):
                continue
            source = current(node) if isinstance(node, Tensor) else node
            known = level.shared[id(node)] = (node, _shared(source, level))
        node = known[1]
    return node


def _shared(node: Any, level: Level) -> Any:
    """Record that a node is the same in all calls of a batch."""
    return _as_made_in(level, share, node, level)


def _as_made_in(level: Level, primitive: Primitive, *arguments: Any) -> Any:
    """Call a primitive without lifting its arguments again."""
    before = batching.levels()
    INSTALLED.threads.levels = ()
    try:
        return primitive(*arguments)
    finally:
        INSTALLED.threads.levels = before


def _is_outside(node: Any, level: Level) -> bool:
    if isinstance(node, Tensor):
        if node._begun() < level.begun:
            return True
        return node.primitive is total and node.arguments[1] is level
    assert isinstance(node, Value)
    leaves = [x for x in _values_below(node) if x.primitive is None]
    outside = [x for x in leaves if x._begun() < level.begun]
    if outside and len(outside) < len(leaves):
        raise BatchError(
            "A Value made in a function that vmap calls was combined with one from outside. Use "
            "a Tensor in the function: Tensor(2.0) for Value(2.0)."
        )
    return bool(outside)


def _values_below(node: Value) -> list[Any]:
    found: list[Any] = [node]
    seen = {id(node)}
    for value in found:  # the list grows
        for parent in value.parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                found.append(parent)
    return found


INSTALLED.batching = NodesInBatches()
