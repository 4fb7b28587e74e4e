"""Images of a graph, drawn by Graphviz's program ``dot``."""

from __future__ import annotations

import re
import shutil

import graphviz

from autograd.errors import MissingProgramError

MISSING_DOT = (
    "SVG, PNG and PDF need Graphviz's program dot: install it with `apt install graphviz`, "
    "`brew install graphviz` or `winget install graphviz`. Without it, picture.save('g.html'), "
    "picture.save('g.mmd') and print(autograd.text(node)) show the same graph."
)


#: Pixels for a point at which text of 10 points is 9 pixels high; a wider picture scrolls.
LEAST = 0.9


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
    return _fitting(image) if kind == "svg" else image


def _fitting(image: bytes) -> bytes:
    """Let a picture shrink to the page it stands on, but not until its text is too small."""
    width = re.search(rb'<svg width="(\d+)pt"', image)
    least = f"min-width:{float(width[1]) * LEAST:.0f}px;" if width else ""
    style = f'<svg style="max-width:100%;{least}height:auto" '
    return image.replace(b"<svg ", style.encode(), 1)
