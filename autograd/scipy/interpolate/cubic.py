"""Piecewise cubic interpolation: from the slopes at the data to coefficients."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import scipy.interpolate as _original

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.rules.redefinable import for_batches
from autograd.scipy.interpolate.piecewise import PPoly
from autograd.scipy.interpolate.places import column, floats, moved_to_front, validated
from autograd.scipy.linalg import solve_banded


class CubicHermiteSpline(PPoly):
    """Interpolates values and slopes; see `scipy.interpolate.CubicHermiteSpline`.

    Parameters
    ----------
    x : array_like
        Where the data are, increasing.
    y, dydx : array_like
        Values and slopes, along `axis`.
    axis : int
        The axis of the data.
    extrapolate : bool or "periodic"
        As for `PPoly`.
    """

    def __init__(self, x: Any, y: Any, dydx: Any, axis: int = 0, extrapolate: Any = None) -> None:
        validated(partial(_original.CubicHermiteSpline, axis=axis), x, y, dydx)
        y, dydx = (moved_to_front(floats(v), axis) for v in (y, dydx))
        self._set(x, y, dydx, axis, extrapolate)

    def _set(self, x: Any, y: Any, slopes: Any, axis: int, extrapolate: Any) -> None:
        """Set the coefficients from values and slopes along the first axis."""
        x = floats(x)
        super().__init__(_coefficients(x, y, slopes), x, extrapolate, axis % np.ndim(y))


class CubicSpline(CubicHermiteSpline):
    """Interpolates by cubics with two continuous derivatives; see `scipy.interpolate.CubicSpline`.

    Parameters
    ----------
    x : array_like
        Where the data are, increasing.
    y : array_like
        The values, along `axis`.
    axis : int
        The axis of the data.
    bc_type : str or pair
        What holds at both ends: "not-a-knot", "periodic", "clamped", "natural", or for each end one
        of them or a pair of the order of a derivative and its value, which may be a node.
    extrapolate : bool or "periodic"
        As for `PPoly`; by default "periodic" for a periodic spline.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.interpolate import CubicSpline
    >>> x = np.linspace(0.0, 1.0, 5)
    >>> round(grad(CubicSpline(x, x**3))(0.3), 12)
    0.27
    >>> grad(lambda y: CubicSpline(x, y).integrate(0.0, 1.0))(x**3).round(12)  # Simpson's rule
    array([0.08333333, 0.33333333, 0.16666667, 0.33333333, 0.08333333])
    """

    def __init__(
        self, x: Any, y: Any, axis: int = 0, bc_type: Any = "not-a-knot", extrapolate: Any = None
    ) -> None:
        validated(partial(_original.CubicSpline, axis=axis, bc_type=plain(bc_type)), x, y)
        y = moved_to_front(floats(y), axis)
        slopes = _of_spline(floats(x), y, bc_type)
        if extrapolate is None:
            extrapolate = "periodic" if "periodic" in (bc_type, bc_type[0]) else True
        self._set(x, y, slopes, axis, extrapolate)


class PchipInterpolator(CubicHermiteSpline):
    """Interpolates by cubics that rise and fall with the data; see SciPy's `PchipInterpolator`.

    Parameters
    ----------
    x : array_like
        Where the data are, increasing.
    y : array_like
        The values, along `axis`.
    axis : int
        The axis of the data.
    extrapolate : bool
        As for `PPoly`.
    """

    def __init__(self, x: Any, y: Any, axis: int = 0, extrapolate: Any = None) -> None:
        validated(partial(_original.PchipInterpolator, axis=axis), x, y)
        y = moved_to_front(floats(y), axis)
        self._set(x, y, monotone_slopes(floats(x), y), axis, extrapolate)


class Akima1DInterpolator(CubicHermiteSpline):
    """Interpolates by cubics whose slopes depend on few neighbours; see `Akima1DInterpolator`.

    Parameters
    ----------
    x : array_like
        Where the data are, increasing.
    y : array_like
        The values, along `axis`.
    axis : int
        The axis of the data.
    method : {"akima", "makima"}
        The formula for the slopes.
    extrapolate : bool or "periodic"
        As for `PPoly`; by default the result is NaN outside.
    """

    def __init__(
        self, x: Any, y: Any, axis: int = 0, *, method: Any = "akima", extrapolate: Any = None
    ) -> None:
        validated(partial(_original.Akima1DInterpolator, axis=axis, method=method), x, y)
        y = moved_to_front(floats(y), axis)
        slopes = _of_akima(floats(x), y, method)
        self._set(x, y, slopes, axis, False if extrapolate is None else extrapolate)


@for_batches
def _coefficients(x: Any, y: Any, slopes: Any) -> Any:
    """Return the coefficients of cubics from values and slopes at both ends of each."""
    dx = column(x[1:] - x[:-1], np.ndim(y) - 1)
    mean = (y[1:] - y[:-1]) / dx
    excess = (slopes[:-1] + slopes[1:] - 2 * mean) / dx
    first = excess / dx
    return np.stack(
        [first, (mean - slopes[:-1]) / dx - excess, slopes[:-1] + 0.0 * first, y[:-1] + 0.0 * first]
    )


# -- slopes of a spline -----------------------------------------------------------------------

_CONDITIONS: dict[str, Any] = {"clamped": (1, 0.0), "natural": (2, 0.0)}


@for_batches
def _of_spline(x: Any, y: Any, bc_type: Any) -> Any:
    """Return the slopes for which second derivatives are continuous."""
    ends = [bc_type, bc_type] if isinstance(bc_type, str) else list(bc_type)
    ends = [_CONDITIONS.get(end, end) if isinstance(end, str) else end for end in ends]
    n, shape = np.shape(x)[0], np.shape(y)[1:]
    y = np.reshape(y, (n, -1))
    dx = x[1:] - x[:-1]
    mean = (y[1:] - y[:-1]) / dx[:, None]
    if "periodic" in [end for end in ends if isinstance(end, str)]:
        found = _periodic(dx, mean, n)
    else:
        if n == 2:
            ends = [(1, mean[0]) if isinstance(end, str) else end for end in ends]
        found = _between(x, y, dx, mean, ends, n)
    return np.reshape(found, (n, *shape))


def _between(x: Any, y: Any, dx: Any, mean: Any, ends: list[Any], n: int) -> Any:
    """Solve for the slopes, with one equation for each inner point and for each end."""
    if n == 3 and all(isinstance(end, str) for end in ends):  # a parabola
        curve = (mean[1] - mean[0]) / (x[2] - x[0])
        return np.stack([mean[0] - curve * dx[0], mean[0] + curve * dx[0], mean[1] + curve * dx[1]])
    first = _condition(ends[0], dx[:2], mean[:2], 1)
    last = _condition(ends[1], dx[::-1][:2], mean[::-1][:2], -1)
    above = np.concatenate([np.reshape(v, (1,)) for v in (0.0, first[1])] + [dx[:-1]])
    middle = np.concatenate(
        [np.reshape(first[0], (1,)), 2 * (dx[:-1] + dx[1:]), np.reshape(last[0], (1,))]
    )
    below = np.concatenate([dx[1:], *[np.reshape(v, (1,)) for v in (last[1], 0.0)]])
    right = 3 * (dx[1:, None] * mean[:-1] + dx[:-1, None] * mean[1:])
    right = np.concatenate([first[2][None], right, last[2][None]])
    return solve_banded((1, 1), np.stack([above, middle, below]), right)


def _condition(end: Any, dx: Any, mean: Any, sign: int) -> tuple[Any, Any, Any]:
    """Return the equation at an end: factors of the slope there and of the next one, the right side.

    Widths and mean slopes begin at that end; `sign` is -1 at the last.
    """
    if isinstance(end, str):  # "not-a-knot": the third derivative is continuous at the next point
        both = dx[0] + dx[1]
        right = ((dx[0] + 2 * both) * dx[1] * mean[0] + dx[0] ** 2 * mean[1]) / both
        return dx[1], both, right
    order, value = end
    value = np.reshape(floats(value), (-1,)) + 0.0 * mean[0]
    if order == 1:
        return 1.0, 0.0, value
    return 2 * dx[0], dx[0], 3 * dx[0] * mean[0] - sign * value * dx[0] ** 2 / 2


def _periodic(dx: Any, mean: Any, n: int) -> Any:
    """Solve the cyclic equations for all slopes but the last, which is the first."""
    before, steep = np.roll(dx, 1), np.roll(mean, 1, axis=0)
    right = 3 * (dx[:, None] * steep + before[:, None] * mean)
    m, eye = n - 1, np.eye(n - 1)
    if m == 1:
        return 0.0 * mean[[0, 0]]
    matrix = (2 * (dx + before))[:, None] * eye
    matrix = (
        matrix + dx[:, None] * np.roll(eye, -1, axis=1) + before[:, None] * np.roll(eye, 1, axis=1)
    )
    found = np.linalg.solve(matrix, right)
    return np.concatenate([found, found[:1]])


# -- slopes from neighbours -------------------------------------------------------------------


@for_batches
def monotone_slopes(x: Any, y: Any) -> Any:
    """Return the slopes of Fritsch and Carlson: a harmonic mean, 0 at extremes."""
    dx = column(x[1:] - x[:-1], np.ndim(y) - 1)
    mean = (y[1:] - y[:-1]) / dx
    if np.shape(x)[0] == 2:
        return np.concatenate([mean, mean])
    sign = np.sign(plain(mean))
    flat = (sign[1:] != sign[:-1]) | (sign[1:] == 0)
    weights = 2 * dx[1:] + dx[:-1], dx[1:] + 2 * dx[:-1]
    steep = where(flat, 1.0, mean[:-1]), where(flat, 1.0, mean[1:])
    inner = (weights[0] + weights[1]) / (weights[0] / steep[0] + weights[1] / steep[1])
    ends = [_end_slope(dx, mean), _end_slope(dx[::-1], mean[::-1])]
    return np.concatenate([ends[0], where(flat, 0.0, inner), ends[1]])


def _end_slope(dx: Any, mean: Any) -> Any:
    """Return the slope of the parabola at an end, limited to keep the shape of the data."""
    h, m = (dx[:1], dx[1:2]), (mean[:1], mean[1:2])
    slope = ((2 * h[0] + h[1]) * m[0] - h[0] * m[1]) / (h[0] + h[1])
    turned = np.sign(plain(slope)) != np.sign(plain(m[0]))
    steep = (np.sign(plain(m[0])) != np.sign(plain(m[1]))) & (
        np.abs(plain(slope)) > 3 * np.abs(plain(m[0]))
    )
    return where(turned, 0.0, where(steep, 3 * m[0], slope))


@for_batches
def _of_akima(x: Any, y: Any, method: str) -> Any:
    """Return the slopes of Akima: means of the neighbouring ones, weighted by their changes."""
    dx = column(x[1:] - x[:-1], np.ndim(y) - 1)
    m = (y[1:] - y[:-1]) / dx
    if np.shape(x)[0] == 2:
        return np.concatenate([m, m])
    m = np.concatenate([*_two_more(m)[::-1], m, *_two_more(m[::-1])])
    change = np.abs(m[1:] - m[:-1])
    if method == "makima":
        change = change + np.abs(m[1:] + m[:-1]) / 2
    weights = change[2:], change[:-2]
    total = weights[0] + weights[1]
    known = plain(total) > 1e-9 * np.max(plain(total), initial=0.0)
    mean = m[1:-2] + weights[1] / where(known, total, 1.0) * (m[2:-1] - m[1:-2])
    return where(known, mean, (m[3:] + m[:-3]) / 2)


def _two_more(m: Any) -> list[Any]:
    """Extend a sequence beyond its first element as its parabola does; the nearest comes first."""
    near = 2 * m[:1] - m[1:2]
    return [near, 2 * near - m[:1]]
