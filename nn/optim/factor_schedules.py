"""Learning rate schedules that multiply the initial rate by a factor of t, the number of steps.

``scheduler.step()`` increments t and sets the learning rate of every group of the optimiser. A step
can be an epoch or a batch. Rates are computed from the initial one, so rounding errors do not
accumulate, unless something else changes the rate between steps: see `Formula`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from autograd.errors import OptionError
from nn.optim.optimizer import Optimizer
from nn.optim.scheduler import Formula, for_groups, of_group


class LambdaLR(Formula):
    """``lr · lr_lambda(t)``, for any function.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    lr_lambda : callable, or list of callable
        ``lr_lambda(t)`` returns the factor at step t.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = LambdaLR(optimizer, lambda t: 1 / (1 + t))
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     schedule.step()
    >>> rates
    [1.0, 0.5, 0.333, 0.25]
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Any) -> None:
        self.lr_lambda = for_groups(optimizer, "lr_lambda", lr_lambda)
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate of the first group at step t."""
        return self.rate_of(0, lr, t)

    def rate_of(self, group: int, lr: float, t: int) -> float:
        """Return the learning rate of a group at step t."""
        return lr * float(of_group(self.lr_lambda, group)(t))


class MultiplicativeLR(Formula):
    """lr times the factors ``lr_lambda(1)``, ..., ``lr_lambda(t)``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    lr_lambda : callable, or list of callable
        ``lr_lambda(t)`` returns the factor of step t.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = MultiplicativeLR(optimizer, lambda t: 0.5)
    >>> schedule.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Any) -> None:
        self.lr_lambda = for_groups(optimizer, "lr_lambda", lr_lambda)
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate of the first group at step t."""
        return self.rate_of(0, lr, t)

    def rate_of(self, group: int, lr: float, t: int) -> float:
        """Return the learning rate of a group at step t."""
        factor = of_group(self.lr_lambda, group)
        return lr * float(math.prod(factor(step) for step in range(1, t + 1)))


class ConstantLR(Formula):
    """``lr · factor`` for the first total_iters steps, then lr.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    factor : float
        The factor of the first steps.
    total_iters : int
        The number of these steps.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = ConstantLR(optimizer, factor=0.5, total_iters=1)
    >>> schedule.get_last_lr()
    [0.5]
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [1.0]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5) -> None:
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        return lr * self.factor if t < self.total_iters else lr


class StepLR(Formula):
    """``lr · gamma^⌊t/step_size⌋``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    step_size : int
        The number of steps between changes.
    gamma : float
        The factor of each change.

    Raises
    ------
    OptionError
        If a number of steps is less than 1.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = StepLR(optimizer, step_size=2)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     schedule.step()
    >>> rates
    [1.0, 1.0, 0.1, 0.1]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = at_least_one("step_size", step_size), gamma
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        return float(lr * self.gamma ** (t // self.step_size))


class MultiStepLR(Formula):
    """``lr · gamma^n`` after n of the milestones.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    milestones : sequence of int
        The steps at which the rate changes.
    gamma : float
        The factor of each change.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = MultiStepLR(optimizer, [1, 3])
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     schedule.step()
    >>> rates
    [1.0, 0.1, 0.1, 0.01]
    """

    def __init__(self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1) -> None:
        self.milestones, self.gamma = milestones, gamma
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        return float(lr * self.gamma ** bisect_right(sorted(self.milestones), t))


class ExponentialLR(Formula):
    """``lr · gamma^t``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    gamma : float
        The factor of each step.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = ExponentialLR(optimizer, 0.5)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     schedule.step()
    >>> rates
    [1.0, 0.5, 0.25, 0.125]
    """

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = gamma
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        return float(lr * self.gamma**t)


class LinearLR(Formula):
    """``lr · (start + (end - start) · t/total)``, then ``lr · end``; usually a warm-up.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    start_factor, end_factor : float
        The factors at the first step, and from step `total_iters` on.
    total_iters : int
        The number of steps between them.

    Raises
    ------
    OptionError
        If a number of steps is less than 1.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     schedule.step()
    >>> rates
    [0.5, 0.75, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
    ) -> None:
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = at_least_one("total_iters", total_iters)
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        share = min(t, self.total_iters) / self.total_iters
        return lr * (self.start_factor + (self.end_factor - self.start_factor) * share)


class PolynomialLR(Formula):
    """``lr · (1 - t/total_iters)^power``, then 0.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    total_iters : int
        The number of steps to 0.
    power : float
        The exponent.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = PolynomialLR(optimizer, total_iters=4)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.75]
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0) -> None:
        self.total_iters, self.power = at_least_one("total_iters", total_iters), power
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        return float(lr * (1 - min(t / self.total_iters, 1.0)) ** self.power)


def at_least_one(name: str, number: int) -> int:
    """Return a number of steps; raise if it is less than 1."""
    if number < 1:
        raise OptionError(f"{name}={number!r} must be at least 1.")
    return number


class SWALR(Formula):
    """Goes to a fixed rate in some steps and stays there, while weights are averaged.

    Source: Izmailov et al., "Averaging weights leads to wider optima and better generalization",
    2018.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    swa_lr : float
        The fixed rate.
    anneal_epochs : int
        The number of steps to it.
    anneal_strategy : {"cos", "linear"}
        Whether to go along a cosine or a straight line.

    Raises
    ------
    OptionError
        If an option is out of range.

    Examples
    --------
    >>> import nn
    >>> schedule = SWALR(nn.optim.SGD([nn.Parameter([1.0])], lr=0.5), 0.1, 2, "linear")
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.3]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
    ) -> None:
        if anneal_strategy not in ("cos", "linear") or anneal_epochs < 0 or not swa_lr >= 0:
            raise OptionError(
                f"swa_lr={swa_lr!r} and anneal_epochs={anneal_epochs!r} must be at least 0, and "
                f'anneal_strategy={anneal_strategy!r} "cos" or "linear".'
            )
        self.swa_lr, self.anneal_epochs = swa_lr, anneal_epochs
        self.anneal_strategy = anneal_strategy
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate after some steps.

        Parameters
        ----------
        lr : float
            The initial learning rate.
        t : int
            The number of steps.
        """
        share = min(1.0, t / self.anneal_epochs) if self.anneal_epochs else 1.0
        if self.anneal_strategy == "cos":
            share = (1 - math.cos(math.pi * share)) / 2
        return share * self.swa_lr + (1 - share) * lr
