"""Second derivatives without what changes nothing: products with 1, and first powers.

A derivative that is itself a graph is full of them: it begins with 1, and x² has the slope 2 · x¹.
"""

from __future__ import annotations

from autograd.drawing.graph import RESULT, Graph, Item
from autograd.engine import Node
from autograd.rules import elementwise


def without_ones(graph: Graph) -> Graph:
    """Return the graph, without such operations if one of its roots is a derivative in it."""
    if graph.is_program:
        return graph
    roots = {id(item.node) for item in graph.roots}
    derived = (item.node.grad for item in graph.items if not item.op)
    if not any(isinstance(g, Node) and id(g) in roots for g in derived):
        return graph
    same: dict[int, Item] = {}
    kept: list[Item] = []
    for item in graph.items:
        item.take(
            tuple(
                same.get(part.number, part) if isinstance(part, Item) else part
                for part in item.call
            )
        )
        unchanged = _unchanged(item)
        if unchanged is None:
            kept.append(item)
        else:
            same[item.number] = unchanged
    graph.items, graph.left_out = kept, len(same)
    return graph


def _unchanged(item: Item) -> Item | None:
    """Return the operand that an operation returns as it is; None if it computes something."""
    if item.kind != RESULT or item.node.label or len(item.argnums) != 2:
        return None
    left, right = item.operands
    primitive = item.node.primitive
    if primitive is elementwise.multiply and _is_one(left):
        found = right
    elif primitive in (elementwise.multiply, elementwise.power) and _is_one(right):
        found = left
    else:
        return None
    if not isinstance(found, Item) or getattr(found.data, "dtype", float) != getattr(
        item.data, "dtype", float
    ):
        return None
    return found


def _is_one(x: object) -> bool:
    return isinstance(x, (float, int)) and x == 1
