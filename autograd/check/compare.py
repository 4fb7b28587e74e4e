"""Compare derivatives with finite differences, in as few evaluations as possible.

Most derivatives agree with one central difference. The others get a second one and, if that is
not conclusive, differences with steps of all sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.check.coarse import COARSE, NarrowQuotients
from autograd.check.finite_differences import FIRST_STEP, Array, Line
from autograd.check.progress import Progress
from autograd.check.settings import CAUTION, SURE
from autograd.check.step_sizes import Estimates
from autograd.check.verdicts import KINK, NOT_COMPARED, OK, UNRESOLVED, WRONG

#: After this many wrong or unclear columns, the others are compared by four evaluations each.
MOST_UNCLEAR = 50

#: Factors of the step sizes: the usual ones, then much smaller ones.
ZOOMS = (1.0, 2.0**-20, 2.0**-40)


@dataclass
class Outcome:
    """The outcome of comparing one claim: a row for each result, a column for each line."""

    analytic: Array
    numeric: Array
    error: Array
    tolerance: Array
    verdict: npt.NDArray[np.int8]
    left: Array
    right: Array

    @classmethod
    def blank(cls, analytic: Array, verdict: int = NOT_COMPARED) -> Outcome:
        """Return an outcome without any comparison."""
        nan = [np.full(analytic.shape, np.nan) for _ in range(5)]
        return cls(
            analytic, nan[0], nan[1], nan[2], np.full(analytic.shape, verdict, np.int8), *nan[3:]
        )

    def set(self, place: tuple[int, int], verdict: int, numbers: Sequence[float]) -> None:
        """Set one comparison: verdict; numeric, error, tolerance, and left and right if known."""
        self.verdict[place] = verdict
        matrices = (self.numeric, self.error, self.tolerance, self.left, self.right)
        for matrix, number in zip(matrices, numbers, strict=False):
            matrix[place] = number


@dataclass
class Case:
    """Claimed derivatives, and the function to compare them with.

    Attributes
    ----------
    lines : sequence of Line
        For each column the results along it; a step of 1 should change them visibly.
    center : ndarray
        The results at the inputs.
    claims : list of ndarray
        Claimed derivatives along the lines, with respect to their steps.
    precision, claim_precision : float
        The relative rounding errors of the results and of the claims.
    rtol : float
        The relative difference to accept beyond the estimated error.
    imaginary : callable
        Returns the derivatives along a line by a complex step, or None if that is impossible.
    rounding : callable
        Returns for each claim how much rounding of the inputs changes it.
    noise, claim_noise : callable
        Return the largest change of one result that may be rounding alone, and the largest claim.
    rounding_error : callable
        Returns the rounding error of one result, from those of its intermediate results.
    progress : Progress
        Is told how many columns are compared.
    """

    lines: Sequence[Line]
    center: Array
    claims: list[Array]
    precision: float
    claim_precision: float
    rtol: float
    imaginary: Callable[[int], Array | None]
    rounding: Callable[[], list[Array]]
    noise: Callable[[int], float]
    claim_noise: Callable[[int], float]
    rounding_error: Callable[[int], float]
    progress: Progress


class Comparator:
    """Compares the claims of a case; see `compare`."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.outcomes = [Outcome.blank(claim) for claim in case.claims]
        shape = (len(case.center), len(case.lines))
        self.central = np.full(shape, np.nan)
        self.done = [np.zeros(shape, bool) for _ in case.claims]
        self.rounding: list[Array] | None = None
        self.extrapolated = [np.full(shape, np.nan), np.full(shape, np.nan)]  # and its tolerance
        self.reach: dict[int, Array] = {}
        self.narrow: dict[int, NarrowQuotients] = {}
        self.interrupt: KeyboardInterrupt | None = None
        self.unclear = 0  # columns compared with all step sizes and not found right
        self.hurried = 0  # columns compared by four evaluations after that

    def run(self, thorough: bool = False) -> list[Outcome]:
        """Compare everything, the cheapest way first; or with steps of all sizes at once."""
        with np.errstate(all="ignore"):
            if not thorough:
                self._by_two_points()
                self._accept_noise()
            columns = self._open_columns()
            self.case.progress.begin("Looking closer", len(columns))
            for column in columns:
                self.case.progress.advance()
                if self.unclear < MOST_UNCLEAR:
                    self._by_all_steps(column)
                else:
                    self._by_four_evaluations(column)
        return self.outcomes

    def _open_columns(self) -> list[int]:
        return [int(c) for c in np.flatnonzero(~np.all(self.done, axis=0).all(axis=0))]

    # -- one or two central differences, for all columns at once ----------------------------

    def _by_two_points(self) -> None:
        case = self.case
        step = case.precision ** (1 / 3)
        case.progress.begin("Comparing", len(case.lines))
        quotients, floors, bends = self._quotients(range(len(case.lines)), step)
        self.central = quotients
        for outcome, claim, done in zip(self.outcomes, case.claims, self.done, strict=True):
            size = np.maximum(np.abs(claim), np.abs(quotients))
            tolerance = case.rtol * size + floors
            # No change, and what rounding may hide is small compared with the other derivatives.
            hidden = floors <= case.precision**0.4 * self._largest(claim)
            constant = (claim == 0) & (quotients == 0) & (bends == 0) & hidden
            resolved = (floors <= 1e-3 * size) & (bends <= 1e-3 * size + 8 * floors)
            near = (np.abs(claim - quotients) <= tolerance) & np.isfinite(tolerance)
            good = constant | (resolved & near)
            done |= good
            self._write(outcome, good, OK, quotients, floors, tolerance)
        self._stop_if_interrupted()
        self._by_four_points(step, quotients, floors, bends)

    def _by_four_points(self, step: float, narrow: Array, floors: Array, bends: Array) -> None:
        columns = self._open_columns()
        if not columns:
            return
        self.case.progress.begin("Comparing again", len(columns))
        wide, _, wide_bends = self._quotients(columns, 8 * step)
        narrow, floors, bends = narrow[:, columns], floors[:, columns], bends[:, columns]
        extrapolated = narrow + (narrow - wide) / 63
        error = np.abs(extrapolated - narrow) + 2 * floors
        self.extrapolated[0][:, columns] = extrapolated
        self.extrapolated[1][:, columns] = CAUTION * error
        for outcome, claims, done in zip(self.outcomes, self.case.claims, self.done, strict=True):
            claim, open_ = claims[:, columns], ~done[:, columns]
            size = np.maximum(np.abs(claim), np.abs(extrapolated))
            tolerance = self.case.rtol * size + CAUTION * error
            smooth = (bends <= 1e-2 * size) & (wide_bends <= 1e-1 * size)
            clear = open_ & smooth & (tolerance <= 1e-4 * size) & np.isfinite(tolerance)
            apart = np.abs(claim - extrapolated)
            good = clear & (apart <= tolerance)
            sure = tolerance <= 1e-4 * np.abs(extrapolated)
            rounding = 64 * self.case.claim_precision * self._largest(claims)
            bad = clear & sure & (apart > 1e2 * tolerance + rounding)
            # The bend of a smooth function grows with the step, that of a kink does not.
            bent = open_ & (np.abs(wide_bends - bends) <= 1e-3 * bends) & (bends > 1e4 * floors)
            between = np.abs(claim - narrow) <= (0.5 + 1e-4) * bends
            done[:, columns] |= good | bad | (bent & between)
            matrices = (self.extrapolated[0], _spread(error, done, columns), self.extrapolated[1])
            self._write(outcome, _spread(good, done, columns), OK, *matrices)
            self._write(outcome, _spread(bad, done, columns), WRONG, *matrices)
            kinks = _spread(bent & between, done, columns)
            half = _spread(bends / 2, done, columns)
            middle = _spread(narrow, done, columns)
            self._write(outcome, kinks, KINK, middle, _spread(floors, done, columns), half)
            outcome.left[kinks] = (middle - half)[kinks]
            outcome.right[kinks] = (middle + half)[kinks]
        self._stop_if_interrupted()

    def _accept_noise(self) -> None:
        """Accept what is not found right yet, but is a rounding error of a constant result."""
        for outcome, done in zip(self.outcomes, self.done, strict=True):
            for row, column in np.argwhere(~done | (outcome.verdict == WRONG)).tolist():
                if abs(float(outcome.analytic[row, column])) <= self.case.claim_noise(row):
                    spread = float(self._reach(column)[row])
                    done[row, column] |= self._accept_if_flat(outcome, row, column, spread)

    def _quotients(self, columns: Sequence[int], step: float) -> tuple[Array, Array, Array]:
        """Return central quotients, their rounding errors, and how far left and right differ.

        They are NaN for columns after an interrupt, so that those before are compared.
        """
        case, center, lines = self.case, self.case.center, self.case.lines
        rows = len(center)
        right, left = (np.full((len(columns), rows), np.nan) for _ in range(2))
        right_steps, left_steps = (np.full((len(columns), 1), np.nan) for _ in range(2))
        try:
            for i, column in enumerate(columns):
                right_steps[i], right[i] = lines[column](step)
                left_steps[i], left[i] = lines[column](-step)
                case.progress.advance()
        except KeyboardInterrupt as interrupt:
            self.interrupt = interrupt
        sizes = np.maximum(np.maximum(np.abs(right), np.abs(left)), np.abs(center))
        width = right_steps - left_steps
        quotients = (right - left) / width
        floors = 4 * self.case.precision * sizes / width
        bends = np.abs((right - center) / right_steps - (left - center) / left_steps)
        return quotients.T, floors.T, bends.T

    def _stop_if_interrupted(self) -> None:
        if self.interrupt is not None:
            raise self.interrupt

    @staticmethod
    def _write(
        outcome: Outcome, mask: npt.NDArray[np.bool_], verdict: int, *numbers: Array
    ) -> None:
        outcome.verdict[mask] = verdict
        matrices = (outcome.numeric, outcome.error, outcome.tolerance)
        for matrix, values in zip(matrices, numbers, strict=True):
            matrix[mask] = values[mask]

    # -- steps of all sizes, for the columns that are left ----------------------------------

    def _by_all_steps(self, column: int) -> None:
        case = self.case
        pending = {
            (k, int(row)): WRONG
            for k, done in enumerate(self.done)
            for row in np.flatnonzero(~done[:, column])
        }
        largest = [self._largest(claims) for claims in case.claims]
        line, center = case.lines[column], case.center
        estimates = Estimates(
            line, center, case.precision, case.claim_precision, case.rtol, case.noise
        )
        for zoom in ZOOMS:
            estimates.look(zoom)
            for k, row in list(pending):
                claim = float(case.claims[k][row, column])
                verdict, numbers = estimates.compare(row, claim, float(largest[k][row, 0]))
                self.outcomes[k].set((row, column), verdict, numbers)
                pending[k, row] = verdict
                if verdict in (OK, KINK):
                    del pending[k, row]
            if not pending:
                return
        if not self._settle(pending, column, estimates):
            self.unclear += 1

    def _by_four_evaluations(self, column: int) -> None:
        """Decide by two differences alone, after enough columns were wrong."""
        self.hurried += 1
        numeric, tolerance = (matrix[:, column] for matrix in self.extrapolated)
        for outcome, claims, done in zip(self.outcomes, self.case.claims, self.done, strict=True):
            for row in np.flatnonzero(~done[:, column]):
                allowed = float(tolerance[row] + self.case.rtol * abs(numeric[row]))
                apart = abs(claims[row, column] - numeric[row])
                sure = allowed <= SURE * abs(numeric[row])
                verdict = OK if sure else UNRESOLVED
                if apart > allowed:  # the two differences agree better than with the claim
                    spread = 63 * abs(numeric[row] - self.central[row, column])
                    verdict = WRONG if apart > spread else UNRESOLVED
                numbers = (float(numeric[row]), allowed / CAUTION, allowed)
                outcome.set((int(row), column), verdict, numbers)

    def _reach(self, column: int) -> Array:
        """Return how far the results are from those at the inputs after the widest steps."""
        if column not in self.reach:
            line, center = self.case.lines[column], self.case.center
            ends = [np.abs(line(step)[1] - center) for step in (FIRST_STEP, -FIRST_STEP)]
            self.reach[column] = np.where(np.isfinite(ends), ends, np.inf).max(axis=0)
        return self.reach[column]

    def _accept_if_flat(
        self, outcome: Outcome, row: int, column: int, spread: float, noise: float = 0.0
    ) -> bool:
        """Accept a derivative of zero, up to rounding, if the result changes only by rounding."""
        limit = self.case.claim_noise(row)
        flat = spread <= 2 * self.case.noise(row)  # one of many results may exceed it
        if not (flat and abs(float(outcome.analytic[row, column])) <= limit + noise):
            return False
        outcome.set((row, column), OK, (0.0, limit / CAUTION, limit + noise))
        return True

    def _largest(self, claims: Array) -> Array:
        """Return the largest derivative of each result, claimed or numerical."""
        sizes = np.abs(np.hstack([claims, self.central]))
        finite = np.where(np.isfinite(sizes), sizes, 0.0)
        largest: Array = np.max(finite, axis=1, initial=0.0, keepdims=True)
        return largest

    def _settle(
        self, pending: dict[tuple[int, int], int], column: int, estimates: Estimates
    ) -> bool:
        """Accept what a complex step confirms, or rounding explains; return whether that is all."""
        case = self.case
        exact = case.imaginary(column)
        if self.rounding is None:
            self.rounding = case.rounding()
        for (k, row), verdict in pending.items():
            if verdict in (WRONG, UNRESOLVED):
                step = np.nan if exact is None else float(exact[row])
                if not self._confirmed(k, row, column, step):
                    self._allow_for_rounding(k, row, column, estimates)
            if self.outcomes[k].verdict[row, column] == WRONG:
                self._allow_for_noise(k, row, column, estimates)
            if self.outcomes[k].verdict[row, column] == WRONG and case.precision > COARSE:
                self._look_closer(k, row, column, estimates)
        return all(self.outcomes[k].verdict[row, column] == OK for k, row in pending)

    def _confirmed(self, k: int, row: int, column: int, step: float) -> bool:
        """Return whether the derivative by a complex step is valid and confirms the claim."""
        outcome, place = self.outcomes[k], (row, column)
        claim, numeric = float(outcome.analytic[place]), float(outcome.numeric[place])
        verdict = int(outcome.verdict[place])
        if not abs(step - numeric) <= outcome.tolerance[place]:
            return False
        # Its own rounding errors matter where differences resolve nothing.
        loose = SURE if verdict == UNRESOLVED else self.case.rtol
        allowed = loose * max(abs(step), abs(claim))
        near = abs(step - claim) <= allowed
        outcome.set(place, OK if near else verdict, (step, allowed / CAUTION, allowed))
        return near

    def _allow_for_rounding(self, k: int, row: int, column: int, estimates: Estimates) -> None:
        """Accept a difference that rounding of the claim, or of the function, explains."""
        assert self.rounding is not None
        outcome, place = self.outcomes[k], (row, column)
        claim, numeric, error, tolerance = (
            float(m[place])
            for m in (outcome.analytic, outcome.numeric, outcome.error, outcome.tolerance)
        )
        noise = 4 * float(np.max(self.rounding[k][row], initial=0.0))
        spread = float(estimates.flattest[row])  # it may be worse conditioned on the other side
        if self._accept_if_flat(outcome, row, column, spread, noise):
            return
        # A derivative that is zero up to rounding does not matter beside other results.
        smallest = self.case.claim_precision**0.58 * float(np.max(estimates.size))
        step = float(estimates.quantum[row])
        unseen = abs(claim) <= step and abs(numeric) <= step  # below the step of its rounding
        if not abs(claim - numeric) <= tolerance + noise and not unseen:
            return
        negligible = unseen or (abs(claim) <= smallest and tolerance <= 1e6 * smallest)
        steady = noise > tolerance and noise <= SURE * abs(claim)
        verdict = OK if negligible or steady else UNRESOLVED
        outcome.set(place, verdict, (numeric, error, tolerance + noise))

    def _allow_for_noise(self, k: int, row: int, column: int, estimates: Estimates) -> None:
        """Compare again, believing no change that may be rounding of intermediate results."""
        claims, noise = self.case.claims[k], self.case.rounding_error(row)
        largest = float(self._largest(claims)[row, 0])
        verdict, numbers = estimates.compare(row, float(claims[row, column]), largest, noise)
        if verdict in (OK, UNRESOLVED):
            self.outcomes[k].set((row, column), verdict, numbers)

    def _look_closer(self, k: int, row: int, column: int, estimates: Estimates) -> None:
        """Compare with the quotients of narrow steps, which do not cross kinks far away."""
        case, outcome, place = self.case, self.outcomes[k], (row, column)
        if column not in self.narrow:
            self.narrow[column] = NarrowQuotients.of(case.lines[column], case.center)
        own = 4 * case.precision * abs(float(case.center[row]))
        noise = max(own, 4 * case.rounding_error(row))
        claim, numeric = float(outcome.analytic[place]), float(outcome.numeric[place])
        largest = float(self._largest(case.claims[k])[row, 0])

        def allowed(errors: Array) -> Array:
            tolerances = errors + case.rtol * abs(claim) + 64 * case.claim_precision * largest
            return np.where(tolerances <= estimates.sure(abs(claim), largest), tolerances, np.nan)

        verdict, numbers = self.narrow[column].judge(row, claim, numeric, noise, allowed)
        if verdict != WRONG:
            outcome.set(place, verdict, numbers)


def _spread(part: Any, like: Array, columns: list[int]) -> Any:
    """Put columns into a matrix of zeros of the whole size."""
    whole = np.zeros(like.shape, part.dtype)
    whole[:, columns] = part
    return whole


def compare(
    case: Case,
    notes: list[str] | None = None,
    thorough: bool = False,
    begin: Callable[[list[Outcome]], None] | None = None,
) -> list[Outcome]:
    """Return the outcome of each claim of a case.

    Parameters
    ----------
    case : Case
        What to compare.
    notes : list of str, optional
        The notes of a report.
    thorough : bool
        Whether to use steps of all sizes for all: they resolve small derivatives of large results.
    begin : callable, optional
        Takes the outcomes before anything is compared. They hold what is known if the user
        interrupts the comparison.
    """
    comparator = Comparator(case)
    if begin is not None:
        begin(comparator.outcomes)
    outcomes = comparator.run(thorough)
    if comparator.hurried and notes is not None:
        notes.append(
            f"After {MOST_UNCLEAR} inputs that were wrong or unclear, {comparator.hurried} more "
            "were compared by four evaluations each."
        )
    return outcomes
