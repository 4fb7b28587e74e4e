"""Loss functions: how far the outputs of a model are from the targets, as one number.

Formulas and reductions are PyTorch's. Unless stated otherwise, outputs and targets have the same
shape; a `ShapeError` is raised if they do not.
"""

from nn.losses.classes import cross_entropy, nll
from nn.losses.ctc import ctc
from nn.losses.distances import (
    cosine_embedding,
    hinge_embedding,
    margin_ranking,
    smooth_l1,
    triplet_margin,
)
from nn.losses.distributions import gaussian_nll, poisson_nll
from nn.losses.margins import multi_margin, multilabel_soft_margin, soft_margin
from nn.losses.probabilities import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    kl_divergence,
)
from nn.losses.regression import hinge, huber, mae, mse

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_embedding",
    "cross_entropy",
    "ctc",
    "gaussian_nll",
    "hinge",
    "hinge_embedding",
    "huber",
    "kl_divergence",
    "mae",
    "margin_ranking",
    "mse",
    "multi_margin",
    "multilabel_soft_margin",
    "nll",
    "poisson_nll",
    "smooth_l1",
    "soft_margin",
    "triplet_margin",
]
