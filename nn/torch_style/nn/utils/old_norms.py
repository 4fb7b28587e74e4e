"""PyTorch's older ``weight_norm`` and ``spectral_norm``, with their names of parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.torch_style.base import held, made, memory_of, numbers
from nn.torch_style.nn.computed import compute, forget
from nn.torch_style.nn.module import Module
from nn.torch_style.nn.parameter import Parameter
from nn.torch_style.nn.utils.parametrizations import output_axis
from nn.torch_style.random import GENERATOR
from nn.utils.parametrizations import WeightNorm


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Train the lengths and the directions of a weight apart; return the module.

    Examples
    --------
    >>> from nn.torch_style import nn
    >>> [name for name, _ in nn.utils.weight_norm(nn.Linear(2, 3)).named_parameters()]
    ['bias', 'weight_g', 'weight_v']
    """
    norm, weight = WeightNorm(dim), getattr(module, name).detach()
    g, v = norm.right_inverse(held(weight))
    delattr(module, name)
    setattr(module, f"{name}_g", Parameter(made(g)))
    setattr(module, f"{name}_v", Parameter(made(v)))

    def product(owner: Any) -> Any:
        return made(norm(held(getattr(owner, f"{name}_g")), held(getattr(owner, f"{name}_v"))))

    compute(module, name, product)
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Make the weight an ordinary parameter again; return the module."""
    return _removed(module, name, (f"{name}_g", f"{name}_v"))


def spectral_norm(
    module: Module,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> Module:
    """Keep the largest singular value of a weight at 1; return the module.

    Calls of the module in training mode improve the singular vectors; until the first call the
    weight is the memory of the original.
    """
    weight = getattr(module, name)
    axis = output_axis(module) if dim is None else dim

    def matrix_of(x: Any) -> Any:
        return np.moveaxis(x, axis, 0).reshape((x.shape[axis], -1))

    def unit(x: Any) -> Any:
        return x / np.maximum(np.sqrt(np.sum(x * x)), eps)

    delattr(module, name)
    setattr(module, f"{name}_orig", weight)
    for part, size in zip("uv", matrix_of(held(weight).data).shape, strict=True):
        start = GENERATOR.normal(size=size).astype(held(weight).dtype)
        module.register_buffer(f"{name}_{part}", made(unit(start)))

    def improve(owner: Any, inputs: Any) -> None:
        u, v = (numbers(getattr(owner, f"{name}_{part}")) for part in "uv")
        matrix = matrix_of(numbers(getattr(owner, f"{name}_orig")))
        for _ in range(n_power_iterations if owner.training else 0):
            v[...] = unit(matrix.T @ u)
            u[...] = unit(matrix @ v)
        setattr(owner, f"_{name}_is_used", True)

    def divided(owner: Any) -> Any:
        original = held(getattr(owner, f"{name}_orig"))
        if not vars(owner).get(f"_{name}_is_used"):
            return memory_of(original.data, original)
        u, v = (numbers(getattr(owner, f"{name}_{part}")).copy() for part in "uv")
        return made(original / (u @ matrix_of(original) @ v))

    compute(module, name, divided)
    module.register_forward_pre_hook(improve)
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Make the weight an ordinary parameter again; return the module."""
    setattr(module, f"_{name}_is_used", True)
    module._hooks = tuple(hook for hook in module._hooks if hook.function.__name__ != "improve")
    return _removed(module, name, (f"{name}_orig", f"{name}_u", f"{name}_v"))


def _removed(module: Module, name: str, parts: tuple[str, ...]) -> Module:
    weight = getattr(module, name).detach()
    forget(module, name)
    for part in parts:
        delattr(module, part)
    module._buffers = tuple(other for other in module._buffers if other not in parts)
    setattr(module, name, Parameter(weight))
    return module
