"""Forward mode: push tangents through a recorded graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.engine import Node, Primitive, Tensor, batching, tracing
from autograd.engine.assignment import as_recorded
from autograd.engine.backward import check_unchanged, freed_error
from autograd.engine.broadcasting import size_of
from autograd.engine.derivatives import derivatives
from autograd.engine.foreign import as_array, beside, full, like
from autograd.engine.grad_mode import GRAD_MODE, enable_grad, is_recording
from autograd.engine.memory import owner_of
from autograd.engine.objects import joined
from autograd.graph import Graph, contents
from autograd.rules.elementwise import positive
from autograd.rules.own_sparsity import CLAIMS, noted


def push_forward(
    outputs: Sequence[Node],
    tangents: Mapping[Any, Any],
    create_graph: bool = False,
    since: float = 0.0,
) -> list[Any]:
    """Return the tangents of some nodes, given tangents of nodes they depend on.

    Parameters
    ----------
    outputs : sequence of Node
        The results of a recorded computation.
    tangents : mapping of Node to array_like
        Node -> its tangent, an array of its shape.
    create_graph : bool
        Return nodes, so that the tangents can be differentiated again.
    since : float
        The number of the call that made the nodes of the tangents: no older node depends on them.

    Returns
    -------
    list
        For each output, the Jacobian times the tangents.

    Raises
    ------
    FreedGraphError
        If a part of the graph that may depend on those nodes was freed.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> x = Tensor([1.0, 2.0])
    >>> push_forward([x * x], {x: np.array([1.0, 10.0])})
    [array([ 2., 40.])]
    """
    if not is_recording():  # transposing a rule needs a graph
        with enable_grad():
            return push_forward(outputs, tangents, create_graph, since)
    graph = Graph.of(*outputs)
    moving_leaves = dict(tangents)
    moving: dict[int, Any] = {id(node): tangent for node, tangent in tangents.items()}
    for node in graph:
        if id(node) in moving:
            continue
        if isinstance(node, Tensor) and node.freed and node._call() >= since:
            raise freed_error(node)
        carried = [
            (argnum, moving[id(argument)])
            for argnum, argument in enumerate(node.arguments)
            if isinstance(argument, Node) and id(argument) in moving and size_of(argument.data)  # type: ignore[attr-defined]
        ]
        if carried and takes_limit(node):
            return [_by_rows(output, moving_leaves, create_graph) for output in graph.outputs]
        if carried:
            moving[id(node)] = _change(node, carried, create_graph)
    return [_returned(node, moving, tangents) for node in graph.outputs]


def _returned(node: Any, moving: Mapping[int, Any], tangents: Mapping[Any, Any]) -> Any:
    """Return the tangent of an output, which is read-only if it shares memory with a given one."""
    found = moving.get(id(node))
    if found is None:
        return np.zeros_like(node.data)
    if isinstance(found, np.ndarray):
        owner = owner_of(found)
        arrays = [given for given in tangents.values() if isinstance(given, np.ndarray)]
        if any(owner is owner_of(given) for given in arrays):
            return np.broadcast_to(found, found.shape)
    return found


def takes_limit(node: Any) -> bool:
    """Return whether a node's rule needs limits of cotangents, as at equal eigenvalues."""
    return batching.needs_limits(node.primitive, node.data, node.arguments)


def _by_rows(output: Node, tangents: Mapping[Any, Any], create: bool) -> Any:
    """Return the tangent of an output, by one backward pass per element."""
    data = output.data  # type: ignore[attr-defined]
    targets = list(tangents)
    parts = (1.0,) if data.dtype.kind != "c" else (1.0, -1j)
    total: Any = 0.0
    for part in parts:
        rows = []
        for number in range(data.size):
            seed = np.zeros(size_of(data), dtype=data.dtype, like=like(data))
            seed[number] = part
            found = derivatives(output, seed.reshape(data.shape), targets, True, create)
            products = [
                np.real(np.sum(g * tangents[target]))
                for g, target in zip(found, targets, strict=True)
                if g is not None
            ]
            rows.append(sum(products) if products else np.zeros((), like=like(data)))
        moved = (
            np.reshape(np.stack(rows), data.shape)
            if rows
            else np.zeros(data.shape, like=like(data))
        )
        total = total + (moved if part == 1.0 else 1j * moved)
    return _like(total, output.data)  # type: ignore[attr-defined]


