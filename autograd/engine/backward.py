"""The backward pass: the chain rule in topological order, without recursion.

A Tensor is never a parent of a Value. So a pass first visits all Tensors, and then continues from
the Values that it has reached (see `value_backward`). Both passes count the edges that lead to each
node; a node is visited after all of these edges.
"""

from __future__ import annotations

from typing import Any, Final, final

import numpy as np

from autograd.engine import assignment, batching, calls, constants, foreign, gc_tracking, tracing
from autograd.engine.cotangents import add_to_elements, added, conform, is_new, seed_of
from autograd.engine.fields import ArrayNode, NumberNode, plain_arguments, set_mark, versions_of
from autograd.engine.foreign import as_float
from autograd.engine.grad_mode import GRAD_MODE, enable_grad, is_recording
from autograd.engine.hooks import call_after
from autograd.engine.metadata import own
from autograd.engine.node import Node, plain
from autograd.engine.observers import tell_pulled
from autograd.engine.operations import GETITEM
from autograd.engine.primitive import NOTHING, Primitive
from autograd.engine.tiles import is_large
from autograd.engine.value_backward import acquire, backward_values, release
from autograd.errors import FreedGraphError, GraphError

_ndarray: Final = np.ndarray
_SCALARS: Final = (np.generic, tracing.Followed)


@final
class Sweep:
    """One backward pass over a graph, whose nodes are numbered from the root down."""

    def __init__(self, create: bool) -> None:
        # what is asked for
        self.create = create  # make the derivatives nodes
        self.limits = False  # a rule takes limits of cotangents, so they are nodes during the pass
        self.targets: set[int] = set()  # identities of computed nodes at which the pass ends
        self.on_path: set[int] = set()  # identities of the nodes that depend on targets
        # the graph
        self.nodes: list[Node | None] = []  # None once visited, so that it can be freed
        self.first_edge: list[int] = []  # where the edges of the node begin in `edges`
        self.edges: list[int] = []  # for each argument the number of the parent, -1 for a constant
        # the state of the pass, for each node
        self.pending: list[int] = []  # edges that lead to the node and have not been walked
        self.cotangents: list[Any] = []  # the sum over the edges that have been
        self.writable: list[bool] = []  # nothing else refers to this array, so it can be added to
        self.reached: list[int] = []  # the nodes whose derivative is wanted

    def again(self) -> Sweep:
        """Return another pass over the same graph, from its beginning."""
        other = Sweep(self.create)
        other.limits, other.targets, other.on_path = self.limits, self.targets, self.on_path
        other.nodes, other.first_edge, other.edges = [*self.nodes], self.first_edge, self.edges
        other.pending, other.cotangents = [*self.pending], [*self.cotangents]
        other.writable = [*self.writable]
        return other


def backward_tensor(root: ArrayNode, gradient: Any, retain: bool, create: bool) -> None:
    """Run the backward pass from a Tensor; see `Tensor.backward`."""
    if not root._requires_grad:
        raise GraphError(
            "This Tensor is a constant: it was detached, computed inside no_grad(), or made "
            "of constants only, so it has no graph."
        )
    _commit(_sweep(root, seed_of(root, gradient, create), retain, create))


def differentiable_backward(root: NumberNode, gradient: Any) -> None:
    """Run the backward pass from a Value, with derivatives that are nodes."""
    _commit(_sweep(root, gradient, True, True))


def _sweep(root: Node, seed: Any, retain: bool, create: bool) -> Sweep:
    """Walk all edges below the root."""
    if create and not is_recording():
        raise GraphError(
            "backward(create_graph=True) inside no_grad() would make derivatives that cannot be "
            "differentiated again. Call it outside."
        )
    sweep = Sweep(create)
    explore(sweep, root)
    return walk(sweep, seed, retain)


def walk(sweep: Sweep, seed: Any, retain: bool) -> Sweep:
    """Walk all edges of a graph that has been explored."""
    if not sweep.limits or sweep.create:
        return _walk(sweep, seed, retain)
    nodes = list(sweep.nodes)
    with enable_grad():
        _walk(sweep, seed, True)
    for number in sweep.reached:
        g = sweep.cotangents[number]
        if isinstance(g, Node):
            sweep.cotangents[number] = plain(g)
            sweep.writable[number] = False
    if not retain:
        for node in nodes:
            if isinstance(node, ArrayNode) and id(node) not in sweep.targets:
                _free(node)
    return sweep


