"""Convolution plane by plane: images line by line, volumes plane by plane.

The matrix of a plane, see `nn.layers.planes`, is multiplied once with what the kernel has in all
planes; each of these products is added to another plane of the result. So windows are copied for
the other axes of the kernel only, and matrices are less narrow.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.layers.phases import (
    Phase,
    Share,
    numbers_of,
    phase_of,
    shares_of,
    transposed_phases,
    transposed_share,
)
from nn.layers.planes import EVERY, Buffers, Planes, ordered
from nn.layers.sliding_window import Windows

#: How many bytes to lay and multiply at once: what stays in a processor's cache.
MOST = 1 << 20

#: From so many columns on, a matrix with more examples makes no product faster.
COLUMNS = 768

#: Rows of a grid shorter than this are copied faster with the examples as the last axis.
SHORT = 16

#: How many channels volumes and images have with which it takes less time, and how many elements
#: their grids have at least, as an input or as a result of the transpose: measured.
VOLUMES, IMAGES = range(4, 1 << 20), range(9, 49)
ELEMENTS, TRANSPOSED = 1 << 14, 1 << 13


def goes_by_planes(
    windows: Windows, size: int, least: int, inputs: int, outputs: int, *arrays: Any
) -> bool:
    """Return whether planes save time, for a grid of a size and so many channels of a group."""
    if size < least or not all(type(a) is np.ndarray for a in arrays):
        return False
    pairs = zip(windows.kernel, windows.stride, strict=True)
    if not any(kernel > stride for kernel, stride in pairs):
        return False
    fewest = min(inputs, outputs)
    if len(windows.kernel) == 3:
        return fewest in VOLUMES
    return len(windows.kernel) == 2 and max(windows.stride) > 1 and fewest in IMAGES


class Plan:
    """How to convolve an input of a shape, or to compute the transpose: what depends on shapes."""

    def __init__(
        self,
        shares: list[Share],
        phases: list[list[Phase]],
        shape: tuple[int, ...],
        outputs: int,
        itemsize: int,
    ) -> None:
        self.shares, self.examples = shares, shape[0]
        self.planes = [Planes(each, shape[3:]) for each in itertools.product(*phases)]
        columns = max((math.prod(planes.counts) for planes in self.planes), default=1)
        taps = max((math.prod(planes.kernel) for planes in self.planes), default=1)
        products = max((len(share.shifts) for share in shares), default=0) * outputs
        each = itemsize * columns * (shape[1] * taps + products)  # bytes of a plane of an example
        together = max(min(MOST // each, -(-COLUMNS // columns)), 1)
        self.together = min(together, self.examples)
        self.tall = max(MOST // (each * self.together), 1)
        shortest = max((planes.counts[-1] for planes in self.planes), default=1)
        self.examples_last = shortest < SHORT and self.together > 1

    def parts(self) -> Iterator[slice]:
        """Yield the examples to take at once."""
        return (slice(i, i + self.together) for i in range(0, self.examples, self.together))

    def tiles(self, share: Share) -> Iterator[tuple[int, int]]:
        """Yield the first and the last of the planes of a share to take at once."""
        return ((i, min(i + self.tall, share.count)) for i in range(0, share.count, self.tall))


@functools.lru_cache(maxsize=256)
def forward_plan(windows: Windows, shape: tuple[int, ...], outputs: int, itemsize: int) -> Plan:
    """Return the plan of a convolution of an input of a shape."""
    (first, *others), (count, *counts) = numbers_of(windows), windows.counts(shape)
    phases = [[phase_of(each, n)] for each, n in zip(others, counts, strict=True)]
    return Plan(shares_of(first, shape[2], count), phases, shape, outputs, itemsize)


@functools.lru_cache(maxsize=256)
def transposed_plan(
    windows: Windows, shape: tuple[int, ...], of: tuple[int, ...], itemsize: int
) -> Plan:
    """Return the plan of the transpose, whose result has a shape, of an input of a shape."""
    first, *others = numbers_of(windows)
    phases = [transposed_phases(each, n) for each, n in zip(others, shape[3:], strict=True)]
    shares = [transposed_share(first, shape[2], of[2])]
    return Plan(shares, phases, of, shape[1], itemsize)


def convolved_planes(x: Any, weight: Any, bias: Any, windows: Windows, groups: int) -> Any:
    """Sum each window of x times each weight, and add the bias."""
    kind = np.result_type(x, weight)
    plan = forward_plan(windows, x.shape, len(weight), kind.itemsize)
    y: Any = np.empty((len(x), len(weight), *windows.counts(x.shape)), kind)
    parts = weight.reshape((groups, -1, *weight.shape[1:]))
    multiply(plan, in_groups(x, groups), parts, bias, in_groups(y, groups))
    return y


def spread_planes(
    g: Any, weight: Any, windows: Windows, groups: int, shape: tuple[int, ...]
) -> Any:
    """Add each output times its weight to the window that it was computed from."""
    kind = np.result_type(g, weight)
    plan = transposed_plan(windows, shape, g.shape, kind.itemsize)
    covered = sum(math.prod(planes.counts) for planes in plan.planes)
    filled = np.empty if covered == math.prod(shape[3:]) else np.zeros
    y: Any = filled(shape, kind)
    parts = weight.reshape((groups, -1, *weight.shape[1:])).swapaxes(1, 2)
    multiply(plan, in_groups(g, groups), parts, None, in_groups(y, groups))
    return y


def in_groups(x: Any, groups: int) -> Any:
    """Return an array of shape (examples, groups, channels of a group, *grid)."""
    return x.reshape((len(x), groups, x.shape[1] // groups, *x.shape[2:]))


def multiply(plan: Plan, x: Any, weight: Any, bias: Any, y: Any) -> None:
    """Store the sums of windows times weights, of shape (groups, outputs, channels, *kernel)."""
    last, buffers = plan.examples_last, Buffers(y.dtype)
    matrices = [
        [matrix_of(weight, share, planes) for share in plan.shares] for planes in plan.planes
    ]
    if bias is not None:
        bias = bias.reshape((y.shape[1], 1, y.shape[2]) + (1,) * (y.ndim - 3))
    every = EVERY if last else (*EVERY, slice(None))
    is_whole = not last or len(plan.planes) == 1
    for part in plan.parts():
        given, results = ordered(x[part], last), ordered(y[part], last)
        found = results if is_whole else buffers.zeros("found", results.shape)
        for planes, each in zip(plan.planes, matrices, strict=True):
            own = found[(*every, *planes.places)]
            total = sums_of_planes(plan, planes, each, given, own.shape, buffers)
            store(total, own, bias)
        if not is_whole:  # elements of several phases are adjacent now
            store(found, results, None)


def store(total: Any, y: Any, bias: Any) -> None:
    """Copy sums plane by plane, so that what is not adjacent in both is in the cache."""
    for i in range(y.shape[1]):
        if bias is None:
            y[:, i] = total[:, i]
        else:
            np.add(total[:, i], bias[:, 0], out=y[:, i])


def sums_of_planes(
    plan: Plan,
    planes: Planes,
    matrices: list[Any],
    x: Any,
    shape: tuple[int, ...],
    buffers: Buffers,
) -> Any:
    """Return the sums of windows times weights, of shape (groups, planes, outputs, ...)."""
    total = buffers.zeros("total", (*shape[:3], math.prod(shape[3:])))
    for share, matrix in zip(plan.shares, matrices, strict=True):
        some = x[:, share.places]
        for first, last in plan.tiles(share):
            laid = planes.laid(some[:, first:last], buffers, plan.examples_last)
            each = buffers.array("products", (*laid.shape[:2], matrix.shape[2], laid.shape[3]))
            np.matmul(matrix, laid, out=each)
            products = each.reshape((*each.shape[:2], len(share.shifts), *total.shape[2:]))
            for tap, of, to in share.meetings(first, last):
                sums = total[:, to]
                np.add(sums, products[:, of, tap], out=sums)
    return total.reshape(shape)


def matrix_of(weight: Any, share: Share, planes: Planes) -> Any:
    """Return what to multiply with the matrices of planes: (groups, 1, taps · outputs, rows)."""
    own = weight[(*EVERY, share.taps, *(phase.taps for phase in planes.phases))]
    groups, outputs, _, taps = own.shape[:4]
    return np.moveaxis(own, 3, 1).reshape((groups, 1, taps * outputs, -1))


def correlated_planes(g: Any, x: Any, windows: Windows, groups: int) -> Any:
    """Sum the output times the window over all windows; 0 is multiplied by some elements of x."""
    kind = np.result_type(g, x)
    plan, buffers = forward_plan(windows, x.shape, g.shape[1], kind.itemsize), Buffers(kind)
    (planes,), last = plan.planes, plan.examples_last
    given, slopes = in_groups(x, groups), in_groups(g, groups)
    inputs, outputs = given.shape[2], slopes.shape[2]
    rows = inputs * math.prod(planes.kernel)
    totals = [np.zeros((groups, rows, len(share.shifts) * outputs), kind) for share in plan.shares]
    for part in plan.parts():
        images, some = ordered(given[part], last), ordered(slopes[part], last)
        for share, total in zip(plan.shares, totals, strict=True):
            own = images[:, share.places]
            for begin, end in plan.tiles(share):
                laid = planes.laid(own[:, begin:end], buffers, last)
                shape = (groups, end - begin, len(share.shifts), *some.shape[2:])
                met = buffers.zeros("met", shape)
                for tap, of, to in share.meetings(begin, end):
                    met[:, of, tap] = some[:, to]
                flat = met.reshape((*shape[:2], total.shape[-1], -1))
                total += np.add.reduce(np.matmul(laid, flat.swapaxes(2, 3)), 1)
    found: Any = np.zeros((groups, outputs, inputs, *windows.kernel), kind)
    for share, total in zip(plan.shares, totals, strict=True):
        each = total.reshape((groups, inputs, *planes.kernel, len(share.shifts), outputs))
        found[(*EVERY, share.taps)] = np.moveaxis(each, (-1, -2), (1, 3))
    return found.reshape((groups * outputs, inputs, *windows.kernel))
