"""The schedules of `nn`, with PyTorch's arguments."""

from __future__ import annotations

import inspect
import math
from abc import ABCMeta
from typing import TYPE_CHECKING, Any, ClassVar

from autograd.errors import OptionError
from nn.missing_names import refuse
from nn.optim import lr_scheduler
from nn.optim.scheduler import Formula, Scheduler, of_group
from nn.torch_style import hints
from nn.torch_style.tensor import Tensor

__all__ = [
    "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts",
    "CyclicLR", "ExponentialLR", "LRScheduler", "LambdaLR", "LinearLR", "MultiStepLR",
    "MultiplicativeLR", "OneCycleLR", "PolynomialLR", "ReduceLROnPlateau", "SequentialLR",
    "StepLR",
]  # fmt: skip


class LRScheduler(Scheduler, metaclass=ABCMeta):
    """The base class of schedules: your own define ``get_lr``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    last_epoch : int
        The number of the last epoch; -1 to begin.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> class Halved(torch.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [lr * 0.5**self.last_epoch for lr in self.base_lrs]
    >>> schedule = Halved(torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0))
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer: Any, last_epoch: int = -1, verbose: Any = None) -> None:
        super().__init__(optimizer)
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch, self._step_count = last_epoch, 0
        self.step()

    def get_lr(self) -> Any:
        """Return the rate of each group after ``self.last_epoch`` steps; subclasses define it."""
        raise NotImplementedError("Define get_lr(self), which returns a list of rates.")

    def step(self, epoch: Any = None) -> None:
        """Set the rates of the next step."""
        self._step_count += 1
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        for group, rate in zip(self.optimizer.param_groups, self.get_lr(), strict=True):
            group["lr"] = rate
        self._last_lr = [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Return all attributes but the optimiser."""
        return {name: part for name, part in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state_dict: Any) -> None:
        """Restore the attributes."""
        vars(self).update(state_dict)


#: The name of the base class in older programs.
_LRScheduler = LRScheduler


class Schedule:
    """Accepts PyTorch's options that change nothing, and tensors."""

    order: ClassVar[tuple[str, ...]] = ()  # PyTorch's positional arguments, where they differ
    closed: ClassVar[bool] = False  # whether the rates depend on the first ones and the epoch only
    overwrites: ClassVar[bool] = False  # whether steps undo what others have done to the rates
    begins: ClassVar[bool] = False  # whether its first rate becomes that of others made later
    optimizer: Any
    base_lrs: Any
    rate_of: Any
    _rates: Any
    _written: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.pop("verbose", None)
        names = self.order or tuple(inspect.signature(super().__init__).parameters)
        if len(arguments) > len(names):  # last_epoch and verbose are PyTorch's last ones
            options["last_epoch"], arguments = arguments[len(names)], arguments[: len(names)]
        options |= dict(zip(names, arguments, strict=False))
        groups = getattr(options.get("optimizer"), "param_groups", ())
        is_first = not any("initial_lr" in group for group in groups)
        for group in groups:
            group.setdefault("initial_lr", group["lr"])
        last = options.pop("last_epoch", -1)
        if last != -1:
            self._check_initial(options["optimizer"])
        super().__init__(**options)
        if (is_first and self.closed) or self.begins:  # it has a first rate of its own
            for group in self.optimizer.param_groups:
                group["initial_lr"] = group["lr"]
        if last != -1:
            self._at(last + 1)

    def _check_initial(self, optimizer: Any) -> None:
        """Begin again from the first rates; raise if they are not known, or do not decide."""
        groups = optimizer.param_groups
        if not self.closed or not all("initial_lr" in group for group in groups):
            raise OptionError(
                "A schedule is continued by load_state_dict, or by calling step; by last_epoch= "
                "only LambdaLR, OneCycleLR and CyclicLR, of groups that have an initial_lr."
            )
        for group in groups:
            group["lr"] = group["initial_lr"]

    def _first_rates(self) -> Any:
        if self.overwrites:
            return [group["initial_lr"] for group in self.optimizer.param_groups]
        return super()._first_rates()  # type: ignore[misc]

    def _base(self, i: int, lr: float, written: float, base: float, first: float, t: int) -> Any:
        if self.overwrites:
            return first
        return super()._base(i, lr, written, base, first, t)  # type: ignore[misc]

    def _at(self, epoch: float) -> None:
        """Set the rates of an epoch, also of a part of one."""
        self.last_epoch = math.floor(epoch)
        for i, group in enumerate(self.optimizer.param_groups):
            group["lr"] = self._written[i] = self.rate_of(i, self.base_lrs[i], epoch)

    @property
    def _step_count(self) -> int:
        """The number of rates that were set."""
        return int(self.last_epoch) + 1

    def get_last_lr(self) -> Any:
        """Return the rate of each group that the last step has set, whatever changed it since."""
        return list(self._written) if isinstance(self, Formula) else self._rates()

    @property
    def _last_lr(self) -> Any:
        """The rate of each group."""
        return self.get_last_lr()

    def __init_subclass__(cls) -> None:
        LRScheduler.register(cls)

    def step(self, *metrics: Any) -> None:
        """Set the rates of the next step."""
        numbers = [x.item() if isinstance(x, Tensor) else x for x in metrics if x is not None]
        if numbers and isinstance(self, Formula):
            self._at(numbers[0])
        else:
            super().step(*numbers[:1])  # type: ignore[misc]


