"""The normalisation layers `BatchNorm1d` to `BatchNorm3d`, `LayerNorm` and `RMSNorm`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Tensor, define
from autograd.errors import BatchError, ShapeError
from nn import init
from nn.arrays import floating, shape_of
from nn.layers.norm_kernels import normalise, normalise_back, sum_channels, sum_like
from nn.layers.norm_parts import BuffersFor
from nn.module import Module
from nn.notation import NORMALISED, SCALED
from nn.parameter import Parameter


class Kept:
    """What the passes have found out about one input, for those that follow."""

    def __init__(self) -> None:
        self.x: Any = None
        self.mean: Any = None
        self.variance: Any = None
        self.g: Any = None
        self.weight: Any = None
        #: The derivatives for g and this weight that have not been asked for.
        self.derivatives: dict[int, Any] = {}


def in_shapes(x: Any, weight: Any, bias: Any, shape: Any, along: Any) -> tuple[Any, Any, Any]:
    """Return x in a shape, and a weight and a bias in another; None leaves them as they are."""
    x = x if shape is None else x.reshape(shape)
    if along is None:
        return x, weight, bias
    weight = None if weight is None else weight.reshape(along)
    return x, weight, None if bias is None else bias.reshape(along)


def normalised_array(
    x: Any, weight: Any, bias: Any, axes: Any, eps: float, centred: bool, kept: Kept,
    shape: Any = None, along: Any = None,
) -> Any:  # fmt: skip
    """Compute (x - mean) / √(variance + eps) · weight + bias, perhaps in other shapes."""
    rows = in_shapes(x, weight, bias, shape, along)
    y, kept.mean, kept.variance = normalise(*rows, axes, eps, centred)
    kept.x = x
    return y if shape is None else y.reshape(x.shape)


def derivative(
    argnum: int, g: Any, x: Any, weight: Any, bias: Any, axes: Any, eps: float, centred: bool,
    kept: Kept, shape: Any = None, along: Any = None,
) -> Any:  # fmt: skip
    """Return the derivative for x, the weight or the bias; all are computed together."""
    is_known = kept.g is g and kept.x is x and kept.weight is weight
    if not is_known or argnum not in kept.derivatives:
        rows = in_shapes(x, weight, bias, shape, along)
        slopes = g if shape is None else g.reshape(shape)
        if (
            isinstance(g, Tensor)
            or isinstance(x, Tensor)
            or isinstance(weight, Tensor)
            or isinstance(bias, Tensor)
        ):
            found = recorded_derivatives(slopes, *rows, axes, eps, centred)
            return found[argnum].reshape(np.shape((x, weight, bias)[argnum]))
        mean, variance = kept.mean, kept.variance
        if kept.x is not x:
            _, mean, variance = normalise(rows[0], rows[1], None, axes, eps, centred)
        found = normalise_back(slopes, *rows, mean, variance, axes, eps)
        rest = zip(range(argnum, 3), found[argnum:], strict=True)
        kept.g, kept.weight = g, weight
        kept.derivatives = {k: one for k, one in rest if one is not None}
    wanted = kept.derivatives.pop(argnum)
    if not kept.derivatives:
        kept.g = None
    return wanted if shape is along is None else wanted.reshape((x, weight, bias)[argnum].shape)


def recorded_derivatives(
    g: Any, x: Any, weight: Any, bias: Any, axes: Any, eps: float, centred: bool
) -> tuple[Any, Any, Any]:
    """Return the same for nodes, as nodes."""
    if centred:
        x = x - np.mean(x, axis=axes, keepdims=True)
    inverse = 1 / np.sqrt(np.mean(x * x, axis=axes, keepdims=True) + eps)
    standard = x * inverse
    scaled = g if weight is None else g * weight
    along = standard * np.mean(scaled * standard, axis=axes, keepdims=True)
    if centred:
        scaled = scaled - np.mean(scaled, axis=axes, keepdims=True)
    by_weight = None if weight is None else sum_like(g * standard, weight)
    return inverse * (scaled - along), by_weight, None if bias is None else sum_like(g, bias)


# fmt: off
normalised = define(normalised_array,
    lambda g, y, *arguments: derivative(0, g, *arguments),
    lambda g, y, *arguments: derivative(1, g, *arguments),
    lambda g, y, *arguments: derivative(2, g, *arguments),
    fresh_results=True, name="normalise", notation=NORMALISED)
# fmt: on


def scale_channels(x: Any, mean: Any, scale: Any, bias: Any) -> Any:
    """Compute (x - mean) · scale + bias, where what is None is left out."""
    if type(x) is not np.ndarray:
        y = (x if mean is None else x - mean) * scale
        return y if bias is None else y + bias
    with BuffersFor(x, 2):
        y = x * scale if mean is None else x - mean
        if mean is not None:
            y *= scale
        if bias is not None:
            y += bias
    return y


#: (x - mean) · scale + bias for each channel in one step, because the steps on a large array take
#: as long as reading and writing it.
scaled = define(
    scale_channels,
    lambda g, y, x, mean, scale, bias: scale_channels(g, None, scale, None),
    lambda g, y, x, mean, scale, bias: -scale * sum_channels(g, mean, None, None),
    lambda g, y, x, mean, scale, bias: sum_channels(g, scale, x, mean),
    lambda g, y, x, mean, scale, bias: sum_channels(g, bias, None, None),
    fresh_results=True,
    name="scale_channels",
    notation=SCALED,
)


class BatchNorm(Module):
    """The base class of `BatchNorm1d` to `BatchNorm3d`; for its parameters see there."""

    ndims: tuple[int, ...]  # the numbers of axes that the input may have
    running_mean: Any
    running_var: Any
    num_batches_tracked: Any

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.weight = Parameter(init.ones((num_features,))) if affine else None
        self.bias = Parameter(init.zeros((num_features,))) if affine else None
        self.track_running_stats = track_running_stats
        if track_running_stats:
            self.register_buffer("running_mean", init.zeros((num_features,)))
            self.register_buffer("running_var", init.ones((num_features,)))
            self.register_buffer("num_batches_tracked", np.array(0))

    def forward(self, x: Any) -> Tensor:
        """Return x normalised, scaled and shifted, of the same shape.

        Parameters
        ----------
        x : array_like, shape (batch, num_features, ...)
            The input.

        Raises
        ------
        ShapeError
            If the shape does not fit; or in training mode, if a channel has only one number.
        """
        x = floating(x)
        shape = shape_of(x)
        if len(shape) not in self.ndims or shape[1] != self.num_features:
            raise ShapeError(
                f"{type(self).__name__}({self.num_features}) got an input of shape {shape}; it "
                f"takes {' or '.join(map(str, self.ndims))} axes, the second of length "
                f"{self.num_features}."
            )
        along = (1, self.num_features) + (1,) * (len(shape) - 2)
        y: Tensor
        if self.track_running_stats and not self.training:
            y = self._by_running_stats(x, along)
            return y
        axes = (0, *range(2, len(shape)))
        count = math.prod(shape[axis] for axis in axes)
        if self.training and count < 2:
            raise ShapeError(
                f"In training mode {type(self).__name__} needs more than one number in each "
                f"channel, but the input has shape {shape}. For inference call model.eval() first."
            )
        kept = Kept()
        y = normalised(x, self.weight, self.bias, axes, self.eps, True, kept, None, along)
        if self.training and self.track_running_stats:
            self._track(kept, count)
        return y

    def _by_running_stats(self, x: Any, along: tuple[int, ...]) -> Any:
        weight, bias = (
            None if parameter is None else np.reshape(parameter, along)
            for parameter in (self.weight, self.bias)
        )
        mean, variance = self.running_mean.reshape(along), self.running_var.reshape(along)
        scale = 1 / np.sqrt(variance + self.eps)
        scale = scale if weight is None else weight * scale
        if len(along) > 2:
            return scaled(x, mean, scale, bias)
        y = (x - mean) * scale
        return y if bias is None else y + bias

    def reset_running_stats(self) -> None:
        """Set the running statistics to those before the first batch."""
        if self.track_running_stats:
            self.running_mean[...], self.running_var[...] = 0.0, 1.0
            self.num_batches_tracked[...] = 0

    def _track(self, kept: Kept, count: int) -> None:
        share = self.momentum
        if share is None:
            share = (1 / (self.num_batches_tracked + 1)).item()
        unbiased = kept.variance.reshape(-1) * (count / (count - 1))
        # Changed in place by other names: setting an attribute of a module costs more.
        running_mean, running_var = self.running_mean, self.running_var
        batches = self.num_batches_tracked
        try:
            running_mean += share * (kept.mean.reshape(-1) - running_mean)
        except BatchError as error:
            raise BatchError(
                f"{type(self).__name__} in training mode changes its running statistics, which all "
                "entries of the batch share, by those of each entry. Call model.eval() first, or "
                "make it with track_running_stats=False."
            ) from error
        running_var += share * (unbiased - running_var)
        batches += 1


class BatchNorm1d(BatchNorm):
    """Batch normalisation of inputs of shape (batch, channels) or (batch, channels, length).

    (x - mean) / √(variance + eps) for each channel, over the batch and all positions, multiplied by
    a weight and shifted by a bias. In training mode mean and variance are those
    of the batch, and running averages of them are kept; in evaluation mode these are used.
    Source: Ioffe & Szegedy, "Batch normalization: accelerating deep network training by reducing
    internal covariate shift", 2015.

    Parameters
    ----------
    num_features : int
        The number of channels.
    eps : float
        Added to the variance.
    momentum : float or None
        The weight of a new batch in the running averages; None for the average of all batches.
    affine : bool
        Whether to scale and shift.
    track_running_stats : bool
        Whether to keep running averages; without them, each batch is normalised by itself.

    Examples
    --------
    >>> BatchNorm1d(3)(np.zeros((5, 3))).shape
    (5, 3)
    """

    ndims = (2, 3)


class BatchNorm2d(BatchNorm):
    """Batch normalisation of inputs of shape (batch, channels, height, width).

    (x - mean) / √(variance + eps) for each channel, over the batch and all positions, multiplied by
    a weight and shifted by a bias. In training mode mean and variance are those
    of the batch, and running averages of them are kept; in evaluation mode these are used.
    Source: Ioffe & Szegedy, "Batch normalization: accelerating deep network training by reducing
    internal covariate shift", 2015.

    Parameters
    ----------
    num_features : int
        The number of channels.
    eps : float
        Added to the variance.
    momentum : float or None
        The weight of a new batch in the running averages; None for the average of all batches.
    affine : bool
        Whether to scale and shift.
    track_running_stats : bool
        Whether to keep running averages; without them, each batch is normalised by itself.

    Examples
    --------
    >>> BatchNorm2d(3)(np.zeros((5, 3, 8, 8))).shape
    (5, 3, 8, 8)
    """

    ndims = (4,)


class BatchNorm3d(BatchNorm):
    """Batch normalisation of inputs of shape (batch, channels, depth, height, width).

    (x - mean) / √(variance + eps) for each channel, over the batch and all positions, multiplied by
    a weight and shifted by a bias. In training mode mean and variance are those
    of the batch, and running averages of them are kept; in evaluation mode these are used.
    Source: Ioffe & Szegedy, "Batch normalization: accelerating deep network training by reducing
    internal covariate shift", 2015.

    Parameters
    ----------
    num_features : int
        The number of channels.
    eps : float
        Added to the variance.
    momentum : float or None
        The weight of a new batch in the running averages; None for the average of all batches.
    affine : bool
        Whether to scale and shift.
    track_running_stats : bool
        Whether to keep running averages; without them, each batch is normalised by itself.

    Examples
    --------
    >>> BatchNorm3d(3)(np.zeros((5, 3, 4, 4, 4))).shape
    (5, 3, 4, 4, 4)
    """

    ndims = (5,)


class LayerNorm(Module):
    """Layer normalisation: (x - mean) / √(variance + eps) over the last axes of each example.

    The result is multiplied by a weight and shifted by a bias. Source: Ba, Kiros & Hinton, "Layer
    normalization", 2016.

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The lengths of the last axes, over which mean and variance are computed.
    eps : float or None
        Added to the variance; None for the precision of the dtype.
    elementwise_affine : bool
        Whether to scale and shift.
    bias : bool
        Whether to shift.

    Examples
    --------
    >>> LayerNorm(4)(np.ones((2, 3, 4))).shape
    (2, 3, 4)
    """

    centred = True

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.normalized_shape, self.eps = tuple(shape), eps
        self.weight = Parameter(init.ones(self.normalized_shape)) if elementwise_affine else None
        shifted = elementwise_affine and bias
        self.bias = Parameter(init.zeros(self.normalized_shape)) if shifted else None

    def forward(self, x: Any) -> Tensor:
        """Return x normalised, of the same shape.

        Parameters
        ----------
        x : array_like, shape (..., *normalized_shape)
            The input.

        Raises
        ------
        ShapeError
            If the last axes have other lengths.
        """
        x = floating(x)
        shape, count = shape_of(x), len(self.normalized_shape)
        if len(shape) < count or shape[len(shape) - count :] != self.normalized_shape:
            raise ShapeError(
                f"{type(self).__name__} got an input of shape {shape_of(x)}; its last axes must "
                f"have lengths {self.normalized_shape}."
            )
        axes = tuple(range(len(shape) - count, len(shape)))
        eps = float(np.finfo(x.dtype).eps) if self.eps is None else self.eps
        y: Tensor
        y = normalised(x, self.weight, self.bias, axes, eps, self.centred, Kept())
        return y


class RMSNorm(LayerNorm):
    """Root mean square normalisation: x / √(mean(x²) + eps) over the last axes, times a weight.

    Source: Zhang & Sennrich, "Root mean square layer normalization", 2019.

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The lengths of the last axes, over which the mean is computed.
    eps : float, optional
        Added to the mean square; by default the precision of the dtype.
    elementwise_affine : bool
        Whether to multiply by a weight.

    Examples
    --------
    >>> np.round(RMSNorm(2)(np.array([3.0, 3.0])).data, 6)
    array([1., 1.])
    """

    centred = False

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        super().__init__(normalized_shape, eps, elementwise_affine, bias=False)
