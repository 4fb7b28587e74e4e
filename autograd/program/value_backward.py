"""The backward pass through Values, recorded as instructions.

It follows `autograd.engine.value_backward` step by step, so that the program adds the same numbers
in the same order.
"""

from __future__ import annotations

import operator
from typing import Any

from autograd.engine import Value
from autograd.engine.operations import MULTIPLY
from autograd.program.instructions import same
from autograd.program.places import place_of_caller
from autograd.program.repeating import difference
from autograd.program.traced import Traced, TracedNumber


def pull_back(recorder: Any, roots: list[Any], seeds: list[Any], targets: Any) -> Any:
    """Record the derivatives of Values.

    Parameters
    ----------
    recorder : Recorder
        Records the instructions.
    roots : list of Value
        The results.
    seeds : list of float or Traced
        Their cotangents.
    targets : list of Node or None
        The nodes whose derivatives are wanted; None to add derivatives to ``grad``.

    Returns
    -------
    list or None
        For each target its derivative, None where no root depends on it.
    """
    number = len(recorder.passes)
    known = None if recorder.before is None else recorder.before.passes[number : number + 1]
    pairs = known[0].paired(recorder, roots, seeds) if known and targets is None else None
    if pairs is not None:
        assert known
        again = known[0].repeated(recorder, pairs)
        if again is not None:
            recorder.passes.append(again)
            return None
    found = Pass(recorder, roots, seeds, targets is None)
    recorder.passes.append(found)
    if targets is None:
        found.store(recorder)
        return None
    reached = {id(leaf) for leaf in found.leaves}
    return [
        _rounded_zero(found.found[id(target)]) if id(target) in reached else None
        for target in targets
    ]


class Cotangent:
    """The cotangent that a backward pass found for an inner node, until its `grad` is read."""

    __slots__ = ("found",)

    def __init__(self, found: Any) -> None:
        self.found = found

    def number(self, recorder: Any) -> Any:
        """Return the ``grad``."""
        return _rounded_zero(_of(recorder, self.found))


class Pass:
    """A backward pass that has been recorded; another recording of the call may take it over.

    Attributes
    ----------
    roots, seeds : list
        The results and their cotangents.
    leaves : list of Value
        Those that the results depend on.
    order : list of Value
        The nodes as visited.
    found : dict
        By the identity of a node, its cotangent.
    held : list of tuple
        For each of the nodes its variable, and its number.
    stored : list
        The derivatives that they have got.
    """

    def __init__(self, recorder: Any, roots: list[Any], seeds: list[Any], adds: bool) -> None:
        self.roots, self.seeds = roots, seeds
        pending, self.leaves = _count_edges(roots)
        self.found = {id(x): recorder.value_gradient(x) if adds else 0.0 for x in self.leaves}
        self.initial = [self.found[id(x)] for x in self.leaves]
        self.begin = recorder.position()
        self.order = _walk_edges(recorder, roots, seeds, pending, self.found)
        recorder.reached(None, None)
        self.end = self.begin
        self.held = [(recorder.variable_of(x), x._contents) for x in self.order]
        self.stored: list[Any] = []

    def store(self, recorder: Any) -> None:
        """Add the derivatives to ``grad``."""
        found, store = self.found, recorder.store_gradient
        self.stored = [store(node, found[id(node)]) for node in self.order]
        self.end = recorder.position()

    def paired(self, recorder: Any, roots: list[Any], seeds: list[Any]) -> Any:
        """Return, by the identity of a node, the one of another recording in its place.

        None if there the graph is another one, or holds other numbers.
        """
        if self.end is self.begin or len(roots) != len(self.roots):
            return None
        if not all(map(_is_same_number, self.seeds, seeds)):
            return None
        pairs = dict(zip(map(id, self.roots), roots, strict=True))
        pair, variable_of = pairs.setdefault, recorder.variable_of
        for node, (variable, number) in zip(self.order, self.held, strict=True):
            other = pairs[id(node)]
            if node.primitive is not other.primitive or variable_of(other) is not variable:
                return None
            if variable is None and not same(number, other._contents):
                return None
            arguments, others = node.arguments, other.arguments
            if len(arguments) != len(others):
                return None
            for x, y in zip(arguments, others, strict=True):
                if type(x) is Value:
                    if type(y) is not Value or pair(id(x), y) is not y:
                        return None
                elif type(y) is Value or not same(x, y):
                    return None
        return pairs if len(set(map(id, pairs.values()))) == len(pairs) else None

    def repeated(self, recorder: Any, pairs: dict[int, Any]) -> Pass | None:
        """Take the pass over into another recording; None if something before it is different."""
        leaves = [pairs[id(x)] for x in self.leaves]
        for x in leaves:
            recorder.use_of_argument(x)
        initial = [recorder.value_gradient(x) for x in leaves]
        if recorder.position() != self.begin or not all(
            map(_is_same_number, self.initial, initial)
        ):
            return None
        first = recorder.before
        for a, b in zip(first.items, recorder.items, strict=False):
            if a is not b and difference(a, b):
                return None
        recorder.take_over(self.begin, self.end)
        again = Pass.__new__(Pass)
        again.roots, again.seeds = [pairs[id(x)] for x in self.roots], self.seeds
        again.leaves, again.order = leaves, [pairs[id(x)] for x in self.order]
        again.found, again.initial = {}, initial
        again.begin, again.end = self.begin, self.end
        again.held, again.stored = self.held, self.stored
        for node, gradient in zip(again.order, self.stored, strict=True):
            recorder.store_known(node, gradient)
        return again


