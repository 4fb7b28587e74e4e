"""Convolution with the channels of a position adjacent in memory: of volumes, and with strides.

There the rows of a grid are short, or their elements apart, so that copying windows row by row
takes longer than the products. With adjacent channels, a row of a window is one piece of memory.
Windows are copied for all axes but the first of a volume without stride there: a plane is copied
once, for some planes at a time, and multiplied with each plane of the kernel.

The transpose of strided windows is as many convolutions as the strides leave remainders: elements
at a distance of the strides are computed from the same elements of the kernel.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nn.layers.sliding_window import Windows, parts

#: How many channels volumes and images have with which it takes less time, and how many elements
#: their grids have at least: measured.
VOLUMES, IMAGES, ELEMENTS = range(4, 1 << 20), range(9, 49), 1 << 13

#: From so many windows in a plane on, one product for several planes takes less time: measured.
LONG = 256

#: How many bytes to copy at once: the calls for more parts take longer than a larger cache.
MOST = 1 << 22


def is_faster(
    windows: Windows, shape: tuple[int, ...], inputs: int, outputs: int, *arrays: Any
) -> bool:
    """Return whether adjacent channels save time, for so many channels of a group."""
    if math.prod(shape) < ELEMENTS or not all(type(a) is np.ndarray for a in arrays):
        return False
    pairs = zip(windows.kernel, windows.stride, strict=True)
    if not any(kernel > stride for kernel, stride in pairs):
        return False
    fewest = min(inputs, outputs)
    if len(windows.kernel) == 3:
        return fewest in VOLUMES
    return len(windows.kernel) == 2 and max(windows.stride) > 1 and fewest in IMAGES


def channels_last(x: Any, groups: int, before: tuple[int, ...], lengths: tuple[int, ...]) -> Any:
    """Return an array of shape (examples, groups, *lengths, channels of a group).

    Along each axis there are so many zeros before the elements of x, and what is needed after them;
    elements are left out where `before` is negative, or where lengths are smaller.
    """
    examples, channels, *grid = x.shape
    y = np.zeros((examples, groups, *lengths, channels // groups), x.dtype)
    to, of = [], []
    for first, n, length in zip(before, grid, lengths, strict=True):
        to.append(slice(max(first, 0), max(min(first + n, length), 0)))
        of.append(slice(max(-first, 0), max(min(n, length - first), 0)))
    each = x.reshape((examples, groups, channels // groups, *grid))[(..., *of)]
    y[(slice(None), slice(None), *to)] = np.moveaxis(each, 2, -1)
    return y


def channels_first(y: Any) -> Any:
    """Return the opposite."""
    moved = np.ascontiguousarray(np.moveaxis(y, -1, 2))
    return moved.reshape((len(y), y.shape[1] * y.shape[-1], *y.shape[2:-1]))


@dataclass(frozen=True)
class Part:
    """Windows of some examples and planes: (examples, groups, planes, windows, numbers)."""

    examples: slice
    first: int  # the first of the planes
    rows: Any

    def before(self, by: int, count: int) -> tuple[slice, Any]:
        """Return which of `count` planes are so far before these, and the windows of these."""
        begin = self.first - by  # where the windows of this plane belong
        stop = max(min(begin + self.rows.shape[2], count), 0)
        start = min(max(begin, 0), stop)
        return slice(start, stop), self.rows[:, :, start - begin : stop - begin]


@dataclass(frozen=True)
class Rows:
    """Windows of an array with adjacent channels, as the rows of matrices."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def outer(self) -> int:
        """How many axes, the first ones, have windows that are not copied."""
        return int(len(self.kernel) == 3 and self.stride[0] == 1)

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of what the windows reach."""
        sizes = zip(self.counts, self.stride, self.kernel, self.dilation, strict=True)
        return tuple((n - 1) * s + (k - 1) * d + 1 for n, s, k, d in sizes)

    @property
    def planes(self) -> range:
        """How far each plane of the kernel is from the first, of those that share windows."""
        (size, *_), (step, *_) = self.kernel, self.dilation
        return range(0, size * step, step) if self.outer else range(1)

    @property
    def grid(self) -> tuple[int, int]:
        """The number of planes of results, and of windows in each."""
        n = self.counts[0] if self.outer else 1
        return n, math.prod(self.counts) // n

    def each(self, x: Any) -> Iterator[Part]:
        """Yield the windows of all planes."""
        x = x if self.outer else x[:, :, None]
        steps, sizes = x.strides[3:-1], (self.counts, self.kernel, self.stride, self.dilation)
        counts, kernel, stride, dilation = (size[self.outer :] for size in sizes)
        strides = (
            *x.strides[:3],
            *(n * step for n, step in zip(steps, stride, strict=True)),
            *(n * step for n, step in zip(steps, dilation, strict=True)),
            x.strides[-1],
        )
        view = as_strided(
            x, (*x.shape[:3], *counts, *kernel, x.shape[-1]), strides, writeable=False
        )
        matrix = (math.prod(counts), math.prod(kernel) * x.shape[-1])
        together = max(1, MOST // (x.itemsize * x.shape[1] * math.prod(matrix)))
        for part in parts(len(x), (x.shape[2],), together):
            for first in range(0, x.shape[2], together):
                some = view[part, :, first : first + together]
                yield Part(part, first, some.reshape((*some.shape[:3], *matrix)))

    def matrices(self, weight: Any, groups: int) -> list[Any]:
        """Return the weight as matrices to multiply with the windows, for each plane."""
        parts = weight.reshape((groups, len(weight) // groups, *weight.shape[1:]))
        if not self.outer:
            return [self._matrix(parts)]
        return [self._matrix(parts[:, :, :, i]) for i in range(self.kernel[0])]

    def _matrix(self, parts: Any) -> Any:
        return np.moveaxis(parts, (1, 2), (-1, -2)).reshape((len(parts), -1, parts.shape[1]))


def sums(x: Any, weight: Any, rows: Rows) -> Any:
    """Return the sums of windows times weights, of shape (examples, groups, *counts, outputs)."""
    groups, (count, size), kind = x.shape[1], rows.grid, np.result_type(x, weight)
    matrices, outputs = rows.matrices(weight, groups), len(weight) // groups
    shape = (len(x), groups, count, size, outputs)
    y: Any = np.zeros(shape, kind) if rows.outer else np.empty(shape, kind)
    for part in rows.each(x):
        some = y[part.examples]
        for by, matrix in zip(rows.planes, matrices, strict=True):
            to, windows = part.before(by, count)
            if rows.outer:
                some[:, :, to] += np.matmul(windows, matrix[:, None])
            elif groups == 1:  # one product for all examples
                flat = some.reshape((-1, outputs))
                np.matmul(windows.reshape((len(flat), -1)), matrix[0], out=flat)
            else:
                np.matmul(windows, matrix[:, None], out=some)
    return y.reshape((len(x), groups, *rows.counts, outputs))


def rows_of(windows: Windows, counts: tuple[int, ...]) -> Rows:
    """Return the rows of windows."""
    return Rows(windows.kernel, windows.stride, windows.dilation, counts)


def reached(x: Any, windows: Windows, groups: int, rows: Rows) -> Any:
    """Return what windows reach, with padding and adjacent channels."""
    return channels_last(x, groups, tuple(before for before, _ in windows.padding), rows.lengths)


def convolved_rows(x: Any, weight: Any, bias: Any, windows: Windows, groups: int) -> Any:
    """Sum each window of x times each weight, and add the bias."""
    rows = rows_of(windows, windows.counts(x.shape))
    y = channels_first(sums(reached(x, windows, groups, rows), weight, rows))
    if bias is not None:
        y += bias.reshape((-1,) + (1,) * len(rows.counts))
    return y


def correlated_rows(g: Any, x: Any, windows: Windows, groups: int) -> Any:
    """Sum the output times the window over all windows."""
    rows = rows_of(windows, g.shape[2:])
    inputs, outputs, (count, size) = x.shape[1] // groups, g.shape[1] // groups, rows.grid
    slopes = g.reshape((len(g), groups, outputs, count, size))
    inner = rows.kernel[rows.outer :]
    shape = (len(rows.planes), groups, outputs, math.prod(inner) * inputs)
    total = np.zeros(shape, np.result_type(g, x))
    for part in rows.each(reached(x, windows, groups, rows)):
        for by, sum_of_plane in zip(rows.planes, total, strict=True):
            to, laid = part.before(by, count)
            some = slopes[part.examples, :, :, to]
            if size < LONG:
                products = np.matmul(np.moveaxis(some, 2, 3), laid)
                sum_of_plane += np.add.reduce(products, (0, 2))
            else:
                laid = laid.reshape((*laid.shape[:2], -1, laid.shape[-1]))
                products = np.matmul(some.reshape((*some.shape[:3], -1)), laid)
                sum_of_plane += np.add.reduce(products, 0)
    found = np.moveaxis(total.reshape((*shape[:3], *inner, inputs)), (-1, 0), (2, 3))
    return np.ascontiguousarray(found).reshape((groups * outputs, inputs, *rows.kernel))


# -- the transpose ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Phase:
    """What is computed from the same elements of the kernel, along one axis.

    Elements `places` of the result are a convolution, without stride, of cotangents with so many
    zeros `before` them, and the elements `taps` of the kernel, the last one first.
    """

    places: slice
    taps: slice
    size: int  # the number of these elements of the kernel
    dilation: int
    before: int
    count: int  # of results

    @property
    def length(self) -> int:
        """How many cotangents there are, with zeros."""
        return self.count + (self.size - 1) * self.dilation


def phases(n: int, kernel: int, stride: int, padding: int, dilation: int) -> list[Phase]:
    """Return the phases of an axis with n elements; those that get nothing are left out.

    Element i gets from output o its cotangent times tap j where
    i + padding = o · stride + j · dilation.
    """
    found = []
    common = math.gcd(stride, dilation)
    for start in range(min(stride, n)):
        taps = [j for j in range(kernel) if (start + padding - j * dilation) % stride == 0]
        if not taps:
            continue
        own = dilation // common
        nearest = (start + padding - taps[0] * dilation) // stride
        found.append(
            Phase(
                places=slice(start, None, stride),
                taps=slice(taps[-1], None if taps[0] == 0 else taps[0] - 1, -(stride // common)),
                size=len(taps),
                dilation=own,
                before=(len(taps) - 1) * own - nearest,
                count=(n - start - 1) // stride + 1,
            )
        )
    return found


@functools.lru_cache(maxsize=256)
def phases_of(windows: Windows, shape: tuple[int, ...]) -> list[list[Phase]]:
    """Return the phases of each axis."""
    befores = [before for before, _ in windows.padding]
    sizes = (shape[2:], windows.kernel, windows.stride, befores, windows.dilation)
    return [phases(*numbers) for numbers in zip(*sizes, strict=True)]


def spread_rows(g: Any, weight: Any, windows: Windows, groups: int, shape: tuple[int, ...]) -> Any:
    """Add each output times its weight to the window that it was computed from."""
    axes = phases_of(windows, shape)
    befores = tuple(max((phase.before for phase in axis), default=0) for axis in axes)
    lengths = tuple(
        max((most - phase.before + phase.length for phase in axis), default=0)
        for most, axis in zip(befores, axes, strict=True)
    )
    laid = channels_last(g, groups, befores, lengths)
    outputs, inputs, *_ = weight.shape
    mirror = weight.reshape((groups, outputs // groups, *weight.shape[1:])).swapaxes(1, 2)
    y: Any = np.zeros(shape, np.result_type(g, weight))
    whole = y.reshape((len(y), groups, inputs, *shape[2:]))
    for each in itertools.product(*axes):
        starts = [most - phase.before for most, phase in zip(befores, each, strict=True)]
        ends = [a + phase.length for a, phase in zip(starts, each, strict=True)]
        part = laid[(slice(None), slice(None), *map(slice, starts, ends))]
        own = mirror[(..., *(phase.taps for phase in each))]
        kernel = own.shape[3:]
        rows = Rows(
            kernel,
            (1,) * len(each),
            tuple(phase.dilation for phase in each),
            tuple(phase.count for phase in each),
        )
        found = sums(part, own.reshape((groups * inputs, outputs // groups, *kernel)), rows)
        whole[(..., *(phase.places for phase in each))] = np.moveaxis(found, -1, 2)
    return y
