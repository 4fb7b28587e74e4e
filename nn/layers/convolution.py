"""Convolution: `Conv1d` to `Conv3d`.

Three functions are linear in both arguments, and each is a derivative of the others:
``convolved(x, w)``, ``spread(g, w)`` back to the input, and ``correlated(g, x)`` back to the
weight. This gives derivatives of any order.

The windows of some examples are copied into the columns of a matrix, so that the rest is a matrix
product. Source: Chellapilla, Puri & Simard, "High performance convolutional neural networks for
document processing", 2006.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from autograd import Primitive, Tensor, define, kernel
from autograd.errors import OptionError
from nn import init
from nn.arrays import shape_of
from nn.layers.convolution_by_bands import (
    convolved_bands,
    correlated_bands,
    goes_by_bands,
    spread_bands,
)
from nn.layers.convolution_by_planes import (
    ELEMENTS,
    TRANSPOSED,
    convolved_planes,
    correlated_planes,
    goes_by_planes,
    spread_planes,
)
from nn.layers.convolution_by_runs import convolved_runs, correlated_runs, goes_by_runs
from nn.layers.convolution_in_c import CONVOLVED, CORRELATED, SPREAD
from nn.layers.padding import MODES, pad
from nn.layers.sliding_window import Size, Windows, offsets, parts, windows_of, with_batch
from nn.layers.small_grids import (
    SUMMED_WINDOWS,
    convolved_single,
    convolved_small,
    correlated_single,
    correlated_small,
    is_single,
    is_small,
    spread_single,
    spread_small,
)
from nn.module import Module
from nn.notation import CONVOLUTION

#: With fewer windows in all it takes less time to copy them for all rows of the kernel at once.
FEW = 200


def goes_by_rows(windows: Windows, inputs: int, outputs: int, count: int) -> bool:
    """Return whether the rows of the kernel are taken one after the other, for so many windows.

    Then windows are copied for one row only, and the matrices of the others are parts of the same
    memory. But each row needs a matrix product and a sum of outputs.
    """
    if count < FEW:
        return False
    is_dense = len(windows.kernel) == 2 and windows.stride[0] == 1
    return is_dense and windows.kernel[0] > 1 and inputs * windows.kernel[1] > outputs


def columns(x: Any, windows: Windows, groups: int, by_rows: bool) -> Iterator[tuple[slice, Any]]:
    """Yield matrices of shape (examples, groups, channels of a group · kernel, windows).

    There is one for each row of the kernel, or one for all of it.
    """
    counts, kernel = windows.counts(x.shape), windows.kernel
    if max(kernel) == max(windows.stride) == 1 and not any(map(any, windows.padding)):
        flat = x.reshape((len(x), groups, x.shape[1] // groups, math.prod(counts)))
        yield slice(None), [flat]
        return
    if by_rows:  # all lines of the images, as if the kernel had a single row
        lines = windows.padded_shape(x.shape)[2]
        flatter = Windows((1, kernel[1]), windows.stride, ((0, 0),) * 2, windows.dilation)
        places = offsets(flatter, (lines, counts[1]))
        shape: tuple[int, ...] = (x.shape[1], 1, kernel[1], lines, counts[1])
    else:
        places = offsets(windows, counts)
        shape = (x.shape[1], *kernel, *counts)
    rows = x.shape[1] // groups * math.prod(shape[1 : 1 + len(kernel)])
    size = math.prod(counts)
    buffer = None
    for part in parts(len(x), shape):
        padded = windows.padded(x[part])
        if buffer is None:  # the first part is the largest
            buffer = np.empty_like(x, shape=(len(padded), *shape), order="C")
        laid = buffer[: len(padded)]
        for place, index in places:
            laid[place] = padded[index]
        matrix = laid.reshape((len(padded), groups, rows, -1))
        if not by_rows:
            yield part, [matrix]
            continue
        starts = [i * windows.dilation[0] * counts[1] for i in range(kernel[0])]
        yield part, [matrix[..., start : start + size] for start in starts]


def matrices_of(weight: Any, groups: int, by_rows: bool) -> list[Any]:
    """Return the weight as matrices to multiply with `columns`."""
    shape = (groups, len(weight) // groups, -1)
    if by_rows:
        return [weight[:, :, i].copy().reshape(shape) for i in range(weight.shape[2])]
    return [weight.reshape(shape)]


@kernel()
def convolved_array(x: Any, weight: Any, bias: Any, windows: Windows, groups: int) -> Any:
    """Sum each window of x times each weight, and add the bias."""
    outputs, counts = len(weight), windows.counts(x.shape)
    if is_single(counts):
        return convolved_single(x, weight, bias, windows, groups)
    if goes_by_planes(windows, x.size, ELEMENTS, weight.shape[1], outputs // groups, x, weight):
        return convolved_planes(x, weight, bias, windows, groups)
    if goes_by_runs(windows, outputs, groups, x.shape, x, weight):
        return convolved_runs(x, weight, bias, windows)
    if goes_by_bands(windows, outputs, groups, x.shape, x, weight):
        found = convolved_bands(x, weight, bias, windows)
        if found is not None:
            return found
    if is_small(len(x), counts, groups):
        return convolved_small(x, weight, bias, windows)
    by_rows = goes_by_rows(windows, weight.shape[1], outputs // groups, len(x) * math.prod(counts))
    first, *others = matrices_of(weight, groups, by_rows)
    shape = (len(x), outputs, *counts)
    y = np.empty_like(x, np.result_type(x, weight), shape=shape, order="C")
    flat = y.reshape((len(x), groups, outputs // groups, math.prod(counts)))
    for part, laid in columns(x, windows, groups, by_rows):
        np.matmul(first, laid[0], out=flat[part])
        for matrix, more in zip(others, laid[1:], strict=True):
            flat[part] += np.matmul(matrix, more)
    if bias is not None:
        y += bias.reshape((-1,) + (1,) * len(counts))
    return y


@kernel()
def spread_array(g: Any, weight: Any, windows: Windows, groups: int, shape: tuple[int, ...]) -> Any:
    """Add each output times its weight to the window that it was computed from."""
    outputs, counts = g.shape[1], g.shape[2:]
    if is_single(counts):
        return spread_single(g, weight, windows, groups, shape)
    channels = weight.shape[1], outputs // groups
    if goes_by_planes(windows, math.prod(shape), TRANSPOSED, *channels, g, weight):
        return spread_planes(g, weight, windows, groups, shape)
    mirrored = windows.mirrored()
    if mirrored is not None and goes_by_runs(windows, outputs, groups, shape, g, weight):
        return convolved_runs(g, mirror_of(weight, groups), None, mirrored)
    if goes_by_bands(windows, outputs, groups, shape, g, weight):
        found = spread_bands(g, weight, windows, shape)
        if found is not None:
            return found
    is_wide = mirrored is None or outputs > shape[1]
    if is_wide and is_small(len(g), counts, groups, SUMMED_WINDOWS):
        return spread_small(g, weight, windows, shape)
    if mirrored is not None and outputs <= 2 * shape[1] * math.prod(windows.kernel):
        return convolved_array(g, mirror_of(weight, groups), None, mirrored, groups)
    matrices = weight.reshape((groups, outputs // groups, -1)).swapaxes(1, 2)
    kind, whole = np.result_type(g, weight), windows.padded_shape(shape)
    padded = np.zeros_like(g, kind, shape=whole, order="C")
    columns_of_one = (shape[1], *windows.kernel, *counts)
    for part in parts(len(g), columns_of_one):
        flat = g[part].reshape((-1, groups, outputs // groups, math.prod(counts)))
        laid = (matrices @ flat).reshape((len(flat), *columns_of_one))
        total = padded[part]
        for place, index in offsets(windows, counts):
            total[index] += laid[place]
    return windows.without_padding(padded, shape)


def mirror_of(weight: Any, groups: int) -> Any:
    """Return the weight of the convolution that is the transpose, for windows without stride."""
    outputs, inputs, *kernel = weight.shape
    parts = weight.reshape((groups, outputs // groups, inputs, *kernel)).swapaxes(1, 2)
    turned = np.flip(parts, tuple(range(3, parts.ndim)))
    return turned.reshape((groups * inputs, outputs // groups, *kernel))


@kernel()
def correlated_array(g: Any, x: Any, windows: Windows, groups: int) -> Any:
    """Sum the output times the window over all windows."""
    outputs, counts, inputs = g.shape[1], g.shape[2:], x.shape[1] // groups
    if is_single(counts):
        return correlated_single(g, x, windows, groups)
    if goes_by_planes(windows, x.size, ELEMENTS, inputs, outputs // groups, g, x):
        with np.errstate(invalid="ignore"):  # of 0 times an infinite x
            found = correlated_planes(g, x, windows, groups)
        if np.isfinite(found).all():
            return found
    if goes_by_runs(windows, outputs, groups, x.shape, g, x):
        found = correlated_runs(g, x, windows)
        if found is not None:
            return found
    if goes_by_bands(windows, outputs, groups, x.shape, g, x):
        found = correlated_bands(g, x, windows)
        if found is not None:
            return found
    if is_small(len(x), counts, groups):
        return correlated_small(g, x, windows)
    by_rows = goes_by_rows(windows, inputs, outputs // groups, len(x) * math.prod(counts))
    flat = g.reshape((len(g), groups, outputs // groups, math.prod(counts)))
    kind = np.result_type(g, x)
    if by_rows:
        shape: tuple[int, ...] = (windows.kernel[0], outputs, inputs, windows.kernel[1])
    else:
        shape = (1, outputs, inputs, *windows.kernel)
    found = np.zeros_like(g, kind, shape=shape, order="C")
    total = found.reshape((shape[0], groups, outputs // groups, -1))
    for part, laid in columns(x, windows, groups, by_rows):
        for row, matrix in zip(total, laid, strict=True):
            row += np.matmul(flat[part], matrix.swapaxes(2, 3)).sum(axis=0)
    return np.moveaxis(found, 0, 2).copy() if by_rows else found[0]


# fmt: off
spread: Primitive = define(spread_array,
    lambda h, x, g, weight, windows, groups, shape: convolved(h, weight, None, windows, groups),
    lambda h, x, g, weight, windows, groups, shape: correlated(g, h, windows, groups),
    fresh_results=True, name="spread", c=SPREAD)
correlated: Primitive = define(correlated_array,
    lambda k, w, g, x, windows, groups: convolved(x, k, None, windows, groups),
    lambda k, w, g, x, windows, groups: spread(g, k, windows, groups, x.shape),
    fresh_results=True, name="correlated", c=CORRELATED)
convolved: Primitive = define(convolved_array,
    lambda g, y, x, weight, bias, windows, groups: spread(g, weight, windows, groups, x.shape),
    lambda g, y, x, weight, bias, windows, groups: correlated(g, x, windows, groups),
    lambda g, y, x, weight, bias, windows, groups: np.sum(g, axis=(0, *windows.axes)),
    fresh_results=True, name="convolution", notation=CONVOLUTION, c=CONVOLVED)
# fmt: on


class Convolution(Module):
    """The base class of `Conv1d` to `Conv3d`; for its parameters see there."""

    ndim: int  # the number of axes that the kernel slides over

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
        *,
        padding_mode: str = "zeros",
    ) -> None:
        if padding_mode != "zeros" and padding_mode not in MODES:
            raise OptionError(
                f'padding_mode={padding_mode!r} must be "zeros", "reflect", "replicate" or '
                '"circular".'
            )
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise OptionError(
                f"groups={groups} must divide in_channels={in_channels} and "
                f"out_channels={out_channels}."
            )
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.windows = windows_of(self.ndim, kernel_size, stride, padding, dilation)
        self.kernel_size, self.stride = self.windows.kernel, self.windows.stride
        self.border: list[int] = []
        if padding_mode != "zeros":  # added before the convolution
            self.padding_mode = padding_mode
            self.border = [n for pair in reversed(self.windows.padding) for n in pair]
            self.windows = replace(self.windows, padding=((0, 0),) * self.ndim)
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight, self.bias = init.weight_and_bias(shape, bias, generator)

    def forward(self, x: Any) -> Tensor:
        """Return the convolution.

        Parameters
        ----------
        x : array_like, shape (batch, in_channels, *grid) or (in_channels, *grid)
            The input.

        Returns
        -------
        Tensor, shape (batch, out_channels, *windows) or (out_channels, *windows)

        Raises
        ------
        ShapeError
            If the shape does not fit, or the kernel is larger than the input.
        """
        x, alone = with_batch(x, self.ndim, self.in_channels, type(self).__name__)
        if self.border:
            x = pad(x, self.border, self.padding_mode)
        self.windows.counts(shape_of(x))  # or raise
        y: Tensor = convolved(x, self.weight, self.bias, self.windows, self.groups)
        return y[0] if alone else y


class Conv1d(Convolution):
    """Convolution of inputs of shape (batch, channels, length).

    More precisely the cross-correlation, as usual in deep learning: each output is the sum of a
    window of the input times the weight, plus the bias. Weight and bias are initialised uniformly
    up to 1 / √(in_channels · kernel elements / groups).

    Parameters
    ----------
    in_channels, out_channels : int
        The number of channels of the input and of the output.
    kernel_size : int
        The size of the window.
    stride : int
        The distance between windows.
    padding : int, "same" or "valid"
        The number of zeros to add on each side; "same" keeps the size of the input, "valid" adds
        none.
    dilation : int
        The distance between the elements of a window.
    groups : int
        The number of groups of channels, each with its own weight.
    bias : bool
        Whether to add a bias.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        What to fill the padding with.

    Raises
    ------
    OptionError
        If a size is invalid, or `groups` does not divide the channels.

    Examples
    --------
    >>> Conv1d(3, 8, 5)(np.zeros((2, 3, 16))).shape
    (2, 8, 12)
    """

    ndim = 1


class Conv2d(Convolution):
    """Convolution of inputs of shape (batch, channels, height, width).

    More precisely the cross-correlation, as usual in deep learning: each output is the sum of a
    window of the input times the weight, plus the bias. Weight and bias are initialised uniformly
    up to 1 / √(in_channels · kernel elements / groups).

    Parameters
    ----------
    in_channels, out_channels : int
        The number of channels of the input and of the output.
    kernel_size : int or (int, int)
        The size of the window.
    stride : int or (int, int)
        The distance between windows.
    padding : int or (int, int), "same" or "valid"
        The number of zeros to add on each side; "same" keeps the size of the input, "valid" adds
        none.
    dilation : int or (int, int)
        The distance between the elements of a window.
    groups : int
        The number of groups of channels, each with its own weight.
    bias : bool
        Whether to add a bias.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        What to fill the padding with.

    Raises
    ------
    OptionError
        If a size is invalid, or `groups` does not divide the channels.

    Examples
    --------
    >>> Conv2d(3, 8, 5, padding="same")(np.zeros((2, 3, 16, 16))).shape
    (2, 8, 16, 16)
    """

    ndim = 2


class Conv3d(Convolution):
    """Convolution of inputs of shape (batch, channels, depth, height, width).

    More precisely the cross-correlation, as usual in deep learning: each output is the sum of a
    window of the input times the weight, plus the bias. Weight and bias are initialised uniformly
    up to 1 / √(in_channels · kernel elements / groups).

    Parameters
    ----------
    in_channels, out_channels : int
        The number of channels of the input and of the output.
    kernel_size : int or (int, int, int)
        The size of the window.
    stride : int or (int, int, int)
        The distance between windows.
    padding : int or (int, int, int), "same" or "valid"
        The number of zeros to add on each side; "same" keeps the size of the input, "valid" adds
        none.
    dilation : int or (int, int, int)
        The distance between the elements of a window.
    groups : int
        The number of groups of channels, each with its own weight.
    bias : bool
        Whether to add a bias.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        What to fill the padding with.

    Raises
    ------
    OptionError
        If a size is invalid, or `groups` does not divide the channels.

    Examples
    --------
    >>> Conv3d(3, 8, 5, padding="same")(np.zeros((2, 3, 8, 8, 8))).shape
    (2, 8, 8, 8, 8)
    """

    ndim = 3
