"""Interpolation in a table of one variable."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import scipy.interpolate as _original

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.rules.redefinable import for_batches
from autograd.scipy.interpolate.bsplines import make_interp_spline
from autograd.scipy.interpolate.places import (
    column,
    floats,
    inserted,
    intervals,
    moved_to_front,
    rows,
    validated,
)

_DEGREES = {"zero": 0, "slinear": 1, "quadratic": 2, "cubic": 3}


class interp1d:  # noqa: N801 - SciPy's name
    """Interpolates in a table; see `scipy.interpolate.interp1d`.

    Parameters
    ----------
    x : array_like
        The places.
    y : array_like
        The values, along `axis`.
    kind : str or int
        "linear", "nearest", "nearest-up", "zero", "slinear", "quadratic", "cubic", "previous",
        "next", or the degree of a spline. Steps have the derivative 0.
    axis : int
        The axis of the data, the last by default.
    copy : bool
        As for SciPy.
    bounds_error : bool, optional
        Whether points outside raise; by default, unless `fill_value` is "extrapolate".
    fill_value : number, array, pair of them or "extrapolate"
        The result outside, or below and above.
    assume_sorted : bool
        Whether `x` increases.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.interpolate import interp1d
    >>> grad(interp1d([0.0, 1.0, 3.0], [2.0, 5.0, 4.0]))(0.5)
    3.0
    """

    def __init__(
        self, x: Any, y: Any, kind: Any = "linear", axis: int = -1, copy: bool = True,
        bounds_error: Any = None, fill_value: Any = np.nan, assume_sorted: bool = False,
    ) -> None:  # fmt: skip
        checked = partial(
            _original.interp1d, kind=kind, axis=axis, bounds_error=bounds_error,
            fill_value=plain(fill_value), assume_sorted=assume_sorted,
        )  # fmt: skip
        validated(checked, x, y)
        self.x, y = floats(x), floats(y)
        self.axis, self.kind = axis % np.ndim(y), kind
        self.y = moved_to_front(y, self.axis)
        if not assume_sorted:
            order = np.argsort(plain(self.x), kind="stable")
            self.x, self.y = self.x[order], self.y[order]
        self.fill_value = fill_value
        self._extrapolates = isinstance(fill_value, str)
        fills = fill_value if isinstance(fill_value, tuple) else (fill_value, fill_value)
        self._fills = None if self._extrapolates else fills
        self.bounds_error = not self._extrapolates if bounds_error is None else bounds_error
        degree = kind if isinstance(kind, int) else _DEGREES.get(kind)
        self._spline = None if not degree else make_interp_spline(self.x, self.y, degree)

    def __call__(self, x: Any) -> Any:
        """Return the values at points."""
        x = floats(x)
        numbers, ends = plain(x), plain(self.x)
        low, high = numbers < ends[0], numbers > ends[-1]
        if self.bounds_error and (np.any(low) or np.any(high)):
            side, end = ("below", ends[0]) if np.any(low) else ("above", ends[-1])
            worst = np.min(numbers) if np.any(low) else np.max(numbers)
            raise ValueError(
                f"A value ({worst}) in x_new is {side} the interpolation range's limit ({end})."
            )
        y = self._spline(x) if self._spline else _looked_up(self.kind, self.x, self.y, x)
        if self._fills is not None:
            more = np.ndim(self.y) - 1
            for outside, fill in zip((low, high), self._fills, strict=True):
                if np.any(outside):
                    y = np.where(np.reshape(outside, np.shape(outside) + (1,) * more), fill, y)
        return inserted(y, np.ndim(x), self.axis)


@for_batches
def _looked_up(kind: Any, x: Any, y: Any, at: Any) -> Any:
    """Return the neighbouring value, or the value on the line between two."""
    numbers, places = plain(at), plain(x)
    more = np.ndim(y) - 1
    if kind == "linear":
        index = intervals(x, at)
        slope = (y[1:] - y[:-1]) / column(x[1:] - x[:-1], more)
        return rows(y, index) + rows(slope, index) * column(at - rows(x, index), more)
    last = np.shape(places)[0] - 1
    if kind in ("nearest", "nearest-up"):
        middles = (places[1:] + places[:-1]) / 2
        right = kind == "nearest-up"
        index = np.searchsorted(middles, numbers, side="right" if right else "left")
    elif kind == "next":
        index = np.clip(np.searchsorted(places, numbers, side="left"), 0, last)
    else:  # "previous" and "zero"
        index = np.clip(np.searchsorted(places, numbers, side="right") - 1, 0, last)
    found = rows(y, index) + 0.0 * column(at, more)
    outside = {"next": numbers > places[-1], "previous": numbers < places[0]}.get(kind)
    if outside is None or not np.any(outside):
        return found
    return where(np.reshape(outside, np.shape(outside) + (1,) * more), math.nan, found)
