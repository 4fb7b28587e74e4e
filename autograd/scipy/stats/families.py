"""Distributions made from the formulas of their standard form.

Location and scale, the support, the values outside of it and the names of arguments are handled
here for all distributions; each distribution then is a short table of formulas.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from typing import Any

import numpy as np
import scipy.stats

from autograd.engine import Node
from autograd.engine.dispatch import plain
from autograd.engine.tracing import concrete
from autograd.errors import NoRuleError
from autograd.rules.elementwise import where
from autograd.rules.node_lists import as_array
from autograd.rules.redefinable import for_batches, redefinable
from autograd.rules.table import as_numpy
from autograd.scipy.fallback import joined, names_of

Formula = Callable[..., Any]


def log_or_minus_infinity(p: Any) -> Any:
    """Return log(p); where p has underflowed to 0, -inf with derivative 0."""
    gone = plain(p) == 0
    return where(gone, -math.inf, np.log(where(gone, 1.0, p)))


def number(x: Any) -> Any:
    """Convert lists to arrays, and integers to floating point."""
    if isinstance(concrete(x), (float, Node)):
        return x
    if isinstance(x, int):
        return float(x)
    x = joined(x) if hasattr(x, "dtype") else as_array(x)
    if isinstance(x, Node):
        return x
    return x if x.dtype.kind in "fc" else x.astype(float)


def connected(result: Any, *inputs: Any) -> Any:
    """Return the result as a node even if it is constant, as it is outside of the support."""
    if not isinstance(result, Node):
        for x in inputs:
            if isinstance(x, Node):
                result = np.where(False, x, result)  # type: ignore[call-overload]
    return result


def constant(distribution: str, x: Any, what: str) -> Any:
    """Return plain numbers for a distribution of integers; raise for a node."""
    if isinstance(x, Node) and getattr(x, "requires_grad", True):
        raise NoRuleError(
            f"scipy.stats.{distribution} is a distribution of integers and has no derivative with "
            f"respect to {what}. Pass a plain number or array there (node.data)."
        )
    return number(plain(x))


class Family:
    """A continuous or discrete distribution.

    Parameters
    ----------
    name : str
        The name in `scipy.stats`.
    shapes : sequence of str
        The names of its parameters besides location and scale.
    valid : callable
        ``valid(*shapes)``: where the parameters are allowed; elsewhere all results are NaN.
    """

    scales = False
    functions: tuple[str, ...] = ()

    def __init__(self, name: str, shapes: Sequence[str], valid: Callable[..., Any]) -> None:
        self.name = name
        self.shapes = tuple(shapes)
        self.valid = valid
        for function in self.functions:
            setattr(self, function, redefinable(getattr(self, function)))

    def module(self, package: str) -> types.ModuleType:
        """Return a module of the functions of this distribution; other names are SciPy's."""
        name = f"{package}.{self.name}"
        module = types.ModuleType(name, f"`scipy.stats.{self.name}` with derivatives.")
        module.__spec__ = ModuleSpec(name, None, origin=__file__)
        for function in self.functions:
            setattr(module, function, getattr(self, function))
        others = names_of(getattr(scipy.stats, self.name), f"scipy.stats.{self.name}")
        module.__dict__.update(__all__=list(self.functions), __getattr__=others)
        return module

    def parameters(self, given: tuple[Any, ...], keywords: dict[str, Any]) -> list[Any]:
        """Return the parameters in order, then location and, if there is one, scale."""
        names = (*self.shapes, "loc", "scale") if self.scales else (*self.shapes, "loc")
        if len(given) > len(names):
            raise TypeError(
                f"{self.name} takes at most {len(names)} parameters, {', '.join(names)}; "
                f"{len(given)} were given."
            )
        found = dict(zip(names, given, strict=False))
        for name, value in keywords.items():
            if name not in names or name in found:
                what = "was given twice" if name in names else "is not one of them"
                raise TypeError(f"{self.name} takes {', '.join(names)}; {name} {what}.")
            found[name] = value
        missing = [name for name in self.shapes if name not in found]
        if missing:
            raise TypeError(f"{self.name} needs its parameters {', '.join(missing)}.")
        return [number(found.get(name, 1.0 if name == "scale" else 0.0)) for name in names]

    def checked(self, allowed: Any, compute: Callable[[], Any]) -> Any:
        """Compute the result, with NaN where the parameters are not allowed."""
        if np.all(allowed):
            return compute()
        with np.errstate(all="ignore"):
            return where(allowed, compute(), math.nan)