def _change(node: Any, carried: list[tuple[int, Any]], create: bool) -> Any:
    """Return the tangent of a node, given the tangents of its arguments."""
    if isinstance(node, Tensor):
        check_unchanged(node)
    if node.primitive.push is not None:
        return node.primitive.push(node, carried, create)
    arguments = list(node.arguments)
    y = node
    if create:
        y, *arguments = (as_recorded(x, node.primitive) for x in (node, *arguments))
    else:
        arguments = [contents(argument) for argument in arguments]
        y = contents(node)
    total: Any = None
    for argnum, tangent in carried:
        given = (node.primitive, argnum, tangent, y, arguments, dict(node.keywords), create)
        part = batching.handled(pushed, node.op, given, {}) if GRAD_MODE.batched else pushed(*given)
        total = part if total is None else total + part
    return _like(total, node._contents)


def pushed(
    primitive: Primitive,
    argnum: int,
    tangent: Any,
    y: Any,
    arguments: Sequence[Any],
    keywords: dict[str, Any],
    create: bool = False,
) -> Any:
    """Return the Jacobian of one primitive, in one argument, times a tangent.

    A jvp rule takes precedence. Otherwise elementwise primitives multiply by their partial
    derivative, and a function linear in its only argument is applied to the tangent. Any other
    primitive has a vjp, which is linear in the cotangent: its transpose, computed by a backward
    pass through it, is the Jacobian.
    """
    found = _pushed(primitive, argnum, tangent, y, arguments, keywords, create)
    if primitive.sparsity is not None and CLAIMS.are_noted:
        return noted(primitive, argnum, tangent, found, arguments, keywords)
    return found


def _pushed(
    primitive: Primitive,
    argnum: int,
    tangent: Any,
    y: Any,
    arguments: Sequence[Any],
    keywords: dict[str, Any],
    create: bool,
) -> Any:
    """Return the same, without a note of what the user says of the pattern."""
    if primitive.jvp is not None:
        return primitive.jvp(argnum, tangent, y, arguments, keywords)
    if primitive.partials is not None:
        slope = primitive.slope(argnum, y, arguments)
        return tangent if type(slope) is int and slope == 1 else tangent * slope
    if primitive.transposes is not None and primitive.arity == 1:
        return primitive(tangent, *arguments[1:], **keywords)
    data = contents(y)
    # A computed node, at which the pass ends: below it may be the graph of what a rule closes over.
    cotangent = positive(Tensor(np.zeros_like(data)))
    pulled = joined(primitive.pullback(argnum, cotangent, y, list(arguments), keywords))
    if not isinstance(pulled, Node):
        return np.zeros_like(data)
    along = np.real(pulled * tangent).sum()  # type: ignore[call-overload]
    (found,) = derivatives(along, full((), 1.0, float, data), [cotangent], False, create)
    return np.zeros_like(data) if found is None else found


def _like(tangent: Any, data: Any) -> Any:
    """Return a tangent with the shape and kind of the result."""
    real = not np.iscomplexobj(data)
    if isinstance(tangent, Tensor):
        tangent = np.real(tangent) if real and tangent.dtype.kind == "c" else tangent  # type: ignore[call-overload]
        same = tangent.shape == np.shape(data)
        return tangent if same else np.broadcast_to(tangent, np.shape(data))  # type: ignore[call-overload]
    if isinstance(tangent, Node):
        return tangent
    if isinstance(data, float) and not isinstance(data, batching.Batched):
        number = np.real(tangent)
        return number.as_float() if isinstance(number, tracing.Followed) else float(number)
    if real and np.iscomplexobj(tangent):
        tangent = np.real(tangent)
    if getattr(tangent, "dtype", None) != data.dtype or not isinstance(tangent, np.ndarray):
        tangent = beside(as_array(tangent, data.dtype), data)
    return tangent if tangent.shape == data.shape else np.broadcast_to(tangent, data.shape)
