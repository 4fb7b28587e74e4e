"""Random variables of the distributions in the tables: `Normal`, `Uniform`, `make_distribution`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.stats

from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError
from autograd.rules.elementwise import where
from autograd.scipy.fallback import has_node
from autograd.scipy.stats.families import DistributionModule, constant, number
from autograd.scipy.stats.masses import Discrete
from autograd.scipy.stats.tables import integers, interval, line
from autograd.scipy.stats.variables.base import RandomVariable, of_points


class OfFamily(RandomVariable):
    """A random variable with a distribution of the tables."""

    def __init__(
        self, family: Any, parameters: Any, shapes: Any, loc: Any, scale: Any, make: Any
    ) -> None:
        located = (loc, scale) if family.scales else (loc,)
        super().__init__(parameters, make)
        self.family, self.given = family, (*shapes, *located)
        self.shapes, self.loc, self.scale = list(shapes), loc, scale
        inner = family.kinks(*self.shapes) if family.scales else []
        self.kinks = [loc + scale * kink for kink in inner]

    def log_density(self, x: Any) -> Any:
        """Return the logarithm of the density."""
        return self.family.logpdf(x, *self.given)

    def probability(self, x: Any, above: bool = False) -> Any:
        """Return the probability below a point, or above it."""
        return (self.family.sf if above else self.family.cdf)(x, *self.given)

    def log_probability(self, x: Any, above: bool = False) -> Any:
        """Return the logarithm of `probability`."""
        return (self.family.logsf if above else self.family.logcdf)(x, *self.given)

    def quantile(self, p: Any, above: bool = False) -> Any:
        """Return the point with a probability below it, or above it."""
        return (self.family.isf if above else self.family.ppf)(p, *self.given)

    def ends(self) -> tuple[Any, Any]:
        """Return both ends of the support."""
        return self.family.support(*self.given)  # type: ignore[no-any-return]

    def mode(self, **keywords: Any) -> Any:
        """Return the point of the largest density: the middle of these symmetric ones."""
        if self.family in _MODES and self.has_nodes():
            return self.loc + self.scale * _MODES[self.family]
        return super().mode(**keywords)

    def entropy(self, **keywords: Any) -> Any:
        """Return the entropy."""
        return self.family.entropy(*self.given) if self.has_nodes() else super().entropy(**keywords)

    def raw_moment(self, order: int) -> Any:
        """Return the mean of a power."""
        return self.family.moment(order, *self.given)

    def central_moment(self, order: int) -> Any:
        """Return the mean of a power of the distance from the mean."""
        if order == 2:
            return self.family.var(*self.given)
        return self.scale**order * self.family.central_moment(order, self.shapes)


class OfIntegers(OfFamily):
    """A random variable that is an integer."""

    is_continuous = False  # type: ignore[assignment]

    def log_density(self, x: Any) -> Any:
        """Return the logarithm of the density, which is infinite at integers of the support."""
        possible = np.isfinite(plain(self.family.logpmf(plain(x), *plain(self.given))))
        return where(possible, math.inf, -math.inf)

    @of_points
    def pmf(self, x: Any, **_: Any) -> Any:
        """Return the probability of an integer."""
        return self.family.pmf(x, *self.given)

    @of_points
    def logpmf(self, x: Any, **_: Any) -> Any:
        """Return the logarithm of the probability of an integer."""
        return self.family.logpmf(x, *self.given)

    def between(self, x: Any, y: Any) -> Any:
        """Raise the error of SciPy's."""
        raise NotImplementedError("Distribution functions of two points need a density.")

    log_between = between


#: The largest density of the standard form, of those distributions where SciPy knows it.
_MODES = {line.norm: 0.0, line.logistic: 0.0, interval.uniform: 0.5}

_OPTIONS = ("tol", "validation_policy", "cache_policy")


