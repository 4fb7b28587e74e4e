"""The knots that splines through data have by default."""

from __future__ import annotations

from typing import Any

import numpy as np


def default_knots(x: Any, k: int) -> Any:
    """Return the knots of "not-a-knot": the data without some at both ends, or their midpoints."""
    if k == 1:
        return augmented(x, 1)
    places, drop = (x, (k + 1) // 2) if k % 2 else ((x[1:] + x[:-1]) / 2, k // 2)
    inner = places[drop:-drop]
    return np.concatenate([*[x[:1]] * (k + 1), inner, *[x[-1:]] * (k + 1)])


def augmented(x: Any, k: int) -> Any:
    """Return the data with both ends repeated."""
    return np.concatenate([*[x[:1]] * k, x, *[x[-1:]] * k])


def periodic_knots(x: Any, k: int) -> Any:
    """Return the data, or for even degrees points between them, continued on both sides."""
    dx = x[1:] - x[:-1]
    if k % 2 == 0:
        x = np.concatenate([x[:1], x[1:-1] - dx[:-1] / 2, x[-1:]])
        dx = x[1:] - x[:-1]
    m, before, after = dx.shape[0], [x[:1]], [x[-1:]]
    for i in range(k):
        place = i % m
        before.insert(0, before[0] - dx[m - 1 - place : m - place])
        after.append(after[-1] + dx[place : place + 1])
    return np.concatenate([*before[:-1], x, *after[1:]])
