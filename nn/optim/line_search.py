"""The line search of L-BFGS: a step that satisfies the strong Wolfe conditions.

Source: Nocedal & Wright, "Numerical optimization", 2006, algorithms 3.5 and 3.6, with the cubic
interpolation of equation 3.59. The limits of trial steps are those of PyTorch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

#: The decrease of the loss, and of the slope, that a step must reach, as shares of the slope.
DECREASE, CURVATURE = 1e-4, 0.9


class Point(NamedTuple):
    """A point on the line: how far it is, the loss, the gradient, and the slope along the line."""

    step: float
    loss: float
    gradient: Any
    slope: float

    def descends(self, start: Point) -> bool:
        """Return whether the loss is as much smaller as the first condition asks for."""
        return self.loss <= start.loss + DECREASE * self.step * start.slope

    def is_flat(self, start: Point) -> bool:
        """Return whether the slope is as small as the second condition asks for."""
        return abs(self.slope) <= -CURVATURE * start.slope


def cubic_minimum(a: Point, b: Point, low: float, high: float) -> float:
    """Return where a cubic through two points with their slopes is least, between two limits."""
    first = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.step - b.step)
    square = first**2 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2
    left, right = (a, b) if a.step <= b.step else (b, a)
    root = math.sqrt(square)
    ratio = (right.slope + root - first) / (right.slope - left.slope + 2 * root)
    return min(max(right.step - (right.step - left.step) * ratio, low), high)


def strong_wolfe(
    evaluate: Callable[[float], Point], start: Point, step: float, least: float, most: int
) -> tuple[Point, int]:
    """Return a point that satisfies the conditions, and how many were tried.

    Intervals shorter than `least` are not divided; after `most` trials the best point is returned.
    """
    previous, new, trials = start, evaluate(step), 0
    while trials < most:
        overshot = not new.descends(start) or (trials > 1 and new.loss >= previous.loss)
        if not overshot and new.is_flat(start):
            return new, trials + 1
        if overshot or new.slope >= 0:
            return _divided(evaluate, start, [previous, new], least, most, trials)
        low, high = new.step + 0.01 * (new.step - previous.step), 10 * new.step
        step = cubic_minimum(previous, new, low, high)
        previous, new, trials = new, evaluate(step), trials + 1
    return min(start, new, key=lambda point: point.loss), trials + 1


def _divided(
    evaluate: Callable[[float], Point],
    start: Point,
    ends: list[Point],
    least: float,
    most: int,
    trials: int,
) -> tuple[Point, int]:
    """Divide an interval that contains such a point until it is found."""
    best = int(ends[0].loss > ends[1].loss)
    is_slow = False
    while trials < most and abs(ends[1].step - ends[0].step) >= least:
        low, high = sorted(point.step for point in ends)
        step, margin = cubic_minimum(ends[0], ends[1], low, high), 0.1 * (high - low)
        is_close = min(high - step, step - low) < margin
        if is_close and (is_slow or not low < step < high):
            step = high - margin if high - step < step - low else low + margin
            is_close = False
        is_slow = is_close
        new, trials = evaluate(step), trials + 1
        if not new.descends(start) or new.loss >= ends[best].loss:
            ends[1 - best] = new
            best = int(ends[0].loss > ends[1].loss)
            continue
        if not new.is_flat(start) and new.slope * (ends[1 - best].step - ends[best].step) >= 0:
            ends[1 - best] = ends[best]
        ends[best] = new
        if new.is_flat(start):
            break
    return ends[best], trials + 1
