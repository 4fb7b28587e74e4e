"""Changes of whole statements: how something is assigned, and whether."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.check.explain.repair.arithmetic import Noted
from autograd.check.explain.repair.syntax import at, expression, parts
from autograd.check.explain.repair.vocabulary import Vocabulary

#: The reason to give for an array with two names.
COPY = "a copy: the array has another name, and is changed in place"

#: The most indices and numbers to try in a missing statement.
MOST_INDICES, MOST_SCALARS = 4, 3


#: Operators that are mistaken for each other.
_OPPOSITE = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def opposite(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield the opposite of what is done with a value: `-=` for `+=`."""
    if type(n.op) in _OPPOSITE:
        yield ast.AugAssign(n.target, _OPPOSITE[type(n.op)](), n.value)


def augmented(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield other ways to combine a value with what is there."""
    for other in _OPPOSITE:
        if not isinstance(n.op, (other, _OPPOSITE[other])):
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


def copied(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a copy of an array in place of another name for it."""
    named = isinstance(n.value, (ast.Name, ast.Attribute, ast.Subscript))
    if named and isinstance(around.value(n.value), np.ndarray):
        yield Noted(ast.Assign(n.targets, expression("_0.copy()", n.value)), COPY)


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


def accumulated(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield the last statement of a loop followed by another that adds to a row of an array."""
    site = around.site
    (field, position), above = site.path[-1], at(site.source.tree, site.path[:-1])
    last = position is not None and position == len(getattr(above, field)) - 1
    if not site.loops or not last or not isinstance(n, ast.AugAssign):
        return
    whole = [t for t, v in around.values.items() if t.isidentifier() and isinstance(v, int)]
    arrays = [t for t, v in around.values.items() if isinstance(v, np.ndarray) and v.ndim]
    filled = [t for t in arrays if t in _filled(site.source.tree)]
    rows = [f"{array}[{k}]" for array in arrays for k in whole[:MOST_INDICES]]
    shapes = {row: around.shape(expression(row)) for row in rows}
    numbers = [*around.scalars][:MOST_SCALARS]
    values = [n.value, *(expression(f"{s} * {row}") for row in rows for s in numbers)]
    values += [expression(row) for row in rows]
    known = [(value, around.shape(value)) for value in values]
    for array in filled:
        for k in whole[:MOST_INDICES]:
            for value, shape in known:
                if shape is not None and shape == shapes[f"{array}[{k}]"]:
                    target = ast.Subscript(expression(array), expression(k), ast.Store())
                    for sign in (ast.Add(), ast.Sub()):
                        yield [n, ast.AugAssign(target, sign, value)]


def _filled(tree: Any) -> set[str]:
    """Return the arrays of which code changes elements."""
    targets = (part for _, part in parts(tree) if isinstance(part, ast.Subscript))
    return {ast.unparse(t.value) for t in targets if isinstance(t.ctx, ast.Store)}


def _loaded_and_stored(node: Any) -> tuple[set[str], set[str]]:
    """Return the names that code reads, and those that it assigns."""
    names = [part for _, part in parts(node) if isinstance(part, ast.Name)]
    loaded = {name.id for name in names if isinstance(name.ctx, ast.Load)}
    return loaded, {name.id for name in names if isinstance(name.ctx, ast.Store)}
