"""Functions that arrange elements: they move axes, add and remove them, and select."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import numpy as np

from autograd.program.formulas import algebra
from autograd.program.formulas.terms import Call, Kind, Term, make
from autograd.program.instructions import Constant, Variable, substituted


class Unwritten(Exception):  # noqa: N818 - not an error: the call is written as it stands
    """There is no notation for a call."""


def positions(function: Any, arguments: Any, keywords: Any, shape: tuple[int, ...]) -> Any:
    """Return where in its first argument a function finds the elements of its result."""
    source = np.arange(math.prod(shape)).reshape(shape)
    rest, keywords = substituted((tuple(arguments), keywords), _value)
    try:
        return np.asarray(function(source, *rest, **keywords))
    except (TypeError, ValueError, IndexError):
        raise Unwritten from None


def _value(x: Any) -> Any:
    if isinstance(x, Variable):
        raise Unwritten
    return x.value


def arranged(term: Term, where: Any) -> Term:
    """Return the elements of a term at these positions, if that moves whole axes."""
    size = math.prod(term.shape)
    if where.size == size and np.array_equal(where.ravel(), np.arange(size)):
        return algebra.reshape(term, where.shape)
    long = [n for n in term.shape if n != 1]
    axes = {math.prod(long[axis + 1 :]): axis for axis in range(len(long))}
    total: Any = 0
    order, kept = [], []
    for axis, n in enumerate(where.shape):
        line = where[(0,) * axis + (slice(None),) + (0,) * (where.ndim - axis - 1)]
        step = int(line[1]) - int(line[0]) if n > 1 else 0
        if step:
            order.append(axes.get(step, -1))
        kept.append(n if step else 1)
        total = total + step * np.arange(n).reshape(-1, *[1] * (where.ndim - axis - 1))
    moves = sorted(order) == list(range(len(long))) and [long[a] for a in order] == [
        n for n in kept if n != 1
    ]
    if not moves or not np.array_equal(where, np.broadcast_to(total, where.shape)):
        raise Unwritten
    moved = algebra.transpose(algebra.reshape(term, long), order)
    return algebra.spread(algebra.reshape(moved, kept), where.shape)


def arrange(read: Any, x: Any, *arguments: Any, **keywords: Any) -> Term:
    """Apply a function that only arranges elements."""
    term = read.of(x)
    return arranged(term, positions(read.now.function, arguments, keywords, term.shape))


def broadcast_to(read: Any, x: Any, shape: Any, **keywords: Any) -> Term:
    """Broadcast to a shape."""
    return algebra.spread(read.of(x), (shape,) if isinstance(shape, int) else tuple(shape))


def filled(value: float) -> Any:
    """Return the rule of ``np.zeros_like``, ``np.ones``, and the like."""

    def rule(read: Any, *arguments: Any, **keywords: Any) -> Term:
        return algebra.spread(read.of(value), read.now.result.shape)

    return rule


def getitem(read: Any, x: Any, index: Any) -> Term:
    """Select elements."""
    term = read.of(x)
    parts, shape = index if isinstance(index, tuple) else (index,), read.now.result.shape
    if not any(isinstance(part, (Constant, list)) for part in parts):
        is_set = term.kind == Kind.UPDATE and len(term.parts) == 2
        if is_set and term.detail == (Call(index), False):
            return algebra.spread(term.parts[1], shape)
        with contextlib.suppress(Unwritten):
            return arranged(term, positions(read.now.function, (index,), {}, term.shape))
    if term.kind == Kind.SPREAD and term.parts[0].shape == ():
        return algebra.spread(term.parts[0], shape)
    return make(Kind.INDEX, (term, *read.within(index)), Call(index), shape)
