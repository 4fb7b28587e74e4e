"""Compute the coefficient of a missing factor or term, by matching what is wrong."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.check.arrays import Vector
from autograd.check.explain.repair.mutations import Variant
from autograd.check.explain.repair.recompile import attribute_of_choice
from autograd.check.explain.repair.statements import Site
from autograd.check.explain.repair.syntax import Path, at, expression, replaced
from autograd.check.explain.repair.terms import (
    MOST_TRIED,
    coefficient_texts,
    factors,
    places,
    terms,
)
from autograd.check.explain.repair.vocabulary import Vocabulary

if TYPE_CHECKING:
    from autograd.check.explain.repair.search import Search


#: What to say of an array that has two names.
COPY = "a copy: the array has another name, and is changed in place"

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
    search : Search
        The search that this is a part of.
    around : Vocabulary
        The values at the statement.
    """

    def __init__(self, search: Search, around: Vocabulary) -> None:
        self.search = search
        self.around = around
        self.site = around.site

    def places(self) -> Iterator[Place]:
        """Yield the values that influence all derivatives that are wrong."""
        search, seen = self.search, set()
        for path in places(self.site.node):
            value = at(self.site.node, path)
            if path in seen or not isinstance(value, ast.expr):
                continue
            seen.add(path)
            noisy = expression("_1(_0)", value, attribute_of_choice("disturbed"))
            nothing = expression("_0 * 0.0", value)
            tried = [replaced(self.site.node, path, new) for new in (noisy, nothing)]
            found = list(search.outcomes(self.site, tried, search.here))
            if found[0] is None or found[1] is None or not np.isfinite(found[1]).all():
                continue
            still = search.wrong & (found[0] == search.given)
            if not search.corrigible(still):
                continue
            yield Place(self.site, path, value, np.shape(search.choice.seen), found[1])

    def variants(self) -> Iterator[Variant]:
        """Yield the statements with a factor or term whose coefficient fits."""
        for place in self.places():
            for make, candidates, base in (
                (_times, factors(self.around, place.shape), place.without),
                (_plus, terms(self.around, place.shape, place.value), self.search.given),
            ):
                some = list(islice(candidates, MOST_TRIED))
                for new, c in self._fitting(place, make, some, base):
                    kind = "a factor" if make is _times else "a term"
                    for number, text in enumerate(islice(coefficient_texts(c, self.around), 8)):
                        written = _written(make, place.value, new, text)
                        inside = 0.5 * any(name in _INSIDE for name, _ in place.path)
                        cost = 1 + 0.1 * number + inside
                        note = COPY if _is_copy(written) else ""
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
