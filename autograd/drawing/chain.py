"""The chain rule, one edge of the graph at a time, in the order in which `backward` goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.drawing.graph import CONSTANT, FREED, Graph, Item
from autograd.engine import Tensor, Value, dispatch
from autograd.engine.backward import seed_of
from autograd.errors import FreedGraphError, GraphError, ShapeError


@dataclass(slots=True, eq=False)
class Step:
    """The derivative goes along one edge.

    Attributes
    ----------
    item : Item
        The operation that it comes from.
    argnum : int
        To which of the arguments of the primitive it goes.
    position : int
        Which it is among the `arguments` of the item.
    parent : Item
        The node that stands there.
    incoming : float or array
        The derivative of the end with respect to the result of the operation.
    local : float, array or None
        The derivative of the result with respect to the argument; None where that is no number
        for each element, but a linear map.
    product : float or array
        What is added to the derivative of the parent.
    before : float, array or None
        The derivative of the parent so far; None if this is the first part to arrive.
    after : float or array
        The sum of both.
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
    """Go back through a graph from its end, and note every edge; no ``grad`` is written.

    Raises
    ------
    FreedGraphError
        If `backward` has let go of a part of the graph.
    GraphError
        If the end is a constant, or more than one.
    ShapeError
        If the end is no single number, and there is no derivative of its shape to begin with.
    DataError
        If that derivative is complex, and the end is real.
    """
    if len(graph.roots) != 1:
        raise GraphError("The chain rule is followed from one end: give one node.")
    end = graph.roots[0]
    for item in graph.items:
        if item.missing == FREED:
            raise FreedGraphError(
                f"What {item.name} was made of was freed by backward(). Call it with "
                "retain_graph=True, or look at the graph before."
            )
    if end.kind == CONSTANT:
        raise GraphError("The end is a constant: nothing goes back from it.")
    steps: list[Step] = []
    found = {item.number: item for item in graph.items}
    so_far: dict[int, Any] = {end.number: _seed(end, seed)}
    for kind in (Tensor, Value):  # Tensors are never arguments of Values
        reached = [found[number] for number in so_far]
        for item in _walk([item for item in reached if isinstance(item.node, kind)], kind):
            steps.extend(_pull_back(item, so_far))
    return steps


def _seed(end: Item, seed: Any) -> Any:
    if isinstance(end.node, Tensor):
        return seed_of(end.node, seed, create=False)
    seed = 1.0 if seed is None else dispatch.plain(seed)
    if np.shape(seed) != ():
        raise ShapeError("gradient= of a Value is one number.")
    return float(seed)


def wanted(item: Item) -> bool:
    """Return whether a derivative flows to a node."""
    return not isinstance(item.node, Tensor) or bool(item.node._requires_grad)


def _walk(roots: list[Item], kind: type) -> Iterator[Item]:
    """Give each node of a kind its turn once all edges that lead to it have been walked."""
    pending = Counter(item.number for item in roots)
    stack = list(roots)
    while stack:
        item = stack.pop()
        for parent in _below(item, kind):
            if not pending[parent.number]:
                stack.append(parent)
            pending[parent.number] += 1
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
    """Carry the derivative of a node to its arguments."""
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
    """Return the local derivative, where there is one for each element, and what flows on."""
    node = item.node
    if isinstance(node, Value):
        partial = node._left_partial if argnum == 0 else node._right_partial
        return partial, g * partial
    plain = item.plain_call
    primitive = node.primitive
    with np.errstate(all="ignore"):
        product = primitive.pullback(argnum, g, item.data, plain, node.keywords)
        local = None
        if primitive.partials is not None:
            local = primitive.partials[argnum]
            if callable(local):
                local = local(item.data, *plain)
    if isinstance(parent.node, Value):
        return local, float(np.real(product))
    if np.iscomplexobj(product) and parent.data.dtype.kind != "c":
        product = np.real(product)
    return local, np.reshape(product, parent.data.shape).astype(parent.data.dtype)


def arrived(steps: list[Step]) -> dict[int, Any]:
    """Return the derivative with respect to each node, by its number."""
    found: dict[int, Any] = {}
    if steps:
        found[steps[0].item.number] = steps[0].incoming
    for step in steps:
        found[step.parent.number] = step.after
    return found
