"""What a picture is to show: the graph, what of it is seen, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.drawing import groups
from autograd.drawing.chain import arrived, chain
from autograd.drawing.graph import CONSTANT, FREED, Graph, Item
from autograd.drawing.groups import Group, Links, View
from autograd.drawing.numbers import (
    FEW,
    check_format,
    kind_of,
    magnitude,
    numbers_of,
    short,
    summary_lines,
)
from autograd.drawing.style import Shade
from autograd.errors import FormatError, GraphError, ShapeError

#: What `direction` and `show` may name.
DIRECTIONS = ("LR", "TB", "RL", "BT")
PARTS = ("label", "data", "grad", "constants", "shape", "spread", "scopes")
LONGEST_NAME, LONGEST_SIGN = 40, 28
MOST_OPERATIONS = 4


@dataclass(slots=True)
class Options:
    """How a graph is to be drawn; see `draw`.

    Raises
    ------
    FormatError
        If one of them is not known.
    """

    direction: str = "LR"
    depth: int | None = None
    show: tuple[str, ...] = PARTS
    number_format: str = ".4g"
    title: str = ""
    most: int | None = None
    expand: bool | Iterable[str] = ()
    collapse: Iterable[str] = ()

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise FormatError(
                f"direction={self.direction!r} is not known; write 'LR' (left to right), 'TB' "
                "(top to bottom), 'RL' or 'BT'."
            )
        unknown = [part for part in self.show if part not in PARTS]
        if unknown:
            raise FormatError(
                f"show={unknown[0]!r} is not known; these can be shown: {', '.join(PARTS)}."
            )
        if self.depth is not None and self.depth < 1:
            raise FormatError(f"depth={self.depth} shows nothing; write 1 or more.")
        check_format(self.number_format)


@dataclass(slots=True)
class Frame:
    """One picture of an animation: which derivatives have arrived, and where one is going.

    Widths, in points, are the same in all of them, so that nothing moves.
    """

    gradients: dict[int, str]
    caption: str
    #: The number of the node that is gone back from, and the edge to where (node, position).
    active: int | None = None
    edge: tuple[int, int] | None = None
    widths: dict[int, int] = field(default_factory=dict)
    caption_width: int = 0


@dataclass(slots=True)
class Sheet:
    """A graph, looked at with certain options."""

    graph: Graph
    seen: View
    links: Links
    options: Options
    #: How large the derivatives are, of nodes and along edges (node, position), to shade them by.
    magnitudes: dict[int, float] = field(default_factory=dict)
    flows: dict[tuple[int, int], float] = field(default_factory=dict)
    shade: Shade | None = None
    frame: Frame | None = None

    def shows(self, part: str) -> bool:
        """Return whether something is to be shown."""
        return part in self.options.show

    def name(self, item: Item) -> str:
        """Write the name of a node, a very long one shortened."""
        return cut_short(item.name, LONGEST_NAME)

    def sign(self, item: Item) -> str:
        """Write the sign of an operation, and what says how it is computed."""
        return cut_short(item.sign + (f" {item.static}" if item.static else ""), LONGEST_SIGN)

    def operations(self) -> Iterator[Item]:
        """Go through the nodes that are shown with the operation that made them."""
        return (item for item in self.graph.items if item.op and self.seen.shown(item) is item)

    def edges(self, item: Item) -> Iterator[tuple[str, int | None]]:
        """Tell which boxes lead to an operation, in the order of the arguments.

        With each comes where the derivative goes: the position among the arguments; None for what
        gets no derivative.
        """
        if item.missing:
            yield f"m{item.number}", None
        for position, argument in enumerate(item.arguments):
            if not isinstance(argument, Item):
                if self.shows("constants"):
                    yield f"c{item.number}_{position}", None
            elif self.seen.shown(argument) is argument:
                yield f"n{argument.number}", position

    def data(self, item: Item) -> list[str]:
        """Write what a node holds, a large array in several lines."""
        return self.numbers(item.data)

    def gradient(self, item: Item) -> list[str]:
        """Write its derivative; nothing if there is none."""
        if item.kind == CONSTANT or item.gradient is None:
            return []
        return self.numbers(item.gradient)

    def numbers(self, x: Any) -> list[str]:
        """Write a number or an array, a large one in several lines."""
        if isinstance(x, np.ndarray) and x.size > FEW:
            return summary_lines(x) if self.shows("spread") else []
        if isinstance(x, np.ndarray):
            return [numbers_of(x, self.options.number_format) if x.size else "empty"]
        return [short(x, 40, self.options.number_format)]

    def constant(self, x: Any) -> list[str]:
        """Write type, shape and numbers of a constant."""
        kind = self.kind(x)
        return [kind] * bool(kind) + self.numbers(x)

    def kind(self, x: Any) -> str:
        """Write type and shape of an array; nothing for a number."""
        return kind_of(x) if isinstance(x, np.ndarray) and self.shows("shape") else ""

    def closed(self, group: Group) -> list[str]:
        """Write what is in a closed group, line by line; its name first."""
        lines = [cut_short(group.name, LONGEST_NAME)]
        told = f"{group.size:,} nodes"
        if group.parameters:
            told += f" · {group.parameters:,} parameters"
        lines.append(told)
        if group.operations:
            lines.append(group.common_operations(MOST_OPERATIONS))
        inputs, outputs = self.links.told(group)
        calls = f" · {group.entries:,} calls" if group.entries > 1 else ""
        lines.append(f"{inputs} in, {outputs} out{calls}")
        return lines

    def item_shade(self, item: Item) -> str:
        """Return the colour for the size of the derivative of a node, if shaded."""
        size = self.magnitudes.get(item.number)
        return "" if size is None or self.shade is None else self.shade.colour(size)

    def group_shade(self, group: Group) -> tuple[str, str]:
        """Return colour and words for the mean size of the derivatives in a group, if shaded."""
        if self.shade is None:
            return "", ""
        found = [self.magnitudes.get(item.number) for item in group.all_items()]
        sizes = [size for size in found if size is not None]
        if not sizes:
            return "", ""
        mean = sum(sizes) / len(sizes)
        return self.shade.colour(mean), f"mean |grad| {mean:.2g}"

    def notes(self) -> list[str]:
        """Write what has to be said of the whole."""
        freed = [item for item in self.graph.items if item.missing == FREED]
        if not freed:
            return []
        names = ", ".join(cut_short(item.name, 20) for item in freed[:3])
        more = f" and {len(freed) - 3} more" if len(freed) > 3 else ""
        return [
            f"What {names}{more} {'were' if len(freed) > 1 else 'was'} made of has been freed by "
            "backward(); retain_graph=True keeps it."
        ]


def cut_short(text: str, most: int) -> str:
    """Cut a long text, and say so by an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"


