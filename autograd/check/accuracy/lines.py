"""The lines that lose digits, with formulas from the table that keep them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.check.accuracy.digits import right_digits
from autograd.check.accuracy.losses import Losses, Step
from autograd.check.accuracy.matching import Match, matches
from autograd.check.accuracy.report import LosingLine
from autograd.check.accuracy.wording import in_words_of
from autograd.check.analytic import RecordedCall
from autograd.debugging import Place
from autograd.engine import Node
from autograd.graph import contents

#: A result needs an explanation if it has so many digits less than a rounded one, or this part.
LOSS, PART = 2.0, 0.3
#: A line loses digits if it loses at least so many.
DROP = 1.0


@dataclass
class _Better:
    """A formula that keeps more digits of a node, and the numbers it gives."""

    match: Match
    node: Any
    numbers: Any
    digits: float


def losing_lines(losses: Losses, call: RecordedCall, full: float) -> tuple[list[LosingLine], float]:
    """Return the lines that lose digits of the results, and the digits without their losses.

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
    chosen: list[_Better] = []
    for output in _different(call.graph.outputs):
        record = losses.record
        digits = right_digits(record.computed[id(output)], losses.exact[id(output)])
        if digits.size == 0 or digits.min() > full - min(LOSS, PART * full):
            continue
        steps = losses.back_from(output, int(digits.argmin()))
        for step, better in _by_line(steps, _better(losses, steps)):
            line = _line(step, better)
            lines.setdefault((line.place, line.found or line.operation), line)
            chosen += [better] if better is not None else []
    found = sorted(lines.values(), key=lambda line: line.after - line.before)
    improved = _improved(losses, call, _everywhere(losses, call, chosen))
    if improved == improved and improved <= _fewest(losses, call, losses.record.computed) + DROP:
        bare = [replace(line, found="", suggestion="", improved=math.nan) for line in found]
        return bare, math.nan  # the formulas do not help the result
    return found, improved


def _different(nodes: Any) -> list[Any]:
    return list({id(node): node for node in nodes}.values())


def _by_line(steps: list[Step], better: list[_Better]) -> Iterator[tuple[Step, _Better | None]]:
    """Yield the steps that lose most, one for each line and formula that helps."""
    by_place: dict[Place | None, list[Step]] = {}
    for step in steps:
        by_place.setdefault(step.node.place, []).append(step)
    for there in by_place.values():
        if sum(max(0.0, _loss(step)) for step in there) < DROP:
            continue
        there.sort(key=_loss, reverse=True)
        helping: dict[Any, tuple[Step, _Better | None]] = {}
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


def _everywhere(losses: Losses, call: RecordedCall, chosen: list[_Better]) -> dict[int, Any]:
    """Return what the chosen formulas give wherever their lines compute what they replace."""
    formulas = {(b.node.place, b.match.found, b.match.better) for b in chosen}
    places = {place for place, _, _ in formulas}
    replaced = {id(b.node): b.numbers for b in chosen}
    for node in call.graph.operations:
        if node.place not in places or id(node) in replaced:
            continue
        for match in matches(node):
            if (node.place, match.found, match.better) in formulas:
                numbers = _evaluated(losses, match, node)
                if numbers is not None:
                    replaced[id(node)] = numbers
    return replaced


def _better(losses: Losses, steps: list[Step]) -> list[_Better]:
    """Return the formulas of the table that really give more digits."""
    found = []
    for step in steps:
        before = _digits(losses, step.node, losses.record.computed[id(step.node)])
        for match in matches(step.node):
            numbers = _evaluated(losses, match, step.node)
            if numbers is None:
                continue
            after = _digits(losses, step.node, numbers)
            if after.min() > before.min() + DROP and (after > before - DROP).all():
                found.append(_Better(match, step.node, numbers, float(after.min())))
    return found


def _digits(losses: Losses, node: Any, numbers: Any) -> Any:
    return right_digits(numbers, losses.exact[id(node)])


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


def _helping(step: Step, better: list[_Better]) -> _Better | None:
    """Return the longest formula that contains the operation of a step and gives most digits."""
    fitting = [b for b in better if _contains(b, step.node)]
    most = max([b.digits for b in fitting], default=0.0)
    as_good = [b for b in fitting if b.digits > most - DROP]
    return max(as_good, key=lambda b: b.match.size, default=None)


def _contains(better: _Better, node: Any) -> bool:
    """Return whether a node is one of the operations of a formula."""
    ends = {id(x) for x in better.match.variables.values() if isinstance(x, Node)}
    waiting, seen = [better.node], set(ends)
    while waiting:
        item = waiting.pop()
        if item is node:
            return True
        seen.add(id(item))
        waiting += [a for a in item.arguments if isinstance(a, Node) and id(a) not in seen]
    return False


def _line(step: Step, better: _Better | None) -> LosingLine:
    line = (step.node.place, step.node.op, step.before, step.after, step.reason)
    if better is None:
        return LosingLine(*line)
    words = in_words_of(better.node.place, better.match)
    return LosingLine(*line, *words, better.digits)


def _improved(losses: Losses, call: RecordedCall, replaced: dict[int, Any]) -> float:
    """Return the fewest digits of the results where formulas are replaced; NaN without any."""
    if not replaced:
        return math.nan
    record = losses.record
    values = dict(record.computed)
    changed = set()
    for node in call.graph.nodes:
        if id(node) in replaced:
            values[id(node)] = replaced[id(node)]
            changed.add(id(node))
        elif any(isinstance(a, Node) and id(a) in changed for a in node.arguments):
            arguments = [
                values[id(a)][()] if isinstance(a, Node) else contents(a) for a in node.arguments
            ]
            with np.errstate(all="ignore"):
                values[id(node)] = np.asarray(node.primitive(*arguments, **node.keywords))
            changed.add(id(node))
    return _fewest(losses, call, values)


def _fewest(losses: Losses, call: RecordedCall, values: Mapping[int, Any]) -> float:
    """Return the fewest right digits of the results."""
    return min(
        float(right_digits(values[id(y)], losses.exact[id(y)]).min(initial=np.inf))
        for y in call.graph.outputs
    )
