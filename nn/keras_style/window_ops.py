"""Keras' ``ops`` over windows of a grid: convolutions and pooling."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.arrays import floating, shape_of
from nn.keras_style.layers.convolution import check_padding, transposed, windows_over
from nn.keras_style.layers.grid import FORMATS, channels_first, channels_last
from nn.keras_style.layers.pooling import window_mean
from nn.keras_style.symbolic import lifted
from nn.layers.convolution import convolved
from nn.layers.pooled_windows import window_max
from nn.layers.sliding_window import Windows, sizes_of


def _inputs(inputs: Any, data_format: str | None) -> Any:
    """Return inputs with their channels as the second axis."""
    if data_format not in FORMATS:
        raise OptionError(f"data_format={data_format!r} must be one of {FORMATS[1:]}.")
    x = floating(inputs)
    if not 3 <= x.ndim <= 5:
        raise ShapeError(
            f"inputs has shape {x.shape}; it must have 3 to 5 axes: examples, channels and a grid "
            "of 1 to 3."
        )
    return x if data_format == "channels_first" else channels_first(x)


def _outputs(y: Any, data_format: str | None) -> Any:
    return y if data_format == "channels_first" else channels_last(y)


def _windows(x: Any, size: Any, strides: Any, padding: str, dilation: Any = 1) -> Windows:
    ndim, padding = x.ndim - 2, padding.lower()
    check_padding(padding, "causal" if ndim == 1 else "")
    windows = windows_over(
        x.shape[2:], size, sizes_of(ndim, strides, "strides", 1), padding,
        sizes_of(ndim, dilation, "dilation_rate", 1),
    )  # fmt: skip
    windows.counts(x.shape)  # or raise
    return windows


def _kernel(x: Any, kernel: Any) -> Any:
    """Return a kernel with its last two axes as the first ones."""
    weight = floating(kernel)
    if weight.ndim != x.ndim:
        raise ShapeError(
            f"kernel has shape {weight.shape}; for inputs of {x.ndim} axes it must have as many."
        )
    return np.moveaxis(weight, (-1, -2), (0, 1))


@lifted
def conv(
    inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid",
    data_format: str | None = None, dilation_rate: Any = 1,
) -> Any:  # fmt: skip
    """Return a convolution, as the layer `Conv2D` computes it.

    Parameters
    ----------
    inputs : array_like, shape (batch, *grid, channels)
        The inputs.
    kernel : array_like, shape (*sizes, inputs, outputs)
        The kernel; of fewer inputs than channels each group of these has its own outputs.
    strides, dilation_rate : int or tuple of int
        The distances of windows, and of the elements of a window.
    padding : {"valid", "same"}
        Whether to add zeros so that there is a window for each stride; for sequences also "causal".
    data_format : {"channels_last", "channels_first"}, optional
        The order of the axes of inputs and outputs.
    """
    x = _inputs(inputs, data_format)
    weight = _kernel(x, kernel)
    if x.shape[1] % weight.shape[1] or weight.shape[0] % (x.shape[1] // weight.shape[1]):
        raise ShapeError(
            f"inputs has {x.shape[1]} channels, which a kernel of shape {shape_of(kernel)} does "
            "not divide."
        )
    windows = _windows(x, weight.shape[2:], strides, padding, dilation_rate)
    return _outputs(convolved(x, weight, None, windows, x.shape[1] // weight.shape[1]), data_format)


@lifted
def depthwise_conv(
    inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid",
    data_format: str | None = None, dilation_rate: Any = 1,
) -> Any:  # fmt: skip
    """Return a convolution of each channel by itself.

    Parameters
    ----------
    inputs : array_like, shape (batch, *grid, channels)
        The inputs.
    kernel : array_like, shape (*sizes, channels, multiplier)
        The kernels of each channel.
    strides, padding, data_format, dilation_rate
        As for `conv`.
    """
    x, weight = _inputs(inputs, data_format), floating(kernel)
    if weight.ndim != x.ndim or weight.shape[-2] != x.shape[1]:
        raise ShapeError(
            f"kernel has shape {weight.shape}; for {x.shape[1]} channels it must have the shape "
            f"(*sizes, {x.shape[1]}, multiplier), with {x.ndim} axes."
        )
    flat = np.reshape(weight, (*weight.shape[:-2], 1, weight.shape[-2] * weight.shape[-1]))
    return conv(inputs, flat, strides, padding, data_format, dilation_rate)


@lifted
def separable_conv(
    inputs: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = 1,
    padding: str = "valid", data_format: str | None = None, dilation_rate: Any = 1,
) -> Any:  # fmt: skip
    """Return a convolution of each channel by itself, and one of all channels behind it.

    Parameters
    ----------
    inputs : array_like, shape (batch, *grid, channels)
        The inputs.
    depthwise_kernel : array_like, shape (*sizes, channels, multiplier)
        The kernels of each channel.
    pointwise_kernel : array_like, shape (1, ..., channels · multiplier, outputs)
        The kernel behind them.
    strides, padding, data_format, dilation_rate
        As for `conv`.
    """
    each = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(each, pointwise_kernel, data_format=data_format)


@lifted
def conv_transpose(
    inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid", output_padding: None = None,
    data_format: str | None = None, dilation_rate: Any = 1,
) -> Any:  # fmt: skip
    """Return a transposed convolution, as the layer `Conv2DTranspose` computes it.

    Parameters
    ----------
    inputs : array_like, shape (batch, *grid, channels)
        The inputs.
    kernel : array_like, shape (*sizes, outputs, channels)
        The kernel.
    strides : int or tuple of int
        The factor of each length.
    padding : {"valid", "same"}
        Whether the lengths are multiplied by the strides exactly.
    output_padding : None
        Not here.
    data_format : {"channels_last", "channels_first"}, optional
        The order of the axes of inputs and outputs.
    dilation_rate : int or tuple of int
        1.
    """
    if output_padding is not None or {*np.ravel(dilation_rate).tolist()} != {1}:
        raise OptionError("conv_transpose has no output_padding= and dilation_rate= here.")
    x = _inputs(inputs, data_format)
    weight = _kernel(x, kernel)
    if weight.shape[0] != x.shape[1]:
        raise ShapeError(
            f"kernel has shape {shape_of(kernel)}; for {x.shape[1]} channels its last axis must "
            "have as many."
        )
    check_padding(padding.lower())
    steps = sizes_of(x.ndim - 2, strides, "strides", 1)
    return _outputs(transposed(x, weight, steps, padding.lower()), data_format)


@lifted
def max_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid",
    data_format: str | None = None,
) -> Any:  # fmt: skip
    """Return the maximum of each window.

    Parameters
    ----------
    inputs : array_like, shape (batch, *grid, channels)
        The inputs.
    pool_size : int or tuple of int
        The size of a window.
    strides : int or tuple of int, optional
        The distances of windows; by default their size.
    padding : {"valid", "same"}
        Whether there is a window for each stride, also where it reaches beyond the end.
    data_format : {"channels_last", "channels_first"}, optional
        The order of the axes of inputs and outputs.
    """
    x = _inputs(inputs, data_format)
    return _outputs(window_max(x, _pools(x, pool_size, strides, padding)), data_format)


@lifted
def average_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid",
    data_format: str | None = None,
) -> Any:  # fmt: skip
    """Return the average of each window, of which what is beyond the end is no part.

    Parameters
    ----------
    inputs, pool_size, strides, padding, data_format
        As for `max_pool`.
    """
    x = _inputs(inputs, data_format)
    return _outputs(window_mean(x, _pools(x, pool_size, strides, padding)), data_format)


def _pools(x: Any, pool_size: Any, strides: Any, padding: str) -> Windows:
    size = sizes_of(x.ndim - 2, pool_size, "pool_size", 1)
    check_padding(padding.lower())
    return _windows(x, size, size if strides is None else strides, padding)


OF_WINDOWS = (conv, depthwise_conv, separable_conv, conv_transpose, max_pool, average_pool)
