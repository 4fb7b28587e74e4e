"""Changes of names, attributes, keys, indices and slices."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from autograd.check.explain.repair.arithmetic import number
from autograd.check.explain.repair.syntax import Path, at, expression, parts, replaced, same
from autograd.check.explain.repair.vocabulary import Vocabulary, shape_of

#: Up to how many values at hand are tried whatever their shape.
MOST_OF_ANY_SHAPE = 25


def names(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield other values at hand."""
    if not isinstance(n.ctx, ast.Load):
        return
    text = ast.unparse(n)
    value = around.values.get(text)
    if value is None and (not isinstance(n, ast.Name) or n.id not in around.site.names):
        return
    shape, whole = shape_of(value), isinstance(value, int)
    for other, item in around.values.items():
        if whole and not isinstance(item, int):
            continue
        few = len(around.values) <= MOST_OF_ANY_SHAPE
        if other != text and (shape is None or few or fits(shape_of(item), shape)):
            yield expression(other)


def fits(one: Any, other: Any) -> bool:
    """Return whether a value of one shape may stand where one of another shape does."""
    if one == other:
        return True
    try:
        np.broadcast_shapes(one, other)
    except ValueError:
        return bool(one[::-1] == other)
    return True


def attributes(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield other attributes of the same object."""
    if isinstance(n.value, ast.Name):
        for other in around.attributes.get(n.value.id, ()):
            if other != n.attr:
                yield ast.Attribute(n.value, other, n.ctx)


def indices(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield other indices and slices."""
    index = n.slice
    items = index.elts if isinstance(index, ast.Tuple) else [index]
    for position, item in enumerate(items):
        for other in moved(item, around):
            changed = [*items[:position], other, *items[position + 1 :]]
            whole = ast.Tuple(changed, ast.Load()) if isinstance(index, ast.Tuple) else other
            yield ast.Subscript(n.value, whole, n.ctx)
    if isinstance(n.ctx, ast.Load):
        whole = around.value(n.value)
        if whole is None or isinstance(whole, (np.ndarray, list, tuple, dict)):  # not np.r_
            yield n.value
        if len(items) == 1 and not isinstance(index, ast.Slice):
            yield ast.Subscript(n.value, ast.Tuple([ast.Slice(), index], ast.Load()), n.ctx)
        if isinstance(index, ast.Tuple) and len(items) == 2:
            yield ast.Subscript(n.value, ast.Tuple(items[::-1], ast.Load()), n.ctx)


def moved(item: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield an index or slice one place further, or backward."""
    if isinstance(item, ast.Slice):
        ends = (item.lower, item.upper)
        for lower, upper in ((1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1)):
            moved = (shifted(ends[0], lower), shifted(ends[1], upper))
            if moved != ends:
                yield ast.Slice(*moved, item.step)
        if item.lower is None and item.upper is not None:
            yield ast.Slice(ast.Constant(1), item.upper, item.step)
        if item.upper is None and item.lower is not None:
            yield ast.Slice(item.lower, expression("-1"), item.step)
        if item.step is None:
            yield ast.Slice(item.lower, item.upper, ast.UnaryOp(ast.USub(), ast.Constant(1)))
        else:
            yield ast.Slice(item.lower, item.upper, None)
        yield ast.Slice(None, item.upper, item.step)
        yield ast.Slice(item.lower, None, item.step)
        if isinstance(item.step, ast.UnaryOp):  # backward, without the first or the last ones
            for first, last in (("", ""), ("-2", ""), ("", "0"), ("-2", "0"), ("-3", "")):
                yield ast.Slice(_end(first), _end(last), item.step)
        if ends == (None, None):
            yield ast.Slice(ast.Constant(1), None, item.step)
            yield ast.Slice(None, expression("-1"), item.step)
        else:
            yield ast.Slice(opposite(ends[1]), opposite(ends[0]), item.step)
            yield ast.Slice(None, None, item.step)
    elif isinstance(item, (ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp)):
        for shift in (1, -1):
            yield shifted(item, shift) or ast.Constant(0)
        if isinstance(item, ast.Constant):
            for name, value in around.site.names.items():
                if isinstance(value, int) and not isinstance(value, bool):
                    yield ast.Name(name, ast.Load())


def _end(text: str) -> Any:
    return expression(text) if text else None


def shifted(item: Any, by: int) -> Any:
    """Return an index plus or minus one, without a zero to add."""
    if item is None or by == 0:
        return item
    if isinstance(item, ast.Constant):
        return number(item.value + by) if isinstance(item.value, int) else item
    if isinstance(item, ast.UnaryOp) and isinstance(item.operand, ast.Constant):
        size: Any = item.operand.value
        value = -size + by
        return number(value) if value else None
    if isinstance(item, ast.BinOp) and isinstance(item.right, ast.Constant):
        sign = {ast.Add: 1, ast.Sub: -1}.get(type(item.op))
        if sign is not None and isinstance(item.right.value, int):
            value = sign * item.right.value + by
            if value == 0:
                return item.left
            op = ast.Add() if value > 0 else ast.Sub()
            return ast.BinOp(item.left, op, ast.Constant(abs(value)))
    return ast.BinOp(item, ast.Add() if by > 0 else ast.Sub(), ast.Constant(1))


def opposite(end: Any) -> Any:
    """Return the end of a slice from the other side: ``:-1`` for ``1:``."""
    if isinstance(end, ast.UnaryOp) and isinstance(end.op, ast.USub):
        return end.operand
    return None if end is None else ast.UnaryOp(ast.USub(), end)


def fetched(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield other entries of the same container."""
    if not isinstance(n.value, ast.Name):
        return
    container = around.site.names.get(n.value.id, around.scope.get(n.value.id))
    if isinstance(container, dict):
        for key in [*container][:12]:
            if isinstance(key, (str, int)):
                yield ast.Subscript(n.value, ast.Constant(key), n.ctx)
    if isinstance(n.slice, ast.Name):
        for name, value in around.site.names.items():
            if isinstance(value, (int, np.integer)) and name != n.slice.id:
                yield ast.Subscript(n.value, ast.Name(name, ast.Load()), n.ctx)


def both(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield the sum of two elements of an array in place of one of them."""
    if isinstance(n.ctx, ast.Load):
        for other in fetched(n, around):
            yield ast.BinOp(n, ast.Add(), other)


def rolled(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield the items of a tuple in another order."""
    if isinstance(getattr(n, "ctx", None), ast.Load) and 1 < len(n.elts) < 6:
        for i in range(len(n.elts)):
            for j in range(i):
                items = [*n.elts]
                items[i], items[j] = items[j], items[i]
                yield ast.Tuple(items, ast.Load())


def resliced(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a statement in which two indices or slices have changed places."""
    places = [path for path, part in parts(n) if isinstance(part, ast.Subscript)]
    for one, other in combinations(places, 2):
        if one[: len(other)] == other or other[: len(one)] == one:
            continue  # one is inside the other
        here, there = at(n, one).slice, at(n, other).slice
        if not same(here, there):
            end = (("slice", None),)
            yield replaced(replaced(n, (*one, *end), there), (*other, *end), here)


def exchanged(n: Any, around: Vocabulary) -> Iterator[Any]:
    """Yield a statement in which two values have changed places."""
    found: dict[str, list[Path]] = {}
    for path, part in parts(n):
        loaded = isinstance(getattr(part, "ctx", None), ast.Load)
        if loaded and isinstance(part, (ast.Name, ast.Attribute, ast.Subscript)):
            found.setdefault(ast.unparse(part), []).append(path)
    known = [text for text in found if shape_of(around.value(expression(text))) is not None]
    for one, other in combinations(known[:12], 2):
        if any(p[: len(q)] == q or q[: len(p)] == p for p in found[one] for q in found[other]):
            continue  # one is inside the other
        changed = n
        for here, there in ((one, other), (other, one)):
            for path in found[here]:
                changed = replaced(changed, path, expression(there))
        yield changed
