"""The schedules under PyTorch's name of their module."""

# fmt: off
from nn.optim.combined_schedules import ChainedScheduler, SequentialLR
from nn.optim.more_schedules import ConstantLR, CyclicLR, MultiplicativeLR, PolynomialLR
from nn.optim.plateau import ReduceLROnPlateau
from nn.optim.scheduler import Scheduler as LRScheduler
from nn.optim.schedules import (
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    StepLR,
)

__all__ = [
    "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts",
    "CyclicLR", "ExponentialLR", "LRScheduler", "LambdaLR", "LinearLR", "MultiStepLR",
    "MultiplicativeLR", "OneCycleLR", "PolynomialLR", "ReduceLROnPlateau", "SequentialLR",
    "StepLR",
]
