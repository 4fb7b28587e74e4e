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
    Template(by_lines.CONVOLVED).substitute(packing=by_lines.PACKED),
    in_tiles.CONVOLVED,
    "tall * pitch",
    "lines * steps",
    x="x",
    y="result",
)

#: Without strides, the derivative for the input is a convolution of the cotangents: with the
#: weight mirrored, and its channels and the padding exchanged. `inputs` and `outputs` are those of
#: that one. More padding than the kernel reaches would be cut off instead.
_MIRRORED = Template("""
long turned[15], is_mirrored = 1;
for (long a = 0; a < axes; a++) {
    const long *pair = windows + 2 * axes + 2 * a;
    const long reach = windows[4 * axes + a] * (windows[a] - 1);
    is_mirrored &= windows[axes + a] == 1 && pair[0] <= reach && pair[1] <= reach;
    turned[a] = windows[a], turned[axes + a] = 1, turned[4 * axes + a] = windows[4 * axes + a];
    turned[2 * axes + 2 * a] = reach - pair[0], turned[2 * axes + 2 * a + 1] = reach - pair[1];
}
if (is_mirrored) {
    const real *x = g, *bias = 0;
    const long *windows = turned, *x_shape = g_shape, x_size = g_size;
    $convolved
} else {
$otherwise
}
""")
SPREAD = of_both(
    _MIRRORED.substitute(
        convolved=Template(by_lines.SIZES + by_lines.PADDED).substitute(x="x", y="result")
        + Template(by_lines.CONVOLVED).substitute(packing=by_lines.PACKED_MIRRORED),
        otherwise=by_lines.SPREAD,
    ),
    in_tiles.SPREAD,
    "deep * wide * sh * sw",
    "height * width",
    x="result",
    y="g",
)
CORRELATED = of_both(
    by_lines.CORRELATED, in_tiles.CORRELATED, "tall * pitch", "lines * steps", x="x", y="g"
)
