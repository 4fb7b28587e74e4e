"""What a picture shows: the graph, which groups are open, and the text in its boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.drawing.chain import arrived, chain
from autograd.drawing.folding import Folding, Links, fold, links
from autograd.drawing.graph import CONSTANT, FREED, Graph, Item
from autograd.drawing.groups import LEGIBLE, Group, group
from autograd.drawing.numbers import (
    FEW,
    check_format,
    kind_of,
    magnitude,
    numbers_of,
    short,
    summary_lines,
)
from autograd.drawing.style import EDGE_RAMP, Shade
from autograd.errors import FormatError, GraphError, ShapeError

#: The values of `direction` and `show`.
DIRECTIONS = ("LR", "TB", "RL", "BT")
PARTS = ("label", "data", "grad", "constants", "shape", "spread", "scopes")
LONGEST_NAME, LONGEST_SIGN = 40, 28
MOST_OPERATIONS = 4


@dataclass(slots=True)
class Options:
    """How a graph is drawn; see `draw`.

    Raises
    ------
    FormatError
        If a value is not valid.
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
                f"direction={self.direction!r} is not known; use 'LR' (left to right), 'TB' "
                "(top to bottom), 'RL' or 'BT'."
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

    def shows(self, part: str) -> bool:
        """Return whether `show` contains a part."""
        return part in self.options.show

    def name(self, item: Item) -> str:
        """Write the name of a node, shortened if it is long."""
        return cut_short(item.name, LONGEST_NAME)

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
                yield f"n{argument.number}", position

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
            return [numbers_of(x, self.options.number_format) if x.size else "empty"]
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
        lines = [cut_short(group.name, LONGEST_NAME)]
        sizes = f"{group.size:,} nodes"
        if group.parameters:
            sizes += f" · {group.parameters:,} parameters"
        lines.append(sizes)
        if group.operations:
            lines.append(group.common_operations(MOST_OPERATIONS))
        inputs, outputs = self.links.counts(group)
        calls = f" · {group.entries:,} calls" if group.entries > 1 else ""
        lines.append(f"{inputs} in, {outputs} out{calls}")
        return lines

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
        return self.shade.colour(magnitude, EDGE_RAMP), float(f"{width:.2g}")

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
        freed = [item for item in self.graph.items if item.missing == FREED]
        if not freed:
            return []
        names = ", ".join(cut_short(item.name, 20) for item in freed[:3])
        more = f" and {len(freed) - 3} more" if len(freed) > 3 else ""
        return [f"backward() freed the graph of {names}{more}; retain_graph=True keeps it."]


def cut_short(text: str, most: int) -> str:
    """Shorten a long text, ending in an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"


def view_of(graph: Graph, options: Options, shaded: bool = False) -> View:
    """Decide what a picture of a graph shows; `shaded` adds the sizes of all derivatives."""
    whole = group(graph, "scopes" in options.show)
    most = LEGIBLE if options.most is None and graph.is_program else options.most
    folding = fold(whole, most, options.expand, options.collapse)
    view = View(graph, folding, links(graph, folding), options)
    if shaded:
        _shade(view)
    return view


def _shade(view: View) -> None:
    """Measure all derivatives: of a separate backward pass, or if that fails those in ``grad``."""
    graph = view.graph
    if graph.is_program:
        raise GraphError("A program has no derivatives to shade by: they are instructions in it.")
    try:
        steps = chain(graph)
    except (GraphError, ShapeError) as error:  # freed, several roots, not a single number
        kept = [item for item in graph.items if item.gradient is not None]
        view.magnitudes = {item.number: magnitude(item.gradient) for item in kept}
        if not kept:
            raise GraphError(f"There are no derivatives to shade by. {error}") from None
    else:
        derivatives = arrived(steps)
        view.magnitudes = {number: magnitude(g) for number, g in derivatives.items()}
        view.flows = {(s.item.number, s.position): magnitude(s.product) for s in steps}
        for item in graph.items:  # show the derivatives that the colours refer to
            item.gradient = derivatives.get(item.number)
    view.shade = Shade.over([*view.magnitudes.values(), *view.flows.values()])
