"""B-splines that are not zero at a point, and their coefficients."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.scipy.interpolate.places import column, rows


def interval_of(t: Any, k: int, x: Any) -> Any:
    """Return for each point the index of the knot before it, within the base interval."""
    knots = plain(t)
    n = np.shape(knots)[0] - k - 1
    last = np.searchsorted(knots, knots[n], side="left") - 1
    found = np.searchsorted(knots, plain(x), side="right") - 1
    return np.clip(found, k, np.maximum(last, k))


def values(t: Any, k: int, x: Any, index: Any) -> Any:
    """Return the k + 1 B-splines that are not zero in the interval of each point, in the last axis.

    By the recursion of de Boor and Cox, from degree 0 on.
    """
    basis: list[Any] = [1.0 + 0.0 * x]
    for degree in range(1, k + 1):
        right = [rows(t, index + 1 + i) - x for i in range(degree)]
        left = [x - rows(t, index + 1 - degree + i) for i in range(degree)]
        shares = [b / (up + down) for b, up, down in zip(basis, left, right, strict=True)]
        rising = [share * part for share, part in zip(shares, left, strict=True)]
        falling = [share * part for share, part in zip(shares, right, strict=True)]
        inner = [a + b for a, b in zip(rising[:-1], falling[1:], strict=True)]
        basis = [falling[0], *inner, rising[-1]]
    return np.stack(basis, axis=-1)


def derived(t: Any, c: Any, k: int) -> tuple[Any, Any, int]:
    """Return knots, coefficients and degree of the derivative."""
    if k == 0:
        return t, 0.0 * c, 0
    n = np.shape(t)[0] - k - 1
    c = c[:n]
    widths = t[k + 1 : n + k] - t[1:n]
    empty = plain(widths) == 0
    steps = (c[1:] - c[:-1]) * k / column(np.where(empty, 1.0, widths), np.ndim(c) - 1)
    return t[1:-1], steps * column(np.where(empty, 0.0, 1.0), np.ndim(c) - 1), k - 1


def integrated(t: Any, c: Any, k: int) -> tuple[Any, Any, int]:
    """Return knots, coefficients and degree of the antiderivative that is 0 at the first knot."""
    n = np.shape(t)[0] - k - 1
    widths = column((t[k + 1 :] - t[:n]) / (k + 1), np.ndim(c) - 1)
    sums = np.cumsum(c[:n] * widths, axis=0)
    return np.concatenate([t[:1], t, t[-1:]]), np.concatenate([0.0 * sums[:1], sums]), k + 1


def combined(c: Any, index: Any, weights: Any, k: int) -> Any:
    """Return Σ c[index - k + j] weights[..., j] for each point."""
    y: Any = 0.0
    more = np.ndim(c) - 1
    for j in range(k + 1):
        y = y + rows(c, index - k + j) * column(weights[..., j], more)
    return y
