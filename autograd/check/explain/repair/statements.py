"""The executed statements of a function, each a place where a change may make it right."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograd.check.explain.repair.sources import Source
from autograd.check.explain.repair.syntax import Path, parts

#: The expressions in the first line of a compound statement.
_HEADERS = {
    ast.For: ("iter",),
    ast.While: ("test",),
    ast.If: ("test",),
    ast.With: ("items",),
}
_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Expr, ast.Delete)


@dataclass
class Site:
    """A simple statement, or an expression at the head of a compound one.

    Attributes
    ----------
    source : Source
        The function.
    path : Path
        Where it is in the function's tree.
    node : ast.AST
        The statement or expression.
    names : dict
        The variables before it.
    loops : int
        How many loops of the function are around it.
    """

    source: Source
    path: Path
    node: Any
    names: dict[str, Any]
    loops: int = 0

    @property
    def line(self) -> int:
        """The number of its first line."""
        return int(self.node.lineno)


def sites(source: Source) -> Iterator[Site]:
    """Yield the executed statements of a function, in their order."""
    if isinstance(source.tree, ast.Lambda):
        yield from _site(source, (("body", None),), source.tree.body, 0)
        return
    for path, node in parts(source.tree):
        if not path or path[0][0] != "body":
            continue  # decorators and defaults
        loops = sum(isinstance(p, (ast.For, ast.While)) for p in _along(source.tree, path[:-1]))
        if isinstance(node, _SIMPLE):
            is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if not is_docstring:
                yield from _site(source, path, node, loops)
        for name in _HEADERS.get(type(node), ()):
            field = getattr(node, name)
            if isinstance(field, ast.expr):
                yield from _site(source, (*path, (name, None)), field, loops)


def _site(source: Source, path: Path, node: Any, loops: int) -> Iterator[Site]:
    lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    reached = [source.names[line] for line in lines if line in source.names]
    if reached:
        yield Site(source, path, node, reached[0], loops)


def _along(node: Any, path: Path) -> Iterator[Any]:
    for name, position in path:
        yield node
        node = getattr(node, name)
        if position is not None:
            node = node[position]
    yield node
