"""PyTorch's ``torch.nn.utils.parametrizations``: weights with a given norm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.base import held
from nn.torch_style.nn.face import face_class
from nn.torch_style.nn.module import Module
from nn.torch_style.nn.utils.parametrize import register_parametrization
from nn.torch_style.random import GENERATOR
from nn.utils.orthogonal_weights import Orthogonal, chosen_map
from nn.utils.parametrizations import SpectralNorm, WeightNorm

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Train the lengths and the directions of a weight apart; return the module.

    Examples
    --------
    >>> from nn.torch_style import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 3))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'parametrizations.weight.original0', 'parametrizations.weight.original1']
    """
    return register_parametrization(module, name, face_class(WeightNorm)(dim))


def spectral_norm(
    module: Module,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> Module:
    """Keep the largest singular value of a weight at 1; return the module."""
    weight = held(getattr(module, name))
    norm = face_class(SpectralNorm)(
        weight.data, n_power_iterations, output_axis(module) if dim is None else dim, eps,
        generator=GENERATOR,
    )  # fmt: skip
    return register_parametrization(module, name, norm.astype(weight.dtype))


def orthogonal(
    module: Module,
    name: str = "weight",
    orthogonal_map: str | None = None,
    *,
    use_trivialization: bool = True,
) -> Module:
    """Keep a weight orthogonal: its columns, or its rows if it is wide; return the module.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> w = torch.nn.utils.parametrizations.orthogonal(torch.nn.Linear(2, 4)).weight
    >>> torch.allclose(w.T @ w, torch.eye(2), atol=1e-6)
    True
    """
    weight = held(getattr(module, name))
    made = face_class(Orthogonal)(
        weight.shape, chosen_map(weight, orthogonal_map), use_trivialization, generator=GENERATOR
    )
    return register_parametrization(module, name, made.astype(weight.dtype))


def output_axis(module: Any) -> int:
    """Return the axis of a layer's weight that counts its outputs."""
    return int(getattr(getattr(module, "plain", None), "output_axis", 0))


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.nn.utils.parametrizations", name, __all__))
