"""The table that ``summary`` prints."""

from __future__ import annotations

import itertools
import shutil
import textwrap
from typing import Any

from nn.keras_style.layers.layer import Layer
from nn.keras_style.naming import snake_case
from nn.keras_style.symbolic import tensors_in

#: Where columns end, in shares of the width, without and with the column of connections.
ENDS = {3: (0.45, 0.80, 1.0), 4: (0.3, 0.56, 0.74, 1.0)}
HEADS = ("Layer (type)", "Output Shape", "Param #", "Connected to")


def summarised(model: Any, graph: Any, line_length: int | None = None) -> str:
    """Return the layers of a model as a table, with shapes and numbers of parameters.

    Parameters
    ----------
    model : Model
        The model.
    graph : Graph or None
        The calls of a functional model.
    line_length : int, optional
        The width; by default that of the terminal, at most Keras' width.
    """
    count = 3 if graph is None or _is_chain(graph) else 4
    rows = [_row(layer, graph if count == 4 else None) for layer in model.layers]
    width = line_length or min(88 if count == 3 else 108, shutil.get_terminal_size().columns - 4)
    lines = [f'Model: "{model.name}"', *_table(HEADS[:count], rows, _widths(count, width))]
    trained = model.trainable_weights
    others = model.non_trainable_weights
    for what, arrays in (
        ("Total", [*trained, *others]), ("Trainable", trained), ("Non-trainable", others),
    ):  # fmt: skip
        size = sum(array.size * array.dtype.itemsize for array in arrays)
        lines.append(f" {what} params: {sum(a.size for a in arrays):,} ({_size(size)})")
    return "\n".join(lines)


def _is_chain(graph: Any) -> bool:
    """Return whether each call has one input, and each layer is called once."""
    functions = [id(node.function) for node in graph.nodes]
    return (
        len(set(functions)) == len(functions)
        and len(graph.tensors) == 1
        and all(len(node.inputs) == 1 for node in graph.nodes)
        and len({id(node.inputs[0]) for node in graph.nodes}) == len(graph.nodes)
    )


def _row(layer: Any, graph: Any) -> list[str]:
    kind = getattr(layer, "kind", type(layer).__name__)
    name = getattr(layer, "name", snake_case(kind))
    shape = getattr(layer, "output_shape", None)
    is_built = getattr(layer, "built", True)
    count = _count(layer)
    row = [
        f"{name} ({kind})",
        "?" if shape is None else _shape(shape),
        f"{count:,}" if is_built or count else "0 (unbuilt)",
    ]
    if graph is not None:
        row.append(_connections(layer, graph))
    return row


def _count(layer: Any) -> int:
    if isinstance(layer, Layer):
        return layer.count_params()
    return layer.num_parameters() if hasattr(layer, "num_parameters") else 0


def _shape(shape: Any) -> str:
    if isinstance(shape, list):
        return "[" + ", ".join(map(_shape, shape)) + "]"
    return f"({', '.join(map(str, shape))})"


def _connections(layer: Any, graph: Any) -> str:
    found = []
    for node in graph.nodes:
        if node.function is layer:
            for tensor in node.inputs:
                before = tensor.node.function
                outputs = list(map(id, tensors_in(tensor.node.outputs)))
                place = outputs.index(id(tensor))
                found.append(f"{before.name}[{before.symbolic_calls.index(tensor.node)}][{place}]")
    return ", ".join(found) or "-"


def _widths(count: int, width: int) -> list[int]:
    """Return the widths of the columns with a space on each side, as the table of Keras has."""
    ends = [0, *(int(end * width) for end in ENDS[count])]
    widths = [max(b - a, 4) + 2 for a, b in itertools.pairwise(ends)]
    missing = sum(widths) + count + 1 - width
    for i in range(count):
        less = round(missing / (count - i))
        widths[i] -= less
        missing -= less
    return widths


def _table(heads: Any, rows: list[list[str]], widths: list[int]) -> list[str]:
    def line(cells: list[str], edge: str) -> list[str]:
        parts = [_wrapped(cell, width - 2) for cell, width in zip(cells, widths, strict=True)]
        height = max(map(len, parts))
        lines = []
        for i in range(height):
            texts = [part[i] if i < len(part) else "" for part in parts]
            filled = [
                f" {t:>{w - 2}} " if column == 2 else f" {t:<{w - 2}} "
                for column, (t, w) in enumerate(zip(texts, widths, strict=True))
            ]
            lines.append(edge + edge.join(filled) + edge)
        return lines

    def rule(left: str, fill: str, middle: str, right: str) -> str:
        return left + middle.join(fill * width for width in widths) + right

    lines = [rule("┏", "━", "┳", "┓"), *line(list(heads), "┃"), rule("┡", "━", "╇", "┩")]
    for i, row in enumerate(rows):
        lines += [rule("├", "─", "┼", "┤")] if i else []
        lines += line(row, "│")
    return [*lines, rule("└", "─", "┴", "┘")]


def _wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a cell; words that are too long end with an ellipsis."""
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [line if len(line) <= width else line[: width - 1] + "…" for line in lines] or [""]


def _size(count: float) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1024:
            return f"{count:.2f} {unit}"
        count /= 1024
    return f"{count:.2f} TB"
