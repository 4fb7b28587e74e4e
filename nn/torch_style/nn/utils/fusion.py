"""PyTorch's ``torch.nn.utils.fusion``: a layer and the batch norm behind it as one layer."""

from __future__ import annotations

import copy
from typing import Any

from autograd.errors import OptionError
from nn.torch_style.nn.parameter import Parameter


def fuse_conv_bn_weights(
    conv_w: Any, conv_b: Any, bn_rm: Any, bn_rv: Any, bn_eps: float, bn_w: Any, bn_b: Any,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:  # fmt: skip
    """Return the weight and the bias of a convolution with the batch norm behind it.

    Parameters
    ----------
    conv_w, conv_b : tensor
        The weight and the bias of the convolution; the bias may be None.
    bn_rm, bn_rv : tensor
        The running mean and variance.
    bn_eps : float
        What is added to the variance.
    bn_w, bn_b : tensor
        The weight and the bias of the batch norm; None for 1 and 0.
    transpose : bool
        Whether the convolution is transposed: its outputs are the second axis then.
    """
    scale = (bn_rv + bn_eps).rsqrt()
    scale = scale if bn_w is None else scale * bn_w
    shape = [1] * conv_w.dim()
    shape[1 if transpose else 0] = -1
    bias = (-bn_rm if conv_b is None else conv_b - bn_rm) * scale
    bias = bias if bn_b is None else bias + bn_b
    weight = (conv_w * scale.reshape(shape)).to(conv_w.dtype)
    return (
        Parameter(weight.detach(), conv_w.requires_grad),
        Parameter(bias.detach(), conv_w.requires_grad if conv_b is None else conv_b.requires_grad),
    )


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """Return a convolution that does what a convolution and a batch norm do in evaluation mode.

    Parameters
    ----------
    conv, bn : Module
        The layers, in evaluation mode.
    transpose : bool
        Whether the convolution is transposed.

    Raises
    ------
    OptionError
        If one of them is in training mode, or the batch norm has no running statistics.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> conv, bn = torch.nn.Conv1d(2, 3, 1).eval(), torch.nn.BatchNorm1d(3).eval()
    >>> x = torch.ones(1, 2, 4)
    >>> torch.allclose(fuse_conv_bn_eval(conv, bn)(x), bn(conv(x)))
    True
    """
    return _fused(conv, bn, transpose)


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """Return a linear layer that does what it and a batch norm do in evaluation mode."""
    return _fused(linear, bn, False)


def _fused(layer: Any, bn: Any, transpose: bool) -> Any:
    if layer.training or bn.training or bn.running_mean is None:
        raise OptionError(
            "Layers are fused in evaluation mode, with running statistics: call model.eval()."
        )
    found = copy.deepcopy(layer)
    found.weight, found.bias = fuse_conv_bn_weights(
        found.weight, found.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias,
        transpose,
    )  # fmt: skip
    return found
