"""Interpolation of values on a grid of several variables."""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any

import numpy as np
import scipy.interpolate as _original

from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError, OptionError
from autograd.rules.node_lists import as_array
from autograd.rules.redefinable import for_batches
from autograd.scipy.interpolate import basis
from autograd.scipy.interpolate.bsplines import make_interp_spline
from autograd.scipy.interpolate.cubic import monotone_slopes
from autograd.scipy.interpolate.places import column, floats, intervals, rows, validated

#: The degree of the splines of a method.
_DEGREES = {"slinear": 1, "cubic": 3, "quintic": 5}

METHODS = ("linear", "nearest", "pchip", *_DEGREES)


class RegularGridInterpolator:
    """Interpolates values on a grid; see `scipy.interpolate.RegularGridInterpolator`.

    Parameters
    ----------
    points : tuple of array_like
        The places along each axis, increasing or decreasing.
    values : array_like
        The values; further axes stay.
    method : str
        "linear", "nearest", "slinear", "cubic", "quintic" or "pchip".
    bounds_error : bool
        Whether points outside raise.
    fill_value : number, optional
        The result outside; None to extrapolate.
    solver, solver_args
        Accepted for SciPy's sake: the equations of splines are solved directly.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.interpolate import RegularGridInterpolator
    >>> x = y = np.arange(4.0)
    >>> plane = RegularGridInterpolator((x, y), 2 * x[:, None] + 3 * y)
    >>> grad(lambda at: plane(at)[0])(np.array([0.5, 1.5]))
    array([2., 3.])
    """

    def __init__(
        self, points: Any, values: Any, method: str = "linear", bounds_error: bool = True,
        fill_value: Any = np.nan, *, solver: Any = None, solver_args: Any = None,
    ) -> None:  # fmt: skip
        def construct(values: Any, *points: Any) -> Any:
            return _original.RegularGridInterpolator(
                points, values, method, bounds_error, plain(fill_value)
            )

        validated(construct, values, *points)
        self.method, self.bounds_error, self.fill_value = method, bounds_error, fill_value
        self.values, self.grid = floats(values), tuple(floats(x) for x in points)
        for axis, x in enumerate(self.grid):
            if plain(x)[0] > plain(x)[-1]:
                self.values = np.flip(self.values, axis)
                self.grid = (*self.grid[:axis], x[::-1], *self.grid[axis + 1 :])

    def __call__(self, xi: Any, method: Any = None, *, nu: Any = None) -> Any:
        """Return the values at points, whose coordinates are in the last axis of `xi`."""
        method = self.method if method is None else method
        if method not in METHODS:
            raise OptionError(f"method={method!r} must be one of {', '.join(METHODS)}.")
        if nu is not None:
            raise NoRuleError(
                "RegularGridInterpolator with nu= has no rule: differentiate its result."
            )
        xi = _points(xi, len(self.grid))
        flat = np.reshape(xi, (-1, len(self.grid)))
        outside = [
            (plain(flat[:, i]) < plain(x)[0]) | (plain(flat[:, i]) > plain(x)[-1])
            for i, x in enumerate(self.grid)
        ]
        if self.bounds_error:
            for axis, beyond in enumerate(outside):
                if np.any(beyond):
                    raise ValueError(
                        f"One of the requested xi is out of bounds in dimension {axis}"
                    )
        y = _interpolated(method, self.values, flat, *self.grid)
        beyond = functools.reduce(np.logical_or, outside)
        if not self.bounds_error and self.fill_value is not None and np.any(beyond):
            y = np.where(column(beyond, np.ndim(y) - 1), self.fill_value, y)
        unknown = np.any(np.isnan(plain(flat)), axis=-1)
        if np.any(unknown):
            y = np.where(column(unknown, np.ndim(y) - 1), math.nan, y)
        return np.reshape(y, (*np.shape(xi)[:-1], *np.shape(y)[1:]))


