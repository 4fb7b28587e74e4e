"""Convolution of each channel by itself, without strides, in long runs.

A grid with its padding is one run of memory. What all windows have at one element of the kernel is
the same run, some elements later: it is copied, or multiplied, in one step for all lines. What lies
between lines belongs to no window and is left out of the result.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.layers.sliding_window import Windows

#: How many bytes to copy at once: what stays in a processor's cache.
MOST = 1 << 19

#: The fewest elements with which it takes less time than windows in columns, and the longest line
#: and the smallest kernel with which bands take less: measured.
FEWEST, SHORT, DENSE = 1 << 9, 16, 25


class Runs:
    """How the windows of grids of a shape lie in memory."""

    def __init__(self, windows: Windows, shape: tuple[int, ...]) -> None:
        self.counts = windows.counts(shape)
        padded = windows.padded_shape(shape)[2:]
        self.steps = [math.prod(padded[axis + 1 :]) for axis in range(len(padded))]
        moves = [d * step for d, step in zip(windows.dilation, self.steps, strict=True)]
        self.moves = tuple(moves)  # from an element of the kernel to the next, along each axis
        self.lines = (self.counts[0], *padded[1:])  # those of the windows, with what lies between
        self.length = math.prod(self.lines)
        self.size = math.prod(padded)
        last = [(k - 1) * move for k, move in zip(windows.kernel, moves, strict=True)]
        self.room = max(self.length + sum(last), self.size)
        self.grid = tuple(padded)
        self.inside = (slice(None), slice(None), *windows.inside(shape)[1:])
        self.taken = (slice(None), slice(None), *map(slice, self.counts))
        self.kernel = windows.kernel

    def padded(self, head: tuple[int, ...], kind: Any) -> tuple[Any, Any]:
        """Return two views of memory for grids: as they are inside of their padding, and shifted.

        Shifted, these are for each element of the kernel the run of what all windows have there.
        """
        memory: Any = np.zeros((*head, self.room), kind)
        grids = memory[..., : self.size].reshape((*head, *self.grid))[self.inside]
        strides = [*memory.strides[:2], *(move * kind.itemsize for move in self.moves)]
        shape = (*head, *self.kernel, self.length)
        return grids, np.ndarray(shape, kind, memory, 0, (*strides, kind.itemsize))

    def parts(self, x: Any, each: int) -> Iterator[Any]:
        """Yield indices of the examples and channels to take at once, given a channel's bytes."""
        examples, channels = x.shape[:2]
        some = min(max(MOST // each, 1), channels)
        more = max(MOST // (each * channels), 1) if some == channels else 1
        for i, k in itertools.product(range(0, examples, more), range(0, channels, some)):
            yield slice(i, i + more), slice(k, k + some)


@functools.lru_cache(maxsize=256)
def runs_of(windows: Windows, shape: tuple[int, ...]) -> Runs:
    """Return how the windows of grids of a shape lie in memory."""
    return Runs(windows, shape)


def goes_by_runs(
    windows: Windows, outputs: int, groups: int, shape: tuple[int, ...], *arrays: Any
) -> bool:
    """Return whether runs save time, for an input of a shape."""
    if not 1 < groups == outputs == shape[1] or max(windows.stride) > 1:
        return False
    taps = math.prod(windows.kernel)
    if math.prod(shape) < FEWEST or taps == 1:
        return False
    if len(shape) == 4 and taps >= DENSE and shape[3] <= SHORT:
        return False  # see `nn.layers.convolution_by_bands`
    return all(type(a) is np.ndarray and a.dtype.char in "fd" for a in arrays)


def convolved_runs(x: Any, weight: Any, bias: Any, windows: Windows) -> Any:
    """Sum each window of x times each weight, and add the bias."""
    runs, kind, taps = (
        runs_of(windows, x.shape),
        np.result_type(x, weight),
        math.prod(windows.kernel),
    )
    rows: Any = np.ascontiguousarray(weight, kind).reshape((len(weight), 1, taps))
    y: Any = np.empty((*x.shape[:2], *runs.counts), kind)
    memory: Any = None
    for part in runs.parts(x, taps * runs.length * kind.itemsize):
        given, total = x[part], y[part]
        if memory is None:  # the first part is the largest
            head = given.shape[:2]
            memory = (
                np.empty((*head, taps, runs.length), kind),
                np.empty((*head, 1, runs.length), kind),
            )
            grids, shifted = runs.padded(head, kind)
            laid = memory[0].reshape(shifted.shape)
            sums = memory[1].reshape((*head, *runs.lines))[runs.taken]
        own = slice(len(given)), slice(given.shape[1])
        grids[own] = given
        laid[own] = shifted[own]
        products = memory[1][own]
        np.matmul(rows[part[1]], memory[0][own], out=products)
        if bias is not None:
            products += bias[part[1], None, None]
        total[...] = sums[own]
    return y


def correlated_runs(g: Any, x: Any, windows: Windows) -> Any:
    """Sum the output times the window over all windows; or return None.

    None if something is not finite: then zeros between the lines may have made NaN of it.
    """
    runs, kind = runs_of(windows, x.shape), np.result_type(g, x)
    total: Any = np.zeros((x.shape[1], *windows.kernel), kind)
    slopes: Any = None
    with np.errstate(invalid="ignore"):
        for part in runs.parts(x, 2 * runs.room * kind.itemsize):
            given = x[part]
            if slopes is None:  # the first part is the largest
                head = given.shape[:2]
                grids, shifted = runs.padded(head, kind)
                slopes = np.zeros((*head, *(1 for _ in runs.kernel), runs.length), kind)
                places = slopes.reshape((*head, *runs.lines))[runs.taken]
            own = slice(len(given)), slice(given.shape[1])
            grids[own], places[own] = given, g[part]
            total[part[1]] += np.add.reduce(np.vecdot(slopes[own], shifted[own]), 0)
    if not (np.isfinite(total).all() and np.isfinite(g).all()):
        return None
    return total[:, None]