def sheet_of(graph: Graph, options: Options, shaded: bool = False) -> Sheet:
    """Lay out what of a graph is to be seen; `shaded`, with the sizes of all derivatives."""
    whole = groups.group(graph, "scopes" in options.show)
    seen = groups.view(whole, options.most, options.expand, options.collapse)
    sheet = Sheet(graph, seen, groups.links(graph, seen), options)
    if shaded:
        _shade(sheet)
    return sheet


def _shade(sheet: Sheet) -> None:
    """Measure all derivatives: those of a pass of its own, or, where there is none, those kept."""
    graph = sheet.graph
    try:
        steps = chain(graph)
    except (GraphError, ShapeError) as error:  # freed, several ends, no single number
        kept = [item for item in graph.items if item.gradient is not None]
        sheet.magnitudes = {item.number: magnitude(item.gradient) for item in kept}
        if not kept:
            raise GraphError(f"There are no derivatives to shade by. {error}") from None
    else:
        derivatives = arrived(steps)
        sheet.magnitudes = {number: magnitude(g) for number, g in derivatives.items()}
        sheet.flows = {(s.item.number, s.position): magnitude(s.product) for s in steps}
        for item in graph.items:  # what is told is what the colours mean
            item.gradient = derivatives.get(item.number)
    sheet.shade = Shade.over([*sheet.magnitudes.values(), *sheet.flows.values()])
