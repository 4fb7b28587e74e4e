"""Decide what a picture of a graph shows: frames, chips, colours and direction."""

from __future__ import annotations

from collections import Counter

from autograd.drawing.chain import arrived, chain
from autograd.drawing.folding import fold, links
from autograd.drawing.graph import Graph, Item
from autograd.drawing.groups import LEGIBLE, group
from autograd.drawing.layout import direction_of
from autograd.drawing.numbers import magnitude
from autograd.drawing.style import Shade
from autograd.drawing.view import SHARED, Options, View
from autograd.errors import GraphError, ShapeError


def view_of(graph: Graph, options: Options, shaded: bool = False) -> View:
    """Decide what a picture of a graph shows; `shaded` adds the sizes of all derivatives."""
    whole = group(graph, "scopes" in options.show)
    most = LEGIBLE if options.most is None and graph.is_program else options.most
    folding = fold(whole, most, options.expand, options.collapse, shaded)
    view = View(graph, folding, links(graph, folding), options)
    view.chips = _chips(view)
    if shaded:
        _shade(view)
    view.direction = direction_of(view) if options.direction == "auto" else options.direction
    return view


def _chips(view: View) -> dict[int, int]:
    """Count the uses of leaves that are drawn at each of them: edges would hide the rest."""
    uses: Counter[int] = Counter()
    for item in view.graph.items:
        if view.folding.shown(item) is item:
            for parent in item.parents:
                if not parent.op and view.folding.shown(parent) is parent:
                    uses[parent.number] += 1
    uses.update(s.number for s, _ in view.links.passing if isinstance(s, Item) and not s.op)
    return {number: count for number, count in uses.items() if count >= SHARED}


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
