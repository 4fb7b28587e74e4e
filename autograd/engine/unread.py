"""Arrays that nothing will read are let go while the graph is recorded.

The rules of ``tanh(x @ w + b)`` read `x`, `w` and the result, but neither the product nor the sum.
Once the next operation has been recorded, only the graph refers to these two. Their arrays are then
let go, so that a training step needs less memory; the nodes stay, with their shapes and types.
`node.arguments` and `node.parents` compute the numbers again.
"""

from __future__ import annotations

import sys
import types
from typing import Any, Final

import numpy as np

from autograd.engine import constants
from autograd.engine.fields import ArrayNode, plain_arguments, versions_of
from autograd.engine.memory import placeholder
from autograd.engine.primitive import UNKNOWN, Primitive
from autograd.engine.tiles import is_large
from autograd.engine.tracing import Followed, concrete, here

_ndarray: Final = np.ndarray

#: The bit of the result in `Primitive.unread`, and that of its first argument.
RESULT: Final = 1
FIRST: Final = 2

#: The flag of code that takes ``*arguments``.
_VARARGS: Final = 4
#: Functions that read variables which their code does not name.
_READING_ALL: Final = frozenset(("locals", "eval", "exec", "vars"))


def unread_by(primitive: Primitive) -> int:
    """Return which numbers no rule of a primitive reads, as bits: the result, each argument.

    The code of a rule says so: what it does not name, it does not read.
    """
    if primitive.unread == UNKNOWN:
        primitive.unread = _unread_by(primitive)
        primitive.spares_arguments = primitive.unread >= FIRST
    return primitive.unread


def _unread_by(primitive: Primitive) -> int:
    count = primitive.arity
    if count < 0 or primitive.variadic is not None or primitive.limit is not None:
        return 0
    unread = (FIRST << count) - 1
    for rule in primitive.partials or ():  # partial(y, *arguments)
        unread &= _not_named(rule, 0, count)
    for rule in primitive.again or ():  # vjp(g, y, *arguments)
        unread &= _not_named(rule, 1, count)
    for rule in primitive.vjps or ():
        unread &= _not_named(rule, 1, count)
    for rule in primitive.transposes or ():  # transpose(g, *arguments), without the result
        unread &= _not_named(rule, 0, count) | RESULT
    return unread


def _not_named(rule: Any, first: int, count: int) -> int:
    """Return bits for the parameters from number `first` on that the code of a rule ignores."""
    if isinstance(rule, (int, float)):
        return (FIRST << count) - 1
    if type(rule) is not types.FunctionType:
        return 0
    code = rule.__code__
    if code.co_flags & _VARARGS or not _READING_ALL.isdisjoint(code.co_names):
        return 0
    import dis  # slow to import, and needed once an array is large

    named: set[str] = set()
    for step in dis.get_instructions(code):
        named.update(step.argrepr.split(", "))  # some load two variables
    unread = 0
    for place in range(count + 1):
        if first + place < code.co_argcount and code.co_varnames[first + place] not in named:
            unread |= 1 << place
    return unread


def let_go(node: ArrayNode) -> None:
    """Let go of the arrays among the arguments of a node that nothing but the graph refers to.

    Parameters
    ----------
    node : ArrayNode
        A node that another one has just been computed from.
    """
    primitive = node._primitive
    if primitive is None:
        return
    if primitive.unread == UNKNOWN:
        unread_by(primitive)
    if not primitive.spares_arguments or not is_large(concrete(node._contents)):
        return  # mostly elementwise, so that its arguments are no larger
    unread = primitive.unread
    arguments: tuple[Any, ...] = node._arguments
    for argnum in range(len(arguments)):
        if (
            unread & (FIRST << argnum)
            and _is_unread_result(arguments[argnum])
            and _references(arguments, argnum) == _ALONE
        ):
            _let_go(arguments[argnum])
            node._arguments_let_go = True


def _is_unread_result(x: Any) -> bool:
    """Return whether a node was computed, and its own rule does not read its large array."""
    if not isinstance(x, ArrayNode):
        return False
    node: ArrayNode = x
    primitive = node._primitive
    if primitive is None or node._let_go or node._memory is not None:
        return False
    if node._retains_grad or node._hooks is not None:
        return False
    array = concrete(node._contents)
    if not is_large(array) or array.dtype.kind not in "fc":
        return False
    return unread_by(primitive) & RESULT != 0


def _references(arguments: tuple[Any, ...], argnum: int) -> int:
    """Return how many references to an argument there are."""
    found: int = _count(arguments[argnum])
    return found


_count: Any = getattr(sys, "getrefcount", lambda x: sys.maxsize)  # PyPy counts none

#: What `_references` returns of an object that only a tuple refers to.
_ALONE: Final = _references((object(),), 0)


def _let_go(node: ArrayNode) -> None:
    """Put NaN in the place of an array, with the same shape and type."""
    contents = node._contents
    nothing = placeholder(concrete(contents))
    node._contents = contents.with_value(nothing) if isinstance(contents, Followed) else nothing
    node._let_go = True


def restore(node: ArrayNode) -> None:
    """Compute the numbers of the arguments of a node again that have been let go.

    If numbers that they were computed from have been changed in place since, they stay NaN.

    Parameters
    ----------
    node : ArrayNode
        The node.
    """
    waiting: list[ArrayNode] = [node]
    while waiting:
        above = waiting[-1]
        without: list[ArrayNode] = []
        first: list[ArrayNode] = []
        for x in above._arguments or ():
            if isinstance(x, ArrayNode) and x._let_go:
                without.append(x)
                if x._arguments_let_go:
                    first.append(x)
        if first:
            waiting.extend(first)
            continue
        for x in without:
            _compute(x)
        above._arguments_let_go = False
        waiting.pop()


def _compute(node: ArrayNode) -> None:
    """Compute the numbers of a node again."""
    node._let_go = False
    primitive = node._primitive
    if primitive is None or node._arguments is None or _has_changed(node):
        return
    plain = plain_arguments(node._arguments)
    if isinstance(node._contents, Followed):
        node._contents = here().call(primitive, plain, node.keywords)
        return
    with np.errstate(all="ignore"):
        found = primitive.function(*plain, **node.keywords)
    node._contents = np.asarray(found, node._contents.dtype)


def _has_changed(node: ArrayNode) -> bool:
    """Return whether what a node was computed from has been changed in place since."""
    versions, numbers = versions_of(node._arguments)
    before = node._constants
    return bool(
        versions != node._versions
        or (numbers != node._numbers and numbers == numbers)  # NaN differs from itself
        or (before != 0 and constants.fingerprint(node._arguments, node._keywords) != before)
    )
