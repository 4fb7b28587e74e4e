"""The graph as a picture, in whatever form is asked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from typing import Any

import graphviz

from autograd.drawing import dot, mermaid
from autograd.drawing.as_text import listing
from autograd.drawing.files import save
from autograd.drawing.graph import graph_of
from autograd.drawing.view import PARTS, Options, Sheet, sheet_of
from autograd.engine import Node
from autograd.errors import MissingProgramError

MISSING_DOT = (
    "SVG, PNG and PDF need Graphviz's program dot: install it with `apt install graphviz`, "
    "`brew install graphviz` or `winget install graphviz`. Without it, picture.save('g.html'), "
    "picture.save('g.mmd') and print(autograd.text(node)) show the same graph."
)
#: Formats that `dot` writes, and those that need no program.
IMAGES = (".svg", ".png", ".pdf")
SOURCES = (".dot", ".gv", ".mmd", ".html", ".txt")


class Picture:
    """A picture of a graph: shows itself in Jupyter, and saves itself.

    Attributes
    ----------
    source : str
        The picture in DOT, Graphviz's language.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.source: str = dot.source(sheet)

    @property
    def mermaid(self) -> str:
        """The picture in Mermaid, which GitHub and Markdown cells render by themselves."""
        return mermaid.source(self.sheet)

    @property
    def text(self) -> str:
        """The graph as lines of text."""
        return listing(self.sheet.graph)

    def html(self) -> str:
        """Return an interactive page: one file, which needs neither network nor any program."""
        from autograd.drawing import page

        return page.page(self.sheet)

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the picture into a file, in the format that its name ends in.

        Images are ``.svg``, ``.png`` and ``.pdf``; sources ``.dot`` and ``.mmd`` (Mermaid);
        ``.html`` is an interactive page, ``.txt`` the graph as text. An existing file is replaced
        only once the new one is complete.

        Returns
        -------
        str
            The path.

        Raises
        ------
        FormatError
            If the name ends in anything else.
        MissingProgramError
            If an image is wanted and the program `dot` is not installed.
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
        if shutil.which("dot") is None:
            return {
                "text/vnd.mermaid": self.mermaid,
                "text/plain": f"{self.text}\n({MISSING_DOT})",
            }
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        names = ", ".join(self.sheet.name(root) for root in self.sheet.graph.roots)
        return f"<picture of {names}: {len(self.sheet.graph.items):,} nodes>"


def draw(
    *nodes: Node,
    direction: str = "LR",
    depth: int | None = None,
    show: Iterable[str] = PARTS,
    number_format: str = ".4g",
    title: str = "",
    shade: bool = False,
    most: int | None = None,
    expand: bool | Iterable[str] = (),
    collapse: Iterable[str] = (),
) -> Picture:
    """Draw the graph below some nodes.

    A box is a node: its name, what it holds (of a large array mean ± standard deviation, least …
    greatest, and a histogram) and its derivative. A circle is the operation that made it; dashed
    are constants. Leaves are blue, parameters green and round, results white, the end orange.

    Parameters
    ----------
    *nodes : Value or Tensor
        Where the graph ends. Several stand in one picture: a result and a derivative of it.
    direction : str
        "LR" from left to right, "TB" from top to bottom, "RL" or "BT".
    depth : int, optional
        Show so many operations before the end.
    show : iterable of str
        What to show of "label", "data", "grad", "constants", "shape", "spread" and "scopes".
    number_format : str
        How numbers are written, such as ".3f".
    title : str
        Stands above.
    shade : bool
        Colour derivatives by their size, to see where they vanish or explode. They are
        computed anew and written nowhere, unless `backward` has freed the graph.
    most : int, optional
        For how many boxes there is room: without scopes 150, with scopes 60, or 20 in a long row.
        Of a larger graph groups are drawn as one box each: scopes, and where there are none,
        parts of about equal size. The smaller scopes are opened while there is room.
    expand, collapse : iterable of str
        Paths of scopes to open or to close whatever their size; ``expand=True`` opens all.

    Returns
    -------
    Picture
        Shows itself in Jupyter. ``.save("graph.svg")`` writes a file (also .png, .pdf, .dot,
        .mmd, .html, .txt), ``.source`` is the DOT text, ``.mermaid`` that of Mermaid.

    Raises
    ------
    DataError
        If one is no node.
    FormatError
        If an option is not known.
    GraphError
        If there is no scope of a path, or no derivatives to shade by.

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
    return Picture(sheet_of(graph_of(*nodes, depth=depth), options, shaded=shade))


def render(source: str, kind: str) -> bytes:
    """Have `dot` draw a picture; an image of pixels on white, for it may be shown anywhere."""
    if shutil.which("dot") is None:
        raise MissingProgramError(MISSING_DOT)
    if kind == "png":
        source = source.replace('bgcolor="transparent"', 'bgcolor="white", dpi=144')
    image: bytes = graphviz.pipe("dot", kind, source.encode(), quiet=True)
    if kind == "svg":  # no wider than the page that it stands on
        image = image.replace(b"<svg ", b'<svg style="max-width:100%;height:auto" ', 1)
    return image
