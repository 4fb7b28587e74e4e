"""Optimisers that adapt the learning rate of each element to its past gradients.

Squares, roots and quotients are elementwise; g is the gradient, p the parameters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from autograd.program import call
from nn.optim.optimizer import Optimizer, given
from nn.optim.packing import Block


def average(running: Any, item: Any, keep: float, spare: Any) -> None:
    """Update a running average: ``running ← keep·running + (1 - keep)·item``."""
    running *= keep
    running += np.multiply(item, 1 - keep, out=spare)


def moments(block: Block, beta1: float, beta2: float) -> tuple[Any, Any]:
    """Update the running averages of g and of g², and return them."""
    g, spare = block.gradient, block.spare
    m, v = block.filled("exp_avg"), block.filled("exp_avg_sq")
    average(m, g, beta1, spare)
    average(v, np.multiply(g, g, out=spare), beta2, spare)
    return m, v


class Adagrad(Optimizer):
    """Adagrad: ``s ← s + g²``, ``p ← p - lr/(1 + (t - 1)·lr_decay) · g/(√s + eps)`` in step t.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The learning rate.
    lr_decay : float
        How fast the learning rate decreases.
    weight_decay : float
        Adds ``weight_decay·p`` to the gradient.
    initial_accumulator_value : float
        The initial value of s.
    eps : float
        Added to √s.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    Raises
    ------
    OptionError
        If there are no parameters, or an option is out of range.
    DataError
        If a parameter is not a leaf.

    References
    ----------
    Duchi, Hazan, Singer: Adaptive subgradient methods for online learning and stochastic
    optimization, JMLR 12, 2011.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones(2))
    >>> (w * w).sum().backward()
    >>> Adagrad([w], lr=0.1).step()
    >>> np.round(w.data, 6)
    array([0.9, 0.9])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, spare = block.gradient, block.spare
        s = block.filled("sum", group["initial_accumulator_value"])
        s += np.multiply(g, g, out=spare)
        np.sqrt(s, out=spare)
        spare += group["eps"]
        g /= spare
        g *= group["lr"] / (1 + (block.steps - 1) * group["lr_decay"])


class RMSprop(Optimizer):
    """RMSprop: ``v ← alpha·v + (1 - alpha)·g²``, ``p ← p - lr · g/(√v + eps)``.

    With momentum, ``b ← momentum·b + g/(√v + eps)`` and ``p ← p - lr·b``.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The learning rate.
    alpha : float
        The weight of the past in the running average.
    eps : float
        Added to √v.
    weight_decay : float
        Adds ``weight_decay·p`` to the gradient.
    momentum : float
        The share of the last step to keep.
    centered : bool
        Whether to subtract the square of the running average of g from v under the root.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    Raises
    ------
    OptionError
        If there are no parameters, or an option is out of range.
    DataError
        If a parameter is not a leaf.

    References
    ----------
    Hinton: Neural networks for machine learning, lecture 6e, 2012; centred: Graves: Generating
    sequences with recurrent neural networks, arXiv:1308.0850.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones(2))
    >>> (w * w).sum().backward()
    >>> RMSprop([w], lr=0.01).step()
    >>> np.round(w.data, 6)
    array([0.9, 0.9])
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
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, alpha = block.gradient, block.spare, group["alpha"]
        v = block.filled("square_avg")
        average(v, np.multiply(g, g, out=spare), alpha, spare)
        if group["centered"]:
            mean = block.filled("grad_avg")
            average(mean, g, alpha, spare)
            np.subtract(v, np.multiply(mean, mean, out=spare), out=spare)
            np.maximum(spare, 0.0, out=spare)  # rounding may make it negative
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
    """Adam: adaptive steps from running averages of g and g², with bias correction.

    In step t ``m ← β₁·m + (1 - β₁)·g``, ``v ← β₂·v + (1 - β₂)·g²`` and
    ``p ← p - lr · m/(1 - β₁ᵗ) / (√(v/(1 - β₂ᵗ)) + eps)``.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The learning rate.
    betas : (float, float)
        β₁ and β₂, the weights of the past in the running averages.
    eps : float
        Added to the root.
    weight_decay : float
        Adds ``weight_decay·p`` to the gradient.
    amsgrad : bool
        Whether to use the largest v so far in place of v.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    Raises
    ------
    OptionError
        If there are no parameters, or an option is out of range.
    DataError
        If a parameter is not a leaf.

    References
    ----------
    Kingma, Ba: Adam: a method for stochastic optimization, ICLR 2015; amsgrad: Reddi, Kale, Kumar:
    On the convergence of Adam and beyond, ICLR 2018.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones(2))
    >>> (w * w).sum().backward()
    >>> Adam([w], lr=0.1).step()
    >>> np.round(w.data, 6)
    array([0.9, 0.9])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, steps = block.gradient, block.spare, block.steps
        beta1, beta2 = group["betas"]
        m, v = moments(block, beta1, beta2)
        if group["amsgrad"]:
            largest = block.filled("max_exp_avg_sq")
            v = np.maximum(largest, v, out=largest)
        np.sqrt(v, out=spare)
        spare /= call(math.sqrt, 1 - beta2**steps)
        spare += group["eps"]
        np.divide(m, spare, out=g)
        g *= group["lr"] / (1 - beta1**steps)


class AdamW(Adam):
    """Adam with decoupled weight decay: ``p ← p - lr·weight_decay·p`` besides the step of `Adam`.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The learning rate.
    betas : (float, float)
        β₁ and β₂, the weights of the past in the running averages.
    eps : float
        Added to the root.
    weight_decay : float
        The rate of decay, in units of the learning rate.
    amsgrad : bool
        Whether to use the largest v so far in place of v.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    Raises
    ------
    OptionError
        If there are no parameters, or an option is out of range.
    DataError
        If a parameter is not a leaf.

    References
    ----------
    Loshchilov, Hutter: Decoupled weight decay regularization, ICLR 2019.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones(2))
    >>> (w * w).sum().backward()
    >>> AdamW([w], lr=0.1, weight_decay=0.0).step()
    >>> np.round(w.data, 6)
    array([0.9, 0.9])
    """

    implied: ClassVar[dict[str, Any]] = {"decoupled_weight_decay": True}
    decays_gradient = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        super()._update(block, group)
        if group["weight_decay"]:
            block.decay(group["lr"] * group["weight_decay"])
