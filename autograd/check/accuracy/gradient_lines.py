"""The lines that lose digits of the gradient, though perhaps none of the result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograd.check.accuracy.backward import BackwardPass
from autograd.check.accuracy.digits import digits_of_type
from autograd.check.accuracy.exact import Record, settled
from autograd.check.accuracy.findings import LosingLine
from autograd.check.accuracy.gradient import ExactGradient
from autograd.check.accuracy.lines import DROP, PART, by_line, digits_of_results, operations_of
from autograd.check.accuracy.losses import Losses, Step
from autograd.check.accuracy.matching import matches
from autograd.check.accuracy.replay import Formula, everywhere, replayed
from autograd.check.accuracy.wording import in_words_of
from autograd.check.analytic import RecordedCall
from autograd.graph import Graph

#: A derivative needs an explanation if it lacks this many digits of a rounded one, or `PART`.
LOSS = 3.0
#: The derivatives that the rules compute exactly agree with differences to this part. The rules
#: contain rounded constants, such as log(2).
AGREEMENT = 1e-12
#: The most numbers that the backward pass may compute, and formulas that are tried.
LIMIT, TRIALS = 100_000, 40
UNKNOWN = "The lines that lose digits of the gradient are not known"


class GradientLosses:
    """Where the gradient of a recorded call loses digits.

    Parameters
    ----------
    call : RecordedCall
        The function. Its operations know their lines.
    losses : Losses
        Its record with exact values.
    gradient : ExactGradient
        Its exact gradient.

    Attributes
    ----------
    notes : list of str
        Why `lines` has not found some.
    """

    def __init__(self, call: RecordedCall, losses: Losses, gradient: ExactGradient) -> None:
        self.call, self.losses, self.gradient = call, losses, gradient
        self.notes: list[str] = []
        self.digits = self.digits_of(call)

    def digits_of(self, call: RecordedCall) -> dict[str, Any]:
        """Return the right digits of the gradient, by the path of the input.

        Parameters
        ----------
        call : RecordedCall
            The function, possibly with other formulas.
        """
        return self.gradient.digits(call.reverse(self.gradient.weights[None])[0])

    def _inaccurate(self, call: RecordedCall) -> Iterator[tuple[int, int]]:
        """Yield the number of each input with an inaccurate derivative, and its worst element."""
        found = self.digits if call is self.call else self.digits_of(call)
        for number, leaf in enumerate(call.function.inputs):
            digits = np.ravel(found.get(leaf.path, ()))
            known = digits[~np.isnan(digits)]
            full = digits_of_type(leaf.data.dtype)
            if known.size and known.min() < full - min(LOSS, PART * full):
                yield number, int(np.nanargmin(digits))

    def lines(self, chosen: Iterable[Formula] = ()) -> tuple[list[LosingLine], set[int]]:
        """Return the lines that lose digits of the gradient, and the operations at fault, by id.

        Parameters
        ----------
        chosen : iterable of Formula
            Formulas that are replaced already.
        """
        self.notes = []
        call = replayed(self.call, everywhere(self.call, chosen)) if chosen else self.call
        wanted = list(self._inaccurate(call)) if call is not None else []
        if call is None or not wanted:
            return [], set()
        backward = BackwardPass(call, self.gradient.weights)
        record = Record(Graph.as_recorded(*[x for x in backward.gradients if x is not None]))
        if record.work > LIMIT:
            self.notes = [f"{UNKNOWN}, because it computes too much."]
            return [], set()
        arithmetic, exact = settled(record)
        if record.unknown:
            names = ", ".join(sorted({primitive.name for primitive in record.unknown}))
            self.notes = [f"{UNKNOWN}, because of {names}."]
            return [], set()
        losses = Losses(record, arithmetic, exact)
        steps: list[Step] = []
        for number, position in wanted:
            node = backward.gradients[number]
            if node is None:
                continue
            if self._agrees(number, position, exact[id(node)]):
                steps += losses.back_from(node, position)
            else:
                path = call.function.inputs[number].path
                self.notes.append(f"The lines that lose digits of ∂/∂{path} could not be verified.")
        lines = [_line(step, _name(step.node, backward)) for step, _ in by_line(steps, [])]
        lossy = [step.node for step in steps if step.before - step.after >= DROP]
        return lines, {id(backward.owners.get(id(node), node)) for node in lossy}

    def _agrees(self, number: int, position: int, exact: Any) -> bool:
        """Return whether what the rules compute exactly is the derivative."""
        leaf = self.call.function.inputs[number]
        derivative = self.gradient.exact[leaf.path][position]
        found = exact.ravel()[position]
        if leaf.complex:
            found = found.conjugate()
        return bool(abs(found - derivative) <= AGREEMENT * abs(derivative))

    # -- formulas ---------------------------------------------------------------------------

    def with_formulas(self, formulas: Iterable[Formula]) -> tuple[float, float]:
        """Return the fewest right digits of the result and of the gradient; -1 if that fails.

        Parameters
        ----------
        formulas : iterable of Formula
            The formulas to replace wherever their lines compute them.
        """
        again = replayed(self.call, everywhere(self.call, formulas))
        if again is None:
            return -1.0, -1.0
        digits = [np.nanmin(d, initial=np.inf) for d in self.digits_of(again).values()]
        result = digits_of_results(self.losses, self.call, again)
        return float(result.min(initial=np.inf)), float(min(digits, default=np.inf))

    def helps(self, formulas: Iterable[Formula]) -> bool:
        """Return whether a number of the result gains digits by formulas, and none loses any.

        Parameters
        ----------
        formulas : iterable of Formula
            The formulas to replace wherever their lines compute them.
        """
        again = replayed(self.call, everywhere(self.call, formulas))
        if again is None:
            return False
        after = digits_of_results(self.losses, self.call, again)
        gained = after - digits_of_results(self.losses, self.call, self.call)
        return bool((gained > DROP).any() and (gained > -DROP).all())

    def best_formula(
        self, at_fault: set[int], chosen: list[Formula]
    ) -> tuple[Formula, tuple[str, str], float] | None:
        """Return the formula that gives most digits of the gradient, in the words of its line.

        Parameters
        ----------
        at_fault : set of int
            The operations whose derivatives lose digits, by id.
        chosen : list of Formula
            Formulas that are replaced already.
        """
        result, before = self.with_formulas(chosen)
        tried = set(chosen)
        found = []
        for node in self.call.graph.operations:
            for match in matches(node):
                formula = Formula(node.place, match.found, match.better)
                if (
                    len(tried) > TRIALS
                    or formula in tried
                    or not at_fault & operations_of(match, node)
                ):
                    continue
                tried.add(formula)
                after, gradient = self.with_formulas([*chosen, formula])
                if gradient > before + DROP and after > result - DROP:
                    found.append((gradient, match.size, formula, in_words_of(node.place, match)))
        most = max((item[0] for item in found), default=0.0)
        as_good = [item for item in found if item[0] > most - DROP]
        if not as_good:
            return None
        gradient, _, formula, words = max(as_good, key=lambda item: item[1])
        return formula, words, gradient


def _name(node: Any, backward: BackwardPass) -> str:
    """Return what an operation of the backward pass is called."""
    owner = backward.owners.get(id(node))
    if id(node) in backward.sums:
        lines = {x.place.line for x in backward.sums[id(node)] if x.place is not None}
        others = [str(line) for line in sorted(lines - {node.place.line})]
        if not others:
            return "sum of derivatives"
        return f"sum of derivatives, with line{'s' * (len(others) > 1)} {', '.join(others)}"
    return node.op if owner is None else f"derivative of {owner.op}"


def _line(step: Step, operation: str) -> LosingLine:
    return LosingLine(
        step.node.place, operation, step.before, step.after, step.reason, gradient=True
    )
