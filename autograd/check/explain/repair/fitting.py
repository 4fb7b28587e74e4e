"""Compute the coefficient of a missing factor or term, by matching what is wrong."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from autograd.check.arrays import Vector
from autograd.check.explain.repair.assignments import COPY
from autograd.check.explain.repair.mutations import Variant
from autograd.check.explain.repair.outcomes import Outcomes
from autograd.check.explain.repair.recompile import attribute_of_choice
from autograd.check.explain.repair.statements import Site
from autograd.check.explain.repair.syntax import Path, at, expression, replaced
from autograd.check.explain.repair.terms import (
    MOST_TRIED,
    coefficient_texts,
    factors,
    near_factors,
    near_terms,
    places,
    plain_factors,
    plain_terms,
    summands,
    terms,
)
from autograd.check.explain.repair.vocabulary import Vocabulary

#: Where to begin the search for a factor.
STARTS = (1.0, 0.3, -1.0)

#: Fields that lead to a part of a value.
_INSIDE = ("left", "right", "args", "func")


@dataclass
class Place:
    """A value in a statement.

    Attributes
    ----------
    site : Site
        The statement.
    path : Path
        Where the value is in it.
    value : ast.expr
        The value.
    shape : tuple of int
        Its shape.
    without : ndarray
        The derivatives if it is zero.
    """

    site: Site
    path: Path
    value: Any
    shape: tuple[int, ...]
    without: Vector

    def with_value(self, value: Any) -> Any:
        """Return the statement with another value."""
        return replaced(self.site.node, self.path, value)


class Fitting:
    """The search for missing factors and terms at one statement.

    Parameters
    ----------
    search : Outcomes
        Runs the pass with changes.
    around : Vocabulary
        The values at the statement.
    """

    def __init__(self, search: Outcomes, around: Vocabulary) -> None:
        self.search = search
        self.around = around
        self.site = around.site
        self._known: dict[Path, Place | None] = {}

    def times_near(self) -> Iterator[Variant]:
        """Yield the statements with a value at hand as a factor."""
        for place in self._places(places(self.site.node)):
            yield from self._times(place, near_factors(self.around, place.shape))
        for place in self._places(summands(self.site.node)):
            yield from self._times(place, near_factors(self.around, self._shape_of_sum(place)))

    def plus_near(self) -> Iterator[Variant]:
        """Yield the statements with a value at hand as a term."""
        for place in self._places(places(self.site.node)):
            yield from self._plus(place, near_terms(self.around, place.shape, place.value))

    def scaled(self) -> Iterator[Variant]:
        """Yield the statements of a loop with a number as a factor."""
        if not self.site.loops:
            return
        for place in self._places((*places(self.site.node), *summands(self.site.node))):
            found = ((ast.Constant(1), c) for c in self._powers(place))
            yield from self._written("a factor", place, _times, found)

    def likely(self) -> Iterator[Variant]:
        """Yield the statements with another likely factor or term whose coefficient fits."""
        for place in self._places(places(self.site.node)):
            yield from self._times(place, plain_factors(self.around, place.shape))
            yield from self._plus(place, plain_terms(self.around, place.shape))
        for place in self._places(summands(self.site.node)):
            yield from self._times(place, plain_factors(self.around, place.shape))

    def farther(self) -> Iterator[Variant]:
        """Yield the statements with another factor or term whose coefficient fits."""
        for place in self._places(places(self.site.node)):
            yield from self._times(place, factors(self.around, place.shape))
            yield from self._plus(place, terms(self.around, place.shape, place.value))

    def _shape_of_sum(self, place: Place) -> tuple[int, ...]:
        """Return the shape of the sum that a term broadcasts to."""
        for whole in self._places([place.path[:-1]]):
            return whole.shape
        return place.shape

    def _places(self, paths: Iterable[Path]) -> Iterator[Place]:
        """Yield the values that influence all wrong derivatives."""
        seen: set[Path] = set()
        for path in paths:
            if path in seen:
                continue
            seen.add(path)
            if path not in self._known:
                self._known[path] = self._place(path)
            place = self._known[path]
            if place is not None:
                yield place

    def _place(self, path: Path) -> Place | None:
        """Return a value, if it influences all derivatives that are wrong."""
        search, value = self.search, at(self.site.node, path)
        if not isinstance(value, ast.expr):
            return None
        noisy = expression("_1(_0)", value, attribute_of_choice("disturbed"))
        nothing = expression("_0 * 0.0", value)
        tried = [replaced(self.site.node, path, new) for new in (noisy, nothing)]
        found = list(search.outcomes(self.site, tried, search.here))
        if found[0] is None or found[1] is None or not np.isfinite(found[1]).all():
            return None
        still = search.wrong & (found[0] == search.given)
        if not search.corrigible(still):
            return None
        return Place(self.site, path, value, np.shape(search.choice.seen), found[1])

    def _times(self, place: Place, candidates: Iterable[Any]) -> Iterator[Variant]:
        return self._fitted("a factor", place, _times, candidates, place.without)

    def _plus(self, place: Place, candidates: Iterable[Any]) -> Iterator[Variant]:
        return self._fitted("a term", place, _plus, candidates, self.search.given)

    def _fitted(
        self, kind: str, place: Place, make: Any, candidates: Iterable[Any], base: Vector
    ) -> Iterator[Variant]:
        fitting = self._fitting(place, make, list(islice(candidates, MOST_TRIED)), base)
        return self._written(kind, place, make, fitting)

    def _written(
        self, kind: str, place: Place, make: Any, fitting: Iterable[tuple[Any, float]]
    ) -> Iterator[Variant]:
        for new, c in fitting:
            for number, text in enumerate(islice(coefficient_texts(c, self.around), 8)):
                written = _written(make, place.value, new, text)
                inside = 0.5 * any(name in _INSIDE for name, _ in place.path)
                note = COPY if _is_copy(written) else ""
                cost = 1 + 0.1 * number + inside
                yield Variant(kind, place.with_value(written), cost, note)

    def _fitting(
        self, place: Place, make: Any, candidates: Sequence[Any], base: Vector
    ) -> Iterator[tuple[Any, float]]:
        """Yield the candidates that, with some coefficient, give what is right."""
        search = self.search
        search.choice.coefficient = 1.0
        c = attribute_of_choice("coefficient")
        tried = [place.with_value(make(place.value, new, c)) for new in candidates]
        for new, found in zip(
            candidates, search.outcomes(self.site, tried, search.here), strict=True
        ):
            if found is not None:
                for coefficient in self._coefficients(found - base, base):
                    yield new, coefficient

    def _powers(self, place: Place) -> Iterator[float]:
        """Yield the factors that give right derivatives, where these are not linear in the factor.

        In a loop, the derivatives depend on the powers of a factor.
        """
        search = self.search
        scaled = _times(place.value, ast.Constant(1), attribute_of_choice("coefficient"))
        code = search.code(self.site, [place.with_value(scaled)])
        if code is None:
            return

        def outcome(factor: float) -> Vector | None:
            search.choice.number, search.choice.coefficient = 0, factor
            return search.outcome(self.site, code, search.here)

        twice = outcome(2.0)
        once = search.given - place.without
        if twice is None or np.allclose(twice - place.without, 2 * once, rtol=1e-9, atol=0):
            return
        for some in search.wrong_parts:
            weights = (search.given - search.here.right)[some]

            def left(factor: float, some: Any = some, weights: Any = weights) -> float:
                found = outcome(factor)
                if found is None:
                    return math.nan
                return float(np.sum((found - search.here.right)[some] * weights))

            for start in STARTS:
                root = _root(left, start)
                if root is not None:
                    yield root
        search.choice.coefficient = 1.0

    def _coefficients(self, change: Vector, base: Vector) -> Iterator[float]:
        """Yield the multiples of a change that lead to right derivatives, of all or some inputs."""
        search, seen = self.search, set()
        missing = search.here.right - base
        for some in search.wrong_parts:
            size = float(np.sum(np.abs(change[some]) ** 2))
            if not np.isfinite(size) or not size:
                continue
            c = float(np.sum(change[some] * missing[some]) / size)
            near = np.abs(missing[some] - c * change[some]) <= search.here.tolerance[some]
            if c and near.all() and round(c, 9) not in seen:
                seen.add(round(c, 9))
                yield c


def _root(function: Callable[[float], float], start: float) -> float | None:
    """Return a zero of a function by the secant method; None if it finds none."""
    one, other = start, 1.05 * start
    before, now = function(one), function(other)
    for _ in range(12):
        if not math.isfinite(before + now) or before == now:
            return None
        one, other = other, other - now * (other - one) / (now - before)
        if abs(other - one) <= 1e-12 * abs(other):
            return other
        before, now = now, function(other)
    return None


def _is_copy(value: Any) -> bool:
    return isinstance(value, ast.Call) and getattr(value.func, "attr", "") == "copy"


def _times(value: Any, factor: Any, c: Any) -> Any:
    return expression("_0 * (_1) * _2", value, factor, c)


def _plus(value: Any, term: Any, c: Any) -> Any:
    return expression("_0 + _2 * (_1)", value, term, c)


def _written(make: Any, value: Any, new: Any, coefficient: str) -> Any:
    """Return a value with a factor or term in the form in which people write it."""
    c = expression(coefficient)
    if make is _times:
        if isinstance(new, ast.Constant):
            if coefficient.startswith("1 / "):
                return expression("_0 / _1", value, expression(coefficient[4:]))
            if coefficient == "1":  # the same numbers, but in another array
                return expression("_0.copy()", value)
            return (
                expression("-_0", value) if coefficient == "-1" else expression("_1 * _0", value, c)
            )
        if coefficient == "1":
            inverse = isinstance(new, ast.BinOp) and isinstance(new.op, ast.Div)
            if inverse and isinstance(new.left, ast.Constant):
                return expression("_0 / _1", value, new.right)
            return expression("_0 * _1", value, new)
        return expression("_2 * _0 * _1", value, new, c)
    if coefficient in ("1", "-1"):
        return expression("_0 + _1" if coefficient == "1" else "_0 - _1", value, new)
    if coefficient.startswith("-"):
        return expression("_0 - _2 * _1", value, new, expression(coefficient[1:]))
    return expression("_0 + _2 * _1", value, new, c)
