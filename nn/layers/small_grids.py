"""Convolution of batches on small grids, with one matrix product for all examples.

The examples are the last axis, so that copies and sums run along them however short the rows of the
grid are. `nn.layers.convolution` chooses between this and a product for each example.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.layers.sliding_window import Windows, offsets

#: The fewest examples, and the most windows for each, with which it takes less time: measured.
EXAMPLES, WINDOWS, SUMMED_WINDOWS = 8, 49, 100

#: How many elements to copy at once.
MOST = 1 << 20


def is_small(examples: int, counts: tuple[int, ...], groups: int, most: int = WINDOWS) -> bool:
    """Return whether examples are many and windows are few."""
    return groups == 1 and examples >= EXAMPLES and 1 < math.prod(counts) <= most


def is_single(counts: tuple[int, ...]) -> bool:
    """Return whether there is one window: then each is a row of a matrix."""
    return math.prod(counts) == 1


def blocks(examples: int, size: int) -> Iterator[slice]:
    """Yield slices of examples, given how many elements are copied for each."""
    step = max(EXAMPLES, MOST // max(size, 1))
    return (slice(start, start + step) for start in range(0, examples, step))


def turned(x: Any, windows: Windows | None = None) -> Any:
    """Return an array whose last axis is the first of x, perhaps with padding."""
    if windows is None or not any(map(any, windows.padding)):
        return np.ascontiguousarray(np.moveaxis(x, 0, -1))
    shape = windows.padded_shape(x.shape)
    y = np.zeros_like(x, shape=(*shape[1:], shape[0]), order="C")
    y[(*windows.inside(x.shape), slice(None))] = np.moveaxis(x, 0, -1)
    return y


def laid(x: Any, windows: Windows, counts: tuple[int, ...]) -> Any:
    """Return the windows as columns: a matrix of shape (channels · kernel, windows · examples)."""
    last = turned(x, windows)
    y = np.empty_like(x, shape=(x.shape[1], *windows.kernel, *counts, len(x)), order="C")
    for place, index in offsets(windows, counts):
        y[place[1:]] = last[(*index, slice(None))]
    return y.reshape((x.shape[1] * math.prod(windows.kernel), -1))


def convolved_small(x: Any, weight: Any, bias: Any, windows: Windows) -> Any:
    """Sum each window of x times each weight, and add the bias."""
    outputs, counts = len(weight), windows.counts(x.shape)
    kind = np.result_type(x, weight)
    y = np.empty_like(x, kind, shape=(len(x), outputs, *counts), order="C")
    matrix = weight.reshape((outputs, -1))
    for part in blocks(len(x), matrix.shape[1] * math.prod(counts)):
        product = matrix @ laid(x[part], windows, counts)
        if bias is not None:
            product += bias[:, None]
        y[part] = np.moveaxis(product.reshape((outputs, *counts, -1)), -1, 0)
    return y


def spread_small(g: Any, weight: Any, windows: Windows, shape: tuple[int, ...]) -> Any:
    """Add each output times its weight to the window that it was computed from."""
    outputs, counts = g.shape[1], g.shape[2:]
    matrix = weight.reshape((outputs, -1)).T
    found = np.empty_like(g, np.result_type(g, weight), shape=shape, order="C")
    inside = (*windows.inside(shape), slice(None))
    for part in blocks(len(g), matrix.shape[0] * math.prod(counts)):
        product = matrix @ turned(g[part]).reshape((outputs, -1))
        each = product.reshape((shape[1], *windows.kernel, *counts, -1))
        padded = (*windows.padded_shape(shape)[1:], each.shape[-1])
        total = np.zeros_like(each, shape=padded, order="C")
        for place, index in offsets(windows, counts):
            total[(*index, slice(None))] += each[place[1:]]
        found[part] = np.moveaxis(total[inside], -1, 0)
    return found


def correlated_small(g: Any, x: Any, windows: Windows) -> Any:
    """Sum the output times the window over all windows."""
    outputs, counts, inputs = g.shape[1], g.shape[2:], x.shape[1]
    rows = inputs * math.prod(windows.kernel)
    total = np.zeros_like(g, np.result_type(g, x), shape=(outputs, rows), order="C")
    for part in blocks(len(g), rows * math.prod(counts)):
        total += turned(g[part]).reshape((outputs, -1)) @ laid(x[part], windows, counts).T
    return total.reshape((outputs, inputs, *windows.kernel))


# -- one window -------------------------------------------------------------------------------


def window_of(windows: Windows) -> Any:
    """Return the index of the first window in a padded array."""
    sizes = zip(windows.kernel, windows.dilation, strict=True)
    return (..., *(slice(0, gap * (size - 1) + 1, gap) for size, gap in sizes))


def in_rows(x: Any, windows: Windows, groups: int) -> Any:
    """Return the window of each example as a row: (groups, examples, channels · kernel)."""
    window = windows.padded(x)[window_of(windows)]
    return window.reshape((len(x), groups, math.prod(window.shape[1:]) // groups)).swapaxes(0, 1)


def convolved_single(x: Any, weight: Any, bias: Any, windows: Windows, groups: int) -> Any:
    """Sum the window of x times each weight, and add the bias."""
    matrices = weight.reshape((groups, len(weight) // groups, -1)).swapaxes(1, 2)
    y = np.matmul(in_rows(x, windows, groups), matrices).swapaxes(0, 1)
    y = y.reshape((len(x), len(weight)))
    if bias is not None:
        y += bias
    return y.reshape((*y.shape, *(1 for _ in windows.kernel)))


def spread_single(
    g: Any, weight: Any, windows: Windows, groups: int, shape: tuple[int, ...]
) -> Any:
    """Add each output times its weight to the window that it was computed from."""
    slopes = g.reshape((len(g), groups, g.shape[1] // groups)).swapaxes(0, 1)
    window = np.matmul(slopes, weight.reshape((groups, len(weight) // groups, -1))).swapaxes(0, 1)
    total = np.zeros_like(window, shape=windows.padded_shape(shape), order="C")
    total[window_of(windows)] = window.reshape((*shape[:2], *windows.kernel))
    return windows.without_padding(total, shape)


def correlated_single(g: Any, x: Any, windows: Windows, groups: int) -> Any:
    """Sum the output times the window."""
    slopes = g.reshape((len(g), groups, g.shape[1] // groups)).swapaxes(0, 1).swapaxes(1, 2)
    found = np.matmul(slopes, in_rows(x, windows, groups))
    return found.reshape((g.shape[1], x.shape[1] // groups, *windows.kernel))
