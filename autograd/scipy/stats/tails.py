"""Distributions known by their densities: the rest are integrals over a tail.

The derivative of F(z, θ) by θ is the integral of that of the density p from -∞ to z, or minus the
integral from z to ∞, since both add up to zero. The integrand is ``p ∂(log p)/∂θ``, so that the formula
of the density gives derivatives of every order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.stats

from autograd.engine import Primitive
from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.rules.table import elementwise
from autograd.scipy.fallback import recorded
from autograd.scipy.rules.quadrature import column, in_blocks
from autograd.transforms import deriv

Formula = Callable[..., Any]


class Path(NamedTuple):
    """A map of the whole line onto a support, on which densities decay like exponentials.

    Parameters
    ----------
    place : callable
        The place on the line of a point of the support.
    point : callable
        Its inverse.
    stretch : callable
        The derivative of `point`.
    last : float
        The largest distance from zero of a place whose point is a finite number.
    """

    place: Formula
    point: Formula
    stretch: Formula
    last: float


#: For densities that decay like an exponential, for those that decay like a power on both sides, and
#: for those of positive numbers.
LINE = Path(lambda z: z, lambda u: u, lambda u: 1.0, 1e100)
POWERS = Path(np.arcsinh, np.sinh, np.cosh, 300.0)
POSITIVE_LINE = Path(np.log, np.exp, np.exp, 300.0)


# With s = exp(τ - exp(-τ - 10)), the trapezoidal rule in τ converges exponentially, also where the
# integrand does not vanish at s = 0, and resolves scales from e⁻⁹ to e¹⁰.
_STEP = 0.1
_TAU = np.arange(-13.5, 15.0, _STEP)
POINTS = np.exp(_TAU - np.exp(-_TAU - 10))
WEIGHTS = _STEP * POINTS * (1 + np.exp(-_TAU - 10))

#: The logarithm of a density that adds nothing to an integral.
_NEGLIGIBLE = -700.0


class Density:
    """A distribution known by its density.

    Parameters
    ----------
    logpdf : callable
        The logarithm of the density, ``f(z, *shapes)``.
    path : Path
        The map of the line onto the support.
    middle : callable
        A place near the middle of the distribution: the tail beyond a point, seen from there, is the
        one that is integrated.
    """

    def __init__(self, logpdf: Formula, path: Path, middle: Formula = lambda *_: 0.0) -> None:
        self.logpdf, self.path, self.middle = logpdf, path, middle

    def _tail(self, function: Formula, u: Any, away: Any, shapes: tuple[Any, ...]) -> Any:
        """Integrate ``function(z, *shapes)`` from a place towards -∞ or ∞, where `away` is -1 or 1."""
        path, columns, start = self.path, [column(a) for a in shapes], column(u)

        def integrand(s: Any) -> Any:
            place = start + column(away) * s
            place_ = plain(place)
            with np.errstate(all="ignore"):
                gone = np.abs(place_) > path.last
                density = self.logpdf(
                    path.point(np.where(gone, plain(start), place_)), *plain(columns)
                )
            gone = gone | (density < _NEGLIGIBLE)
            place = where(gone, plain(start), place)
            return where(gone, 0.0, function(path.point(place), *columns) * path.stretch(place))

        return np.sum(integrand(POINTS) * WEIGHTS, axis=-1)

    def slope(self, argnum: int) -> Formula:
        """Return the derivative of the distribution function by an argument, ``f(y, z, *shapes)``."""
        by_argument = deriv(self.logpdf, argnum)

        def of_density(x: Any, *shapes: Any) -> Any:
            return np.exp(self.logpdf(x, *shapes)) * by_argument(x, *shapes)

        def partial(_: Any, z: Any, *shapes: Any) -> Any:
            u = self.path.place(z)
            away = where(plain(u) < self.middle(*plain(shapes)), -1.0, 1.0)
            return -away * self._tail(of_density, u, away, shapes)

        return partial

    def entropy(self, *shapes: Any) -> Any:
        """Return the entropy."""

        def surprise(x: Any, *shapes: Any) -> Any:
            y = self.logpdf(x, *shapes)
            return -y * np.exp(y)

        u = self.middle(*shapes) + 0.0 * sum(plain(shapes))
        ends = np.ones(np.shape(u))
        return sum(self._tail(surprise, u, away * ends, shapes) for away in (-1.0, 1.0))

    def masses(self, z: Any, *shapes: Any) -> tuple[Any, Any]:
        """Return the probabilities below and above a point."""
        u = self.path.place(z)
        left = u < self.middle(*shapes)
        away = np.where(left, -1.0, 1.0)
        y = self._tail(lambda x, *a: np.exp(self.logpdf(x, *a)), u, away, shapes)
        return np.where(left, y, 1 - y), np.where(left, 1 - y, y)

    def quantile(self, q: Any, *shapes: Any, which: int = 0) -> Any:
        """Return the point with a probability below it, or above it, by halving an interval."""
        sign = 1 - 2 * which
        middle = np.broadcast_arrays(self.middle(*shapes), q, *shapes)[0].astype(float)
        width = np.ones_like(middle)
        while True:  # until the ends of the interval enclose all points
            low, high = middle - width, middle + width
            below, above = (self.masses(self.path.point(u), *shapes)[which] for u in (low, high))
            outside = (sign * (below - q) > 0) | (sign * (above - q) < 0)
            if not np.any(outside & (width < min(self.path.last, 1e15) / 2)):
                break
            width = np.where(outside, 2 * width, width)
        for _ in range(64):
            u = (low + high) / 2
            before = sign * (self.masses(self.path.point(u), *shapes)[which] - q) < 0
            low, high = np.where(before, u, low), np.where(before, high, u)
        return self.path.point((low + high) / 2)


def functions(
    name: str, density: Density, *slopes: Formula, integrated: bool = False
) -> tuple[Primitive, ...]:
    """Return `cdf`, `sf`, `ppf` and `isf` of a distribution, given derivatives of `cdf` by the shapes.

    The numbers are SciPy's, or our integrals where SciPy takes a second for a hundred of them.
    """

    def partials(sign: float) -> list[Formula]:
        def of_point(y: Any, z: Any, *shapes: Any) -> Any:
            return sign * np.exp(density.logpdf(z, *shapes))

        return [of_point, *[lambda *a, f=f: sign * f(*a) for f in slopes]]

    def inverse_partials(sign: float) -> list[Formula]:
        def of_probability(z: Any, _: Any, *shapes: Any) -> Any:
            return sign * np.exp(-density.logpdf(z, *shapes))

        def of_shape(f: Formula) -> Formula:
            return lambda z, _, *a: -f(None, z, *a) * np.exp(-density.logpdf(z, *a))

        return [of_probability, *map(of_shape, slopes)]

    def number(function: str, own: Formula) -> Formula:
        return recorded(
            in_blocks(own) if integrated else getattr(getattr(scipy.stats, name), function)
        )

    rows = (
        ("cdf", lambda z, *a: density.masses(z, *a)[0], partials(1.0)),
        ("sf", lambda z, *a: density.masses(z, *a)[1], partials(-1.0)),
        ("ppf", lambda q, *a: density.quantile(q, *a), inverse_partials(1.0)),
        ("isf", lambda q, *a: density.quantile(q, *a, which=1), inverse_partials(-1.0)),
    )
    return tuple(
        elementwise(number(function, own), None, *given, name=f"{name}.{function}", replaces=())
        for function, own, given in rows
    )