def _walk(sweep: Sweep, seed: Any, retain: bool) -> Sweep:
    create = sweep.create
    ends_early = len(sweep.targets) != 0
    sweep.cotangents[0] = seed
    GRAD_MODE.passes += 1
    ready = [0]
    while ready:
        number = ready.pop()
        node = sweep.nodes[number]
        if sweep.cotangents[number] is None:
            _pass_by(sweep, number, retain, ready)
            continue
        if GRAD_MODE.tracing != 0:
            tracing.here().reached(node, sweep.cotangents[number])
        wanted = False
        if isinstance(node, ArrayNode) and node._hooks is not None:
            _run_hooks(node, sweep, number)
        if ends_early and id(node) in sweep.targets:
            wanted = True
        elif isinstance(node, ArrayNode):
            wanted = node._primitive is None or node._retains_grad
            if node._primitive is not None:
                _pull_back(
                    sweep, number, node, node._contents, node._arguments, node._keywords, ready
                )
                if not retain:
                    _free(node)
        elif isinstance(node, NumberNode):
            wanted = True
            if create and node._primitive is not None:
                _pull_back(
                    sweep, number, node, node._contents, node.arguments, node.keywords, ready
                )
        if wanted:
            sweep.reached.append(number)
        else:
            sweep.nodes[number] = None
            sweep.cotangents[number] = None
    if GRAD_MODE.tracing != 0:
        tracing.here().reached(None, None)
    return sweep


def explore(sweep: Sweep, root: Node) -> None:
    """Assign numbers to the nodes below the root, and count the edges that lead to each.

    The pass ends at Values, unless derivatives become nodes. While this runs, the `_mark` of a
    node is its number, counted from one.
    """
    found: list[Node] = []
    ends_early = len(sweep.targets) != 0
    acquire()
    try:
        _number(sweep, found, root)
        for node in found:  # the list grows as its nodes are visited
            sweep.first_edge.append(len(sweep.edges))
            arguments: tuple[Any, ...] = ()
            if ends_early and id(node) in sweep.targets:
                continue
            if isinstance(node, ArrayNode):
                if node._arguments is not None:
                    arguments = node._arguments
                elif node._primitive is not None:
                    raise freed_error(node)
                primitive = node._primitive
                if primitive is not None and primitive.limit is not None and not sweep.create:
                    limits = batching.needs_limits(primitive, node._contents, arguments)
                    sweep.limits = sweep.limits or limits
            elif sweep.create and isinstance(node, NumberNode):
                arguments = node.arguments
            versions = 0
            numbers = 0.0
            for argument in arguments:
                wanted = False
                if isinstance(argument, ArrayNode):
                    wanted = argument._requires_grad
                    if argument._memory is not None:
                        versions += argument._memory.mutations
                elif isinstance(argument, NumberNode):
                    wanted = True
                    numbers += argument._contents
                if not wanted or (ends_early and id(argument) not in sweep.on_path):
                    sweep.edges.append(-1)
                    continue
                number = _number(sweep, found, argument)
                sweep.edges.append(number)
                sweep.pending[number] += 1
            if isinstance(node, ArrayNode) and (
                versions != node._versions
                or numbers != node._numbers
                or node._constants != 0
                or node._memory is not None
            ):
                _compare(node, versions, numbers)
    finally:
        for node in found:
            set_mark(node, 0)
        release()


def freed_error(node: ArrayNode) -> FreedGraphError:
    """Return the error of a pass through a node whose arguments are no longer known."""
    return FreedGraphError(
        f"The graph below the result of {node.op!r} (shape {node.shape}) was "
        "freed by an earlier backward(). Call that one with retain_graph=True, "
        "or go back once from the sum of both results."
    )


def check_unchanged(node: ArrayNode) -> None:
    """Raise an error if numbers that the rule of a node reads have changed since the call."""
    versions, numbers = versions_of(node._arguments or ())
    _compare(node, versions, numbers)


def _compare(node: ArrayNode, versions: int, numbers: float) -> None:
    """Compare the versions and the numbers of the arguments with those at the time of the call."""
    if node._primitive is None:
        return
    if node._primitive.reads_data:
        if node._memory is not None:
            versions += node._memory.mutations
        changed = numbers != node._numbers and numbers == numbers  # NaN differs from itself
        if changed or versions != node._versions:
            raise GraphError(
                f"The data of an argument or of the result of {node.op!r} (shape {node.shape}) "
                "were changed in place after it was computed; the derivative would be wrong. "
                "Change .data, and assign inside no_grad(), after backward(); or compute again."
            )
    before = node._constants
    if before != 0 and constants.fingerprint(node._arguments, node._keywords) != before:
        raise GraphError(
            f"A constant array that {node.op!r} (result of shape {node.shape}) was computed from "
            "has changed since; the derivative would be wrong. Pass a copy: x.copy()."
        )


