"""Maximum pooling of small arrays: all elements of all windows are taken at once.

There the number of calls matters, and not that elements are copied.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from nn.layers.sliding_window import Windows, offsets

#: The most elements of an array, and the fewest of a window, with which it takes less time.
ELEMENTS, KERNEL = 1 << 12, 4


def is_small(x: Any, windows: Windows) -> bool:
    """Return whether the elements of all windows are taken at once."""
    if type(x) is not np.ndarray or x.size > ELEMENTS or math.prod(windows.kernel) < KERNEL:
        return False
    return elements_of(windows, grid_of(x, windows)) is not None


def grid_of(x: Any, windows: Windows) -> tuple[int, ...]:
    """Return the lengths of the axes that the windows slide over."""
    grid: tuple[int, ...] = x.shape[x.ndim - len(windows.kernel) :]
    return grid


@functools.lru_cache(maxsize=64)
def elements_of(windows: Windows, grid: tuple[int, ...]) -> Any:
    """Return where the elements of windows are in a flat channel: shape (kernel, windows).

    The first element stands for padding, too. None if there is nothing else in a window.
    """
    places = np.full(windows.padded_shape(grid), -1)
    places[windows.inside(grid)] = np.arange(math.prod(grid)).reshape(grid)
    every = [places[index].reshape(-1) for _, index in offsets(windows, windows.counts(grid))]
    found = np.stack(every)
    if found.max(axis=0).min() < 0:
        return None
    first = np.take_along_axis(found, (found >= 0).argmax(axis=0)[None], 0)
    return np.where(found < 0, first, found)


def largest_small(x: Any, windows: Windows) -> Any:
    """Return the maximum of each window, ignoring the padding."""
    grid = grid_of(x, windows)
    each = x.reshape((-1, math.prod(grid))).take(elements_of(windows, grid), axis=1)
    counts = windows.counts(grid)
    return each.max(axis=1).reshape((*x.shape[: x.ndim - len(grid)], *counts))


def largest_back_small(g: Any, x: Any, y: Any, windows: Windows) -> Any:
    """Add each number to the first maximum `y` of its window, or to its last NaN."""
    grid = grid_of(x, windows)
    elements, flat = elements_of(windows, grid), x.reshape((-1, math.prod(grid)))
    smaller = flat.take(elements, axis=1) < y.reshape((len(flat), 1, elements.shape[1]))
    channels, every = _numbers(*flat.shape, elements.shape[1])
    found = elements[smaller.argmin(axis=1), every]
    if y.size and not y.max() > -math.inf:  # NaN is the maximum of what contains NaN
        channel, window = np.isnan(y).reshape(found.shape).nonzero()
        within = elements[:, window]
        found[channel, window] = np.where(np.isnan(flat[channel, within]), within, -1).max(axis=0)
    places = (found + channels).reshape(-1)
    total = np.zeros(x.size, g.dtype)
    if windows.are_apart:
        total[places] = g.reshape(-1)
    else:
        np.add.at(total, places, g.reshape(-1))
    return total.reshape(x.shape)


@functools.lru_cache(maxsize=64)
def _numbers(channels: int, size: int, count: int) -> tuple[Any, Any]:
    """Return where channels of a size begin in a flat array, and the numbers of windows."""
    return np.arange(channels)[:, None] * size, np.arange(count)
