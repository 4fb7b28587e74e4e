"""The schedules of `nn`, with PyTorch's arguments."""

from __future__ import annotations

from typing import Any

from autograd.errors import OptionError
from nn.optim import lr_scheduler
from nn.optim.lr_scheduler import LRScheduler
from nn.torch_style.tensor import Tensor

__all__ = [
    "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts",
    "CyclicLR", "ExponentialLR", "LRScheduler", "LambdaLR", "LinearLR", "MultiStepLR",
    "MultiplicativeLR", "OneCycleLR", "PolynomialLR", "ReduceLROnPlateau", "SequentialLR",
    "StepLR",
]  # fmt: skip


class Schedule:
    """Accepts PyTorch's options that change nothing, and tensors."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.pop("verbose", None)
        if options.pop("last_epoch", -1) != -1:
            raise OptionError(
                "A schedule is continued by load_state_dict, or by calling step, not by last_epoch."
            )
        super().__init__(*arguments, **options)

    def step(self, *metrics: Any) -> None:
        """Set the rates of the next step."""
        numbers = [x.item() if isinstance(x, Tensor) else x for x in metrics]
        super().step(*numbers)  # type: ignore[misc]


#: The name of the base class in older programs.
_LRScheduler = LRScheduler


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
