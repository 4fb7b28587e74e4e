"""What a picture shows: the graph, which groups are open, and the text in its boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.drawing.folding import Folding, Links
from autograd.drawing.graph import CONSTANT, FREED, PARAMETER, Graph, Item
from autograd.drawing.groups import Group
from autograd.drawing.numbers import (
    FEW,
    check_format,
    kind_of,
    lines_of,
    short,
    summary_lines,
)
from autograd.drawing.style import Shade
from autograd.errors import FormatError

#: The values of `direction` and `show`.
DIRECTIONS = ("auto", "LR", "TB", "RL", "BT")
PARTS = ("label", "data", "grad", "constants", "shape", "spread", "scopes")
LONGEST_NAME, LONGEST_TITLE, LONGEST_SIGN = 40, 60, 28
#: A leaf with so many uses is drawn at each of them.
SHARED = 5
MOST_OPERATIONS = 4


@dataclass(slots=True)
class Options:
    """How a graph is drawn; see `draw`.

    Raises
    ------
    FormatError
        If a value is not valid.
    """

    direction: str = "auto"
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
                f"direction={self.direction!r} is not known; use 'auto', 'LR' (left to right), "
                "'TB' (top to bottom), 'RL' or 'BT'."
            )
        unknown = [part for part in self.show if part not in PARTS]
        if unknown:
            raise FormatError(
                f"show={unknown[0]!r} is not known; it may contain: {', '.join(PARTS)}."
            )
        if self.depth is not None and self.depth < 1:
            raise FormatError(f"depth={self.depth} shows nothing; use 1 or more.")
        check_format(self.number_format)


@dataclass(slots=True)
class Frame:
    """One picture of an animation: the derivatives known so far, and the current step.

    Widths, in points, are the same in all frames, so that nothing moves.
    """

    gradients: dict[int, str]
    caption: str
    #: The number of the node whose derivative is passed on, and the edge (node, position).
    active: int | None = None
    edge: tuple[int, int] | None = None
    widths: dict[int, int] = field(default_factory=dict)
    caption_width: int = 0


@dataclass(slots=True)
class View:
    """A graph as it is shown with some options."""

    graph: Graph
    folding: Folding
    links: Links
    options: Options
    #: Sizes of the derivatives of nodes and along edges (node, position), for their colours.
    magnitudes: dict[int, float] = field(default_factory=dict)
    flows: dict[tuple[int, int], float] = field(default_factory=dict)
    shade: Shade | None = None
    frame: Frame | None = None
    direction: str = "LR"
    #: The leaves that are drawn again at each use, by their numbers: how often they are used.
    chips: dict[int, int] = field(default_factory=dict)

    def shows(self, part: str) -> bool:
        """Return whether `show` contains a part."""
        return part in self.options.show

    def name(self, item: Item) -> str:
        """Write the name of a node, without the scope whose frame is around it."""
        inside = item.scope if self.shows("scopes") else ""
        name = item.name.removeprefix(f"{inside}.") if inside else item.name
        return cut_short(name, LONGEST_NAME)

    def sign(self, item: Item) -> str:
        """Write the sign of an operation and its settings, such as ``axis=0``."""
        return cut_short(item.sign + (f" {item.settings}" if item.settings else ""), LONGEST_SIGN)

    def operations(self) -> Iterator[Item]:
        """Yield the nodes that are drawn with their operation."""
        return (item for item in self.graph.items if item.op and self.folding.shown(item) is item)

    def edges(self, item: Item) -> Iterator[tuple[str, int | None]]:
        """Yield the boxes that lead to an operation, in the order of its operands.

        Each comes with its position among the operands, or None if it receives no derivative.
        """
        if item.missing:
            yield f"m{item.number}", None
        for position, argument in enumerate(item.operands):
            if not isinstance(argument, Item):
                if self.shows("constants"):
                    yield f"c{item.number}_{position}", None
            elif self.folding.shown(argument) is argument:
                if argument.number in self.chips:
                    yield f"l{argument.number}_{item.number}_{position}", position
                else:
                    yield f"n{argument.number}", position

    def chips_of(self, item: Item) -> Iterator[tuple[str, Item]]:
        """Yield the boxes that stand for leaves with many uses at one operation, and the leaves."""
        for position, argument in enumerate(item.operands):
            if isinstance(argument, Item) and argument.number in self.chips:
                yield f"l{argument.number}_{item.number}_{position}", argument

    def chip_before(self, leaf: Item, group: Item | Group) -> str:
        """Return the box that stands for a leaf with many uses before a closed group."""
        return f"l{leaf.number}_g{group.number}"

    def chip_name(self, leaf: Item) -> str:
        """Write the name of a leaf at one of its uses."""
        return cut_short(self.name(leaf), LONGEST_NAME)

    def data(self, item: Item) -> list[str]:
        """Write the data of a node."""
        return self.numbers(item.data)

    def gradient(self, item: Item) -> list[str]:
        """Write the derivative of a node; nothing if there is none."""
        if item.kind == CONSTANT or item.gradient is None:
            return []
        return self.numbers(item.gradient)

    def numbers(self, x: Any) -> list[str]:
        """Write a number or an array, a large one in several lines; nothing if it is not known."""
        if x is None or hasattr(x, "kind"):
            return []
        if isinstance(x, np.ndarray) and x.size > FEW:
            return summary_lines(x) if self.shows("spread") else []
        if isinstance(x, np.ndarray):
            return lines_of(x, self.options.number_format)
        return [short(x, 40, self.options.number_format)]

    def constant(self, x: Any) -> list[str]:
        """Write the type, shape and numbers of a constant."""
        kind = self.kind(x)
        return [kind] * bool(kind) + self.numbers(x)

    def kind(self, x: Any) -> str:
        """Write the type and shape of an array; nothing for a number."""
        if hasattr(x, "kind"):
            return str(x.kind) if self.shows("shape") else ""
        return kind_of(x) if isinstance(x, np.ndarray) and self.shows("shape") else ""

    def closed(self, group: Group) -> list[str]:
        """Write the lines of a closed group: its name, sizes and operations."""
        lines = [cut_short(group.title, LONGEST_TITLE)]
        parts = [] if group.is_layer else [counted(group.size, "node")]
        if group.parameters:
            parts.append(counted(group.parameters, "parameter"))
        if group.entries > 1:
            parts.append(counted(group.entries, "call"))
        lines += [" · ".join(parts)] if parts else []
        if group.operations and not group.is_layer and not group.is_run:
            lines.append(group.common_operations(MOST_OPERATIONS))
        given = self.links.constants.get(group, {})
        if not self.links.inputs.get(group) and len(given) == 1:
            lines.append(f"input {shape_of(*given.values())}")
        return lines

    def frame_title(self, group: Group) -> str:
        """Write the name of an open group, what it is, and the shapes that pass through it."""
        title = cut_short(group.title, LONGEST_TITLE)
        flow = self.flow(group)
        return f"{title} · {flow}" if flow else title

    def flow(self, group: Group) -> str:
        """Write the shape of what enters and leaves a group, where it is one array each."""
        outputs = [item.data for item in self.links.outputs.get(group, {}).values()]
        inputs = [
            item.data for item in self.links.inputs.get(group, {}).values() if not is_weight(item)
        ]
        inputs = inputs or list(self.links.constants.get(group, {}).values())
        if len(outputs) != 1 or not shape_of(outputs[0]):
            return ""
        before = shape_of(inputs[0]) if len(inputs) == 1 else ""
        return f"{before} → {shape_of(outputs[0])}" if before else ""

    def passing(self, source: Item | Group, values: Iterable[Item]) -> str:
        """Write what passes along an edge between closed groups: a shape, or how many values."""
        shapes = [shape_of(item.data) for item in values]
        count = f"{len(shapes):,}" if len(shapes) > 1 else ""
        if isinstance(source, Item) or len(set(shapes)) > 1 or not shapes[0]:
            return count
        return f"{count} × {shapes[0]}" if count else shapes[0]

    def item_shade(self, item: Item) -> str:
        """Return the colour for the derivative of a node; empty without shading."""
        size = self.magnitudes.get(item.number)
        return "" if size is None or self.shade is None else self.shade.colour(size)

    def flow_look(self, item: Item, position: int) -> tuple[str, float] | None:
        """Return the colour and width of an edge for the derivative along it, if there is one."""
        magnitude = self.flows.get((item.number, position))
        if magnitude is None or self.shade is None:
            return None
        width = 1.0 + 2.0 * self.shade.place(magnitude)
        return self.shade.edge_colour(magnitude), float(f"{width:.2g}")

    def group_shade(self, group: Group) -> tuple[str, str]:
        """Return colour and text for the mean derivative in a group; empty without shading."""
        if self.shade is None:
            return "", ""
        found = [self.magnitudes.get(item.number) for item in group.all_items()]
        sizes = [size for size in found if size is not None]
        if not sizes:
            return "", ""
        mean = sum(sizes) / len(sizes)
        return self.shade.colour(mean), f"mean |grad| {mean:.2g}"

    def notes(self) -> list[str]:
        """Return remarks on the whole graph."""
        left_out = self.graph.left_out
        notes = [f"Left out: {counted(left_out, 'product')} with 1 or power of 1."] * (left_out > 0)
        freed = [item for item in self.graph.items if item.missing == FREED]
        if not freed:
            return notes
        names = ", ".join(cut_short(item.name, 20) for item in freed[:3])
        more = f" and {len(freed) - 3} more" if len(freed) > 3 else ""
        return [*notes, f"backward() freed the graph of {names}{more}; retain_graph=True keeps it."]


def is_weight(item: Item) -> bool:
    """Return whether a node is a leaf that is trained or stands inside a scope."""
    return not item.op and (item.kind == PARAMETER or bool(item.scope))


def shape_of(data: Any) -> str:
    """Write the shape of an array; nothing for a number."""
    shape = getattr(data, "shape", ())
    return "×".join(map(str, shape))


def counted(number: int, noun: str) -> str:
    """Write a number of things."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def cut_short(text: str, most: int) -> str:
    """Shorten a long text, ending in an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"
