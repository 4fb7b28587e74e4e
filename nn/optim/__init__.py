"""Optimisers, learning rate schedules and gradient clipping.

Names, defaults and formulas are PyTorch's.
"""

# fmt: off
# isort: off
from nn.optim.adaptive import Adagrad, Adam, AdamW, RMSprop
from nn.optim.clipping import clip_grad_norm, clip_grad_value
from nn.optim.combined_schedules import ChainedScheduler, SequentialLR
from nn.optim.lbfgs import LBFGS
from nn.optim.optimizer import Optimizer
from nn.optim.plateau import ReduceLROnPlateau
from nn.optim.scheduler import Formula, Scheduler
from nn.optim.schedules import (
    CosineAnnealingLR, CosineAnnealingWarmRestarts, ExponentialLR, LambdaLR, LinearLR, MultiStepLR,
    OneCycleLR, StepLR,
)
from nn.optim.sgd import SGD

__all__ = [
    "LBFGS", "SGD", "Adagrad", "Adam", "AdamW", "ChainedScheduler", "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts", "ExponentialLR", "Formula", "LambdaLR", "LinearLR",
    "MultiStepLR", "OneCycleLR", "Optimizer", "RMSprop", "ReduceLROnPlateau", "Scheduler",
    "SequentialLR", "StepLR", "clip_grad_norm", "clip_grad_value",
]


def __dir__() -> list[str]:
    return sorted(__all__)
