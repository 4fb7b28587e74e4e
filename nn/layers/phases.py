"""Which elements of an axis meet which elements of a kernel, in a convolution and its transpose.

`Phase` tells it from the results: results at a distance of the stride are sums of windows times the
same elements of the kernel. `Share` tells it from the inputs, in the same way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nn.layers.sliding_window import Windows

Numbers = tuple[int, int, int, int]  # kernel, stride, padding before the first element, dilation


def numbers_of(windows: Windows) -> list[Numbers]:
    """Return the numbers of each axis."""
    befores = [before for before, _ in windows.padding]
    return list(zip(windows.kernel, windows.stride, befores, windows.dilation, strict=True))


@dataclass(frozen=True)
class Phase:
    """Results `places`, which are sums of windows times the elements `taps` of the kernel."""

    places: slice
    taps: slice
    size: int  # the number of these elements of the kernel
    stride: int
    dilation: int
    before: int  # how many zeros precede the first element, or how many elements are left out
    count: int  # of windows

    @property
    def quotients(self) -> int:
        """How many elements at a distance of the stride the windows reach at most."""
        return self.count + (self.size - 1) * self.dilation // self.stride


def phase_of(numbers: Numbers, count: int) -> Phase:
    """Return the only phase of an axis of a convolution."""
    kernel, stride, before, dilation = numbers
    return Phase(slice(None), slice(None), kernel, stride, dilation, before, count)


def transposed_phases(numbers: Numbers, n: int) -> list[Phase]:
    """Return the phases of an axis of the transpose, with n results; some may get nothing.

    Result i gets from input o, times element j of the kernel, where
    i + padding = o · stride + j · dilation.
    """
    kernel, stride, padding, dilation = numbers
    found, common = [], math.gcd(stride, dilation)
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
                stride=1,
                dilation=own,
                before=(len(taps) - 1) * own - nearest,
                count=(n - start - 1) // stride + 1,
            )
        )
    return found


@dataclass(frozen=True)
class Share:
    """Inputs `places`, which the elements `taps` of the kernel meet.

    Input i of these, of `ranges[k]`, is added to result i · step + shifts[k] by the kth of `taps`.
    """

    places: slice
    count: int
    taps: slice
    step: int
    shifts: list[int]
    ranges: list[tuple[int, int]]

    def meetings(self, first: int, last: int) -> list[tuple[int, slice, slice]]:
        """Return which of inputs first to last meet each tap, and the results that get these."""
        found = []
        for k, (shift, (start, stop)) in enumerate(zip(self.shifts, self.ranges, strict=True)):
            begin, end = max(first, start), min(last, stop)
            if begin < end:
                results = range(begin * self.step + shift, end * self.step + shift, self.step)
                to = slice(results[0], results[-1] + 1, self.step)
                found.append((k, slice(begin - first, end - first), to))
        return found


def shares_of(numbers: Numbers, n: int, count: int) -> list[Share]:
    """Return the shares of an axis of a convolution, from n inputs to so many results."""
    kernel, stride, before, dilation = numbers
    found, apart = [], stride // math.gcd(stride, dilation)
    for start in range(min(stride, n)):
        taps = [j for j in range(kernel) if (start + before - j * dilation) % stride == 0]
        if not taps:
            continue
        own = (n - start - 1) // stride + 1
        shifts = [(start + before - j * dilation) // stride for j in taps]
        ranges = [(max(0, -shift), min(own, count - shift)) for shift in shifts]
        every = slice(taps[0], None, apart)
        found.append(Share(slice(start, None, stride), own, every, 1, shifts, ranges))
    return found


def transposed_share(numbers: Numbers, n: int, count: int) -> Share:
    """Return the only share of an axis of the transpose, from `count` inputs to n results."""
    kernel, stride, before, dilation = numbers
    shifts = [j * dilation - before for j in range(kernel)]
    ranges = [
        (max(0, -(shift // stride)), min(count, -((shift - n) // stride))) for shift in shifts
    ]
    return Share(slice(None), count, slice(None), stride, shifts, ranges)
