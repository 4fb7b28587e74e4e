"""What a backward pass returns with one of its statements changed, and what that corrects."""

from __future__ import annotations

import functools
import time
import types
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.check.arrays import Vector
from autograd.check.checked_function import CheckedFunction
from autograd.check.explain.reference import Reference
from autograd.check.explain.repair.backward import Backward
from autograd.check.explain.repair.oracle import Oracle, Point
from autograd.check.explain.repair.recompile import Choice, with_variants
from autograd.check.explain.repair.repairs import NOTHING, Corrected
from autograd.check.explain.repair.statements import Site
from autograd.check.explain.repair.trial import Laboratory, patched
from autograd.check.state import Check

#: Seconds for the whole search, and how many variants one code holds.
SECONDS, MOST_VARIANTS = 4.0, 256


class Outcomes:
    """Runs a backward pass with changed statements.

    Parameters
    ----------
    check : Check
        A check that found a wrong derivative.
    reference : Reference
        The right derivatives.

    Attributes
    ----------
    choice : Choice
        Which of several statements in one code is executed.
    laboratory : Laboratory
        Where code runs that may do anything; set by who opens it.
    here : Point
        The inputs, with the right derivatives.
    given : ndarray or None
        The derivatives by the pass as it is; None if it fails.
    late : bool
        Whether something was left out because the time was up.
    tried : int
        How many changed passes have run.
    """

    laboratory: Laboratory

    def __init__(self, check: Check, reference: Reference) -> None:
        self.check = check
        self.backward = Backward(check)
        self.oracle = Oracle(check, reference)
        self.late = False
        self.tried = 0
        self.choice = Choice()
        self.budget = check.budget.part(SECONDS)
        self.waiting: set[int] = set()

    def prepare(self, here: Point) -> None:
        """Note the right derivatives here, and those that the pass returns as it is."""
        self.here = here
        self.parts = {leaf.path: leaf.slice for leaf in self.check.function.inputs}
        started = time.monotonic()
        self.given = self.laboratory.run(lambda: self.backward.matrix(here))
        if self.given is not None:
            self.wrong = here.wrong(self.given)
            self.right = here.right_in(self.given, self.parts)
            self.wrong_parts = self._wrong_parts()
        seconds = time.monotonic() - started
        self.laboratory.seconds = max(0.25, 20 * seconds)
        self.others = [
            point
            for point in self.laboratory.run(self.oracle.elsewhere) or []
            if self.laboratory.run(functools.partial(self.backward.matrix, point)) is not None
        ]
        self.backward.learn_memory(self.laboratory, here)

    def _wrong_parts(self) -> list[Any]:
        """Return the derivatives that are wrong, of all inputs and then of each, as masks."""
        found = [self.wrong]
        if self.here.directions is None and self.check.function.size:
            rows = self.wrong.reshape(-1, self.here.x.size)
            for part in self.parts.values():
                mask = np.zeros(rows.shape, bool)
                mask[:, part] = rows[:, part]
                if mask.any() and not np.array_equal(mask, rows):
                    found.append(mask.reshape(-1))
        return found

    def corrigible(self, fixed: Any) -> bool:
        """Return whether a change that leaves some derivatives as they are may correct others."""
        return any(not (fixed & part).any() for part in self.wrong_parts)

    def outcomes(self, site: Site, nodes: Sequence[Any], point: Point) -> Iterator[Vector | None]:
        """Yield the derivatives with each of several statements; None where one fails."""
        for first in range(0, len(nodes), MOST_VARIANTS):
            yield from self._outcomes(site, nodes[first : first + MOST_VARIANTS], point)

    def _outcomes(self, site: Site, nodes: Sequence[Any], point: Point) -> Iterator[Vector | None]:
        code = self.code(site, nodes)
        if code is None and len(nodes) > 1:
            middle = len(nodes) // 2
            yield from self._outcomes(site, nodes[:middle], point)
            yield from self._outcomes(site, nodes[middle:], point)
            return
        for number in range(len(nodes)):
            self.choice.number = number
            timely = not self.is_over()
            yield self.outcome(site, code, point) if timely and code is not None else None

    def is_over(self) -> bool:
        """Return whether time is up, or nothing may be tried any more."""
        self.late |= self.budget.is_over() or bool(self.laboratory.refused)
        return self.late

    def code(self, site: Site, nodes: Sequence[Any]) -> types.CodeType | None:
        """Return the code of a function in which one of several statements is executed."""
        tree = with_variants(site.source.tree, site.path, nodes)
        return site.source.changed(tree, self.choice)

    def outcome(self, site: Site, code: types.CodeType, point: Point) -> Vector | None:
        """Return the derivatives by a changed function at a point; None if it fails.

        A statement that once waited for something in vain is not tried again.
        """
        if id(site) in self.waiting:
            return None
        self.tried += 1
        source, barks = site.source, self.laboratory.watchdog.barks
        found: Vector | None = self.laboratory.run(
            lambda: self.backward.matrix(point, lambda: patched(source, code), bool(source.holders))
        )
        if self.laboratory.watchdog.barks > barks:
            self.waiting.add(id(site))
        return found

    def corrected(self, site: Site, code: types.CodeType) -> Corrected:
        """Return which derivatives a change corrects.

        A change that spoils another derivative, or the function, corrects none.
        """
        misses = 0
        found = self.outcome(site, code, self.here)
        right = self.here.right_in(found, self.parts)
        if found is None or not right > self.right:
            return NOTHING
        for point in self.others:
            there = point.right_in(self.outcome(site, code, point), self.parts)
            if point.near:
                right &= there
            else:
                misses += not there >= right
            if not right > self.right:
                return NOTHING
        if not self._keeps_function(site, code):
            return NOTHING
        still = self.wrong & self.here.wrong(found)
        alone = np.array_equal(found[still], self.given[still], equal_nan=True)
        return Corrected(right - self.right, misses, alone)

    def _keeps_function(self, site: Site, code: types.CodeType) -> bool:
        """Return whether a change leaves the function alone, if the two share code."""
        function: CheckedFunction = self.check.function

        def values() -> Any:
            with patched(site.source, code):
                return function.value(self.here.x)

        found = self.laboratory.run(values)
        return found is not None and np.array_equal(found, self.check.center, equal_nan=True)
