"""Keras' schedules of the learning rate: functions of the number of steps so far."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from autograd.errors import OptionError
from nn.keras_style.configured import Configured
from nn.missing_names import refuse

__all__ = [
    "CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay",
    "LearningRateSchedule", "PiecewiseConstantDecay", "PolynomialDecay",
]  # fmt: skip


class LearningRateSchedule(Configured):
    """The base class; subclasses define ``__call__(step)``, which returns the rate."""

    keras_module = "optimizers.schedules"

    def __call__(self, step: int) -> float:
        """Return the rate after so many steps.

        Parameters
        ----------
        step : int
            The number of steps so far.
        """
        raise NotImplementedError("Define __call__(self, step), which returns the rate.")


def _past(step: float, steps: float, staircase: bool) -> float:
    return step // steps if staircase else step / steps


@dataclass(eq=False)
class ExponentialDecay(LearningRateSchedule):
    """The rate ``initial · decay_rate^(step/decay_steps)``.

    Parameters
    ----------
    initial_learning_rate : float
        The first rate.
    decay_steps : int
        The steps after which the factor is `decay_rate`.
    decay_rate : float
        The factor.
    staircase : bool
        Whether the rate stays the same for `decay_steps`.
    name : str
        Not used.

    Examples
    --------
    >>> ExponentialDecay(0.1, 10, 0.5)(20)
    0.025
    """

    initial_learning_rate: float
    decay_steps: int
    decay_rate: float
    staircase: bool = False
    name: str = ""

    def __call__(self, step: int) -> float:
        """Return the rate after so many steps."""
        past = _past(step, self.decay_steps, self.staircase)
        return self.initial_learning_rate * math.pow(self.decay_rate, past)


@dataclass(eq=False)
class InverseTimeDecay(LearningRateSchedule):
    """The rate ``initial / (1 + decay_rate·step/decay_steps)``.

    Parameters
    ----------
    initial_learning_rate, decay_steps, decay_rate, staircase, name
        As for `ExponentialDecay`.

    Examples
    --------
    >>> InverseTimeDecay(0.1, 10, 1.0)(10)
    0.05
    """

    initial_learning_rate: float
    decay_steps: int
    decay_rate: float
    staircase: bool = False
    name: str = ""

    def __call__(self, step: int) -> float:
        """Return the rate after so many steps."""
        past = _past(step, self.decay_steps, self.staircase)
        return self.initial_learning_rate / (1 + self.decay_rate * past)


@dataclass(eq=False)
class PiecewiseConstantDecay(LearningRateSchedule):
    """The first of `values` until the first of `boundaries`, inclusive, and so on.

    Parameters
    ----------
    boundaries : list of int
        Numbers of steps, ascending.
    values : list of float
        The rates, one more.
    name : str
        Not used.

    Examples
    --------
    >>> [PiecewiseConstantDecay([10], [0.1, 0.01])(step) for step in (10, 11)]
    [0.1, 0.01]
    """

    boundaries: Sequence[int]
    values: Sequence[float]
    name: str = ""

    def __post_init__(self) -> None:
        if len(self.boundaries) != len(self.values) - 1:
            raise OptionError(
                f"There are {len(self.values)} values for {len(self.boundaries)} boundaries; "
                "there must be one more value."
            )

    def __call__(self, step: int) -> float:
        """Return the rate after so many steps."""
        return self.values[bisect.bisect_left(self.boundaries, step)]


@dataclass(eq=False)
class PolynomialDecay(LearningRateSchedule):
    """From the first rate to the last as ``(1 - step/decay_steps)^power``.

    Parameters
    ----------
    initial_learning_rate : float
        The first rate.
    decay_steps : int
        When the last one is reached.
    end_learning_rate : float
        The last rate.
    power : float
        The power.
    cycle : bool
        Whether to begin again then, with as many steps more.
    name : str
        Not used.

    Examples
    --------
    >>> PolynomialDecay(0.1, 10, 0.0)(5)
    0.05
    """

    initial_learning_rate: float
    decay_steps: int
    end_learning_rate: float = 0.0001
    power: float = 1.0
    cycle: bool = False
    name: str = ""

    def __call__(self, step: int) -> float:
        """Return the rate after so many steps."""
        steps = self.decay_steps
        if self.cycle:
            steps *= max(1, math.ceil(step / steps))
        left = 1 - min(step, steps) / steps
        difference = self.initial_learning_rate - self.end_learning_rate
        return difference * math.pow(left, self.power) + self.end_learning_rate


def _cosine(past: float, alpha: float, height: float = 1.0) -> float:
    return (1 - alpha) * height * 0.5 * (1 + math.cos(math.pi * past)) + alpha


@dataclass(eq=False)
class CosineDecay(LearningRateSchedule):
    """Half a period of a cosine, from the first rate to its share `alpha`; before it a warm-up.

    Parameters
    ----------
    initial_learning_rate : float
        The first rate.
    decay_steps : int
        The steps of the decay.
    alpha : float
        The last rate as a share of that at the top.
    name : str
        Not used.
    warmup_target : float, optional
        The rate to which it rises linearly at first.
    warmup_steps : int
        In how many steps.

    Examples
    --------
    >>> CosineDecay(0.1, 10)(5)
    0.05
    """

    initial_learning_rate: float
    decay_steps: int
    alpha: float = 0.0
    name: str = ""
    warmup_target: float | None = None
    warmup_steps: int = 0

    def __call__(self, step: int) -> float:
        """Return the rate after so many steps."""
        top, first = self.initial_learning_rate, 0
        if self.warmup_target is not None:
            top, first = self.warmup_target, self.warmup_steps
            if step < first:
                rise = self.warmup_target - self.initial_learning_rate
                return self.initial_learning_rate + rise * step / first
        return top * _cosine(min(step - first, self.decay_steps) / self.decay_steps, self.alpha)


@dataclass(eq=False)
class CosineDecayRestarts(LearningRateSchedule):
    """Half periods of cosines one after the other.

    Parameters
    ----------
    initial_learning_rate : float
        The first rate.
    first_decay_steps : int
        The steps of the first one.
    t_mul : float
        How much longer each is than the one before.
    m_mul : float
        How much higher.
    alpha : float
        The last rate as a share of the first.
    name : str
        Not used.

    Examples
    --------
    >>> [CosineDecayRestarts(0.1, 10, m_mul=0.5)(step) for step in (0, 10)]
    [0.1, 0.05]
    """

    initial_learning_rate: float
    first_decay_steps: int
    t_mul: float = 2.0
    m_mul: float = 1.0
    alpha: float = 0.0
    name: str = ""

    def __call__(self, step: int) -> float:
        """Return the rate after so many steps."""
        past, length, height = step / self.first_decay_steps, 1.0, 1.0
        while past >= length:
            past, length, height = past - length, length * self.t_mul, height * self.m_mul
        return self.initial_learning_rate * _cosine(past / length, self.alpha, height)


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no optimizers.schedules.{name}; it has {', '.join(__all__)}.")
