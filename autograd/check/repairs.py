"""Which line of a hand-written gradient is wrong?

The gradient is run on nodes, so that every operation in it is recorded with its line. Then each
operation is changed in the ways people get wrong, one at a time, and the rest run again; if the
outcome is the right derivative, that line was it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.check.analytic import _by_leaf
from autograd.check.functions import segments
from autograd.check.replay import Program
from autograd.check.subject import Subject
from autograd.check.truth import Truth, close
from autograd.debugging import Trace
from autograd.engine import Node

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

    Attributes
    ----------
    items : dict
        What the gradient returns for each leaf, by path: nodes, or constants.
    """

    def __init__(self, subject: Subject, gradient: Callable[..., Any], truth: Truth) -> None:
        self.truth = truth
        other = Subject(gradient, subject.template, True, subject.names)
        with Trace() as trace:
            result = other.call(other.objects())
        self.trace: Trace = trace
        parts = _by_leaf(subject, result)
        self.items = {leaf.path: item for leaf, item in zip(subject.inputs, parts, strict=True)}
        self.program = Program([item for item in parts if isinstance(item, Node)])
        self.usable = len(self.program.nodes) <= MOST_NODES

    def explain(self, wrong: list[str]) -> tuple[str, list[str]] | None:
        """Return the change that puts most gradients right, and the paths of those."""
        if not self.usable:
            return None
        best: tuple[str, list[str]] | None = None
        right = [p for p in self.items if p not in wrong and p in self.truth.arrays]
        for number, repair in enumerate(self._repairs()):
            if number > MOST_REPAIRS:
                break
            found = self.outcome(repair)
            mended = [path for path in wrong if self.truth.agrees(path, found.get(path))]
            if len(mended) <= (len(best[1]) if best else 0):
                continue
            if all(self.truth.agrees(path, found.get(path)) for path in right):
                best = (self.told(repair), mended)
                if len(mended) == len(wrong):
                    break
        return best

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
            for node in nodes:
                yield from family(node)

    def broadcasts(self) -> Iterator[Repair]:
        """Yield the places where two vectors met as row and column, probably unawares."""
        for node in self.program.nodes:
            yield from self._broadcasts(node)

    def _broadcasts(self, node: Any) -> Iterator[Repair]:
        if node.primitive is None or node.primitive.partials is None or len(node.arguments) != 2:
            return
        shapes = [np.shape(plain(a)) for a in node.arguments]
        for flat, column in ((0, 1), (1, 0)):
            n = shapes[flat][0] if len(shapes[flat]) == 1 else 0
            if n > 1 and len(shapes[column]) == 2 and shapes[column] == (n, 1):

                def change(arguments: Any, keywords: Any, flat: int = flat) -> Any:
                    arguments = list(arguments)
                    arguments[flat] = np.reshape(arguments[flat], (-1, 1))
                    return node.primitive.function(*arguments, **keywords)

                yield Repair(
                    node,
                    f"Here shapes {shapes[0]} and {shapes[1]} broadcast to {node.shape}; the "
                    f"vector should be a column, .reshape(-1, 1).",
                    change,
                )

    def _products(self, node: Any) -> Iterator[Repair]:
        if node.op not in ("matmul", "subtract", "divide", "power") or len(node.arguments) != 2:
            return
        function = node.primitive.function
        if node.op == "matmul":
            a, b = (np.ndim(plain(x)) for x in node.arguments)
            if a == 2:
                yield Repair(
                    node, "With the first matrix transposed it is right.",
                    lambda args, _: function(args[0].T, args[1]),
                )  # fmt: skip
            if b == 2:
                yield Repair(
                    node, "With the second matrix transposed it is right.",
                    lambda args, _: function(args[0], args[1].T),
                )  # fmt: skip
            if a == b == 2:
                yield Repair(
                    node, "With both matrices transposed it is right.",
                    lambda args, _: function(args[0].T, args[1].T),
                )  # fmt: skip
        yield Repair(
            node, "With the operands exchanged it is right.",
            lambda args, _: function(args[1], args[0]),
        )  # fmt: skip

    def _operators(self, node: Any) -> Iterator[Repair]:
        others = {
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
        for text, function in others.get(node.op, ()):
            yield Repair(
                node,
                f"With {text} in place of {node.op} it is right.",
                lambda args, _, function=function: function(*args),
            )
        if node.op in ("power", "square"):
            power = 2 if node.op == "square" else plain(node.arguments[1])
            if isinstance(power, (int, float)):
                for other in (power - 1, power + 1):
                    yield Repair(
                        node,
                        f"With the power {other:g} in place of {power:g} it is right.",
                        lambda args, _, other=other: args[0] ** other,
                    )

    def _reductions(self, node: Any) -> Iterator[Repair]:
        if node.op not in ("sum", "mean", "max", "min"):
            return
        function = node.primitive.function
        axes: list[Any] = [None, *range(np.ndim(plain(node.arguments[0])))]
        for axis in axes:
            for keepdims in (False, True):
                yield Repair(
                    node,
                    f"With axis={axis}, keepdims={keepdims} it is right.",
                    lambda args, _, axis=axis, keepdims=keepdims: function(
                        args[0], axis=axis, keepdims=keepdims
                    ),
                )
        other, name = (np.mean, "mean") if node.op == "sum" else (np.sum, "sum")
        yield Repair(
            node,
            f"With {name} in place of {node.op} it is right.",
            lambda args, keywords: other(args[0], **keywords),
        )

    def _indices(self, node: Any) -> Iterator[Repair]:
        if node.op != "getitem":
            return
        index = node.arguments[1]
        parts = index if isinstance(index, tuple) else (index,)
        for position, part in enumerate(parts):
            for shift in (1, -1):
                moved = _moved(part, shift)
                if moved is None:
                    continue
                changed = (*parts[:position], moved, *parts[position + 1 :])
                told = ", ".join(_index_text(p) for p in changed)
                yield Repair(
                    node,
                    f"With the index [{told}] it is right.",
                    lambda args, _, changed=changed: args[0][changed],
                )

    def _factors(self, node: Any) -> Iterator[Repair]:
        function = node.primitive.function
        lengths = {n for a in node.arguments for n in np.shape(plain(a)) if n > 2}
        named: list[tuple[str, float]] = [("-1", -1.0), ("2", 2.0), ("1/2", 0.5)]
        named += [(f"{n}", float(n)) for n in lengths] + [(f"1/{n}", 1 / n) for n in lengths]
        for text, factor in named:
            yield Repair(
                node,
                f"Multiplied by {text} it is right.",
                lambda args, keywords, factor=factor: factor * function(*args, **keywords),
            )

    def _slopes(self, node: Any) -> Iterator[Repair]:
        """Multiply by the derivative of an activation, of the function or of the gradient itself."""
        function = node.primitive.function
        for segment in self._known_segments():
            slope = segment.slope
            if np.shape(slope) == np.shape(node.data) and np.isfinite(slope).all():
                yield Repair(
                    node,
                    f"Multiplied by {segment.known.text}, the derivative of "
                    f"{segment.known.name}, it is right.",
                    lambda args, keywords, slope=slope: slope * function(*args, **keywords),
                )
                yield Repair(
                    node,
                    f"With {segment.known.text}, the derivative of {segment.known.name}, in its "
                    "place it is right.",
                    lambda args, keywords, slope=slope: slope,
                )

    def _known_segments(self) -> list[Any]:
        if not hasattr(self, "_segments"):
            nodes = list(segments(self.program.nodes))
            if self.truth.recording is not None:
                nodes += list(segments(Program(self.truth.recording.outputs).nodes))
            self._segments = nodes
        return self._segments

    def _names(self, node: Any) -> Iterator[Repair]:
        """Put another intermediate result in place of an argument."""
        function = node.primitive.function
        for argnum, argument in enumerate(node.arguments):
            if not isinstance(argument, Node):
                continue
            for other in self.program.nodes:
                if other is argument or np.shape(other.data) != np.shape(argument.data):  # type: ignore[attr-defined]
                    continue
                if other is node:
                    break  # what comes later cannot be meant
                place = self.trace.where(other)
                told = f"the result of line {place.line}" if place is not None else "an input"

                def change(
                    args: Any, keywords: Any, argnum: int = argnum, data: Any = other.data
                ) -> Any:
                    return function(*args[:argnum], data, *args[argnum + 1 :], **keywords)

                yield Repair(
                    node, f"With {told} as argument {argnum} of {node.op} it is right.", change
                )


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
        return f"{'' if part.start is None else part.start}:{'' if part.stop is None else part.stop}"
    return str(part)


def mended(repairs: Repairs, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the gradients with every row meeting a column made a column; none if there is none."""
    for repair in repairs.broadcasts():
        found = repairs.outcome(repair)
        if any(
            np.shape(found.get(path)) == np.shape(repairs.truth.arrays.get(path))
            and not close(found[path], array)
            for path, array in given.items()
            if path in found
        ):
            return {"": repairs.told(repair), **found}
    return {}
