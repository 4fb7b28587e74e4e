"""Keras' optimisers with a rate for each element.

The formulas are Keras'. Mostly they add epsilon in another place than those of `nn.optim`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.program import call
from nn.keras_style.optimizers.optimizer import Optimizer
from nn.optim.adaptive import average, moments
from nn.optim.packing import Block


class Adam(Optimizer):
    """Adam: ``p ← p - lr·√(1 - β₂ᵗ)/(1 - β₁ᵗ) · m/(√v + epsilon)``.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`.
    beta_1, beta_2 : float
        β₁ and β₂, the weights of the past in m and v.
    epsilon : float
        Added to √v.
    amsgrad : bool
        Whether to use the largest v so far.
    **options
        See `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        own = {"beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon, "amsgrad": amsgrad}
        super().__init__(learning_rate, **own, **options)

    def _change(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, steps = block.gradient, block.spare, block.steps
        beta_1, beta_2 = group["beta_1"], group["beta_2"]
        m, v = moments(block, beta_1, beta_2)
        if group["amsgrad"]:
            largest = block.filled("largest")
            v = np.maximum(largest, v, out=largest)
        np.sqrt(v, out=spare)
        spare += group["epsilon"]
        np.divide(m, spare, out=g)
        g *= group["lr"] * call(math.sqrt, 1 - beta_2**steps) / (1 - beta_1**steps)


class AdamW(Adam):
    """`Adam` with ``weight_decay=0.004``.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`.
    weight_decay : float
        The rate of decay, in units of the learning rate.
    beta_1, beta_2, epsilon, amsgrad, **options
        As for `Adam`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        options["weight_decay"] = weight_decay
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, **options)


class Adamax(Optimizer):
    """Adam with the largest magnitude: ``p ← p - lr/(1 - β₁ᵗ)·m/(u + epsilon)``.

    Before it ``u ← max(β₂·u, |g|)``.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`.
    beta_1, beta_2 : float
        β₁ and β₂.
    epsilon : float
        Added to u.
    **options
        See `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        own = {"beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon}
        super().__init__(learning_rate, **own, **options)

    def _change(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, beta_1 = block.gradient, block.spare, group["beta_1"]
        m, u = block.filled("m"), block.filled("u")
        average(m, g, beta_1, spare)
        u *= group["beta_2"]
        np.maximum(u, np.abs(g, out=spare), out=u)
        np.add(u, group["epsilon"], out=spare)
        np.divide(m, spare, out=g)
        g *= group["lr"] / (1 - beta_1**block.steps)


class Nadam(Optimizer):
    """Adam with Nesterov's momentum; its weights ``β₁·(1 - 0.5·0.96ᵗ)`` grow.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`.
    beta_1, beta_2 : float
        β₁ and β₂, the weights of the past in m and v.
    epsilon : float
        Added to the root.
    **options
        See `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        own = {"beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon}
        super().__init__(learning_rate, **own, **options)

    def _change(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, steps = block.gradient, block.spare, block.steps
        beta_1, beta_2 = group["beta_1"], group["beta_2"]
        m, v = moments(block, beta_1, beta_2)
        g *= call(_share_of_gradient, beta_1, steps)
        g += np.multiply(m, call(_share_of_momentum, beta_1, steps), out=spare)
        np.sqrt(v, out=spare)
        spare /= call(math.sqrt, 1 - beta_2**steps)
        spare += group["epsilon"]
        g /= spare
        g *= group["lr"]


def _momentum(beta: float, t: int) -> float:
    return beta * (1 - 0.5 * 0.96**t)


def _product(beta: float, t: int) -> float:
    return math.prod(_momentum(beta, i) for i in range(1, t + 1))


def _share_of_gradient(beta: float, t: int) -> float:
    return (1 - _momentum(beta, t)) / (1 - _product(beta, t))


def _share_of_momentum(beta: float, t: int) -> float:
    return _momentum(beta, t + 1) / (1 - _product(beta, t + 1))


class RMSprop(Optimizer):
    """RMSprop: ``v ← rho·v + (1 - rho)·g²``, ``p ← p - lr·g/√(v + epsilon)``.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`.
    rho : float
        The weight of the past in v.
    momentum : float
        The share of the last step to keep.
    epsilon : float
        Added to v.
    centered : bool
        Whether to subtract the square of the average of g from v under the root.
    **options
        See `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: Any,
    ) -> None:
        own = {"rho": rho, "momentum": momentum, "epsilon": epsilon, "centered": centered}
        super().__init__(learning_rate, **own, **options)

    def _change(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, rho = block.gradient, block.spare, group["rho"]
        v = block.filled("v")
        average(v, np.multiply(g, g, out=spare), rho, spare)
        if group["centered"]:
            mean = block.filled("mean")
            average(mean, g, rho, spare)
            np.subtract(v, np.multiply(mean, mean, out=spare), out=spare)
            np.maximum(spare, 0.0, out=spare)  # rounding may make it negative
            spare += group["epsilon"]
        else:
            np.add(v, group["epsilon"], out=spare)
        g /= np.sqrt(spare, out=spare)
        g *= group["lr"]
        if group["momentum"]:
            step = block.filled("step_before")
            step *= group["momentum"]
            step += g
            g[:] = step


class Adagrad(Optimizer):
    """Adagrad: ``s ← s + g²``, ``p ← p - lr·g/√(s + epsilon)``.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`.
    initial_accumulator_value : float
        The initial value of s.
    epsilon : float
        Added to s.
    **options
        See `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        own = {"initial_accumulator_value": initial_accumulator_value, "epsilon": epsilon}
        super().__init__(learning_rate, **own, **options)

    def _change(self, block: Block, group: dict[str, Any]) -> None:
        g, spare = block.gradient, block.spare
        s = block.filled("sum", group["initial_accumulator_value"])
        s += np.multiply(g, g, out=spare)
        np.add(s, group["epsilon"], out=spare)
        g /= np.sqrt(spare, out=spare)
        g *= group["lr"]


class Adadelta(Optimizer):
    """Adadelta: steps ``d = √(u + epsilon)/√(v + epsilon) · g``, ``p ← p - lr·d``.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`.
    rho : float
        The weight of the past in the averages v of g² and u of d².
    epsilon : float
        Added under the roots.
    **options
        See `Optimizer`.
    """

    def __init__(
        self, learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float = 1e-7, **options: Any
    ) -> None:
        super().__init__(learning_rate, rho=rho, epsilon=epsilon, **options)

    def _change(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, rho, epsilon = block.gradient, block.spare, group["rho"], group["epsilon"]
        v, u = block.filled("v"), block.filled("u")
        average(v, np.multiply(g, g, out=spare), rho, spare)
        np.add(v, epsilon, out=spare)
        g /= np.sqrt(spare, out=spare)
        np.add(u, epsilon, out=spare)
        g *= np.sqrt(spare, out=spare)
        average(u, np.multiply(g, g, out=spare), rho, spare)
        g *= group["lr"]


class Lion(Optimizer):
    """Lion: ``p ← p - lr·sign(β₁·m + (1 - β₁)·g)``, then ``m ← β₂·m + (1 - β₂)·g``.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`.
    beta_1, beta_2 : float
        β₁ and β₂, the weights of the past.
    **options
        See `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1=beta_1, beta_2=beta_2, **options)

    def _change(self, block: Block, group: dict[str, Any]) -> None:
        g, spare, beta_1 = block.gradient, block.spare, group["beta_1"]
        m = block.filled("m")
        step = np.multiply(m, beta_1, out=spare)
        step += (1 - beta_1) * g
        average(m, g, group["beta_2"], g)
        np.sign(step, out=g)
        g *= group["lr"]
