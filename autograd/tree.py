"""Nested tuples, lists and dicts: take the leaves out, and put others in their place."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each leaf with the path to it, in order.

    Parameters
    ----------
    tree : any
        Tuples, lists and dicts are gone into, in any nesting; everything else is a leaf.
    path : str
        What the paths begin with.

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
    if isinstance(tree, (tuple, list)):
        names = getattr(tree, "_fields", None)
        items = [
            replace(item, replacement, path + (f".{names[i]}" if names else f"[{i}]"))
            for i, item in enumerate(tree)
        ]
        return type(tree)(*items) if names else type(tree)(items)
    if isinstance(tree, dict):
        items_by_key = {
            key: replace(item, replacement, f"{path}[{key!r}]") for key, item in tree.items()
        }
        if type(tree) is dict:
            return items_by_key
        like = copy.copy(tree)  # a defaultdict, for one, is not made of a dict alone
        like.update(items_by_key)
        return like
    return replacement(path, tree)
