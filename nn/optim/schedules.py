"""Learning rate schedules: formulas of t, the number of steps so far.

``scheduler.step()`` increments t and sets the learning rate of every group of the optimiser. A step
can be an epoch or a batch. Rates are computed from the initial one, so rounding errors do not
accumulate, unless something else changes the rate between steps: see `Formula`.
"""

# ruff: noqa: N803 - the names are PyTorch's

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence

from autograd.errors import OptionError
from autograd.program import call, follow
from nn.optim.more_schedules import write_momentum
from nn.optim.optimizer import Optimizer
from nn.optim.scheduler import Formula


class LambdaLR(Formula):
    """``lr · lr_lambda(t)``, for any function.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    lr_lambda : callable
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

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float]) -> None:
        self.lr_lambda = lr_lambda
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        return lr * self.lr_lambda(t)


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
        self.step_size, self.gamma = _at_least_one("step_size", step_size), gamma
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
        self.total_iters = _at_least_one("total_iters", total_iters)
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        share = min(t, self.total_iters) / self.total_iters
        return lr * (self.start_factor + (self.end_factor - self.start_factor) * share)


class CosineAnnealingLR(Formula):
    """``eta_min + (lr - eta_min) · (1 + cos(π·t/T_max))/2``, which rises again after T_max.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    T_max : int
        The number of steps to the minimum.
    eta_min : float
        The minimal learning rate.

    Raises
    ------
    OptionError
        If a number of steps is less than 1.

    References
    ----------
    Loshchilov, Hutter: SGDR: stochastic gradient descent with warm restarts, ICLR 2017.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = CosineAnnealingLR(optimizer, T_max=2)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     schedule.step()
    >>> rates
    [1.0, 0.5, 0.0, 0.5]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max, self.eta_min = _at_least_one("T_max", T_max), eta_min
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        return _cosine(lr, self.eta_min, t / self.T_max)

    def _resumed(self, lr: float, written: float, base: float, first: float, t: int) -> float:
        risen = lr + self.rate(first, t) - self.rate(first, t - 1)  # from any minimum
        shift = self.rate(0.0, t)
        return (risen - shift) / (self.rate(1.0, t) - shift)


class CosineAnnealingWarmRestarts(Formula):
    """The half cosine of `CosineAnnealingLR` again and again, with growing periods.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    T_0 : int
        The number of steps of the first period.
    T_mult : int
        The factor from the length of a period to that of the next one.
    eta_min : float
        The minimal learning rate.

    Raises
    ------
    OptionError
        If a number of steps is less than 1.

    References
    ----------
    Loshchilov, Hutter: SGDR: stochastic gradient descent with warm restarts, ICLR 2017.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     schedule.step()
    >>> rates
    [1.0, 0.5, 1.0, 0.5]
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0
    ) -> None:
        self.T_0, self.T_mult = _at_least_one("T_0", T_0), _at_least_one("T_mult", T_mult)
        self.eta_min = eta_min
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        length = self.T_0
        while self.T_mult > 1 and t >= length:
            t, length = t - length, length * self.T_mult
        return _cosine(lr, self.eta_min, t % length / length)


class OneCycleLR(Formula):
    """One cycle: from ``max_lr/div_factor`` up to max_lr, then down, along half cosines.

    The final rate is the first one divided by final_div_factor. Momentum, or the first of the
    betas, changes in the opposite direction: from max_momentum to base_momentum and back.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    max_lr : float
        The largest learning rate.
    total_steps : int, optional
        The number of steps of the cycle.
    epochs, steps_per_epoch : int, optional
        Instead of `total_steps`: it is their product.
    pct_start : float
        The share of the steps, from 0 to 1, in which the rate rises.
    cycle_momentum : bool
        Whether to change the momentum.
    base_momentum, max_momentum : float
        The smallest and the largest momentum.
    div_factor, final_div_factor : float
        The factors between max_lr and the first rate, and between that and the last one.

    Raises
    ------
    OptionError
        If a number of steps is less than 1, or `pct_start` is out of range.

    References
    ----------
    Smith, Topin: Super-convergence: very fast training of neural networks using large learning
    rates, arXiv:1708.07120.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = OneCycleLR(optimizer, max_lr=1.0, total_steps=4, pct_start=0.5)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     schedule.step()
    >>> rates
    [0.04, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
    ) -> None:
        if not 0 <= pct_start < 1:
            raise OptionError(f"pct_start={pct_start!r} must be in [0, 1).")
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise OptionError("OneCycleLR needs total_steps=, or epochs= and steps_per_epoch=.")
            total_steps = epochs * steps_per_epoch
        self.max_lr, self.total_steps = max_lr, _at_least_one("total_steps", total_steps)
        self.top = pct_start * total_steps - 1
        self.cycle_momentum = cycle_momentum
        self.base_momentum, self.max_momentum = base_momentum, max_momentum
        self.start_lr = max_lr / div_factor
        self.end_lr = self.start_lr / final_div_factor
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate of step t, which does not depend on `lr`."""
        return self._between(self.start_lr, self.max_lr, self.end_lr, t)

    def _between(self, start: float, top: float, end: float, t: int) -> float:
        if t < self.top:
            return _cosine(start, top, t / self.top)
        return _cosine(top, end, (t - self.top) / (self.total_steps - 1 - self.top))

    def step(self) -> None:
        """Take one step.

        Raises
        ------
        OptionError
            If the cycle is over.
        """
        follow(self)
        if self.last_epoch >= self.total_steps:
            raise OptionError(f"The cycle is over after total_steps={self.total_steps}.")
        super().step()

    def _write(self) -> None:
        super()._write()
        if not self.cycle_momentum:
            return
        high = self.max_momentum
        momentum = call(self._between, high, self.base_momentum, high, self.last_epoch)
        write_momentum(self.optimizer, momentum)


def _cosine(start: float, end: float, along: float) -> float:
    """Return a point of the half cosine from `start`, at 0, to `end`, at 1."""
    return end + (start - end) * (1 + math.cos(math.pi * along)) / 2


def _at_least_one(name: str, number: int) -> int:
    if number < 1:
        raise OptionError(f"{name}={number!r} must be at least 1.")
    return number
