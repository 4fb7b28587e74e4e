"""PyTorch's ``torch.nn.utils``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import NonFiniteError
from nn import utils
from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.base import inside
from nn.torch_style.calls import shown
from nn.torch_style.creation import tensor
from nn.torch_style.joining import stack
from nn.torch_style.nn.utils import fusion, parametrizations, parametrize, prune, rnn
from nn.torch_style.nn.utils.old_norms import (
    remove_spectral_norm,
    remove_weight_norm,
    spectral_norm,
    weight_norm,
)
from nn.torch_style.tensor import Tensor

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "fusion",
    "get_total_norm",
    "parameters_to_vector",
    "parametrizations",
    "parametrize",
    "prune",
    "remove_spectral_norm",
    "remove_weight_norm",
    "rnn",
    "spectral_norm",
    "vector_to_parameters",
    "weight_norm",
]


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False,
    foreach: Any = None,
) -> Tensor:  # fmt: skip
    """Scale all gradients so that their joint norm is at most `max_norm`; return the norm."""
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    norm = utils.clip_grad_norm_(inside(given), max_norm, norm_type, error_if_nonfinite)
    return tensor(norm)


def clip_grad_value_(parameters: Any, clip_value: float, foreach: Any = None) -> None:
    """Limit each element of the gradients to -clip_value and clip_value."""
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    utils.clip_grad_value_(inside(given), clip_value)


def clip_grads_with_norm_(
    parameters: Any, max_norm: float, total_norm: Any, foreach: Any = None
) -> None:
    """Scale all gradients as `clip_grad_norm_` does, given their joint norm."""
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    share = (max_norm / (total_norm + 1e-6)).clamp(max=1.0)
    for parameter in given:
        if parameter.grad is not None:
            parameter.grad.mul_(share)


def get_total_norm(
    tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None
) -> Tensor:
    """Return the joint norm of tensors."""
    given = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    norm = stack([x.detach().norm(norm_type) for x in given]).norm(norm_type)
    if error_if_nonfinite and not np.isfinite(norm.item()):
        raise NonFiniteError(f"The joint norm of the tensors is {norm.item()}.")
    return norm


def parameters_to_vector(parameters: Any) -> Tensor:
    """Return all parameters as one vector."""
    return shown(utils.parameters_to_vector)(list(parameters))


def vector_to_parameters(vec: Any, parameters: Any) -> None:
    """Write the numbers of a vector into parameters."""
    utils.vector_to_parameters(inside(vec), inside(list(parameters)))


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.nn.utils", name, __all__))
