"""Compare derivatives with finite differences, spending evaluations only where they are needed.

Most derivatives agree with a single central difference of a good step, and are done. What does
not gets a second one, and if that is not conclusive a whole ladder of steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.check.finite_differences import Array, Line
from autograd.check.step_sizes import CAUTION, SURE, Evidence
from autograd.check.verdicts import KINK, OK, UNRESOLVED, WRONG

#: After so many columns that are wrong or unclear the others are judged more cheaply.
MOST_LADDERS = 50

#: Steps of the ladders, as multiples of the usual ones: to look again, closer.
ZOOMS = (1.0, 2.0**-20)


@dataclass
class Judgement:
    """Matrices of one comparison: a row for each result, a column for each line."""

    analytic: Array
    numeric: Array
    error: Array
    tolerance: Array
    verdict: npt.NDArray[np.int8]
    left: Array
    right: Array

    @classmethod
    def blank(cls, analytic: Array, verdict: int = OK) -> Judgement:
        """Return a judgement of the right shape with nothing in it."""
        nan = [np.full(analytic.shape, np.nan) for _ in range(5)]
        return cls(
            analytic, nan[0], nan[1], nan[2], np.full(analytic.shape, verdict, np.int8), *nan[3:]
        )

    def set(self, place: tuple[int, int], verdict: int, numbers: Sequence[float]) -> None:
        """Write one comparison: verdict; numeric, error, tolerance, and left and right if known."""
        self.verdict[place] = verdict
        matrices = (self.numeric, self.error, self.tolerance, self.left, self.right)
        for matrix, number in zip(matrices, numbers, strict=False):
            matrix[place] = number


@dataclass
class Case:
    """What is to be judged.

    Attributes
    ----------
    lines : sequence of Line
        For each column the results along it; a step of 1 is a change that matters.
    center : ndarray
        The results at the inputs.
    claims : list of ndarray
        Derivatives along the lines, with respect to their steps.
    precision : float
        The relative rounding error of the results.
    rtol : float
        The relative difference that is accepted beyond the estimated error.
    imaginary : callable
        Returns the derivatives along a line by a complex step, or None where that is impossible.
    rounding : callable
        Returns for each claim how much rounding of the inputs changes it.
    """

    lines: Sequence[Line]
    center: Array
    claims: list[Array]
    precision: float
    rtol: float
    imaginary: Callable[[int], Array | None]
    rounding: Callable[[], list[Array]]


class Judge:
    """Judges a case; see `judge`."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.judgements = [Judgement.blank(claim) for claim in case.claims]
        shape = (len(case.center), len(case.lines))
        self.central = np.full(shape, np.nan)
        self.done = [np.zeros(shape, bool) for _ in case.claims]
        self.noise: list[Array] | None = None
        self.extrapolated = [np.full(shape, np.nan), np.full(shape, np.nan)]  # and its tolerance
        self.unclear = 0  # how many columns went down the ladders and were not found right
        self.hurried = 0  # how many after that did not go

    def run(self) -> list[Judgement]:
        """Judge everything, cheapest first."""
        with np.errstate(all="ignore"):
            self._by_two_points()
            for column in self._open_columns():
                if self.unclear < MOST_LADDERS:
                    self._by_ladders(column)
                else:
                    self._by_what_is_known(column)
        return self.judgements

    def _open_columns(self) -> list[int]:
        return [int(c) for c in np.flatnonzero(~np.all(self.done, axis=0).all(axis=0))]

    # -- first a central difference, then a second, for all columns at once -----------------

    def _by_two_points(self) -> None:
        case = self.case
        step = case.precision ** (1 / 3)
        quotients, floors, bends = self._quotients(range(len(case.lines)), step)
        self.central = quotients
        for judgement, claim, done in zip(self.judgements, case.claims, self.done, strict=True):
            size = np.maximum(np.abs(claim), np.abs(quotients))
            tolerance = case.rtol * size + floors
            # Nothing moves, and what rounding might hide is small beside the other derivatives.
            hidden = floors <= case.precision**0.4 * self._largest(claim)
            constant = (claim == 0) & (quotients == 0) & (bends == 0) & hidden
            resolved = (floors <= 1e-3 * size) & (bends <= 1e-3 * size + 8 * floors)
            near = (np.abs(claim - quotients) <= tolerance) & np.isfinite(tolerance)
            good = constant | (resolved & near)
            done |= good
            self._write(judgement, good, OK, quotients, floors, tolerance)
        self._by_four_points(step, quotients, floors, bends)

    def _by_four_points(self, step: float, narrow: Array, floors: Array, bends: Array) -> None:
        columns = self._open_columns()
        if not columns:
            return
        wide, _, wide_bends = self._quotients(columns, 8 * step)
        narrow, floors, bends = narrow[:, columns], floors[:, columns], bends[:, columns]
        extrapolated = narrow + (narrow - wide) / 63
        error = np.abs(extrapolated - narrow) + 2 * floors
        self.extrapolated[0][:, columns] = extrapolated
        self.extrapolated[1][:, columns] = CAUTION * error
        for judgement, claims, done in zip(
            self.judgements, self.case.claims, self.done, strict=True
        ):
            claim, open_ = claims[:, columns], ~done[:, columns]
            size = np.maximum(np.abs(claim), np.abs(extrapolated))
            tolerance = self.case.rtol * size + CAUTION * error
            smooth = (bends <= 1e-2 * size) & (wide_bends <= 1e-1 * size)
            clear = open_ & smooth & (tolerance <= 1e-4 * size) & np.isfinite(tolerance)
            apart = np.abs(claim - extrapolated)
            good = clear & (apart <= tolerance)
            sure = tolerance <= 1e-4 * np.abs(extrapolated)
            bad = clear & sure & (apart > 1e2 * tolerance)
            # The bend of a smooth function grows with the step, that of a kink does not.
            bent = open_ & (np.abs(wide_bends - bends) <= 1e-3 * bends) & (bends > 1e4 * floors)
            between = np.abs(claim - narrow) <= (0.5 + 1e-4) * bends
            done[:, columns] |= good | bad | (bent & between)
            matrices = (self.extrapolated[0], _spread(error, done, columns), self.extrapolated[1])
            self._write(judgement, _spread(good, done, columns), OK, *matrices)
            self._write(judgement, _spread(bad, done, columns), WRONG, *matrices)
            kinks = _spread(bent & between, done, columns)
            half = _spread(bends / 2, done, columns)
            middle = _spread(narrow, done, columns)
            self._write(judgement, kinks, KINK, middle, _spread(floors, done, columns), half)
            judgement.left[kinks] = (middle - half)[kinks]
            judgement.right[kinks] = (middle + half)[kinks]

    def _quotients(self, columns: Sequence[int], step: float) -> tuple[Array, Array, Array]:
        """Return central quotients, their rounding errors, and how far left and right differ."""
        center, lines = self.case.center, self.case.lines
        rows = len(center)
        right, left = np.empty((len(columns), rows)), np.empty((len(columns), rows))
        right_steps, left_steps = np.empty((len(columns), 1)), np.empty((len(columns), 1))
        for i, column in enumerate(columns):
            right_steps[i], right[i] = lines[column](step)
            left_steps[i], left[i] = lines[column](-step)
        sizes = np.maximum(np.maximum(np.abs(right), np.abs(left)), np.abs(center))
        width = right_steps - left_steps
        quotients = (right - left) / width
        floors = 4 * self.case.precision * sizes / width
        bends = np.abs((right - center) / right_steps - (left - center) / left_steps)
        return quotients.T, floors.T, bends.T

    @staticmethod
    def _write(
        judgement: Judgement, mask: npt.NDArray[np.bool_], verdict: int, *numbers: Array
    ) -> None:
        judgement.verdict[mask] = verdict
        matrices = (judgement.numeric, judgement.error, judgement.tolerance)
        for matrix, values in zip(matrices, numbers, strict=True):
            matrix[mask] = values[mask]

    # -- then, for what is left, ladders of steps -------------------------------------------

    def _by_ladders(self, column: int) -> None:
        case = self.case
        pending = {
            (k, int(row)): WRONG
            for k, done in enumerate(self.done)
            for row in np.flatnonzero(~done[:, column])
        }
        largest = [self._largest(claims) for claims in case.claims]
        evidence = Evidence(case.lines[column], case.center, case.precision, case.rtol)
        for zoom in ZOOMS:
            evidence.look(zoom)
            for k, row in list(pending):
                claim = float(case.claims[k][row, column])
                verdict, numbers = evidence.judge(row, claim, float(largest[k][row, 0]))
                self.judgements[k].set((row, column), verdict, numbers)
                pending[k, row] = verdict
                if verdict in (OK, KINK):
                    del pending[k, row]
            if not pending:
                return
        self.unclear += 1
        self._settle(pending, column, evidence)

    def _by_what_is_known(self, column: int) -> None:
        """Judge by two differences alone, once enough is wrong."""
        self.hurried += 1
        numeric, tolerance = (matrix[:, column] for matrix in self.extrapolated)
        for judgement, claims, done in zip(
            self.judgements, self.case.claims, self.done, strict=True
        ):
            for row in np.flatnonzero(~done[:, column]):
                allowed = float(tolerance[row] + self.case.rtol * abs(numeric[row]))
                near = abs(claims[row, column] - numeric[row]) <= allowed
                sure = allowed <= SURE * abs(numeric[row])
                verdict = (OK if sure else UNRESOLVED) if near else WRONG
                numbers = (float(numeric[row]), allowed / CAUTION, allowed)
                judgement.set((int(row), column), verdict, numbers)

    def _largest(self, claims: Array) -> Array:
        """Return for each result the largest of its derivatives, claimed or found."""
        sizes = np.abs(np.hstack([claims, self.central]))
        finite = np.where(np.isfinite(sizes), sizes, 0.0)
        largest: Array = np.max(finite, axis=1, initial=0.0, keepdims=True)
        return largest

    def _settle(self, pending: dict[tuple[int, int], int], column: int, evidence: Evidence) -> None:
        """Give what still disagrees its last chances: a complex step, rounding, being zero."""
        case = self.case
        exact = case.imaginary(column)
        if self.noise is None:
            self.noise = case.rounding()
        for (k, row), verdict in pending.items():
            if verdict in (WRONG, UNRESOLVED):
                step = np.nan if exact is None else float(exact[row])
                if not self._confirmed(k, row, column, step):
                    self._allow_for_rounding(k, row, column, evidence)

    def _confirmed(self, k: int, row: int, column: int, step: float) -> bool:
        """Return whether the derivative by a complex step, if it is one, confirms the claim."""
        judgement, place = self.judgements[k], (row, column)
        claim, numeric = float(judgement.analytic[place]), float(judgement.numeric[place])
        verdict = int(judgement.verdict[place])
        if not abs(step - numeric) <= judgement.tolerance[place]:
            return False
        # It has rounding errors of its own, which show where differences resolve nothing.
        loose = SURE if verdict == UNRESOLVED else self.case.rtol
        allowed = loose * max(abs(step), abs(claim))
        near = abs(step - claim) <= allowed
        judgement.set(place, OK if near else verdict, (step, allowed / CAUTION, allowed))
        return near

    def _allow_for_rounding(self, k: int, row: int, column: int, evidence: Evidence) -> None:
        """Accept what differs by no more than rounding makes of the claim itself, or of zero."""
        assert self.noise is not None
        judgement, place = self.judgements[k], (row, column)
        claim, numeric, error, tolerance = (
            float(m[place])
            for m in (judgement.analytic, judgement.numeric, judgement.error, judgement.tolerance)
        )
        noise = 4 * float(np.max(self.noise[k][row], initial=0.0))
        # Beside other results, what is zero but for rounding is of no account.
        smallest = self.case.precision**0.58 * float(np.max(evidence.size))
        step = float(evidence.quantum[row])
        unseen = abs(claim) <= step and abs(numeric) <= step  # less than a step of its rounding
        if not abs(claim - numeric) <= tolerance + noise and not unseen:
            return
        negligible = unseen or (abs(claim) <= smallest and tolerance <= 1e6 * smallest)
        steady = noise > tolerance and noise <= SURE * abs(claim)
        verdict = OK if negligible or steady else UNRESOLVED
        judgement.set(place, verdict, (numeric, error, tolerance + noise))


def _spread(part: Any, like: Array, columns: list[int]) -> Any:
    """Put columns into a matrix of zeros of the whole size."""
    whole = np.zeros(like.shape, part.dtype)
    whole[:, columns] = part
    return whole


def judge(case: Case, notes: list[str] | None = None) -> list[Judgement]:
    """Return a judgement for each claim of a case; what else there is to say is noted."""
    judge = Judge(case)
    judgements = judge.run()
    if judge.hurried and notes is not None:
        notes.append(
            f"After {MOST_LADDERS} inputs that were wrong or unclear, {judge.hurried} more were "
            "judged by four evaluations each."
        )
    return judgements
