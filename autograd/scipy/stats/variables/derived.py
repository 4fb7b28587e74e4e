"""Random variables made from others: shifted, scaled, truncated, ordered, mixed, transformed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sp
import scipy.stats

from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError, ShapeError
from autograd.rules.elementwise import where
from autograd.scipy.fallback import has_node
from autograd.scipy.special import logsumexp
from autograd.scipy.stats.families import number
from autograd.scipy.stats.variables.base import RandomVariable, as_variable, moved_end


class ShiftedScaled(RandomVariable):
    """``loc + scale * X``."""

    def __init__(self, x: Any, loc: Any, scale: Any) -> None:
        kinks = [loc + scale * kink for kink in x.kinks]
        super().__init__((x, loc, scale), lambda x, loc, scale: x * scale + loc, kinks)
        self.x, self.loc, self.scale = x, loc, scale
        if np.any(plain(scale) == 0) or np.size(np.unique(np.sign(plain(scale)))) > 1:
            raise ShapeError(
                f"The factor of a random variable must have one sign, not {plain(scale)}."
            )
        self.falls = bool(np.all(plain(scale) < 0))

    def _inner(self, x: Any) -> Any:
        return (x - self.loc) / self.scale

    def log_density(self, x: Any) -> Any:
        """Return the logarithm of the density."""
        return self.x.log_density(self._inner(x)) - np.log(np.abs(self.scale))

    def probability(self, x: Any, above: bool = False) -> Any:
        """Return the probability below a point, or above it."""
        return self.x.probability(self._inner(x), above != self.falls)

    def log_probability(self, x: Any, above: bool = False) -> Any:
        """Return the logarithm of `probability`."""
        return self.x.log_probability(self._inner(x), above != self.falls)

    def quantile(self, p: Any, above: bool = False) -> Any:
        """Return the point with a probability below it, or above it."""
        return self.loc + self.scale * self.x.quantile(p, above != self.falls)

    def ends(self) -> tuple[Any, Any]:
        """Return both ends of the support."""
        low, high = [
            self.loc + self.scale * end
            if np.all(np.isfinite(plain(end)))
            else plain(self.scale) * plain(end)
            for end in self.x.ends()
        ]
        return (high, low) if self.falls else (low, high)

    def mode(self, **keywords: Any) -> Any:
        """Return the point of the largest density."""
        if not self.has_nodes():
            return super().mode(**keywords)
        return self.loc + self.scale * self.x.mode(**keywords)

    def raw_moment(self, order: int) -> Any:
        """Return the mean of a power."""
        total: Any = 0.0
        for k in range(order + 1):
            factor = math.comb(order, k) * self.scale**k * self.loc ** (order - k)
            total = total + factor * (self.x.raw_moment(k) if k else 1.0)
        return total

    def central_moment(self, order: int) -> Any:
        """Return the mean of a power of the distance from the mean."""
        return self.scale**order * self.x.central_moment(order)


class Truncated(RandomVariable):
    """A variable given that it is between two numbers: `scipy.stats.truncate`."""

    def __init__(self, x: Any, lb: Any, ub: Any) -> None:
        kinks = [k for k in x.kinks if np.all((plain(k) > plain(lb)) & (plain(k) < plain(ub)))]
        super().__init__((x, lb, ub), scipy.stats.truncate, kinks)
        self.x, self.lb, self.ub = x, lb, ub

    def log_density(self, x: Any) -> Any:
        """Return the logarithm of the density."""
        inside = (plain(x) >= plain(self.lb)) & (plain(x) <= plain(self.ub))
        y = self.x.log_density(where(inside, x, self.some_point()))
        return where(inside, y - self.x.log_between(self.lb, self.ub), -math.inf)

    def probability(self, x: Any, above: bool = False) -> Any:
        """Return the probability below a point, or above it."""
        x = np.minimum(np.maximum(x, self.lb), self.ub)
        part = self.x.between(x, self.ub) if above else self.x.between(self.lb, x)
        return part / self.x.between(self.lb, self.ub)

    def quantile(self, p: Any, above: bool = False) -> Any:
        """Return the point with a probability below it, or above it."""
        total = self.x.between(self.lb, self.ub)
        outside = self.x.probability(self.ub, True) if above else self.x.probability(self.lb)
        return self.x.quantile(outside + p * total, above)

    def ends(self) -> tuple[Any, Any]:
        """Return both ends of the support."""
        low, high = self.x.ends()
        return np.maximum(low, self.lb), np.minimum(high, self.ub)


class OrderStatistic(RandomVariable):
    """The r-th smallest of n independent draws: `scipy.stats.order_statistic`."""

    def __init__(self, x: Any, r: Any, n: Any) -> None:
        if has_node(r, n):
            raise NoRuleError(
                "order_statistic has no derivative with respect to r and n, which are integers. "
                "Pass plain numbers there (node.data)."
            )
        make = lambda x: scipy.stats.order_statistic(x, r=r, n=n)  # noqa: E731
        super().__init__((x,), make, x.kinks)
        self.x, self.r, self.n = x, np.asarray(r, float), np.asarray(n, float)

    def log_density(self, x: Any) -> Any:
        """Return the logarithm of the density."""
        below, above = self.r - 1, self.n - self.r
        y = self.x.log_density(x) - sp.betaln(self.r, above + 1)
        y = y + below * self.x.log_probability(x) if np.any(below) else y
        return y + above * self.x.log_probability(x, True) if np.any(above) else y

    def probability(self, x: Any, above: bool = False) -> Any:
        """Return the probability below a point, or above it."""
        p = self.x.probability(x, above)
        shapes = (self.n - self.r + 1, self.r) if above else (self.r, self.n - self.r + 1)
        return sp.betainc(*shapes, p)

    def quantile(self, p: Any, above: bool = False) -> Any:
        """Return the point with a probability below it, or above it."""
        shapes = (self.n - self.r + 1, self.r) if above else (self.r, self.n - self.r + 1)
        return self.x.quantile(sp.betaincinv(*shapes, p), above)

    def ends(self) -> tuple[Any, Any]:
        """Return both ends of the support."""
        return self.x.ends()  # type: ignore[no-any-return]


class Mixture(RandomVariable):
    """One of several variables, drawn with weights: see `scipy.stats.Mixture`.

    Parameters
    ----------
    components : sequence
        Random variables of this module.
    weights : sequence, optional
        Their probabilities, which add up to one; also nodes.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.scipy import stats
    >>> parts = [stats.Normal(mu=0.0, sigma=1.0), stats.Normal(mu=3.0, sigma=2.0)]
    >>> round(grad(lambda w: stats.Mixture(parts, weights=[w, 1 - w]).logpdf(0.0))(0.5), 6)
    1.441375
    """

    def __init__(self, components: Any, *, weights: Any = None) -> None:
        self.components = [as_variable(x, "Mixture") for x in components]
        count = len(self.components)
        weights = np.full(count, 1 / max(count, 1)) if weights is None else number(weights)
        kinks = [kink for x in self.components for kink in x.kinks]
        ends = [end for x in self.components for end in x.ends() if np.all(np.isfinite(plain(end)))]

        def make(*parts: Any) -> Any:
            return scipy.stats.Mixture(parts[:-1], weights=parts[-1])

        kinks = sorted([*kinks, *ends], key=lambda x: float(plain(x)))
        super().__init__((*self.components, weights), make, kinks)
        self.weights = weights
        self.of_scipy("support")  # for SciPy's errors

    def _sum(self, parts: list[Any]) -> Any:
        return sum(self.weights[i] * part for i, part in enumerate(parts))

    def log_density(self, x: Any) -> Any:
        """Return the logarithm of the density."""
        parts = np.stack([y.log_density(x) + 0.0 * self.weights[0] for y in self.components])
        weights = np.reshape(self.weights, (-1,) + (1,) * (np.ndim(parts) - 1))
        return logsumexp(parts, axis=0, b=weights + np.zeros(np.shape(parts)))

    def probability(self, x: Any, above: bool = False) -> Any:
        """Return the probability below a point, or above it."""
        return self._sum([y.probability(x, above) for y in self.components])

    def ends(self) -> tuple[Any, Any]:
        """Return both ends of the support."""
        ends = [y.ends() for y in self.components]
        low = min((end[0] for end in ends), key=lambda x: float(plain(x)))
        return low, max((end[1] for end in ends), key=lambda x: float(plain(x)))

    def raw_moment(self, order: int) -> Any:
        """Return the mean of a power."""
        return self._sum([y.raw_moment(order) for y in self.components])

    def central_moment(self, order: int) -> Any:
        """Return the mean of a power of the distance from the mean."""
        mean, total = self.raw_moment(1), 0.0
        for i, y in enumerate(self.components):
            distance = y.raw_moment(1) - mean
            for k in range(order + 1):
                inner = y.central_moment(k) if k > 1 else float(k == 0)
                total = total + self.weights[i] * math.comb(order, k) * inner * distance ** (
                    order - k
                )
        return total


class Transformed(RandomVariable):
    """A monotonic function of a variable.

    Parameters
    ----------
    x : RandomVariable
        The variable.
    function, inverse, slope : callable
        The function, its inverse, and the logarithm of the slope of the inverse, positive.
    make : callable
        The same of SciPy's object.
    falls : bool
        Whether the function falls.
    """

    def __init__(
        self, x: Any, function: Any, inverse: Any, slope: Any, make: Any, falls: bool = False
    ) -> None:
        super().__init__((x,), make, [function(kink) for kink in x.kinks])
        self.x, self.function, self.inverse, self.slope, self.falls = (
            x,
            function,
            inverse,
            slope,
            falls,
        )

    def _inner(self, x: Any) -> tuple[Any, Any, Any]:
        """Return where a point is in the support, there the point before, and else some point."""
        low, high = plain(self.ends())
        inside = (plain(x) >= low) & (plain(x) <= high)
        return (
            inside,
            self.inverse(where(inside, x, self.some_point())),
            plain(x) < low,
        )

    def log_density(self, x: Any) -> Any:
        """Return the logarithm of the density."""
        inside, z, _ = self._inner(x)
        slope = self.slope(where(inside, x, self.some_point()))
        return where(inside, self.x.log_density(z) + slope, -math.inf)

    def probability(self, x: Any, above: bool = False) -> Any:
        """Return the probability below a point, or above it."""
        inside, z, left = self._inner(x)
        outside = where(left != above, 0.0, 1.0)
        return where(inside, self.x.probability(z, above != self.falls), outside)

    def quantile(self, p: Any, above: bool = False) -> Any:
        """Return the point with a probability below it, or above it."""
        return self.function(self.x.quantile(p, above != self.falls))

    def ends(self) -> tuple[Any, Any]:
        """Return both ends of the support."""
        low, high = [moved_end(self.function, end) for end in self.x.ends()]
        return (high, low) if self.falls else (low, high)


class Folded(RandomVariable):
    """The absolute value of a variable: `scipy.stats.abs`."""

    def __init__(self, x: Any) -> None:
        super().__init__((x,), scipy.stats.abs)
        self.x = x
        low, high = x.ends()
        self.kinks = [end for end in (-low, high) if np.all(np.isfinite(plain(end)))]
        self.kinks = sorted(
            [*self.kinks, *[np.abs(k) for k in x.kinks]], key=lambda k: float(plain(k))
        )

    def log_density(self, x: Any) -> Any:
        """Return the logarithm of the density."""
        inner = np.abs(x)
        y = np.logaddexp(self.x.log_density(inner), self.x.log_density(-inner))
        return where(plain(x) >= 0, y, -math.inf)

    def probability(self, x: Any, above: bool = False) -> Any:
        """Return the probability below a point, or above it."""
        positive = plain(x) > 0
        inner = where(positive, x, 0.0)
        if above:
            y = self.x.probability(inner, True) + self.x.probability(-inner)
        else:
            y = self.x.between(-inner, inner)
        return where(positive, y, 1.0 if above else 0.0)

    def ends(self) -> tuple[Any, Any]:
        """Return both ends of the support."""
        low, high = self.x.ends()
        crosses = (plain(low) < 0) & (plain(high) > 0)
        ends = np.abs(low), np.abs(high)
        return where(crosses, 0.0, np.minimum(*ends)), np.maximum(*ends)


# -- the public functions ---------------------------------------------------------------------------


def truncate(X: Any, lb: Any = -np.inf, ub: Any = np.inf) -> Any:  # noqa: N803
    """Return a random variable given that it is between two numbers; see `scipy.stats.truncate`."""
    return Truncated(as_variable(X, "truncate"), number(lb), number(ub))


def order_statistic(X: Any, /, *, r: Any, n: Any) -> Any:  # noqa: N803
    """Return the r-th smallest of n draws; see `scipy.stats.order_statistic`."""
    return OrderStatistic(as_variable(X, "order_statistic"), r, n)


def exp(X: Any, /) -> Any:  # noqa: N803
    """Return the exponential of a random variable; see `scipy.stats.exp`."""
    X = as_variable(X, "exp")  # noqa: N806
    return Transformed(X, np.exp, np.log, lambda y: -np.log(y), scipy.stats.exp)


def log(X: Any, /) -> Any:  # noqa: N803
    """Return the logarithm of a positive random variable; see `scipy.stats.log`."""
    X = as_variable(X, "log")  # noqa: N806
    if np.any(plain(X.ends()[0]) < 0):
        raise NotImplementedError("The logarithm of a random variable needs positive support.")
    return Transformed(X, np.log, np.exp, lambda y: y, scipy.stats.log)


def abs(X: Any, /) -> Any:  # noqa: N803
    """Return the absolute value of a random variable; see `scipy.stats.abs`."""
    return Folded(as_variable(X, "abs"))


def to_power(x: Any, power: Any) -> Any:
    """Return a random variable to a power, if it is positive or the power an even integer."""
    if has_node(power) or np.ndim(power) or power == 0:
        raise NoRuleError(
            "A random variable to a power has derivatives for a plain number as the power: pass "
            f"node.data there, not {power!r}."
        )
    x = as_variable(x, "power")
    if np.any(plain(x.ends()[0]) < 0):
        if power <= 0 or power % 2:
            raise NotImplementedError(
                f"A random variable that may be negative has derivatives to the power of an even "
                f"integer, not to that of {power}."
            )
        x = Folded(x)

    def slope(y: Any) -> Any:
        return (1 / power - 1) * np.log(y) - math.log(math.fabs(power))

    return Transformed(
        x,
        lambda z: np.power(z, float(power)),
        lambda y: np.power(y, 1 / power),
        slope,
        lambda original: original**power if power > 0 else 1 / original**-power,
        power < 0,
    )


def _shifted(x: Any, other: Any) -> Any:
    return ShiftedScaled(as_variable(x, "addition"), number(other), 1.0)


def _scaled(x: Any, other: Any) -> Any:
    return ShiftedScaled(as_variable(x, "multiplication"), 0.0, number(other))


OPERATORS: dict[str, Callable[..., Any]] = {
    "__add__": _shifted,
    "__radd__": _shifted,
    "__sub__": lambda x, other: _shifted(x, -number(other)),
    "__rsub__": lambda x, other: _shifted(_scaled(x, -1.0), other),
    "__mul__": _scaled,
    "__rmul__": _scaled,
    "__truediv__": lambda x, other: _scaled(x, 1 / number(other)),
    "__rtruediv__": lambda x, other: _scaled(to_power(x, -1.0), other),
    "__pow__": to_power,
    "__rpow__": lambda x, other: exp(_scaled(x, np.log(number(other)))),
    "__neg__": lambda x: _scaled(x, -1.0),
    "__abs__": abs,
}
for _name, _operator in OPERATORS.items():
    setattr(RandomVariable, _name, _operator)
RandomVariable.__array_ufunc__ = None  # type: ignore[attr-defined]
