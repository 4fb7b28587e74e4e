"""Derivatives by finite differences, with estimates of their errors.

Differences for steps h that shrink to zero are extrapolated to h = 0 by Neville's scheme, as in
C. J. F. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances in Engineering
Software 4 (1982): central differences in powers of h², one-sided differences in powers of h.
The best entries of the tableau are those that agree most with their neighbours. One is chosen for
each of three ranges of steps (wide, medium, narrow), because a function may be rough on one scale
and smooth on another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: A line through the inputs: takes a step; returns the step actually made and the values there.
Line = Callable[[float], tuple[float, Array]]

FIRST_STEP, RATIO, ORDER, RANGES = 0.25, 4.0, 5, 3


@dataclass
class LineDerivatives:
    """Derivatives of several functions along one line, with their errors.

    Attributes
    ----------
    values, errors : ndarray, shape (ranges, functions)
        The derivative and its estimated error from each range of steps, wide to narrow.
    left, right : ndarray
        The one-sided derivatives.
    kink : ndarray of bool
        Whether these differ.
    jump : ndarray of bool
        Whether the values do not approach the one at the origin as the step shrinks.
    vertical : ndarray of bool
        Whether the difference quotients grow without bound.
    size : ndarray
        The largest magnitude of the values.
    spread, flattest : ndarray
        Their largest distance from the value at the origin, and the smaller one of both sides.
    quantum : ndarray
        The step to which the function rounds its values; 0 if only their type does.
    """

    values: Array
    errors: Array
    left: Array
    right: Array
    kink: Mask
    jump: Mask
    vertical: Mask
    size: Array
    spread: Array
    flattest: Array
    quantum: Array

    def best(self) -> tuple[Array, Array]:
        """Return the derivatives of the smallest relative error, and their errors."""
        with np.errstate(all="ignore"):
            relative = self.errors / np.abs(self.values)
        relative = np.where(np.isfinite(relative), relative, np.inf)
        unclear = relative.min(axis=0) > 0.1
        row = np.where(unclear, _least(self.errors), relative.argmin(axis=0))[None]
        return (
            np.take_along_axis(self.values, row, 0)[0],
            np.take_along_axis(self.errors, row, 0)[0],
        )


def numerical_derivative(
    f: Callable[[float], float], x: float, precision: float = 2.0**-52
) -> tuple[float, float]:
    """Return the derivative of `f` at `x`, and an estimate of its error.

    Parameters
    ----------
    f : callable
        A function of one float.
    x : float
        Where to differentiate.
    precision : float
        The relative rounding error of `f`.

    Returns
    -------
    tuple of float
        The derivative, NaN if `f` is not finite around `x`, and its estimated error.

    Examples
    --------
    >>> import math
    >>> derivative, error = numerical_derivative(math.exp, 1.0)
    >>> abs(derivative - math.e) < error < 1e-9
    True
    """
    center = np.array([f(x)], np.float64)
    found: list[tuple[float, float]] = []
    for scale in {abs(x) or 1.0, max(abs(x), 1.0)}:

        def line(step: float, scale: float = scale) -> tuple[float, Array]:
            to = x + step * scale
            try:
                return (to - x) / scale, np.array([f(to)], np.float64)
            except (ArithmeticError, ValueError):
                return (to - x) / scale, np.array([np.nan])

        value, error = differentiate(line, center, precision).best()
        found.append((float(value[0]) / scale, float(error[0]) / scale))
    return min(found, key=_doubt)


def _doubt(found: tuple[float, float]) -> tuple[bool, float]:
    """Rank a derivative by its relative error or, where that is large, by its error."""
    value, error = found
    if error < 0.1 * abs(value):
        return False, error / abs(value)
    return True, error


def differentiate(
    line: Line, center: Array, precision: float, zoom: float = 1.0
) -> LineDerivatives:
    """Differentiate along a line at its origin, where the values are `center`.

    Parameters
    ----------
    line : callable
        Takes a step; a step of 1 should change the function visibly.
    center : ndarray
        The values at step 0.
    precision : float
        The relative rounding error of the values.
    zoom : float
        A factor of all steps.
    """
    return Samples.of(line, center, precision, zoom).derivatives()


@dataclass
class Samples:
    """The values along a line, to both sides of its origin."""

    right_steps: Array
    right_values: Array
    left_steps: Array
    left_values: Array
    center: Array
    precision: float

    @classmethod
    def of(cls, line: Line, center: Array, precision: float, zoom: float = 1.0) -> Samples:
        """Evaluate along a line; the parameters are those of `differentiate`."""
        levels = int(np.log(FIRST_STEP / (precision**0.5)) / np.log(RATIO)) + 1
        steps = [zoom * FIRST_STEP / RATIO**k for k in range(levels)]
        with np.errstate(all="ignore"):
            return cls(*_walk(line, steps, 1.0), *_walk(line, steps, -1.0), center, precision)

    def derivatives(self, noise: float = 0.0) -> LineDerivatives:
        """Differentiate, given a rounding error of the values beyond that of their type."""
        with np.errstate(all="ignore"):
            return _derivatives(self, noise)


def _walk(line: Line, steps: list[float], sign: float) -> tuple[Array, Array]:
    made, values = zip(*[line(sign * step) for step in steps], strict=True)
    return np.array(made), np.array(values)


def _derivatives(samples: Samples, least_noise: float) -> LineDerivatives:
    right_steps, right_values = samples.right_steps, samples.right_values
    left_steps, left_values = samples.left_steps, samples.left_values
    center = samples.center
    sizes = np.fmax(np.abs(right_values), np.abs(left_values))
    sizes = np.fmax(np.where(np.isfinite(sizes), sizes, 0), np.abs(center))
    # For the smallest steps, second differences are only noise.
    rounding = np.fmax(2 * samples.precision * sizes, 2 * least_noise)
    jitter = np.median(np.abs(right_values[-3:] + left_values[-3:] - 2 * center), axis=0)
    quantum = _quantum(right_values - center, left_values - center)
    noise = np.fmax(rounding, jitter)
    widths = (right_steps - left_steps)[:, None]
    quotients = (right_values - left_values) / widths
    noise = np.where(quotients == 0, noise, np.fmax(noise, quantum))
    values, errors = extrapolate((widths[:, 0] / 2) ** 2, quotients, 2 * noise / widths)
    right = _one_sided(right_steps, right_values - center, rounding)
    left = _one_sided(left_steps, left_values - center, rounding)

    # At the edge of its domain a function has only a one-sided derivative.
    edge = ~np.isfinite(values) & np.isfinite(center)
    use_right = edge & np.isfinite(right.values)
    use_left = edge & ~np.isfinite(right.values) & np.isfinite(left.values)
    values = np.where(use_right, right.values, np.where(use_left, left.values, values))
    errors = np.where(use_right, right.errors, np.where(use_left, left.errors, errors))

    gaps = np.abs(right.values - left.values)
    slopes = np.maximum(np.abs(right.values), np.abs(left.values))
    doubt = 10 * (right.errors + left.errors) + 1e-4 * slopes
    kink = (gaps > doubt)[1:].all(axis=0)  # a kink is visible at every scale
    jump = right.jump | left.jump
    best = _least(left.errors + right.errors)[None]
    return LineDerivatives(
        values=values,
        errors=errors,
        left=np.take_along_axis(left.values, best, 0)[0],
        right=np.take_along_axis(right.values, best, 0)[0],
        kink=kink & ~jump,
        jump=jump,
        vertical=(right.vertical | left.vertical) & ~jump,
        size=sizes.max(axis=0),
        spread=np.maximum(right.spread, left.spread),
        flattest=np.minimum(right.spread, left.spread),
        quantum=quantum,
    )


@dataclass
class _Side:
    """The derivatives to one side, with the same attributes as `LineDerivatives`."""

    values: Array
    errors: Array
    jump: Mask
    vertical: Mask
    spread: Array


def _one_sided(steps: Array, changes: Array, rounding: Array) -> _Side:
    quotients = changes / steps[:, None]
    # Jitter does not count as rounding here: at a kink it is the kink itself.
    floors = rounding / np.abs(steps[:, None])
    values, errors = extrapolate(steps, quotients, floors)
    jump, vertical = _jumps(changes, rounding[-1]), _grows(quotients, floors[-1])
    return _Side(values, errors, jump, vertical, _spread(changes))


def _spread(changes: Array) -> Array:
    """Return the largest change; infinite if a value is not finite."""
    spread: Array = np.where(np.isfinite(changes), np.abs(changes), np.inf).max(axis=0)
    return spread


def _least(errors: Array) -> npt.NDArray[np.intp]:
    rows: npt.NDArray[np.intp] = np.where(np.isfinite(errors), errors, np.inf).argmin(axis=0)
    return rows


def extrapolate(points: Array, quotients: Array, floors: Array) -> tuple[Array, Array]:
    """Extrapolate quotients to 0 by Neville's scheme.

    Parameters
    ----------
    points : ndarray, shape (levels,)
        The powers of the shrinking step in which the error is a series.
    quotients : ndarray, shape (levels, functions)
        The difference quotients.
    floors : ndarray, shape (levels, functions)
        Their rounding errors.

    Returns
    -------
    tuple of ndarray
        The best entries of the tableau, a row for each range of steps, and their errors.
    """
    best = np.full((RANGES, quotients.shape[1]), np.nan)
    least = np.full((RANGES, quotients.shape[1]), np.inf)
    above: list[Array] = []
    for i in range(len(points)):
        scale = i * RANGES // len(points)
        row = [quotients[i]]
        for j in range(1, min(i, ORDER) + 1):
            weight = points[i] / (points[i - j] - points[i])
            row.append(row[j - 1] + (row[j - 1] - above[j - 1]) * weight)
            apart = np.maximum(np.abs(row[j] - row[j - 1]), np.abs(row[j] - above[j - 1]))
            if j < len(above):
                apart = np.maximum(apart, np.abs(row[j] - above[j]))
            error = apart + floors[i] * (1 + 2 * weight) ** 2
            better = error < least[scale]
            best[scale] = np.where(better, row[j], best[scale])
            least[scale] = np.where(better, error, least[scale])
        above = row
    return best, least


def _quantum(right: Array, left: Array) -> Array:
    """Return the step to which values are rounded; 0 if they are not.

    All changes are multiples of it, and the narrowest steps change nothing.
    """
    flat = ((right[-3:] == 0) & (left[-3:] == 0)).all(axis=0)
    changes = np.abs(np.concatenate([right, left]))
    smallest = np.where(changes > 0, changes, np.inf).min(axis=0)
    multiples = np.where(np.isfinite(changes), changes / smallest, 0)
    whole = (np.abs(multiples - np.round(multiples)) <= 0.01).all(axis=0)
    return np.where(flat & whole & np.isfinite(smallest), smallest, 0.0)


def _jumps(changes: Array, rounding: Array) -> Mask:
    """Return whether the change stays the same as the step shrinks."""
    last = np.abs(changes[-4:])
    large = last.min(axis=0) > 1e3 * rounding
    found: Mask = large & (last.min(axis=0) > 0.7 * last.max(axis=0))
    return found


def _grows(quotients: Array, rounding: Array) -> Mask:
    """Return whether the quotients grow as the step shrinks, as at a vertical tangent."""
    last = np.abs(quotients[-5:])
    ratios = last[1:] / last[:-1]  # constant for a power of the step, arbitrary for noise
    regular = (ratios > 1.3).all(axis=0) & (ratios.max(axis=0) < 1.1 * ratios.min(axis=0))
    found: Mask = regular & (last[-1] > 100 * rounding)
    return found
