"""Syntax trees: where a part is, and a copy with another part in its place."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from typing import Any

#: The fields, and positions in lists, that lead from a node to one of its parts.
Path = tuple[tuple[str, int | None], ...]


def parts(node: ast.AST, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield a node and all that is inside it, each with its path, from the outside in."""
    waiting: list[tuple[Path, Any]] = [(path, node)]
    while waiting:
        path, node = waiting.pop()
        yield path, node
        inside: list[tuple[Path, Any]] = []
        for name in node._fields:
            field = getattr(node, name, None)
            if isinstance(field, ast.AST):
                inside.append(((*path, (name, None)), field))
            elif isinstance(field, list):
                for position, item in enumerate(field):
                    if isinstance(item, ast.AST):
                        inside.append(((*path, (name, position)), item))
        inside.reverse()
        waiting += inside


def at(node: Any, path: Path) -> Any:
    """Return the part of a node at a path."""
    for name, position in path:
        node = getattr(node, name)
        if position is not None:
            node = node[position]
    return node


def clone(node: Any) -> Any:
    """Return a copy of a node that shares its parts: `copy.copy` takes several times as long."""
    kind: Any = type(node)
    new = kind.__new__(kind)
    new.__dict__.update(node.__dict__)
    return new


def replaced(node: Any, path: Path, new: Any) -> Any:
    """Return a copy of a node with another part; whatever is beside the path is shared.

    In a list of statements, a list takes the place of one statement.
    """
    if not path:
        return new
    (name, position), *rest = path
    changed = clone(node)
    field = getattr(node, name)
    if position is None:
        setattr(changed, name, replaced(field, tuple(rest), new))
    else:
        inner = replaced(field[position], tuple(rest), new)
        items = inner if isinstance(inner, list) else [inner]
        setattr(changed, name, [*field[:position], *items, *field[position + 1 :]])
    return changed


@functools.cache
def _parsed(text: str) -> tuple[ast.expr, list[tuple[Path, int]]]:
    """Return the tree of a template, and the places of its operands."""
    tree = ast.parse(text, mode="eval").body
    holes = [
        (path, int(part.id[1:]))
        for path, part in parts(tree)
        if isinstance(part, ast.Name) and part.id[0] == "_" and part.id[1:].isdigit()
    ]
    return tree, holes


def expression(text: str, *operands: ast.expr) -> Any:
    """Return the syntax tree of an expression, with operands for the names ``_0``, ``_1``, ..."""
    tree, holes = _parsed(text)
    for path, number in holes:
        tree = replaced(tree, path, operands[number])
    return clone(tree)


def same(one: ast.AST, other: ast.AST) -> bool:
    """Return whether two trees are the same code."""
    return ast.dump(one) == ast.dump(other)
