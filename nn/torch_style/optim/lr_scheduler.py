"""The schedules of `nn`, with PyTorch's arguments."""

from __future__ import annotations

import inspect
from abc import ABCMeta
from typing import TYPE_CHECKING, Any

from autograd.errors import OptionError
from nn.missing_names import refuse
from nn.optim import lr_scheduler
from nn.optim.scheduler import Scheduler
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

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.pop("verbose", None)
        count = len(inspect.signature(super().__init__).parameters)
        if len(arguments) > count:  # last_epoch and verbose are PyTorch's last ones
            options["last_epoch"], arguments = arguments[count], arguments[:count]
        if options.pop("last_epoch", -1) != -1:
            raise OptionError(
                "A schedule is continued by load_state_dict, or by calling step, not by last_epoch."
            )
        super().__init__(*arguments, **options)

    def __init_subclass__(cls) -> None:
        LRScheduler.register(cls)

    def step(self, *metrics: Any) -> None:
        """Set the rates of the next step."""
        numbers = [x.item() if isinstance(x, Tensor) else x for x in metrics]
        super().step(*numbers)  # type: ignore[misc]


class ChainedScheduler(Schedule, lr_scheduler.ChainedScheduler):
    """`nn.optim.ChainedScheduler`."""


class ConstantLR(Schedule, lr_scheduler.ConstantLR):
    """`nn.optim.ConstantLR`."""


class CosineAnnealingLR(Schedule, lr_scheduler.CosineAnnealingLR):
    """`nn.optim.CosineAnnealingLR`."""


class CosineAnnealingWarmRestarts(Schedule, lr_scheduler.CosineAnnealingWarmRestarts):
    """`nn.optim.CosineAnnealingWarmRestarts`."""


class CyclicLR(Schedule, lr_scheduler.CyclicLR):
    """`nn.optim.CyclicLR`."""


class ExponentialLR(Schedule, lr_scheduler.ExponentialLR):
    """`nn.optim.ExponentialLR`."""


class LambdaLR(Schedule, lr_scheduler.LambdaLR):
    """`nn.optim.LambdaLR`."""


class LinearLR(Schedule, lr_scheduler.LinearLR):
    """`nn.optim.LinearLR`."""


class MultiStepLR(Schedule, lr_scheduler.MultiStepLR):
    """`nn.optim.MultiStepLR`."""


class MultiplicativeLR(Schedule, lr_scheduler.MultiplicativeLR):
    """`nn.optim.MultiplicativeLR`."""


class OneCycleLR(Schedule, lr_scheduler.OneCycleLR):
    """`nn.optim.OneCycleLR`."""


class PolynomialLR(Schedule, lr_scheduler.PolynomialLR):
    """`nn.optim.PolynomialLR`."""


class ReduceLROnPlateau(Schedule, lr_scheduler.ReduceLROnPlateau):
    """`nn.optim.ReduceLROnPlateau`."""


class SequentialLR(Schedule, lr_scheduler.SequentialLR):
    """`nn.optim.SequentialLR`."""


class StepLR(Schedule, lr_scheduler.StepLR):
    """`nn.optim.StepLR`."""


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.optim.lr_scheduler", name, __all__))
