"""How far one distribution is from another."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.torch_style.arithmetic import pair
from nn.torch_style.base import made
from nn.torch_style.distributions.bernoulli import Bernoulli
from nn.torch_style.distributions.categorical import Categorical
from nn.torch_style.distributions.multivariate_normal import Independent, MultivariateNormal
from nn.torch_style.distributions.normal import Normal
from nn.torch_style.distributions.positive import Exponential
from nn.torch_style.tensor import Tensor


def kl_divergence(p: Any, q: Any) -> Tensor:
    """Return the average of log p - log q under p."""
    if isinstance(p, Categorical) and isinstance(q, Categorical):
        return (p.probs * (p.logits - q.logits)).sum(-1)
    if isinstance(p, Normal) and isinstance(q, Normal):
        ratio = (p.scale / q.scale) ** 2
        distance = ((p.loc - q.loc) / q.scale) ** 2
        return 0.5 * (ratio + distance - 1 - ratio.log())
    if isinstance(p, Bernoulli) and isinstance(q, Bernoulli):
        return (
            p.probs * (p.probs / q.probs).log()
            + (1 - p.probs) * ((1 - p.probs) / (1 - q.probs)).log()
        )
    if isinstance(p, Independent) and isinstance(q, Independent) and p.count == q.count:
        return p.summed(kl_divergence(p.base_dist, q.base_dist))  # type: ignore[no-any-return]
    if isinstance(p, MultivariateNormal) and isinstance(q, MultivariateNormal):
        return _of_vectors(p, q)
    if isinstance(p, Exponential) and isinstance(q, Exponential):
        ratio = q.rate / p.rate
        return ratio - ratio.log() - 1  # type: ignore[no-any-return]
    raise OptionError(f"There is no formula for {type(p).__name__} and {type(q).__name__}.")


def _of_vectors(p: MultivariateNormal, q: MultivariateNormal) -> Tensor:
    """Return the divergence of normal distributions of vectors."""
    logs = q._half_log_det() - p._half_log_det()
    root = made(np.linalg.solve(*pair(q.scale_tril, p.scale_tril)))
    distance = q._standardised(q.loc - p.loc).square().sum(-1)
    return logs + 0.5 * (root.square().sum((-2, -1)) + distance - p.event_shape[0])