class ChainedScheduler(Scheduler):
    """Several schedules, which take their steps one after the other.

    Parameters
    ----------
    schedulers : sequence of LRScheduler
        The schedules, all of the same optimiser.
    optimizer : Optimizer, optional
        Theirs.
    """

    def __init__(self, schedulers: Any, optimizer: Any = None) -> None:
        self._schedulers = list(schedulers)
        if not self._schedulers:
            raise OptionError("Chain at least one schedule.")
        found = {id(one.optimizer) for one in self._schedulers}
        if len(found) > 1 or (optimizer is not None and id(optimizer) not in found):
            raise OptionError("Chain schedules of the same optimiser.")
        super().__init__(self._schedulers[0].optimizer)

    def step(self) -> None:
        """Let each schedule take a step."""
        for schedule in self._schedulers:
            schedule.step()
        self.last_epoch += 1

    @property
    def _last_lr(self) -> Any:
        """The rate of each group."""
        return self.get_last_lr()

    def state_dict(self) -> dict[str, Any]:
        """Return the states of the schedules."""
        return {"_schedulers": [schedule.state_dict() for schedule in self._schedulers]}

    def load_state_dict(self, state_dict: Any) -> None:
        """Restore the states of the schedules."""
        for schedule, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            schedule.load_state_dict(state)


LRScheduler.register(ChainedScheduler)


class ConstantLR(Schedule, lr_scheduler.ConstantLR):
    """`nn.optim.ConstantLR`."""


class CosineAnnealingLR(Schedule, lr_scheduler.CosineAnnealingLR):
    """`nn.optim.CosineAnnealingLR`."""


class CosineAnnealingWarmRestarts(Schedule, lr_scheduler.CosineAnnealingWarmRestarts):
    """`nn.optim.CosineAnnealingWarmRestarts`."""

    overwrites = True


class CyclicLR(Schedule, lr_scheduler.CyclicLR):
    """`nn.optim.CyclicLR`."""

    closed = True
    order = (
        "optimizer", "base_lr", "max_lr", "step_size_up", "step_size_down", "mode", "gamma",
        "scale_fn", "scale_mode", "cycle_momentum", "base_momentum", "max_momentum", "last_epoch",
    )  # fmt: skip


class ExponentialLR(Schedule, lr_scheduler.ExponentialLR):
    """`nn.optim.ExponentialLR`."""


class LambdaLR(Schedule, lr_scheduler.LambdaLR):
    """`nn.optim.LambdaLR`."""

    closed = overwrites = True


class LinearLR(Schedule, lr_scheduler.LinearLR):
    """`nn.optim.LinearLR`."""


class MultiStepLR(Schedule, lr_scheduler.MultiStepLR):
    """`nn.optim.MultiStepLR`."""


class MultiplicativeLR(Schedule, lr_scheduler.MultiplicativeLR):
    """`nn.optim.MultiplicativeLR`."""


class OneCycleLR(Schedule, lr_scheduler.OneCycleLR):
    """`nn.optim.OneCycleLR`."""

    closed = begins = True
    order = (
        "optimizer", "max_lr", "total_steps", "epochs", "steps_per_epoch", "pct_start",
        "anneal_strategy", "cycle_momentum", "base_momentum", "max_momentum", "div_factor",
        "final_div_factor", "three_phase", "last_epoch",
    )  # fmt: skip


class PolynomialLR(Schedule, lr_scheduler.PolynomialLR):
    """`nn.optim.PolynomialLR`."""


class ReduceLROnPlateau(Schedule, lr_scheduler.ReduceLROnPlateau):
    """`nn.optim.ReduceLROnPlateau`."""

    def step(self, metrics: Any, epoch: Any = None) -> None:
        """Reduce the rates if the measurement has not become better for some time."""
        super().step(metrics)
        self._seen = self._rates()

    def get_last_lr(self) -> Any:
        """Return the rate of each group after the last step, whatever changed it since."""
        return list(vars(self).get("_seen") or self._rates())

    @property
    def num_bad_epochs(self) -> int:
        """How many measurements in a row were no better."""
        return self.bad_steps

    @property
    def cooldown_counter(self) -> int:
        """How many measurements do not count yet."""
        return self.cooling


class SequentialLR(Schedule, lr_scheduler.SequentialLR):
    """`nn.optim.SequentialLR`."""

    def _first_rates(self) -> Any:
        return [group["initial_lr"] for group in self.optimizer.param_groups]

    def rate_of(self, group: int, lr: float, t: int) -> float:
        """Return the rate of the schedule that is active at step t.

        `MultiplicativeLR` goes on from the rate before, as it knows no other.
        """
        begin = max((step for step in self.milestones if step <= t), default=0)
        active = self.schedulers[self.milestones.index(begin) + 1] if begin else None
        if not isinstance(active, MultiplicativeLR):
            return super().rate_of(group, lr, t)
        before = self.rate_of(group, lr, begin - 1) * of_group(active.lr_lambda, group)(0)
        return active.rate_of(group, before, t - begin)


class StepLR(Schedule, lr_scheduler.StepLR):
    """`nn.optim.StepLR`."""


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.optim.lr_scheduler", name, __all__))
