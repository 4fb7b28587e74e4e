"""The windows of planes, laid as the columns of matrices.

A plane is what has the same place on the first axis of the grid: a line of an image, a plane of a
volume. Its matrix has a row for each channel and each element that the kernel has in a plane, and a
column for each window and each example.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from nn.layers.phases import Phase

EVERY = (slice(None),) * 3


class Buffers:
    """Memory that one tile uses after the other: fresh memory costs more than copying there."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.flat: dict[str, Any] = {}

    def array(self, name: str, shape: tuple[int, ...]) -> Any:
        """Return an array with any values, which is valid until the next one of that name."""
        size, flat = math.prod(shape), self.flat.get(name)
        if flat is None or len(flat) < size:
            self.flat[name] = flat = np.empty(size, self.kind)
        return flat[:size].reshape(shape)

    def zeros(self, name: str, shape: tuple[int, ...]) -> Any:
        """Return the same, with zeros."""
        found = self.array(name, shape)
        found.fill(0)
        return found


class Planes:
    """How to lay the windows of planes, given a phase for each axis of theirs.

    The axes are divided by their strides first: then what the windows have at the same element of
    the kernel is adjacent.
    """

    def __init__(self, phases: tuple[Phase, ...], lengths: tuple[int, ...]) -> None:
        self.phases = phases
        self.counts = tuple(phase.count for phase in phases)
        self.kernel = tuple(phase.size for phase in phases)
        self.places = tuple(phase.places for phase in phases)
        self.strides = tuple(phase.stride for phase in phases)
        self.quotients = tuple(phase.quotients for phase in phases)
        self.is_divided = any(
            phase.stride > 1 or phase.before != 0 or n < phase.quotients
            for phase, n in zip(phases, lengths, strict=True)
        )
        axes = [_remainders(phase, n) for phase, n in zip(phases, lengths, strict=True)]
        self.moves = [tuple(zip(*each, strict=True)) for each in itertools.product(*axes)]
        self.taps = []
        for tap in itertools.product(*map(range, self.kernel)):
            pairs = [
                divmod(i * phase.dilation, phase.stride)
                for i, phase in zip(tap, phases, strict=True)
            ]
            slices = [slice(q, q + n) for (q, _), n in zip(pairs, self.counts, strict=True)]
            self.taps.append((tap, [rest for _, rest in pairs], slices))

    def laid(self, planes: Any, buffers: Buffers, examples_last: bool) -> Any:
        """Return the matrices of planes: (groups, planes, channels · kernel, columns).

        The shape of `planes` is that of `ordered`.
        """
        before: tuple[Any, ...] = () if examples_last else (slice(None),)
        examples, head = planes.shape[-1 if examples_last else 3], planes.shape[:3]
        divided, is_divided = planes, self.is_divided or examples_last
        if is_divided:
            lengths = shape_of_columns(self.quotients, examples, examples_last)
            divided = buffers.zeros("divided", (*head, *self.strides, *lengths))
            for rest, to, of in self.moves:
                divided[(*EVERY, *rest, *before, *to)] = planes[(*EVERY, *before, *of)]
        lengths = shape_of_columns(self.counts, examples, examples_last)
        y = buffers.array("laid", (*head, *self.kernel, *lengths))
        for tap, rest, slices in self.taps:
            index = (*EVERY, *rest, *before, *slices) if is_divided else (*EVERY, *before, *slices)
            y[(*EVERY, *tap)] = divided[index]
        return y.reshape((*head[:2], head[2] * math.prod(self.kernel), -1))


def _remainders(phase: Phase, n: int) -> list[tuple[int, slice, slice]]:
    """Return for each remainder of the stride where elements go, and which of n go there."""
    found = []
    for rest in sorted({i * phase.dilation % phase.stride for i in range(phase.size)}):
        first = max(-((rest - phase.before) // phase.stride), 0)
        start = rest + first * phase.stride - phase.before
        count = max(min(-((start - n) // phase.stride), phase.quotients - first), 0)
        stop = start + count * phase.stride
        found.append((rest, slice(first, first + count), slice(start, stop, phase.stride)))
    return found


def ordered(x: Any, examples_last: bool) -> Any:
    """Return (examples, groups, channels, *grid) as (groups, planes, channels, ...).

    The examples and the other axes of the grid follow, or these and then the examples.
    """
    grid = range(4, x.ndim)
    return x.transpose((1, 3, 2, *grid, 0) if examples_last else (1, 3, 2, 0, *grid))


def shape_of_columns(lengths: Any, examples: int, examples_last: bool) -> tuple[int, ...]:
    """Return the shape of what follows the channels, in the same order."""
    return (*lengths, examples) if examples_last else (examples, *lengths)
