"""Transposed convolution: `ConvTranspose1d` to `ConvTranspose3d`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import OptionError, ShapeError
from nn import init
from nn.arrays import shape_of
from nn.layers.convolution import spread
from nn.layers.sliding_window import Size, Windows, sizes_of, windows_of, with_batch
from nn.module import Module
from nn.parameter import Parameter


class ConvTranspose(Module):
    """The base class of `ConvTranspose1d` to `ConvTranspose3d`; for its parameters see there."""

    ndim: int
    output_axis = 1  # of the weight

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size = 1,
        generator: np.random.Generator | None = None,
    ) -> None:
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise OptionError(
                f"groups={groups} must divide in_channels={in_channels} and "
                f"out_channels={out_channels}."
            )
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.windows = windows_of(self.ndim, kernel_size, stride, padding, dilation)
        self.output_padding = sizes_of(self.ndim, output_padding, "output_padding", 0)
        pairs = zip(self.output_padding, self.windows.stride, self.windows.dilation, strict=True)
        if any(extra >= max(step, gap) for extra, step, gap in pairs):
            raise OptionError(
                f"output_padding={output_padding} must be smaller than stride={stride} or "
                f"dilation={dilation}."
            )
        shape = (in_channels, out_channels // groups, *self.windows.kernel)
        self.weight, _ = init.weight_and_bias(shape, False, generator)
        bound = float(np.abs(init.fans(shape)[0]) ** -0.5)
        self.bias = Parameter(init.uniform((out_channels,), bound, generator)) if bias else None

    def forward(self, x: Any, output_size: Any = None) -> Tensor:
        """Return the transposed convolution.

        Parameters
        ----------
        x : array_like, shape (batch, in_channels, *grid) or (in_channels, *grid)
            The input.
        output_size : sequence of int, optional
            The lengths of the larger grid, instead of `output_padding`.

        Returns
        -------
        Tensor, shape (batch, out_channels, *larger grid) or (out_channels, *larger grid)

        Raises
        ------
        ShapeError
            If the shape does not fit.
        """
        x, alone = with_batch(x, self.ndim, self.in_channels, type(self).__name__)
        y: Tensor = transposed(
            x, self.weight, self.bias, self.windows, self.groups, self.output_padding, output_size
        )
        return y[0] if alone else y


def transposed(
    x: Any,
    weight: Any,
    bias: Any,
    windows: Windows,
    groups: int,
    extra: tuple[int, ...],
    output_size: Any = None,
) -> Any:
    """Return the transposed convolution of a batch; see `ConvTranspose.forward`."""
    ndim = len(windows.kernel)
    lengths = [
        (n - 1) * step - sum(pad) + gap * (size - 1) + 1
        for n, step, pad, gap, size in zip(
            shape_of(x)[2:], windows.stride, windows.padding, windows.dilation,
            windows.kernel, strict=True,
        )
    ]  # fmt: skip
    if output_size is not None:
        wanted = tuple(output_size)[-ndim:]
        extra = tuple(n - least for n, least in zip(wanted, lengths, strict=True))
        if not all(0 <= n < step for n, step in zip(extra, windows.stride, strict=True)):
            raise ShapeError(
                f"output_size={wanted} does not fit an input of shape {shape_of(x)}, whose "
                f"result has at least {tuple(lengths)}, and less than a stride more."
            )
    beyond = [0] * ndim
    if any(n >= step for n, step in zip(extra, windows.stride, strict=True)):
        # Another window would fit in. What is added is cut off no more, and zeros beyond that.
        beyond = [max(n - after, 0) for n, (_, after) in zip(extra, windows.padding, strict=True)]
        windows = windows.with_less_padding(extra)
    lengths = [n + more - rest for n, more, rest in zip(lengths, extra, beyond, strict=True)]
    shape = (shape_of(x)[0], shape_of(weight)[1] * groups, *lengths)
    windows.counts(shape)  # or raise
    y = spread(x, weight, windows, groups, shape)
    if any(beyond):
        y = np.pad(y, ((0, 0), (0, 0), *((0, rest) for rest in beyond)))
    return y if bias is None else y + bias.reshape((-1,) + (1,) * ndim)


class ConvTranspose1d(ConvTranspose):
    """The transpose of `Conv1d`: each input adds its multiple of the weight to a window.

    Parameters
    ----------
    in_channels, out_channels : int
        The number of channels of the input and of the output.
    kernel_size : int
        The size of the window.
    stride : int
        The distance between windows, by which the output is longer.
    padding : int
        The number of elements to remove on each side.
    output_padding : int
        The number of elements to add at the end.
    groups : int
        The number of groups of channels, each with its own weight.
    bias : bool
        Whether to add a bias.
    dilation : int
        The distance between the elements of a window.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If a size is invalid, or `groups` does not divide the channels.

    Examples
    --------
    >>> ConvTranspose1d(3, 8, 4, stride=2, padding=1)(np.zeros((2, 3, 5))).shape
    (2, 8, 10)
    """

    ndim = 1


class ConvTranspose2d(ConvTranspose):
    """The transpose of `Conv2d`: each input adds its multiple of the weight to a window.

    Source: Zeiler, Krishnan, Taylor & Fergus, "Deconvolutional networks", 2010.

    Parameters
    ----------
    in_channels, out_channels : int
        The number of channels of the input and of the output.
    kernel_size : int or (int, int)
        The size of the window.
    stride : int or (int, int)
        The distance between windows, by which the output is larger.
    padding : int or (int, int)
        The number of elements to remove on each side.
    output_padding : int or (int, int)
        The number of elements to add at the end.
    groups : int
        The number of groups of channels, each with its own weight.
    bias : bool
        Whether to add a bias.
    dilation : int or (int, int)
        The distance between the elements of a window.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If a size is invalid, or `groups` does not divide the channels.

    Examples
    --------
    >>> ConvTranspose2d(3, 8, 4, stride=2, padding=1)(np.zeros((2, 3, 5, 5))).shape
    (2, 8, 10, 10)
    """

    ndim = 2


class ConvTranspose3d(ConvTranspose):
    """The transpose of `Conv2d`: each input adds its multiple of the weight to a window.

    Parameters
    ----------
    in_channels, out_channels : int
        The number of channels of the input and of the output.
    kernel_size : int or (int, int, int)
        The size of the window.
    stride : int or (int, int, int)
        The distance between windows, by which the output is larger.
    padding : int or (int, int, int)
        The number of elements to remove on each side.
    output_padding : int or (int, int, int)
        The number of elements to add at the end.
    groups : int
        The number of groups of channels, each with its own weight.
    bias : bool
        Whether to add a bias.
    dilation : int or (int, int, int)
        The distance between the elements of a window.
    generator : numpy.random.Generator, optional
        The generator for the initial weights; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If a size is invalid, or `groups` does not divide the channels.

    Examples
    --------
    >>> ConvTranspose3d(3, 8, 4, stride=2, padding=1)(np.zeros((2, 3, 5, 5, 5))).shape
    (2, 8, 10, 10, 10)
    """

    ndim = 3
