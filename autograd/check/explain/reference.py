"""The right derivative of each input, to compare explanations with."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from autograd.check.analytic import RecordedCall
from autograd.check.arrays import Vector, close
from autograd.check.checked_function import CheckedFunction, as_derivative
from autograd.check.state import Check
from autograd.debugging import Trace
from autograd.engine.grad_mode import is_recording


class Reference:
    """The right derivatives: by this library if they agree with the numerical ones.

    Attributes
    ----------
    recorded_call : RecordedCall or None
        A recorded call of the function, if it can be recorded and its derivatives are right.
    trace : Trace or None
        The lines that made its nodes.
    arrays : dict
        The right derivative of each leaf, by path; missing if it is not fully known.
    """

    def __init__(self, check: Check) -> None:
        self.check = check
        self.arrays: dict[str, Any] = {}
        self.recorded_call: RecordedCall | None = None
        self.trace: Trace | None = None
        function = check.function
        if not function.on_nodes and function.size <= 100:
            self._record(function)
        if not self.arrays and check.projected is None and check.weights is None:
            numeric = check.report.batches[0].outcome.numeric / check.lines.scales
            for leaf in function.inputs:
                self.arrays[leaf.path] = as_derivative(numeric[:, leaf.slice], leaf)

    def _record(self, function: CheckedFunction) -> None:
        """Differentiate by this library, and accept the result if finite differences agree."""
        if not is_recording():
            return
        try:
            other = function.with_nodes()
            with Trace() as trace:
                recorded_call = RecordedCall(other)
            matrix = recorded_call.reverse(np.eye(other.size))
        except Exception:  # it may not be written in NumPy
            return
        if other.size != function.size or not self._agrees(matrix):
            return
        self.recorded_call, self.trace = recorded_call, trace
        for leaf in function.inputs:
            self.arrays[leaf.path] = as_derivative(matrix[:, leaf.slice], leaf)

    def _agrees(self, matrix: Any) -> bool:
        check = self.check
        weights = check.weights
        rows = matrix if weights is None else weights @ matrix
        if check.projected is not None:
            along, outcome = (
                rows @ check.projected.directions.T,
                check.projected.outcome,
            )
        else:
            along, outcome = rows * check.lines.scales, check.report.batches[0].outcome
        known = np.isfinite(outcome.numeric)
        apart = np.abs(along - outcome.numeric)[known]
        allowed = outcome.tolerance[known] + 1e-6 * np.abs(outcome.numeric[known])
        # At kinks the right derivative may differ from the numerical one.
        return bool(known.any() and np.mean(apart <= allowed + 1e-12) > 0.9)

    def matrix(self) -> Any:
        """Return the right derivatives as a matrix, with a row for each result."""
        assert self.recorded_call is not None
        return self.recorded_call.reverse(np.eye(self.recorded_call.function.size))

    def moved_to(self, x: Vector) -> Reference | None:
        """Return the right derivatives at another point; None if they are not known."""
        if self.recorded_call is None:
            return None
        function = self.check.function
        moved = copy.copy(self)
        moved.recorded_call = RecordedCall(function.with_nodes(x))
        matrix = moved.matrix()
        moved.arrays = {
            leaf.path: as_derivative(matrix[:, leaf.slice], leaf) for leaf in function.inputs
        }
        return moved

    def agrees(self, path: str, candidate: Any) -> bool:
        """Return whether a derivative is right for a leaf."""
        return path in self.arrays and close(candidate, self.arrays[path])
