"""One check: the function, the derivatives under test, and what both ways of comparing share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.check.analytic import RecordedCall
from autograd.check.arrays import Vector
from autograd.check.budget import EXPLANATION, Budget
from autograd.check.candidate import Candidate, Claim
from autograd.check.checked_function import CheckedFunction
from autograd.check.compare import Case, Outcome
from autograd.check.comparisons import Batch
from autograd.check.directions import Lines
from autograd.check.noise import Noise
from autograd.check.progress import Progress
from autograd.check.report import Report
from autograd.check.settings import MOST_INPUTS, MOST_RESULTS, Options
from autograd.errors import GraphError

#: By how many units of rounding all inputs grow, to see what that does to a gradient. Equal ones
#: stay equal, so that ties do not break.
ROUNDED = (4, -4, 11, -7)


@dataclass
class Projected:
    """Random directions, and the outcome of the comparison along them."""

    directions: Vector
    outcome: Outcome


class Check:
    """A function at a point, its derivatives there, and the report on them.

    Parameters
    ----------
    function : CheckedFunction
        The function.
    gradient, vjp
        As `check_gradients` takes them; at most one is not None.
    options : Options
        How to check.

    Attributes
    ----------
    candidate : Candidate
        The gradient under test, unless it is this library's.
    recorded_call : RecordedCall or None
        The call whose derivatives by this library are under test.
    center : ndarray
        The results at the inputs.
    reference : CheckedFunction
        What is differentiated numerically: the function, in double precision if it has one.
    weights : ndarray or None
        The weighted sums that replace the results if there are too many of these.
    claims : dict of Claim
        The derivatives under test, by mode.
    elsewhere : ndarray or None
        Another point, where the candidate was called before.
    projected : Projected or None
        What was found along random directions.
    budget : Budget
        The time that the searches for reasons share; it starts with them.
    progress : Progress
        Shows how far the check is.
    """

    def __init__(
        self, function: CheckedFunction, gradient: Any, vjp: Any, options: Options
    ) -> None:
        self.function = function
        self.candidate = Candidate(function, gradient, vjp)
        self.options = options
        self.report = Report()
        self.projected: Projected | None = None
        self.budget = Budget(EXPLANATION)
        self.progress = Progress(options.progress)
        self.elsewhere = self._visit_neighbour()
        self.recorded_call = RecordedCall(function) if function.on_nodes else None
        if self.recorded_call is None:
            function.first_call()
        self.center = self._center()
        many = function.x.size > MOST_INPUTS
        projected = options.method == "projected" or (options.method == "auto" and many)
        self.by_projections = projected and function.x.size > 0 and function.size > 0
        self.weights = self._weights()
        self.noise = Noise(function, self.recorded_call, self.weights)
        self.reference, self.reference_noise = self._in_double() or (function, self.noise)
        self.lines = Lines(self.reference, self.weights)
        self.claims = self._claims()

    # -- preparations -----------------------------------------------------------------------

    def _visit_neighbour(self) -> Vector | None:
        """Call function and candidate at another point first, to expose what they cache."""
        function = self.function
        if function.on_nodes or not self.candidate.is_callable:
            return None
        elsewhere = function.neighbour()
        try:
            function.learn_outputs(function.call(function.objects(elsewhere)))
            self.candidate.at(elsewhere, np.ones((1, function.size)))
        except Exception:  # perhaps outside its domain; only the inputs themselves matter
            function.outputs = []
        return elsewhere

    def _center(self) -> Vector:
        """Return the results at the inputs; record them if the function calls `backward`."""
        try:
            return self.function.value(self.function.x)
        except GraphError:
            self.function.recorded = True
            return self.function.value(self.function.x)

    def _weights(self) -> Vector | None:
        """Return random weights for the results if there are too many of them."""
        size, count = self.function.size, self.options.projections
        if not (self.by_projections and size > 1) and size <= MOST_RESULTS:
            return None
        self.report.notes.append(
            f"The {size} results were replaced by {count} random weighted sums of them."
        )
        return np.random.default_rng(self.options.seed + 1).standard_normal((count, size))

    def _in_double(self) -> tuple[CheckedFunction, Noise] | None:
        """Return the function in double precision, and its noise; None if it has no such form.

        Steps that single precision resolves are so wide that they may cross kinks and poles.
        """
        double = self.function.in_double()
        if double is None:
            return None
        center = double.value(double.x)
        single, found = (self._weighted(values) for values in (self.center, center))
        apart = np.abs(single - found)
        finite = np.isfinite(single) & np.isfinite(found)
        unclear = np.flatnonzero(~finite | (apart > 1e-3 * np.abs(found)))
        noise = self.noise
        same = all(
            finite[row] and (noise.is_unbounded(row) or apart[row] <= noise.limit(row))
            for row in unclear.tolist()
        )
        if not same or double.looks_single(center):
            return None
        return double, Noise(double, None, self.weights)

    def _weighted(self, values: Vector) -> Vector:
        return values if self.weights is None else self.weights @ values

    def _claims(self) -> dict[str, Claim]:
        """Return the derivatives under test, by mode: a row for each result or weighted sum."""
        if self.recorded_call is None:
            return {"": self.candidate.at(self.function.x, self.weights)}
        claims = {}
        if "reverse" in self.options.modes:
            claims[""] = Claim(self.recorded_call.reverse(self.rows()))
        if "forward" in self.options.modes:
            claims["forward"] = Claim(self.pushed(self.directions()))
        return claims

    # -- what both ways of comparing need ---------------------------------------------------

    def rows(self) -> Vector:
        """Return the weights of the results in each row of a claim."""
        return np.eye(self.function.size) if self.weights is None else self.weights

    def pushed(self, directions: Vector) -> Vector:
        """Return the derivatives along directions by forward mode."""
        assert self.recorded_call is not None
        return self.lines.rows(self.recorded_call.forward(directions))

    def directions(self) -> Vector:
        """Return the direction of each column: one input, or random."""
        if self.by_projections:
            random = np.random.default_rng(self.options.seed)
            shape = (self.options.projections, self.function.x.size)
            return random.standard_normal(shape) * self.lines.scales
        return np.diag(self.lines.scales)

    def unit(self, column: int) -> Vector:
        """Return the direction in which one input changes by its scale."""
        direction = np.zeros(self.function.x.size)
        direction[column] = self.lines.scales[column]
        return direction

    def case(self, lines: list[Any], claims: list[Any], direction: Callable[[int], Vector]) -> Case:
        """Return what to compare: lines, and the claimed derivatives along them.

        `direction` returns the direction of each column's line.
        """
        precision = self.function.precision
        rtol = self.options.rtol
        center = self.center
        if self.reference is not self.function:
            center = self.reference.value(self.reference.x)
        return Case(
            lines,
            self.lines.rows(center),
            claims,
            self.reference.precision,
            precision,
            self._default_rtol() if rtol is None else rtol,
            lambda column: self.lines.imaginary(direction(column)),
            lambda: [
                change @ np.array([direction(i) for i in range(len(lines))]).T
                if change is not None
                else np.zeros(claim.shape)
                for change, claim in zip(self._rounding(len(claims)), claims, strict=True)
            ],
            self.reference_noise.limit,
            self.noise.limit,
            self.reference_noise.of_row,
            self.progress,
        )

    def _default_rtol(self) -> float:
        """Return the relative difference to accept beyond the estimated error."""
        if self.function.precision < 1e-12:
            return 1e-7
        # Differences in double precision are exact, and what the claim's rounding does is measured
        # with a function that can be called again.
        repeatable = self.recorded_call is not None or self.candidate.is_callable
        exact = self.function.precision < 1e-6 and self.reference is not self.function
        return 1e-4 if exact and repeatable else 1e-3

    def _rounding(self, count: int) -> list[Any]:
        """Return how much the claimed derivatives change if the inputs change by rounding.

        If there is a form in double precision, also by how much that differs.
        """
        function = self.function
        x = function.x
        if self.recorded_call is None and not self.candidate.is_callable:
            return [None] * count
        try:
            before = self._derivatives(function, x)
            nearby = [
                self._derivatives(function, x * (1 + n * function.precision)) for n in ROUNDED
            ]
            # At a kink the derivative jumps on one side, which is not rounding.
            change = np.sort(np.abs(np.array(nearby) - before), axis=0)[1]
            if self.reference is not function:
                double = self._derivatives(self.reference, x)
                change = np.fmax(change, np.abs(double - before))
        except Exception:  # it may refuse the nearby point
            return [None] * count
        return [np.nan_to_num(change)] * count

    def _derivatives(self, function: CheckedFunction, x: Vector) -> Vector:
        """Return the derivatives under test at another point, or in another precision."""
        if self.recorded_call is None:
            candidate = Candidate(function, self.candidate.gradient, self.candidate.vjp)
            return candidate.at(x, self.weights).matrix
        return RecordedCall(function.with_nodes(x)).reverse(self.rows())

    def add(
        self,
        outcome: Outcome,
        mode: str,
        scale: Any = 1.0,
        input_name: Callable[[int], str] | None = None,
        along_tie: bool = False,
    ) -> None:
        """Add comparisons to the report."""
        name = input_name or self.function.input_name
        batch = Batch(outcome, name, self._output_name, mode, scale, along_tie=along_tie)
        self.report.batches.append(batch)

    def add_all(self, outcomes: list[Outcome], scale: Any = 1.0, input_name: Any = None) -> None:
        """Make these all comparisons of the report, one outcome for each claim."""
        self.report.batches.clear()
        for mode, outcome in zip(self.claims, outcomes, strict=True):
            self.add(outcome, mode, scale, input_name)

    def _output_name(self, row: int) -> str:
        return self.function.output_name(row) if self.weights is None else f"sum {row}"