def _number(sweep: Sweep, found: list[Node], node: Node) -> int:
    """Return the number of a node, which gets one at its first visit."""
    if isinstance(node, ArrayNode):
        array: ArrayNode = node  # typed, so that mypyc writes to the field directly
        if array._mark != 0:
            return int(array._mark) - 1
        array._mark = len(found) + 1  # type: ignore[assignment]
    elif isinstance(node, NumberNode):
        number: NumberNode = node
        if number._mark != 0:
            return int(number._mark) - 1
        number._mark = len(found) + 1  # type: ignore[assignment]
    found.append(node)
    sweep.nodes.append(node)
    sweep.pending.append(0)
    sweep.cotangents.append(None)
    sweep.writable.append(False)
    return len(found) - 1


def _pull_back(
    sweep: Sweep,
    number: int,
    node: Node,
    data: Any,
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    ready: list[int],
) -> None:
    """Pass the cotangent of a node along its edges to the parents."""
    primitive = node._primitive
    assert primitive is not None
    g = sweep.cotangents[number]
    y: Any = data
    if sweep.create or sweep.limits:
        y = assignment.as_recorded(node, primitive)
        plain = [assignment.as_recorded(x, primitive) for x in arguments]
    else:
        plain = plain_arguments(arguments)
    is_batched = isinstance(data, batching.Batched) or isinstance(g, batching.Batched)
    if isinstance(g, ArrayNode):
        is_batched = is_batched or isinstance(g._contents, batching.Batched)
    edge = sweep.first_edge[number]
    last = -1
    if sweep.writable[number] and primitive.fresh_results and not is_batched:
        last = _last_to_own(sweep, number, node, len(arguments))
    for argnum in range(len(arguments)):
        parent = sweep.edges[edge + argnum]
        if parent < 0:
            continue
        argument: Node = arguments[argnum]
        if (
            primitive is GETITEM
            and sweep.writable[parent]
            and not sweep.create
            and add_to_elements(sweep.cotangents[parent], plain[1], g)
        ):
            _leave_out(sweep, parent, ready)
            continue
        if is_batched:
            found = batching.pulled(primitive, argnum, g, y, plain, keywords)
        else:
            try:
                if argnum == last and primitive.partials is not None:
                    found = primitive.pullback_in_place(argnum, g, y, plain)
                else:
                    found = primitive.pullback(argnum, g, y, plain, keywords)
            except (TypeError, NotImplementedError, AttributeError) as error:
                foreign.explain(primitive.name, error, g, plain)
                raise
        if found is NOTHING:
            _leave_out(sweep, parent, ready)
            continue
        found = conform(found, argument, primitive)
        if GRAD_MODE.interventions != 0:
            numbers = isinstance(found, Node) and not sweep.create
            tell_pulled(node, argnum, found.data if numbers else found)
        if argnum < last and not is_new(found, g, y, plain):
            last = -1
        before = sweep.cotangents[parent]
        left = sweep.pending[parent] - 1
        sweep.pending[parent] = left
        if before is None:
            sweep.cotangents[parent] = found
            if (
                primitive.fresh_results
                and not sweep.create
                and (left != 0 or argument._primitive is None or is_large(found))
            ):
                owned = argnum == last and found is g
                sweep.writable[parent] = owned or is_new(found, g, y, plain)
        elif sweep.writable[parent] and type(found) is _ndarray:
            sweep.cotangents[parent] = added(before, found)
        else:
            total = before + found
            sweep.cotangents[parent] = total
            sweep.writable[parent] = type(tracing.concrete(total)) is _ndarray
        if left == 0:
            ready.append(parent)


def _last_to_own(sweep: Sweep, number: int, node: Node, count: int) -> int:
    """Return the last argument that needs a derivative: it may take the memory of the cotangent.

    Return -1 if the cotangent is small, or needed later.
    """
    if not is_large(sweep.cotangents[number]):
        return -1
    retains = isinstance(node, ArrayNode) and node._retains_grad
    if retains or sweep.create or sweep.limits or GRAD_MODE.interventions != 0:
        return -1
    edge = sweep.first_edge[number]
    for argnum in range(count - 1, -1, -1):
        if sweep.edges[edge + argnum] >= 0:
            return argnum
    return -1


def _leave_out(sweep: Sweep, parent: int, ready: list[int]) -> None:
    """Count an edge as walked that adds nothing more to the cotangent of the parent."""
    sweep.pending[parent] -= 1
    if sweep.pending[parent] == 0:
        ready.append(parent)


