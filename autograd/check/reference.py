"""What the derivative of each input is, to hold explanations against."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.check.analytic import Recording
from autograd.check.checked_function import Leaf, Subject
from autograd.debugging import Trace
from autograd.engine.grad_mode import is_recording

if TYPE_CHECKING:
    from autograd.check.pipeline import Procedure


class Truth:
    """The right derivatives: this library's own, if they agree with the numerical ones.

    Attributes
    ----------
    recording : Recording or None
        The function recorded on nodes, where that is possible and its derivatives are right.
    trace : Trace or None
        Where its nodes were made.
    arrays : dict
        The right derivative for each leaf, by path; missing where it is not known in full.
    """

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.arrays: dict[str, Any] = {}
        self.recording: Recording | None = None
        self.trace: Trace | None = None
        subject = procedure.subject
        if not subject.on_nodes and subject.size <= 100:
            self._record(subject)
        if not self.arrays and procedure.projected is None and procedure.weights is None:
            numeric = procedure.report.batches[0].judgement.numeric / procedure.lines.scales
            for leaf in subject.inputs:
                self.arrays[leaf.path] = as_derivative(numeric[:, leaf.slice], leaf)

    def _record(self, subject: Subject) -> None:
        """Differentiate by this library, and believe it if the finite differences agree."""
        if not is_recording():
            return
        try:
            other = Subject(subject.f, subject.template, True, subject.names)
            with Trace() as trace:
                recording = Recording(other)
            matrix = recording.reverse(np.eye(other.size))
        except Exception:  # not everything can be recorded, and it need not be NumPy at all
            return
        if other.size != subject.size or not self._agrees(matrix):
            return
        self.recording, self.trace = recording, trace
        for leaf in subject.inputs:
            self.arrays[leaf.path] = as_derivative(matrix[:, leaf.slice], leaf)

    def _agrees(self, matrix: Any) -> bool:
        procedure = self.procedure
        weights = procedure.weights
        rows = matrix if weights is None else weights @ matrix
        if procedure.projected is not None:
            along, judgement = (
                rows @ procedure.projected.directions.T,
                procedure.projected.judgement,
            )
        else:
            along, judgement = rows * procedure.lines.scales, procedure.report.batches[0].judgement
        known = np.isfinite(judgement.numeric)
        apart = np.abs(along - judgement.numeric)[known]
        allowed = judgement.tolerance[known] + 1e-6 * np.abs(judgement.numeric[known])
        # At kinks one of several derivatives is right, and it need not be the numerical one.
        return bool(known.any() and np.mean(apart <= allowed + 1e-12) > 0.9)

    def matrix(self) -> Any:
        """Return the right derivatives of everything: a row for each result."""
        assert self.recording is not None
        return self.recording.reverse(np.eye(self.recording.subject.size))

    def moved_to(self, x: Any) -> Truth | None:
        """Return what is right at another point; None if that is not to be had."""
        if self.recording is None:
            return None
        subject = self.procedure.subject
        other = Subject(subject.f, subject.template, True, subject.names)
        other.inputs = [leaf.moved_to(x) for leaf in other.inputs]
        moved = copy.copy(self)
        moved.recording = Recording(other)
        matrix = moved.matrix()
        moved.arrays = {
            leaf.path: as_derivative(matrix[:, leaf.slice], leaf) for leaf in subject.inputs
        }
        return moved

    def agrees(self, path: str, candidate: Any) -> bool:
        """Return whether a derivative is the right one for a leaf."""
        return path in self.arrays and close(candidate, self.arrays[path])


def as_derivative(rows: Any, leaf: Leaf) -> Any:
    """Return rows of real derivatives as an array like the leaf, or one for each result."""
    if leaf.complex:
        rows = np.conj(np.ascontiguousarray(rows).view(np.complex128))
    shape = leaf.data.shape if len(rows) == 1 else (len(rows), *leaf.data.shape)
    return rows.reshape(shape)


def close(a: Any, b: Any) -> bool:
    """Return whether two derivatives are the same, but for rounding."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.size == 0 or a.dtype.kind not in "biufc":
        return False
    finite = np.isfinite(a) & np.isfinite(b)
    if not finite.all():
        return False
    single = {a.dtype.char, b.dtype.char} & set("fFe")
    loose = 1e-3 if single else 2e-6
    size = float(np.max(np.abs(b), initial=0.0))
    return bool(np.all(np.abs(a - b) <= loose * np.abs(b) + loose / 100 * size))