def _is_same_number(a: Any, b: Any) -> bool:
    """Return whether two recordings hold the same number here."""
    if isinstance(a, Traced) and isinstance(b, Traced):
        return a._variable is b._variable
    return type(a) is type(b) and same(a, b)


def _of(recorder: Any, x: Any) -> Any:
    """Return a number for a recorder, which another one may have made."""
    return recorder.own(x) if isinstance(x, Traced) and x._recorder is not recorder else x


def _walk_edges(
    recorder: Any,
    roots: list[Any],
    seeds: list[Any],
    pending: dict[int, int],
    found: dict[int, Any],
) -> list[Any]:
    """Record the sums of `found`, by the identity of the node; return the nodes as visited."""
    order: list[Any] = []
    stack: list[Any] = []
    product, total = _operations(recorder)
    reached, number, variable_of = recorder.origins.reached, recorder.number, recorder.variable_of
    items = recorder.items

    def add(node: Any, part: Any) -> None:
        key = id(node)
        before = found.get(key, 0.0)
        found[key] = part if type(before) is float and before == 0.0 else total(before, part)
        pending[key] -= 1
        if pending[key] == 0:
            stack.append(node)

    for root, seed in zip(roots, seeds, strict=True):
        add(root, _as_float(seed))
    while stack:
        node = stack.pop()
        order.append(node)
        g = found[id(node)]
        reached(len(items), variable_of(node), variable_of(g))
        primitive, arguments = node.primitive, node.arguments
        numbers: list[Any] = []
        for argnum, parent in enumerate(arguments):
            if type(parent) is not Value:
                continue
            constant = primitive.partials[argnum]
            if constant == 1:
                add(parent, g)
            elif constant == -1:
                add(parent, -g)
            else:
                if not numbers:
                    numbers = [number(x) if type(x) is Value else x for x in arguments]
                if primitive is MULTIPLY:
                    partial = _as_float(numbers[1 - argnum])
                else:
                    partial = _as_float(primitive.slope(argnum, number(node), numbers))
                if type(g) is float and g == 1.0:
                    add(parent, partial.as_float() if isinstance(partial, Traced) else partial)
                else:
                    add(parent, product(g, partial))
    return order


def _operations(recorder: Any) -> tuple[Any, Any]:
    """Return functions that record the product and the sum of two numbers."""
    place = place_of_caller()
    number_of, is_open = recorder.number_of, recorder.is_open

    def recorded(function: Any) -> Any:
        def operation(x: Any, y: Any) -> Any:
            u, v = x, y
            a, b = x, y
            moves = False
            if type(x) is TracedNumber:
                u, a, moves = x._value, x._variable, x._moves
            if type(y) is TracedNumber:
                v, b, moves = y._value, y._variable, moves or y._moves
            if a is x and b is y:
                return function(x, y)
            if type(u) is float and type(v) is float and is_open():
                return number_of(function, (a, b), function(u, v), moves, None, place)
            return recorder.arithmetic(function, (x, y), None, place)

        return operation

    return recorded(operator.mul), recorded(operator.add)


def _count_edges(roots: list[Any]) -> tuple[dict[int, int], list[Any]]:
    """Count the edges that lead to each node, and list the leaves, in the engine's order."""
    pending: dict[int, int] = {}
    leaves: list[Any] = []
    stack: list[Any] = []

    def reach(node: Any) -> None:
        if pending.get(id(node), 0) == 0:
            stack.append(node)
        pending[id(node)] = pending.get(id(node), 0) + 1

    for root in roots:
        reach(root)
    while stack:
        node = stack.pop()
        if node.primitive is None:
            leaves.append(node)
            continue
        for parent in node.parents:
            reach(parent)
    return pending, leaves


def _as_float(x: Any) -> Any:
    if not isinstance(x, Traced):
        return float(x)
    return x if type(x._value) is bool else x.as_float()  # products with it are floats


def _rounded_zero(x: Any) -> Any:
    """Add zero, as the engine does at first: it turns -0 into 0."""
    return x + 0.0
