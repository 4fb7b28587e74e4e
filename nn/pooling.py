"""Pooling: the largest or the average number of each window, channel by channel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Primitive, define, linear
from autograd.errors import OptionError
from nn.module import Module, plain, shape_of
from nn.sliding_window import Size, Windows, offsets, windows_of, with_batch


def largest(x: Any, windows: Windows) -> Any:
    """Return the largest element of each window; the padding is never it."""
    padded, counts = windows.padded(x, -math.inf), windows.counts(x.shape)
    indices = [index for _, index in offsets(windows, counts)]
    y = padded[indices[0]].copy()
    for index in indices[1:]:
        np.maximum(y, padded[index], out=y)
    return y


def first_of(x: Any, y: Any, windows: Windows) -> Any:
    """Return which element of each window is its largest, `y`: the first of several."""
    x, y = plain(x), plain(y)
    padded, counts = windows.padded(x, -math.inf), windows.counts(x.shape)
    found = np.zeros(y.shape, np.min_scalar_type(math.prod(windows.kernel)))
    indices = [index for _, index in offsets(windows, counts)]
    for number in reversed(range(len(indices))):
        np.copyto(found, number, where=padded[indices[number]] == y)
    return found


def picked(x: Any, which: Any, windows: Windows) -> Any:
    """Return one element of each window, by its number there."""
    padded, counts = windows.padded(x), windows.counts(x.shape)
    y = np.zeros(which.shape, x.dtype)
    for number, (_, index) in enumerate(offsets(windows, counts)):
        np.copyto(y, padded[index], where=which == number)
    return y


def put_back(g: Any, which: Any, windows: Windows, shape: tuple[int, ...]) -> Any:
    """Add each number to the element of its window that has that number."""
    total = np.zeros(windows.padded_shape(shape), g.dtype)
    for number, (_, index) in enumerate(offsets(windows, g.shape[2:])):
        total[index] += g * (which == number)
    return total[windows.inside(shape)]


def summed(x: Any, windows: Windows) -> Any:
    """Sum each window."""
    padded, counts = windows.padded(x), windows.counts(x.shape)
    y = np.zeros((*x.shape[:2], *counts), x.dtype)
    for _, index in offsets(windows, counts):
        y += padded[index]
    return y


def added_back(g: Any, windows: Windows, shape: tuple[int, ...]) -> Any:
    """Add each number to all elements of its window."""
    total = np.zeros(windows.padded_shape(shape), g.dtype)
    for _, index in offsets(windows, g.shape[2:]):
        total[index] += g
    return total[windows.inside(shape)]


# fmt: off
pick: Primitive = linear(picked,
    lambda g, x, which, windows: put(g, which, windows, x.shape),
    fresh_results=True, name="pick")
put: Primitive = linear(put_back,
    lambda h, g, which, windows, shape: pick(h, which, windows),
    fresh_results=True, name="put")
window_max = define(largest,
    lambda g, y, x, windows: put(g, first_of(x, y, windows), windows, x.shape),
    fresh_results=True, name="window_max")
window_sum: Primitive = linear(summed,
    lambda g, x, windows: add_windows(g, windows, x.shape),
    fresh_results=True, name="window_sum")
add_windows: Primitive = linear(added_back,
    lambda h, g, windows, shape: window_sum(h, windows),
    fresh_results=True, name="add_windows")
# fmt: on


class Pooling(Module):
    """One number for each window of each channel.

    Sizes are one int, or one for each axis of the grid. Windows are side by side if no `stride`
    is given; the `padding` may be up to half of one, or an `OptionError` says so.
    """

    ndim: int
    windows: Windows

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        stride = kernel_size if stride is None else stride
        self.windows = windows_of(self.ndim, kernel_size, stride, padding)
        self.kernel_size, self.stride = self.windows.kernel, self.windows.stride
        pairs = zip(self.windows.padding, self.windows.kernel, strict=True)
        if any(2 * max(padding) > kernel for padding, kernel in pairs):
            raise OptionError(
                f"padding={padding} is more than half of kernel_size={kernel_size}: there would "
                "be windows of nothing else."
            )

    def forward(self, x: Any) -> Any:
        """Return the numbers, of shape (batch, channels, *places)."""
        x, alone = with_batch(x, self.ndim, None, type(self).__name__)
        self.windows.counts(shape_of(x))  # or raise
        y = self.pooled(x)
        return y[0] if alone else y

    def pooled(self, x: Any) -> Any:
        """Pool an input with an axis of examples."""
        raise NotImplementedError


class MaxPool(Pooling):
    """The largest number of each window. Of several, the first one gets the derivative."""

    def pooled(self, x: Any) -> Any:
        """Return the largest numbers."""
        return window_max(x, windows=self.windows)


class AvgPool(Pooling):
    """The average of each window; `count_include_pad`: whether the zeros of the padding count."""

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(kernel_size, stride, padding)
        self.count_include_pad = count_include_pad

    def pooled(self, x: Any) -> Any:
        """Return the averages."""
        count: Any = math.prod(self.windows.kernel)
        if not self.count_include_pad:
            count = summed(np.ones((1, 1, *shape_of(x)[2:]), x.dtype), self.windows)
        return window_sum(x, windows=self.windows) / count


class MaxPool1d(MaxPool):
    """`MaxPool` of inputs of shape (batch, channels, length)."""

    ndim = 1


class MaxPool2d(MaxPool):
    """`MaxPool` of inputs of shape (batch, channels, height, width)."""

    ndim = 2


class AvgPool1d(AvgPool):
    """`AvgPool` of inputs of shape (batch, channels, length)."""

    ndim = 1


class AvgPool2d(AvgPool):
    """`AvgPool` of inputs of shape (batch, channels, height, width)."""

    ndim = 2
