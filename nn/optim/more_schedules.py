"""Schedules with a constant factor, a polynomial, factors of a function, and cycles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from autograd.errors import OptionError
from autograd.program import call
from nn.optim.optimizer import Optimizer
from nn.optim.scheduler import Formula


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
        if total_iters < 1:
            raise OptionError(f"total_iters={total_iters!r} must be at least 1.")
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        return float(lr * (1 - min(t / self.total_iters, 1.0)) ** self.power)


class CyclicLR(Formula):
    """Up from base_lr to max_lr and down again, along straight lines, again and again.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    base_lr, max_lr : float
        The smallest and the largest learning rate.
    step_size_up : int
        The number of steps up.
    step_size_down : int, optional
        The number of steps down; by default as many.
    mode : {"triangular", "triangular2", "exp_range"}
        Whether all cycles are equal, each is half as high as the one before, or the height is
        multiplied by gamma in each step.
    gamma : float
        This factor.
    cycle_momentum : bool
        Whether to change the momentum in the opposite direction.
    base_momentum, max_momentum : float
        The smallest and the largest momentum.

    Raises
    ------
    OptionError
        If `mode` is something else, or a number of steps is less than 1.

    References
    ----------
    Smith: Cyclical learning rates for training neural networks, WACV 2017.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0, momentum=0.9)
    >>> schedule = CyclicLR(optimizer, 0.0, 1.0, step_size_up=2)
    >>> rates = []
    >>> for _ in range(5):
    ...     rates.append(optimizer.param_groups[0]["lr"])
    ...     schedule.step()
    >>> rates
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float,
        max_lr: float,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        cycle_momentum: bool = True,
        base_momentum: float = 0.8,
        max_momentum: float = 0.9,
    ) -> None:
        if mode not in ("triangular", "triangular2", "exp_range"):
            raise OptionError(f"mode={mode!r} must be 'triangular', 'triangular2' or 'exp_range'.")
        self.up = step_size_up
        self.down = step_size_up if step_size_down is None else step_size_down
        if min(self.up, self.down) < 1:
            raise OptionError(f"step_size_up={self.up} and step_size_down={self.down} must be 1.")
        self.base_lr, self.max_lr, self.mode, self.gamma = base_lr, max_lr, mode, gamma
        self.cycle_momentum = cycle_momentum
        self.base_momentum, self.max_momentum = base_momentum, max_momentum
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate of step t, which does not depend on `lr`."""
        return self.base_lr + (self.max_lr - self.base_lr) * self._height(t)

    def _height(self, t: int) -> float:
        cycle, place = divmod(t, self.up + self.down)
        along = place / self.up if place <= self.up else 1 - (place - self.up) / self.down
        scale = {"triangular": 1.0, "triangular2": 0.5**cycle, "exp_range": self.gamma**t}
        return float(along * scale[self.mode])

    def _momentum(self, t: int) -> float:
        return self.max_momentum - (self.max_momentum - self.base_momentum) * self._height(t)

    def _write(self) -> None:
        super()._write()
        if self.cycle_momentum:
            write_momentum(self.optimizer, call(self._momentum, self.last_epoch))


class MultiplicativeLR(Formula):
    """lr times the factors ``lr_lambda(1)``, ..., ``lr_lambda(t)``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    lr_lambda : callable
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

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float]) -> None:
        self.lr_lambda = lr_lambda
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        return lr * math.prod(self.lr_lambda(step) for step in range(1, t + 1))


def write_momentum(optimizer: Any, momentum: float) -> None:
    """Set the momentum of all groups, or the first of their betas."""
    for group in optimizer.param_groups:
        if "betas" in group:
            group["betas"] = (momentum, group["betas"][1])
        elif "momentum" in group:
            group["momentum"] = momentum
