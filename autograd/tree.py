"""Trees: nested tuples, lists and dicts, whose leaves are anything else."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autograd.errors import ShapeError

CONTAINERS = (tuple, list, dict)


def flat(tree: Any) -> list[Any]:
    """Return the leaves, in order.

    Examples
    --------
    >>> flat({"W": [1.0, (2.0,)], "b": 3.0})
    [1.0, 2.0, 3.0]
    """
    found: list[Any] = []
    _gather(tree, found)
    return found


def _gather(tree: Any, found: list[Any]) -> None:
    if isinstance(tree, CONTAINERS):
        for item in items(tree):
            _gather(item, found)
    else:
        found.append(tree)


def items(tree: Any) -> Iterable[Any]:
    """Return what a tuple, list or dict holds, without the keys.

    Examples
    --------
    >>> list(items({"a": 1.0}))
    [1.0]
    """
    return tree.values() if isinstance(tree, dict) else tree  # type: ignore[no-any-return]


def aligned(tree: Any, like: Any) -> list[Any]:
    """Return the leaves of one tree in the order of another; dicts are matched by key.

    Raises
    ------
    ShapeError
        If their structures differ.

    Examples
    --------
    >>> aligned({"b": 1.0, "a": 2.0}, {"a": 0.0, "b": 0.0})
    [2.0, 1.0]
    """
    if not isinstance(like, CONTAINERS):
        return [tree]
    same = isinstance(tree, CONTAINERS) and isinstance(tree, dict) == isinstance(like, dict)
    if same:
        same = tree.keys() == like.keys() if isinstance(like, dict) else len(tree) == len(like)
    if not same:
        raise ShapeError(f"Expected {_described(like)}, got {_described(tree)}.")
    keys = like.keys() if isinstance(like, dict) else range(len(like))
    return [leaf for key in keys for leaf in aligned(tree[key], like[key])]


def _described(tree: Any) -> str:
    if isinstance(tree, dict):
        return f"dict with the keys {', '.join(map(repr, tree))}"
    parts = f" of {len(tree)} parts" if isinstance(tree, CONTAINERS) else ""
    return f"{type(tree).__name__}{parts}"


def mapped(tree: Any, function: Callable[[Any], Any]) -> Any:
    """Return a tree of the same structure with ``function(leaf)`` for each leaf.

    Examples
    --------
    >>> mapped({"W": [1.0, (2.0,)]}, lambda leaf: 10 * leaf)
    {'W': [10.0, (20.0,)]}
    """
    if not isinstance(tree, CONTAINERS):
        return function(tree)
    return like(
        tree,
        [
            mapped(item, function) if isinstance(item, CONTAINERS) else function(item)
            for item in items(tree)
        ],
    )


def filled(tree: Any, parts: Iterable[Any]) -> Any:
    """Return a tree of the same structure with other leaves, taken in order.

    Examples
    --------
    >>> filled({"W": [1.0, (2.0,)]}, "xy")
    {'W': ['x', ('y',)]}
    """
    rest = iter(parts)
    return mapped(tree, lambda _: next(rest))


def like(tree: Any, items: list[Any]) -> Any:
    """Return a container of the same type with other items, and the same attributes.

    Examples
    --------
    >>> like((1.0, 2.0), [3.0, 4.0])
    (3.0, 4.0)
    """
    kind = type(tree)
    if kind is list:
        return items
    if kind is tuple:
        return tuple(items)
    if kind is dict:
        return dict(zip(tree, items, strict=True))
    if isinstance(tree, tuple):
        found: Any = tuple.__new__(kind, items)  # whatever its constructor takes
        if hasattr(tree, "__dict__"):
            vars(found).update(vars(tree))
        return found
    found = copy.copy(tree)
    if isinstance(tree, list):
        found[:] = items
        return found
    for key, item in zip(tree, items, strict=True):
        found[key] = item
    if getattr(tree, "__dict__", None) is tree:  # its items are its attributes
        found.__dict__ = found
    return found


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each leaf with the path to it, in order.

    Parameters
    ----------
    tree : any
        Nested tuples, lists and dicts; everything else is a leaf.
    path : str
        The prefix of all paths.

    Examples
    --------
    >>> list(leaves({"W": [1.0, 2.0], "b": 3.0}, "params"))
    [("params['W'][0]", 1.0), ("params['W'][1]", 2.0), ("params['b']", 3.0)]
    """
    if isinstance(tree, (tuple, list)):
        names = getattr(tree, "_fields", None)
        for position, item in enumerate(tree):
            step = f".{names[position]}" if names else f"[{position}]"
            yield from leaves(item, path + step)
    elif isinstance(tree, dict):
        for key, item in tree.items():
            yield from leaves(item, f"{path}[{key!r}]")
    else:
        yield path, tree


def replace(tree: Any, replacement: Callable[[str, Any], Any], path: str = "") -> Any:
    """Return a tree of the same structure with ``replacement(path, leaf)`` for each leaf.

    Examples
    --------
    >>> replace({"W": [1.0, 2.0]}, lambda path, leaf: 10 * leaf)
    {'W': [10.0, 20.0]}
    """
    parts = [replacement(where, leaf) for where, leaf in leaves(tree, path)]
    return filled(tree, parts)
