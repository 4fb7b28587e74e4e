"""Random variables as objects, as `scipy.stats.Normal` makes them since SciPy 1.15.

SciPy's own object computes all that has no nodes; here is what a node needs, from the logarithm of the
density and the distribution function.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.engine.grad_mode import GRAD_MODE
from autograd.errors import NoRuleError, OptionError
from autograd.rules.elementwise import where
from autograd.rules.table import with_values
from autograd.scipy.fallback import has_node, opaque
from autograd.scipy.stats.expectation import integral
from autograd.scipy.stats.families import connected, number

#: Steps of Newton's method from a known solution: derivatives of it are right up to order 7.
NEWTON_STEPS = 3


def of_points(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method of random variables that calls SciPy's object for plain numbers."""

    @functools.wraps(method)
    def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
        arguments = tuple([None if x is None else number(x) for x in arguments])
        if not self.has_nodes() and not has_node(arguments, keywords):
            return self.of_scipy(method.__name__, *arguments, **keywords)
        keywords.pop("method", None)  # how SciPy computes it
        return connected(method(self, *arguments, **keywords), *arguments, *self.nodes())

    return call


class RandomVariable:
    """A random variable whose parameters may be nodes.

    Parameters
    ----------
    parameters : sequence
        What it depends on, for `has_nodes`.
    make : callable
        Makes SciPy's object from numbers, and from SciPy's objects, in place of the parameters.
    kinks : sequence
        Points where its density is not smooth.
    """

    def __init__(self, parameters: Any, make: Callable[..., Any], kinks: Any = ()) -> None:
        self.parameters, self._make, self.kinks = tuple(parameters), make, list(kinks)

    @functools.cached_property
    def original(self) -> Any:
        """SciPy's object, of plain numbers."""
        return self.made(iter(plain(self.nodes())))

    def made(self, numbers: Iterator[Any]) -> Any:
        """Return SciPy's object for numbers in the order of `nodes`."""
        parts = [
            x.made(numbers) if isinstance(x, RandomVariable) else next(numbers)
            for x in self.parameters
        ]
        return self._make(*parts)

    def of_scipy(self, name: str, /, *arguments: Any, **keywords: Any) -> Any:
        """Return what a method of SciPy's object returns; a program and a batch call it as it is."""
        if GRAD_MODE.tracing == 0 and not GRAD_MODE.batched:
            return getattr(self.original, name)(*arguments, **keywords)
        numbers = plain(tuple(self.nodes()))

        def call(*given: Any) -> Any:
            made = self.made(iter(given[: len(numbers)]))
            return getattr(made, name)(*given[len(numbers) :], **keywords)

        call.__name__ = name
        return opaque(call)(*numbers, *arguments)

    def nodes(self) -> list[Any]:
        """Return the parameters, and those of the variables it is made from."""
        return [
            y
            for x in self.parameters
            for y in (x.nodes() if isinstance(x, RandomVariable) else [x])
        ]

    def has_nodes(self) -> bool:
        """Return whether a parameter is a node."""
        return has_node(self.nodes())

    def __repr__(self) -> str:
        return repr(self.original)

    # -- what each kind of variable computes -------------------------------------------------------

    def log_density(self, x: Any) -> Any:
        """Return the logarithm of the density, also outside of the support."""
        raise NotImplementedError

    def probability(self, x: Any, above: bool = False) -> Any:
        """Return the probability below a point, or above it."""
        raise NotImplementedError

    def log_probability(self, x: Any, above: bool = False) -> Any:
        """Return the logarithm of `probability`."""
        return np.log(self.probability(x, above))

    def quantile(self, p: Any, above: bool = False) -> Any:
        """Return the point with a probability below it, or above it; by default by iteration."""
        name = "iccdf" if above else "icdf"
        expected = self.of_scipy(name, plain(p))
        sign, x = (-1.0 if above else 1.0), expected
        inside = np.isfinite(x) & (plain(p) > 0) & (plain(p) < 1)
        x = where(inside, x, self.some_point())
        q = where(inside, p, plain(self.probability(x, above)))
        for _ in range(NEWTON_STEPS):
            x = x - sign * (self.probability(x, above) - q) * np.exp(-self.log_density(x))
        return with_values(where(inside, x, expected), expected)

    def ends(self) -> tuple[Any, Any]:
        """Return both ends of the support."""
        raise NotImplementedError

    def median_of_original(self) -> Any:
        """Return the median as a plain number."""
        return self.of_scipy("median")

    def some_point(self) -> Any:
        """Return a point inside of the support, as a plain number."""
        low, high = plain(self.ends())
        with np.errstate(invalid="ignore"):
            middle = np.where(np.isinf(high), low + 1.0, 0.5 * (low + high))
        return np.where(np.isinf(low), np.where(np.isinf(high), 0.0, high - 1.0), middle)

    def expectation(self, function: Callable[[Any], Any]) -> Any:
        """Return the mean of a function, an integral over points along the first axis."""
        middle = self.median_of_original()
        width = np.abs(self.of_scipy("icdf", 0.75) - self.of_scipy("icdf", 0.25))
        low, high = self.ends()
        bounds = [low, *(self.kinks or [middle]), high]
        return integral(function, self.log_density, bounds, width)

    # -- SciPy's methods ---------------------------------------------------------------------------

    @of_points
    def pdf(self, x: Any, **_: Any) -> Any:
        """Return the density."""
        return np.exp(self.log_density(x))

    @of_points
    def logpdf(self, x: Any, **_: Any) -> Any:
        """Return the logarithm of the density."""
        return self.log_density(x)

    @of_points
    def cdf(self, x: Any, y: Any = None, **_: Any) -> Any:
        """Return the probability below `x`, or between `x` and `y`."""
        return self.probability(x) if y is None else self.between(x, y)

    @of_points
    def ccdf(self, x: Any, y: Any = None, **_: Any) -> Any:
        """Return the probability above `x`, or not between `x` and `y`."""
        if y is None:
            return self.probability(x, True)
        return self.probability(x) + self.probability(y, True)

    @of_points
    def logcdf(self, x: Any, y: Any = None, **_: Any) -> Any:
        """Return the logarithm of `cdf`."""
        return self.log_probability(x) if y is None else self.log_between(x, y)

    @of_points
    def logccdf(self, x: Any, y: Any = None, **_: Any) -> Any:
        """Return the logarithm of `ccdf`."""
        if y is None:
            return self.log_probability(x, True)
        return np.logaddexp(self.log_probability(x), self.log_probability(y, True))

    @of_points
    def icdf(self, p: Any, **_: Any) -> Any:
        """Return the point with a probability below it."""
        return self.quantile(p)

    @of_points
    def iccdf(self, p: Any, **_: Any) -> Any:
        """Return the point with a probability above it."""
        return self.quantile(p, True)

    @of_points
    def ilogcdf(self, logp: Any, **_: Any) -> Any:
        """Return the point, given the logarithm of the probability below it."""
        return self.quantile(np.exp(logp))

    @of_points
    def ilogccdf(self, logp: Any, **_: Any) -> Any:
        """Return the point, given the logarithm of the probability above it."""
        return self.quantile(np.exp(logp), True)

    def between(self, x: Any, y: Any) -> Any:
        """Return the probability between two points, from the smaller tails."""
        right = plain(self.probability(x)) > 0.5
        ends = [self.probability(end, above) for above in (False, True) for end in (x, y)]
        return where(right, ends[2] - ends[3], ends[1] - ends[0])

    def log_between(self, x: Any, y: Any) -> Any:
        """Return the logarithm of `between`, for points in order."""
        right = plain(self.probability(x)) > 0.5
        below, above = ([self.log_probability(end, s) for end in (x, y)] for s in (False, True))
        larger, smaller = where(right, above[0], below[1]), where(right, above[1], below[0])
        gone = plain(smaller) == -math.inf
        share = np.exp(where(gone, 0.0, smaller - larger))
        return larger + where(gone, 0.0, np.log1p(-where(gone, 0.0, share)))

    @of_points
    def support(self) -> Any:
        """Return both ends of the support."""
        return self.ends()

    @of_points
    def median(self, **_: Any) -> Any:
        """Return the quantile of 1/2."""
        return self.quantile(0.5)

    @of_points
    def mode(self, **_: Any) -> Any:
        """Return the point of the largest density."""
        self.refuse("mode", "Find it with autograd.scipy.optimize.minimize_scalar of -logpdf")

    @of_points
    def entropy(self, **_: Any) -> Any:
        """Return the differential entropy."""
        return -self.expectation(self.log_density)

    @of_points
    def logentropy(self, **_: Any) -> Any:
        """Return the logarithm of the entropy."""
        self.refuse("logentropy", "Write np.log(X.entropy())")

    @of_points
    def mean(self, **_: Any) -> Any:
        """Return the mean."""
        return self.raw_moment(1)

    @of_points
    def variance(self, **_: Any) -> Any:
        """Return the variance."""
        return self.central_moment(2)

    @of_points
    def standard_deviation(self, **_: Any) -> Any:
        """Return the standard deviation."""
        return np.sqrt(self.central_moment(2))

    @of_points
    def skewness(self, **_: Any) -> Any:
        """Return the skewness."""
        return self.central_moment(3) / self.central_moment(2) ** 1.5

    @of_points
    def kurtosis(self, convention: str = "non-excess", **_: Any) -> Any:
        """Return the kurtosis, or the excess kurtosis."""
        found = self.central_moment(4) / self.central_moment(2) ** 2
        return found - 3 if convention == "excess" else found

    def moment(self, order: int = 1, kind: str = "raw", *, method: Any = None) -> Any:
        """Return a moment about zero ("raw"), the mean ("central"), or of the scaled variable."""
        if not self.has_nodes():
            return self.of_scipy("moment", order, kind, method=method)
        if kind == "raw":
            return self.raw_moment(order)
        found = self.central_moment(order)
        return found if kind == "central" else found / self.central_moment(2) ** (order / 2)

    def raw_moment(self, order: int) -> Any:
        """Return the mean of a power, with SciPy's number."""
        return self.expectation(lambda x: x**order)

    def central_moment(self, order: int) -> Any:
        """Return the mean of a power of the distance from the mean."""
        mean = self.raw_moment(1)
        return self.expectation(lambda x: (x - mean) ** order)

    def sample(self, shape: Any = (), *, method: Any = None, rng: Any = None) -> Any:
        """Draw SciPy's samples; each moves with the quantile of its probability."""
        if not self.has_nodes():
            return self.of_scipy("sample", shape=shape, method=method, rng=rng)
        x = self.of_scipy("sample", shape=shape, rng=rng)
        below, above = self.of_scipy("cdf", x), self.of_scipy("ccdf", x)
        left = below < 0.5
        found = where(
            left,
            self.quantile(where(left, below, 0.5)),
            self.quantile(where(left, 0.5, above), True),
        )
        return with_values(connected(found, *self.nodes()), x)

    @of_points
    def pmf(self, x: Any, **_: Any) -> Any:
        """Return the probability of a number, 0 for one with a density."""
        return 0.0 * x

    @of_points
    def logpmf(self, x: Any, **_: Any) -> Any:
        """Return the logarithm of the probability of a number."""
        return 0.0 * x - math.inf

    def plot(self, *arguments: Any, **keywords: Any) -> Any:
        """Plot SciPy's object of plain numbers."""
        return self.original.plot(*arguments, **keywords)

    @property
    def is_continuous(self) -> bool:
        """Whether it has a density."""
        return True

    def refuse(self, function: str, instead: str) -> None:
        """Raise an error that says what to write instead."""
        name = type(self.original).__name__
        raise NoRuleError(f"{name}.{function} of nodes has no derivative rule. {instead}.")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise OptionError("A random variable is no array. Call its methods, such as X.logpdf(x).")


