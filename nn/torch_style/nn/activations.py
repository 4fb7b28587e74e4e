"""The activations of `nn` as modules, in PyTorch's style."""

from __future__ import annotations

from typing import Any, ClassVar

import nn
from nn.torch_style.nn.face import Face
from nn.torch_style.nn.functional import softplus


class CELU(Face, plain=nn.CELU):
    """`nn.CELU` on tensors in PyTorch's style."""


class ELU(Face, plain=nn.ELU):
    """`nn.ELU` on tensors in PyTorch's style."""


class GELU(Face, plain=nn.GELU):
    """`nn.GELU` on tensors in PyTorch's style."""


class GLU(Face, plain=nn.GLU):
    """`nn.GLU` on tensors in PyTorch's style."""


class Hardshrink(Face, plain=nn.Hardshrink):
    """`nn.Hardshrink` on tensors in PyTorch's style."""


class Hardsigmoid(Face, plain=nn.Hardsigmoid):
    """`nn.Hardsigmoid` on tensors in PyTorch's style."""


class Hardswish(Face, plain=nn.Hardswish):
    """`nn.Hardswish` on tensors in PyTorch's style."""


class Hardtanh(Face, plain=nn.Hardtanh):
    """`nn.Hardtanh` on tensors in PyTorch's style."""

    def __init__(
        self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False,
        min_value: Any = None, max_value: Any = None,
    ) -> None:  # fmt: skip
        low = min_val if min_value is None else min_value
        super().__init__(low, max_val if max_value is None else max_value, inplace)


class LeakyReLU(Face, plain=nn.LeakyReLU):
    """`nn.LeakyReLU` on tensors in PyTorch's style."""


class LogSigmoid(Face, plain=nn.LogSigmoid):
    """`nn.LogSigmoid` on tensors in PyTorch's style."""


class LogSoftmax(Face, plain=nn.LogSoftmax):
    """`nn.LogSoftmax` on tensors in PyTorch's style."""

    order = ("dim",)


class Mish(Face, plain=nn.Mish):
    """`nn.Mish` on tensors in PyTorch's style."""


class ReLU(Face, plain=nn.ReLU):
    """`nn.ReLU` on tensors in PyTorch's style."""


class ReLU6(Face, plain=nn.ReLU6):
    """`nn.ReLU6` on tensors in PyTorch's style."""


class SELU(Face, plain=nn.SELU):
    """`nn.SELU` on tensors in PyTorch's style."""


class SiLU(Face, plain=nn.SiLU):
    """`nn.SiLU` on tensors in PyTorch's style."""


class Sigmoid(Face, plain=nn.Sigmoid):
    """`nn.Sigmoid` on tensors in PyTorch's style."""


class Softmax(Face, plain=nn.Softmax):
    """`nn.Softmax` on tensors in PyTorch's style."""

    order = ("dim",)


class RReLU(Face, plain=nn.RReLU):
    """`nn.RReLU` on tensors in PyTorch's style."""


class Softmax2d(Face, plain=nn.Softmax2d):
    """`nn.Softmax2d` on tensors in PyTorch's style."""


class Softmin(Face, plain=nn.Softmin):
    """`nn.Softmin` on tensors in PyTorch's style."""

    order = ("dim",)


class Softplus(Face, plain=nn.Softplus):
    """`nn.Softplus` on tensors in PyTorch's style."""

    order = ("beta", "threshold")
    lacking: ClassVar[dict[str, Any]] = {"threshold": 20.0}
    accepted = tuple(lacking)

    def forward(self, input: Any) -> Any:
        """Return log(1 + exp(beta·x)) / beta, and x where beta·x is above the threshold."""
        return softplus(input, self.beta, vars(self).get("_given", {}).get("threshold", 20.0))


class Softshrink(Face, plain=nn.Softshrink):
    """`nn.Softshrink` on tensors in PyTorch's style."""


class Softsign(Face, plain=nn.Softsign):
    """`nn.Softsign` on tensors in PyTorch's style."""


class Tanh(Face, plain=nn.Tanh):
    """`nn.Tanh` on tensors in PyTorch's style."""


class Tanhshrink(Face, plain=nn.Tanhshrink):
    """`nn.Tanhshrink` on tensors in PyTorch's style."""


class Threshold(Face, plain=nn.Threshold):
    """`nn.Threshold` on tensors in PyTorch's style."""
