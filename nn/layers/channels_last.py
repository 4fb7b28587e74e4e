"""Convolution with the channels of a position adjacent in memory: of volumes, and with strides.

There the rows of a grid are short, or their elements apart, so that copying windows row by row
takes longer than the products. With adjacent channels, a row of a window is one piece of memory.
Windows are copied for all axes but the first of a volume: the planes of its windows are parts of
what is copied, and each gets a product of its own.

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

#: How many elements to copy at once: the calls for more parts take longer than a larger cache.
MOST = 1 << 20


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
class Rows:
    """Windows of an array with adjacent channels, as the rows of matrices."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def outer(self) -> int:
        """How many axes, the first ones, have windows that are not copied."""
        return int(len(self.kernel) == 3)

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of what the windows reach."""
        sizes = zip(self.counts, self.stride, self.kernel, self.dilation, strict=True)
        return tuple((n - 1) * s + (k - 1) * d + 1 for n, s, k, d in sizes)

    def each(self, x: Any) -> Iterator[tuple[slice, list[Any]]]:
        """Yield examples, and for each outer element of the kernel their windows.

        Their shape is (examples, groups, outer counts, inner counts, inner kernel · channels).
        """
        outer, steps, channels = self.outer, x.strides, x.shape[-1]
        inner = range(outer, len(self.kernel))
        kept = x.shape[: 2 + outer]
        counts, kernel = self.counts[outer:], self.kernel[outer:]
        strides = (
            *steps[: 2 + outer],
            *(steps[2 + i] * self.stride[i] for i in inner),
            *(steps[2 + i] * self.dilation[i] for i in inner),
            steps[-1],
        )
        view = as_strided(x, (*kept, *counts, *kernel, channels), strides, writeable=False)
        matrix = (math.prod(counts), math.prod(kernel) * channels)
        for part in parts(len(x), view.shape[1:], MOST):
            rows = view[part].reshape((-1, *kept[1:], *matrix))
            if not outer:
                yield part, [rows]
                continue
            n, stride, dilation = self.counts[0], self.stride[0], self.dilation[0]
            starts = range(0, self.kernel[0] * dilation, dilation)
            yield part, [rows[:, :, i : i + (n - 1) * stride + 1 : stride] for i in starts]

    def split(self, y: Any) -> Any:
        """Return results of shape (examples, groups, *counts, channels) for matrix products."""
        kept = (*y.shape[:2], *self.counts[: self.outer])
        return y.reshape((*kept, math.prod(self.counts[self.outer :]), y.shape[-1]))

    def matrices(self, weight: Any, groups: int) -> list[Any]:
        """Return the weight as matrices to multiply with the windows."""
        parts = weight.reshape((groups, len(weight) // groups, *weight.shape[1:]))
        if not self.outer:
            return [self._matrix(parts)]
        return [self._matrix(parts[:, :, :, i])[:, None] for i in range(self.kernel[0])]

    def _matrix(self, parts: Any) -> Any:
        return np.moveaxis(parts, (1, 2), (-1, -2)).reshape((len(parts), -1, parts.shape[1]))


def sums(x: Any, weight: Any, rows: Rows) -> Any:
    """Return the sums of windows times weights, of shape (examples, groups, *counts, outputs)."""
    groups = x.shape[1]
    first, *others = rows.matrices(weight, groups)
    kind = np.result_type(x, weight)
    y = np.empty((*x.shape[:2], *rows.counts, len(weight) // groups), kind)
    split = rows.split(y)
    for part, windows in rows.each(x):
        if split.ndim == 4 and groups == 1:  # one product for all examples
            flat = split[part].reshape((-1, split.shape[-1]))
            np.matmul(windows[0].reshape((len(flat), -1)), first[0], out=flat)
            continue
        np.matmul(windows[0], first, out=split[part])
        for matrix, more in zip(others, windows[1:], strict=True):
            split[part] += np.matmul(more, matrix)
    return y


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
    inputs, outputs = x.shape[1] // groups, g.shape[1] // groups
    slopes = rows.split(channels_last(g, groups, (0,) * len(rows.counts), rows.counts))
    outer = rows.kernel[: rows.outer]
    kernel = rows.kernel[rows.outer :]
    shape = (math.prod(outer), groups, outputs, math.prod(kernel) * inputs)
    total = np.zeros(shape, np.result_type(g, x))
    for part, laid in rows.each(reached(x, windows, groups, rows)):
        if slopes.ndim == 4 and groups == 1:
            flat = slopes[part].reshape((-1, outputs))
            total[0, 0] += flat.T @ laid[0].reshape((len(flat), -1))
            continue
        turned = slopes[part].swapaxes(-1, -2)
        for sum_of_place, matrix in zip(total, laid, strict=True):
            products = np.matmul(turned, matrix)
            sum_of_place += np.add.reduce(products, (0, *range(2, products.ndim - 2)))
    found = np.moveaxis(total.reshape((*shape[:3], *kernel, inputs)), (-1, 0), (2, 3))
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
