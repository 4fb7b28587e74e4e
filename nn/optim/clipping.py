"""Gradient clipping, to be called between `backward` and the optimiser's step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Node
from autograd.errors import DataError, NonFiniteError, OptionError
from autograd.program import is_tracing
from nn.arrays import plain


def clip_grad_norm(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> float:
    """Scale all gradients by one factor so that their joint norm is at most `max_norm`.

    Parameters
    ----------
    parameters : Tensor, Value, or iterable of them
        The parameters; those without a gradient are ignored.
    max_norm : float
        The largest norm of all gradients, taken together as one vector.
    norm_type : float
        The p of the p-norm; ``math.inf`` for the largest magnitude.
    error_if_nonfinite : bool
        Whether to raise if the norm is infinite or NaN; otherwise NaN may spread to all gradients.

    Returns
    -------
    float
        The norm before clipping.

    Raises
    ------
    OptionError
        If `max_norm` is negative, or `norm_type` is not positive.
    NonFiniteError
        If the norm is not finite and `error_if_nonfinite`.

    References
    ----------
    Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks, ICML 2013.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor([3.0, 4.0])
    >>> w.sum().backward(np.array(5.0))
    >>> round(clip_grad_norm([w], 1.0), 3)
    7.071
    >>> round(float(np.linalg.norm(w.grad)), 3)
    1.0
    """
    if not max_norm >= 0 or not norm_type > 0:
        raise OptionError(
            f"max_norm={max_norm!r} must not be negative, and norm_type={norm_type!r} must be "
            "positive."
        )
    found = _with_gradient(parameters)
    norms = [np.linalg.norm(np.ravel(plain(p.grad)), norm_type) for p in found]
    total: Any = np.linalg.norm(np.stack(norms), norm_type).item() if norms else 0.0
    if error_if_nonfinite and not np.isfinite(total):
        raise NonFiniteError(
            f"The norm of the gradients is {total}. Find the first such number with "
            "`with autograd.debug():`."
        )
    factor = max_norm / (total + 1e-6)  # as in PyTorch; avoids division by zero
    if is_tracing():
        factor = np.minimum(factor, 1.0).item()  # a factor of 1 changes nothing
    if is_tracing() or not factor >= 1:
        for parameter in found:
            gradient = plain(parameter.grad)
            gradient *= factor  # in place, or a new float
            parameter.grad = gradient
    return total  # type: ignore[no-any-return]


def clip_grad_value(parameters: Any, clip_value: float) -> None:
    """Limit every element of every gradient to the interval from -clip_value to clip_value.

    Parameters
    ----------
    parameters : Tensor, Value, or iterable of them
        The parameters; those without a gradient are ignored.
    clip_value : float
        The largest magnitude.

    Raises
    ------
    OptionError
        If `clip_value` is negative.
    DataError
        If a gradient is complex.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor([3.0, 4.0])
    >>> (w * w).sum().backward()
    >>> clip_grad_value([w], 7.0)
    >>> w.grad
    array([6., 7.])
    """
    if not clip_value >= 0:
        raise OptionError(f"clip_value={clip_value!r} must not be negative.")
    for parameter in _with_gradient(parameters):
        gradient = plain(parameter.grad)
        if np.iscomplexobj(gradient):
            raise DataError(
                "Complex gradients have no order, so their values cannot be limited: write "
                "nn.optim.clip_grad_norm(parameters, max_norm)."
            )
        out = None if isinstance(gradient, float) else gradient
        parameter.grad = np.clip(gradient, -clip_value, clip_value, out=out)


def _with_gradient(parameters: Any) -> list[Any]:
    several: Iterable[Any] = [parameters] if isinstance(parameters, Node) else parameters
    return [p for p in several if p.grad is not None]
