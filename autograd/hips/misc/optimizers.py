"""`autograd.misc.optimizers`: gradient descent, RMSprop and Adam, given a gradient function.

Parameters may be nested tuples, lists and dicts of numbers and arrays. The updates are
differentiable.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.hips.misc.flatten import flatten

Gradient = Callable[[Any, int], Any]
Callback = Callable[[Any, int, Any], Any] | None


def unflatten_optimizer(optimize: Callable[..., Any]) -> Callable[..., Any]:
    """Turn an optimizer of vectors into an optimizer of nested containers."""

    @functools.wraps(optimize)
    def optimize_nested(
        grad: Gradient, x0: Any, callback: Callback = None, *settings: Any, **options: Any
    ) -> Any:
        vector, unflatten = flatten(x0)

        def flat_gradient(x: Any, i: int) -> Any:
            return flatten(grad(unflatten(x), i))[0]

        def flat_callback(x: Any, i: int, g: Any) -> None:
            if callback is not None:
                callback(unflatten(x), i, unflatten(g))

        return unflatten(optimize(flat_gradient, vector, flat_callback, *settings, **options))

    return optimize_nested


@unflatten_optimizer
def sgd(
    grad: Gradient,
    x: Any,
    callback: Any,
    num_iters: int = 200,
    step_size: float = 0.1,
    mass: float = 0.9,
) -> Any:
    """Descend along ``grad(x, i)`` with momentum.

    Examples
    --------
    >>> abs(sgd(lambda x, i: 2 * x, 1.0)) < 1e-3
    True
    """
    velocity = np.zeros(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        callback(x, i, g)
        velocity = mass * velocity - (1 - mass) * g
        x = x + step_size * velocity
    return x


@unflatten_optimizer
def rmsprop(
    grad: Gradient,
    x: Any,
    callback: Any,
    num_iters: int = 100,
    step_size: float = 0.1,
    gamma: float = 0.9,
    eps: float = 1e-8,
) -> Any:
    """Descend along ``grad(x, i)`` divided by its root mean square (Hinton, 2012)."""
    mean_square = np.ones(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        callback(x, i, g)
        mean_square = gamma * mean_square + (1 - gamma) * g**2
        x = x - step_size * g / (np.sqrt(mean_square) + eps)
    return x


@unflatten_optimizer
def adam(
    grad: Gradient,
    x: Any,
    callback: Any,
    num_iters: int = 100,
    step_size: float = 0.001,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
) -> Any:
    """Descend along ``grad(x, i)`` with Adam (Kingma and Ba, ICLR 2015, algorithm 1)."""
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        callback(x, i, g)
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        unbiased_m = m / (1 - b1 ** (i + 1))
        unbiased_v = v / (1 - b2 ** (i + 1))
        x = x - step_size * unbiased_m / (np.sqrt(unbiased_v) + eps)
    return x
