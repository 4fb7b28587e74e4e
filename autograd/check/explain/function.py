"""Find the mistake in the chain rule that leads to a wrong gradient.

The recorded function is differentiated again with each common mistake: a derivative left out, taken
at the wrong place, confused with another, a path forgotten. If the result is the wrong gradient,
element by element, the mistake is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.check.arrays import close
from autograd.check.checked_function import as_derivative
from autograd.check.explain.known_functions import COMMON, Segment, segments
from autograd.check.explain.numbers import Finding, Sizes, factor_between, factor_text
from autograd.check.explain.reference import Reference
from autograd.check.explain.replay import Edge, Override, pull_back
from autograd.graph import contents

#: Seconds for the search; the largest number of operations, of results, and of mistakes to try.
SECONDS, MOST_NODES, MOST_RESULTS, MOST_MISTAKES = 2.0, 500, 20, 800


#: How a mistake in a sign is described.
SIGN = "has the wrong sign"

#: Functions whose derivatives hardly anybody takes for those of others.
SELDOM = ("silu", "cube")


@dataclass(frozen=True)
class Mistake:
    """A mistake in a backward pass."""

    text: str
    place: str = ""
    overrides: Mapping[int, Override] = field(default_factory=dict)
    cut: frozenset[Edge] = frozenset()
    exact: bool = False  # of no meaning with another factor: of powers, many are multiples

    @property
    def is_sign(self) -> bool:
        """Whether it is a sign: with another sign, everything else would be wrong."""
        return self.text.startswith(SIGN)

    def with_another(self, other: Mistake) -> Mistake:
        """Return both mistakes together."""
        overrides = {**self.overrides, **other.overrides}
        exact = self.exact or other.exact
        places = dict.fromkeys(place for place in (self.place, other.place) if place)
        text = f"{self.text}, and {other.text}"
        return Mistake(text, "\n    ".join(places), overrides, self.cut | other.cut, exact)


class Mistakes:
    """The search for mistakes in the backward pass of a function."""

    def __init__(self, reference: Reference, sizes: Sizes) -> None:
        assert reference.recorded_call is not None
        self.reference = reference
        self.sizes = sizes
        self.recorded_call = reference.recorded_call
        self.graph = self.recorded_call.graph
        few_results = self.recorded_call.function.size <= MOST_RESULTS
        self.budget = reference.check.budget.part(SECONDS)
        self.usable = len(self.graph) <= MOST_NODES and few_results

    def explain(self, given: Mapping[str, Any]) -> dict[str, Finding]:
        """Return the mistakes that lead to the given gradients, by the path of the leaf."""
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
        """Find the first mistake that leads to each gradient, or else to a multiple of it."""
        scaled: dict[str, tuple[Finding, Mistake, float]] = {}
        used: list[Mistake] = []
        for mistake in candidates:
            if self.budget.is_over():
                break
            for path, found in self.gradients(mistake).items():
                if (
                    path not in given
                    or path in reasons
                    or close(found, self.reference.arrays[path])
                ):
                    continue
                if close(given[path], found):
                    reasons[path] = Finding(mistake.text, mistake.place)
                    used.append(mistake)
                elif path not in scaled and not (mistake.is_sign or mistake.exact):
                    factor = self._multiple(given[path], found, self.reference.arrays[path])
                    if factor is not None:
                        text = f"{mistake.text}, and {factor_text(factor, self.sizes)}"
                        scaled[path] = (Finding(text, mistake.place), mistake, factor)
            if all(path in reasons for path in given):
                break
        for path, (finding, mistake, factor) in scaled.items():
            if path in reasons:
                continue
            reasons[path] = finding
            used.append(mistake)
            for other, found in self.gradients(mistake).items():  # of single numbers too
                if other in given and other not in reasons and close(given[other], factor * found):
                    reasons[other] = finding
        return used

    def _multiple(self, given: Any, found: Any, right: Any) -> float | None:
        """Return the factor between a gradient and the one of a mistake; None if there is none.

        Single numbers are multiples of each other, so they prove nothing.
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
        """Return the derivatives that a mistake leads to, by the path of the leaf."""
        call = self.recorded_call
        rows: dict[str, list[Any]] = {leaf.path: [] for leaf in call.function.inputs}
        for weights in np.eye(call.function.size):
            seeds = call.seeds(weights)
            try:
                arrived = pull_back(self.graph, seeds, mistake.overrides, mistake.cut)
            except (ValueError, TypeError):  # the shapes do not match: not this mistake
                return {}
            for leaf, node in zip(call.function.inputs, call.leaves, strict=True):
                g = arrived.get(id(node))
                part = np.zeros(leaf.data.shape) if g is None else np.asarray(g)
                rows[leaf.path].append(part.reshape(-1))
        found = {}
        for leaf in call.function.inputs:
            if not leaf.complex:
                found[leaf.path] = as_derivative(np.array(rows[leaf.path]), leaf)
        return found

    # -- common mistakes --------------------------------------------------------------------

    def _mistakes(self) -> Iterator[Mistake]:
        yield from self._forgotten_paths()
        for segment in segments(self.graph):
            yield from self._of_derivative(segment)

    def _of_derivative(self, segment: Segment) -> Iterator[Mistake]:
        x, y, slope = contents(segment.x), contents(segment.y), segment.slope
        known = segment.known
        right = f"{known.text}, the derivative of {known.name}"

        def instead(text: str, factor: Callable[[], Any], exact: bool = False) -> Mistake:
            with np.errstate(all="ignore"):
                value = factor()
            override = (segment.x, lambda g: g * value)
            return Mistake(text, self._place(segment.y), {id(segment.y): override}, exact=exact)

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
        yield instead(f"{SIGN} in the factor {right}", lambda: -slope)
        yield instead(
            f"has the factor y/y', {known.name}(x) over its derivative, where the derivative "
            f"alone belongs: {right}",
            lambda: y / slope,
            exact=True,
        )
        yield instead(
            f"divides by the factor {right}, instead of multiplying", lambda: 1 / slope, exact=True
        )
        for other in COMMON:
            if other is not known and other.name not in SELDOM:
                yield instead(
                    f"has {other.text}, the derivative of {other.name}, in place of {right}",
                    lambda other=other: other.derivative(x, y),  # type: ignore[misc]
                    exact=True,
                )

    def _forgotten_paths(self) -> Iterator[Mistake]:
        for uses in self.graph.consumers().values():
            if len(uses) > 1:
                for node, argnum in uses:
                    yield Mistake(
                        f"leaves out one of {len(uses)} paths, the one through {node.op}",
                        self._place(node),
                        cut=frozenset({(id(node), argnum)}),
                    )

    def _place(self, node: Any) -> str:
        place = self.reference.trace.where(node) if self.reference.trace is not None else None
        return str(place) if place is not None else ""
