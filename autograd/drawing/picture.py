"""The graph as a picture, drawn by Graphviz."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import graphviz

from autograd.drawing.graph import formula, has_gradient, names_of, short
from autograd.drawing.lines import text
from autograd.engine import Node
from autograd.errors import FormatError, MissingProgramError
from autograd.topology import nodes_below

#: Fill and border by what a node is; they keep apart in grey and for the colour-blind.
COLOURS = {
    "leaf": ("#dcebf7", "#2a6496"),
    "constant": ("#eeeeee", "#777777"),
    "result": ("#ffffff", "#444444"),
    "output": ("#fdebd0", "#b35c00"),
}

IMAGES = {".svg", ".png", ".pdf"}
SOURCES = {".dot", ".gv", ""}


class Picture(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that also saves itself as an image, and shows itself in Jupyter."""

    #: The same graph as text, for where Graphviz's `dot` is not installed.
    as_text: str = ""

    def save(
        self,
        filename: Any = None,
        directory: Any = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Write an image (``.svg``, ``.png``, ``.pdf``) or the DOT source (``.dot``, ``.gv``).

        An existing file is replaced only once the new one is complete.

        Raises
        ------
        FormatError
            If the name ends in anything else.
        MissingProgramError
            If an image is wanted and the program `dot` is not installed.
        """
        target = Path(directory or self.directory or "", filename or self.filename)
        kind = target.suffix.lower()
        if kind not in IMAGES | SOURCES:
            raise FormatError(
                f"{target.name!r} names no format that a graph is saved in; these are: "
                f"{', '.join(sorted((IMAGES | SOURCES) - {''}))}"
            )
        content = self.pipe(format=kind[1:]) if kind in IMAGES else self.source.encode()
        if directory:
            target.parent.mkdir(parents=True, exist_ok=True)
        elif not target.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {str(target.parent)!r} to save in")
        _replace(target, content)
        return str(target)

    def pipe(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the image as bytes; see `graphviz.Digraph.pipe`."""
        _require_dot()
        return super().pipe(*arguments, **keywords)

    def render(self, *arguments: Any, **keywords: Any) -> str:
        """Write source and image into files; see `graphviz.Digraph.render`."""
        _require_dot()
        return str(super().render(*arguments, **keywords))

    def _repr_mimebundle_(self, *arguments: Any, **keywords: Any) -> Any:
        if shutil.which("dot") is None:
            return {"text/plain": f"{self.as_text}\n({MISSING_DOT})"}
        return super()._repr_mimebundle_(*arguments, **keywords)


MISSING_DOT = (
    "Pictures need Graphviz's program dot: install it with `apt install graphviz`, "
    "`brew install graphviz` or `winget install graphviz`. "
    "Without it, print(autograd.text(node)) shows the same graph."
)


def _replace(target: Path, content: bytes) -> None:
    """Write a file beside the target, then put it in its place."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=target.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _require_dot() -> None:
    if shutil.which("dot") is None:
        raise MissingProgramError(MISSING_DOT)


def draw(node: Node, direction: str = "LR") -> Picture:
    """Draw the graph below a node: a box for each node, with name, formula, data and grad.

    Parameters
    ----------
    node : Value or Tensor
        Where the graph ends.
    direction : str
        "LR" from left to right, "TB" from top to bottom.

    Returns
    -------
    Picture
        A `graphviz.Digraph`: shows itself in Jupyter, ``.save("graph.svg")`` writes an image
        (also .png, .pdf, .dot), ``.source`` is the DOT text.

    Examples
    --------
    >>> from autograd import Value, draw
    >>> x = Value(3.0, label="x")
    >>> "tanh" in draw(x.tanh()).source
    True
    """
    nodes = nodes_below(node)
    names = names_of(nodes)
    numbers = {id(each): f"n{i}" for i, each in enumerate(nodes, start=1)}
    picture = Picture(
        graph_attr={"rankdir": direction, "bgcolor": "white", "nodesep": "0.2", "ranksep": "0.35"},
        node_attr={"shape": "record", "style": "filled", "fontname": "Helvetica", "fontsize": "11"},
        edge_attr={"color": "#666666", "arrowsize": "0.6"},
    )
    stacked = "{}" if direction in ("LR", "RL") else "{{{}}}"  # fields below each other
    for each in nodes:
        kind = _kind(each, node)
        fields = [names[id(each)], formula(each, names), f"data {short(each.data, 40)}"]
        if has_gradient(each):
            fields.append(f"grad {short(each.grad, 40)}")
        fill, border = COLOURS[kind]
        picture.node(
            numbers[id(each)],
            stacked.format(" | ".join(_escaped(field) for field in fields if field)),
            fillcolor=fill,
            color=border,
            penwidth="1.6" if kind in ("leaf", "output") else "1",
        )
        for parent in each.parents:
            picture.edge(numbers[id(parent)], numbers[id(each)])
    picture.as_text = text(node)
    return picture


def _kind(node: Any, output: Any) -> str:
    if node is output and node.op:
        return "output"
    if node.op:
        return "result"
    return "leaf" if getattr(node, "requires_grad", True) else "constant"


def _escaped(field: str) -> str:
    """Escape what has a meaning in a record label, and keep a very long label readable."""
    if len(field) > 80:
        field = field[:79] + "…"
    for sign in "\\{}|<>":
        field = field.replace(sign, "\\" + sign)
    return field.replace("\n", " ").replace(" ", "\\ ") if field.strip() else "\\ "
