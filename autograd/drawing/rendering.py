"""Images of a graph, drawn by Graphviz's program ``dot``."""

from __future__ import annotations

import shutil

import graphviz

from autograd.errors import MissingProgramError

MISSING_DOT = (
    "SVG, PNG and PDF need Graphviz's program dot: install it with `apt install graphviz`, "
    "`brew install graphviz` or `winget install graphviz`. Without it, picture.save('g.html'), "
    "picture.save('g.mmd') and print(autograd.text(node)) show the same graph."
)


def has_dot() -> bool:
    """Return whether the program is installed."""
    return shutil.which("dot") is not None


def render(source: str, kind: str) -> bytes:
    """Render DOT as "svg", "png" or "pdf"; a PNG has a white background.

    Raises
    ------
    MissingProgramError
        If `dot` is not installed.
    """
    if not has_dot():
        raise MissingProgramError(MISSING_DOT)
    if kind == "png":
        source = source.replace('bgcolor="transparent"', 'bgcolor="white", dpi=144')
    image: bytes = graphviz.pipe("dot", kind, source.encode(), quiet=True)
    if kind == "svg":  # never wider than the page it stands on
        image = image.replace(b"<svg ", b'<svg style="max-width:100%;height:auto" ', 1)
    return image
