"""Find the recorded operation whose derivative is wrong, or what was not recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.check.analytic import RecordedCall
from autograd.check.arrays import as_cotangent, as_reals, random_like, random_weights
from autograd.check.budget import Budget
from autograd.check.checked_function import CheckedFunction, argument_names
from autograd.check.explain.lost import beside, named
from autograd.check.explain.numbers import first_hypothesis
from autograd.check.explain.replay import run
from autograd.check.explain.rule_lines import lines_of_rule
from autograd.check.findings import WrongLine
from autograd.check.finite_differences import differentiate
from autograd.check.verdicts import WRONG
from autograd.debugging import Trace
from autograd.engine import Node, Primitive, Value
from autograd.graph import Graph, contents

MOST_NODES, MOST_ELEMENTS = 1000, 200


@dataclass(frozen=True)
class Suspect:
    """An operation whose derivative is wrong.

    Attributes
    ----------
    node : Node
        Its result.
    argnum : int
        The argument whose derivative is wrong.
    text : str
        The reason, with the line.
    """

    node: Any
    argnum: int
    text: str


class Locator:
    """The search for a wrong operation in a recorded call of a function.

    Parameters
    ----------
    function : CheckedFunction
        The function, whose derivative by this library is wrong.
    check_gradients : callable
        The function `autograd.check_gradients`.
    budget : Budget
        The time that there is.
    """

    def __init__(
        self, function: CheckedFunction, check_gradients: Callable[..., Any], budget: Budget
    ) -> None:
        self.function = function
        self.check_gradients = check_gradients
        self.budget = budget
        self.lines: list[WrongLine] = []  # of rules
        with Trace() as trace:
            self.recorded_call = RecordedCall(function.with_nodes())
        self.trace: Trace = trace
        self.graph = self.recorded_call.graph

    def reasons(self) -> list[str]:
        """Return the reasons found, each with its line."""
        texts: list[str] = []
        for suspect in self.suspects():
            if suspect.text not in texts:
                texts.append(suspect.text)
            if len(texts) == 5:
                break
        return texts or list(self.unrecorded())

    # -- primitives -------------------------------------------------------------------------

    def suspects(self) -> Iterator[Suspect]:
        """Yield the operations whose derivative disagrees with a finite difference."""
        seen: set[tuple[Any, ...]] = set()
        for node in self.graph.nodes[:MOST_NODES]:
            if node.primitive is None:
                continue
            place = self.trace.where(node)
            for argnum, argument in enumerate(node.arguments):
                key = (node.primitive, argnum, place)
                if isinstance(argument, Node) and key not in seen:
                    found = self._compare(node, argnum)
                    if found is not None:
                        seen.add(key)
                        yield Suspect(node, argnum, found)

    def _compare(self, node: Any, argnum: int) -> str | None:
        """Differentiate one operation numerically; return what is wrong, or None."""
        plain = [contents(a) for a in node.arguments]
        x, y = np.asarray(plain[argnum]), np.asarray(contents(node))
        cotangent = random_weights(np.random.default_rng(argnum), y)
        with np.errstate(all="ignore"):
            pulled = as_cotangent(np.asarray(self._pullback(node, argnum, cotangent, plain)), x)
        if pulled.shape != x.shape or not np.isfinite(pulled).all():
            return None
        for seed in range(2):
            direction = random_like(x, seed) * (np.mean(np.abs(x)) or 1.0)
            claimed = float(np.real(np.sum(pulled * direction)))
            if self._refutes(node, argnum, plain, cotangent, direction, claimed):
                return self._text(node, argnum, plain, cotangent, pulled)
        return None

    def _pullback(self, node: Any, argnum: int, cotangent: Any, plain: list[Any]) -> Any:
        if isinstance(node, Value):  # it stores its partial derivatives
            return float(cotangent) * node._partial(argnum)
        return node.primitive.pullback(argnum, cotangent, contents(node), plain, node.keywords)

    def _refutes(
        self,
        node: Any,
        argnum: int,
        plain: list[Any],
        cotangent: Any,
        direction: Any,
        claimed: float,
    ) -> bool:
        """Return whether a finite difference along a direction contradicts a derivative."""
        x = np.asarray(plain[argnum])

        def line(step: float) -> tuple[float, Any]:
            moved = [*plain]
            moved[argnum] = np.asarray(x + step * direction, x.dtype)
            try:
                result = np.asarray(node.primitive.function(*moved, **node.keywords))
                return step, np.array([np.real(np.sum(cotangent * result))], np.float64)
            except (ArithmeticError, ValueError):
                return step, np.array([np.nan])

        precision = float(np.finfo(np.result_type(x.dtype, np.asarray(contents(node)).dtype)).eps)
        with np.errstate(all="ignore"):
            center = line(0.0)[1]
            estimate = differentiate(line, center, precision)
        value, error = (float(part[0]) for part in estimate.best())
        left, right = float(estimate.left[0]), float(estimate.right[0])
        if estimate.jump[0] or estimate.vertical[0] or not np.isfinite(value):
            return False
        slack = 1e-6 * max(abs(claimed), abs(value)) if precision < 1e-12 else 1e-2 * abs(value)
        if estimate.kink[0]:
            low, high = min(left, right), max(left, right)
            return bool(claimed < low - slack or claimed > high + slack)
        apart = abs(claimed - value)
        natural = 1e-9 * float(estimate.size[0])
        return apart > 10 * error + slack + natural and error < 0.1 * max(abs(claimed), abs(value))

    def _text(self, node: Any, argnum: int, plain: list[Any], cotangent: Any, pulled: Any) -> str:
        name = argument_names(node.primitive.function, len(plain))[argnum]
        which = f"argument {argnum}" + (f" ({name})" if name.isidentifier() else "")
        what = self._hypothesis(node, argnum, plain, cotangent, pulled)
        detail = f": it {what}" if what else ""
        text = f"The derivative of {node.op!r} with respect to {which} is wrong{detail}."
        return "\n".join([text + self._line(node), *self._lines_of_rule(node, argnum, plain)])

    def _lines_of_rule(self, node: Any, argnum: int, plain: list[Any]) -> list[str]:
        """Name the lines of a user's rule that are wrong, if it is small enough to be searched."""
        if np.size(plain[argnum]) > MOST_ELEMENTS or len(self.lines) > 1:
            return []
        try:
            reasons, lines = lines_of_rule(node, argnum, plain, self.check_gradients)
        except Exception:  # the rule may do anything
            return []
        self.lines += [line for line in lines if line not in self.lines]
        return reasons

    def _line(self, node: Any) -> str:
        place = self.trace.where(node)
        return f"\n    {place}" if place is not None else ""

    def _hypothesis(
        self, node: Any, argnum: int, plain: list[Any], cotangent: Any, pulled: Any
    ) -> str | None:
        """Compare a small argument element by element; return the first hypothesis that holds."""
        x = np.asarray(plain[argnum])
        if x.size > MOST_ELEMENTS or x.dtype.kind == "c":
            return None

        def weighed(moved: Any) -> Any:
            arguments = [*plain]
            arguments[argnum] = moved
            result = node.primitive.function(*arguments, **node.keywords)
            return np.real(np.sum(cotangent * result))

        numeric = numerical_gradient(weighed, x)
        return first_hypothesis(pulled, numeric, {})

    # -- what was not recorded --------------------------------------------------------------

    def unrecorded(self) -> Iterator[str]:
        """Yield where the function depends on its inputs in a way that was not recorded.

        The recorded graph, run at other inputs, should return what the function returns there. If
        it does not, a second recording shows which of its constants vary.
        """
        function = self.function
        if function.is_gradient:
            yield from self._undifferentiable_rules()
            return
        other = RecordedCall(function.with_nodes(beside(function)))
        given = {
            id(node): contents(moved)
            for node, moved in zip(self.recorded_call.leaves, other.leaves, strict=True)
        }
        replayed = run(self.graph, given=given)
        for node, moved in zip(self.recorded_call.outputs, other.outputs, strict=True):
            if isinstance(node, Node) and not _same(replayed[id(node)], contents(moved)):
                break
        else:
            return
        expected = [replayed.get(id(node), node) for node in self.recorded_call.outputs]

        def call(x: Any) -> list[Any]:
            return [contents(output) for output in RecordedCall(function.with_nodes(x)).outputs]

        lost = named(call, function, expected, self.budget)
        if lost:
            yield lost
            return
        yield from dict.fromkeys(
            self._changing_constants(other.graph, {id(n) for n in other.leaves})
        )

    def _changing_constants(self, other: Graph, leaves: set[int]) -> Iterator[str]:
        pairs = zip(self.graph.operations, other.operations, strict=False)
        found = False
        for node, moved in pairs:
            if node.primitive is not moved.primitive or len(node.arguments) != len(moved.arguments):
                break
            for argnum, (before, after) in enumerate(
                zip(node.arguments, moved.arguments, strict=True)
            ):
                constant = not isinstance(before, Node) or (
                    before.primitive is None and id(after) not in leaves
                )
                if constant and not _same(contents(before), contents(after)):
                    found = True
                    yield (
                        f"Argument {argnum} of {node.op!r} changes with the inputs, but is a plain "
                        "number or array (.data, detach(), a cached result?), so its derivative "
                        f"is lost.{self._line(node)}"
                    )
        if not found:
            yield (
                "At other inputs the recorded graph and the function give different results: part "
                "of the computation was not recorded (.data, detach(), a cached result?)."
            )

    def _undifferentiable_rules(self) -> Iterator[str]:
        """Yield the rules whose first derivative is right but cannot be differentiated again."""
        seen: set[Primitive] = set()
        for node in self.trace.nodes[:MOST_NODES]:
            primitive = node.primitive
            if primitive is None or primitive in seen:
                continue
            seen.add(primitive)
            plain = [contents(a) for a in node.arguments]
            count = 1 + max(i for i, a in enumerate(node.arguments) if isinstance(a, Node))
            if sum(np.size(a) for a in plain[:count]) > MOST_ELEMENTS:
                continue
            report = self.check_gradients(
                lambda *a, p=primitive, rest=plain[count:], k=node.keywords: p(*a, *rest, **k),
                *[np.asarray(a) for a in plain[:count]],
                order=2, raises=False, explain=False, progress=False,
            )  # fmt: skip
            if report.interrupted:
                raise KeyboardInterrupt
            wrong = {b.order for b in report.batches if (b.outcome.verdict == WRONG).any()}
            if wrong and min(wrong) > 1:
                yield (
                    f"The rule of {primitive.name!r} gives the right first derivative, but cannot "
                    f"be differentiated again (does it use .data?).{self._line(node)}"
                )


def numerical_gradient(f: Any, x: Any) -> Any:
    """Return the gradient of a function of one array by finite differences."""
    found = np.zeros(x.shape)
    precision = float(np.finfo(x.dtype).eps)
    typical = float(np.mean(np.abs(x))) or 1.0
    for index in np.ndindex(x.shape):
        scale = abs(float(x[index])) or typical

        def line(step: float, index: Any = index, scale: float = scale) -> tuple[float, Any]:
            moved = np.array(x)
            moved[index] = x[index] + step * scale
            made = (float(moved[index]) - float(x[index])) / scale
            return made, np.array([f(moved)], np.float64)

        with np.errstate(all="ignore"):
            value, _ = differentiate(line, np.array([f(x)], np.float64), precision).best()
        found[index] = value[0] / scale
    return found


def _same(a: Any, b: Any) -> bool:
    if not isinstance(a, (float, complex, np.ndarray, np.generic)):
        return True  # an index or an axis
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype.kind not in "fc":
        return bool(a.shape == b.shape)
    size = np.max(np.abs(as_reals(a)), initial=0.0)
    return bool(np.allclose(a, b, rtol=0, atol=1e-10 * size, equal_nan=True))
