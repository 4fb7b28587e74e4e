"""Interpolation of scattered data by radial functions."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.interpolate as _original
import scipy.spatial

from autograd.engine.dispatch import plain
from autograd.engine.tracing import concrete
from autograd.errors import ShapeError
from autograd.rules.elementwise import where
from autograd.rules.redefinable import for_batches
from autograd.scipy.interpolate.places import floats, validated


def _root(s: Any) -> Any:
    """Return the distance from its square; its derivative at 0 is taken to be 0."""
    zero = plain(s) == 0
    return where(zero, 0.0, np.sqrt(where(zero, 1.0, s)))


def _thin_plate(s: Any) -> Any:
    zero = plain(s) == 0
    return where(zero, 0.0, s * np.log(where(zero, 1.0, s)) / 2)


#: The radial functions, of the square of the distance.
KERNELS: dict[str, Callable[[Any], Any]] = {
    "linear": lambda s: -_root(s),
    "thin_plate_spline": _thin_plate,
    "cubic": lambda s: s * _root(s),
    "quintic": lambda s: -s * s * _root(s),
    "multiquadric": lambda s: -np.sqrt(1 + s),
    "inverse_multiquadric": lambda s: 1 / np.sqrt(1 + s),
    "inverse_quadratic": lambda s: 1 / (1 + s),
    "gaussian": lambda s: np.exp(-s),
}
_DEGREES = {"multiquadric": 0, "linear": 0, "thin_plate_spline": 1, "cubic": 1, "quintic": 2}


class RBFInterpolator:
    """Interpolates scattered data by radial functions; see `scipy.interpolate.RBFInterpolator`.

    Parameters
    ----------
    y : array_like
        The places, one in each row.
    d : array_like
        The data, along the first axis.
    neighbors : int, optional
        How many nearest places to use for each point; by default all.
    smoothing : float or array_like
        How far the result may be from the data.
    kernel : str
        The radial function.
    epsilon : float, optional
        What multiplies distances.
    degree : int, optional
        The degree of the polynomial that is added; -1 for none.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.interpolate import RBFInterpolator
    >>> places = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> plane = RBFInterpolator(places, places @ np.array([2.0, 3.0]))
    >>> grad(lambda x: plane(x[None])[0])(np.array([0.3, 0.4])).round(9)
    array([2., 3.])
    """

    def __init__(
        self, y: Any, d: Any, neighbors: Any = None, smoothing: Any = 0.0,
        kernel: str = "thin_plate_spline", epsilon: Any = None, degree: Any = None,
    ) -> None:  # fmt: skip
        def construct(y: Any, d: Any, smoothing: Any, *epsilon: Any) -> Any:
            smooth = smoothing if smoothing.ndim else float(smoothing)
            scale = float(epsilon[0]) if epsilon else None
            return _original.RBFInterpolator(y, d, neighbors, smooth, kernel, scale, degree)

        more = () if epsilon is None else (epsilon,)
        validated(construct, y, d, smoothing, *more)
        self.y, self.d, self.neighbors, self.kernel = floats(y), floats(d), neighbors, kernel
        self.smoothing, self.epsilon = floats(smoothing), 1.0 if epsilon is None else epsilon
        least = _DEGREES.get(kernel, -1)
        self.degree = max(least, 0) if degree is None else degree

    def __call__(self, x: Any) -> Any:
        """Return the values at points, one in each row."""
        x = floats(x)
        if np.ndim(x) != 2 or np.shape(x)[1] != np.shape(self.y)[1]:
            raise ShapeError(
                f"x has shape {np.shape(x)}; it must be a matrix with a point of "
                f"{np.shape(self.y)[1]} coordinates in each row."
            )
        options = (self.neighbors, self.kernel, self.degree)
        return _interpolated(self.y, self.d, self.smoothing, self.epsilon, x, *options)


@for_batches
def _interpolated(
    y: Any, d: Any, smoothing: Any, epsilon: Any, x: Any, neighbors: Any, kernel: str, degree: int
) -> Any:
    count, ndim = np.shape(y)
    data = np.reshape(d, (count, -1))
    smoothing = smoothing + np.zeros(count)
    powers = _powers(ndim, degree)
    function = KERNELS[kernel]
    if neighbors is None:
        solved = _weights(y, data, smoothing, epsilon, function, powers)
        found = _value(x, y, solved, epsilon, function, powers, plain(y))
        return np.reshape(found, (np.shape(x)[0], *np.shape(d)[1:]))
    tree = scipy.spatial.KDTree(np.asarray(concrete(plain(y))))
    _, near = tree.query(np.asarray(concrete(plain(x))), min(int(neighbors), count))
    near = np.sort(np.reshape(near, (np.shape(x)[0], -1)), axis=1)
    solved = _weights(y[near], data[near], smoothing[near], epsilon, function, powers)
    found = _value(x[:, None], y[near], solved, epsilon, function, powers, plain(y[near]))
    return np.reshape(found, (np.shape(x)[0], *np.shape(d)[1:]))


def _powers(ndim: int, degree: int) -> Any:
    """Return the exponents of all monomials up to a degree, one in each row."""
    exponents = itertools.product(range(degree + 1), repeat=ndim)
    return np.array([e for e in exponents if sum(e) <= degree], int).reshape(-1, ndim)


def _monomials(x: Any, powers: Any, places: Any) -> Any:
    """Return all monomials of points, in units of the extent of the places."""
    low, high = np.min(places, axis=-2, keepdims=True), np.max(places, axis=-2, keepdims=True)
    half = (high - low) / 2
    scaled = (x - (high + low) / 2) / np.where(half == 0, 1.0, half)
    return np.prod(scaled[..., None, :] ** powers, axis=-1)


def _squares(x: Any, y: Any, epsilon: Any) -> Any:
    steps = (x[..., :, None, :] - y[..., None, :, :]) * epsilon
    return np.sum(steps * steps, axis=-1)


def _weights(
    y: Any, data: Any, smoothing: Any, epsilon: Any, function: Callable[[Any], Any], powers: Any
) -> Any:
    """Solve for the weights of the radial functions, then of the monomials."""
    n, m = np.shape(y)[-2], len(powers)
    matrix = function(_squares(y, y, epsilon)) + smoothing[..., None] * np.eye(n)
    polynomials = _monomials(y, powers, plain(y))
    corner = np.zeros((*np.shape(y)[:-2], m, m))
    above = np.concatenate([matrix, polynomials], axis=-1)
    below = np.concatenate([np.swapaxes(polynomials, -1, -2), corner], axis=-1)
    right = np.concatenate([data, np.zeros((*np.shape(y)[:-2], m, np.shape(data)[-1]))], axis=-2)
    return np.linalg.solve(np.concatenate([above, below], axis=-2), right)


def _value(
    x: Any,
    y: Any,
    weights: Any,
    epsilon: Any,
    function: Callable[[Any], Any],
    powers: Any,
    places: Any,
) -> Any:
    parts = [function(_squares(x, y, epsilon)), _monomials(x, powers, places)]
    return np.concatenate(parts, axis=-1) @ weights
