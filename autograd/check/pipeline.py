"""The course of one check: evaluate, differentiate both ways, compare, narrow down, explain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.check.analytic import Recording
from autograd.check.candidate import Claim, Claimant
from autograd.check.checked_function import Subject, Vector
from autograd.check.compare import Case, Judgement
from autograd.check.directions import Lines
from autograd.check.elements import by_elements
from autograd.check.projections import Projected, by_projections
from autograd.check.report import Batch, Report
from autograd.check.verdicts import RANDOM
from autograd.errors import GraphError

#: Beyond so many inputs, or results, random projections take the place of single elements.
MOST_INPUTS, MOST_RESULTS = 1000, 1000


@dataclass(frozen=True)
class Options:
    """How a check is to be done; see `check_gradients`."""

    modes: tuple[str, ...] = ("reverse",)
    method: str = "auto"
    projections: int = 4
    rtol: float | None = None
    seed: int = 0
    explain: bool = True


class Procedure:
    """One check of a function's first derivatives."""

    def __init__(self, subject: Subject, gradient: Any, vjp: Any, options: Options) -> None:
        self.subject = subject
        self.claimant = Claimant(subject, gradient, vjp)
        self.options = options
        self.report = Report()
        self.projected: Projected | None = None

    def run(self) -> Report:
        """Do it."""
        with np.errstate(all="ignore"):
            self._run()
        return self.report

    def _run(self) -> None:
        subject, report = self.subject, self.report
        self._visit_a_neighbour()
        self.recording = Recording(subject) if subject.on_nodes else None
        if self.recording is None:
            subject.first_call()
        self.center = self._center()
        self._choose_method()
        claims = self.claims = self._claims()
        if not self._is_deterministic():
            self._report_randomness(claims)
        else:
            subject.look_for_single_precision(self.center)
            (by_projections if self.by_projections else by_elements)(self, claims)
            self._tell_shapes(claims)
        if subject.constants:
            report.notes.append(f"Taken as constant: {', '.join(subject.constants)}.")
        if not report.ok and self.options.explain:
            from autograd.check.explain import reasons

            report.reasons = reasons(self)
        report.evaluations = subject.evaluations
        report.leaves = subject.inputs

    # -- preparations -----------------------------------------------------------------------

    def _visit_a_neighbour(self) -> None:
        """Call function and gradient elsewhere first, so that what they cache has to be renewed."""
        subject = self.subject
        if subject.on_nodes or not self.claimant.can_be_asked:
            return
        self.elsewhere = subject.x + 0.01 * subject.scales() * np.cos(np.arange(subject.x.size))
        try:
            subject.learn_outputs(subject.call(subject.objects(self.elsewhere)))
            self.claimant.at(self.elsewhere)
        except Exception:  # outside its domain, perhaps; what counts is what it does at the inputs
            subject.outputs = []

    def _center(self) -> Vector:
        """Return the results at the inputs; recorded, if the function itself goes backward."""
        try:
            return self.subject.value(self.subject.x)
        except GraphError:
            self.subject.recorded = True
            return self.subject.value(self.subject.x)

    def _choose_method(self) -> None:
        subject, options = self.subject, self.options
        many = subject.x.size > MOST_INPUTS
        self.by_projections = options.method == "projected" or (options.method == "auto" and many)
        self.weights: Vector | None = None
        random = np.random.default_rng(options.seed + 1)
        if (self.by_projections and subject.size > 1) or subject.size > MOST_RESULTS:
            self.weights = random.standard_normal((options.projections, subject.size))
        if self.weights is not None:
            self.report.notes.append(
                f"The {subject.size} results were weighed at random, in {len(self.weights)} ways."
            )
        self.lines = Lines(subject, self.weights)

    def _claims(self) -> dict[str, Claim]:
        """Return the derivatives to be checked, by mode: a row for each result or weighted sum."""
        subject, weights = self.subject, self.weights
        if self.recording is None:
            return {"": self.claimant.at(subject.x, weights)}
        claims = {}
        if "reverse" in self.options.modes:
            rows = np.eye(subject.size) if weights is None else weights
            claims[""] = Claim(self.recording.reverse(rows))
        if "forward" in self.options.modes:
            claims["forward"] = Claim(self.pushed(self.directions()))
        return claims

    def pushed(self, directions: Vector) -> Vector:
        """Return the derivatives along directions, by forward mode."""
        assert self.recording is not None
        return self.lines.rows(self.recording.forward(directions))

    def directions(self) -> Vector:
        """Return the directions of the columns: single inputs, or random."""
        if self.by_projections:
            random = np.random.default_rng(self.options.seed)
            shape = (self.options.projections, self.subject.x.size)
            return random.standard_normal(shape) * self.lines.scales
        return np.diag(self.lines.scales)

    def _is_deterministic(self) -> bool:
        again = self.subject.value(self.subject.x)
        apart = np.abs(self.center - again)
        rounding = 64 * self.subject.precision * np.maximum(np.abs(self.center), np.abs(again))
        varies = (apart > rounding) | (np.isnan(self.center) != np.isnan(again))
        self.random_rows = np.flatnonzero(varies)
        return not varies.any()

    def _report_randomness(self, claims: dict[str, Claim]) -> None:
        names = [self.subject.output_name(int(row)) or "the result" for row in self.random_rows[:3]]
        self.report.notes.append(
            f"Called twice at the same inputs, the function gave two different values of "
            f"{', '.join(names)}. Fix its random numbers (seed them inside the function), and "
            "whatever else it keeps between calls."
        )
        for mode, claim in claims.items():
            self.add(Judgement.blank(claim.matrix, RANDOM), mode)

    def _tell_shapes(self, claims: dict[str, Claim]) -> None:
        for claim in claims.values():
            self.report.reasons += [
                f"The gradient with respect to {path} {what}."
                for path, what in claim.misshapen.items()
            ]

    # -- what both ways of comparing need ---------------------------------------------------

    def case(self, lines: list[Any], claims: list[Any], direction: Callable[[int], Vector]) -> Case:
        """Put together what is to be judged: lines, and what is claimed along them.

        `direction` tells the direction of each column's line.
        """
        precision = self.subject.precision
        rtol = self.options.rtol
        return Case(
            lines,
            self.lines.rows(self.center),
            claims,
            precision,
            rtol if rtol is not None else (1e-7 if precision < 1e-12 else 1e-3),
            lambda column: self.lines.imaginary(direction(column)),
            lambda: [
                rounding @ np.array([direction(i) for i in range(len(lines))]).T
                if rounding is not None
                else np.zeros(claim.shape)
                for rounding, claim in zip(self._rounding(len(claims)), claims, strict=True)
            ],
        )

    def _rounding(self, count: int) -> list[Any]:
        """Return how much the claimed derivatives change when the inputs change by rounding."""
        subject = self.subject
        near = subject.x * (1 + 4 * subject.precision * np.sign(np.cos(np.arange(subject.x.size))))
        if self.recording is not None:
            moved = Subject(subject.f, subject.template, True, subject.names, subject.is_gradient)
            moved.inputs = [leaf.moved_to(near) for leaf in subject.inputs]
            rows = np.eye(subject.size) if self.weights is None else self.weights
            change = np.abs(Recording(moved).reverse(rows) - self.recording.reverse(rows))
            return [change] * count
        if not self.claimant.can_be_asked:
            return [None] * count
        try:
            before, after = (self.claimant.at(x, self.weights) for x in (subject.x, near))
        except Exception:  # a gradient that cannot be asked nearby is taken at its word
            return [None] * count
        change = np.abs(after.matrix - before.matrix)
        return [np.nan_to_num(change)] * count

    def unit(self, column: int) -> Vector:
        """Return the direction in which one input alone changes, by its scale."""
        direction = np.zeros(self.subject.x.size)
        direction[column] = self.lines.scales[column]
        return direction

    def add(
        self,
        judgement: Judgement,
        mode: str,
        scale: Any = 1.0,
        input_name: Callable[[int], str] | None = None,
    ) -> None:
        """Add comparisons to the report."""
        name = input_name or self.subject.input_name
        self.report.batches.append(Batch(judgement, name, self._output_name, mode, scale))

    def _output_name(self, row: int) -> str:
        return self.subject.output_name(row) if self.weights is None else f"sum {row}"
