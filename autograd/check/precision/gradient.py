"""The right digits of gradients, by differences of the exact function."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.check.analytic import RecordedCall
from autograd.check.checked_function import Leaf
from autograd.check.precision.digits import right_digits
from autograd.check.precision.exact import Arithmetic, Record
from autograd.engine import Node

#: Decimal digits to compute differences with; the step has a third of them.
DIGITS = 120
#: The most elements that all evaluations for a gradient may compute.
BUDGET = 400_000


def gradient_digits(
    call: RecordedCall, record: Record, seed: int, notes: list[str]
) -> dict[str, Any]:
    """Return the right digits of the derivatives by this library, by the path of the input.

    Parameters
    ----------
    call : RecordedCall
        The function.
    record : Record
        The same, to evaluate exactly.
    seed : int
        The seed of the sample.
    notes : list of str
        Where to say what is left out.
    """
    if record.unknown:
        notes.append("The digits of the gradient are not known, because an operation is not.")
        return {}
    function, random = call.function, np.random.default_rng(seed)
    weights = np.ones(function.size)
    if function.size > 1:  # few bits, so that they are the same numbers in every type
        weights = random.integers(4, 13, function.size) / 8
    computed = call.reverse(weights[None])[0]
    differences = _Differences(call, record, weights)
    count = max(4, BUDGET // max(1, 2 * record.work * len(function.inputs)))
    found = {}
    for leaf, node in zip(function.inputs, call.leaves, strict=True):
        if id(node) not in record.computed:
            continue
        found[leaf.path] = digits = np.full(leaf.data.shape, np.nan)
        chosen = np.arange(leaf.data.size)
        if chosen.size > count:
            chosen = np.sort(random.choice(chosen, count, replace=False))
            notes.append(f"{count} of {leaf.data.size} derivatives of {leaf.path} were compared.")
        own = computed[leaf.slice]
        for position in chosen:
            digits.reshape(-1)[position] = _compared(own, differences, leaf, node, int(position))
    return found


def _compared(own: Any, differences: Any, leaf: Leaf, node: Any, position: int) -> float:
    if not leaf.complex:
        exact = differences.along(node, position, 1)
        number = np.asarray(own[position], leaf.data.dtype)
    else:
        parts = [differences.along(node, position, step) for step in (1, 1j)]
        exact = differences.arithmetic.m.mpc(*parts)
        number = np.asarray(complex(*own[2 * position : 2 * position + 2]), leaf.data.dtype)
    objects = np.empty((), object)
    objects[()] = exact
    return float(right_digits(number, objects))


class _Differences:
    """Central differences of the weighted sum of the results."""

    def __init__(self, call: RecordedCall, record: Record, weights: Any) -> None:
        self.call, self.record, self.weights = call, record, weights
        self.arithmetic = Arithmetic(DIGITS)

    def along(self, node: Any, position: int, direction: complex) -> Any:
        """Return the derivative with respect to one element of a leaf."""
        m = self.arithmetic.m
        start = self.arithmetic.exact(self.record.computed[id(node)])
        size = abs(start.reshape(-1)[position])
        step = m.mpf(10) ** (-DIGITS // 3) * (size if 0 < size < m.inf else 1)
        totals = []
        for sign in (1, -1):
            moved = start.copy()
            moved.reshape(-1)[position] += sign * step * m.convert(direction)
            totals.append(self._total({id(node): moved}))
        return (totals[0] - totals[1]) / (2 * step)

    def _total(self, moved: dict[int, Any]) -> Any:
        values = self.record.evaluate(self.arithmetic, moved)
        m, total = self.arithmetic.m, self.arithmetic.m.zero
        for leaf, output in zip(self.call.function.outputs, self.call.outputs, strict=True):
            if not isinstance(output, Node):
                continue
            numbers = values[id(output)].ravel()
            weights = self.weights[leaf.slice].tolist()
            if leaf.complex:
                numbers = [part for y in numbers for part in (m.re(y), m.im(y))]
            for weight, number in zip(weights, numbers, strict=True):
                total += m.mpf(weight) * number
        return total
