"""Continuous distributions, made from the formulas of their standard form.

Location and scale, the support and the values outside of it are handled here for all of them; each
distribution then is a short table of formulas.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.engine import Primitive
from autograd.engine.dispatch import plain
from autograd.engine.tracing import concrete
from autograd.rules.elementwise import where
from autograd.rules.redefinable import for_batches
from autograd.rules.table import as_numpy
from autograd.scipy.fallback import gives_nodes, has_node
from autograd.scipy.integrate.integrals import quad
from autograd.scipy.stats import inverse
from autograd.scipy.stats.expectation import mean_by_density, mean_of
from autograd.scipy.stats.families import (
    Formula,
    connected,
    log_or_minus_infinity,
    number,
)
from autograd.scipy.stats.moments import WithMoments


class Continuous(WithMoments):
    """A continuous distribution with location and scale.

    Parameters
    ----------
    name, shapes, valid
        As for `Family`.
    logpdf, cdf, sf : callable
        Logarithm of the density, distribution function and its complement: ``f(z, *shapes)``.
    logcdf, logsf : callable, optional
        Their logarithms, if these can be computed without underflow.
    ppf : callable, optional
        The inverse of `cdf`; by default SciPy's, which solves an equation.
    isf : callable, optional
        The inverse of `sf`, if it is more accurate than the inverse of `cdf` at 1 - q.
    entropy : callable, optional
        The entropy, a function of the shapes; by default an integral.
    kinks : callable, optional
        ``kinks(*shapes)``: the points between the ends of the support, in order, where the density
        is not smooth.
    turn : pair of float, optional
        The numbers that expectations are over, of an angle: one turn.
    wrapped : callable, optional
        Moves samples into the period of an angle.
    support : pair of float, or callable
        Both ends of the support of the standard form, or a function of the shapes.
    """

    scales = True
    functions = (
        *("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"),
        *("median", "interval", "entropy", "rvs", "expect"),
        *WithMoments.moments,
    )

    def __init__(
        self,
        name: str,
        shapes: Sequence[str] = (),
        *,
        logpdf: Formula,
        cdf: Formula,
        sf: Formula,
        logcdf: Formula | None = None,
        logsf: Formula | None = None,
        ppf: Formula | None = None,
        isf: Formula | None = None,
        entropy: Formula | None = None,
        kinks: Callable[..., list[Any]] = lambda *_: [],
        turn: tuple[float, float] | None = None,
        wrapped: Formula = lambda y: y,
        support: tuple[float, float] | Callable[..., tuple[Any, Any]] = (-math.inf, math.inf),
        valid: Callable[..., Any] = lambda: True,
    ) -> None:
        super().__init__(name, shapes, valid)
        self.bounds, self.wrapped = support, wrapped
        self.log_density = logpdf
        self.formulas = {
            "cdf": cdf,
            "sf": sf,
            "logcdf": logcdf or (lambda z, *a: log_or_minus_infinity(cdf(z, *a))),
            "logsf": logsf or (lambda z, *a: log_or_minus_infinity(sf(z, *a))),
        }
        self.inverses: dict[str, Formula | None] = {
            "ppf": ppf,
            "isf": isf or (ppf and (lambda q, *a: ppf(1 - q, *a))),
        }
        self.standard_entropy = entropy or self._entropy_as_integral
        self.kinks, self.turn = kinks, turn

    @functools.cached_property
    def drawn(self) -> Primitive:
        """The function of drawn numbers and shapes that gives them their derivatives."""
        return inverse.sample(self.name, self.formulas["cdf"], self.log_density, len(self.shapes))

    def ends(self, shapes: Sequence[Any]) -> tuple[Any, Any]:
        """Return both ends of the support of the standard form."""
        return self.bounds(*shapes) if callable(self.bounds) else self.bounds

    def within(self, shapes: Sequence[Any]) -> Any:
        """Return a point inside the support, where every formula is finite."""
        low, high = self.ends(plain(list(shapes)))
        with np.errstate(invalid="ignore"):
            middle = np.where(np.isinf(high), low + 1.0, 0.5 * (low + high))
        found = np.where(np.isinf(low), np.where(np.isinf(high), 0.0, high - 1.0), middle)
        return found if found.ndim else float(found)

    def pdf(self, x: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the density."""
        return self._density(np.exp, x, arguments, keywords)

    def logpdf(self, x: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the logarithm of the density."""
        return self._density(lambda y: y, x, arguments, keywords)

    def cdf(self, x: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the probability of a value up to `x`."""
        return self._cumulative("cdf", 0.0, 1.0, x, arguments, keywords)

    def sf(self, x: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the probability of a value above `x`."""
        return self._cumulative("sf", 1.0, 0.0, x, arguments, keywords)

    def logcdf(self, x: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the logarithm of `cdf`."""
        return self._cumulative("logcdf", -math.inf, 0.0, x, arguments, keywords)

    def logsf(self, x: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the logarithm of `sf`."""
        return self._cumulative("logsf", 0.0, -math.inf, x, arguments, keywords)

    def ppf(self, q: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the quantile: the `x` with ``cdf(x) = q``."""
        return self._quantile("ppf", q, arguments, keywords)

    def isf(self, q: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return the `x` with ``sf(x) = q``."""
        return self._quantile("isf", q, arguments, keywords)

    def median(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the quantile of 1/2."""
        return self.ppf(0.5, *arguments, **keywords)

    def interval(self, confidence: Any, *arguments: Any, **keywords: Any) -> tuple[Any, Any]:
        """Return the ends of the interval around the median with a probability."""
        confidence = number(confidence)
        low, high = (1 - confidence) / 2, (1 + confidence) / 2
        return self.ppf(low, *arguments, **keywords), self.ppf(high, *arguments, **keywords)

    def entropy(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the differential entropy."""
        *shapes, loc, scale = self.parameters(arguments, keywords)

        def compute() -> Any:
            y = self.standard_entropy(*shapes) + np.log(scale)
            return y + 0.0 * loc if np.ndim(loc) else y

        return self.checked(self._allowed(shapes, scale), compute)

    def rvs(
        self, *arguments: Any, size: Any = None, random_state: Any = None, **keywords: Any
    ) -> Any:
        """Draw SciPy's samples; their derivatives are those of the transformation of noise.

        Location and scale move and stretch the samples; for the shapes see `inverse`.
        """
        if len(arguments) > len(self.shapes) + 2 and size is None:  # SciPy's last argument
            *arguments, size = arguments  # type: ignore[assignment]
        *shapes, loc, scale = self.parameters(tuple(arguments), keywords)
        standard = (0.0 * plain(loc), 0.0 * plain(scale) + 1.0)
        more = {"size": size, "random_state": random_state}
        z = self.sampled((*shapes, *standard), {}, more)
        z = self.drawn(z, *shapes) if shapes else z
        return self.wrapped(z * scale + loc)

    def expectation(self, function: Formula, *shapes: Any) -> Any:
        """Return the mean of ``function(z, *shapes)`` in the standard form."""
        numbers = plain(shapes)
        upper, middle, lower = (self.inverse("isf")(q, *numbers) for q in (0.25, 0.5, 0.75))
        low, high = self.turn or self.ends(shapes)
        bounds = [low, *(self.kinks(*shapes) or [middle]), high]
        return mean_by_density(function, self.log_density, bounds, upper - lower, shapes)

    def expect(
        self, func: Any = None, args: Any = (), loc: Any = 0, scale: Any = 1, lb: Any = None, ub: Any = None,
        conditional: bool = False, **keywords: Any,
    ) -> Any:  # fmt: skip
        """Return the mean of a function of one number, also of one that returns nodes."""
        given = tuple(args), loc, scale, lb, ub
        if not has_node(given) and (
            func is None or not gives_nodes(func, self._some(args, loc, scale))
        ):
            options = keywords | {"conditional": conditional}
            return self._of_scipy("expect", (func, tuple(args), loc, scale, lb, ub), options)
        *shapes, loc, scale = self.parameters((*args, loc, scale), {})

        def integrand(z: Any) -> Any:
            x = loc + scale * z
            return (x if func is None else func(x)) * np.exp(self.log_density(z, *shapes))

        ends = zip((lb, ub), self.turn or self.ends(shapes), strict=True)
        low, high = (end if x is None else (x - loc) / scale for x, end in ends)
        found = quad(integrand, low, high, **keywords)[0]
        if conditional:
            inside = [(lb, self.sf, 1.0), (ub, self.cdf, 1.0)]
            below, above = (one if x is None else f(x, *args, loc, scale) for x, f, one in inside)
            found = found / (below + above - 1)
        return found

    def _some(self, args: Any, loc: Any, scale: Any) -> float:
        """Return a number of the support, to call a function with."""
        return float(plain(loc) + plain(scale) * self.within(list(plain(tuple(args)))))

    def _entropy_as_integral(self, *shapes: Any) -> Any:
        return -mean_of(self.log_density, self.inverse("ppf"), self.inverse("isf"), *shapes)

    def inverse(self, kind: str) -> Formula:
        """Return the formula of quantiles, or else SciPy's function with derivatives."""
        found = self.inverses[kind]
        if found is None:
            make = inverse.quantile if kind == "ppf" else inverse.upper_quantile
            found = make(self.name, self.formulas["cdf"], self.log_density, len(self.shapes))
            self.inverses[kind] = found
        return found

    @for_batches
    def _quantile(self, kind: str, q: Any, given: Any, keywords: dict[str, Any]) -> Any:
        *shapes, loc, scale = self.parameters(given, keywords)
        q, (low, high) = number(q), self.ends(shapes)
        inside, q_ = (plain(q) > 0) & (plain(q) < 1), plain(q)
        first, last = (low, high) if kind == "ppf" else (high, low)

        def compute() -> Any:
            z = self.inverse(kind)(where(inside, q, 0.5), *shapes)
            outside = where(q_ == 0, first, where(q_ == 1, last, math.nan))
            if np.all(inside):
                return loc + scale * z
            with np.errstate(all="ignore"):
                slope = np.exp(-self.logpdf(plain(outside), *plain(shapes)))
                slope = slope if kind == "ppf" else -slope
                ends = as_numpy(where(inside, 0.0, slope) * (q - q_), 0.0 * q_)
                return loc + scale * where(inside, z, outside + ends)

        y = self.checked(self._allowed(shapes, scale), compute)
        return connected(y, q, *shapes, loc, scale)

    def _allowed(self, shapes: list[Any], scale: Any) -> Any:
        return self.valid(*plain(shapes)) & (plain(scale) > 0)

    def _standard(self, x: Any, loc: Any, scale: Any) -> Any:
        """Return (x - loc) / scale; the defaults 0 and 1 cost nothing."""
        x = x if type(loc) is float and loc == 0.0 else x - loc
        if type(scale) is float:
            return x if scale == 1.0 else x / (scale or math.nan)
        return x / scale

    @for_batches
    def _density(self, of_log: Formula, x: Any, given: Any, keywords: dict[str, Any]) -> Any:
        *shapes, loc, scale = self.parameters(given, keywords)
        x = number(x)

        def compute() -> Any:
            z = self._standard(x, loc, scale)
            inside, outside = self._inside(plain(z), plain(shapes))
            everywhere = bool(np.all(inside))
            y = self.log_density(
                z if everywhere else where(inside, z, self.within(shapes)), *shapes
            )
            if not (type(concrete(scale)) is float and scale == 1.0):
                y = y - np.log(scale)
            y = of_log(y)
            return y if everywhere else where(inside, y, of_log(outside))

        y = self.checked(self._allowed(shapes, scale), compute)
        return connected(y, x, *shapes, loc, scale)

    def _inside(self, z: Any, shapes: list[Any]) -> tuple[Any, Any]:
        """Return where the formula for the density holds, and the log density elsewhere."""
        low, high = self.ends(shapes)
        inside = np.isfinite(z)
        outside = where(z != z, math.nan, -math.inf)
        edge: Any = None
        for end, within in ((low, np.greater_equal), (high, np.less_equal)):
            if type(end) is not float or math.isfinite(end):
                inside = inside & within(z, end)
                edge = z == end if edge is None else edge | (z == end)
        if edge is None:
            return inside, outside
        edge = edge & inside
        if np.any(edge):  # the density may be infinite there, and has no derivative
            with np.errstate(all="ignore"):
                y = self.log_density(where(inside, z, self.within(shapes)), *shapes)
            infinite = edge & np.isinf(y)
            inside = inside & np.logical_not(infinite)
            outside = where(infinite, y, outside)
        return inside, outside

    @for_batches
    def _cumulative(
        self, kind: str, below: float, above: float, x: Any, given: Any, keywords: dict[str, Any]
    ) -> Any:
        *shapes, loc, scale = self.parameters(given, keywords)
        x = number(x)

        def compute() -> Any:
            z = self._standard(x, loc, scale)
            z_, (low, high) = plain(z), self.ends(plain(shapes))
            inside = (z_ > low) & (z_ < high)
            if np.all(inside):
                return self.formulas[kind](z, *shapes)
            outside = where(z_ <= low, below, where(z_ >= high, above, math.nan))
            y = self.formulas[kind](where(inside, z, self.within(shapes)), *shapes)
            return where(inside, y, outside)

        y = self.checked(self._allowed(shapes, scale), compute)
        return connected(y, x, *shapes, loc, scale)
