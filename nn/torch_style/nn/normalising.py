"""Norms as functions of tensors: `batch_norm`, `group_norm`, `instance_norm` and `rms_norm`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn import functional
from nn.torch_style.base import held
from nn.torch_style.calls import shown
from nn.torch_style.tensor import Tensor

group_norm = shown(functional.group_norm, "input=x num_groups weight bias eps")


def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Tensor:
    """Return x / √(mean(x²) + eps) over the last axes, times a weight."""
    axes = tuple(range(-len(normalized_shape), 0))
    eps = float(np.finfo(held(input).dtype).eps) if eps is None else eps
    found = input * (input.square().mean(axes, keepdim=True) + eps).rsqrt()
    return found if weight is None else found * weight


def instance_norm(
    input: Any, running_mean: Any = None, running_var: Any = None, weight: Any = None,
    bias: Any = None, use_input_stats: bool = True, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Return each channel of each example with average 0 and variance 1, or by running ones."""
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    if running_mean is not None:
        axes = tuple(range(2, input.dim()))
        x = input.detach()
        running_mean.data.lerp_(x.mean(axes).mean(0), momentum)
        running_var.data.lerp_(x.var(axes).mean(0), momentum)
    return group_norm(input, input.shape[1], weight, bias, eps)


def batch_norm(
    input: Any, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None,
    training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Return each channel with average 0 and variance 1, of the batch or of the running ones."""
    axes = tuple(axis for axis in range(input.dim()) if axis != 1)
    shape = [1, -1] + [1] * (input.dim() - 2)
    if not training and running_mean is None:
        raise OptionError("batch_norm needs running_mean and running_var, or training=True.")
    if training:
        mean, var = input.mean(axes), input.var(axes, unbiased=False)
        if running_mean is not None:
            count = input.numel() / mean.numel()
            running_mean.data.lerp_(mean.detach(), momentum)
            running_var.data.lerp_(var.detach() * (count / (count - 1)), momentum)
    else:
        mean, var = running_mean, running_var
    found = (input - mean.view(shape)) / (var.view(shape) + eps).sqrt()
    found = found if weight is None else found * weight.view(shape)
    return found if bias is None else found + bias.view(shape)
