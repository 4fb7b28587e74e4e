"""Loss functions: how far the outputs of a model are from the targets, as one number.

Formulas and reductions are PyTorch's. Unless stated otherwise, outputs and targets have the same
shape; a `ShapeError` is raised if they do not.
"""

from nn.losses.classes import cross_entropy, nll
from nn.losses.distances import smooth_l1, triplet_margin
from nn.losses.probabilities import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    kl_divergence,
)
from nn.losses.regression import hinge, huber, mae, mse

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "hinge",
    "huber",
    "kl_divergence",
    "mae",
    "mse",
    "nll",
    "smooth_l1",
    "triplet_margin",
]
