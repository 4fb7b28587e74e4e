"""Where points lie between others, and how results are shaped: what all interpolators share."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.engine.tracing import concrete
from autograd.rules.elementwise import where
from autograd.rules.kernel import taken
from autograd.rules.redefinable import for_batches
from autograd.scipy.stats.families import number

#: Converts lists to arrays, and integers to floating point.
floats = number


@for_batches
def validated(construct: Callable[..., Any], *data: Any) -> float:
    """Call a function of SciPy with data as numbers, for its errors."""
    construct(*[np.asarray(concrete(plain(floats(x)))) for x in data])
    return 0.0


def intervals(breaks: Any, x: Any) -> Any:
    """Return for each point the index of its interval; the outer ones extend to infinity."""
    found = np.searchsorted(plain(breaks), plain(x), side="right") - 1
    return np.clip(found, 0, np.shape(breaks)[0] - 2)


def within(x: Any, low: Any, high: Any, extrapolate: Any) -> tuple[Any, Any]:
    """Return points where the formulas hold, and where the result is not NaN (None: everywhere).

    ``extrapolate="periodic"`` moves points into the first period.
    """
    if isinstance(extrapolate, str):
        period = high - low
        turns = np.floor((plain(x) - plain(low)) / plain(period))
        return x - turns * period, None
    if extrapolate:
        return x, None
    numbers = plain(x)
    known = (numbers >= plain(low)) & (numbers <= plain(high))
    return (x, None) if np.all(known) else (where(known, x, plain(low) + 0.0 * numbers), known)


def masked(y: Any, known: Any) -> Any:
    """Return NaN where results are not known; the points are the first axes of `y`."""
    if known is None:
        return y
    shape = np.shape(known) + (1,) * (np.ndim(y) - np.ndim(known))
    return np.where(np.reshape(known, shape), y, math.nan)


def rows(array: Any, index: Any) -> Any:
    """Return ``array[index]``."""
    return taken(array, index)


def column(x: Any, ndim: int) -> Any:
    """Append axes of length one until there are `ndim` more."""
    return np.reshape(x, np.shape(x) + (1,) * ndim)


def moved_to_front(y: Any, axis: int) -> Any:
    """Return an array with the axis of the data in front."""
    return np.moveaxis(y, axis, 0)


def inserted(y: Any, points: int, axis: int) -> Any:
    """Move the first axes, of the points, to the place that the axis of the data had."""
    if axis == 0 or points == 0:
        return y
    return np.moveaxis(y, range(points), range(axis, axis + points))
