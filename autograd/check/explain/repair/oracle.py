"""The right derivatives at several points, to compare a changed backward pass with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.check.analytic import RecordedCall
from autograd.check.arrays import Vector
from autograd.check.explain.reference import Reference
from autograd.check.explain.safeguards import allowance
from autograd.check.finite_differences import differentiate
from autograd.check.further import Numbers, others
from autograd.check.state import Check

#: The relative differences to accept: of exact, of numerical, of single precision derivatives.
EXACT, NUMERICAL, SINGLE = 1e-8, 1e-5, 1e-3

#: How many times the estimated error of a numerical derivative to accept, and the most of it,
#: relative to the largest derivative.
ERRORS, MOST_ERROR = 4.0, 2e-2


@dataclass
class Point:
    """A point, and the right derivatives there.

    Attributes
    ----------
    x : ndarray
        All inputs.
    weights : ndarray or None
        Weights of the results in each row of derivatives; None for the results themselves.
    directions : ndarray or None
        Directions along which the derivatives are known; None for each input.
    right : ndarray
        The right derivatives, as a vector.
    tolerance : ndarray
        The differences to accept.
    near : bool
        Whether it is near the inputs of the check: if not, a right formula may not hold there.
    further : mapping
        Numbers among the further arguments that are others there, by their path.
    """

    x: Vector
    weights: Vector | None
    directions: Vector | None
    right: Vector
    tolerance: Vector
    near: bool = True
    further: Numbers = field(default_factory=dict)

    def view(self, matrix: Vector) -> Vector:
        """Return claimed derivatives in the form of the right ones."""
        if self.directions is not None:
            matrix = matrix @ self.directions.T
        return matrix.reshape(-1)

    def wrong(self, given: Vector) -> Any:
        """Return which of the derivatives are wrong."""
        if given.shape != self.right.shape:
            return np.ones(self.right.shape, bool)
        return ~(np.abs(given - self.right) <= self.tolerance)

    def right_in(self, given: Vector | None, parts: Mapping[str, slice]) -> frozenset[str]:
        """Return in which parts of the inputs derivatives are right; all or none if not known."""
        if given is None:
            return frozenset()
        wrong = self.wrong(given)
        if self.directions is not None or not wrong.any():
            return frozenset() if wrong.any() else frozenset(parts)
        rows = wrong.reshape(-1, self.x.size)
        return frozenset(path for path, part in parts.items() if not rows[:, part].any())


class Oracle:
    """Knows the right derivatives.

    Parameters
    ----------
    check : Check
        The check.
    reference : Reference
        What it found out about the right derivatives.
    """

    def __init__(self, check: Check, reference: Reference) -> None:
        self.check = check
        self.reference = reference
        self.function = check.function
        self.random = np.random.default_rng(7)

    def here(self) -> Point | None:
        """Return the inputs of the check; None if no right derivative is known."""
        return self._recorded(self.function.x) or self._from_report()

    def elsewhere(self) -> list[Point]:
        """Return other points: with other signs if the function is defined there, and nearby."""
        x, scales = self.function.x, self.function.scales()
        spread = 1 + 0.2 * self.random.uniform(-1, 1, x.size)
        shift = 0.05 * scales * self.random.standard_normal(x.size)
        signs = np.where(self.random.uniform(size=x.size) < 0.4, -1.0, 1.0)
        near = self._at(x * spread + shift) or self._at(x * spread)
        far = self._at(signs * x * spread + shift)
        if far is not None:
            far.near = False
        return [point for point in (near, far, self._with_others()) if point is not None]

    def _with_others(self) -> Point | None:
        """Return the inputs of the check with other numbers in the further arguments, if any."""
        further = self.check.options.further
        numbers = others(further.numbers(), self.random)
        if not numbers:
            return None
        with further.replaced(numbers):
            point = self._at(self.function.x)
        if point is not None:
            point.near, point.further = False, numbers
        return point

    def _at(self, x: Vector) -> Point | None:
        try:
            return self._recorded(x) or self._differentiated(x)
        except Exception:  # outside of the domain
            return None

    def _weights(self) -> Vector | None:
        """Return the weights of the results: for a backward pass, one random cotangent.

        The backward pass of a single number, a loss, may ignore its cotangent: that is 1.
        """
        if self.check.candidate.vjp is not None and self.function.size == 1:
            return np.ones((1, 1))
        if self.check.candidate.vjp is not None:
            return self.random.standard_normal((1, self.function.size))
        return self.check.weights

    def _point(
        self,
        x: Vector,
        weights: Vector | None,
        directions: Vector | None,
        right: Vector,
        rtol: float,
        error: Vector | float = 0.0,
    ) -> Point | None:
        if not np.isfinite(right).all():
            return None
        rtol = SINGLE if self.function.precision > 1e-12 else rtol
        size = np.zeros(right.shape)
        if directions is None:
            for leaf in self.function.inputs:
                part = right[:, leaf.slice]
                size[:, leaf.slice] = np.max(np.abs(part), initial=0.0)
        else:
            size[:] = np.max(np.abs(right), initial=0.0)
        floor = 1e-3 * np.max(size, initial=0.0)
        tolerance = rtol * (np.abs(right) + 0.1 * size + 0.1 * floor)
        # The differences of a function in single precision are rougher than their numbers, and a
        # gradient that leaves a small constant out is not what is searched for.
        rough = np.where(np.isfinite(error), ERRORS * error, 0.0)
        tolerance = np.maximum(tolerance, np.minimum(rough, MOST_ERROR * size))
        return Point(x, weights, directions, right.reshape(-1), tolerance.reshape(-1))

    def _recorded(self, x: Vector) -> Point | None:
        if self.reference.recorded_call is None:
            return None
        weights = self._weights()
        rows = np.eye(self.function.size) if weights is None else weights
        call = RecordedCall(self.function.with_nodes(x))
        if call.function.size != self.function.size:
            return None
        right, slack = call.reverse(rows), allowance(call, rows)
        return self._point(x, weights, None, right, EXACT, slack)

    def _from_report(self) -> Point | None:
        check = self.check
        if check.projected is not None:
            outcome, directions = check.projected.outcome, check.projected.directions
            return self._point(
                self.function.x,
                check.weights,
                directions,
                outcome.numeric,
                NUMERICAL,
                outcome.error,
            )
        outcome = check.report.batches[0].outcome
        numeric, error = outcome.numeric / check.lines.scales, outcome.error / check.lines.scales
        weights = self._weights() if check.weights is None else check.weights
        if check.weights is None and weights is not None:
            numeric, error = weights @ numeric, np.sqrt(weights**2 @ error**2)
        return self._point(self.function.x, weights, None, numeric, NUMERICAL, error)

    def _differentiated(self, x: Vector) -> Point | None:
        """Differentiate numerically along random directions."""
        function, weights = self.function, self._weights()
        count = min(8, x.size)
        directions = self.random.standard_normal((count, x.size)) * function.scales()

        def rows(values: Vector) -> Vector:
            return values if weights is None else weights @ values

        center = rows(function.value(x))
        columns, errors = [], []
        for direction in directions:

            def line(step: float, direction: Vector = direction) -> tuple[float, Vector]:
                return step, rows(function.value(x + step * direction))

            estimate = differentiate(line, center, function.precision)
            if np.any(estimate.kink) or np.any(estimate.jump):
                return None
            value, error = estimate.best()
            columns.append(value)
            errors.append(error)
        right = np.array(columns).T
        return self._point(x, weights, directions, right, NUMERICAL, np.array(errors).T)
