"""Find the mistake in the chain rule that gives just the gradient that was found to be wrong.

The function is recorded, and gone through backward once more for each mistake people make: a
derivative left out, taken at the wrong place, mistaken for another, a path forgotten. If the
result is the wrong gradient, number by number, that is what has happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.check.functions import KNOWN, Segment, segments
from autograd.check.hypotheses import Finding, Sizes, factor_between, told_factor
from autograd.check.reference import Truth, as_derivative, close
from autograd.check.replay import Detour, Edge, Program
from autograd.engine import Node

#: How much may be tried: operations in the graph, results, mistakes.
MOST_NODES, MOST_RESULTS, MOST_MISTAKES = 500, 20, 800


@dataclass(frozen=True)
class Mistake:
    """One thing done wrong on the way backward."""

    text: str
    place: str = ""
    detours: Mapping[int, Detour] = field(default_factory=dict)
    cut: frozenset[Edge] = frozenset()

    def with_another(self, other: Mistake) -> Mistake:
        """Return both mistakes together, told as the second."""
        detours = {**self.detours, **other.detours}
        return Mistake(other.text, other.place, detours, self.cut | other.cut)


class Mistakes:
    """Tries mistakes in the backward pass of a function."""

    def __init__(self, truth: Truth, sizes: Sizes) -> None:
        assert truth.recording is not None
        self.truth = truth
        self.sizes = sizes
        self.recording = truth.recording
        self.program = Program(self.recording.outputs)
        self.usable = (
            len(self.program.nodes) <= MOST_NODES and self.recording.subject.size <= MOST_RESULTS
        )

    def explain(self, given: Mapping[str, Any]) -> dict[str, Finding]:
        """Return, for gradients by the path of their leaf, the mistakes that give them."""
        reasons: dict[str, Finding] = {}
        if not self.usable:
            return reasons
        candidates = [*self._mistakes()][:MOST_MISTAKES]
        used = self._try(candidates, given, reasons)
        for first in used:
            left = {path: array for path, array in given.items() if path not in reasons}
            if left:
                self._try([first.with_another(other) for other in candidates], left, reasons)
        return reasons

    def _try(
        self, candidates: list[Mistake], given: Mapping[str, Any], reasons: dict[str, Finding]
    ) -> list[Mistake]:
        """Keep for each gradient the first mistake that gives it, exact ones before multiples."""
        scaled: dict[str, tuple[Finding, Mistake, float]] = {}
        used: list[Mistake] = []
        for mistake in candidates:
            for path, found in self.gradients(mistake).items():
                if path not in given or path in reasons or close(found, self.truth.arrays[path]):
                    continue
                if close(given[path], found):
                    reasons[path] = Finding(mistake.text, mistake.place)
                    used.append(mistake)
                elif path not in scaled:
                    factor = self._multiple(given[path], found, self.truth.arrays[path])
                    if factor is not None:
                        told = f"{mistake.text}, and {told_factor(factor, self.sizes)}"
                        scaled[path] = (Finding(told, mistake.place), mistake, factor)
            if all(path in reasons for path in given):
                break
        for path, (finding, mistake, factor) in scaled.items():
            if path in reasons:
                continue
            reasons[path] = finding
            used.append(mistake)
            for other, found in self.gradients(mistake).items():  # single numbers among them
                if other in given and other not in reasons and close(given[other], factor * found):
                    reasons[other] = finding
        return used

    def _multiple(self, given: Any, found: Any, right: Any) -> float | None:
        """Return by what factor a gradient differs from one that a mistake gives, if it is clear.

        A single number is a multiple of any other, so that it says nothing by itself.
        """
        given = np.asarray(given)
        if (
            given.shape != np.shape(found)
            or given.size < 2
            or factor_between(found, right) is not None
        ):
            return None
        factor = factor_between(given, np.asarray(found))
        return None if factor is None or abs(factor - 1) < 1e-6 else factor

    def gradients(self, mistake: Mistake) -> dict[str, Any]:
        """Return the derivatives that the mistake leads to, by the path of the leaf."""
        recording = self.recording
        rows: dict[str, list[Any]] = {leaf.path: [] for leaf in recording.subject.inputs}
        for weights in np.eye(recording.subject.size):
            cotangents = recording.subject.cotangents(weights)
            seeds = {
                id(node): cotangents[leaf.path]
                for leaf, node in zip(recording.subject.outputs, recording.outputs, strict=True)
                if isinstance(node, Node)
            }
            try:
                arrived = self.program.backward(seeds, mistake.detours, mistake.cut)
            except (ValueError, TypeError):  # shapes that do not fit: not this mistake
                return {}
            for leaf, node in zip(recording.subject.inputs, recording.leaves, strict=True):
                g = arrived.get(id(node))
                part = np.zeros(leaf.data.shape) if g is None else np.asarray(g)
                rows[leaf.path].append(part.reshape(-1))
        found = {}
        for leaf in recording.subject.inputs:
            if not leaf.complex:
                found[leaf.path] = as_derivative(np.array(rows[leaf.path]), leaf)
        return found

    # -- what people do wrong ---------------------------------------------------------------

    def _mistakes(self) -> Iterator[Mistake]:
        yield from self._forgotten_paths()
        for segment in segments(self.program.nodes):
            yield from self._of_derivative(segment)

    def _of_derivative(self, segment: Segment) -> Iterator[Mistake]:
        x, y, slope = segment.x.data, segment.y.data, segment.slope
        known = segment.known
        right = f"{known.text}, the derivative of {known.name}"

        def instead(text: str, factor: Callable[[], Any]) -> Mistake:
            with np.errstate(all="ignore"):
                value = factor()
            detour = (segment.x, lambda g: g * value)
            return Mistake(text, self._place(segment.y), {id(segment.y): detour})

        yield instead(f"lacks the factor {right}", lambda: 1.0)
        yield instead(
            f"takes the derivative of {known.name} at its result y instead of at its argument x: "
            f"y is {known.name}(x) already, and the factor is {right}",
            lambda: known.derivative(y, known.function(y)),
        )
        yield instead(
            f"puts the argument x of {known.name} where its result y belongs, in {right}",
            lambda: known.derivative(x, x),
        )
        yield instead(
            f"has {known.name}(x) itself where its derivative belongs: {right}", lambda: y
        )
        yield instead(f"has the factor twice: {right}", lambda: slope * slope)
        yield instead(f"has the wrong sign in the factor {right}", lambda: -slope)
        yield instead(
            f"has the factor y/y', {known.name}(x) over its derivative, where the derivative "
            f"alone belongs: {right}",
            lambda: y / slope,
        )
        yield instead(f"divides by the factor {right}, instead of multiplying", lambda: 1 / slope)
        for other in KNOWN:
            if other is not known:
                yield instead(
                    f"has {other.text}, the derivative of {other.name}, in place of {right}",
                    lambda other=other: other.derivative(x, y),  # type: ignore[misc]
                )

    def _forgotten_paths(self) -> Iterator[Mistake]:
        consumers: dict[int, list[tuple[Any, int]]] = {}
        for node in self.program.nodes:
            for argnum, argument in enumerate(node.arguments):
                if isinstance(argument, Node):
                    consumers.setdefault(id(argument), []).append((node, argnum))
        for uses in consumers.values():
            if len(uses) > 1:
                for node, argnum in uses:
                    yield Mistake(
                        f"leaves out one of {len(uses)} paths, that through {node.op}",
                        self._place(node),
                        cut=frozenset({(id(node), argnum)}),
                    )

    def _place(self, node: Any) -> str:
        place = self.truth.trace.where(node) if self.truth.trace is not None else None
        return str(place) if place is not None else ""