class Normal(OfFamily):
    """A normal random variable; see `scipy.stats.Normal`.

    Parameters
    ----------
    mu, sigma : array_like or node
        Mean and standard deviation.
    **options
        As for SciPy.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy import stats
    >>> def tail(mu):
    ...     return (2.0 * stats.truncate(stats.Normal(mu=mu, sigma=1.0), lb=0.0)).ccdf(3.0)
    >>> round(grad(tail)(0.5), 6)
    0.233114
    """

    def __init__(self, *, mu: Any = 0.0, sigma: Any = 1.0, **options: Any) -> None:
        self.mu, self.sigma = number(mu), number(sigma)
        make = lambda mu, sigma: scipy.stats.Normal(mu=mu, sigma=sigma, **options)  # noqa: E731
        super().__init__(line.norm, (self.mu, self.sigma), (), self.mu, self.sigma, make)


class Uniform(OfFamily):
    """A random variable between two numbers; see `scipy.stats.Uniform`."""

    def __init__(self, *, a: Any = None, b: Any = None, **options: Any) -> None:
        if a is None or b is None:
            scipy.stats.Uniform(a=plain(a), b=plain(b), **options)  # for SciPy's error
        self.a, self.b = number(a), number(b)
        make = lambda a, b: scipy.stats.Uniform(a=a, b=b, **options)  # noqa: E731
        super().__init__(interval.uniform, (self.a, self.b), (), self.a, self.b - self.a, make)


class Logistic(OfFamily):
    """A standard logistic random variable; see `scipy.stats.Logistic`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(line.logistic, (), (), 0.0, 1.0, lambda: scipy.stats.Logistic(**options))


class Binomial(OfIntegers):
    """How many of n trials succeed; see `scipy.stats.Binomial`. It has derivatives by `p`."""

    def __init__(self, *, n: Any, p: Any, **options: Any) -> None:
        self.n, self.p = constant("binom", n, "n"), number(p)
        make = lambda n, p: scipy.stats.Binomial(n=n, p=p, **options)  # noqa: E731
        shapes = (self.n, self.p)
        super().__init__(integers.binom, shapes, shapes, 0.0, 1.0, make)


def make_distribution(dist: Any) -> Any:
    """Return a class of random variables with a distribution; see `scipy.stats.make_distribution`.

    Of a distribution of `autograd.scipy.stats`, parameters may be nodes.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy import stats
    >>> Gamma = stats.make_distribution(stats.gamma)
    >>> round(grad(lambda a: Gamma(a=a).variance())(2.0), 9)
    1.0
    """
    if has_node(dist):
        raise NoRuleError("scipy.stats.make_distribution has no derivative rule for a node.")
    family = dist.family if isinstance(dist, DistributionModule) else None
    if family is None:
        name = dist.__name__.rpartition(".")[2] if isinstance(dist, DistributionModule) else None
        return _refusing(
            scipy.stats.make_distribution(getattr(scipy.stats, name) if name else dist)
        )
    original = scipy.stats.make_distribution(getattr(scipy.stats, family.name))
    kind = OfIntegers if isinstance(family, Discrete) else OfFamily

    def initialize(self: Any, **given: Any) -> None:
        options = {name: given.pop(name) for name in _OPTIONS if name in given}
        if set(given) != set(family.shapes):
            original(**plain(given), **options)  # for SciPy's error
        shapes = [number(given[name]) for name in family.shapes]
        vars(self).update(zip(family.shapes, shapes, strict=True))

        def make(*numbers: Any) -> Any:
            return original(**dict(zip(family.shapes, numbers, strict=True)), **options)

        kind.__init__(self, family, shapes, shapes, 0.0, 1.0, make)

    return type(original.__name__, (kind,), {"__init__": initialize, "__doc__": original.__doc__})


def _refusing(kind: Any) -> Any:
    """Return a class of SciPy's whose parameters are plain numbers."""

    def initialize(self: Any, **given: Any) -> None:
        if has_node(given):
            raise NoRuleError(
                f"{kind.__name__} has no derivative rule. Pass plain numbers (node.data), or make the "
                "class of a distribution of autograd.scipy.stats."
            )
        kind.__init__(self, **given)

    return type(kind.__name__, (kind,), {"__init__": initialize, "__doc__": kind.__doc__})
