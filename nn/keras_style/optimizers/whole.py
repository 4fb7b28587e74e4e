"""Keras' optimisers whose steps depend on the numbers of a whole parameter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import OptionError
from autograd.program import call
from nn import optim
from nn.arrays import plain
from nn.keras_style.optimizers.optimizer import Optimizer, averaged
from nn.optim.one_by_one import OneByOne


class Whole(Optimizer, OneByOne):
    """The base class: subclasses define ``_changed``, the new numbers of a parameter."""

    _update = optim.Optimizer._update

    def _step_of(self, parameter: Any, group: dict[str, Any]) -> None:
        state = self.state[parameter]
        state["step"] = state.get("step", 0) + 1
        p, g = plain(parameter.data), plain(parameter.grad)
        if group["weight_decay"]:
            p = p - group["lr"] * group["weight_decay"] * p
        new = self._changed(p, g, state, group)
        if group.get("use_ema"):
            new = averaged(kept(state, "average", p), np.array(new), group)
        parameter.data[...] = new
        parameter.data = parameter.data  # tells the engine about the change

    def _averages(self) -> dict[int, Any]:
        parameters = self.param_groups[0]["params"]
        found = {i: self.state[p] for i, p in enumerate(parameters) if p in self.state}
        return {i: state["average"] for i, state in found.items() if "average" in state}

    def _changed(self, p: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        raise NotImplementedError


def kept(state: dict[str, Any], name: str, like: Any, number: float = 0.0) -> Any:
    """Return the state of this name, at first filled with one number."""
    if name not in state:
        state[name] = np.zeros_like(like)
        state[name] += number
    return state[name]


class Lamb(Whole):
    """Lamb: ``p ← p - lr·(|p| / |u|)·u``, where ``u = m̂/(√v̂ + epsilon)`` as in `Adam`.

    Source: You et al., "Large batch optimization for deep learning", 2020.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`.
    beta_1, beta_2 : float
        β₁ and β₂, the weights of the past in m and v.
    epsilon : float
        Added to √v̂.
    **options
        See `Optimizer`.
    """

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999,
        epsilon: float = 1e-7, **options: Any,
    ) -> None:  # fmt: skip
        own = {"beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon}
        super().__init__(learning_rate, **own, **options)

    def _changed(self, p: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        beta_1, beta_2, t = group["beta_1"], group["beta_2"], state["step"]
        m, v = kept(state, "m", g), kept(state, "v", g)
        m += (1 - beta_1) * (g - m)
        v += (1 - beta_2) * (g * g - v)
        u = m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + group["epsilon"])
        length, size = (np.sqrt(np.sum(x * x)) for x in (p, u))
        there = np.logical_and(length > 0, size > 0)
        ratio = np.where(there, length / np.where(there, size, 1), 1).astype(p.dtype)
        return p - group["lr"] * ratio * u


class Ftrl(Whole):
    """Follow the regularised leader: ``p ← (clip(z, -l1, l1) - z) / (a^-power/lr + 2·l2)``.

    Before it ``z ← z + g - (a^-power - a₀^-power)/lr · p``, with the sums of squared gradients a₀
    before and a behind the step. Source: McMahan et al., "Ad click prediction", 2013.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`.
    learning_rate_power : float
        The power, at most 0.
    initial_accumulator_value : float
        The initial value of a.
    l1_regularization_strength, l2_regularization_strength : float
        l1 and l2.
    l2_shrinkage_regularization_strength : float
        Adds twice this times p to g.
    beta : float
        Adds ``beta / (2·lr)`` to l2.
    **options
        See `Optimizer`.

    Raises
    ------
    OptionError
        If the power is positive, or a strength negative.
    """

    def __init__(
        self, learning_rate: Any = 0.001, learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1, l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0, beta: float = 0.0, **options: Any,
    ) -> None:  # fmt: skip
        own = {
            "initial_accumulator_value": initial_accumulator_value,
            "l1_regularization_strength": l1_regularization_strength,
            "l2_regularization_strength": l2_regularization_strength,
            "l2_shrinkage_regularization_strength": l2_shrinkage_regularization_strength,
        }
        if learning_rate_power > 0 or min(own.values()) < 0:
            raise OptionError("Ftrl takes learning_rate_power up to 0, and others from 0.")
        own |= {"learning_rate_power": learning_rate_power, "beta": beta}
        super().__init__(learning_rate, **own, **options)

    def _changed(self, p: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        lr, power = group["lr"], -group["learning_rate_power"]
        l1 = group["l1_regularization_strength"]
        l2 = group["l2_regularization_strength"] + group["beta"] / (2 * lr)
        a = kept(state, "sum", g, group["initial_accumulator_value"])
        z = kept(state, "linear", g)
        before = a**power
        a += g * g
        z += g + 2 * group["l2_shrinkage_regularization_strength"] * p
        z -= (a**power - before) / lr * p
        return (np.clip(z, -l1, l1) - z) / (a**power / lr + 2 * l2)


class Adafactor(Whole):
    """Adam's steps with little memory: see `nn.optim.Adafactor`, whose formula Keras varies.

    Parameters
    ----------
    learning_rate : float or callable
        The largest rate, in units of the parameter's size; or a schedule.
    beta_2_decay : float
        The power of t that weighs the new squares.
    epsilon_1, epsilon_2 : float
        Added to the squares; and the least size of a parameter.
    clip_threshold : float
        The largest root mean square of a step before it is scaled.
    relative_step : bool
        Accepted as in Keras, where rates are at most 1/√t in any case.
    **options
        See `Optimizer`.
    """

    def __init__(
        self, learning_rate: Any = 0.001, beta_2_decay: float = -0.8, epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3, clip_threshold: float = 1.0, relative_step: bool = True,
        **options: Any,
    ) -> None:  # fmt: skip
        own = {
            "beta_2_decay": beta_2_decay, "epsilon_1": epsilon_1, "epsilon_2": epsilon_2,
            "clip_threshold": clip_threshold, "relative_step": relative_step,
        }  # fmt: skip
        super().__init__(learning_rate, **own, **options)

    def _changed(self, p: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        squares, share = g * g + group["epsilon_1"], state["step"] ** group["beta_2_decay"]
        if np.ndim(g) < 2:
            v = kept(state, "v", g)
            v += share * (squares - v)
        else:
            rows = kept(state, "rows", squares[..., 0])
            columns = kept(state, "columns", squares[..., 0, :])
            rows += share * (np.mean(squares, axis=-1) - rows)
            columns += share * (np.mean(squares, axis=-2) - columns)
            part = rows / np.mean(rows, axis=-1, keepdims=True)
            v = part[..., None] * columns[..., None, :]
        u = g / np.sqrt(v)
        u = u / np.maximum(1.0, _size(u) / group["clip_threshold"])
        rate = np.maximum(group["epsilon_2"], _size(p)) * call(_rate, group["lr"], state["step"])
        return p - rate * u


def _size(x: Any) -> Any:
    return np.sqrt(np.mean(x * x))


def _rate(lr: float, step: int) -> float:
    return min(lr, 1 / math.sqrt(step))


def LossScaleOptimizer(  # noqa: N802
    inner_optimizer: Any, initial_scale: float = 2.0**15, dynamic_growth_steps: int = 2000,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return the optimizer itself: losses of float32 need no scaling.

    Parameters
    ----------
    inner_optimizer : Optimizer
        The optimizer.
    initial_scale, dynamic_growth_steps, name
        Keras' options of the scale, which change nothing.
    """
    return inner_optimizer
