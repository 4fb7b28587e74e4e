"""Find the inputs whose derivative is wrong, among many, from few differences.

The mismatch along a direction is a sum over inputs. So that of one half of a group is known from
those of the group and of the other half, and what was found can be taken out of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.check.budget import Budget
from autograd.check.compare import compare
from autograd.check.finite_differences import RATIO, Array, Line, extrapolate
from autograd.check.progress import Progress
from autograd.check.settings import CAUTION
from autograd.check.state import Check

#: How many inputs to find, how many groups to measure, and for how many seconds.
MOST_FOUND, MOST_GROUPS, SECONDS = 20, 400, 5.0

#: The narrowest step in the search, and how many there are.
NARROWEST, LEVELS = 2.0**-12, 5


@dataclass(frozen=True)
class Mismatch:
    """The claimed derivative along a direction minus the numerical one."""

    value: float
    tolerance: float

    @property
    def is_wrong(self) -> bool:
        """Whether it is more than a rounding error."""
        return abs(self.value) > self.tolerance

    @property
    def is_clear(self) -> bool:
        """Whether its value has a digit."""
        return abs(self.value) > 10 * self.tolerance

    def __sub__(self, part: Mismatch) -> Mismatch:
        return Mismatch(self.value - part.value, self.tolerance + part.tolerance)


#: Takes the positions of inputs, and a mismatch that theirs may be a part of; returns theirs.
Measure = Callable[[Any, Mismatch], Mismatch]


class GroupSearch:
    """The search for single wrong inputs in groups that are wrong.

    Attributes
    ----------
    found : list of int
        The positions of wrong inputs.
    is_complete : bool
        Whether the others together are right.
    """

    def __init__(self, size: int, measure: Measure, progress: Progress) -> None:
        self.size = size
        self.measure = measure
        self.found: list[int] = []
        self.is_complete = False
        self.groups = 0
        progress.begin("Searching for wrong inputs", SECONDS)
        self.budget = Budget(SECONDS, lambda budget: progress.reach(budget.spent))

    def run(self, whole: Mismatch) -> None:
        """Search, given the mismatch of all inputs together."""
        everyone = np.arange(self.size)
        before = -1
        while whole.is_wrong and before < len(self.found) < MOST_FOUND and not self._is_over():
            before = len(self.found)
            self._descend(np.setdiff1d(everyone, self.found), whole)
            whole = self._measured(np.setdiff1d(everyone, self.found), whole)
        self.is_complete = bool(self.found) and not whole.is_wrong

    def _descend(self, positions: Any, mismatch: Mismatch) -> None:
        """Halve wrong groups, the smallest first, down to single inputs."""
        stack = [(positions, mismatch)]
        while stack and len(self.found) < MOST_FOUND and not self._is_over():
            positions, mismatch = stack.pop()
            if not mismatch.is_clear:
                mismatch = self._measured(positions, mismatch)
            if not mismatch.is_wrong:
                continue
            if len(positions) == 1:
                self.found.append(int(positions[0]))
                continue
            first, second = np.array_split(positions, 2)
            of_first = self._measured(first, mismatch)
            of_second = mismatch - of_first
            if not of_second.is_wrong and not of_first.is_wrong:
                of_second = self._measured(second, mismatch)
            halves = [(first, of_first), (second, of_second)]
            wrong = [half for half in halves if half[1].is_wrong]
            stack += sorted(wrong, key=lambda half: abs(half[1].value))

    def _measured(self, positions: Any, whole: Mismatch) -> Mismatch:
        self.groups += 1
        return self.measure(positions, whole)

    def _is_over(self) -> bool:
        return self.groups >= MOST_GROUPS or self.budget.is_over()


class Meter:
    """Measures the mismatch of groups of inputs along one direction.

    Parameters
    ----------
    check : Check
        The check.
    direction : ndarray
        The direction.
    claimed : ndarray
        The claimed derivatives of one result.
    row : int
        The number of the result.
    """

    def __init__(self, check: Check, direction: Array, claimed: Array, row: int) -> None:
        self.check = check
        self.direction = direction
        self.claimed = claimed
        self.row = row
        function = check.reference
        self.center = check.lines.rows(function.value(function.x))

    def measure(self, positions: Any, whole: Mismatch) -> Mismatch:
        """Return the mismatch of some inputs, by few evaluations if these are good enough."""
        part = np.zeros_like(self.direction)
        part[positions] = self.direction[positions]
        claim = float(self.claimed @ part)
        precision = self.check.reference.precision
        line = self.check.lines.along(part)
        for value, error in smooth_derivatives(line, self.center, precision):
            quick = Mismatch(claim - float(value[self.row]), CAUTION * float(error[self.row]))
            if quick.is_clear or quick.tolerance < 0.1 * abs(whole.value):
                return quick
        return min(quick, self._by_all_steps(part), key=lambda mismatch: mismatch.tolerance)

    def _by_all_steps(self, part: Array) -> Mismatch:
        claims = np.zeros((len(self.center), 1))
        claims[self.row] = self.claimed @ part
        case = self.check.case([self.check.lines.along(part)], [claims], lambda _: part)
        found = compare(case, thorough=True)[0]
        value = float(found.analytic[self.row, 0] - found.numeric[self.row, 0])
        if not np.isfinite(value):
            return Mismatch(0.0, np.inf)
        return Mismatch(value, float(found.tolerance[self.row, 0]))


def smooth_derivatives(
    line: Line, center: Array, precision: float
) -> Iterator[tuple[Array, Array]]:
    """Yield better and better derivatives of functions along a line, with their errors.

    The first takes four evaluations, each other one two more, with wider steps: these resolve small
    derivatives of large results. Where the functions are not smooth the errors stay large.
    """
    steps, quotients, floors = (
        np.zeros(0),
        np.zeros((0, *center.shape)),
        np.zeros((0, *center.shape)),
    )
    for level in range(LEVELS):
        wanted = NARROWEST * RATIO**level
        (to, above), (back, below) = line(wanted), line(-wanted)
        width = to - back
        size = np.fmax(np.fmax(np.abs(above), np.abs(below)), np.abs(center))
        steps = np.append(width / 2, steps)
        quotients = np.vstack([(above - below) / width, quotients])
        floors = np.vstack([4 * precision * size / width, floors])
        if level:
            values, errors = extrapolate(steps**2, quotients, floors)
            best = np.argmin(np.where(np.isfinite(errors), errors, np.inf), axis=0)[None]
            yield np.take_along_axis(values, best, 0)[0], np.take_along_axis(errors, best, 0)[0]
