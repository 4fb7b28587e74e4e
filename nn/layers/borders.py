"""Borders around the last axes of an array, and what their derivatives add back."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Primitive, define, linear
from nn.layers.borders_in_c import BORDERED, CONSTANT, EDGE, FILLED, FOLDED, REFLECT, WRAP

#: How much is added before and after each of the last axes.
Widths = tuple[tuple[int, int], ...]


def inside_of(widths: Widths, shape: tuple[int, ...]) -> Any:
    """Return the index of the array itself in the one with a border."""
    lengths = shape[len(shape) - len(widths) :]
    return (..., *(slice(a, a + n) for n, (a, _) in zip(lengths, widths, strict=True)))


def filled_array(x: Any, widths: Widths, value: float) -> Any:
    """Return an array with a border of one number."""
    lengths = (n + a + b for n, (a, b) in zip(x.shape[-len(widths) :], widths, strict=True))
    y = np.full_like(x, value, shape=(*x.shape[: x.ndim - len(widths)], *lengths), order="C")
    y[inside_of(widths, x.shape)] = x
    return y


#: By the way to fill a border: which of n elements stands at a place before or after them.
PLACES: dict[int, Callable[[int, int], int]] = {
    EDGE: lambda at, n: min(max(at, 0), n - 1),
    WRAP: lambda at, n: at % n,
    REFLECT: lambda at, n: n - 1 - abs(n - 1 - at % max(2 * n - 2, 1)),
}


@functools.lru_cache(maxsize=256)
def copies(lengths: tuple[int, ...], widths: Widths, mode: int) -> list[tuple[Any, Any]]:
    """Return the indices of the parts of a border, and of what each is a copy of.

    A part may copy others, which come earlier.
    """
    found = []
    for axis, (length, width) in enumerate(zip(lengths, widths, strict=True)):
        before, after = width
        others = (slice(None),) * (len(lengths) - axis - 1)
        for at in (*range(-before, 0), *range(length, length + after)):
            original = PLACES[mode](at, length)
            found.append(((..., before + at, *others), (..., before + original, *others)))
    return found


def bordered_array(x: Any, widths: Widths, mode: int) -> Any:
    """Return an array with a border: of zeros, or of elements that are inside."""
    y = filled_array(x, widths, 0)
    if mode != CONSTANT:
        for part, original in copies(x.shape[-len(widths) :], widths, mode):
            y[part] = y[original]
    return y


def folded_array(g: Any, widths: Widths, mode: int) -> Any:
    """Add each element of a border to the one that it is a copy of."""
    count = g.ndim - len(widths)
    lengths = tuple(n - a - b for n, (a, b) in zip(g.shape[count:], widths, strict=True))
    inside = inside_of(widths, (*g.shape[:count], *lengths))
    if mode == CONSTANT:
        return g[inside].copy()
    total = g.copy()
    for part, original in reversed(copies(lengths, widths, mode)):
        total[original] += total[part]
    return total[inside].copy()


# fmt: off
bordered: Primitive = linear(bordered_array,
    lambda g, x, widths, mode: folded(g, widths, mode),
    batch=bordered_array, fresh_results=True, name="border", c=BORDERED)
folded: Primitive = linear(folded_array,
    lambda h, g, widths, mode: bordered(h, widths, mode),
    batch=folded_array, fresh_results=True, name="fold_border", c=FOLDED)
filled: Primitive = define(filled_array,
    lambda g, y, x, widths, value: folded(g, widths, CONSTANT),
    batch=filled_array, fresh_results=True, name="border", c=FILLED)
# fmt: on
