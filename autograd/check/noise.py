"""The rounding error of a function's results, from its intermediate results."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from autograd.check.analytic import RecordedCall
from autograd.check.arrays import Vector, as_cotangent, plain
from autograd.check.checked_function import CheckedFunction
from autograd.devices import as_array, beside
from autograd.engine import Node
from autograd.engine.grad_mode import is_recording
from autograd.graph import Graph, contents

#: The most operations to walk through, over all results; but at least `FEW_RESULTS` are analysed.
MOST_OPERATIONS, FEW_RESULTS = 100_000, 64

#: What is smaller than this many rounding errors may be rounding alone. In half precision fewer
#: are this relative change, which finite differences see.
ROUNDINGS, VISIBLE = 64, 4e-3

#: How many neighbouring inputs to try on each side.
NEIGHBOURS = 16


class Noise:
    """The rounding errors of the results of a function, to first order.

    Every operation has a relative error, the precision of its type. The derivative of a result with
    respect to the operation determines its effect on the result. So the rounding error of a result
    in which large numbers cancel is theirs. An operation that is not elementwise may cancel
    internally; its values at other arguments show its size without cancellation.

    The errors are independent, so their squares add up. The sum of the errors themselves may be as
    large as the effect of one of many elements, whose derivative could then be wrong unseen.

    Parameters
    ----------
    function : CheckedFunction
        The function.
    recorded_call : RecordedCall or None
        A recorded call of it; by default the function is recorded when it is needed. If it cannot
        be recorded, its values at neighbouring floating point numbers show its rounding error.
    weights : ndarray or None
        The weighted sums that replace its results.
    """

    def __init__(
        self, function: CheckedFunction, recorded_call: RecordedCall | None, weights: Vector | None
    ) -> None:
        self.function = function
        self.recorded_call = recorded_call
        self.weights = weights
        self._found: dict[int, float] = {}
        self._unbounded: set[int] = set()

    def limit(self, row: int) -> float:
        """Return what a change of one result must exceed to be no rounding error."""
        return min(ROUNDINGS, VISIBLE / self.function.type_precision) * self.of_row(row)

    def is_unbounded(self, row: int) -> bool:
        """Return whether the result has an infinite derivative by an intermediate result."""
        self.of_row(row)
        return row in self._unbounded

    def of_row(self, row: int) -> float:
        """Return the rounding error of one result or weighted sum; 0 if it is unknown."""
        if row not in self._found:
            if not self._program:
                self._found[row] = max(float(self._jitter[row]), self._own_rounding(row))
            elif len(self._found) < max(FEW_RESULTS, MOST_OPERATIONS // len(self._program)):
                self._found[row] = self._analyse(row)
            else:
                self._found[row] = 0.0
        return self._found[row]

    @cached_property
    def _jitter(self) -> Vector:
        """The rounding errors of all results, from their values at neighbouring inputs.

        The two sides are separate, because the function may jump between them. The steps are much
        smaller than those of finite differences, so what is not linear over them is only noise.
        """
        function = self.function
        x, signs = function.x, np.sign(np.cos(np.arange(function.x.size)))
        ranges = []
        for sign in (1, -1):
            eps = function.type_precision
            steps = sign * np.geomspace(eps, min(eps**0.6, VISIBLE), NEIGHBOURS)
            values = [function.value(x + step * function.scales() * signs) for step in steps]
            if self.weights is not None:
                values = [self.weights @ value for value in values]
            powers = np.stack([np.ones(NEIGHBOURS), steps / steps[-1]], axis=1)
            finite = np.nan_to_num(np.array(values), posinf=0.0, neginf=0.0)
            ranges.append(np.ptp(finite - powers @ (np.linalg.pinv(powers) @ finite), axis=0))
        larger: Vector = np.nan_to_num(np.maximum(*ranges), posinf=0.0)
        return larger

    def _own_rounding(self, row: int) -> float:
        """Return the rounding error of a result itself."""
        function = self.function
        value = function.value(function.x)
        size = abs(float(value[row] if self.weights is None else self.weights[row] @ value))
        return function.type_precision * size if math.isfinite(size) else 0.0

    @cached_property
    def _program(self) -> Graph:
        """The operations of the function; none if it cannot be recorded."""
        try:
            if self.recorded_call is None and is_recording():
                self.recorded_call = RecordedCall(self.function.with_nodes())
        except Exception:  # it may not be written in NumPy
            pass
        graph = Graph((), []) if self.recorded_call is None else self.recorded_call.graph
        return graph if graph.operations else Graph((), [])

    @cached_property
    def _roundings(self) -> dict[int, Any]:
        """The rounding errors of the operations, by the id of their node."""
        return {id(node): _rounding_of(node) for node in self._program}

    def _analyse(self, row: int) -> float:
        assert self.recorded_call is not None
        call = self.recorded_call
        weights = (
            self.weights[row] if self.weights is not None else np.eye(1, call.function.size, row)[0]
        )
        effects: list[Any] = []

        def pull(node: Any, g: Any) -> Iterator[tuple[Any, Any]]:
            for argument, found in _pull(node, g):
                if node.primitive.partials is None:
                    effects.append(np.abs(plain(found)) * _rounding(contents(argument)))
                yield argument, found

        with np.errstate(all="ignore"):
            arrived = self._program.pull_back(call.seeds(weights), pull)
            effects += [
                np.abs(plain(arrived.get(id(node), 0.0))) * self._roundings[id(node)]
                for node in self._program
            ]
            if any(np.isposinf(effect).any() for effect in effects):
                self._unbounded.add(row)
            return math.hypot(*map(_norm, effects))


def _pull(node: Any, g: Any) -> Iterator[tuple[Any, Any]]:
    arguments = [contents(argument) for argument in node.arguments]
    for argnum, argument in enumerate(node.arguments):
        if not isinstance(argument, Node):
            continue
        try:
            found = node.primitive.pullback(argnum, g, contents(node), arguments, node.keywords)
        except Exception:  # the rule may be the one that is wrong
            continue
        yield argument, as_cotangent(found, arguments[argnum])


def _norm(errors: Any) -> float:
    """Return the root of the sum of squares of the finite errors."""
    finite = np.nan_to_num(errors, posinf=0.0).astype(np.float64)
    largest = float(np.max(finite, initial=0.0))  # squares of the errors themselves may underflow
    return largest * float(np.sqrt(np.sum((finite / largest) ** 2))) if largest else 0.0


def _rounding_of(node: Any) -> Any:
    """Return the rounding errors of a node's elements, as if nothing cancelled in its operation."""
    own = _rounding(contents(node))
    primitive = node.primitive
    if primitive is None or primitive.partials is not None or not node.arguments:
        return own
    random = np.random.default_rng(0)

    def moved(argument: Any) -> Any:
        x = contents(argument)
        if not isinstance(argument, Node):
            return x
        factor = beside(random.uniform(0.5, 1.5, np.shape(x)), x)
        return as_array(x * factor, as_array(x).dtype)

    try:
        with np.errstate(all="ignore"):
            nearby = _rounding(primitive.function(*map(moved, node.arguments), **node.keywords))
    except Exception:  # a point outside its domain
        return own
    return np.fmax(own, nearby) if np.shape(nearby) == np.shape(own) else own


def _rounding(x: Any) -> Any:
    array = np.asarray(plain(x))
    return np.finfo(array.dtype).eps * np.abs(array)
