"""Gradient descent with Keras' momentum, which contains the learning rates."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.keras_style.optimizers.optimizer import Optimizer
from nn.optim.packing import Block


class SGD(Optimizer):
    """Gradient descent: ``v ← momentum·v + lr·g``, ``p ← p - v``, or with Nesterov's step.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`, also for the other options.
    momentum : float
        The share of the last step to keep.
    nesterov : bool
        Whether to subtract ``momentum·v + lr·g`` instead.
    **options
        See `Optimizer`.

    Examples
    --------
    >>> SGD(0.1, momentum=0.9).learning_rate
    0.1
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, momentum=momentum, nesterov=nesterov, **options)

    def _change(self, block: Block, group: dict[str, Any]) -> None:
        g, momentum = block.gradient, group["momentum"]
        g *= group["lr"]
        if momentum:
            v = block.filled("momentum")
            v *= momentum
            v += g
            if group["nesterov"]:
                g += np.multiply(v, momentum, out=block.spare)
            else:
                g[:] = v
