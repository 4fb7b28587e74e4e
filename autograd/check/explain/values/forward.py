"""Right values of a function that cannot be recorded: probed, and differentiated numerically."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from autograd.check.budget import Budget
from autograd.check.checked_function import CheckedFunction, as_derivative
from autograd.check.explain.values.dataflow import Dataflow, Evaluation, fingerprint
from autograd.check.explain.values.right import Key, RightValues
from autograd.check.explain.values.runs import Probed

#: The largest array to differentiate with respect to, and how long to do so, in seconds.
MOST_ELEMENTS, MOST_SECONDS = 200, 1.5

#: The step of central differences, relative to the size of a value.
STEP = 1e-5


class ForwardPass(Probed):
    """A function, probed: its outcome is the weighted sum of its results."""

    def __init__(self, function: CheckedFunction, weights: Any) -> None:
        super().__init__(lambda x: weights @ function.value(x), function.x)


class ProbedValues(RightValues):
    """The values that a function computes, and derivatives by finite differences.

    A node is an input or the value of an expression in one turn. It is used where a variable is
    read.

    Parameters
    ----------
    forward : ForwardPass
        The function.
    budget : Budget
        The time that there is.
    function : CheckedFunction
        The function.
    x : ndarray
        The point.
    gradients : dict
        The right derivative of each leaf.
    """

    tolerance = 1e-5

    def __init__(
        self,
        forward: ForwardPass,
        budget: Budget,
        function: CheckedFunction,
        x: Any,
        gradients: dict[str, Any],
    ) -> None:
        super().__init__()
        self.forward, self.x, self.gradients = forward, x, gradients
        self.budget = budget.part(MOST_SECONDS)
        self.leaves = [leaf.moved_to(x) for leaf in function.inputs]
        self.result, recorder = forward.recorded(x)
        self.flow = Dataflow(forward.sites, recorder.rows)
        self.nodes = self._nodes()

    def _nodes(self) -> list[Any]:
        """Return the leaves, and the evaluations that computed something."""
        made = [
            evaluation
            for number, row in self.flow.rows.items()
            for turn in range(len(row.values))
            if (evaluation := self.flow.at(number, turn)) and self._is_new(evaluation)
        ]
        return [*self.leaves, *sorted(made, key=lambda e: e.clock)]

    def _is_new(self, evaluation: Evaluation) -> bool:
        site = self.forward.sites[evaluation.number]
        value = self.flow.value(evaluation)
        if site.kind == "name" or value.dtype.kind not in "fc" or value.size > MOST_ELEMENTS:
            return False
        return self.flow.source(evaluation) is None and fingerprint(value) not in self._inputs

    @cached_property
    def _inputs(self) -> dict[Any, int]:
        return {fingerprint(leaf.data): number for number, leaf in enumerate(self.leaves)}

    @property
    def count(self) -> int:
        """The number of nodes."""
        return len(self.nodes)

    @property
    def signature(self) -> Any:
        """The expressions in the order of their evaluation."""
        return [node if isinstance(node, Evaluation) else node.path for node in self.nodes]

    # -- derivatives ------------------------------------------------------------------------

    def _basic(self, key: Key) -> Any:
        kind, node = key[0], self.nodes[key[1]]
        if not isinstance(node, Evaluation):
            return node.data if kind == "value" else self.gradients[node.path]
        return self.flow.value(node) if kind == "value" else self._derivative(node)

    def _part(self, node: int, edge: tuple[int, int]) -> Any:
        return self._derivative(self._uses[edge[0]])

    def _derivative(self, evaluation: Evaluation) -> Any:
        """Return the derivative with respect to one value by central differences."""
        value = self.flow.value(evaluation)
        if value.dtype.kind != "f" or value.size > MOST_ELEMENTS or self.budget.is_over():
            return None
        size = float(np.max(np.abs(value), initial=0.0)) or 1.0
        everywhere = np.cos(np.arange(value.size)).reshape(value.shape)
        if np.array_equal(self._moved(evaluation, value + STEP * size * everywhere), self.result):
            return None
        found = np.zeros(value.shape)
        for index in np.ndindex(value.shape):
            if self.budget.is_over():
                return None
            ends = []
            for sign in (1, -1):
                moved = np.array(value)
                moved[index] += sign * STEP * size
                result = self._moved(evaluation, moved)
                if result is None:
                    return None
                ends.append((moved[index], result[0]))
            (right, above), (left, below) = ends
            found[index] = (above - below) / (right - left)
        return found

    def _moved(self, evaluation: Evaluation, value: Any) -> Any:
        """Return the result with one value replaced."""
        new = [None] * evaluation.turn + [value]
        return self.forward.replaced(self.x, evaluation.number, new)

    # -- how nodes belong together ----------------------------------------------------------

    @cached_property
    def _uses(self) -> dict[int, Evaluation]:
        """Where variables are read, by a running number."""
        found = []
        for number, row in self.flow.rows.items():
            site = self.forward.sites[number]
            if site.kind == "name" or (site.reads and not site.inside):
                found += [self.flow.at(number, turn) for turn in range(len(row.values))]
        return dict(enumerate(sorted(found, key=lambda e: e.clock)))

    @cached_property
    def consumers(self) -> Mapping[int, list[tuple[int, int]]]:
        """Where each node is read."""
        found: dict[int, list[tuple[int, int]]] = {i: [] for i in range(len(self.nodes))}
        position = {node: i for i, node in enumerate(self.nodes) if isinstance(node, Evaluation)}
        for number, use in self._uses.items():
            source = self.flow.source(use)
            node = position.get(source) if source is not None else None
            if node is None:
                node = self._inputs.get(fingerprint(self.flow.value(use)))
            if node is not None:
                found[node].append((number, 0))
        return found

    @cached_property
    def families(self) -> list[list[int]]:
        """The turns of each expression; inputs of as many dimensions."""
        found: dict[Any, list[int]] = {}
        for number, node in enumerate(self.nodes):
            key = node.number if isinstance(node, Evaluation) else ("inputs", node.data.ndim)
            found.setdefault(key, []).append(number)
        return [group for group in found.values() if len(group) > 1]

    def slopes(self, node: int) -> Iterable[int]:
        """Return nothing: which operation made a node is unknown."""
        return ()

    def caller(self, node: int) -> Any:
        """Return the expression that reads a variable."""
        return self._uses[node].number

    def made(self, node: int) -> str:
        """Return the name of an input, or an expression and its line."""
        made = self.nodes[node]
        return self._written(made) if isinstance(made, Evaluation) else str(made.path)

    def reader(self, edge: tuple[int, int]) -> str:
        """Return the expression that reads a variable, and its line."""
        return self._written(self._uses[edge[0]])

    def _written(self, evaluation: Evaluation) -> str:
        site = self.forward.sites[evaluation.number]
        return f"`{site.text}` in line {site.line}"


def numerical_gradients(
    function: CheckedFunction, x: Any, weights: Any, jacobian: bool
) -> dict[str, Any]:
    """Return the derivative of each leaf by central differences of fourth order."""
    columns = []
    for position, scale in enumerate(function.scales()):
        column = np.zeros(function.size)
        for step, weight in ((1, 8.0), (-1, -8.0), (2, -1.0), (-2, 1.0)):
            moved = np.array(x)
            moved[position] += 1e-3 * step * scale
            column = column + weight * function.value(moved)
        columns.append(column / (12e-3 * scale))
    matrix = np.array(columns).T
    matrix = matrix if jacobian else weights @ matrix
    return {leaf.path: as_derivative(matrix[:, leaf.slice], leaf) for leaf in function.inputs}
