"""The right digits of gradients, by differences of the exact function."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.check.accuracy.digits import digits_of_type, right_digits
from autograd.check.accuracy.exact import AGREEMENT, Arithmetic, Record
from autograd.check.analytic import RecordedCall
from autograd.check.checked_function import Leaf
from autograd.engine import Node

#: Decimal digits to compute differences with: many only if few do not suffice.
DIGITS = (120, 600)
#: The most elements that all evaluations for a gradient may compute.
BUDGET = 400_000
TINY = float(np.finfo(np.float64).tiny)


class ExactGradient:
    """The exact derivatives of a recorded call, by differences; of large arrays a sample.

    Parameters
    ----------
    call : RecordedCall
        The function.
    record : Record
        The same, to evaluate exactly.
    seed : int
        The seed of the weights and of the sample.

    Attributes
    ----------
    weights : array
        The weights of the results, whose sum is differentiated.
    exact : dict
        The derivatives with respect to elements, by their position and by the path of the input;
        None where there is none.
    notes : list of str
        What was left out.
    """

    def __init__(self, call: RecordedCall, record: Record, seed: int) -> None:
        self.notes: list[str] = []
        self._leaves = list(zip(call.function.inputs, call.leaves, strict=True))
        self.exact: dict[str, dict[int, Any]] = {}
        random = np.random.default_rng(seed)
        self.weights = np.ones(call.function.size)
        if call.function.size > 1:  # few bits, so that they are the same numbers in every type
            self.weights = random.integers(4, 13, call.function.size) / 8
        if record.unknown:
            self.notes.append(
                "The digits of the gradient are not known, because an operation is not."
            )
            return
        differences = _Differences(call, record, self.weights)
        count = max(4, BUDGET // max(1, 4 * record.work * len(self._leaves)))
        for leaf, node in self._leaves:
            if id(node) not in record.computed:
                continue
            chosen = np.arange(leaf.data.size)
            if chosen.size > count:
                chosen = np.sort(random.choice(chosen, count, replace=False))
                self.notes.append(
                    f"{count} of {leaf.data.size} derivatives of {leaf.path} were compared."
                )
            self.exact[leaf.path] = {
                int(position): differences.number(leaf, node, int(position)) for position in chosen
            }

    def digits(self, computed: Any) -> dict[str, Any]:
        """Return the right digits of derivatives, by the path of the input.

        They are NaN where the derivative is not known, or does not exist.

        Parameters
        ----------
        computed : array
            The derivatives with respect to the real numbers of all inputs.
        """
        found = {}
        for leaf, _ in self._leaves:
            if leaf.path in self.exact:
                found[leaf.path] = digits = np.full(leaf.data.shape, np.nan)
                for position, exact in self.exact[leaf.path].items():
                    digits.reshape(-1)[position] = _compared(
                        computed[leaf.slice], leaf, position, exact
                    )
        return found


def _compared(own: Any, leaf: Leaf, position: int, exact: Any) -> float:
    """Return the right digits of one derivative; NaN if it does not exist, as at the root of 0."""
    if exact is None:
        return math.nan
    parts = own[2 * position : 2 * position + 2] if leaf.complex else own[position : position + 1]
    number = np.asarray(complex(*parts) if leaf.complex else parts[0], leaf.data.dtype)
    if exact == 0 and number != 0 and np.isfinite(number):  # relative to the other derivatives
        sizes = np.abs(own[np.isfinite(own)])
        ratio = max(float(abs(number)) / float(np.max(sizes)), TINY)
        return max(0.0, min(digits_of_type(number.dtype), -math.log10(ratio)))
    objects = np.empty((), object)
    objects[()] = exact
    return float(right_digits(number, objects))


class _Differences:
    """Central differences of the weighted sum of the results."""

    def __init__(self, call: RecordedCall, record: Record, weights: Any) -> None:
        self.call, self.record, self.weights = call, record, weights
        self.arithmetics = [Arithmetic(digits) for digits in DIGITS]
        self.complex = self.arithmetics[0].m.mpc

    def number(self, leaf: Leaf, node: Any, position: int) -> Any:
        """Return the derivative with respect to one element, real or complex; None if unknown."""
        if not leaf.complex:
            return self.derivative(node, position, 1)
        parts = [self.derivative(node, position, step) for step in (1, 1j)]
        return None if None in parts else self.complex(*parts)

    def derivative(self, node: Any, position: int, direction: complex) -> Any:
        """Return the derivative with respect to one element of a leaf.

        Two steps must give the same, with few digits or with many; otherwise None. What shrinks
        with the step is 0.
        """
        sizes = []
        for arithmetic in self.arithmetics:
            found = self._along(arithmetic, node, position, direction, 1)
            if not arithmetic.m.isfinite(found):
                return None
            again = self._along(arithmetic, node, position, direction, 7)
            if found == again or abs(found - again) <= AGREEMENT * abs(again):
                return found
            sizes.append(abs(again))
        return arithmetic.m.zero if sizes[1] <= AGREEMENT * sizes[0] else None

    def _along(
        self, arithmetic: Arithmetic, node: Any, position: int, direction: complex, wider: int
    ) -> Any:
        """Return a difference quotient; its step has a third of the digits, times `wider`."""
        m = arithmetic.m
        start = arithmetic.exact(self.record.computed[id(node)])
        step = wider * m.mpf(10) ** (-m.dps // 3) * _scale(m, start.ravel(), position)
        ends = []
        for sign in (1, -1):
            moved = start.copy()
            moved.reshape(-1)[position] += sign * step * m.convert(direction)
            known = len(self.record.unknown)
            ends.append(self.record.evaluate(arithmetic, {id(node): moved}))
            if len(self.record.unknown) > known:  # an operation has no value there
                del self.record.unknown[known:]
                return m.nan
        return self._change(m, *ends) / (2 * step)

    def _change(self, m: Any, after: dict[int, Any], before: dict[int, Any]) -> Any:
        """Return by how much the weighted sum of the results differs."""
        total = m.zero
        for leaf, output in zip(self.call.function.outputs, self.call.outputs, strict=True):
            if not isinstance(output, Node):
                continue
            changes = after[id(output)].ravel() - before[id(output)].ravel()
            weights = self.weights[leaf.slice].tolist()
            if leaf.complex:
                changes = [part for change in changes for part in (m.re(change), m.im(change))]
            for weight, change in zip(weights, changes, strict=True):
                total += m.mpf(weight) * change
        return total


def _scale(m: Any, numbers: Any, position: int) -> Any:
    """Return the size of a number; of zero, the least size of the others in its array, or 1."""
    size = abs(numbers[position])
    if 0 < size < m.inf:
        return size
    return min((size for size in map(abs, numbers) if 0 < size < m.inf), default=m.one)