def _points(xi: Any, ndim: int) -> Any:
    """Return points with their coordinates in the last axis."""
    if isinstance(xi, tuple):
        parts = np.broadcast_arrays(*[plain(as_array(x)) for x in xi])
        xi = np.stack([as_array(x) + 0.0 * parts[0] for x in xi], axis=-1)
    xi = floats(xi)
    if ndim > 1 and np.ndim(xi) == 1:
        xi = np.reshape(xi, (1, -1))
    elif ndim == 1 and np.shape(xi)[-1:] != (1,):
        xi = np.reshape(xi, (*np.shape(xi), 1))
    if np.shape(xi)[-1] != ndim:
        raise ValueError(
            f"The requested sample points xi have dimension {np.shape(xi)[-1]} but this "
            f"RegularGridInterpolator has dimension {ndim}"
        )
    return xi


@for_batches
def _interpolated(method: str, values: Any, at: Any, *grid: Any) -> Any:
    if method in _DEGREES:
        return _by_splines(values, at, grid, _DEGREES[method])
    if method == "pchip":
        return _by_pchip(values, at, grid)
    choices = []
    for i, x in enumerate(grid):
        index = intervals(x, at[:, i])
        share = (at[:, i] - rows(x, index)) / (rows(x, index + 1) - rows(x, index))
        if method == "nearest":
            choices.append([(np.where(plain(share) <= 0.5, index, index + 1), 1.0)])
        else:
            choices.append([(index, 1 - share), (index + 1, share)])
    y: Any = 0.0
    for corner in itertools.product(*choices):
        weight = functools.reduce(lambda a, b: a * b, [share for _, share in corner])
        part = values[tuple(index for index, _ in corner)]
        y = y + part * (weight if np.ndim(weight) == 0 else column(weight, np.ndim(part) - 1))
    return y


def _by_splines(values: Any, at: Any, grid: Any, k: int) -> Any:
    """Interpolate by a product of splines: one spline along each axis gives the coefficients."""
    knots, c = [], values
    for axis, x in enumerate(grid):
        spline = make_interp_spline(x, np.moveaxis(c, axis, 0), k)
        knots.append(spline.t)
        c = np.moveaxis(spline.c, 0, axis)
    index = [basis.interval_of(t, k, at[:, i]) for i, t in enumerate(knots)]
    weights = [
        basis.values(t, k, at[:, i], place)
        for i, (t, place) in enumerate(zip(knots, index, strict=True))
    ]
    y: Any = 0.0
    for steps in itertools.product(range(k + 1), repeat=len(grid)):
        part = c[tuple(place - k + j for place, j in zip(index, steps, strict=True))]
        weight = functools.reduce(
            lambda a, b: a * b, [w[:, j] for w, j in zip(weights, steps, strict=True)]
        )
        y = y + part * column(weight, np.ndim(part) - 1)
    return y


def _by_pchip(values: Any, at: Any, grid: Any) -> Any:
    """Interpolate along one axis after the other, from the last on."""
    d, n = len(grid), np.shape(at)[0]
    trailing = np.shape(values)[d:]
    y = np.moveaxis(values, d - 1, 0)[..., None] + np.zeros(n)  # grid, other axes, points
    for i in range(d - 1, -1, -1):
        y = _hermite(grid[i], y, at[:, i])
        if i:
            y = np.moveaxis(y, i - 1, 0)
    return np.reshape(np.moveaxis(y, -1, 0), (n, *trailing))


def _hermite(x: Any, y: Any, at: Any) -> Any:
    """Interpolate along the first axis, each element of the last one at its own point."""
    slopes = monotone_slopes(x, y)
    index, points = intervals(x, at), np.arange(np.shape(at)[0])
    width = rows(x, index + 1) - rows(x, index)
    s = (at - rows(x, index)) / width
    ends = [np.moveaxis(v[index + j, ..., points], 0, -1) for j in (0, 1) for v in (y, slopes)]
    rise = s * s * (3 - 2 * s)
    steep = width * s * (1 - s)
    return ends[0] * (1 - rise) + ends[2] * rise + steep * (ends[1] * (1 - s) - ends[3] * s)


def interpn(
    points: Any, values: Any, xi: Any, method: str = "linear", bounds_error: bool = True,
    fill_value: Any = np.nan,
) -> Any:  # fmt: skip
    """Interpolate values on a grid at points; see `scipy.interpolate.interpn`."""
    if method == "splinef2d":
        raise OptionError('interpn(method="splinef2d") has no rule. Use "cubic".')
    return RegularGridInterpolator(points, values, method, bounds_error, fill_value)(xi)
