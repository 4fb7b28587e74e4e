"""Convolution and pooling."""

from __future__ import annotations

from typing import Any

from nn.arrays import shape_of
from nn.layers.convolution import convolved
from nn.layers.pooling import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from nn.layers.sliding_window import Size, windows_of, with_batch


def _convolution(
    ndim: int, x: Any, weight: Any, bias: Any, settings: tuple[Any, ...], groups: int
) -> Any:
    stride, padding, dilation = settings
    shape = shape_of(weight)
    x, alone = with_batch(x, ndim, shape[1] * groups, f"conv{ndim}d")
    windows = windows_of(ndim, shape[2:], stride, padding, dilation)
    windows.counts(shape_of(x))  # or raise
    y = convolved(x, weight, bias, windows, groups)
    return y[0] if alone else y


def conv1d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Any:
    """Return the convolution of an input; see `nn.Conv1d`.

    Parameters
    ----------
    x : array_like or Tensor, shape (batch, channels, length)
        The input.
    weight : array_like or Tensor, shape (outputs, channels / groups, *kernel)
        The weight.
    bias : array_like or Tensor, shape (outputs,), optional
        The bias.
    stride, padding, dilation, groups
        As for `nn.Conv1d`.

    Examples
    --------
    >>> import numpy as np
    >>> conv1d(np.ones((1, 1, 5)), np.ones((2, 1, 3))).shape
    (1, 2, 3)
    """
    return _convolution(1, x, weight, bias, (stride, padding, dilation), groups)


def conv2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Any:
    """Return the convolution of an input; see `nn.Conv2d`.

    Parameters
    ----------
    x : array_like or Tensor, shape (batch, channels, height, width)
        The input.
    weight : array_like or Tensor, shape (outputs, channels / groups, *kernel)
        The weight.
    bias : array_like or Tensor, shape (outputs,), optional
        The bias.
    stride, padding, dilation, groups
        As for `nn.Conv2d`.

    Examples
    --------
    >>> import numpy as np
    >>> conv2d(np.ones((1, 1, 5, 5)), np.ones((2, 1, 3, 3))).shape
    (1, 2, 3, 3)
    """
    return _convolution(2, x, weight, bias, (stride, padding, dilation), groups)


def conv3d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Any:
    """Return the convolution of an input; see `nn.Conv3d`.

    Parameters
    ----------
    x : array_like or Tensor, shape (batch, channels, depth, height, width)
        The input.
    weight : array_like or Tensor, shape (outputs, channels / groups, *kernel)
        The weight.
    bias : array_like or Tensor, shape (outputs,), optional
        The bias.
    stride, padding, dilation, groups
        As for `nn.Conv3d`.

    Examples
    --------
    >>> import numpy as np
    >>> conv3d(np.ones((1, 1, 5, 5, 5)), np.ones((2, 1, 3, 3, 3))).shape
    (1, 2, 3, 3, 3)
    """
    return _convolution(3, x, weight, bias, (stride, padding, dilation), groups)


def max_pool1d(
    x: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the maximum of each window; see `nn.MaxPool1d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    kernel_size, stride, padding, dilation, ceil_mode, return_indices
        As for `nn.MaxPool1d`.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool1d(np.ones((1, 1, 4)), 2).shape
    (1, 1, 2)
    """
    layer = MaxPool1d(kernel_size, stride, padding, dilation, return_indices, ceil_mode)
    return layer(x)


def avg_pool1d(
    x: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """Return the average of each window; see `nn.AvgPool1d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        As for `nn.AvgPool1d`.

    Examples
    --------
    >>> import numpy as np
    >>> avg_pool1d(np.ones((1, 1, 4)), 2).shape
    (1, 1, 2)
    """
    layer = AvgPool1d(
        kernel_size,
        stride,
        padding,
        ceil_mode,
        count_include_pad,
        divisor_override,
    )
    return layer(x)


def max_pool2d(
    x: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the maximum of each window; see `nn.MaxPool2d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    kernel_size, stride, padding, dilation, ceil_mode, return_indices
        As for `nn.MaxPool2d`.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool2d(np.ones((1, 1, 4, 4)), 2).shape
    (1, 1, 2, 2)
    """
    layer = MaxPool2d(kernel_size, stride, padding, dilation, return_indices, ceil_mode)
    return layer(x)


def max_pool3d(
    x: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Return the maximum of each window; see `nn.MaxPool3d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    kernel_size, stride, padding, dilation, ceil_mode, return_indices
        As for `nn.MaxPool3d`.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool3d(np.ones((1, 1, 4, 4, 4)), 2).shape
    (1, 1, 2, 2, 2)
    """
    layer = MaxPool3d(kernel_size, stride, padding, dilation, return_indices, ceil_mode)
    return layer(x)


def avg_pool2d(
    x: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """Return the average of each window; see `nn.AvgPool2d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        As for `nn.AvgPool2d`.

    Examples
    --------
    >>> import numpy as np
    >>> avg_pool2d(np.ones((1, 1, 4, 4)), 2).shape
    (1, 1, 2, 2)
    """
    layer = AvgPool2d(
        kernel_size,
        stride,
        padding,
        ceil_mode,
        count_include_pad,
        divisor_override,
    )
    return layer(x)


def avg_pool3d(
    x: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """Return the average of each window; see `nn.AvgPool3d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        As for `nn.AvgPool3d`.

    Examples
    --------
    >>> import numpy as np
    >>> avg_pool3d(np.ones((1, 1, 4, 4, 4)), 2).shape
    (1, 1, 2, 2, 2)
    """
    layer = AvgPool3d(
        kernel_size,
        stride,
        padding,
        ceil_mode,
        count_include_pad,
        divisor_override,
    )
    return layer(x)
