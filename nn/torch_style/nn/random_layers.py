"""Dropout and `rrelu` as functions of tensors, which draw from PyTorch's generator."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from nn.arrays import plain
from nn.layers.alpha_dropout import AlphaDropout, FeatureAlphaDropout
from nn.layers.channel_layers import Dropout1d
from nn.layers.linear import Dropout
from nn.layers.random_slopes import RReLU
from nn.torch_style.base import held, inside, made, overwritten
from nn.torch_style.calls import summary
from nn.torch_style.random import GENERATOR, memory_axes
from nn.torch_style.tensor import Tensor


def _random_layer(layer: Any, usual: bool = True) -> Callable[..., Tensor]:
    """Return a layer that draws random numbers as a function, by default in training mode."""

    def call(input: Any, p: float = 0.5, training: bool = usual, inplace: bool = False) -> Tensor:
        found = made(layer(p, generator=GENERATOR).train(training)(inside(input)))
        return overwritten(input, found) if inplace else found  # type: ignore[no-any-return]

    call.__doc__ = summary(layer)
    return call


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Return the input with random zeros.

    Those of a transposed tensor are drawn in the order of its memory. Results of other functions
    that are not contiguous here mostly are in PyTorch, as those of `softmax` and of products.
    """
    array = plain(held(input))
    axes, base = memory_axes(array), getattr(array, "base", None)
    is_turned = (
        type(base) is np.ndarray and base.flags.c_contiguous and axes != (*range(len(axes)),)
    )
    if not training or p == 0 or not is_turned:
        return _dropout(input, p, training, inplace)
    back = np.argsort(axes).tolist()
    found = _dropout(input.permute(*axes), p, training).permute(*back)
    return overwritten(input, found) if inplace else found  # type: ignore[no-any-return]


_dropout = _random_layer(Dropout)
alpha_dropout = _random_layer(AlphaDropout, usual=False)
feature_alpha_dropout = _random_layer(FeatureAlphaDropout, usual=False)
dropout1d = _random_layer(Dropout1d)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Return images, of which random channels are zero.

    As in PyTorch, fewer axes are those of (batch, channels, length) or (batch, channels).
    """
    return _without_channels(input, input.shape[:2], p, training, inplace)


def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Return volumes, of which random channels are zero; with less than five axes, the first."""
    head = input.shape[:2] if input.dim() == 5 else (1, *input.shape[:1])
    return _without_channels(input, head, p, training, inplace)


def _without_channels(x: Any, head: Any, p: float, training: bool, inplace: bool) -> Tensor:
    """Return a tensor with random zeros, the same for all that follows the first two axes."""
    if len(head) < 2:
        raise ShapeError(f"Dropout of channels takes two axes or more, not shape {tuple(x.shape)}.")
    rest = math.prod(x.shape) // max(math.prod(head), 1)
    found = dropout1d(x.reshape(*head, rest), p, training).reshape(x.shape)
    return overwritten(x, found) if inplace else found  # type: ignore[no-any-return]


def rrelu(
    input: Any,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """Return x, and below 0 a slope times x, which is random in training."""
    layer = RReLU(lower, upper, generator=GENERATOR).train(training)
    found = made(layer(inside(input)))
    return overwritten(input, found) if inplace else found  # type: ignore[no-any-return]


def rrelu_(
    input: Any, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False
) -> Tensor:
    """Do the same as `rrelu`, in place; return the tensor."""
    return rrelu(input, lower, upper, training, True)
