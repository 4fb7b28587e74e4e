"""Learning rates that change over the training, each a formula of t, the steps so far.

``scheduler.step()`` counts one on and writes the rate into every group of the optimiser; whether
a step is an epoch or a batch is up to the caller. The rates are computed from the one that the
group began with, ``initial_lr``, never from the last one, so that no rounding adds up.
"""

from __future__ import annotations

import inspect
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from autograd.errors import OptionError
from nn.optim.optimizer import Optimizer


class Scheduler:
    """Changes the learning rates of an optimiser, step by step: ``last_epoch`` of them so far."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.last_epoch = 0

    def get_last_lr(self) -> list[float]:
        """Return the learning rate of each group."""
        return [group["lr"] for group in self.optimizer.param_groups]


class Formula(Scheduler):
    """Writes ``rate(lr, t)`` into the groups of an optimiser, at once with t = 0."""

    def __init__(self, optimizer: Optimizer) -> None:
        super().__init__(optimizer)
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self._write()

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate after t steps for one that began as `lr`."""
        raise NotImplementedError

    def step(self) -> None:
        """Go one step on."""
        self.last_epoch += 1
        self._write()

    def _write(self) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate(group["initial_lr"], self.last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """Return all that changes: plain numbers, which JSON can hold."""
        lrs = [group["initial_lr"] for group in self.optimizer.param_groups]
        return {"last_epoch": self.last_epoch, "initial_lrs": lrs}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state that `state_dict` gave."""
        self.last_epoch = state["last_epoch"]
        for group, lr in zip(self.optimizer.param_groups, state["initial_lrs"], strict=True):
            group["initial_lr"] = lr
        self._write()


def formula(rate: Callable[..., float]) -> Callable[..., Formula]:
    """Make a class of schedules out of ``rate(lr, t, ...)``; what follows t, it is called with.

    Whatever is an int there is a number of steps, and must be at least 1.
    """
    _, _, *parameters = inspect.signature(rate).parameters.values()
    first = inspect.Parameter("optimizer", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    signature = inspect.Signature([first, *parameters])

    def initialise(self: Formula, *arguments: Any, **settings: Any) -> None:
        bound = signature.bind(*arguments, **settings)
        bound.apply_defaults()
        optimizer, *_ = bound.arguments.values()
        for parameter in parameters:
            setting = bound.arguments[parameter.name]
            if parameter.annotation == "int":
                _at_least_one(parameter.name, setting)
            setattr(self, parameter.name, setting)
        Formula.__init__(self, optimizer)

    def rate_of(self: Formula, lr: float, t: int) -> float:
        """Return the learning rate at step t, given the one that the optimiser began with."""
        return float(rate(lr, t, *(getattr(self, parameter.name) for parameter in parameters)))

    members = {"__init__": initialise, "__signature__": signature, "rate": rate_of}
    named = {"__doc__": rate.__doc__, "__module__": rate.__module__}
    return type(rate.__name__, (Formula,), members | named)


# ruff: noqa: N802, N803 - the names are PyTorch's


@formula
def LambdaLR(lr: float, t: int, lr_lambda: Callable[[int], float]) -> float:
    """``lr · lr_lambda(t)`` for a function of one's own."""
    return lr * lr_lambda(t)


@formula
def StepLR(lr: float, t: int, step_size: int, gamma: float = 0.1) -> float:
    """``lr · gamma^⌊t/step_size⌋``."""
    return float(lr * gamma ** (t // step_size))


@formula
def MultiStepLR(lr: float, t: int, milestones: Sequence[int], gamma: float = 0.1) -> float:
    """``lr · gamma^n`` once n of the milestones are reached."""
    return float(lr * gamma ** bisect_right(sorted(milestones), t))


@formula
def ExponentialLR(lr: float, t: int, gamma: float) -> float:
    """``lr · gamma^t``."""
    return float(lr * gamma**t)


@formula
def LinearLR(
    lr: float, t: int, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
) -> float:
    """``lr · (start + (end - start) · t/total)``, then ``lr · end``: a warm-up, as a rule."""
    return lr * (start_factor + (end_factor - start_factor) * min(t, total_iters) / total_iters)


@formula
def CosineAnnealingLR(lr: float, t: int, T_max: int, eta_min: float = 0.0) -> float:
    """``eta_min + (lr - eta_min) · (1 + cos(π·t/T_max))/2``, which rises again after T_max.

    References
    ----------
    Loshchilov, Hutter: SGDR: stochastic gradient descent with warm restarts, ICLR 2017.
    """
    return _cosine(lr, eta_min, t / T_max)


@formula
def CosineAnnealingWarmRestarts(
    lr: float, t: int, T_0: int, T_mult: int = 1, eta_min: float = 0.0
) -> float:
    """Follow the half cosine of `CosineAnnealingLR` over and over.

    The first takes T_0 steps, each other one T_mult times as many as the one before.
    """
    length = T_0
    while T_mult > 1 and t >= length:
        t, length = t - length, length * T_mult
    return _cosine(lr, eta_min, t % length / length)


class OneCycleLR(Formula):
    """Up from ``max_lr/div_factor`` to max_lr, then down to that over final_div_factor.

    The rise takes the share pct_start of total_steps, both ways follow a cosine. Momentum, the
    first of the betas where there are some, goes the other way: from max_momentum down to
    base_momentum and back.

    References
    ----------
    Smith, Topin: Super-convergence: very fast training of neural networks using large learning
    rates, arXiv:1708.07120.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float,
        total_steps: int,
        pct_start: float = 0.3,
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
    ) -> None:
        if not 0 <= pct_start < 1:
            raise OptionError(f"pct_start={pct_start!r} must be in [0, 1).")
        self.max_lr, self.total_steps = max_lr, _at_least_one("total_steps", total_steps)
        self.top = pct_start * total_steps - 1
        self.cycle_momentum = cycle_momentum
        self.base_momentum, self.max_momentum = base_momentum, max_momentum
        self.start_lr = max_lr / div_factor
        self.end_lr = self.start_lr / final_div_factor
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate of step t, whatever it began as."""
        return self._between(self.start_lr, self.max_lr, self.end_lr, t)

    def _between(self, start: float, top: float, end: float, t: int) -> float:
        if t < self.top:
            return _cosine(start, top, t / self.top)
        return _cosine(top, end, (t - self.top) / (self.total_steps - 1 - self.top))

    def step(self) -> None:
        """Go one step on; more often than total_steps, raise an `OptionError`."""
        if self.last_epoch >= self.total_steps:
            raise OptionError(f"The cycle is over: it has total_steps={self.total_steps}.")
        super().step()

    def _write(self) -> None:
        super()._write()
        if not self.cycle_momentum:
            return
        high = self.max_momentum
        momentum = self._between(high, self.base_momentum, high, self.last_epoch)
        for group in self.optimizer.param_groups:
            if "betas" in group:
                group["betas"] = (momentum, group["betas"][1])
            elif "momentum" in group:
                group["momentum"] = momentum


class SequentialLR(Formula):
    """One schedule after the other: the next begins, at its own t = 0, at each milestone."""

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[Formula], milestones: Sequence[int]
    ) -> None:
        self.schedulers, self.milestones = _closed(schedulers), list(milestones)
        wanted = len(self.schedulers) - 1
        if len(self.milestones) != wanted or self.milestones != sorted(self.milestones):
            raise OptionError(
                f"{wanted + 1} schedules need {wanted} milestones in rising order, "
                f"not {self.milestones}."
            )
        super().__init__(optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the rate of the schedule whose turn it is."""
        turn = bisect_right(self.milestones, t)
        begun = self.milestones[turn - 1] if turn else 0
        return self.schedulers[turn].rate(lr, t - begun)


class ChainedScheduler(Formula):
    """All schedules at once: what one makes of the rate, the next one takes for it."""

    def __init__(self, schedulers: Sequence[Formula]) -> None:
        self.schedulers = _closed(schedulers)
        super().__init__(self.schedulers[0].optimizer)

    def rate(self, lr: float, t: int) -> float:
        """Return the rate after all schedules."""
        for scheduler in self.schedulers:
            lr = scheduler.rate(lr, t)
        return lr


class ReduceLROnPlateau(Scheduler):
    """Multiplies the rate by `factor` when a number has not got better for `patience` steps.

    Parameters
    ----------
    mode : {"min", "max"}
        Whether less is better, or more.
    threshold, threshold_mode : float and {"rel", "abs"}
        How much counts as better, as a share of the best so far or as a difference.
    cooldown : int
        For how many steps after a reduction nothing is counted.
    min_lr, eps : float
        The least rate; and a change smaller than this is not made.
    """

    _changing = ("best", "bad_steps", "cooling", "last_epoch")

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        if mode not in ("min", "max") or threshold_mode not in ("rel", "abs"):
            raise OptionError(
                f"mode={mode!r} must be 'min' or 'max', threshold_mode={threshold_mode!r} "
                "'rel' or 'abs'."
            )
        if not 0 < factor < 1:
            raise OptionError(f"factor={factor!r} must be between 0 and 1.")
        super().__init__(optimizer)
        self.mode, self.factor, self.patience = mode, factor, patience
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.cooldown, self.min_lr, self.eps = cooldown, min_lr, eps
        self.best = math.inf if mode == "min" else -math.inf
        self.bad_steps = self.cooling = 0

    def step(self, metrics: float) -> None:
        """Take note of the number that should get better."""
        self.last_epoch += 1
        if self._better(metrics):
            self.best, self.bad_steps = float(metrics), 0
        else:
            self.bad_steps += 1
        if self.cooling > 0:
            self.cooling, self.bad_steps = self.cooling - 1, 0
        if self.bad_steps > self.patience:
            self.cooling, self.bad_steps = self.cooldown, 0
            for group in self.optimizer.param_groups:
                reduced = max(group["lr"] * self.factor, self.min_lr)
                if group["lr"] - reduced > self.eps:
                    group["lr"] = reduced

    def _better(self, metrics: float) -> bool:
        sign = 1 if self.mode == "min" else -1
        margin = self.threshold
        if self.threshold_mode == "rel" and math.isfinite(self.best):
            margin *= self.best
        return sign * metrics < sign * self.best - margin

    def state_dict(self) -> dict[str, Any]:
        """Return all that changes: plain numbers, which JSON can hold."""
        return {name: getattr(self, name) for name in self._changing} | {"lrs": self.get_last_lr()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state that `state_dict` gave."""
        vars(self).update({name: state[name] for name in self._changing})
        for group, lr in zip(self.optimizer.param_groups, state["lrs"], strict=True):
            group["lr"] = lr


def _cosine(start: float, end: float, along: float) -> float:
    """Return the point of the half cosine from `start`, along 0, to `end`, along 1."""
    return end + (start - end) * (1 + math.cos(math.pi * along)) / 2


def _at_least_one(name: str, number: int) -> int:
    if number < 1:
        raise OptionError(f"{name}={number!r} must be at least 1.")
    return number


def _closed(schedulers: Sequence[Formula]) -> list[Formula]:
    """Return them as a list, if each is a formula of t and all are of one optimiser."""
    found = list(schedulers)
    wrong = [type(s).__name__ for s in found if not isinstance(s, Formula)]
    if wrong:
        raise OptionError(f"{wrong[0]} is no formula of t, and cannot be composed.")
    if not found or any(s.optimizer is not found[0].optimizer for s in found):
        raise OptionError("There must be schedules, and all of them of the same optimiser.")
    return found
