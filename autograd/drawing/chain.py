"""The chain rule, one edge of the graph at a time, in the order of `backward`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.drawing.graph import CONSTANT, FREED, Graph, Item
from autograd.engine import Tensor, Value, dispatch
from autograd.engine.cotangents import seed_of
from autograd.errors import FreedGraphError, GraphError, ShapeError


@dataclass(slots=True, eq=False)
class Step:
    """One edge of the backward pass.

    Attributes
    ----------
    item : Item
        The operation whose derivative is passed on.
    argnum : int
        The position of the argument that receives it.
    position : int
        The same among the `operands` of the item.
    parent : Item
        The node at that position.
    incoming : float or array
        The derivative of the root with respect to the result of the operation.
    local : float, array or None
        The derivative of the result with respect to the argument, element by element; None if it
        is a linear map instead.
    product : float or array
        The contribution to the derivative of the parent.
    before : float, array or None
        The derivative of the parent without it; None if this is the first contribution.
    after : float or array
        The derivative of the parent including it.
    """

    item: Item
    argnum: int
    position: int
    parent: Item
    incoming: Any
    local: Any
    product: Any
    before: Any
    after: Any


def chain(graph: Graph, seed: Any = None) -> list[Step]:
    """Return every edge of the backward pass from the root of a graph; writes no ``grad``.

    Raises
    ------
    FreedGraphError
        If `backward` has freed a part of the graph.
    GraphError
        If the root is a constant, or there is more than one.
    ShapeError
        If the root is not a single number and there is no `seed`, or one of another shape.
    DataError
        If the `seed` is complex and the root real.
    """
    if len(graph.roots) != 1:
        raise GraphError("The chain rule starts at a single node, not at several.")
    end = graph.roots[0]
    for item in graph.items:
        if item.missing == FREED:
            raise FreedGraphError(
                f"backward() freed the graph of {item.name}. Call it with retain_graph=True, or "
                "list the steps first."
            )
    if end.kind == CONSTANT:
        raise GraphError("The node is a constant: it has no derivatives.")
    steps: list[Step] = []
    found = {item.number: item for item in graph.items}
    so_far: dict[int, Any] = {end.number: _seed(end, seed)}
    for kind in (Tensor, Value):  # Tensors are never arguments of Values
        reached = [found[number] for number in so_far]
        roots = [item for item in reached if isinstance(item.node, kind)]
        for item in _in_order_of_backward(graph, roots, kind):
            steps.extend(_pull_back(item, so_far))
    return steps


def _seed(end: Item, seed: Any) -> Any:
    if isinstance(end.node, Tensor):
        return seed_of(end.node, seed, create=False)
    seed = 1.0 if seed is None else dispatch.plain(seed)
    if np.shape(seed) != ():
        raise ShapeError("gradient= of a Value must be a single number.")
    return float(seed)


def wanted(item: Item) -> bool:
    """Return whether a node receives a derivative."""
    return not isinstance(item.node, Tensor) or bool(item.node._requires_grad)


def _in_order_of_backward(graph: Graph, roots: list[Item], kind: type) -> Iterator[Item]:
    """Yield each node of a kind once all derivatives that it receives have been passed on."""
    pending = Counter(item.number for item in roots)
    for item in reversed(graph.items):
        if pending[item.number]:
            pending.update(parent.number for parent in _below(item, kind))
    ready: list[Item] = []
    for item in roots:
        pending[item.number] -= 1
        if not pending[item.number]:
            ready.append(item)
    while ready:
        item = ready.pop()
        yield item
        for parent in _below(item, kind):
            pending[parent.number] -= 1
            if not pending[parent.number]:
                ready.append(parent)


def _below(item: Item, kind: type) -> list[Item]:
    return [p for p in item.parents if isinstance(p.node, kind) and wanted(p)]


def _pull_back(item: Item, so_far: dict[int, Any]) -> Iterator[Step]:
    """Yield the steps from a node to its arguments, and add up what each has received."""
    incoming = so_far[item.number]
    for position, argnum in enumerate(item.argnums):
        parent = item.call[argnum]
        if not isinstance(parent, Item) or not wanted(parent):
            continue
        local, product = _derivative(item, argnum, parent, incoming)
        before = so_far.get(parent.number)
        after = product if before is None else before + product
        so_far[parent.number] = after
        yield Step(item, argnum, position, parent, incoming, local, product, before, after)


def _derivative(item: Item, argnum: int, parent: Item, g: Any) -> tuple[Any, Any]:
    """Return the local derivative (None if not elementwise) and its product with `g`."""
    node = item.node
    if isinstance(node, Value):
        partial = node._partial(argnum)
        return partial, g * partial
    plain = item.plain_call
    primitive = node.primitive
    with np.errstate(all="ignore"):
        product = primitive.pullback(argnum, g, item.data, plain, node.keywords)
        elementwise = primitive.partials is not None
        local = primitive.slope(argnum, item.data, plain) if elementwise else None
    if isinstance(parent.node, Value):
        return local, float(np.real(product))
    if np.iscomplexobj(product) and parent.data.dtype.kind != "c":
        product = np.real(product)
    return local, np.reshape(product, parent.data.shape).astype(parent.data.dtype)


def arrived(steps: list[Step]) -> dict[int, Any]:
    """Return the derivative with respect to each node that receives one, by its number."""
    found: dict[int, Any] = {}
    if steps:
        found[steps[0].item.number] = steps[0].incoming
    for step in steps:
        found[step.parent.number] = step.after
    return found
