"""Interpolation of an array at given coordinates."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.ndimage as _original

from autograd.engine.dispatch import plain
from autograd.errors import OptionError
from autograd.scipy.fallback import in_place_of
from autograd.scipy.images.filters import extended
from autograd.scipy.images.splines import spline_filter

#: How far arrays are extended before filtering, where the spline has no exact end conditions.
PADDED = 12


def _floating(x: Any) -> Any:
    x = x if hasattr(x, "dtype") else np.asarray(x)
    return x if x.dtype.kind in "fc" else x.astype(float)


def _mirrored(x: Any, n: int, period: int, edge: float) -> Any:
    """Reflect repeatedly at both ends, at `edge` before the first element."""
    if n == 1:
        return 0.0 * x
    x = np.mod(x + edge, 2 * period)
    return np.where(plain(x) < period, x, 2 * period - x) - edge


def _wrapped(x: Any, period: int) -> Any:
    """Wrap around; the last element coincides with the first, and SciPy reads the last."""
    if period == 0:
        return 0.0 * x
    numbers = np.asarray(plain(x))
    before = period * (np.floor(-numbers / period) + 1)
    return x + np.where(
        numbers < 0, before, -period * np.floor(numbers / period) * (numbers > period)
    )


#: mode -> the function that maps a coordinate into an axis of length n.
_WITHIN: dict[str, Callable[[Any, int], Any]] = {
    "constant": lambda x, n: x,
    "grid-constant": lambda x, n: x,
    "nearest": lambda x, n: x,
    "mirror": lambda x, n: _mirrored(x, n, n - 1, 0.0),
    "reflect": lambda x, n: _mirrored(x, n, n, 0.5),
    "grid-mirror": lambda x, n: _mirrored(x, n, n, 0.5),
    "wrap": lambda x, n: _wrapped(x, n - 1),
    "grid-wrap": lambda x, n: np.mod(x, n),
}


@in_place_of(_original.map_coordinates)
def map_coordinates(
    input: Any, coordinates: Any, output: Any = None, order: int = 3, mode: str = "constant",
    cval: float = 0.0, prefilter: bool = True,
) -> Any:  # fmt: skip
    """Interpolate an array at coordinates by a spline, with derivatives by both.

    Parameters
    ----------
    input : array_like
        The array.
    coordinates : array_like
        One row of coordinates for each axis of `input`.
    output : dtype, optional
        As for SciPy; no array.
    order : int
        The degree of the spline, from 0, for the nearest element, to 5.
    mode : str
        How the array is extended beyond its edges, as in SciPy.
    cval : float
        The value beyond the edges for ``mode="constant"``.
    prefilter : bool
        Whether the spline passes through the elements; else they are its coefficients.

    Raises
    ------
    OptionError
        If an option has an unknown value, or `output` is an array.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.ndimage import map_coordinates
    >>> image = np.array([[0.0, 1.0], [2.0, 5.0]])
    >>> grad(lambda at: np.sum(map_coordinates(image, at, order=1)))(np.array([[0.5], [0.5]]))
    array([[3.],
           [2.]])
    """
    if output is not None and not isinstance(output, type | np.dtype):
        raise OptionError("output= has no rule for nodes: use what the function returns.")
    if mode not in _WITHIN:
        raise OptionError(f"mode={mode!r} must be one of {', '.join(_WITHIN)}.")
    if order not in range(6):
        raise OptionError(f"order={order} must be from 0 to 5.")
    x, places = _floating(input), _floating(coordinates)
    kind = x.dtype if output is None else np.dtype(output)
    if np.shape(places)[0] != np.ndim(x):
        _original.map_coordinates(plain(x), plain(places))  # for SciPy's error
    shape = np.shape(x)
    if prefilter and order > 1:
        padded = PADDED if mode in ("nearest", "grid-constant") else 0
        x = spline_filter(extended(x, padded, mode, cval) if padded else x, order, x.dtype, mode)
        places = places + float(padded)
    y = _interpolated(x, places, order, mode, cval)
    y = y if y.dtype == kind else y.astype(kind)
    if mode != "constant":
        return y
    sides = [(plain(p) < 0) | (plain(p) > n - 1) for p, n in zip(places, shape, strict=True)]
    return np.where(functools.reduce(np.logical_or, sides), cval, y)


def _interpolated(x: Any, places: Any, order: int, mode: str, cval: Any) -> Any:
    """Sum the coefficients near each place, times their B-splines."""
    axes = [_WITHIN[mode](places[i], n) for i, n in enumerate(np.shape(x))]
    sides = [_neighbours(p, n, order, mode) for p, n in zip(axes, np.shape(x), strict=True)]
    y: Any = 0.0
    for corner in itertools.product(*sides):
        weight: Any = 1.0
        known: Any = True
        for _, inside, share in corner:
            weight, known = weight * share, known & inside
        element = x[tuple(index for index, _, _ in corner)]
        y = y + weight * (element if known is True else np.where(known, element, cval))
    return y


def _neighbours(x: Any, n: int, order: int, mode: str) -> list[tuple[Any, Any, Any]]:
    """Return the coefficients near a coordinate along an axis: index, whether it exists, weight."""
    numbers = np.asarray(plain(x))
    lower = np.floor(numbers if order % 2 else numbers + 0.5)
    start, kind = lower.astype(int) - order // 2, numbers.dtype
    if order == 0:
        shares: list[Any] = [1.0]
    else:
        share = x - lower.astype(kind) + (0.0 if order % 2 else 0.5)
        shares = _uniform_splines(share, order)
    # Beside the last element, where the other weight is 0, a straight line ends.
    kind_of_index = "nearest" if order == 1 and mode != "grid-wrap" else mode
    extend = _INDEX.get(kind_of_index, _INDEX["mirror"])
    known = mode == "grid-constant"
    found = []
    for step, share in enumerate(shares):
        index = start + step
        inside = (index >= 0) & (index < n) if known else True
        found.append((extend(index, n), inside, share))
    return found


def _uniform_splines(share: Any, order: int) -> list[Any]:
    """Return the B-splines that are not zero at a fraction of an interval between integers."""
    splines: list[Any] = [1.0]
    for k in range(1, order + 1):
        rising = [b * (share + (k - 1 - i)) / k for i, b in enumerate(splines)]
        falling = [b * ((i + 1) - share) / k for i, b in enumerate(splines)]
        inner = [a + b for a, b in zip(rising[:-1], falling[1:], strict=True)]
        splines = [falling[0], *inner, rising[-1]]
    return splines


def _reflected_index(index: Any, n: int, period: int, edge: int) -> Any:
    if n == 1:
        return 0 * index
    index = np.mod(index, 2 * period)
    return np.where(index < n, index, 2 * period - index - (1 - edge))


#: mode -> what maps indices beyond the edges into an axis of length n; for other modes "mirror".
_INDEX: dict[str, Callable[[Any, int], Any]] = {
    "mirror": lambda i, n: _reflected_index(i, n, n - 1, 1),
    "reflect": lambda i, n: _reflected_index(i, n, n, 0),
    "grid-mirror": lambda i, n: _reflected_index(i, n, n, 0),
    "grid-wrap": lambda i, n: i % n,
    "nearest": lambda i, n: np.clip(i, 0, n - 1),
    "grid-constant": lambda i, n: np.clip(i, 0, n - 1),
}
