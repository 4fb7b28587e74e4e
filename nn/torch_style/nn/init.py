"""PyTorch's ``torch.nn.init``: initial numbers, written into tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nn import init
from nn.init import calculate_gain
from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.base import numbers
from nn.torch_style.calls import summary
from nn.torch_style.random import GENERATOR
from nn.torch_style.tensor import Tensor

__all__ = [
    "calculate_gain", "constant_", "dirac_", "eye_", "kaiming_normal_", "kaiming_uniform_",
    "normal_", "ones_", "orthogonal_", "sparse_", "trunc_normal_", "uniform_", "xavier_normal_",
    "xavier_uniform_", "zeros_",
]  # fmt: skip


class _Target:
    """A tensor as the functions of `nn.init` write into it."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor
        self.shape = tuple(tensor.shape)

    @property
    def data(self) -> Any:
        """The memory."""
        return numbers(self.tensor)

    @data.setter
    def data(self, array: Any) -> None:
        self.tensor.data = array  # tells the engine about the change


def _filling(function: Callable[..., Any], draws: bool = True) -> Callable[..., Tensor]:
    """Return a function of `nn.init` for tensors in PyTorch's style."""

    def fill(tensor: Any, *arguments: Any, **options: Any) -> Any:
        if not draws:
            function(_Target(tensor), *arguments, **options)
            return tensor
        generator = options["generator"] = options.get("generator") or GENERATOR
        with generator.drawing(numbers(tensor).dtype):
            function(_Target(tensor), *arguments, **options)
        return tensor

    fill.__doc__ = summary(function)
    return fill


constant_ = _filling(init.constant_, draws=False)
dirac_ = _filling(init.dirac_, draws=False)
eye_ = _filling(init.eye_, draws=False)
ones_ = _filling(init.ones_, draws=False)
zeros_ = _filling(init.zeros_, draws=False)
kaiming_normal_ = _filling(init.kaiming_normal_)
kaiming_uniform_ = _filling(init.kaiming_uniform_)
normal_ = _filling(init.normal_)
orthogonal_ = _filling(init.orthogonal_)
sparse_ = _filling(init.sparse_)
trunc_normal_ = _filling(init.trunc_normal_)
uniform_ = _filling(init.uniform_)
xavier_normal_ = _filling(init.xavier_normal_)
xavier_uniform_ = _filling(init.xavier_uniform_)


def _calculate_fan_in_and_fan_out(tensor: Any) -> tuple[int, int]:
    """Return how many inputs each output of a weight has, and how many outputs each input."""
    return init.arrays.fans(tuple(tensor.shape))


def _calculate_correct_fan(tensor: Any, mode: str) -> int:
    """Return one of these, by "fan_in" or "fan_out"."""
    modes = ("fan_in", "fan_out")
    if mode.lower() not in modes:
        raise ValueError(f"mode={mode!r} must be 'fan_in' or 'fan_out'.")
    return _calculate_fan_in_and_fan_out(tensor)[modes.index(mode.lower())]


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.nn.init", name, __all__))
