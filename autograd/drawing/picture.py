"""The graph as a picture, in all formats."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from autograd.drawing import dot, mermaid, page
from autograd.drawing.as_text import listing
from autograd.drawing.collection import without_collection
from autograd.drawing.files import save
from autograd.drawing.ones import without_ones
from autograd.drawing.program_graph import graph_of_any
from autograd.drawing.rendering import MISSING_DOT, has_dot, render
from autograd.drawing.view import PARTS, Options, View
from autograd.drawing.viewing import view_of

#: Formats that `dot` writes, and those that need no other program.
IMAGES = (".svg", ".png", ".pdf")
SOURCES = (".dot", ".gv", ".mmd", ".html", ".txt")


class Picture:
    """A picture of a graph, displayed in Jupyter and saved by `save`.

    Parameters
    ----------
    view : View
        What `draw` prepares.

    Attributes
    ----------
    source : str
        The picture in DOT, Graphviz's language.

    Examples
    --------
    >>> from autograd import Value, draw
    >>> draw(Value(2.0) * 3.0).source.startswith("digraph")
    True
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.source: str = dot.source(view)

    @property
    def mermaid(self) -> str:
        """The picture in Mermaid, which GitHub and Markdown cells render."""
        return mermaid.source(self.view)

    @property
    def text(self) -> str:
        """The graph as lines of text."""
        return listing(self.view.graph)

    @without_collection
    def html(self) -> str:
        """Return an interactive page, a single file that works offline in any browser."""
        return page.page(self.view)

    def save(self, path: str | os.PathLike[str]) -> str:
        """Save the picture, in the format that the file extension names.

        Parameters
        ----------
        path : str or path-like
            ``.svg``, ``.png`` and ``.pdf`` are images, ``.dot`` (or ``.gv``) and ``.mmd``
            (Mermaid) sources; ``.html`` is an interactive page, ``.txt`` the graph as text. An
            existing file is replaced once the new one is complete.

        Returns
        -------
        str
            The path.

        Raises
        ------
        FormatError
            If the extension is another one.
        MissingProgramError
            If an image needs the program `dot` and it is not installed.
        """
        return save(path, IMAGES + SOURCES, self._content)

    def _content(self, kind: str) -> bytes:
        if kind in IMAGES:
            return render(self.source, kind[1:])
        if kind == ".html":
            return self.html().encode()
        if kind == ".mmd":
            return self.mermaid.encode()
        return (self.source if kind in (".dot", ".gv") else self.text + "\n").encode()

    def svg(self) -> str:
        """Return the picture as SVG.

        Raises
        ------
        MissingProgramError
            If the program `dot` is not installed.
        """
        return render(self.source, "svg").decode()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if has_dot():
            return {"image/svg+xml": self.svg(), "text/plain": repr(self)}
        text = f"{self.text}\n({MISSING_DOT})"
        framed = page.framed(self.html())
        if len(framed) > page.MOST_IN_NOTEBOOK:
            return {"text/vnd.mermaid": self.mermaid, "text/plain": text}
        return {"text/html": framed, "text/plain": text}

    def __repr__(self) -> str:
        names = ", ".join(self.view.name(root) for root in self.view.graph.roots)
        return f"<picture of {names}: {len(self.view.graph.items):,} nodes>"


@without_collection
def draw(
    *nodes: Any,
    direction: str = "auto",
    depth: int | None = None,
    show: Iterable[str] = PARTS,
    number_format: str = ".4g",
    title: str = "",
    shade: bool = False,
    most: int | None = None,
    expand: bool | Iterable[str] = (),
    collapse: Iterable[str] = (),
) -> Picture:
    """Draw the graph of some nodes, or a program.

    Each box is a node with its name, data and derivative; a large array is summarised as mean ±
    standard deviation, minimum … maximum, and a histogram. Each circle is an operation. Leaves
    are blue, parameters green and rounded, constants dashed, intermediate results white, and the
    nodes passed in orange.

    Parameters
    ----------
    *nodes : Value or Tensor
        The results whose graph is drawn. You can draw several at once, such as a result and its
        derivative. Or a `Program`: then each circle is an instruction, an assignment in place makes
        a new box, yellow boxes are the conditions that it holds for, and the backward pass is a
        scope of its own; the arguments that follow it are what to run it with, to show numbers.
        Or what `compare` returns: both programs, with what differs in red.
    direction : str
        "LR" from left to right, "TB" from top to bottom, "RL" or "BT"; "auto" is from left to
        right if that is legible in a column of 900 pixels, else the narrower of the two.
    depth : int, optional
        Draw only this many operations before the results.
    show : iterable of str
        What to show; any of "label", "data", "grad", "constants", "shape", "spread", "scopes".
    number_format : str
        Format of numbers, such as ".3f".
    title : str
        Heading of the picture.
    shade : bool
        Colour derivatives by size, to see where they vanish or explode. They are computed
        separately, without writing ``grad``; if `backward` has freed the graph, those in ``grad``
        are used.
    most : int, optional
        The most boxes to draw; by default 150 without scopes, 60 with scopes, and 20 for a long
        chain of operations. In a larger graph each scope, or else each of several parts of
        similar size, is drawn as one box. Smaller scopes are opened while there is room; layers
        without inner modules, and equal scopes in a row, stay closed.
    expand, collapse : iterable of str
        Paths of scopes to open or close whatever their size; ``expand=True`` opens all.

    Returns
    -------
    Picture
        Displayed in Jupyter. ``.save("graph.svg")`` writes a file (also .png, .pdf, .dot, .mmd,
        .html, .txt), ``.source`` is the DOT source, ``.mermaid`` the Mermaid source.

    Raises
    ------
    DataError
        If an argument is not a node.
    FormatError
        If an option is not valid.
    GraphError
        If no scope has a path in `expand` or `collapse`, or there are no derivatives to shade by.

    Examples
    --------
    >>> from autograd import Value, draw
    >>> x = Value(3.0, label="x")
    >>> picture = draw(x.tanh(), direction="TB")
    >>> "tanh" in picture.source
    True
    """
    parts = (show,) if isinstance(show, str) else tuple(show)
    options = Options(direction, depth, parts, number_format, title, most, expand, collapse)
    graph = without_ones(graph_of_any(*nodes, depth=depth))
    return Picture(view_of(graph, options, shaded=shade))
