"""Which direction makes a picture legible: an estimate of its size, without drawing it.

Text shrinks with the picture, so what counts is the width: a page scrolls down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from autograd.drawing.groups import Group
from autograd.drawing.view import View

#: The width, in points, at which text of 10 points is 9 pixels high in a column of 900 pixels.
COLUMN = 1000
#: A wider picture from left to right is turned; below the column, because this is an estimate.
WIDEST = 900
#: In points: the average width of a character, the height of a line, and what is around a box.
LETTER, LINE, PADDING, GAP, RANK = 5.0, 15, 18, 14, 22
SIGN = 24

Size = tuple[float, float]


def direction_of(view: View) -> str:
    """Return "LR" for a picture that is legible from left to right, else what is narrower."""
    across, down = _widths(view)
    return "LR" if across <= WIDEST or across <= down else "TB"


def width_of(view: View) -> float:
    """Estimate the width of a picture, in points."""
    across, down = _widths(view)
    return across if view.direction in ("LR", "RL") else down


def _widths(view: View) -> tuple[float, float]:
    """Return the widths from left to right and from top to bottom."""
    boxes, edges = _boxes(view), list(_edges(view))
    across: defaultdict[int, float] = defaultdict(float)
    down: defaultdict[int, float] = defaultdict(float)
    for box, rank in _ranks(boxes, edges).items():
        width, _ = boxes[box]
        across[rank] = max(across[rank], width)
        down[rank] += width + GAP
    return sum(across.values()) + RANK * len(across), max(down.values(), default=0.0)


def _boxes(view: View) -> dict[str, Size]:
    """Return the size of each box and sign."""
    found: dict[str, Size] = {}
    for item in view.graph.items:
        shown = view.folding.shown(item)
        if isinstance(shown, Group):
            box = f"g{shown.number}"
            if box not in found:  # one box for all of its nodes
                found[box] = _size(view.closed(shown))
            continue
        lines = [view.name(item), view.kind(item.data)]
        for numbers in (view.data(item), view.gradient(item)):
            lines += [f"grad  {line}" for line in numbers]
        found[f"n{item.number}"] = _size(lines)
        if item.op:
            found[f"o{item.number}"] = max(SIGN, len(view.sign(item)) * LETTER + 12), SIGN
            if view.shows("constants"):
                for position, constant in item.constants:
                    found[f"c{item.number}_{position}"] = _size(view.constant(constant))
    return found


def _size(lines: list[str]) -> Size:
    return max(map(len, lines), default=0) * LETTER + PADDING, LINE * len(lines)


def _edges(view: View) -> Iterator[tuple[str, str]]:
    for item in view.operations():
        sign = f"o{item.number}"
        yield from ((box, sign) for box, _ in view.edges(item))
        yield sign, f"n{item.number}"
    for source, target in view.links.passing:
        begin = f"g{source.number}" if isinstance(source, Group) else f"n{source.number}"
        end = f"g{target.number}" if isinstance(target, Group) else f"o{target.number}"
        yield begin, end


def _ranks(boxes: dict[str, Size], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Return how many boxes lead to each one; a box without inputs is just before its first use."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    pending: defaultdict[str, int] = defaultdict(int)
    for begin, end in edges:
        if begin in boxes and end in boxes:
            below[begin].append(end)
            pending[end] += 1
    ranks = dict.fromkeys(boxes, 0)
    ready = [box for box in boxes if not pending[box]]
    sources = list(ready)
    for box in ready:  # a cycle, between two closed groups, stays at rank 0
        for user in below[box]:
            ranks[user] = max(ranks[user], ranks[box] + 1)
            pending[user] -= 1
            if not pending[user]:
                ready.append(user)
    for box in sources:
        ranks[box] = min((ranks[user] for user in below[box]), default=1) - 1
    return ranks
