"""Helpers that the modules of HIPS autograd's API share."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from autograd import tree


def subvals(x: Iterable[Any], ivs: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    """Return a tuple with the items at some positions replaced.

    Examples
    --------
    >>> subvals("abc", [(1, "x")])
    ('a', 'x', 'c')
    """
    items = list(x)
    for position, item in ivs:
        items[position] = item
    return tuple(items)


def subval(x: Iterable[Any], i: int, v: Any) -> tuple[Any, ...]:
    """Return a tuple with the item at one position replaced."""
    return subvals(x, [(i, v)])


def func(f: Any) -> Any:
    """Return `f` unchanged: a method looked up on its class is a function."""
    return f


def toposort(
    end_node: Any, parents: Callable[[Any], Iterable[Any]] = operator.attrgetter("parents")
) -> Iterator[Any]:
    """Yield the nodes of a graph, children before their parents.

    Parameters
    ----------
    end_node : any
        The result; a hashable node of any type.
    parents : callable, optional
        ``parents(node)`` returns the nodes that a node was computed from.
    """
    children: dict[Any, int] = {}
    stack = [end_node]
    while stack:
        node = stack.pop()
        children[node] = children.get(node, 0) + 1
        if children[node] == 1:
            stack.extend(parents(node))
    ready = [end_node]
    while ready:
        node = ready.pop()
        yield node
        for parent in parents(node):
            children[parent] -= 1
            if not children[parent]:
                ready.append(parent)


def total(terms: Sequence[Any]) -> Any:
    """Return the sum of tangents or cotangents, which may be nested containers.

    Examples
    --------
    >>> total([{"a": 1.0, "b": [2.0]}, {"b": [20.0], "a": 10.0}])
    {'a': 11.0, 'b': [22.0]}
    """
    first, *others = terms
    sums = tree.flat(first)
    for term in others:
        sums = [a + b for a, b in zip(sums, tree.aligned(term, first), strict=True)]
    return tree.filled(first, sums)
