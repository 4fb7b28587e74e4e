"""Colours and shapes, by the kind of a node and the size of its derivative.

Light fills and dark borders stay distinct in greyscale print and for colour-blind readers (hues
of Okabe and Ito). Lines outside of boxes are visible on white and on black, and text outside of
them stands on a plate of its own: no grey is legible on both. A test computes all contrasts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from autograd.drawing.graph import (
    CONSTANT,
    DIFFERENT,
    GUARD,
    LEAF,
    OUTPUT,
    PARAMETER,
    RESULT,
)


@dataclass(frozen=True, slots=True)
class Style:
    """How the box of a node looks."""

    fill: str
    border: str
    width: float = 1.0
    rounded: bool = False
    dashed: bool = False


STYLES = {
    LEAF: Style("#d8e9f7", "#0b5a94", 1.8),
    PARAMETER: Style("#d5efe4", "#00694b", 1.8, rounded=True),
    CONSTANT: Style("#ededed", "#7a7a7a", 1.0, rounded=True, dashed=True),
    RESULT: Style("#ffffff", "#5f6670"),
    OUTPUT: Style("#fbe5cc", "#b04f00", 2.4),
    GUARD: Style("#fff6c7", "#8a6d00", 1.4, dashed=True),
    DIFFERENT: Style("#f6d9e8", "#a0326e", 2.4),
}
OPERATION = Style("#68717d", "#68717d")
CLUSTER = Style("#8a93a1", "#8a93a1", 1.0, rounded=True)
CLOSED = Style("#eae6f5", "#5d4b8a", 1.6)

#: The node whose derivative is passed on.
ACTIVE = "#ffe08a"

INK = "#1c2126"
FAINT = "#5b6470"
#: For edges, and behind text outside of boxes.
OUTSIDE = "#7b8593"
PLATE = "#f3f5f7"

#: From the smallest to the largest derivative, legible under dark ink; zero; infinity and NaN.
RAMP = ("#fff9e0", "#fde9a9", "#fbd07c", "#f5b05c", "#e98a45", "#d86a3a")
EDGE_RAMP = ("#8a8f96", "#8d8a6f", "#9a8a55", "#a88540", "#b9721f", "#c0500f")
ZERO = "#e3e6ea"
NOT_FINITE = "#e889c4"
EDGE_ZERO, EDGE_NOT_FINITE = OUTSIDE, "#c2478f"


@dataclass(frozen=True, slots=True)
class Shade:
    """Colours for sizes of derivatives, between the smallest and the largest on a log scale."""

    least: float
    greatest: float

    @classmethod
    def over(cls, magnitudes: list[float]) -> Shade | None:
        """Return the scale for some magnitudes; None if all are zero or not finite."""
        fine = [m for m in magnitudes if 0 < m < math.inf]
        return cls(math.log10(min(fine)), math.log10(max(fine))) if fine else None

    def place(self, magnitude: float) -> float:
        """Return the position of a magnitude, from 0 for the smallest to 1 for the largest."""
        span = self.greatest - self.least
        if magnitude <= 0 or span < 1e-9:
            return 0.5 if magnitude > 0 else 0.0
        return min(1.0, max(0.0, (math.log10(magnitude) - self.least) / span))

    def colour(self, magnitude: float) -> str:
        """Return the colour of a magnitude, behind its number."""
        return self._chosen(magnitude, RAMP, ZERO, NOT_FINITE)

    def edge_colour(self, magnitude: float) -> str:
        """Return the colour of an edge along which it passes."""
        return self._chosen(magnitude, EDGE_RAMP, EDGE_ZERO, EDGE_NOT_FINITE)

    def _chosen(self, size: float, ramp: tuple[str, ...], zero: str, not_finite: str) -> str:
        if not math.isfinite(size):
            return not_finite
        return ramp[min(len(ramp) - 1, int(self.place(size) * len(ramp)))] if size else zero
