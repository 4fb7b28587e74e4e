"""Functions of images and other grids, under PyTorch's names; each is a layer of `nn`."""

from __future__ import annotations

from typing import Any

from autograd.errors import OptionError
from nn.arrays import floating, shape_of
from nn.layers.activations import leaky_relu
from nn.layers.adaptive_pooling import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
)
from nn.layers.group_norm import group_normalised
from nn.layers.local_response_norm import LocalResponseNorm
from nn.layers.resampling import PixelShuffle, PixelUnshuffle
from nn.layers.sliding_window import Size, sizes_of, windows_of, with_batch
from nn.layers.transposed import transposed
from nn.layers.unfolding import Fold, Unfold


def adaptive_avg_pool1d(x: Any, output_size: Any) -> Any:
    """Return the averages over windows; see `nn.AdaptiveAvgPool1d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    output_size
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_avg_pool1d(np.ones((1, 1, 4)), 2).shape
    (1, 1, 2)
    """
    return AdaptiveAvgPool1d(output_size)(x)


def adaptive_avg_pool2d(x: Any, output_size: Any) -> Any:
    """Return the averages over windows; see `nn.AdaptiveAvgPool2d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    output_size
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_avg_pool2d(np.ones((1, 1, 4, 4)), 2).shape
    (1, 1, 2, 2)
    """
    return AdaptiveAvgPool2d(output_size)(x)


def adaptive_avg_pool3d(x: Any, output_size: Any) -> Any:
    """Return the averages over windows; see `nn.AdaptiveAvgPool3d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    output_size
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_avg_pool3d(np.ones((1, 1, 4, 4, 4)), 2).shape
    (1, 1, 2, 2, 2)
    """
    return AdaptiveAvgPool3d(output_size)(x)


def adaptive_max_pool1d(x: Any, output_size: Any) -> Any:
    """Return the largest elements of windows; see `nn.AdaptiveMaxPool1d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    output_size
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_max_pool1d(np.ones((1, 1, 4)), 2).shape
    (1, 1, 2)
    """
    return AdaptiveMaxPool1d(output_size)(x)


def adaptive_max_pool2d(x: Any, output_size: Any) -> Any:
    """Return the largest elements of windows; see `nn.AdaptiveMaxPool2d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    output_size
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_max_pool2d(np.ones((1, 1, 4, 4)), 2).shape
    (1, 1, 2, 2)
    """
    return AdaptiveMaxPool2d(output_size)(x)


def adaptive_max_pool3d(x: Any, output_size: Any) -> Any:
    """Return the largest elements of windows; see `nn.AdaptiveMaxPool3d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    output_size
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_max_pool3d(np.ones((1, 1, 4, 4, 4)), 2).shape
    (1, 1, 2, 2, 2)
    """
    return AdaptiveMaxPool3d(output_size)(x)


def conv_transpose1d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Any:
    """Return the transposed convolution of an input; see `nn.ConvTranspose1d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    weight : array_like or Tensor, shape (inputs, outputs / groups, *kernel)
        The weight.
    bias : array_like or Tensor, shape (outputs,), optional
        The bias.
    stride, padding, output_padding, groups, dilation
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> conv_transpose1d(np.ones((1, 3, 4)), np.ones((3, 2, 4)), stride=2, padding=1).shape
    (1, 2, 8)
    """
    return _transposed(1, x, weight, bias, (stride, padding, dilation), output_padding, groups)


def conv_transpose2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Any:
    """Return the transposed convolution of an input; see `nn.ConvTranspose2d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    weight : array_like or Tensor, shape (inputs, outputs / groups, *kernel)
        The weight.
    bias : array_like or Tensor, shape (outputs,), optional
        The bias.
    stride, padding, output_padding, groups, dilation
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> conv_transpose2d(np.ones((1, 3, 4, 4)), np.ones((3, 2, 4, 4)), stride=2, padding=1).shape
    (1, 2, 8, 8)
    """
    return _transposed(2, x, weight, bias, (stride, padding, dilation), output_padding, groups)


