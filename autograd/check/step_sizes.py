"""Decide on one derivative by finite differences with steps of all sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograd.check.finite_differences import (
    FIRST_STEP,
    Array,
    Line,
    LineDerivatives,
    Samples,
)
from autograd.check.settings import CAUTION, SURE
from autograd.check.verdicts import DISCONTINUOUS, KINK, NOT_FINITE, OK, UNRESOLVED, WRONG

#: Numeric, error, tolerance; at a kink or a jump also left and right.
Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Estimate:
    """A derivative according to one range of steps."""

    value: float
    tolerance: float  # CAUTION times the estimated error
    rounded: bool  # whether the function rounds so coarsely that narrow steps see no change

    @property
    def doubt(self) -> float:
        """The tolerance relative to the value, at most 1."""
        return min(self.tolerance / abs(self.value), 1.0) if self.value else 1.0

    def overrules(self, wider: Estimate) -> bool:
        """Return whether it proves that the function behaves differently on a smaller scale."""
        apart = abs(self.value - wider.value)
        size = max(abs(self.value), abs(wider.value))
        sure = self.tolerance <= SURE * size and not (self.rounded and self.value == 0)
        return sure and apart > self.tolerance + wider.tolerance and apart > 0.05 * size


class Estimates:
    """Estimates of the derivatives along one line.

    Parameters
    ----------
    line, center, precision
        As `differentiate` takes them.
    claim_precision : float
        The relative rounding error of the claims.
    rtol : float
        The relative difference to accept beyond the estimated error.
    noise : callable
        Returns the largest change of one function that may be rounding alone.
    """

    def __init__(
        self,
        line: Line,
        center: Array,
        precision: float,
        claim_precision: float,
        rtol: float,
        noise: Callable[[int], float],
    ) -> None:
        self.line = line
        self.center = center
        self.precision = precision
        self.claim_precision = claim_precision
        self.rtol = rtol
        self.noise = noise
        self.samples: list[Samples] = []
        self.found: list[LineDerivatives] = []

    def look(self, zoom: float) -> None:
        """Take differences with steps of all sizes, times a factor, if the inputs resolve them."""
        if zoom < 1 and not self.line(zoom * FIRST_STEP * self.precision**0.5)[0]:
            return
        self.samples.append(Samples.of(self.line, self.center, self.precision, zoom))
        self.found.append(self.samples[-1].derivatives())

    @property
    def size(self) -> Array:
        """The largest magnitude of the values."""
        return self.found[0].size

    @property
    def quantum(self) -> Array:
        """The step to which the function rounds its values; 0 if only their type does."""
        return self.found[0].quantum

    @property
    def spread(self) -> Array:
        """The largest distance of the values from those at the origin."""
        return self.found[0].spread

    @property
    def flattest(self) -> Array:
        """The same on the side where it is smaller."""
        return self.found[0].flattest

    def is_flat(self, row: int) -> bool:
        """Return whether a function changes only by rounding along the whole line."""
        return float(self.spread[row]) <= self.noise(row)

    def compare(
        self, row: int, claim: float, largest: float, noise: float = 0.0
    ) -> tuple[int, Numbers]:
        """Compare a claimed derivative; return the verdict and the numbers it is based on.

        Parameters
        ----------
        row : int
            The number of the function.
        claim : float
            Its claimed derivative along the line.
        largest : float
            The largest derivative of the same function.
        noise : float
            A rounding error of the values beyond that of their type.
        """
        first: tuple[int, Numbers] | None = None
        estimates: list[Estimate] = []
        every = [each.derivatives(noise) for each in self.samples] if noise else self.found
        for found in every:
            special = self._special(found, row, claim)
            if special is None:
                estimates += _estimates(found, row)
            elif special[0] == KINK:
                return special
            elif first is None:
                first = special
        if not estimates:
            return first or (NOT_FINITE, (np.nan, np.inf, 0.0))
        return self._against(_best(estimates), claim, largest)

    def _special(
        self, found: LineDerivatives, row: int, claim: float
    ) -> tuple[int, Numbers] | None:
        """Return the verdict if the function is not differentiable here; else None."""
        value, error = (float(part[row]) for part in found.best())
        left, right = float(found.left[row]), float(found.right[row])
        if found.jump[row] and not self.is_flat(row):
            return DISCONTINUOUS, (value, error, CAUTION * error, left, right)
        if not np.isfinite(claim) or not np.isfinite(self.center[row]):
            return NOT_FINITE, (value, error, 0.0, left, right)
        if found.vertical[row]:
            return NOT_FINITE, (np.inf, np.inf, 0.0, left, right)
        if found.kink[row]:
            slack = 1e-4 * max(abs(left), abs(right))
            low, high = min(left, right) - slack, max(left, right) + slack
            verdict = KINK if low <= claim <= high else WRONG
            return verdict, ((left + right) / 2, error, (high - low) / 2, left, right)
        return None

    def _against(self, estimate: Estimate, claim: float, largest: float) -> tuple[int, Numbers]:
        size = max(abs(claim), abs(estimate.value))
        tolerance = estimate.tolerance + self.rtol * size + 64 * self.claim_precision * largest
        numbers = (estimate.value, estimate.tolerance / CAUTION, tolerance)
        if abs(claim - estimate.value) > tolerance:
            return WRONG, numbers
        return (OK if tolerance <= self.sure(size, largest) else UNRESOLVED), numbers

    def sure(self, size: float, largest: float) -> float:
        """Return the largest error with which a derivative of some size is decided."""
        relative = max(SURE, 50 * float(self.precision ** (1 / 3))) * size
        return max(
            relative, float(self.claim_precision**0.36) * largest
        )  # or small beside the others


def _estimates(found: LineDerivatives, row: int) -> list[Estimate]:
    """Return the estimates of each range of steps, wide ones first."""
    pairs = zip(found.values[:, row], found.errors[:, row], strict=True)
    rounded = bool(found.quantum[row] > 0)
    return [
        Estimate(float(value), CAUTION * float(error), rounded)
        for value, error in pairs
        if np.isfinite(value) and np.isfinite(error)
    ]


def _best(estimates: list[Estimate]) -> Estimate:
    """Return the most certain estimate; a certain one of narrower steps overrules wider ones."""
    best = estimates[0]
    for estimate in estimates[1:]:
        surer = (estimate.doubt, estimate.tolerance) < (best.doubt, best.tolerance)
        if surer or estimate.overrules(best):
            best = estimate
    return best
