"""Compare derivatives with finite differences, spending evaluations only where they are needed.

Most derivatives agree with a single central difference of a good step, and are done. What does
not gets a second one, and if that is not conclusive a whole ladder of steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from autograd.check.finite_differences import Array, Estimate, Line, differentiate

OK, KINK, UNRESOLVED, WRONG, NOT_FINITE, DISCONTINUOUS, RANDOM, MISSHAPEN = range(8)

VERDICTS = (
    "ok",
    "kink",
    "unresolved",
    "WRONG",
    "not finite",
    "discontinuous",
    "not deterministic",
    "wrong shape",
)

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
        self.sizes = np.abs(case.center)

    def run(self) -> list[Judgement]:
        """Judge everything, cheapest first."""
        with np.errstate(all="ignore"):
            self._by_two_points()
            for column in np.flatnonzero(~np.all(self.done, axis=0).all(axis=0)):
                self._by_ladders(int(column))
        return self.judgements

    # -- first a central difference, then a second, for all columns at once -----------------

    def _by_two_points(self) -> None:
        case = self.case
        step = case.precision ** (1 / 3)
        quotients, floors, bends = self._quotients(range(len(case.lines)), step)
        self.central = quotients
        for judgement, claim, done in zip(self.judgements, case.claims, self.done, strict=True):
            size = np.maximum(np.abs(claim), np.abs(quotients))
            tolerance = case.rtol * size + floors
            constant = (claim == 0) & (quotients == 0) & (bends == 0)
            resolved = (floors <= 1e-3 * size) & (bends <= 1e-3 * size + 8 * floors)
            near = (np.abs(claim - quotients) <= tolerance) & np.isfinite(tolerance)
            good = constant | (resolved & near)
            done |= good
            self._write(judgement, good, OK, quotients, floors, tolerance)
        self._by_four_points(step, quotients, floors, bends)

    def _by_four_points(self, step: float, narrow: Array, floors: Array, bends: Array) -> None:
        columns = np.flatnonzero(~np.all(self.done, axis=0).all(axis=0))
        if not columns.size:
            return
        wide, _, wide_bends = self._quotients([int(c) for c in columns], 8 * step)
        narrow, floors, bends = narrow[:, columns], floors[:, columns], bends[:, columns]
        extrapolated = narrow + (narrow - wide) / 63
        error = np.abs(extrapolated - narrow) + 2 * floors
        for judgement, claims, done in zip(
            self.judgements, self.case.claims, self.done, strict=True
        ):
            claim, finished = claims[:, columns], done[:, columns]
            size = np.maximum(np.abs(claim), np.abs(extrapolated))
            tolerance = self.case.rtol * size + 10 * error
            smooth = (bends <= 1e-2 * size) & (wide_bends <= 1e-1 * size)
            clear = ~finished & smooth & (tolerance <= 1e-4 * size) & np.isfinite(tolerance)
            good = clear & (np.abs(claim - extrapolated) <= tolerance)
            sure = tolerance <= 1e-4 * np.abs(extrapolated)
            bad = clear & sure & (np.abs(claim - extrapolated) > 1e2 * tolerance)
            done[:, columns] |= good | bad
            for mask, verdict in ((good, OK), (bad, WRONG)):
                whole = np.zeros(done.shape, bool)
                whole[:, columns] = mask
                matrices = []
                for part in (extrapolated, error, tolerance):
                    matrix = np.zeros(done.shape)
                    matrix[:, columns] = part
                    matrices.append(matrix)
                self._write(judgement, whole, verdict, *matrices)

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
        for zoom in ZOOMS:
            estimate = differentiate(case.lines[column], case.center, case.precision, zoom)
            if zoom == ZOOMS[0]:
                self.sizes = estimate.size
            for k, row in list(pending):
                verdict, numbers = self._classify(estimate, k, row, column)
                known = float(self.judgements[k].tolerance[row, column])
                if zoom == ZOOMS[0] or _is_better(verdict, pending[k, row], numbers, known):
                    pending[k, row] = verdict
                    self.judgements[k].set((row, column), verdict, numbers)
                if verdict in (OK, KINK):
                    del pending[k, row]
            if not pending:
                return
        self._settle(pending, column)

    def _classify(
        self, estimate: Estimate, k: int, row: int, column: int
    ) -> tuple[int, tuple[float, ...]]:
        case = self.case
        claim = float(case.claims[k][row, column])
        best, error = (float(x[row]) for x in estimate.best())
        left, right = float(estimate.left[row]), float(estimate.right[row])
        numbers = (best, error, 10 * error, left, right)
        if estimate.jump[row]:
            return DISCONTINUOUS, numbers
        if not np.isfinite(claim) or not np.isfinite(case.center[row]):
            return NOT_FINITE, (best, error, 0.0, left, right)
        if estimate.vertical[row]:
            quotient = max(abs(left), abs(right))
            return NOT_FINITE, (np.inf if quotient > 0 else best, np.inf, 0.0, left, right)
        if estimate.kink[row]:
            slack = 1e-4 * max(abs(left), abs(right))
            low, high = min(left, right) - slack, max(left, right) + slack
            verdict = KINK if low <= claim <= high else WRONG
            return verdict, ((left + right) / 2, error, (high - low) / 2, left, right)
        if not np.isfinite(best):
            return NOT_FINITE, numbers
        return self._against_ranges(estimate, k, row, column)

    def _against_ranges(
        self, estimate: Estimate, k: int, row: int, column: int
    ) -> tuple[int, tuple[float, ...]]:
        """Compare with what wide, middling and narrow steps say: any that is sure may confirm."""
        claims = self.case.claims[k]
        claim = float(claims[row, column])
        among = np.abs(np.concatenate([claims[row], self.central[row]]))
        largest = float(np.max(among[np.isfinite(among)], initial=0.0))
        found: list[tuple[int, tuple[int, float], tuple[float, ...]]] = []
        for value, error in zip(estimate.values[:, row], estimate.errors[:, row], strict=True):
            if not np.isfinite(value) or not np.isfinite(error):
                continue
            size = max(abs(claim), abs(value))
            tolerance = 10 * error + self.case.rtol * (size + largest / 100)
            sure = tolerance <= max(1e-2 * size, 1e-3 * largest)
            near = abs(claim - value) <= tolerance
            verdict = (OK if sure else UNRESOLVED) if near else WRONG
            rank = 0 if sure and near else 1 if sure else 2 if near else 3
            doubt = tolerance / size if sure and size else tolerance
            found.append((verdict, (rank, doubt), (float(value), float(error), tolerance)))
        if not found:
            return NOT_FINITE, (np.nan, np.inf, 0.0)
        verdict, _, numbers = min(found, key=lambda item: item[1])
        return verdict, numbers

    def _settle(self, pending: dict[tuple[int, int], int], column: int) -> None:
        """Give what still disagrees its last chances: a complex step, rounding, being zero."""
        case = self.case
        exact = case.imaginary(column)
        if self.noise is None:
            self.noise = case.rounding()
        for (k, row), verdict in pending.items():
            judgement, place = self.judgements[k], (row, column)
            claim = float(case.claims[k][place])
            if verdict not in (WRONG, UNRESOLVED):
                continue
            numeric, error, tolerance = (
                float(m[place]) for m in (judgement.numeric, judgement.error, judgement.tolerance)
            )
            if exact is not None and np.isfinite(exact[row]):
                step = float(exact[row])
                if abs(step - numeric) <= tolerance:
                    loose = 1e-2 if verdict == UNRESOLVED else case.rtol
                    allowed = loose * max(abs(step), abs(claim))
                    near = abs(step - claim) <= allowed
                    judgement.set(place, OK if near else verdict, (step, allowed / 10, allowed))
                    if near:
                        continue
                    numeric, tolerance = step, allowed
            noise = float(self.noise[k][place])
            if abs(claim - numeric) <= tolerance + 4 * noise:
                natural = float(self.sizes[row])
                negligible = abs(claim) <= case.precision**0.58 * natural >= 1e-6 * tolerance
                if noise * 4 > tolerance or (verdict == UNRESOLVED and negligible):
                    verdict = OK if noise * 4 <= 1e-2 * abs(claim) or negligible else UNRESOLVED
                tolerance += 4 * noise
                judgement.set(place, verdict, (numeric, error, tolerance))


def _is_better(verdict: int, before: int, numbers: tuple[float, ...], known: float) -> bool:
    """Say whether a closer look tells more than the first."""
    if verdict in (OK, KINK):
        return True
    if before == UNRESOLVED:
        return verdict == UNRESOLVED and numbers[2] < known
    # What seemed to jump, and on a closer look is only steep.
    return before == DISCONTINUOUS and verdict == WRONG and numbers[2] <= 1e-2 * abs(numbers[0])


def judge(case: Case) -> list[Judgement]:
    """Return a judgement for each claim of a case."""
    return Judge(case).run()