def conv_transpose3d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Any:
    """Return the transposed convolution of an input; see `nn.ConvTranspose3d`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    weight : array_like or Tensor, shape (inputs, outputs / groups, *kernel)
        The weight.
    bias : array_like or Tensor, shape (outputs,), optional
        The bias.
    stride, padding, output_padding, groups, dilation
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> conv_transpose3d(np.ones((1, 3, 4, 4, 4)), np.ones((3, 2, 4, 4, 4))).shape
    (1, 2, 7, 7, 7)
    """
    return _transposed(3, x, weight, bias, (stride, padding, dilation), output_padding, groups)


def _transposed(
    ndim: int, x: Any, weight: Any, bias: Any, settings: Any, output_padding: Size, groups: int
) -> Any:
    shape = shape_of(weight)
    stride, padding, dilation = settings
    x, alone = with_batch(x, ndim, shape[0], f"conv_transpose{ndim}d")
    windows = windows_of(ndim, shape[2:], stride, padding, dilation)
    extra = sizes_of(ndim, output_padding, "output_padding", 0)
    limits = zip(extra, windows.stride, windows.dilation, strict=True)
    if any(n >= max(step, gap) for n, step, gap in limits):
        raise OptionError(
            f"output_padding={output_padding} must be smaller than stride={stride} or "
            f"dilation={dilation}."
        )
    y = transposed(x, weight, bias, windows, groups, extra)
    return y[0] if alone else y


def pixel_shuffle(x: Any, upscale_factor: int) -> Any:
    """Return pixels moved from channels into the grid; see `nn.PixelShuffle`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    upscale_factor
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> pixel_shuffle(np.ones((1, 8, 2, 2)), 2).shape
    (1, 2, 4, 4)
    """
    return PixelShuffle(upscale_factor)(x)


def pixel_unshuffle(x: Any, downscale_factor: int) -> Any:
    """Return pixels moved from the grid into channels; see `nn.PixelUnshuffle`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    downscale_factor
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> pixel_unshuffle(np.ones((1, 2, 4, 4)), 2).shape
    (1, 8, 2, 2)
    """
    return PixelUnshuffle(downscale_factor)(x)


def unfold(
    x: Any, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
) -> Any:
    """Return windows as columns; see `nn.Unfold`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    kernel_size, dilation, padding, stride
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> unfold(np.ones((1, 3, 4, 4)), 2).shape
    (1, 12, 9)
    """
    return Unfold(kernel_size, dilation, padding, stride)(x)


def fold(
    x: Any,
    output_size: Size,
    kernel_size: Size,
    dilation: Size = 1,
    padding: Size = 0,
    stride: Size = 1,
) -> Any:
    """Return images from columns; see `nn.Fold`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    output_size, kernel_size, dilation, padding, stride
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> fold(np.ones((1, 12, 9)), 4, 2).shape
    (1, 3, 4, 4)
    """
    return Fold(output_size, kernel_size, dilation, padding, stride)(x)


def group_norm(
    x: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Return x normalised in groups of channels; see `nn.GroupNorm`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    num_groups, eps
        As for the layer.
    weight, bias : array_like or Tensor, shape (channels,), optional
        Of each channel.

    Examples
    --------
    >>> import numpy as np
    >>> group_norm(np.ones((1, 4, 2)), 2).shape
    (1, 4, 2)
    """
    return group_normalised(floating(x), num_groups, weight, bias, eps)


def local_response_norm(
    x: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Any:
    """Return x normalised by neighbouring channels; see `nn.LocalResponseNorm`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    size, alpha, beta, k
        As for the layer.

    Examples
    --------
    >>> import numpy as np
    >>> local_response_norm(np.ones((1, 4, 2)), 2).shape
    (1, 4, 2)
    """
    return LocalResponseNorm(size, alpha, beta, k)(x)


def prelu(x: Any, weight: Any) -> Any:
    """Return x where it is positive, elsewhere a slope times x; see `nn.PReLU`.

    Parameters
    ----------
    x : array_like or Tensor
        The input.
    weight : array_like or Tensor, shape (1,) or (channels,)
        The slope, perhaps of each channel.

    Examples
    --------
    >>> import numpy as np
    >>> prelu(np.array([-4.0, 2.0]), np.array([0.25]))
    array([-1.,  2.])
    """
    x = floating(x)
    slopes = shape_of(weight)[0]
    if slopes > 1 and len(shape_of(x)) > 1:
        weight = weight.reshape((-1,) + (1,) * (len(shape_of(x)) - 2))
    return leaky_relu(x, weight)
