"""Borders around the last axes of an array, and what their derivatives add back."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Primitive, define, linear
from autograd.devices import beside

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


def bordered_array(x: Any, widths: Widths, mode: str) -> Any:
    """Return an array with a border: of zeros, or of elements by a mode of `numpy.pad`."""
    if mode == "constant":
        return filled_array(x, widths, 0)
    for axis, width in enumerate(widths, x.ndim - len(widths)):
        if any(width):
            places: Any = np.pad(np.arange(x.shape[axis]), width, mode)  # type: ignore[call-overload]
            x = np.take(x, beside(places, x), axis)
    return x


def folded_array(g: Any, widths: Widths, mode: str) -> Any:
    """Add each element of a border to the one that it is a copy of."""
    if mode == "constant":
        shape = list(g.shape)
        for axis, width in enumerate(widths, g.ndim - len(widths)):
            shape[axis] -= sum(width)
        return g[inside_of(widths, tuple(shape))].copy()
    for axis, (before, after) in enumerate(widths, g.ndim - len(widths)):
        if not before and not after:
            continue
        last = np.moveaxis(g, axis, -1)
        count = last.shape[-1] - before - after
        total = last[..., before : before + count].copy()
        places: Any = np.pad(np.arange(count), (before, after), mode)  # type: ignore[call-overload]
        for at in (*range(before), *range(before + count, len(places))):
            total[..., places[at]] += last[..., at]
        g = np.moveaxis(total, -1, axis)
    return g


# fmt: off
bordered: Primitive = linear(bordered_array,
    lambda g, x, widths, mode: folded(g, widths, mode),
    batch=bordered_array, fresh_results=True, name="border")
folded: Primitive = linear(folded_array,
    lambda h, g, widths, mode: bordered(h, widths, mode),
    batch=folded_array, fresh_results=True, name="fold_border")
filled: Primitive = define(filled_array,
    lambda g, y, x, widths, value: folded(g, widths, "constant"),
    batch=filled_array, fresh_results=True, name="border")
# fmt: on
