"""Pooling by powers, and the inverse of maximum pooling, under PyTorch's names."""

from __future__ import annotations

from typing import Any

from nn.layers.power_pooling import LPPool1d, LPPool2d, LPPool3d
from nn.layers.sliding_window import Size
from nn.layers.unpooling import MaxUnpool1d, MaxUnpool2d, MaxUnpool3d


def lp_pool1d(
    x: Any,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Any:
    """Return (Σ xᵖ)^(1/p) of each window; see `nn.LPPool1d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    norm_type, kernel_size, stride, ceil_mode
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> lp_pool1d(np.ones((1, 1, 4)), 2, 2).shape
    (1, 1, 2)
    """
    return LPPool1d(norm_type, kernel_size, stride, ceil_mode)(x)


def max_unpool1d(
    x: Any,
    indices: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    output_size: Any = None,
) -> Any:
    """Return maxima where they were, among zeros; see `nn.MaxUnpool1d`.

    Parameters
    ----------
    x : array_like or Tensor
        The maxima.
    indices : array_like of int
        Where they were in their flat channels, as ``max_pool1d(..., return_indices=True)`` returns
        it.
    kernel_size, stride, padding, output_size
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> from nn.functional import max_pool1d
    >>> y, indices = max_pool1d(np.ones((1, 1, 4)), 2, return_indices=True)
    >>> max_unpool1d(y, indices, 2).shape
    (1, 1, 4)
    """
    return MaxUnpool1d(kernel_size, stride, padding)(x, indices, output_size)


def lp_pool2d(
    x: Any,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Any:
    """Return (Σ xᵖ)^(1/p) of each window; see `nn.LPPool2d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    norm_type, kernel_size, stride, ceil_mode
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> lp_pool2d(np.ones((1, 1, 4, 4)), 2, 2).shape
    (1, 1, 2, 2)
    """
    return LPPool2d(norm_type, kernel_size, stride, ceil_mode)(x)


def max_unpool2d(
    x: Any,
    indices: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    output_size: Any = None,
) -> Any:
    """Return maxima where they were, among zeros; see `nn.MaxUnpool2d`.

    Parameters
    ----------
    x : array_like or Tensor
        The maxima.
    indices : array_like of int
        Where they were in their flat channels, as ``max_pool2d(..., return_indices=True)`` returns
        it.
    kernel_size, stride, padding, output_size
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> from nn.functional import max_pool2d
    >>> y, indices = max_pool2d(np.ones((1, 1, 4, 4)), 2, return_indices=True)
    >>> max_unpool2d(y, indices, 2).shape
    (1, 1, 4, 4)
    """
    return MaxUnpool2d(kernel_size, stride, padding)(x, indices, output_size)


def lp_pool3d(
    x: Any,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Any:
    """Return (Σ xᵖ)^(1/p) of each window; see `nn.LPPool3d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    norm_type, kernel_size, stride, ceil_mode
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> lp_pool3d(np.ones((1, 1, 4, 4, 4)), 2, 2).shape
    (1, 1, 2, 2, 2)
    """
    return LPPool3d(norm_type, kernel_size, stride, ceil_mode)(x)


def max_unpool3d(
    x: Any,
    indices: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    output_size: Any = None,
) -> Any:
    """Return maxima where they were, among zeros; see `nn.MaxUnpool3d`.

    Parameters
    ----------
    x : array_like or Tensor
        The maxima.
    indices : array_like of int
        Where they were in their flat channels, as ``max_pool3d(..., return_indices=True)`` returns
        it.
    kernel_size, stride, padding, output_size
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> from nn.functional import max_pool3d
    >>> y, indices = max_pool3d(np.ones((1, 1, 4, 4, 4)), 2, return_indices=True)
    >>> max_unpool3d(y, indices, 2).shape
    (1, 1, 4, 4, 4)
    """
    return MaxUnpool3d(kernel_size, stride, padding)(x, indices, output_size)
