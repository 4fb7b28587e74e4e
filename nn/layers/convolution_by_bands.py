"""Convolution of each channel by itself, as products of lines with matrices of bands.

A line of an image, times a matrix that has a row of the kernel in each column, where the window of
this column is, gives the sums of all windows of this line. Nothing is padded or copied for them.
Most numbers of these matrices are 0, so this takes less time only while lines are short.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from nn.layers.sliding_window import Windows, parts

#: The longest line with which it takes less time than windows in columns, without strides and with
#: them, and the fewest elements: measured.
LONGEST, LONGEST_WITH_STRIDES, FEWEST = 16, 64, 1 << 11


def goes_by_bands(
    windows: Windows, outputs: int, groups: int, shape: tuple[int, ...], *arrays: Any
) -> bool:
    """Return whether bands save time, for an input of a shape."""
    if not 1 < groups == outputs == shape[1] or len(shape) != 4 or math.prod(shape) < FEWEST:
        return False
    longest = LONGEST if max(windows.stride) == 1 else LONGEST_WITH_STRIDES
    length = max(shape[3], windows.counts(shape)[1])
    are_plain = all(type(a) is np.ndarray and a.dtype.char in "fd" for a in arrays)
    return length <= longest and are_plain


@functools.lru_cache(maxsize=256)
def lines_that_meet(windows: Windows, height: int, count: int) -> list[tuple[slice, slice]]:
    """Return for each row of the kernel the lines of the input, and of the windows, that it joins.

    For rows that meet padding only these are empty.
    """
    (step, _), found = windows.stride, []
    for row in range(windows.kernel[0]):
        begin = row * windows.dilation[0] - windows.padding[0][0]
        first = max(-(begin // step), 0)
        last = max(min((height - 1 - begin) // step, count - 1) + 1, first)
        of = slice(first * step + begin, last * step + begin, step if step > 1 else None)
        found.append((of, slice(first, last)))
    return found


@functools.lru_cache(maxsize=256)
def places_of_bands(windows: Windows, width: int, count: int) -> tuple[Any, Any]:
    """Return which numbers of a row of the kernel are where in a flat matrix of bands."""
    each = np.arange(windows.kernel[1])[:, None] * windows.dilation[1]
    of = each + np.arange(count) * windows.stride[1] - windows.padding[1][0]
    taps, to = np.nonzero((of >= 0) & (of < width))
    return taps, of[taps, to] * count + to


def bands(weight: Any, windows: Windows, width: int, count: int) -> Any:
    """Return a matrix for each row of the kernel and channel: (rows, channels, width, count)."""
    rows = weight[:, 0].swapaxes(0, 1)
    found = np.zeros((*rows.shape[:2], width * count), weight.dtype)
    taps, places = places_of_bands(windows, width, count)
    found[:, :, places] = rows[:, :, taps]
    return found.reshape((*rows.shape[:2], width, count))


def sum_of_products(x: Any, matrices: Any, lines: Any, bias: Any, height: int) -> Any:
    """Return the sum of lines times matrices, given which lines of x are added to which.

    None if something is not finite: then zeros of the matrices may have made NaN of it.
    """
    y: Any = np.empty((*x.shape[:2], height, matrices.shape[3]), np.result_type(x, matrices))
    order = sorted(range(len(lines)), key=lambda row: lines[row][1].start - lines[row][1].stop)
    is_whole = lines[order[0]][1] == slice(0, height)
    with np.errstate(invalid="ignore"):  # of 0 times infinity
        for part in parts(len(x), (2, *x.shape[1:])):
            given, total = x[part], y[part]
            if is_whole:
                np.matmul(given[:, :, lines[order[0]][0]], matrices[order[0]], out=total)
            else:
                total[...] = 0
            for row in order[is_whole:]:
                of, to = lines[row]
                total[:, :, to] += np.matmul(given[:, :, of], matrices[row])
            if bias is not None:
                total += bias[:, None, None]
    return y if np.isfinite(y).all() else None


def convolved_bands(x: Any, weight: Any, bias: Any, windows: Windows) -> Any:
    """Sum each window of x times each weight, and add the bias; or return None."""
    height, width = windows.counts(x.shape)
    matrices = bands(weight, windows, x.shape[3], width)
    lines = lines_that_meet(windows, x.shape[2], height)
    return sum_of_products(x, matrices, lines, bias, height)


def spread_bands(g: Any, weight: Any, windows: Windows, shape: tuple[int, ...]) -> Any:
    """Add each output times its weight to the window that it was computed from; or return None."""
    matrices = bands(weight, windows, shape[3], g.shape[3]).swapaxes(2, 3).copy()
    pairs = lines_that_meet(windows, shape[2], g.shape[2])
    return sum_of_products(g, matrices, [(to, of) for of, to in pairs], None, shape[2])


def correlated_bands(g: Any, x: Any, windows: Windows) -> Any:
    """Sum the output times the window over all windows; or return None."""
    kind, lines = np.result_type(g, x), lines_that_meet(windows, x.shape[2], g.shape[2])
    total: Any = np.zeros((windows.kernel[0], x.shape[1], x.shape[3], g.shape[3]), kind)
    with np.errstate(invalid="ignore"):
        for part in parts(len(x), (2, *x.shape[1:])):
            given, slopes = x[part].swapaxes(2, 3), g[part]
            for row, (of, to) in zip(total, lines, strict=True):
                row += np.add.reduce(np.matmul(given[..., of], slopes[:, :, to]), 0)
    if not (np.isfinite(total).all() and np.isfinite(g).all()):  # g may meet only padding
        return None
    taps, places = places_of_bands(windows, x.shape[3], g.shape[3])
    ones = (taps[:, None] == np.arange(windows.kernel[1])).astype(kind)
    found = total.reshape((*total.shape[:2], -1))[:, :, places] @ ones
    return found.swapaxes(0, 1).copy()[:, None]