def _pass_by(sweep: Sweep, number: int, retain: bool, ready: list[int]) -> None:
    """Leave out a node on which the root does not depend: see `NOTHING`."""
    node = sweep.nodes[number]
    end = len(sweep.edges)
    if number + 1 < len(sweep.first_edge):
        end = sweep.first_edge[number + 1]
    for edge in range(sweep.first_edge[number], end):
        parent = sweep.edges[edge]
        if parent >= 0:
            _leave_out(sweep, parent, ready)
    if not retain and isinstance(node, ArrayNode):
        _free(node)
    sweep.nodes[number] = None


def _free(node: ArrayNode) -> None:
    """Forget what a node was computed from.

    A mere view keeps its argument: that costs no memory, so another pass may go through it.
    """
    if not _is_mere_view(node):
        node._arguments = None


def _is_mere_view(node: ArrayNode) -> bool:
    """Return whether a node is a view of its argument, whose rule reads no numbers."""
    primitive = node._primitive
    if primitive is None or primitive.reads_data or not primitive.makes_views:
        return False
    arguments: Any = node._arguments
    if not arguments or not isinstance(arguments[0], ArrayNode):
        return False
    argument: ArrayNode = arguments[0]
    base = getattr(node._contents, "base", None)
    whole = argument._contents
    return base is not None and (base is whole or base is getattr(whole, "base", None))


def _run_hooks(node: ArrayNode, sweep: Sweep, number: int) -> None:
    for function, after in tuple(node._hooks):
        if after:
            continue
        g = sweep.cotangents[number]
        replaced = function(g.copy() if type(g) is _ndarray else g)  # the hook may write into it
        if replaced is not None:
            sweep.cotangents[number] = conform(replaced, node, _HOOK)
            sweep.writable[number] = False


_HOOK: Final = Primitive("hook")


def _commit(sweep: Sweep) -> None:
    """Store the derivatives in the nodes: all of them or none."""
    create = sweep.create
    tensors: list[ArrayNode] = []
    gradients: list[Any] = []
    values: list[NumberNode] = []
    derivatives: list[Any] = []
    acquire()
    try:
        for number in sweep.reached:
            node = sweep.nodes[number]
            g = sweep.cotangents[number]
            if isinstance(node, ArrayNode):
                tensors.append(node)
                gradients.append(_total(node, g, sweep.writable[number], create))
            elif isinstance(node, NumberNode):
                values.append(node)
                derivatives.append(_value_total(node, g) if create else g)
        if not create and values:
            if GRAD_MODE.tracing != 0:
                tracing.here().pull_back(values, derivatives, None)
                derivatives = [tracing.concrete(derivative) for derivative in derivatives]
            backward_values(values, [as_float(derivative) for derivative in derivatives])
        elif create:
            for i in range(len(values)):
                take_gradient(values[i], derivatives[i])
        for i in range(len(tensors)):
            if GRAD_MODE.tracing != 0:
                tracing.here().stored_gradient(tensors[i])
            tensors[i]._grad = gradients[i]
    finally:
        release()
    for tensor in tensors:
        if tensor._hooks is not None:
            call_after(tensor, create)


def _total(node: ArrayNode, g: Any, writable: bool, create: bool) -> Any:
    """Return the new `grad` of a Tensor: leaves accumulate, other nodes do not."""
    before: Any = None
    if node._primitive is None:
        before = node._grad if GRAD_MODE.tracing == 0 else tracing.here().gradient(node)
    if create:
        if before is not None:
            g = before + g
        return g if isinstance(g, Node) else calls.tensor(g.copy())
    if before is not None:
        g = plain(before) + g
    elif not writable:
        g = g.copy()
    return np.asarray(g) if type(g) is not _ndarray and isinstance(g, _SCALARS) else g


def _value_total(node: NumberNode, g: Any) -> Node:
    """Return the new `grad` of a Value, as a node."""
    notes = node._notes
    before: Any = node._grad if notes is None or notes.gradient is None else notes.gradient
    if node._primitive is None and (isinstance(before, Node) or before != 0.0):
        g = before + g
    return g if isinstance(g, Node) else calls.number(g)  # type: ignore[no-any-return]


def take_gradient(node: NumberNode, gradient: Node) -> None:
    """Give a number a derivative that is itself a node."""
    node._notes = own(node._notes)
    node._notes.gradient = gradient
    gc_tracking.track_below(gradient)
    node._grad = as_float(plain(gradient))
