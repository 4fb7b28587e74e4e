"""The order of a finished graph."""

from __future__ import annotations

from typing import Any

from autograd.engine import Node, Tensor, assignment
from autograd.errors import DataError


def current(node: Any) -> Any:
    """Return the node that holds the elements of a Tensor now, after assignments to some."""
    return assignment.current(node) if isinstance(node, Tensor) else node


def nodes_below(*roots: Node) -> list[Any]:
    """List the nodes that some nodes depend on, parents before children, without recursion."""
    order: list[Any] = []
    seen: set[int] = set()
    for root in roots:
        if not isinstance(root, Node):
            raise DataError(f"A graph ends in a Value or a Tensor, not in {type(root).__name__}.")
        root = current(root)
        if id(root) in seen:
            continue
        seen.add(id(root))
        stack: list[tuple[Any, int]] = [(root, 0)]
        while stack:
            node, position = stack.pop()
            parents = node.parents
            if position < len(parents):
                stack.append((node, position + 1))
                parent = parents[position]
                if id(parent) not in seen:
                    seen.add(id(parent))
                    stack.append((parent, 0))
            else:
                order.append(node)
    return order
