"""Integrals of samples, with respect to the samples and to where they are."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import scipy.integrate as _original

from autograd.engine.dispatch import plain
from autograd.rules.node_lists import as_array
from autograd.scipy.fallback import in_place_of


@in_place_of(_original.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Integrate samples by the trapezoidal rule."""
    return np.trapezoid(y, x, dx, axis)


@in_place_of(_original.cumulative_trapezoid)
def cumulative_trapezoid(
    y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1, initial: Any = None
) -> Any:
    """Integrate samples up to each of them, by the trapezoidal rule."""
    _original.cumulative_trapezoid(plain(y), plain(x), plain(dx), axis, initial)  # for its errors
    y, h = _last_axis(y, x, dx, axis)
    found = np.cumsum(h * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)
    return _back(found, initial, axis)


@in_place_of(_original.simpson)
def simpson(y: Any, x: Any = None, *, dx: Any = 1.0, axis: int = -1) -> Any:
    """Integrate samples by Simpson's rule."""
    _original.simpson(plain(y), plain(x), dx=plain(dx), axis=axis)
    y, h = _last_axis(y, x, dx, axis)
    return np.sum(_parts(y, h), axis=-1)


@in_place_of(_original.cumulative_simpson)
def cumulative_simpson(
    y: Any, *, x: Any = None, dx: Any = 1.0, axis: int = -1, initial: Any = None
) -> Any:
    """Integrate samples up to each of them, by Simpson's rule."""
    _original.cumulative_simpson(
        plain(y), x=plain(x), dx=plain(dx), axis=axis, initial=plain(initial)
    )
    y, h = _last_axis(y, x, dx, axis)
    return _back(np.cumsum(_parts(y, h), axis=-1), initial, axis)


@in_place_of(_original.romb)
def romb(y: Any, dx: Any = 1.0, axis: int = -1, show: bool = False) -> Any:
    """Integrate 2ᵏ + 1 samples by Romberg's method, an extrapolation of trapezoidal rules."""
    _original.romb(plain(y), plain(dx), axis, show)
    y, _ = _last_axis(y, None, dx, axis)
    count = y.shape[-1] - 1
    rules = []
    while count:  # all samples, every second, every fourth ...
        step = (y.shape[-1] - 1) // count
        some = y[..., ::step]
        rules.append((np.sum(some, axis=-1) - (some[..., 0] + some[..., -1]) / 2.0) * (step * dx))
        count //= 2
    rules.reverse()
    for k in range(1, len(rules)):
        pairs = itertools.pairwise(rules)
        rules = [fine + (fine - coarse) / (4**k - 1) for coarse, fine in pairs]
    return rules[0]


def _last_axis(y: Any, x: Any, dx: Any, axis: int) -> tuple[Any, Any]:
    """Return samples along the last axis, and the lengths of the intervals between them."""
    y = np.moveaxis(as_array(y), axis, -1)
    if x is not None:
        x = as_array(x)
        return y, np.diff(np.moveaxis(x, axis, -1) if x.ndim > 1 else x)
    dx = as_array(dx)
    h = np.moveaxis(dx, axis, -1) if dx.ndim else dx
    return y, h * np.ones(y.shape[-1] - 1)


def _parts(y: Any, h: Any) -> Any:
    """Return the integral over each interval of the parabola through its ends and a third sample.

    Two intervals share one; the last of an odd number takes that of the two before, and a single one
    is a trapezoid.
    """
    if y.shape[-1] < 3:
        return h * (y[..., 1:] + y[..., :-1]) / 2.0
    f0, f1, f2 = y[..., :-2], y[..., 1:-1], y[..., 2:]
    h0, h1 = h[..., :-1], h[..., 1:]
    left, right = _half(f0, f1, f2, h0, h1), _half(f2, f1, f0, h1, h0)
    i = np.arange(y.shape[-1] - 1)
    parabola = np.minimum(i - i % 2, y.shape[-1] - 3)
    return np.where(i == parabola, left[..., parabola], right[..., parabola])


def _half(f0: Any, f1: Any, f2: Any, h0: Any, h1: Any) -> Any:
    """Return the integral of the parabola over the first of two intervals."""
    ratio, h = h0 / h1, h0 + h1
    return h0 / 6 * ((3 - h0 / h) * f0 + (3 + h0 / h * (1 + ratio)) * f1 - h0 / h * ratio * f2)


def _back(found: Any, initial: Any, axis: int) -> Any:
    """Put an initial value in front, and the axis back."""
    if initial is not None:
        initial = as_array(initial)
        start = np.moveaxis(initial, axis, -1) if initial.ndim else initial
        found = found + start if np.any(plain(start)) else found
        found = np.concatenate([np.broadcast_to(start, (*found.shape[:-1], 1)), found], axis=-1)
    return np.moveaxis(found, -1, axis)
