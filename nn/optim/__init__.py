"""Optimisers, learning rate schedules and gradient clipping.

Names, defaults and formulas are PyTorch's.
"""

# fmt: off
# isort: off
from nn.optim import lr_scheduler, swa_utils
from nn.optim.adadelta import Adadelta
from nn.optim.adafactor import Adafactor
from nn.optim.adam_variants import Adamax, Lion, NAdam, RAdam
from nn.optim.adaptive import Adagrad, Adam, AdamW, RMSprop
from nn.optim.asgd import ASGD
from nn.optim.averages import AveragedModel, update_bn
from nn.optim.clipping import clip_grad_norm, clip_grad_value
from nn.optim.combined_schedules import ChainedScheduler, SequentialLR
from nn.optim.cyclic_schedules import (
    CosineAnnealingLR, CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR,
)
from nn.optim.factor_schedules import (
    ConstantLR, ExponentialLR, LambdaLR, LinearLR, MultiplicativeLR, MultiStepLR, PolynomialLR,
    StepLR, SWALR,
)
from nn.optim.lbfgs import LBFGS
from nn.optim.muon import Muon
from nn.optim.optimizer import Optimizer
from nn.optim.plateau import ReduceLROnPlateau
from nn.optim.rprop import Rprop
from nn.optim.scheduler import Formula, Scheduler
from nn.optim.sgd import SGD
from nn.optim.sparse_adam import SparseAdam

__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "SWALR",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "AveragedModel",
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "Formula",
    "LambdaLR",
    "LinearLR",
    "Lion",
    "MultiStepLR",
    "MultiplicativeLR",
    "Muon",
    "NAdam",
    "OneCycleLR",
    "Optimizer",
    "PolynomialLR",
    "RAdam",
    "RMSprop",
    "ReduceLROnPlateau",
    "Rprop",
    "Scheduler",
    "SequentialLR",
    "SparseAdam",
    "StepLR",
    "clip_grad_norm",
    "clip_grad_value",
    "lr_scheduler",
    "swa_utils",
    "update_bn",
]


def __dir__() -> list[str]:
    return sorted(__all__)
