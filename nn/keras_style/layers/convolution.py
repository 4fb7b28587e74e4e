"""Keras' convolutions: the channels are the last axis, kernels are (*grid, inputs, outputs)."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.keras_style.layers.core import Weighted
from nn.keras_style.layers.grid import Grid, channels_first, channels_last
from nn.layers.convolution import convolved, spread
from nn.layers.sliding_window import Windows, sizes_of

Sizes = tuple[int, ...]


def windows_over(
    grid: Any, kernel: Sizes, stride: Sizes, padding: str, dilation: Sizes | None = None
) -> Windows:
    """Return the windows of a grid: with "same" one for each stride, however the kernel fits.

    Examples
    --------
    >>> windows_over((5,), (2,), (2,), "same").padding
    ((0, 1),)
    """
    dilation = dilation or (1,) * len(kernel)
    sides = []
    for n, size, step, gap in zip(grid, kernel, stride, dilation, strict=True):
        missing = 0
        if padding == "same":
            missing = max((-(-n // step) - 1) * step + gap * (size - 1) + 1 - n, 0)
        elif padding == "causal":
            missing = 2 * gap * (size - 1)  # all of it before the first
        first = missing // 2
        sides.append((first, 0 if padding == "causal" else missing - first))
    return Windows(kernel, stride, tuple(sides), dilation)


def check_padding(padding: str, also: str = "") -> None:
    """Raise unless the padding is known."""
    if padding not in ("valid", "same", also):
        raise OptionError(f'padding={padding!r} must be "valid" or "same".')


class Conv(Grid, Weighted):
    """The base class of `Conv1D` to `Conv3D`.

    Parameters
    ----------
    filters : int
        The number of outputs.
    kernel_size : int or tuple of int
        The size of the kernel.
    strides, dilation_rate : int or tuple of int
        The distances of windows, and of the elements of a window.
    padding : {"valid", "same"}
        Whether to add zeros so that there is a window for each stride; for sequences also "causal".
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes.
    groups : int
        How many parts the channels are divided into.
    activation, use_bias, kernel_initializer, bias_initializer
        As for `Weighted`.
    **options
        Options of `Weighted` and `Layer`.
    """

    ndim: int

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(activation, data_format=data_format, **options)
        padding = padding.lower()
        check_padding(padding, "causal" if self.ndim == 1 else "")
        self.filters, self.groups, self.padding = filters, groups, padding
        self.kernel_size = sizes_of(self.ndim, kernel_size, "kernel_size", 1)
        self.strides = sizes_of(self.ndim, strides, "strides", 1)
        self.dilation_rate = sizes_of(self.ndim, dilation_rate, "dilation_rate", 1)
        if filters % groups:
            raise OptionError(f"groups={groups} must divide filters={filters}.")

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        if len(input_shape) != self.ndim + 2 or input_shape[-1] % self.groups:
            raise ShapeError(
                f"{self.name} got inputs of shape {input_shape}; it takes {self.ndim + 2} axes, "
                f"(batch, ..., channels)"
                + (f", with channels in {self.groups} groups." if self.groups > 1 else ".")
            )
        inputs = input_shape[-1] // self.groups
        self.make((*self.kernel_size, inputs, self.filters), (self.filters,))

    def call(self, inputs: Any) -> Any:
        """Return the convolution.

        Parameters
        ----------
        inputs : array_like, shape (batch, *grid, channels)
            The inputs.
        """
        windows = windows_over(
            inputs.shape[1:-1], self.kernel_size, self.strides, self.padding, self.dilation_rate
        )
        x, weight = channels_first(inputs), self.weight()
        windows.counts(x.shape)  # or raise
        if x.shape[1] != weight.shape[1] * self.groups:
            raise ShapeError(
                f"{self.name} got inputs of shape {inputs.shape}; its kernel takes "
                f"{weight.shape[1] * self.groups} channels."
            )
        y = convolved(x, weight, self.bias, windows, self.groups)
        return self.activated(channels_last(y))

    def weight(self) -> Any:
        """Return the kernel with its outputs and inputs as the first axes."""
        return np.moveaxis(self.kernel, (-1, -2), (0, 1))


class Conv1D(Conv):
    """Convolution of sequences (batch, steps, channels); see `Conv`.

    Examples
    --------
    >>> Conv1D(4, 3, padding="causal")(np.ones((2, 5, 1))).shape
    (2, 5, 4)
    """

    ndim = 1


class Conv2D(Conv):
    """Convolution of images (batch, height, width, channels); see `Conv`.

    Examples
    --------
    >>> layer = Conv2D(4, 3, strides=2, padding="same", activation="relu")
    >>> layer(np.ones((2, 5, 5, 1))).shape, layer.kernel.shape
    ((2, 3, 3, 4), (3, 3, 1, 4))
    """

    ndim = 2


class Conv3D(Conv):
    """Convolution of volumes (batch, depth, height, width, channels); see `Conv`."""

    ndim = 3


def transposed(x: Any, weight: Any, strides: Sizes, padding: str) -> Any:
    """Return a transposed convolution: where "same", of the lengths times the strides.

    Parameters
    ----------
    x : array, shape (batch, channels, *grid)
        The inputs.
    weight : array, shape (channels, outputs, *sizes)
        The kernel.
    strides : tuple of int
        The factors of the lengths.
    padding : {"valid", "same"}
        Whether parts of windows beyond the ends are left out.
    """
    sizes = zip(x.shape[2:], weight.shape[2:], strides, strict=True)
    extra = padding == "valid"
    grid = tuple(n * step + extra * max(size - step, 0) for n, size, step in sizes)
    windows = windows_over(grid, weight.shape[2:], strides, padding)
    return spread(x, weight, windows, 1, (x.shape[0], weight.shape[1], *grid))


class ConvTranspose(Grid, Weighted):
    """The base class of `Conv1DTranspose` to `Conv3DTranspose`.

    Parameters
    ----------
    filters : int
        The number of outputs.
    kernel_size, strides : int or tuple of int
        The size of the kernel, and the factor of each length.
    padding : {"valid", "same"}
        Whether the lengths are multiplied by the strides exactly.
    output_padding : None
        Not here.
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes.
    dilation_rate : int or tuple of int
        1.
    activation, use_bias, kernel_initializer, bias_initializer
        As for `Weighted`.
    **options
        Options of `Weighted` and `Layer`.
    """

    ndim: int
    fixed = ("output_padding", "dilation_rate")

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: None = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(activation, data_format=data_format, **options)
        padding = padding.lower()
        check_padding(padding)
        if output_padding is not None or {*np.ravel(dilation_rate).tolist()} != {1}:
            raise OptionError(f"{self.name} has no output_padding= and dilation_rate= here.")
        self.filters, self.padding = filters, padding
        self.kernel_size = sizes_of(self.ndim, kernel_size, "kernel_size", 1)
        self.strides = sizes_of(self.ndim, strides, "strides", 1)

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        self.make((*self.kernel_size, self.filters, input_shape[-1]), (self.filters,))

    def call(self, inputs: Any) -> Any:
        """Return the transposed convolution.

        Parameters
        ----------
        inputs : array_like, shape (batch, *grid, channels)
            The inputs.
        """
        weight = np.moveaxis(self.kernel, (-1, -2), (0, 1))
        y = channels_last(transposed(channels_first(inputs), weight, self.strides, self.padding))
        return self.activated(y if self.bias is None else y + self.bias)


class Conv1DTranspose(ConvTranspose):
    """The transpose of `Conv1D`; see `ConvTranspose`."""

    ndim = 1


class Conv2DTranspose(ConvTranspose):
    """The transpose of `Conv2D`, which makes images larger; see `ConvTranspose`.

    Examples
    --------
    >>> Conv2DTranspose(3, 3, strides=2, padding="same")(np.ones((2, 5, 5, 1))).shape
    (2, 10, 10, 3)
    """

    ndim = 2


class Conv3DTranspose(ConvTranspose):
    """Transposed convolution of volumes; see `ConvTranspose`."""

    ndim = 3
