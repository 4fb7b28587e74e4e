"""Convolution, `Conv1d` and `Conv2d`.

Three functions, each linear in both of its arguments, and each the derivative of the others:
``convolved(x, w)``, ``spread(g, w)`` back to the input, and ``correlated(g, x)`` back to the
weight. So there are derivatives of any order.

All windows of some examples are laid out as the columns of a matrix, and the rest is a product of
matrices. Source: Chellapilla, Puri & Simard, "High performance convolutional neural networks for
document processing", 2006.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import Primitive, define
from autograd.errors import OptionError
from nn import init
from nn.module import Module, shape_of
from nn.sliding_window import Size, Windows, offsets, windows_of, with_batch

#: How many elements to lay out at once: what fits into a processor's cache.
MOST = 1 << 18


def parts(count: int, shape: tuple[int, ...]) -> Iterator[slice]:
    """Cut examples into parts of which arrays of a shape for each do not get too large."""
    step = max(1, MOST // max(math.prod(shape), 1))
    return (slice(start, start + step) for start in range(0, count, step))


def columns(x: Any, windows: Windows, groups: int) -> Iterator[tuple[slice, Any]]:
    """Yield for some examples at a time (examples, groups, channels of one · kernel, windows)."""
    counts = windows.counts(x.shape)
    shape: tuple[int, ...] = (x.shape[1], *windows.kernel, *counts)
    matrix = (groups, math.prod(shape[: -len(counts)]) // groups, math.prod(counts))
    for part in parts(len(x), shape):
        padded = windows.padded(x[part])
        laid = np.empty((len(padded), *shape), x.dtype)
        for place, index in offsets(windows, counts):
            laid[place] = padded[index]
        yield part, laid.reshape((len(padded), *matrix))


def convolved_array(x: Any, weight: Any, bias: Any, windows: Windows, groups: int) -> Any:
    """Multiply all windows of x by each of the weights and sum, plus the bias."""
    outputs, counts = len(weight), windows.counts(x.shape)
    matrices = weight.reshape((groups, outputs // groups, -1))
    y = np.empty((len(x), outputs, *counts), np.result_type(x, weight))
    flat = y.reshape((len(x), groups, outputs // groups, math.prod(counts)))
    for part, laid in columns(x, windows, groups):
        np.matmul(matrices, laid, out=flat[part])
    if bias is not None:
        y += bias.reshape((-1,) + (1,) * len(counts))
    return y


def spread_array(g: Any, weight: Any, windows: Windows, groups: int, shape: tuple[int, ...]) -> Any:
    """Add each output times its weight to the window it comes from."""
    outputs, counts = g.shape[1], g.shape[2:]
    matrices = weight.reshape((groups, outputs // groups, -1)).swapaxes(1, 2)
    padded = np.zeros(windows.padded_shape(shape), np.result_type(g, weight))
    columns_of_one = (shape[1], *windows.kernel, *counts)
    for part in parts(len(g), columns_of_one):
        flat = g[part].reshape((-1, groups, outputs // groups, math.prod(counts)))
        laid = (matrices @ flat).reshape((len(flat), *columns_of_one))
        total = padded[part]
        for place, index in offsets(windows, counts):
            total[index] += laid[place]
    return padded[windows.inside(shape)]


def correlated_array(g: Any, x: Any, windows: Windows, groups: int) -> Any:
    """Sum over all windows the output times the window."""
    outputs, counts = g.shape[1], g.shape[2:]
    flat = g.reshape((len(g), groups, outputs // groups, math.prod(counts)))
    inputs = x.shape[1] // groups
    total = np.zeros(
        (groups, outputs // groups, inputs * math.prod(windows.kernel)), np.result_type(g, x)
    )
    for part, laid in columns(x, windows, groups):
        total += np.matmul(flat[part], laid.swapaxes(2, 3)).sum(axis=0)
    return total.reshape((outputs, inputs, *windows.kernel))


# fmt: off
spread: Primitive = define(spread_array,
    lambda h, x, g, weight, windows, groups, shape: convolved(h, weight, None, windows, groups),
    lambda h, x, g, weight, windows, groups, shape: correlated(g, h, windows, groups),
    fresh_results=True, name="spread")
correlated: Primitive = define(correlated_array,
    lambda k, w, g, x, windows, groups: convolved(x, k, None, windows, groups),
    lambda k, w, g, x, windows, groups: spread(g, k, windows, groups, x.shape),
    fresh_results=True, name="correlated")
convolved: Primitive = define(convolved_array,
    lambda g, y, x, weight, bias, windows, groups: spread(g, weight, windows, groups, x.shape),
    lambda g, y, x, weight, bias, windows, groups: correlated(g, x, windows, groups),
    lambda g, y, x, weight, bias, windows, groups: np.sum(g, axis=(0, *windows.axes)),
    fresh_results=True, name="convolution")
# fmt: on


class Convolution(Module):
    """A kernel that slides over the input, and sums what it covers, times its weights.

    Inputs are (batch, channels, *grid), or (channels, *grid) alone.

    Parameters
    ----------
    kernel_size, stride, dilation : int or sequence of int
        The size of the kernel, how far apart its places are, and how far its elements.
    padding : int, sequence of int, "same" or "valid"
        How many zeros to put around the input; "same" as many as keep its size, "valid" none.
    groups : int
        In how many parts to cut the channels, each with weights of its own.
    generator : numpy.random.Generator, optional
        Of the initial weights.

    Raises
    ------
    OptionError
        If a number makes no sense, or `groups` does not divide the channels.
    """

    ndim: int  # of the grid that the kernel slides over

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size | str = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        generator: np.random.Generator | None = None,
    ) -> None:
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise OptionError(
                f"groups={groups} must divide in_channels={in_channels} and "
                f"out_channels={out_channels}."
            )
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.windows = windows_of(self.ndim, kernel_size, stride, padding, dilation)
        self.kernel_size, self.stride = self.windows.kernel, self.windows.stride
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight, self.bias = init.weight_and_bias(shape, bias, generator)

    def forward(self, x: Any) -> Any:
        """Return the sums, of shape (batch, out_channels, *places)."""
        x, alone = with_batch(x, self.ndim, self.in_channels, type(self).__name__)
        self.windows.counts(shape_of(x))  # or raise
        y = convolved(x, self.weight, self.bias, self.windows, self.groups)
        return y[0] if alone else y


class Conv1d(Convolution):
    """`Convolution` of inputs of shape (batch, channels, length)."""

    ndim = 1


class Conv2d(Convolution):
    """`Convolution` of inputs of shape (batch, channels, height, width).

    Examples
    --------
    >>> Conv2d(3, 8, 5, padding="same")(np.zeros((2, 3, 16, 16))).shape
    (2, 8, 16, 16)
    """

    ndim = 2
