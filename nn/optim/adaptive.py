"""Optimisers that give each number a learning rate of its own, from the gradients it has seen.

All squares, roots and quotients are element by element; g is the gradient, p the parameters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from nn.optim.optimizer import Optimizer, given
from nn.optim.packing import Block
from nn.optim.sgd import decay_weights


def average(running: Any, item: Any, keep: float, spare: Any) -> None:
    """Move a running average: ``running ← keep·running + (1 - keep)·item``."""
    running *= keep
    running += np.multiply(item, 1 - keep, out=spare)


class Adagrad(Optimizer):
    """``s ← s + g²`` and ``p ← p - lr/(1 + (t - 1)·lr_decay) · g/(√s + eps)`` in step t.

    s begins at `initial_accumulator_value`.

    References
    ----------
    Duchi, Hazan, Singer: Adaptive subgradient methods for online learning and stochastic
    optimization, JMLR 12, 2011.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, spare = block.gradient, block.spare
        decay_weights(block, group["weight_decay"])
        s = block.filled("sum", group["initial_accumulator_value"])
        s += np.multiply(g, g, out=spare)
        np.sqrt(s, out=spare)
        spare += group["eps"]
        g /= spare
        g *= group["lr"] / (1 + (block.steps - 1) * group["lr_decay"])


class RMSprop(Optimizer):
    """``v ← alpha·v + (1 - alpha)·g²`` and ``p ← p - lr · g/(√v + eps)``.

    With `centered` the square of the running average of g is taken off v under the root. With
    momentum the quotients are summed, ``b ← momentum·b + g/(√v + eps)``, and ``p ← p - lr·b``.

    References
    ----------
    Hinton: Neural networks for machine learning, lecture 6e, 2012; centred: Graves: Generating
    sequences with recurrent neural networks, arXiv:1308.0850.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, alpha = block.gradient, block.spare, group["alpha"]
        decay_weights(block, group["weight_decay"])
        v = block.filled("square_avg")
        average(v, np.multiply(g, g, out=spare), alpha, spare)
        if group["centered"]:
            mean = block.filled("grad_avg")
            average(mean, g, alpha, spare)
            np.subtract(v, np.multiply(mean, mean, out=spare), out=spare)
            np.maximum(spare, 0.0, out=spare)  # rounding may leave less
            np.sqrt(spare, out=spare)
        else:
            np.sqrt(v, out=spare)
        spare += group["eps"]
        g /= spare
        if group["momentum"]:
            b = block.filled("momentum_buffer")
            b *= group["momentum"]
            b += g
            g[:] = b
        g *= group["lr"]


class Adam(Optimizer):
    """Adaptive moments: running averages of g and g², without the bias of their beginning at zero.

    In step t ``m ← β₁·m + (1 - β₁)·g``, ``v ← β₂·v + (1 - β₂)·g²`` and
    ``p ← p - lr · m/(1 - β₁ᵗ) / (√(v/(1 - β₂ᵗ)) + eps)``; `betas` are β₁ and β₂. With `amsgrad` the
    largest v so far takes the place of v.

    References
    ----------
    Kingma, Ba: Adam, ICLR 2015; amsgrad: Reddi, Kale, Kumar: On the convergence of Adam and
    beyond, ICLR 2018.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        decay_weights(block, group["weight_decay"])
        self._moments(block, group)

    def _moments(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, steps = block.gradient, block.spare, block.steps
        beta1, beta2 = group["betas"]
        m, v = block.filled("exp_avg"), block.filled("exp_avg_sq")
        average(m, g, beta1, spare)
        average(v, np.multiply(g, g, out=spare), beta2, spare)
        if group["amsgrad"]:
            largest = block.filled("max_exp_avg_sq")
            v = np.maximum(largest, v, out=largest)
        np.sqrt(v, out=spare)
        spare /= math.sqrt(1 - beta2**steps)
        spare += group["eps"]
        np.divide(m, spare, out=g)
        g *= group["lr"] / (1 - beta1**steps)


class AdamW(Adam):
    """Adam whose weight decay stays out of the averages: ``p ← p - lr·weight_decay·p`` apart.

    References
    ----------
    Loshchilov, Hutter: Decoupled weight decay regularization, ICLR 2019.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad)

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        self._moments(block, group)
        decay_weights(block, group["lr"] * group["weight_decay"])
