"""The backward pass through Values: the hot path of scalar work.

One walk counts the edges that lead to each node, a second one accumulates derivatives along them.
"""

from __future__ import annotations

import threading
from typing import Any, Final

from autograd.engine.fields import NumberNode
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.node import Node
from autograd.engine.observers import tell_walking

#: Threads may differentiate graphs that share nodes: one at a time writes to them.
_LOCK: Final = threading.RLock()
acquire: Final = _LOCK.acquire
release: Final = _LOCK.release


def _stack() -> list[NumberNode | None]:
    """Return a stack with None at its bottom, many times.

    A list that becomes empty frees its memory and allocates it again for the next node; this one
    never becomes empty.
    """
    return [None] * 32


def backward_values(roots: list[NumberNode], seeds: list[float]) -> None:
    """Store in ``grad`` of every Value below the roots its derivative, given those of the roots."""
    leaves: list[NumberNode] = []
    before: list[float] = []
    if GRAD_MODE.interventions != 0:
        tell_walking(roots, seeds)
    acquire()
    try:
        _count_edges(roots, leaves)
        before.extend([leaf._grad for leaf in leaves])
        _walk_edges(roots, seeds)
    except BaseException:  # an interrupt, or out of memory
        _forget_edges(roots)
        for i in range(len(before)):
            leaves[i]._grad = before[i]
        raise
    finally:
        release()


def _count_edges(roots: list[NumberNode], leaves: list[NumberNode]) -> None:
    """Count in each node below the roots the edges that lead to it, and list the leaves."""
    stack = _stack()
    for root in roots:
        if root._mark == 0:
            stack.append(root)
        root._mark += 1
    while True:
        node = stack.pop()
        if node is None:
            break
        if node._notes is not None:
            node._notes.gradient = None
        if node._primitive is None:
            leaves.append(node)
            continue
        node._grad = 0.0
        parent = node._left
        if parent is not None:
            if parent._mark == 0:
                stack.append(parent)
            parent._mark += 1
        parent = node._right
        if parent is not None:
            if parent._mark == 0:
                stack.append(parent)
            parent._mark += 1


def _walk_edges(roots: list[NumberNode], seeds: list[float]) -> None:
    """Accumulate derivatives along the edges; a node is visited after all edges that lead to it."""
    stack = _stack()
    for i in range(len(roots)):
        root = roots[i]
        root._grad += seeds[i]
        root._mark -= 1
        if root._mark == 0:
            stack.append(root)
    while True:
        node = stack.pop()
        if node is None:
            break
        g = node._grad
        parent = node._left
        if parent is not None:
            parent._grad += g * node._left_partial
            parent._mark -= 1
            if parent._mark == 0:
                stack.append(parent)
        parent = node._right
        if parent is not None:
            parent._grad += g * node._right_partial
            parent._mark -= 1
            if parent._mark == 0:
                stack.append(parent)


def _forget_edges(roots: list[NumberNode]) -> None:
    """Reset all counts to zero after a pass that was interrupted."""
    seen: set[int] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            node._mark = 0
            stack.extend([p for p in (node._left, node._right) if p is not None])


def derivatives_of_values(
    roots: list[NumberNode], seeds: list[float], targets: list[Node]
) -> list[Any]:
    """Return derivatives in a graph of Values, leaving ``grad`` of all leaves unchanged."""
    leaves: list[NumberNode] = []
    found: list[Any] = []
    acquire()
    try:
        _count_edges(roots, leaves)
        before = [leaf._grad for leaf in leaves]
        reached = {id(leaf) for leaf in leaves}
        for leaf in leaves:
            leaf._grad = 0.0
        try:
            _walk_edges(roots, seeds)
            for target in targets:
                if isinstance(target, NumberNode) and id(target) in reached:
                    found.append(target._grad)
                else:
                    found.append(None)
        except BaseException:
            _forget_edges(roots)
            raise
        finally:
            for i in range(len(leaves)):
                leaves[i]._grad = before[i]
    finally:
        release()
    return found