class OfScipy(RandomVariable):
    """A random variable that SciPy has made, which knows no nodes."""

    def __init__(self, original: Any) -> None:
        super().__init__((), lambda: original)

    def _number(self, function: str, x: Any) -> Any:
        if has_node(x):
            self.refuse(
                function,
                "Pass plain numbers (node.data), or make it of a distribution of autograd.scipy.stats",
            )
        return self.of_scipy(function, x)

    def log_density(self, x: Any) -> Any:
        """Return SciPy's number."""
        return self._number("logpdf", x)

    def probability(self, x: Any, above: bool = False) -> Any:
        """Return SciPy's number."""
        return self._number("ccdf" if above else "cdf", x)

    def quantile(self, p: Any, above: bool = False) -> Any:
        """Return SciPy's number."""
        return self._number("iccdf" if above else "icdf", p)

    def ends(self) -> tuple[Any, Any]:
        """Return both ends of the support."""
        return self.original.support()  # type: ignore[no-any-return]

    def raw_moment(self, order: int) -> Any:
        """Return SciPy's number."""
        return self.original.moment(order)

    def central_moment(self, order: int) -> Any:
        """Return SciPy's number."""
        return self.original.moment(order, "central")


def moved_end(function: Callable[[Any], Any], end: Any) -> Any:
    """Return a function of an end of a support, a plain number where that is infinite."""
    with np.errstate(all="ignore"):
        number_of = function(plain(end))
        if np.all(np.isfinite(plain(end))) and np.all(np.isfinite(plain(number_of))):
            return function(end)
        return plain(number_of)


def as_variable(x: Any, function: str) -> Any:
    """Return a random variable as one of ours; raise for anything else."""
    if has_node(x):
        raise NoRuleError(
            f"scipy.stats.{function} has no derivative rule for a node: it takes a random variable, "
            "such as stats.Normal(mu=node)."
        )
    found = x if isinstance(x, RandomVariable) else OfScipy(x)
    if not found.is_continuous:
        raise NotImplementedError(f"scipy.stats.{function} is for random variables with a density.")
    return found
