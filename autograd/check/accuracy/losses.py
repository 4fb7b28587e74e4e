"""Where a computation loses digits: back from an inaccurate result to the operations at fault."""

from __future__ import annotations

import math
from collections import ChainMap
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.check.accuracy.digits import digits_of_type, right_digits
from autograd.check.accuracy.exact import Arithmetic, Record
from autograd.engine import Node
from autograd.rules import elementwise, reductions

#: Where they magnify errors, terms cancel.
SUMS = (elementwise.add, elementwise.subtract, reductions.sum, reductions.mean)
#: An argument explains the error of a result if it makes at least this part of it.
PART = 0.2


@dataclass
class Step:
    """One operation on the way back from an inaccurate result.

    Attributes
    ----------
    node : Node
        The operation.
    index : int
        The element of its result, counted in its flattened array.
    before, after : float
        The right digits of its arguments, and of that element.
    reason : str
        How the digits were lost.
    """

    node: Any
    index: int
    before: float
    after: float
    reason: str


class Losses:
    """Follow errors back through a record.

    Parameters
    ----------
    record : Record
        The operations and the numbers that were computed.
    arithmetic : Arithmetic
        The exact arithmetic.
    exact : dict of int to array
        The exact value of each node.
    """

    def __init__(self, record: Record, arithmetic: Arithmetic, exact: dict[int, Any]) -> None:
        self.record = record
        self.arithmetic = arithmetic
        self.exact = exact

    def digits(self, node: Any, index: int) -> float:
        """Return the right digits of an element, 0 where it became infinity or zero."""
        computed = self.record.computed[id(node)].reshape(-1)[index : index + 1]
        exact = self.exact[id(node)].reshape(-1)[index : index + 1]
        return float(right_digits(computed, exact, in_range=False)[0])

    def back_from(self, node: Any, index: int) -> list[Step]:
        """Return the operations that make an element inaccurate, the last first."""
        steps: list[Step] = []
        waiting = [(node, index)]
        seen = set()
        while waiting:
            place = waiting.pop()
            key = (id(place[0]), place[1])
            if key in seen or place[0].primitive is None:
                continue
            seen.add(key)
            step, sources = self._step(*place)
            steps.append(step)
            waiting += sources
        return steps

    def _step(self, node: Any, index: int) -> tuple[Step, list[tuple[Any, int]]]:
        after = self.digits(node, index)
        full = digits_of_type(self.record.computed[id(node)].dtype)
        parts = self._parts(node, index)
        total = self._error(self.record.computed[id(node)], self.exact[id(node)], index)
        sources = [
            (argument, self._culprit(node, index, argument))
            for argument, part in parts
            if part >= PART * total and part > 0
        ]
        before = min([full, *[self.digits(*source) for source in sources]])
        step = Step(node, index, before, after, self._reason(node, index, bool(sources)))
        return step, [source for source in sources if self.digits(*source) < full - 1]

    def _parts(self, node: Any, index: int) -> list[tuple[Any, Any]]:
        """Return for each argument the error that its own error makes in an element."""
        found = []
        for argument in _node_arguments(node):
            values = ChainMap({id(argument): self._computed(argument)}, self.exact)
            result = self.record.operation(self.arithmetic, node, values)
            found.append((argument, self._error(result, self.exact[id(node)], index)))
        return found

    def _culprit(self, node: Any, index: int, argument: Any) -> int:
        """Return the element of an argument whose error matters most, by halving."""
        exact = self.exact[id(argument)].reshape(-1)
        computed = self._computed(argument).reshape(-1)
        shape = self.exact[id(argument)].shape
        low, high = 0, exact.size
        while high - low > 1:
            middle = (low + high) // 2
            errors = []
            for part in (slice(low, middle), slice(middle, high)):
                mixed = exact.copy()
                mixed[part] = computed[part]
                values = ChainMap({id(argument): mixed.reshape(shape)}, self.exact)
                result = self.record.operation(self.arithmetic, node, values)
                errors.append(self._error(result, self.exact[id(node)], index))
            low, high = (low, middle) if errors[0] >= errors[1] else (middle, high)
        return low

    def _computed(self, node: Any) -> Any:
        return self.arithmetic.exact(self.record.computed[id(node)])

    def _error(self, value: Any, exact: Any, index: int) -> Any:
        """Return the error of one element; infinite if it is not a number."""
        x = self.arithmetic.exact(value).reshape(-1)[index]
        y = exact.reshape(-1)[index]
        if x == y or (x != x and y != y):
            return self.arithmetic.m.zero
        error = abs(x - y)
        return error if error == error else self.arithmetic.m.inf

    def _reason(self, node: Any, index: int, propagated: bool) -> str:
        computed = self.record.computed[id(node)].reshape(-1)[index]
        given = {id(argument): self._computed(argument) for argument in _node_arguments(node)}
        values = ChainMap(given, self.exact)
        local = self.record.operation(self.arithmetic, node, values).reshape(-1)[index]
        if not np.isfinite(computed) and _finite(self, node):
            return "overflow" if abs(computed) == math.inf else "undefined"
        if computed == 0 and local != 0:
            return "underflow"
        if not propagated:
            return "rounding"
        return "cancellation" if node.primitive in SUMS else "amplifies"


def _finite(losses: Losses, node: Any) -> bool:
    arguments = _node_arguments(node)
    return all(np.isfinite(losses.record.computed[id(a)]).all() for a in arguments)


def _node_arguments(node: Any) -> list[Any]:
    """Return the different nodes among the arguments of a node."""
    found = {id(a): a for a in node.arguments if isinstance(a, Node)}
    return list(found.values())
