"""Changes of whole statements: how something is assigned, and whether."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.check.explain.repair.syntax import expression, parts
from autograd.check.explain.repair.vocabulary import Vocabulary


def augmented(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield other ways to combine a value with what is there."""
    for other in (ast.Add, ast.Sub, ast.Mult, ast.Div):
        if not isinstance(n.op, other):
            yield ast.AugAssign(n.target, other(), n.value)
    yield ast.Assign([n.target], n.value)
    if isinstance(n.op, (ast.Add, ast.Sub)):
        yield from _at_repeated(n.target, n.op, n.value, around)


def assigned(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield ways to combine a value with what is there, instead of replacing it."""
    if len(n.targets) == 1 and isinstance(n.targets[0], (ast.Name, ast.Subscript, ast.Attribute)):
        yield ast.AugAssign(n.targets[0], ast.Add(), n.value)
        yield ast.AugAssign(n.targets[0], ast.Sub(), n.value)
        yield ast.AugAssign(n.targets[0], ast.Mult(), n.value)
        yield from _at_repeated(n.targets[0], ast.Add(), n.value, around)


def _at_repeated(target: Any, op: Any, value: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield the addition that counts repeated indices."""
    if not around.numpy or not isinstance(target, ast.Subscript):
        return
    if not any(isinstance(part, ast.Slice) for _, part in parts(target.slice)):
        name = "add" if isinstance(op, ast.Add) else "subtract"
        text = f"{around.numpy}.{name}.at(_0, _1, _2)"
        yield ast.Expr(expression(text, target.value, target.slice, value))


def deleted(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield nothing in place of a statement."""
    yield ast.Pass()


def followed(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a statement followed by another that adds one value to another."""
    if not isinstance(n, (ast.Assign, ast.AugAssign)):
        return
    loaded, stored = _loaded_and_stored(around.site.source.tree)
    mine = _loaded_and_stored(n)[1]
    arrays = {t: v for t, v in around.values.items() if isinstance(v, np.ndarray) and v.ndim}
    for text, value in arrays.items():
        for other, item in arrays.items():
            unused = other in stored - loaded
            if text != other and item.shape == value.shape and (unused or other in mine):
                target = ast.parse(text).body[0].value  # type: ignore[attr-defined]
                target.ctx = ast.Store()
                yield [n, ast.AugAssign(target, ast.Add(), expression(other), lineno=n.lineno)]


def _loaded_and_stored(node: Any) -> tuple[set[str], set[str]]:
    """Return the names that code reads, and those that it assigns."""
    names = [part for _, part in parts(node) if isinstance(part, ast.Name)]
    loaded = {name.id for name in names if isinstance(name.ctx, ast.Load)}
    return loaded, {name.id for name in names if isinstance(name.ctx, ast.Store)}