class Continuous(Family):
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
        The inverse of `cdf`.
    isf : callable, optional
        The inverse of `sf`, if it is more accurate than the inverse of `cdf` at 1 - q.
    support : pair of float, or callable
        Both ends of the support of the standard form, or a function of the shapes.
    """

    scales = True
    functions = ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")

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
        support: tuple[float, float] | Callable[..., tuple[Any, Any]] = (-math.inf, math.inf),
        valid: Callable[..., Any] = lambda: True,
    ) -> None:
        super().__init__(name, shapes, valid)
        self.bounds = support
        self.log_density = logpdf
        self.formulas = {
            "cdf": cdf,
            "sf": sf,
            "logcdf": logcdf or (lambda z, *a: log_or_minus_infinity(cdf(z, *a))),
            "logsf": logsf or (lambda z, *a: log_or_minus_infinity(sf(z, *a))),
        }
        self.inverses = {"ppf": ppf, "isf": isf or (ppf and (lambda q, *a: ppf(1 - q, *a)))}

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

    @for_batches
    def _quantile(self, kind: str, q: Any, given: Any, keywords: dict[str, Any]) -> Any:
        inverse = self.inverses[kind]
        if inverse is None:
            raise NoRuleError(f"scipy.stats.{self.name}.{kind} has no derivative rule.")
        *shapes, loc, scale = self.parameters(given, keywords)
        q, (low, high) = number(q), self.ends(shapes)
        inside, q_ = (plain(q) > 0) & (plain(q) < 1), plain(q)
        first, last = (low, high) if kind == "ppf" else (high, low)

        def compute() -> Any:
            z = inverse(where(inside, q, 0.5), *shapes)
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


class Discrete(Family):
    """A distribution of integers, with a location.

    It has no derivative with respect to the integer and the location: nodes there are an error.

    Parameters
    ----------
    name, shapes, valid
        As for `Family`.
    logpmf, cdf, sf : callable
        ``f(k, *shapes)`` for an integer, as a floating point number, in the support.
    pmf : callable, optional
        The probability itself, so that its derivative is right where it is zero.
    lowest : int
        The smallest integer of the support.
    highest : callable, optional
        ``highest(*shapes)``: the largest integer of the support.
    """

    functions = ("pmf", "logpmf", "cdf", "logcdf", "sf", "logsf")

    def __init__(
        self,
        name: str,
        shapes: Sequence[str],
        *,
        logpmf: Formula,
        cdf: Formula,
        sf: Formula,
        pmf: Formula | None = None,
        lowest: int = 0,
        highest: Callable[..., Any] = lambda *_: math.inf,
        valid: Callable[..., Any],
    ) -> None:
        super().__init__(name, shapes, valid)
        self.lowest, self.highest = float(lowest), highest
        self.log_mass = logpmf
        self.mass = pmf or (lambda k, *a: np.exp(logpmf(k, *a)))
        self.below, self.above = cdf, sf

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
            y = formula(where(inside, k, self.lowest), *shapes)
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
            y = formula(where(inside, k, self.lowest), *shapes)
            outside = where(k < self.lowest, low, where(k != k, math.nan, high))
            return y if np.all(inside) else where(inside, y, outside)

        return connected(self.checked(self.valid(*plain(shapes)), compute), *shapes)
