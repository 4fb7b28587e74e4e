"""The lines that lose digits, with formulas from the table that keep them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.check.accuracy.digits import right_digits
from autograd.check.accuracy.findings import LosingLine
from autograd.check.accuracy.losses import Losses, Step
from autograd.check.accuracy.matching import Match, matches
from autograd.check.accuracy.replay import Formula
from autograd.check.accuracy.wording import in_words_of
from autograd.check.analytic import RecordedCall
from autograd.debugging import Place
from autograd.engine import Node
from autograd.graph import contents

#: A result needs an explanation if it lacks this many digits of a rounded one, or this part.
LOSS, PART = 2.0, 0.3
#: The fewest digits that count as a loss.
DROP = 1.0


@dataclass
class Better:
    """A formula that keeps more digits of an element of a node."""

    match: Match
    node: Any
    digits: float


def losing_lines(
    losses: Losses, call: RecordedCall, full: float
) -> tuple[list[LosingLine], list[Formula]]:
    """Return the lines that lose digits of the results, and the formulas that keep them.

    Parameters
    ----------
    losses : Losses
        The record with its exact values.
    call : RecordedCall
        The function that was recorded.
    full : float
        The digits of a rounded result.
    """
    lines: dict[Any, LosingLine] = {}
    chosen: list[Formula] = []
    for output in _different(call.graph.outputs):
        record = losses.record
        digits = right_digits(record.computed[id(output)], losses.exact[id(output)])
        if digits.size == 0 or digits.min() > full - min(LOSS, PART * full):
            continue
        steps = losses.back_from(output, int(digits.argmin()))
        for step, better in by_line(steps, _better(losses, steps)):
            line = _line(step, better)
            lines.setdefault((line.place, line.found or line.operation), line)
            if better is not None:
                match = better.match
                chosen.append(Formula(better.node.place, match.found, match.better))
    return sorted(lines.values(), key=lambda line: line.after - line.before), chosen


def digits_of_results(losses: Losses, call: RecordedCall, again: RecordedCall) -> Any:
    """Return the right digits of all numbers of the results.

    Parameters
    ----------
    losses : Losses
        The record of `call` with its exact values.
    call : RecordedCall
        The function.
    again : RecordedCall
        The same, possibly with other formulas.
    """
    pairs = zip(call.outputs, again.outputs, strict=True)
    return np.concatenate(
        [
            right_digits(contents(y), losses.exact[id(x)]).ravel()
            for x, y in pairs
            if isinstance(x, Node)
        ]
    )


def _different(nodes: Any) -> list[Any]:
    return list({id(node): node for node in nodes}.values())


def by_line(steps: list[Step], better: list[Better]) -> Iterator[tuple[Step, Better | None]]:
    """Yield the steps that lose most, one for each line and formula that helps.

    Parameters
    ----------
    steps : list of Step
        All steps.
    better : list of Better
        Formulas that give more digits of one of their nodes.
    """
    by_place: dict[Place | None, list[Step]] = {}
    for step in steps:
        by_place.setdefault(step.node.place, []).append(step)
    for there in by_place.values():
        if sum(max(0.0, _loss(step)) for step in there) < DROP:
            continue
        there.sort(key=_loss, reverse=True)
        helping: dict[Any, tuple[Step, Better | None]] = {}
        for step in there:
            help_ = _helping(step, better) if _loss(step) >= DROP else None
            if help_ is not None:
                helping.setdefault((help_.match.found, help_.match.better), (step, help_))
        if helping:
            yield from helping.values()
        else:  # over the turns of a loop, say
            first, last = max(s.before for s in there), min(s.after for s in there)
            yield replace(there[0], before=first, after=last), None


def _loss(step: Step) -> float:
    return step.before - step.after


def _better(losses: Losses, steps: list[Step]) -> list[Better]:
    """Return the formulas of the table that really give more digits."""
    found = []
    for step in steps:
        exact = losses.exact[id(step.node)]
        before = right_digits(losses.record.computed[id(step.node)], exact)
        for match in matches(step.node):
            numbers = _evaluated(losses, match, step.node)
            if numbers is None:
                continue
            after = right_digits(numbers, exact)
            digits = float(after.ravel()[step.index])
            if digits > before.ravel()[step.index] + DROP and after.sum() > before.sum():
                found.append(Better(match, step.node, digits))
    return found


def _evaluated(losses: Losses, match: Match, node: Any) -> Any:
    """Return what a formula gives for the numbers of the record; None if it does not apply."""
    numbers = {
        name: losses.record.computed[id(x)][()] if isinstance(x, Node) else x
        for name, x in match.variables.items()
    }
    try:
        found = np.asarray(match.evaluate(numbers))
    except (TypeError, ValueError, ArithmeticError, np.linalg.LinAlgError):
        return None
    computed = losses.record.computed[id(node)]
    if found.shape != computed.shape or found.dtype.kind not in "fc":
        return None
    return found.astype(computed.dtype)


def _helping(step: Step, better: list[Better]) -> Better | None:
    """Return the longest formula that contains the operation of a step and gives most digits."""
    fitting = [b for b in better if id(step.node) in operations_of(b.match, b.node)]
    most = max([b.digits for b in fitting], default=0.0)
    as_good = [b for b in fitting if b.digits > most - DROP]
    return max(as_good, key=lambda b: b.match.size, default=None)


def operations_of(match: Match, end: Any) -> set[int]:
    """Return the operations of a formula that was found at a node, by their ids.

    Parameters
    ----------
    match : Match
        The formula.
    end : Node
        Its last operation.
    """
    stop = {id(x) for x in match.variables.values() if isinstance(x, Node)}
    waiting, seen = [end], set(stop)
    while waiting:
        item = waiting.pop()
        seen.add(id(item))
        waiting += [a for a in item.arguments if isinstance(a, Node) and id(a) not in seen]
    return seen - stop


def _line(step: Step, better: Better | None) -> LosingLine:
    line = (step.node.place, step.node.op, step.before, step.after, step.reason)
    if better is None:
        return LosingLine(*line)
    words = in_words_of(better.node.place, better.match)
    return LosingLine(*line, *words, better.digits)
