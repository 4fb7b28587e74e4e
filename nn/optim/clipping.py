"""Gradients that are too long, cut back between `backward` and the step."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Node
from autograd.errors import NonFiniteError, OptionError
from nn.module import plain


def clip_grad_norm(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> float:
    """Scale all gradients together so that the norm of all their numbers is at most `max_norm`.

    Return the norm before.

    Parameters
    ----------
    parameters : Tensor, Value, or iterable of them
        Those without a gradient are left out.
    norm_type : float
        The p of the p-norm; ``math.inf`` for the largest magnitude.
    error_if_nonfinite : bool
        Whether a norm that is infinite or NaN is an error; otherwise it makes all gradients so.

    Raises
    ------
    NonFiniteError
        If the norm is not finite and `error_if_nonfinite`.

    References
    ----------
    Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks, ICML 2013.
    """
    if not max_norm >= 0 or not norm_type > 0:
        raise OptionError(
            f"max_norm={max_norm!r} must not be negative, norm_type={norm_type!r} be positive."
        )
    found = _with_gradient(parameters)
    norms = [float(np.linalg.norm(np.ravel(plain(p.grad)), norm_type)) for p in found]
    total = float(np.linalg.norm(norms, norm_type)) if norms else 0.0
    if error_if_nonfinite and not math.isfinite(total):
        raise NonFiniteError(
            f"The norm of the gradients is {total}. Find where that comes from inside "
            "`with autograd.debug():`."
        )
    factor = max_norm / (total + 1e-6)  # PyTorch's, which never divides by zero
    if not factor >= 1:
        for parameter in found:
            gradient = plain(parameter.grad)
            gradient *= factor  # the same array, or a new float
            parameter.grad = gradient
    return total


def clip_grad_value(parameters: Any, clip_value: float) -> None:
    """Bring every number of every gradient into the interval from ``-clip_value`` to it."""
    if not clip_value >= 0:
        raise OptionError(f"clip_value={clip_value!r} must not be negative.")
    for parameter in _with_gradient(parameters):
        gradient = plain(parameter.grad)
        out = gradient if isinstance(gradient, np.ndarray) else None
        parameter.grad = np.clip(gradient, -clip_value, clip_value, out=out)


def _with_gradient(parameters: Any) -> list[Any]:
    several: Iterable[Any] = [parameters] if isinstance(parameters, Node) else parameters
    return [p for p in several if p.grad is not None]
