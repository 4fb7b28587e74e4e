"""Distributions of integers, made from their formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.stats

from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError
from autograd.rules.elementwise import where
from autograd.rules.redefinable import for_batches
from autograd.scipy.fallback import gives_nodes, has_node, recorded
from autograd.scipy.rules.quadrature import column
from autograd.scipy.stats.families import (
    Formula,
    connected,
    constant,
    log_or_minus_infinity,
)
from autograd.scipy.stats.moments import WithMoments

#: How many terms a sum over the integers may have.
TERMS = 10**6

#: The logarithm of a probability that does not change a sum.
LOG_NEGLIGIBLE = math.log(1e-20)


class Discrete(WithMoments):
    """A distribution of integers, with a location.

    It has no derivative with respect to the integer and the location: nodes there are an error.

    Parameters
    ----------
    name, shapes, valid
        As for `Family`.
    logpmf : callable
        ``f(k, *shapes)`` for an integer, as a floating point number, in the support.
    cdf, sf : callable, optional
        The probabilities up to and above an integer, in the same form; by default sums.
    pmf : callable, optional
        The probability itself, so that its derivative is right where it is zero.
    lowest : int
        The smallest integer of the support.
    highest : callable, optional
        ``highest(*shapes)``: the largest integer of the support.
    entropy : callable, optional
        The entropy, a function of the shapes; by default a sum over the integers.
    """

    functions = (
        *("pmf", "logpmf", "cdf", "logcdf", "sf", "logsf"),
        *("ppf", "isf", "median", "entropy", "rvs", "expect"),
        *WithMoments.moments,
    )

    def __init__(
        self,
        name: str,
        shapes: Sequence[str],
        *,
        logpmf: Formula,
        cdf: Formula | None = None,
        sf: Formula | None = None,
        pmf: Formula | None = None,
        entropy: Formula | None = None,
        lowest: float = 0,
        highest: Callable[..., Any] = lambda *_: math.inf,
        valid: Callable[..., Any],
    ) -> None:
        super().__init__(name, shapes, valid)
        self.lowest, self.highest = float(lowest), highest
        #: An integer of the support.
        self._some = self.lowest if math.isfinite(lowest) else 0.0
        self.log_mass = logpmf
        self.mass = pmf or (lambda k, *a: np.exp(logpmf(k, *a)))
        self.below, self.above = cdf or self._sum_below, sf or self._sum_above
        self.standard_entropy = entropy or self._entropy_as_sum

    def pmf(self, k: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the probability of an integer."""
        return self._of_integer(self.mass, 0.0, k, arguments, keywords)

    def logpmf(self, k: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the logarithm of the probability of an integer."""
        return self._of_integer(self.log_mass, -math.inf, k, arguments, keywords)

    def cdf(self, k: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the probability of an integer up to `k`."""
        return self._cumulative(self.below, 0.0, 1.0, k, arguments, keywords)

    def sf(self, k: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the probability of an integer above `k`."""
        return self._cumulative(self.above, 1.0, 0.0, k, arguments, keywords)

    def logcdf(self, k: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the logarithm of `cdf`."""
        return log_or_minus_infinity(self.cdf(k, *arguments, **keywords))

    def logsf(self, k: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the logarithm of `sf`."""
        return log_or_minus_infinity(self.sf(k, *arguments, **keywords))

    def ppf(self, q: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the quantile, an integer, which has no derivative."""
        return self._integers("ppf", q, *arguments, **keywords)

    def isf(self, q: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the integer above which there is a probability; it has no derivative."""
        return self._integers("isf", q, *arguments, **keywords)

    def median(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the quantile of 1/2."""
        return self._integers("median", *arguments, **keywords)

    def rvs(self, *arguments: Any, **keywords: Any) -> Any:
        """Draw SciPy's samples, integers, which have no derivative."""
        return self._integers("rvs", *arguments, **keywords)

    def _integers(self, function: str, *arguments: Any, **keywords: Any) -> Any:
        if has_node(arguments, keywords):
            raise NoRuleError(
                f"scipy.stats.{self.name}.{function} returns integers, which jump where parameters "
                "change and have no derivative. Pass plain numbers (node.data). For the derivative "
                "of a mean over samples, weight each by the gradient of its logpmf."
            )
        return recorded(getattr(getattr(scipy.stats, self.name), function))(*arguments, **keywords)

    def entropy(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the entropy."""
        *shapes, loc = self.parameters(arguments, keywords)
        self.constant(loc, "loc")
        return self.checked(self.valid(*plain(shapes)), lambda: self.standard_entropy(*shapes))

    def _sum_below(self, k: Any, *shapes: Any) -> Any:
        """Sum the probabilities up to an integer."""
        last = float(np.max(k, initial=self.lowest))
        j = self.lowest + np.arange(last - self.lowest + 1)
        y = self.mass(j, *[column(a) for a in shapes])
        return np.sum(where(j <= column(k), y, 0.0), axis=-1)

    def _sum_above(self, k: Any, *shapes: Any) -> Any:
        """Sum the probabilities above an integer; of infinitely many, take those below from 1."""
        last = float(np.max(self.highest(*plain(shapes)), initial=self.lowest))
        if math.isinf(last):
            return 1 - self._sum_below(k, *shapes)
        j = self.lowest + np.arange(last - self.lowest + 1)
        y = self.mass(j, *[column(a) for a in shapes])
        inside = (j > column(k)) & (j <= column(self.highest(*plain(shapes))))
        return np.sum(where(inside, y, 0.0), axis=-1)

    def ends(self, shapes: Any) -> tuple[Any, Any]:
        """Return the smallest and the largest integer."""
        return self.lowest, self.highest(*plain(shapes))

    def expectation(self, function: Formula, *shapes: Any) -> Any:
        """Return the mean of ``function(k, *shapes)``, a sum over all integers that matter."""
        return self._sum_over_all(lambda k, log_p, *a: function(k, *a), "expectation", *shapes)

    def expect(
        self, func: Any = None, args: Any = (), loc: Any = 0, lb: Any = None, ub: Any = None,
        conditional: bool = False, **keywords: Any,
    ) -> Any:  # fmt: skip
        """Return the mean of a function of arrays of integers, also of one that returns nodes."""
        some = np.asarray(self._some + plain(loc))
        if not has_node(args, loc) and (func is None or not gives_nodes(func, some)):
            options = keywords | {"conditional": conditional}
            return self._of_scipy("expect", (func, tuple(args), loc, lb, ub), options)
        *shapes, loc = self.parameters((*args, loc), {})
        low = -math.inf if lb is None else lb - plain(loc)
        high = math.inf if ub is None else ub - plain(loc)

        def mean(of: Any) -> Any:
            def within(k: Any, *_: Any) -> Any:
                return where((k >= low) & (k <= high), of(k), 0.0)

            return self.expectation(within, *shapes)

        found = mean(lambda k: k + loc if func is None else func(k + loc))
        return found / mean(lambda k: 1.0) if conditional else found

    def _entropy_as_sum(self, *shapes: Any) -> Any:
        return self._sum_over_all(lambda k, log_p, *_: -log_p, "entropy", *shapes)

    def _sum_over_all(self, function: Formula, what: str, *shapes: Any) -> Any:
        """Return the mean of ``function(k, log_p, *shapes)``, from the probabilities that matter."""
        numbers = plain(shapes)
        last = self._where_negligible(numbers, 1, what)
        first = self.lowest
        if not math.isfinite(first):
            first = self._where_negligible(numbers, -1, what)
        size = last - first + 1
        k, columns = first + np.arange(size), [column(a) for a in shapes]
        inside = k <= column(self.highest(*numbers))
        y = self.log_mass(where(inside, k, self._some), *columns)
        finite = np.isfinite(plain(y))
        y = where(inside & finite, y, 0.0)
        p = where(inside & finite, np.exp(y), 0.0)
        return np.sum(p * function(k, y, *columns), axis=-1)

    def _where_negligible(self, shapes: Any, sign: int, what: str) -> float:
        """Return an integer beyond which probabilities do not matter; raise if it is too large."""
        k = 16.0
        while True:
            highest = self.highest(*shapes)
            at = sign * np.minimum(k, highest) if sign > 0 else -k
            with np.errstate(all="ignore"):
                beyond = (at == highest) | (self.log_mass(at, *shapes) + np.log(k) < LOG_NEGLIGIBLE)
            if np.all(beyond):
                return float(np.max(at))
            k *= 2
            if k > TERMS:
                raise NoRuleError(
                    f"scipy.stats.{self.name}.{what} is a sum of more than {TERMS:.0e} terms here."
                )

    def constant(self, x: Any, what: str) -> Any:
        """Return plain numbers; raise for a node, which would need a derivative."""
        return constant(self.name, x, what)

    @for_batches
    def _of_integer(
        self, formula: Formula, otherwise: float, k: Any, given: Any, keywords: dict[str, Any]
    ) -> Any:
        *shapes, loc = self.parameters(given, keywords)
        k = self.constant(k, "k") - self.constant(loc, "loc")
        inside = (
            (k >= self.lowest)
            & (k <= self.highest(*plain(shapes)))
            & (np.floor(k) == k)
            & (k < math.inf)
        )

        def compute() -> Any:
            y = formula(where(inside, k, self._some), *shapes)
            return y if np.all(inside) else where(inside, y, where(k != k, math.nan, otherwise))

        return connected(self.checked(self.valid(*plain(shapes)), compute), *shapes)

    @for_batches
    def _cumulative(
        self,
        formula: Formula,
        low: float,
        high: float,
        k: Any,
        given: Any,
        keywords: dict[str, Any],
    ) -> Any:
        *shapes, loc = self.parameters(given, keywords)
        k = np.floor(self.constant(k, "k") - self.constant(loc, "loc"))
        inside = (k >= self.lowest) & (k < self.highest(*plain(shapes)))

        def compute() -> Any:
            y = formula(where(inside, k, self._some), *shapes)
            outside = where(k < self.lowest, low, where(k != k, math.nan, high))
            return y if np.all(inside) else where(inside, y, outside)

        return connected(self.checked(self.valid(*plain(shapes)), compute), *shapes)
