"""`scipy.ndimage` with derivatives: interpolation at given coordinates."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.ndimage as _original

from autograd.engine.dispatch import plain as _plain
from autograd.errors import NoRuleError as _NoRuleError
from autograd.errors import OptionError as _OptionError
from autograd.scipy.fallback import in_place_of as _in_place_of
from autograd.scipy.fallback import names_of as _names_of

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.ndimage")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


def _floating(x: Any) -> Any:
    x = x if hasattr(x, "dtype") else np.asarray(x)
    return x if x.dtype.kind in "fc" else x.astype(float)


def _mirrored(x: Any, n: int, period: int, edge: float) -> Any:
    """Reflect repeatedly at both ends, at `edge` before the first element."""
    if n == 1:
        return 0.0 * x
    x = np.mod(x + edge, 2 * period)
    return np.where(_plain(x) < period, x, 2 * period - x) - edge


def _wrapped(x: Any, period: int) -> Any:
    """Wrap around; the last element coincides with the first, and SciPy reads the last."""
    if period == 0:
        return 0.0 * x
    numbers = np.asarray(_plain(x))
    before = period * (np.floor(-numbers / period) + 1)
    return x + np.where(
        numbers < 0, before, -period * np.floor(numbers / period) * (numbers > period)
    )


#: mode -> the function that maps a coordinate into an axis of length n.
_WITHIN: dict[str, Callable[[Any, int], Any]] = {
    "constant": lambda x, n: x,
    "grid-constant": lambda x, n: x,
    "nearest": lambda x, n: np.clip(x, 0.0, n - 1.0),
    "mirror": lambda x, n: _mirrored(x, n, n - 1, 0.0),
    "reflect": lambda x, n: np.clip(_mirrored(x, n, n, 0.5), 0.0, n - 1.0),
    "grid-mirror": lambda x, n: np.clip(_mirrored(x, n, n, 0.5), 0.0, n - 1.0),
    "wrap": lambda x, n: _wrapped(x, n - 1),
    "grid-wrap": lambda x, n: np.mod(x, n),
}


@_in_place_of(_original.map_coordinates)
def map_coordinates(
    input: Any, coordinates: Any, output: Any = None, order: int = 3, mode: str = "constant",
    cval: float = 0.0, prefilter: bool = True,
) -> Any:  # fmt: skip
    """Interpolate an array at coordinates, with derivatives by both, for ``order`` 0 and 1.

    Parameters
    ----------
    input : array_like
        The array.
    coordinates : array_like
        One row of coordinates for each axis of `input`.
    order : {0, 1}
        0 for the nearest element, 1 for linear interpolation. Splines have no rule.
    mode : str
        How the array is extended beyond its edges, as in SciPy.
    cval : float
        The value beyond the edges for ``mode="constant"``.

    Raises
    ------
    NoRuleError
        If `order` is above 1, as it is by default, or `output` is given.

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
    if order not in (0, 1) or output is not None:
        raise _NoRuleError(
            f"scipy.ndimage.map_coordinates(order={order}) of nodes has no rule. Use order=0 or "
            "order=1, without output=."
        )
    if mode not in _WITHIN:
        raise _OptionError(f"mode={mode!r} must be one of {', '.join(_WITHIN)}.")
    input, coordinates = (_floating(x) for x in (input, coordinates))
    shape = np.shape(input)
    if np.shape(coordinates)[0] != len(shape):
        _original.map_coordinates(_plain(input), _plain(coordinates))  # for SciPy's error
    axes = [_WITHIN[mode](coordinates[i], n) for i, n in enumerate(shape)]
    y: Any = 0.0
    for corner in itertools.product(
        *[_neighbours(x, n, order, mode) for x, n in zip(axes, shape, strict=True)]
    ):
        weight: Any = 1.0
        known: Any = True
        for _, inside, share in corner:
            weight, known = weight * share, known & inside
        element = input[tuple(index for index, _, _ in corner)]
        y = y + weight * np.where(known, element, cval)
    y = y if y.dtype == input.dtype else y.astype(input.dtype)
    if mode != "constant":
        return y
    sides = [(_plain(x) < 0) | (_plain(x) > n - 1) for x, n in zip(axes, shape, strict=True)]
    beyond = functools.reduce(np.logical_or, sides)
    return np.where(beyond, cval, y)


def _neighbours(x: Any, n: int, order: int, mode: str) -> list[tuple[Any, Any, Any]]:
    """Return the neighbours of a coordinate along an axis: index, whether it exists, weight."""
    numbers = np.asarray(_plain(x))
    lower = np.floor(numbers + 0.5 if order == 0 else numbers).astype(int)
    found: list[tuple[Any, Any]] = [(lower, 1.0)]
    if order == 1:
        share = x - lower.astype(numbers.dtype)
        found = [(lower, 1.0 - share), (lower + 1, share)]
    neighbours = []
    for index, share in found:
        inside = (index >= 0) & (index < n) | (mode != "grid-constant")
        near = index % n if mode == "grid-wrap" else np.clip(index, 0, n - 1)
        neighbours.append((near, inside, share))
    return neighbours
