"""The course of one check: evaluate, differentiate both ways, compare, narrow down, explain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.check import projections
from autograd.check.analytic import Recording
from autograd.check.claims import Claim, Claimant
from autograd.check.judge import Case, Judgement, judge
from autograd.check.lines import Lines
from autograd.check.report import Batch, Report
from autograd.check.subject import Subject, Vector
from autograd.check.verdicts import KINK, MISSHAPEN, RANDOM, WRONG

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

    def run(self) -> Report:
        """Do it."""
        subject, report = self.subject, self.report
        self._visit_a_neighbour()
        self.recording = Recording(subject) if subject.on_nodes else None
        if self.recording is None:
            subject.learn_outputs(subject.call(subject.objects()))
        self.center = subject.value(subject.x)
        self._choose_method()
        claims = self.claims = self._claims()
        if not self._is_deterministic():
            self._report_randomness(claims)
        elif self.projected:
            self._by_projections(claims)
        else:
            self._by_elements(claims)
        if subject.constants:
            report.notes.append(
                f"Taken as constant, being integers: {', '.join(subject.constants)}."
            )
        if not report.ok and self.options.explain:
            from autograd.check.explain import reasons

            report.reasons = reasons(self)
        report.evaluations = subject.evaluations
        report.leaves = subject.inputs
        return report

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

    def _choose_method(self) -> None:
        subject, options = self.subject, self.options
        many = subject.x.size > MOST_INPUTS
        self.projected = options.method == "projected" or (options.method == "auto" and many)
        self.weights: Vector | None = None
        random = np.random.default_rng(options.seed + 1)
        if (self.projected and subject.size > 1) or subject.size > MOST_RESULTS:
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
            self.directions_forward = self._directions()
            claims["forward"] = Claim(
                self.lines.rows(self.recording.forward(self.directions_forward))
            )
        return claims

    def _directions(self) -> Vector:
        """Return the directions of the columns: single inputs, or random."""
        if self.projected:
            return projections.directions(
                self.lines.scales, self.options.projections, self.options.seed
            )
        return np.diag(self.lines.scales)

    def _is_deterministic(self) -> bool:
        again = self.subject.value(self.subject.x)
        with np.errstate(all="ignore"):
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
            matrix = claim.matrix if mode != "forward" else claim.matrix / self._forward_scale()
            self._add(Judgement.blank(matrix, RANDOM), mode, 1.0)

    def _forward_scale(self) -> Any:
        return 1.0 if self.projected else self.lines.scales

    # -- element by element -----------------------------------------------------------------

    def _by_elements(self, claims: dict[str, Claim]) -> None:
        scales = self.lines.scales
        along = [
            claim.matrix if mode == "forward" else claim.matrix * scales
            for mode, claim in claims.items()
        ]
        count = self.subject.x.size
        case = self._case(
            [self.lines.along_input(position) for position in range(count)],
            [
                np.where(np.isnan(a), 0, a) if c.misshapen else a
                for a, c in zip(along, claims.values(), strict=True)
            ],
            lambda column: self._unit(column),
        )
        judgements = judge(case)
        for (mode, claim), judgement, matrix in zip(claims.items(), judgements, along, strict=True):
            for leaf in self.subject.inputs:
                if leaf.path in claim.misshapen:
                    judgement.verdict[:, leaf.slice] = MISSHAPEN
                    judgement.analytic = matrix
            self._add(judgement, mode, scales)
        for claim in claims.values():
            self.report.reasons.extend(
                f"The gradient with respect to {path} {what}."
                for path, what in claim.misshapen.items()
            )
        self._look_along_ties(judgements[0], along[0])

    def _unit(self, column: int) -> Vector:
        direction = np.zeros(self.subject.x.size)
        direction[column] = self.lines.scales[column]
        return direction

    def _case(
        self, lines: list[Any], claims: list[Any], direction: Callable[[int], Vector]
    ) -> Case:
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
            moved = Subject(subject.f, subject.template, True, subject.names, subject.recorded)
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

    def _look_along_ties(self, judgement: Judgement, along: Vector) -> None:
        """At kinks in several inputs, look where those move together: there it may be smooth."""
        kinked = [int(c) for c in np.flatnonzero((judgement.verdict == KINK).any(axis=0))][:6]
        pairs = [(a, b, sign) for i, a in enumerate(kinked) for b in kinked[:i] for sign in (1, -1)]
        if not pairs:
            return
        lines, claims, units = [], [], []
        for a, b, sign in pairs:
            units.append(self._unit(a) + sign * self._unit(b))
            lines.append(self.lines.along(units[-1]))
            claims.append(along[:, a] + sign * along[:, b])
        found = judge(self._case(lines, [np.array(claims).T], lambda column: units[column]))[0]
        wrong = np.flatnonzero((found.verdict == WRONG).any(axis=0))
        if not wrong.size:
            return
        names = [
            f"{self.subject.input_name(a)} {'+' if sign > 0 else '-'} {self.subject.input_name(b)}"
            for a, b, sign in pairs
        ]
        matrices = [np.asarray(m)[:, wrong] for m in vars(found).values()]
        batch = Batch(
            Judgement(*matrices), lambda i: names[wrong[i]], self._output_name, "along a tie"
        )
        self.report.batches.append(batch)

    # -- along random directions ------------------------------------------------------------

    def _by_projections(self, claims: dict[str, Claim]) -> None:
        directions = self._directions()
        usable = {mode: claim for mode, claim in claims.items() if not claim.misshapen}
        for claim in claims.values():
            for path, what in claim.misshapen.items():
                self.report.reasons.append(f"The gradient with respect to {path} {what}.")
        if not usable:
            blank = Judgement.blank(
                np.full((len(self.lines.rows(self.center)), 1), np.nan), MISSHAPEN
            )
            self._add(blank, "", 1.0, lambda i: next(iter(next(iter(claims.values())).misshapen)))
            return
        along = [
            claim.matrix if mode == "forward" else claim.matrix @ directions.T
            for mode, claim in usable.items()
        ]
        case = self._case(
            [self.lines.along(direction) for direction in directions],
            along,
            lambda column: directions[column],
        )
        judgements = judge(case)
        self._tell_method(judgements[0], next(iter(usable.values())))
        for mode, judgement in zip(usable, judgements, strict=True):
            self._add(judgement, mode, 1.0, lambda i: f"direction {i}")
        self.directions, self.projected_judgement = directions, judgements[0]
        first = next(iter(usable.items()))
        if first[0] != "forward" and (judgements[0].verdict == WRONG).any():
            self._narrow_down(first[1], directions, judgements[0])

    def _tell_method(self, judgement: Judgement, claim: Claim) -> None:
        count = self.options.projections
        matrix = claim.matrix if claim.matrix.shape[1] == self.subject.x.size else None
        method = f"{self.subject.x.size} inputs, checked together along {count} random directions"
        if matrix is not None:
            norms = np.linalg.norm(matrix * self.lines.scales, axis=1)
            size = float(np.max(norms, initial=0.0))
            tolerances = (
                np.diag(judgement.tolerance) if self.weights is not None else judgement.tolerance[0]
            )
            if size > 0 and np.isfinite(tolerances).all():
                missed = projections.probability_of_missing(
                    tolerances / (1e-4 * size), self.weights is not None
                )
                told = "below 1e-30" if missed < 1e-30 else f"{missed:.0e}"
                method += (
                    f"; an error of 1e-4 of the gradient's norm goes unseen with probability {told}"
                )
        self.report.method = method + "."

    def _narrow_down(self, claim: Claim, directions: Vector, judgement: Judgement) -> None:
        """Find single inputs that are wrong, and compare those element by element."""
        row, column = (int(i) for i in np.argwhere(judgement.verdict == WRONG)[0])

        def mismatch(direction: Vector) -> tuple[float, float]:
            case = self._case(
                [self.lines.along(direction)],
                [claim.matrix @ direction[:, None]],
                lambda _: direction,
            )
            found = judge(case)[0]
            off = abs(float(found.analytic[row, 0] - found.numeric[row, 0]))
            accepted = float(found.tolerance[row, 0])
            return (off, accepted) if np.isfinite(off) else (0.0, 1.0)

        found = projections.narrow_down(
            np.arange(self.subject.x.size), mismatch, directions[column]
        )
        if not found:
            return
        scales = self.lines.scales[found]
        case = self._case(
            [self.lines.along_input(position) for position in found],
            [claim.matrix[:, found] * scales],
            lambda i: self._unit(found[i]),
        )
        self._add(judge(case)[0], "", scales, lambda i: self.subject.input_name(found[i]))

    # -- the report -------------------------------------------------------------------------

    def _add(
        self,
        judgement: Judgement,
        mode: str,
        scale: Any,
        input_name: Callable[[int], str] | None = None,
    ) -> None:
        self.report.batches.append(
            Batch(judgement, input_name or self.subject.input_name, self._output_name, mode, scale)
        )

    def _output_name(self, row: int) -> str:
        if self.weights is None:
            return self.subject.output_name(row)
        return f"sum {row}"
