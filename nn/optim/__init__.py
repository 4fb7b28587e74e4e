"""Optimisers, schedules of their learning rates, and the clipping of gradients.

Names, defaults and formulas are PyTorch's.
"""

# fmt: off
# isort: off
from nn.optim.adaptive import Adagrad, Adam, AdamW, RMSprop
from nn.optim.clipping import clip_grad_norm, clip_grad_value
from nn.optim.lbfgs import LBFGS
from nn.optim.optimizer import Optimizer
from nn.optim.schedules import (
    ChainedScheduler, CosineAnnealingLR, CosineAnnealingWarmRestarts, ExponentialLR, Formula,
    LambdaLR, LinearLR, MultiStepLR, OneCycleLR, ReduceLROnPlateau, Scheduler, SequentialLR,
    StepLR,
)
from nn.optim.sgd import SGD

__all__ = [
    "LBFGS", "SGD", "Adagrad", "Adam", "AdamW", "ChainedScheduler", "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts", "ExponentialLR", "Formula", "LambdaLR", "LinearLR",
    "MultiStepLR", "OneCycleLR", "Optimizer", "RMSprop", "ReduceLROnPlateau", "Scheduler",
    "SequentialLR", "StepLR", "clip_grad_norm", "clip_grad_value",
]
