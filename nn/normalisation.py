"""Normalisation: `BatchNorm1d`, `BatchNorm2d`, `LayerNorm`, `RMSNorm`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import define
from autograd.errors import ShapeError
from nn import init
from nn.module import Module, Parameter, plain, shape_of


def standardised(x: Any, axes: tuple[int, ...], eps: float, centred: bool) -> tuple[Any, Any]:
    """Return x over its root mean square along axes, its mean taken off first, and 1 / that."""
    if centred:
        x = x - np.mean(x, axis=axes, keepdims=True)
    inverse = 1 / np.sqrt(np.mean(x * x, axis=axes, keepdims=True) + eps)
    return x * inverse, inverse


def normalised_array(
    x: Any, weight: Any, bias: Any, axes: tuple[int, ...], eps: float, centred: bool = True
) -> Any:
    """Compute standardised x times weight plus bias."""
    y = standardised(x, axes, eps, centred)[0]
    if weight is not None:
        y *= weight
    if bias is not None:
        y += bias
    return y


def input_vjp(
    g: Any, y: Any, x: Any, weight: Any, bias: Any, axes: Any, eps: float, centred: bool = True
) -> Any:
    """Take off what changes the mean, and what changes the mean square."""
    standard, inverse = standardised(x, axes, eps, centred)
    if weight is not None:
        g = g * weight
    along = standard * np.mean(g * standard, axis=axes, keepdims=True)
    if centred:
        g = g - np.mean(g, axis=axes, keepdims=True)
    return inverse * (g - along)


def summed_like(g: Any, parameter: Any) -> Any:
    """Sum over the axes that a parameter was broadcast along."""
    extra = g.ndim - parameter.ndim
    axes = [a for a in range(g.ndim) if a < extra or parameter.shape[a - extra] == 1]
    return np.reshape(np.sum(g, axis=tuple(axes)), parameter.shape)


# fmt: off
normalised = define(normalised_array, input_vjp,
    lambda g, y, x, weight, bias, axes, eps, centred=True:
        summed_like(g * standardised(x, axes, eps, centred)[0], weight),
    lambda g, y, x, weight, bias, axes, eps, centred=True: summed_like(g, bias),
    fresh_results=True, name="normalise")
# fmt: on


class BatchNorm(Module):
    """Each channel standardised over all examples and positions, then scaled and shifted.

    While training by the mean and the variance of the batch, of which running averages are
    kept; otherwise by these. Source: Ioffe & Szegedy, "Batch normalization", 2015.

    Parameters
    ----------
    num_features : int
        The number of channels, the length of the second axis.
    momentum : float or None
        The share of a new batch in the running averages; None for the average of all batches.
    track_running_stats : bool
        Whether to keep running averages. Without, each batch is standardised by itself.
    """

    ndims: tuple[int, ...]  # how many axes the input may have
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

    def forward(self, x: Any) -> Any:
        """Return x standardised, of the same shape."""
        shape = shape_of(x)
        if len(shape) not in self.ndims or shape[1] != self.num_features:
            raise ShapeError(
                f"{type(self).__name__}({self.num_features}) got an input of shape {shape}: it "
                f"takes {' or '.join(map(str, self.ndims))} axes, the second one "
                f"{self.num_features} long."
            )
        along = (1, -1) + (1,) * (len(shape) - 2)
        weight, bias = (
            None if parameter is None else np.reshape(parameter, along)
            for parameter in (self.weight, self.bias)
        )
        if self.track_running_stats and not self.training:
            mean, variance = self.running_mean.reshape(along), self.running_var.reshape(along)
            scale = 1 / np.sqrt(variance + self.eps)
            scale = scale if weight is None else weight * scale
            y = (x - mean) * scale
            return y if bias is None else y + bias
        axes = (0, *range(2, len(shape)))
        count = math.prod(shape[axis] for axis in axes)
        if self.training and count < 2:
            raise ShapeError(
                f"While training, {type(self).__name__} needs more than one number in each "
                f"channel, and got an input of shape {shape}. In use, call model.eval() first."
            )
        if self.training and self.track_running_stats:
            self._track(plain(x), axes, count)
        return normalised(x, weight, bias, axes=axes, eps=self.eps)

    def _track(self, x: Any, axes: tuple[int, ...], count: int) -> None:
        self.num_batches_tracked += 1
        share = 1 / int(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean += share * (np.mean(x, axis=axes) - self.running_mean)
        unbiased = np.var(x, axis=axes) * (count / (count - 1))
        self.running_var += share * (unbiased - self.running_var)


class BatchNorm1d(BatchNorm):
    """`BatchNorm` of inputs of shape (batch, channels) or (batch, channels, length)."""

    ndims = (2, 3)


class BatchNorm2d(BatchNorm):
    """`BatchNorm` of inputs of shape (batch, channels, height, width)."""

    ndims = (4,)


class LayerNorm(Module):
    """Each example standardised over its last axes, then scaled and shifted.

    `normalized_shape` is that of these axes. Without `elementwise_affine` there is no ``weight``
    to scale by, nor a ``bias``. Source: Ba, Kiros & Hinton, "Layer normalization", 2016.
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

    def forward(self, x: Any) -> Any:
        """Return x standardised, of the same shape."""
        shape, count = shape_of(x), len(self.normalized_shape)
        if len(shape) < count or shape[len(shape) - count :] != self.normalized_shape:
            raise ShapeError(
                f"{type(self).__name__} got an input of shape {shape_of(x)}: its last axes must "
                f"be {self.normalized_shape}."
            )
        axes = tuple(range(-count, 0))
        eps = float(np.finfo(x.dtype).eps) if self.eps is None else self.eps
        return normalised(x, self.weight, self.bias, axes=axes, eps=eps, centred=self.centred)


class RMSNorm(LayerNorm):
    """Each example divided by its root mean square over the last axes, then scaled.

    `eps`, added to the mean square, is by default the precision of the numbers.
    Source: Zhang & Sennrich, "Root mean square layer normalization", 2019.
    """

    centred = False

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        super().__init__(normalized_shape, eps, elementwise_affine, bias=False)
