"""Learning rate schedules that rise and fall: half cosines, restarts and cycles."""

# ruff: noqa: N803 - the names are PyTorch's

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from autograd.errors import OptionError
from autograd.program import follow
from nn.optim.factor_schedules import at_least_one
from nn.optim.optimizer import Optimizer
from nn.optim.scheduler import Formula, for_groups, of_group


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
        self.T_max, self.eta_min = at_least_one("T_max", T_max), eta_min
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
        self.T_0, self.T_mult = at_least_one("T_0", T_0), at_least_one("T_mult", T_mult)
        self.eta_min = eta_min
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate at step t."""
        length = self.T_0
        while self.T_mult > 1 and t >= length:
            t, length = t - length, length * self.T_mult
        return _cosine(lr, self.eta_min, t % length / length)


class OneCycleLR(Formula):
    """One cycle: from ``max_lr/div_factor`` up to max_lr, then down, along half cosines or lines.

    The final rate is the first one divided by final_div_factor. Momentum, or the first of the
    betas, changes in the opposite direction: from max_momentum to base_momentum and back.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    max_lr : float, or list of float
        The largest learning rate, of all groups or of each.
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
    anneal_strategy : {"cos", "linear"}
        Whether the rates follow half cosines or straight lines.
    three_phase : bool
        Whether to go down to the first rate as fast as up, and from there to the last one.

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
        max_lr: Any,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        *,
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        anneal_strategy: str = "cos",
        three_phase: bool = False,
    ) -> None:
        if anneal_strategy not in ANNEALING:
            raise OptionError(f"anneal_strategy={anneal_strategy!r} must be 'cos' or 'linear'.")
        if not 0 <= pct_start < 1:
            raise OptionError(f"pct_start={pct_start!r} must be in [0, 1).")
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise OptionError("OneCycleLR needs total_steps=, or epochs= and steps_per_epoch=.")
            total_steps = epochs * steps_per_epoch
        self.max_lr = for_groups(optimizer, "max_lr", max_lr)
        self.total_steps = at_least_one("total_steps", total_steps)
        self.top = pct_start * total_steps - 1
        self.anneal_strategy, self.three_phase = anneal_strategy, three_phase
        self.cycle_momentum = cycle_momentum
        self.base_momentum, self.max_momentum = base_momentum, max_momentum
        self.div_factor, self.final_div_factor = div_factor, final_div_factor
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate of the first group at step t."""
        return self.rate_of(0, lr, t)

    def rate_of(self, group: int, lr: float, t: int) -> float:
        """Return the learning rate of a group at step t, which does not depend on `lr`."""
        top = of_group(self.max_lr, group)
        start = top / self.div_factor
        return self._between(start, top, start / self.final_div_factor, t)

    def _between(self, start: float, top: float, end: float, t: int) -> float:
        along, last = ANNEALING[self.anneal_strategy], self.total_steps - 1
        if t < self.top:
            return along(start, top, t / self.top)
        if not self.three_phase:
            return along(top, end, (t - self.top) / (last - self.top))
        if t <= 2 * self.top:
            return along(top, start, (t - self.top) / self.top)
        return along(start, end, (t - 2 * self.top) / (last - 2 * self.top))

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

    @property
    def moves_momentum(self) -> bool:
        """Whether the momentum changes, too."""
        return self.cycle_momentum

    def momentum_of(self, t: int) -> float:
        """Return the momentum after some steps."""
        return self._between(self.max_momentum, self.base_momentum, self.max_momentum, t)


class CyclicLR(Formula):
    """Up from base_lr to max_lr and down again, along straight lines, again and again.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    base_lr, max_lr : float, or list of float
        The smallest and the largest learning rate, of all groups or of each.
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
    scale_fn : callable, optional
        Returns the height of a cycle, in place of `mode`.
    scale_mode : {"cycle", "iterations"}
        Whether it gets the number of the cycle, from 1, or of the step.

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
        base_lr: Any,
        max_lr: Any,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        *,
        cycle_momentum: bool = True,
        base_momentum: float = 0.8,
        max_momentum: float = 0.9,
        scale_fn: Callable[[int], float] | None = None,
        scale_mode: str = "cycle",
    ) -> None:
        if scale_mode not in ("cycle", "iterations"):
            raise OptionError(f"scale_mode={scale_mode!r} must be 'cycle' or 'iterations'.")
        if mode not in ("triangular", "triangular2", "exp_range"):
            raise OptionError(f"mode={mode!r} must be 'triangular', 'triangular2' or 'exp_range'.")
        self.up = at_least_one("step_size_up", step_size_up)
        down = step_size_up if step_size_down is None else step_size_down
        self.down = at_least_one("step_size_down", down)
        self.base_lr = for_groups(optimizer, "base_lr", base_lr)
        self.max_lr = for_groups(optimizer, "max_lr", max_lr)
        self.mode, self.gamma = mode, gamma
        self.scale_fn, self.scale_mode = scale_fn, scale_mode
        self.cycle_momentum = cycle_momentum
        self.base_momentum, self.max_momentum = base_momentum, max_momentum
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate of the first group at step t."""
        return self.rate_of(0, lr, t)

    def rate_of(self, group: int, lr: float, t: int) -> float:
        """Return the learning rate of a group at step t, which does not depend on `lr`."""
        low, high = of_group(self.base_lr, group), of_group(self.max_lr, group)
        return float(low + (high - low) * self._height(t))

    def _height(self, t: int) -> float:
        cycle, place = divmod(t, self.up + self.down)
        along = place / self.up if place <= self.up else 1 - (place - self.up) / self.down
        if self.scale_fn is not None:
            return float(along * self.scale_fn(cycle + 1 if self.scale_mode == "cycle" else t))
        scale = {"triangular": 1.0, "triangular2": 0.5**cycle, "exp_range": self.gamma**t}
        return float(along * scale[self.mode])

    @property
    def moves_momentum(self) -> bool:
        """Whether the momentum changes, too."""
        return self.cycle_momentum

    def momentum_of(self, t: int) -> float:
        """Return the momentum after some steps."""
        return self.max_momentum - (self.max_momentum - self.base_momentum) * self._height(t)


def _cosine(start: float, end: float, along: float) -> float:
    """Return a point of the half cosine from `start`, at 0, to `end`, at 1."""
    return end + (start - end) * (1 + math.cos(math.pi * along)) / 2


def _line(start: float, end: float, along: float) -> float:
    """Return a point of the straight line from `start`, at 0, to `end`, at 1."""
    return start + (end - start) * along


#: By name, the ways from one rate to the next.
ANNEALING: Final = {"cos": _cosine, "linear": _line}
