"""Convolution in C, for programs that `jit` compiles: which of two ways is faster."""

from __future__ import annotations

from string import Template

from nn.layers import convolution_by_lines as by_lines
from nn.layers import convolution_in_tiles as in_tiles

#: Line by line, `$all` positions are computed for `$used`, and no channel is moved. From this many
#: channels on, moving them takes less time than a fifth of the positions: measured.
_CHOICE = """
enum { MANY = 32 };
if (axes < 3 && inputs >= MANY && outputs >= MANY && 5 * $all > 6 * $used) {
$tiles
} else {
$lines
}
"""


def of_both(lines: str, tiles: str, everything: str, used: str, **names: str) -> str:
    """Return a text that chooses between two."""
    sizes = Template(by_lines.SIZES).substitute(names)
    tiles = "\n".join(map(str.lstrip, tiles.split("\n")))  # compilers warn of uneven indentation
    choice = {"all": everything, "used": used, "tiles": tiles, "lines": lines}
    padded = "" if names["x"] == "result" else by_lines.PADDED
    return sizes + padded + Template(_CHOICE).substitute(choice)


CONVOLVED = of_both(
    by_lines.CONVOLVED, in_tiles.CONVOLVED, "tall * pitch", "lines * steps", x="x", y="result"
)
SPREAD = of_both(
    by_lines.SPREAD, in_tiles.SPREAD, "deep * wide * sh * sw", "height * width", x="result", y="g"
)
CORRELATED = of_both(
    by_lines.CORRELATED, in_tiles.CORRELATED, "tall * pitch", "lines * steps", x="x", y="g"
)
