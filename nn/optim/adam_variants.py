"""Relatives of Adam: Adamax, NAdam, RAdam and Lion.

Absolute values, roots and quotients are elementwise; g is the gradient, p the parameters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.program import call
from nn.optim.adaptive import average, moments
from nn.optim.optimizer import Optimizer, given
from nn.optim.packing import Block


class Adamax(Optimizer):
    """Adam with the largest magnitude: ``u ← max(β₂·u, |g| + eps)``.

    In step t ``m ← β₁·m + (1 - β₁)·g`` and ``p ← p - lr/(1 - β₁ᵗ) · m/u``.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The learning rate.
    betas : (float, float)
        β₁ and β₂.
    eps : float
        Added to |g|.
    weight_decay : float
        Adds ``weight_decay·p`` to the gradient.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    References
    ----------
    Kingma, Ba: Adam: a method for stochastic optimization, ICLR 2015.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones(2))
    >>> (w * w).sum().backward()
    >>> Adamax([w], lr=0.1).step()
    >>> np.round(w.data, 6)
    array([0.9, 0.9])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, spare = block.gradient, block.spare
        beta1, beta2 = group["betas"]
        m, u = block.filled("exp_avg"), block.filled("exp_inf")
        average(m, g, beta1, spare)
        u *= beta2
        np.abs(g, out=spare)
        spare += group["eps"]
        np.maximum(u, spare, out=u)
        np.divide(m, u, out=g)
        g *= group["lr"] / (1 - beta1**block.steps)


class NAdam(Optimizer):
    """Adam with Nesterov's momentum, which decays with the steps.

    In step t, for μₜ = β₁·(1 - 0.96^(t·momentum_decay)/2) and their product M, and with m and v
    as in `Adam`, ``d = (1 - μₜ)/(1 - M)·g + μₜ₊₁/(1 - M·μₜ₊₁)·m`` and
    ``p ← p - lr · d / (√(v/(1 - β₂ᵗ)) + eps)``.

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
    momentum_decay : float
        How fast the momentum approaches β₁.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.
    decoupled_weight_decay : bool
        Whether `weight_decay` shrinks the parameters, as in AdamW, and is no part of the gradient.

    References
    ----------
    Dozat: Incorporating Nesterov momentum into Adam, ICLR workshop 2016.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones(2))
    >>> (w * w).sum().backward()
    >>> NAdam([w], lr=0.1).step()
    >>> bool((w.data < 1).all())
    True
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, steps = block.gradient, block.spare, block.steps
        (beta1, beta2), decay = group["betas"], group["momentum_decay"]
        m, v = moments(block, beta1, beta2)
        g *= call(_share_of_gradient, beta1, decay, steps)
        g += np.multiply(m, call(_share_of_momentum, beta1, decay, steps), out=spare)
        np.sqrt(v, out=spare)
        spare /= call(math.sqrt, 1 - beta2**steps)
        spare += group["eps"]
        g /= spare
        g *= group["lr"]


def _momentum(beta: float, decay: float, t: int) -> float:
    return float(beta * (1 - 0.5 * 0.96 ** (t * decay)))


#: The products of the first momenta, for each β₁ and decay.
_PRODUCTS: dict[tuple[float, float], list[float]] = {}


def _product(beta: float, decay: float, t: int) -> float:
    """Return the product of the momenta up to step t; each is computed once."""
    found = _PRODUCTS.setdefault((beta, decay), [1.0])
    while len(found) <= t:
        found.append(found[-1] * _momentum(beta, decay, len(found)))
    return found[t]


def _share_of_gradient(beta: float, decay: float, t: int) -> float:
    return (1 - _momentum(beta, decay, t)) / (1 - _product(beta, decay, t))


def _share_of_momentum(beta: float, decay: float, t: int) -> float:
    return _momentum(beta, decay, t + 1) / (1 - _product(beta, decay, t + 1))


class RAdam(Optimizer):
    """Adam whose adaptive steps are weighted by how well v is known, and skipped at first.

    With m and v as in `Adam` and ρ = 2/(1 - β₂) - 1, ρₜ = ρ - 2t·β₂ᵗ/(1 - β₂ᵗ), the step of `Adam`
    is multiplied by √((ρₜ - 4)(ρₜ - 2)ρ / ((ρ - 4)(ρ - 2)ρₜ)) if ρₜ > 5; before,
    ``p ← p - lr·m/(1 - β₁ᵗ)``.

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
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.
    decoupled_weight_decay : bool
        Whether `weight_decay` shrinks the parameters, as in AdamW, and is no part of the gradient.

    References
    ----------
    Liu, Jiang, He, Chen, Liu, Gao, Han: On the variance of the adaptive learning rate and beyond,
    ICLR 2020.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones(2))
    >>> (w * w).sum().backward()
    >>> RAdam([w], lr=0.1).step()
    >>> np.round(w.data, 6)
    array([0.8, 0.8])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, steps = block.gradient, block.spare, block.steps
        beta1, beta2 = group["betas"]
        m, v = moments(block, beta1, beta2)
        np.sqrt(v, out=spare)
        spare += group["eps"]
        np.divide(call(_rectification, beta2, steps), spare, out=spare)
        spare += call(_plain_share, beta2, steps)
        np.multiply(m, spare, out=g)
        g *= group["lr"] / (1 - beta1**steps)


def _rectification(beta: float, t: int) -> float:
    """Return the factor of the adaptive step, with the bias correction of v; at first 0."""
    full = 2 / (1 - beta) - 1
    known = full - 2 * t * beta**t / (1 - beta**t)
    if known <= 5:
        return 0.0
    share = (known - 4) * (known - 2) * full / ((full - 4) * (full - 2) * known)
    return math.sqrt(share * (1 - beta**t))


def _plain_share(beta: float, t: int) -> float:
    return 1.0 if _rectification(beta, t) == 0 else 0.0


class Lion(Optimizer):
    """Steps of equal size: ``p ← p - lr·(sign(β₁·m + (1 - β₁)·g) + weight_decay·p)``.

    Then ``m ← β₂·m + (1 - β₂)·g``.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The learning rate: the size of a step.
    betas : (float, float)
        β₁ and β₂, the weights of the past.
    weight_decay : float
        The rate of decay, in units of the learning rate.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    References
    ----------
    Chen, Liang, Huang, Real, Wang et al.: Symbolic discovery of optimization algorithms,
    NeurIPS 2023.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones(2))
    >>> (w * w).sum().backward()
    >>> Lion([w], lr=0.1).step()
    >>> np.round(w.data, 6)
    array([0.9, 0.9])
    """

    decays_gradient = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def _update(self, block: Block, group: dict[str, Any]) -> None:
        g, spare = block.gradient, block.spare
        beta1, beta2 = group["betas"]
        m = block.filled("exp_avg")
        np.subtract(m, g, out=spare)
        spare *= beta1
        spare += g
        m -= g
        m *= beta2
        m += g
        np.sign(spare, out=g)
        if group["weight_decay"]:
            block.decay(group["weight_decay"])
        g *= group["lr"]
