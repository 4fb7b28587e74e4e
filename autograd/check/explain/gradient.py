"""Find the wrong line of a hand-written gradient.

The gradient is called with nodes, which records each operation with its line. Then each operation
in turn is replaced by others it is often confused with. If the outcome is the right derivative, the
line is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from autograd.check.arrays import Vector
from autograd.check.candidate import by_leaf
from autograd.check.checked_function import CheckedFunction
from autograd.check.explain.known_functions import Segment, segments
from autograd.check.explain.reference import Reference
from autograd.check.explain.replay import run
from autograd.debugging import Trace
from autograd.engine import Node, Primitive
from autograd.graph import Graph, contents, current
from autograd.rules import elementwise, products, reductions, shapes

#: The largest number of operations, and of changes to try.
MOST_NODES, MOST_REPAIRS = 300, 3000

Change = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Repair:
    """A change of one operation that may correct a gradient."""

    node: Any
    text: str
    change: Change


class Repairs:
    """The search for the change that corrects a gradient.

    Parameters
    ----------
    function : CheckedFunction
        The function it should be the gradient of.
    gradient : callable
        The gradient.
    reference : Reference
        The right derivatives.
    x : ndarray, optional
        The point at which to evaluate it; by default the inputs.

    Attributes
    ----------
    items : dict
        The nodes or constants that the gradient returns, by the path of the leaf.
    """

    def __init__(
        self,
        function: CheckedFunction,
        gradient: Callable[..., Any],
        reference: Reference,
        x: Vector | None = None,
    ) -> None:
        self.reference = reference
        other = CheckedFunction(gradient, function.template, True, function.names).with_nodes(x)
        with Trace() as trace:
            result = other.call(other.objects())
        self.trace: Trace = trace
        parts = by_leaf(function, result)
        self.items = {
            leaf.path: current(item) for leaf, item in zip(function.inputs, parts, strict=True)
        }
        self.graph = Graph.of(*[item for item in parts if isinstance(item, Node)])
        self.usable = len(self.graph) <= MOST_NODES

    def explain(
        self, wrong: list[str], elsewhere: Repairs | None = None
    ) -> tuple[list[str], list[str]]:
        """Return the changes that correct most gradients, one for each line, and their paths.

        A mistake in a sign or a factor can be corrected in several places. A change that works here
        and not `elsewhere` is a coincidence.
        """
        found: dict[str, str] = {}
        most: list[str] = []
        if not self.usable:
            return [], []
        for number, repair in enumerate(self._repairs()):
            if number > MOST_REPAIRS:
                break
            corrected = self._corrected(repair, wrong)
            if corrected and elsewhere is not None:
                corrected = elsewhere.confirmed(self._key(repair), corrected)
            if len(corrected) > len(most):
                found, most = {}, corrected
            if corrected and corrected == most:
                place = self.trace.where(repair.node)
                found.setdefault(str(place), self.describe(repair))
        return list(found.values()), most

    def _corrected(self, repair: Repair, wrong: list[str]) -> list[str]:
        """Return the gradients that a change corrects; none if it spoils another one."""
        found = self.outcome(repair)
        corrected = [path for path in wrong if self.reference.agrees(path, found.get(path))]
        others = [p for p in self.items if p not in wrong and p in self.reference.arrays]
        unspoilt = all(self.reference.agrees(path, found.get(path)) for path in others)
        return corrected if unspoilt else []

    def confirmed(self, key: tuple[int, str], corrected: list[str]) -> list[str]:
        """Return which of the gradients the same change corrects at this point as well."""
        same = self._by_key.get(key)
        if same is None:
            return corrected
        outcomes = [self.outcome(repair) for repair in same]
        return [p for p in corrected if any(self.reference.agrees(p, o.get(p)) for o in outcomes)]

    def _key(self, repair: Repair) -> tuple[int, str]:
        """Return a key that is the same for this repair at another point."""
        return self._positions[id(repair.node)], repair.text

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {id(node): position for position, node in enumerate(self.graph.nodes)}

    @cached_property
    def _by_key(self) -> dict[tuple[int, str], list[Repair]]:
        found: dict[tuple[int, str], list[Repair]] = {}
        for repair in islice(self._repairs(), MOST_REPAIRS):
            found.setdefault(self._key(repair), []).append(repair)
        return found

    def after_broadcasting(self, wrong: list[str]) -> tuple[str, dict[str, Any]] | None:
        """Return the gradients after making a row a column where they broadcast, and the line."""
        for node in self.graph.operations:
            for repair in self._broadcasts(node):
                found = self.outcome(repair)
                right = self.reference.arrays
                if any(p in found and np.shape(found[p]) == np.shape(right[p]) for p in wrong):
                    return self.describe(repair), found
        return None

    def describe(self, repair: Repair) -> str:
        """Return the line of a repair and its text."""
        place = self.trace.where(repair.node)
        return f"{place}\n    {repair.text}" if place is not None else repair.text

    def outcome(self, repair: Repair) -> dict[str, Any]:
        """Return the gradients after a change; nothing if the change fails."""
        try:
            results = run(self.graph, {id(repair.node): repair.change})
        except Exception:  # later operations may not accept the change
            return {}
        return {
            path: results[id(item)] if isinstance(item, Node) else item
            for path, item in self.items.items()
        }

    # -- changes, the likeliest first -------------------------------------------------------

    def _repairs(self) -> Iterator[Repair]:
        nodes = self.graph.operations
        for family in (
            self._broadcasts,
            self._products,
            self._operators,
            self._reductions,
            self._indices,
            self._factors,
            self._slopes,
            self._names,
        ):
            for node in reversed(nodes):
                yield from family(node)

    def _broadcasts(self, node: Any) -> Iterator[Repair]:
        if node.primitive.partials is None or len(node.arguments) != 2:
            return
        shapes = [np.shape(contents(a)) for a in node.arguments]
        for flat, column in ((0, 1), (1, 0)):
            n = shapes[flat][0] if len(shapes[flat]) == 1 else 0
            if n > 1 and shapes[column] == (n, 1):
                yield Repair(
                    node,
                    f"Here shapes {shapes[0]} and {shapes[1]} broadcast to {node.shape}; the "
                    "vector should be a column, .reshape(-1, 1).",
                    on_argument(node, flat, lambda x: np.reshape(x, (-1, 1))),
                )

    def _products(self, node: Any) -> Iterator[Repair]:
        if node.primitive not in ORDERED or len(node.arguments) != 2:
            return
        if node.primitive is products.matmul:
            matrices = [i for i, x in enumerate(node.arguments) if np.ndim(contents(x)) == 2]
            for argnum in matrices:
                which = ("first", "second")[argnum]
                change = on_argument(node, argnum, np.transpose)
                yield Repair(node, f"With the {which} matrix transposed it is right.", change)
            if len(matrices) == 2:
                both = instead(lambda a, b: np.matmul(a.T, b.T))
                yield Repair(node, "With both matrices transposed it is right.", both)
        function = node.primitive.function
        exchanged = instead(lambda a, b: function(b, a))
        yield Repair(node, "With the operands exchanged it is right.", exchanged)

    def _operators(self, node: Any) -> Iterator[Repair]:
        for text, function in CONFUSED.get(node.primitive, ()):
            text = f"With {text} in place of {node.op} it is right."
            yield Repair(node, text, instead(function))
        if node.primitive in (elementwise.power, elementwise.square):
            is_square = node.primitive is elementwise.square
            power = 2 if is_square else contents(node.arguments[1])
            for other in (power - 1, power + 1) if isinstance(power, (int, float)) else ():
                text = f"With the power {other:g} in place of {power:g} it is right."
                yield Repair(node, text, raised_to(other))

    def _reductions(self, node: Any) -> Iterator[Repair]:
        if node.primitive not in REDUCTIONS:
            return
        for axis in (None, *range(np.ndim(contents(node.arguments[0])))):
            for keepdims in (False, True):
                text = f"With axis={axis}, keepdims={keepdims} it is right."
                yield Repair(node, text, reduced(node.primitive.function, axis, keepdims))
        other = reductions.mean if node.primitive is reductions.sum else reductions.sum
        text = f"With {other.name} in place of {node.op} it is right."
        yield Repair(node, text, lambda x, keywords: other.function(x[0], **keywords))

    def _indices(self, node: Any) -> Iterator[Repair]:
        if node.primitive is not shapes.getitem:
            return
        index = node.arguments[1]
        parts = index if isinstance(index, tuple) else (index,)
        for position, part in enumerate(parts):
            for shift in (1, -1):
                moved = _moved(part, shift)
                if moved is not None:
                    changed = (*parts[:position], moved, *parts[position + 1 :])
                    text = ", ".join(map(_index_text, changed))
                    yield Repair(node, f"With the index [{text}] it is right.", taken(changed))

    def _factors(self, node: Any) -> Iterator[Repair]:
        lengths = {n for a in node.arguments for n in np.shape(contents(a)) if n > 2}
        factors: dict[str, float] = {"-1": -1.0, "2": 2.0, "1/2": 0.5}
        for n in lengths:
            factors |= {f"{n}": float(n), f"1/{n}": 1 / n}
        for text, factor in factors.items():
            yield Repair(node, f"Multiplied by {text} it is right.", multiplied(node, factor))

    def _slopes(self, node: Any) -> Iterator[Repair]:
        """Multiply by, or insert, the derivative of a known function."""
        for segment in self._known_segments:
            slope = segment.slope
            if np.shape(slope) != node.shape or not np.isfinite(slope).all():
                continue
            text = f"{segment.known.text}, the derivative of {segment.known.name},"
            yield Repair(node, f"Multiplied by {text} it is right.", multiplied(node, slope))
            yield Repair(node, f"With {text} in its place it is right.", constant(slope))

    @cached_property
    def _known_segments(self) -> list[Segment]:
        found = list(segments(self.graph))
        call = self.reference.recorded_call
        if call is not None:
            found += segments(call.graph)
        return found

    def _names(self, node: Any) -> Iterator[Repair]:
        """Replace an argument by another intermediate result."""
        for argnum, argument in enumerate(node.arguments):
            for other in self.graph.nodes if isinstance(argument, Node) else ():
                if other is node:
                    break  # later results do not exist yet
                if other is argument or other.shape != np.shape(contents(argument)):
                    continue
                place = self.trace.where(other)
                text = f"the result of line {place.line}" if place is not None else "an input"
                yield Repair(
                    node,
                    f"With {text} as argument {argnum} of {node.op} it is right.",
                    on_argument(node, argnum, constantly(contents(other))),
                )


#: Operations whose result depends on the order of their operands.
ORDERED = {products.matmul, elementwise.subtract, elementwise.divide, elementwise.power}

REDUCTIONS = {reductions.sum, reductions.mean, reductions.max, reductions.min}

#: Operations that are often confused, each with what may have been meant.
CONFUSED: dict[Primitive, tuple[tuple[str, Callable[..., Any]], ...]] = {
    elementwise.add: (("a - b", np.subtract),),
    elementwise.subtract: (("a + b", np.add),),
    elementwise.multiply: (("a / b", np.divide), ("a alone", lambda a, b: a + 0 * b)),
    elementwise.divide: (("a * b", np.multiply), ("a alone", lambda a, b: a + 0 * b)),
    elementwise.sin: (("cos", np.cos), ("-sin", lambda x: -np.sin(x))),
    elementwise.cos: (
        ("sin", np.sin),
        ("-sin", lambda x: -np.sin(x)),
        ("-cos", lambda x: -np.cos(x)),
    ),
    elementwise.sinh: (("cosh", np.cosh),),
    elementwise.cosh: (("sinh", np.sinh),),
    elementwise.exp: (("exp(-x)", lambda x: np.exp(-x)),),
    elementwise.maximum: (("minimum", np.minimum),),
    elementwise.minimum: (("maximum", np.maximum),),
    elementwise.log: (("log1p", np.log1p), ("1/x", lambda x: 1 / x)),
    elementwise.tanh: (("1 - tanh²", lambda x: 1 - np.tanh(x) ** 2),),
}


def instead(function: Callable[..., Any]) -> Change:
    """Return the change to another function of the same arguments."""
    return lambda arguments, keywords: function(*arguments)


def on_argument(node: Any, argnum: int, function: Callable[[Any], Any]) -> Change:
    """Return the change that applies a function to one argument first."""
    original = node.primitive.function

    def change(arguments: Any, keywords: Any) -> Any:
        altered = [*arguments]
        altered[argnum] = function(altered[argnum])
        return original(*altered, **keywords)

    return change


def multiplied(node: Any, factor: Any) -> Change:
    """Return the change that multiplies the result."""
    original = node.primitive.function
    return lambda arguments, keywords: factor * original(*arguments, **keywords)


def reduced(function: Callable[..., Any], axis: Any, keepdims: Any) -> Change:
    """Return the change that reduces over another axis."""
    return lambda arguments, keywords: function(arguments[0], axis=axis, keepdims=keepdims)


def raised_to(power: float) -> Change:
    """Return the change that takes another power."""
    return lambda arguments, keywords: arguments[0] ** power


def taken(index: Any) -> Change:
    """Return the change that takes another index."""
    return lambda arguments, keywords: arguments[0][index]


def constant(data: Any) -> Change:
    """Return the change to a constant."""
    return lambda arguments, keywords: data


def constantly(data: Any) -> Callable[[Any], Any]:
    """Return a constant function."""
    return lambda x: data


def _moved(part: Any, shift: int) -> Any:
    if isinstance(part, bool):
        return None
    if isinstance(part, int):
        return part + shift
    if isinstance(part, slice) and part.step is None and (part.start, part.stop) != (None, None):
        start = None if part.start is None else part.start + shift
        stop = None if part.stop is None else part.stop + shift
        return slice(start, None if stop == 0 else stop)
    return None


def _index_text(part: Any) -> str:
    if isinstance(part, slice):
        return (
            f"{'' if part.start is None else part.start}:{'' if part.stop is None else part.stop}"
        )
    return str(part)
