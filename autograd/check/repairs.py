"""Find the line of a hand-written gradient that is wrong.

The gradient is run on nodes, so that every operation in it is recorded with its line. Then each
operation is changed in the ways people get wrong, one at a time, and the rest run again; if the
outcome is the right derivative, that line was it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from autograd.check.candidate import by_leaf
from autograd.check.checked_function import Subject
from autograd.check.functions import Segment, segments
from autograd.check.reference import Truth
from autograd.check.replay import Program
from autograd.debugging import Trace
from autograd.engine import Node
from autograd.topology import current

MOST_NODES, MOST_REPAIRS = 300, 3000

Change = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Repair:
    """A change of one operation."""

    node: Any
    text: str
    change: Change


class Repairs:
    """Tries changes in a gradient that can be recorded.

    Parameters
    ----------
    subject : Subject
        The function it is the gradient of.
    gradient : callable
        Somebody's gradient.
    truth : Truth
        The right derivatives.
    x : ndarray, optional
        Where to take it, as a vector; by default at the inputs.

    Attributes
    ----------
    items : dict
        What the gradient returns for each leaf, by path: nodes, or constants.
    """

    def __init__(
        self, subject: Subject, gradient: Callable[..., Any], truth: Truth, x: Any = None
    ) -> None:
        self.truth = truth
        other = Subject(gradient, subject.template, True, subject.names)
        if x is not None:
            other.inputs = [leaf.moved_to(x) for leaf in other.inputs]
        with Trace() as trace:
            result = other.call(other.objects())
        self.trace: Trace = trace
        parts = by_leaf(subject, result)
        self.items = {
            leaf.path: current(item) for leaf, item in zip(subject.inputs, parts, strict=True)
        }
        self.program = Program([item for item in parts if isinstance(item, Node)])
        self.usable = len(self.program.nodes) <= MOST_NODES

    def explain(
        self, wrong: list[str], elsewhere: Repairs | None = None
    ) -> tuple[list[str], list[str]]:
        """Return the changes that put most gradients right, one for each line, and their paths.

        One mistake may be mended in several places: a sign, or a factor, anywhere on the way.
        What mends it here and not `elsewhere` is a coincidence.
        """
        found: dict[str, str] = {}
        most: list[str] = []
        if not self.usable:
            return [], []
        for number, repair in enumerate(self._repairs()):
            if number > MOST_REPAIRS:
                break
            mended = self._mended(repair, wrong)
            if mended and elsewhere is not None:
                mended = elsewhere.confirmed(self._key(repair), mended)
            if len(mended) > len(most):
                found, most = {}, mended
            if mended and mended == most:
                place = self.trace.where(repair.node)
                found.setdefault(str(place), self.told(repair))
        return list(found.values()), most

    def _mended(self, repair: Repair, wrong: list[str]) -> list[str]:
        """Return the gradients that a change puts right; none if it spoils another."""
        found = self.outcome(repair)
        mended = [path for path in wrong if self.truth.agrees(path, found.get(path))]
        others = [p for p in self.items if p not in wrong and p in self.truth.arrays]
        spoilt = mended and not all(self.truth.agrees(path, found.get(path)) for path in others)
        return [] if spoilt else mended

    def confirmed(self, key: tuple[int, str], mended: list[str]) -> list[str]:
        """Return those of the gradients that the same change puts right here too."""
        same = self._by_key.get(key)
        if same is None:
            return mended
        outcomes = [self.outcome(repair) for repair in same]
        return [p for p in mended if any(self.truth.agrees(p, o.get(p)) for o in outcomes)]

    def _key(self, repair: Repair) -> tuple[int, str]:
        """Return what a repair has in common with the same one at another point."""
        return self._positions[id(repair.node)], repair.text

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {id(node): position for position, node in enumerate(self.program.nodes)}

    @cached_property
    def _by_key(self) -> dict[tuple[int, str], list[Repair]]:
        found: dict[tuple[int, str], list[Repair]] = {}
        for repair in islice(self._repairs(), MOST_REPAIRS):
            found.setdefault(self._key(repair), []).append(repair)
        return found

    def after_broadcasting(self, wrong: list[str]) -> tuple[str, dict[str, Any]] | None:
        """Return the gradients when a row that met a column is made a column, and the line."""
        for node in self.program.nodes:
            for repair in self._broadcasts(node) if node.primitive is not None else ():
                found = self.outcome(repair)
                for path in wrong:
                    if path in found and np.shape(found[path]) == np.shape(self.truth.arrays[path]):
                        return self.told(repair), found
        return None

    def told(self, repair: Repair) -> str:
        """Write down a repair and its line."""
        place = self.trace.where(repair.node)
        return f"{place}\n    {repair.text}" if place is not None else repair.text

    def outcome(self, repair: Repair) -> dict[str, Any]:
        """Return the gradients after a change; nothing if it does not fit."""
        try:
            results = self.program.run({id(repair.node): repair.change})
        except Exception:  # a change may make nonsense of what follows
            return {}
        return {
            path: results[id(item)] if isinstance(item, Node) else item
            for path, item in self.items.items()
        }

    # -- changes, the likeliest first -------------------------------------------------------

    def _repairs(self) -> Iterator[Repair]:
        nodes = [node for node in self.program.nodes if node.primitive is not None]
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
        shapes = [np.shape(plain(a)) for a in node.arguments]
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
        if node.op not in ("matmul", "subtract", "divide", "power") or len(node.arguments) != 2:
            return
        if node.op == "matmul":
            matrices = [i for i, x in enumerate(node.arguments) if np.ndim(plain(x)) == 2]
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
        for text, function in CONFUSED.get(node.op, ()):
            told = f"With {text} in place of {node.op} it is right."
            yield Repair(node, told, instead(function))
        if node.op in ("power", "square"):
            power = 2 if node.op == "square" else plain(node.arguments[1])
            for other in (power - 1, power + 1) if isinstance(power, (int, float)) else ():
                told = f"With the power {other:g} in place of {power:g} it is right."
                yield Repair(node, told, raised_to(other))

    def _reductions(self, node: Any) -> Iterator[Repair]:
        if node.op not in ("sum", "mean", "max", "min"):
            return
        for axis in (None, *range(np.ndim(plain(node.arguments[0])))):
            for keepdims in (False, True):
                told = f"With axis={axis}, keepdims={keepdims} it is right."
                yield Repair(node, told, reduced(node.primitive.function, axis, keepdims))
        other = "mean" if node.op == "sum" else "sum"
        told = f"With {other} in place of {node.op} it is right."
        yield Repair(node, told, lambda x, keywords: getattr(np, other)(x[0], **keywords))

    def _indices(self, node: Any) -> Iterator[Repair]:
        if node.op != "getitem":
            return
        index = node.arguments[1]
        parts = index if isinstance(index, tuple) else (index,)
        for position, part in enumerate(parts):
            for shift in (1, -1):
                moved = _moved(part, shift)
                if moved is not None:
                    changed = (*parts[:position], moved, *parts[position + 1 :])
                    told = ", ".join(map(_index_text, changed))
                    yield Repair(node, f"With the index [{told}] it is right.", taken(changed))

    def _factors(self, node: Any) -> Iterator[Repair]:
        lengths = {n for a in node.arguments for n in np.shape(plain(a)) if n > 2}
        factors: dict[str, float] = {"-1": -1.0, "2": 2.0, "1/2": 0.5}
        for n in lengths:
            factors |= {f"{n}": float(n), f"1/{n}": 1 / n}
        for text, factor in factors.items():
            yield Repair(node, f"Multiplied by {text} it is right.", multiplied(node, factor))

    def _slopes(self, node: Any) -> Iterator[Repair]:
        """Multiply by the derivative of an activation in the function or in the gradient."""
        for segment in self._known_segments:
            slope = segment.slope
            if np.shape(slope) != np.shape(node.data) or not np.isfinite(slope).all():
                continue
            told = f"{segment.known.text}, the derivative of {segment.known.name},"
            yield Repair(node, f"Multiplied by {told} it is right.", multiplied(node, slope))
            yield Repair(node, f"With {told} in its place it is right.", constant(slope))

    @cached_property
    def _known_segments(self) -> list[Segment]:
        found = list(segments(self.program.nodes))
        if self.truth.recording is not None:
            found += segments(Program(self.truth.recording.outputs).nodes)
        return found

    def _names(self, node: Any) -> Iterator[Repair]:
        """Put another intermediate result in place of an argument."""
        for argnum, argument in enumerate(node.arguments):
            for other in self.program.nodes if isinstance(argument, Node) else ():
                if other is node:
                    break  # what comes later cannot be meant
                if other is argument or np.shape(other.data) != np.shape(plain(argument)):
                    continue
                place = self.trace.where(other)
                told = f"the result of line {place.line}" if place is not None else "an input"
                yield Repair(
                    node,
                    f"With {told} as argument {argnum} of {node.op} it is right.",
                    on_argument(node, argnum, constantly(other.data)),
                )


#: Operations that are taken for one another.
CONFUSED: dict[str, tuple[tuple[str, Callable[..., Any]], ...]] = {
    "add": (("a - b", np.subtract),),
    "subtract": (("a + b", np.add),),
    "multiply": (("a / b", np.divide), ("a alone", lambda a, b: a + 0 * b)),
    "divide": (("a * b", np.multiply), ("a alone", lambda a, b: a + 0 * b)),
    "sin": (("cos", np.cos), ("-sin", lambda x: -np.sin(x))),
    "cos": (("sin", np.sin), ("-sin", lambda x: -np.sin(x)), ("-cos", lambda x: -np.cos(x))),
    "sinh": (("cosh", np.cosh),),
    "cosh": (("sinh", np.sinh),),
    "exp": (("exp(-x)", lambda x: np.exp(-x)),),
    "maximum": (("minimum", np.minimum),),
    "minimum": (("maximum", np.maximum),),
    "log": (("log1p", np.log1p), ("1/x", lambda x: 1 / x)),
    "tanh": (("1 - tanh²", lambda x: 1 - np.tanh(x) ** 2),),
}


def instead(function: Callable[..., Any]) -> Change:
    """Return the change that computes another function of the same arguments."""
    return lambda arguments, keywords: function(*arguments)


def on_argument(node: Any, argnum: int, function: Callable[[Any], Any]) -> Change:
    """Return the change that does something to one argument first."""
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
    """Return the change that gives the same, whatever the arguments."""
    return lambda arguments, keywords: data


def constantly(data: Any) -> Callable[[Any], Any]:
    """Return a function that gives the same, whatever it is given."""
    return lambda x: data


def plain(x: Any) -> Any:
    """Return the data of a node, and anything else as it is."""
    return x.data if isinstance(x, Node) else x  # type: ignore[attr-defined]


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
