"""The graph as lines of text, for a terminal."""

from __future__ import annotations

import shutil
import sys
from typing import Any

from autograd.drawing.collection import without_collection
from autograd.drawing.folding import Links, fold, links
from autograd.drawing.graph import Graph, Item, formula
from autograd.drawing.groups import Group
from autograd.drawing.groups import group as grouped
from autograd.drawing.numbers import check_format, magnitude, short
from autograd.drawing.program_graph import graph_of_any
from autograd.drawing.view import cut_short

#: Graphs of more nodes are summarised, unless `most` says otherwise.
MOST, FORMAT = 300, ".6g"
#: A summary ends with this many of the last nodes.
LAST = 10
MOST_OPERATIONS = 5
#: No column is cut to fewer characters, to fit into a line.
NARROWEST = 8


@without_collection
def text(
    *nodes: Any, most: int = MOST, number_format: str = FORMAT, width: int | None = None
) -> str:
    """Return the graph of some nodes as numbered lines, parents before children.

    Parameters
    ----------
    *nodes : Value or Tensor
        The results whose graph is listed. Or a `Program`, and the arguments to run it with.
    most : int
        A graph of more nodes is summarised by scope, followed by its last lines.
    number_format : str
        Format of numbers, such as ".3f".
    width : int, optional
        The longest line: the widest columns are cut, and end in "…". By default the width of the
        terminal; no line is cut if the output goes somewhere else.

    Raises
    ------
    DataError
        If an argument is not a node.
    FormatError
        If `number_format` is not valid.

    Examples
    --------
    >>> from autograd import Value, text
    >>> x = Value(3.0, label="x")
    >>> y = x * x + 1
    >>> y.backward()
    >>> print(text(y))
    1  x              data 3   grad 6
    2  v2  = x × x    data 9   grad 1
    3  v3  = v2 + 1   data 10  grad 1
    """
    check_format(number_format)
    return listing(graph_of_any(*nodes), most, number_format, width or terminal_width())


def terminal_width() -> int | None:
    """Return the width of the terminal; None if the output goes somewhere else."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def listing(
    graph: Graph, most: int = MOST, number_format: str = FORMAT, width: int | None = None
) -> str:
    """Write a graph as numbered lines; see `text`."""
    if len(graph.items) <= most:
        return _lines(graph.items, number_format, width)
    return (
        f"{len(graph.items):,} nodes; text(node, most={len(graph.items)}) lists them all.\n\n"
        f"{_summary(graph, width)}\n\nThe last nodes:\n\n"
        f"{_lines(graph.items[-min(LAST, most) :], number_format, width)}"
    )


def _lines(items: list[Item], number_format: str, width: int | None) -> str:
    rows: list[tuple[str, ...]] = []
    for item in items:
        made = formula(item)
        gradient = "" if item.gradient is None else short(item.gradient, 60, number_format)
        rows.append(
            (
                str(item.number),
                item.name,
                f"= {made}" if made else "",
                _data(item, number_format),
                f"grad {gradient}" if gradient else "",
                f"in {item.scope}" if item.scope else "",
            )
        )
    return "\n".join(_aligned(rows, "><<<<<", ["  ", "  ", "   ", "  ", "  "], width))


def _data(item: Item, number_format: str) -> str:
    """Write the numbers of an item; in a program that has not run, their type and shape."""
    if item.data is None:
        return ""
    text = short(item.data, 60, number_format)
    return text if hasattr(item.data, "kind") else f"data {text}"


def _summary(graph: Graph, width: int | None) -> str:
    """Write for each group its sizes, its inputs and outputs, and its mean derivative."""
    whole = grouped(graph)
    passing = links(graph, fold(whole, 0, False))
    title = ("", "nodes", "parameters", "in", "out", "operations", "mean |grad|")
    rows: list[tuple[str, ...]] = [title]
    rows += [_group_row(each, passing) for each in whole.groups]
    if whole.items:
        rows.append(("(outside)", f"{len(whole.items):,}", "", "", "", "", ""))
    return "\n".join(_aligned(rows, "<>>>><<", ["  ", "  ", "  ", "  ", "  ", "  "], width))


def _group_row(each: Group, passing: Links) -> tuple[str, ...]:
    sizes = [magnitude(item.gradient) for item in each.all_items() if item.gradient is not None]
    return (
        each.title + (f" ({each.entries:,} calls)" if each.entries > 1 else ""),
        f"{each.size:,}",
        f"{each.parameters:,}",
        *passing.counts(each),
        each.common_operations(MOST_OPERATIONS),
        f"{sum(sizes) / len(sizes):.3g}" if sizes else "",
    )


def _aligned(
    rows: list[tuple[str, ...]], sides: str, gaps: list[str], width: int | None
) -> list[str]:
    """Write rows as columns, each aligned left (``<``) or right (``>``), with gaps between them."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    if width is not None:
        _shrink(widths, width - sum(map(len, gaps)))
    lines = []
    for row in rows:
        columns = zip(row, sides, widths, strict=True)
        fields = [f"{cut_short(field, most):{side}{most}}" for field, side, most in columns]
        line = "".join(a + b for a, b in zip(fields, [*gaps, ""], strict=True))
        lines.append(line.rstrip())
    return lines


def _shrink(widths: list[int], room: int) -> None:
    """Make the widest columns narrower until all fit, but none narrower than `NARROWEST`."""
    while sum(widths) > room:
        widest = max(range(len(widths)), key=widths.__getitem__)
        if widths[widest] <= NARROWEST:
            return
        widths[widest] -= 1
