"""Weigh what ladders of steps, wide and narrow, say about one derivative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograd.check.finite_differences import Array, Estimate, Line, differentiate
from autograd.check.verdicts import DISCONTINUOUS, KINK, NOT_FINITE, OK, UNRESOLVED, WRONG

#: Numeric, error, tolerance, and left and right where they matter.
Numbers = tuple[float, ...]

#: Differences are trusted within so many times their estimated error.
CAUTION = 10

#: Up to this relative error an estimate is sure enough to judge by.
SURE = 1e-2


@dataclass(frozen=True)
class Reading:
    """A derivative as steps of some range show it."""

    value: float
    tolerance: float  # CAUTION times the estimated error
    rounded: bool  # whether the function is rounded so coarsely that narrow steps show nothing

    @property
    def doubt(self) -> float:
        """How large the tolerance is beside the value; 1 where nothing is known of it."""
        return min(self.tolerance / abs(self.value), 1.0) if self.value else 1.0

    def overrules(self, wider: Reading) -> bool:
        """Return whether it shows for sure that the function is another on a smaller scale."""
        apart = abs(self.value - wider.value)
        size = max(abs(self.value), abs(wider.value))
        sure = self.tolerance <= SURE * size and not (self.rounded and self.value == 0)
        return sure and apart > self.tolerance + wider.tolerance and apart > 0.05 * size


class Evidence:
    """What is known of the derivatives along one line."""

    def __init__(self, line: Line, center: Array, precision: float, rtol: float) -> None:
        self.line = line
        self.center = center
        self.precision = precision
        self.rtol = rtol
        self.estimates: list[Estimate] = []

    def look(self, zoom: float) -> None:
        """Go down a ladder of steps."""
        self.estimates.append(differentiate(self.line, self.center, self.precision, zoom))

    @property
    def size(self) -> Array:
        """The largest values met with."""
        return self.estimates[0].size

    @property
    def quantum(self) -> Array:
        """The step in which the values are rounded, where that is coarser than their type."""
        return self.estimates[0].quantum

    def judge(self, row: int, claim: float, largest: float) -> tuple[int, Numbers]:
        """Return a verdict on a claimed derivative, and the numbers it rests on.

        Parameters
        ----------
        row : int
            Which of the functions.
        claim : float
            Its derivative along the line, as somebody claims.
        largest : float
            The largest of the derivatives that this one is among.
        """
        first: tuple[int, Numbers] | None = None
        readings: list[Reading] = []
        for estimate in self.estimates:
            special = self._special(estimate, row, claim)
            if special is None:
                readings += _readings(estimate, row)
            elif special[0] == KINK:
                return special
            elif first is None:
                first = special
        if not readings:
            return first or (NOT_FINITE, (np.nan, np.inf, 0.0))
        return self._against(_most_telling(readings), claim, largest)

    def _special(self, estimate: Estimate, row: int, claim: float) -> tuple[int, Numbers] | None:
        """Say what keeps the function from having a plain derivative here, if anything does."""
        value, error = (float(part[row]) for part in estimate.best())
        left, right = float(estimate.left[row]), float(estimate.right[row])
        if estimate.jump[row]:
            return DISCONTINUOUS, (value, error, CAUTION * error, left, right)
        if not np.isfinite(claim) or not np.isfinite(self.center[row]):
            return NOT_FINITE, (value, error, 0.0, left, right)
        if estimate.vertical[row]:
            return NOT_FINITE, (np.inf, np.inf, 0.0, left, right)
        if estimate.kink[row]:
            slack = 1e-4 * max(abs(left), abs(right))
            low, high = min(left, right) - slack, max(left, right) + slack
            verdict = KINK if low <= claim <= high else WRONG
            return verdict, ((left + right) / 2, error, (high - low) / 2, left, right)
        return None

    def _against(self, reading: Reading, claim: float, largest: float) -> tuple[int, Numbers]:
        size = max(abs(claim), abs(reading.value))
        tolerance = reading.tolerance + self.rtol * size + 64 * self.precision * largest
        numbers = (reading.value, reading.tolerance / CAUTION, tolerance)
        if abs(claim - reading.value) > tolerance:
            return WRONG, numbers
        sure = max(SURE, 50 * self.precision ** (1 / 3)) * size
        sure = max(sure, self.precision**0.36 * largest)  # or small beside the others
        return (OK if tolerance <= sure else UNRESOLVED), numbers


def _readings(estimate: Estimate, row: int) -> list[Reading]:
    """Return what each range of steps says, wide ones first."""
    pairs = zip(estimate.values[:, row], estimate.errors[:, row], strict=True)
    rounded = bool(estimate.quantum[row] > 0)
    return [
        Reading(float(value), CAUTION * float(error), rounded)
        for value, error in pairs
        if np.isfinite(value) and np.isfinite(error)
    ]


def _most_telling(readings: list[Reading]) -> Reading:
    """Choose the surest; but what narrower steps say for sure overrules what wider ones say."""
    best = readings[0]
    for reading in readings[1:]:
        surer = (reading.doubt, reading.tolerance) < (best.doubt, best.tolerance)
        if surer or reading.overrules(best):
            best = reading
    return best
