"""Means, variances and other expectations of distributions, by their parameters."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.stats

from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError, OptionError
from autograd.rules.elementwise import where
from autograd.rules.redefinable import for_batches
from autograd.rules.table import with_values
from autograd.scipy.fallback import has_node, recorded
from autograd.scipy.rules.quadrature import column
from autograd.scipy.stats.families import Family, connected

#: How far an expectation may be from SciPy's number.
TOLERANCE = 1e-6


class WithMoments(Family):
    """A distribution whose expectations are computed, and compared with SciPy's numbers."""

    moments = ("mean", "var", "std", "stats", "moment", "support")

    def expectation(self, function: Callable[..., Any], *shapes: Any) -> Any:
        """Return the mean of ``function(z, *shapes)`` in the standard form."""
        raise NotImplementedError

    def support(self, *arguments: Any, **keywords: Any) -> tuple[Any, Any]:
        """Return both ends of the support."""
        if not has_node(arguments, keywords):
            return self._of_scipy("support", arguments, keywords)  # type: ignore[no-any-return]
        *shapes, loc, scale = self.located(arguments, keywords)
        numbers = self._of_scipy("support", plain(tuple(shapes)), {})
        ends = [
            end if has_node(end) else x for end, x in zip(self.ends(shapes), numbers, strict=True)
        ]
        infinite = [np.isinf(plain(end)) for end in ends]
        found = [
            where(gone, end, loc + scale * where(gone, 0.0, end))
            for gone, end in zip(infinite, ends, strict=True)
        ]
        low, high = [connected(end, loc, scale, *shapes) for end in found]
        return low, high

    def ends(self, shapes: Any) -> tuple[Any, Any]:
        """Return both ends of the support of the standard form."""
        raise NotImplementedError

    def mean(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the mean."""
        return self.stats(*arguments, moments="m", **keywords)

    def var(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the variance."""
        return self.stats(*arguments, moments="v", **keywords)

    def std(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the standard deviation."""
        return np.sqrt(self.var(*arguments, **keywords))

    def stats(self, *arguments: Any, moments: str = "mv", **keywords: Any) -> Any:
        """Return the mean, variance, skewness and excess kurtosis: m, v, s, k in `moments`."""
        if len(arguments) > len(self.names):  # SciPy's last argument
            *arguments, moments = arguments  # type: ignore[assignment]
        if not has_node(arguments, keywords):
            return self._of_scipy("stats", tuple(arguments), keywords | {"moments": moments})
        *shapes, loc, scale = self.located(tuple(arguments), keywords)
        found = []
        for letter in [x for x in "mvsk" if x in moments]:
            z = self._standard_moment(letter, shapes, (loc, scale))
            y = loc + scale * z if letter == "m" else scale * scale * z if letter == "v" else z
            found.append(connected(y, *shapes, loc, scale))
        return found[0] if len(found) == 1 else tuple(found)

    def moment(self, order: int, *arguments: Any, **keywords: Any) -> Any:
        """Return the mean of a power."""
        if not has_node(order, arguments, keywords):
            return self._of_scipy("moment", (order, *arguments), keywords)
        if has_node(order) or order != int(order) or order < 0:
            raise OptionError(
                f"The order of a moment must be an integer of at least 0, not {order}."
            )
        *shapes, loc, scale = self.located(arguments, keywords)
        total: Any = 0.0
        for k in range(int(order) + 1):
            factor = math.comb(int(order), k) * scale**k * loc ** (int(order) - k)
            total = total + factor * (self._raw_moment(k, shapes) if k else 1.0)
        return connected(total, *shapes, loc, scale)

    def located(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> list[Any]:
        """Return the parameters with a location and a scale, 1 for integers."""
        found = self.parameters(arguments, keywords)
        return found if self.scales else [*found, 1.0]

    def _of_scipy(self, function: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        return recorded(getattr(getattr(scipy.stats, self.name), function))(*arguments, **keywords)

    @for_batches
    def _standard_moment(self, letter: str, shapes: list[Any], others: Any) -> Any:
        """Return a moment of the standard form, as `stats` names it."""
        numbers = plain(tuple(shapes))
        expected = self._of_scipy("stats", numbers, {"moments": letter})
        if not has_node(shapes):
            return expected

        def compute() -> Any:
            if letter == "m":
                return self.expectation(lambda z, *_: z, *shapes)
            variance = self.central_moment(2, shapes)
            if letter == "v":
                return variance
            if letter == "s":
                return self.central_moment(3, shapes) / variance**1.5
            return self.central_moment(4, shapes) / variance**2 - 3

        what = {"m": "mean", "v": "variance", "s": "skewness", "k": "kurtosis"}[letter]
        with np.errstate(all="ignore"):
            return self._agreeing(self.checked(self.valid(*numbers), compute), expected, what)

    def central_moment(self, order: int, shapes: list[Any]) -> Any:
        """Return the mean of a power of the distance from the mean, in the standard form."""
        mean = column(self.expectation(lambda z, *_: z, *shapes))
        return self.expectation(lambda z, *_: (z - mean) ** order, *shapes)

    @for_batches
    def _raw_moment(self, order: int, shapes: list[Any]) -> Any:
        expected = self._of_scipy("moment", (order, *plain(tuple(shapes))), {})
        if not has_node(shapes):
            return expected
        found = self.expectation(lambda z, *_: z**order, *shapes)
        return self._agreeing(found, expected, f"moment of order {order}")

    def _agreeing(self, found: Any, expected: Any, what: str) -> Any:
        """Return SciPy's numbers with our derivatives; raise where our own numbers differ."""
        finite = np.isfinite(expected)
        error = np.abs(np.where(finite, plain(found) - expected, 0.0))
        if not np.all(error <= TOLERANCE * (1 + np.abs(np.where(finite, expected, 0.0)))):
            raise NoRuleError(
                f"The {what} of scipy.stats.{self.name} has no derivative at these parameters: its "
                f"integral is {plain(found)}, and SciPy's number {expected}. Pass plain numbers "
                "(node.data), or integrate a function times the density with quad."
            )
        return with_values(where(finite, found, expected), expected)
