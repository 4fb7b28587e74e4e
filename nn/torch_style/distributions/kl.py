"""How far one distribution is from another."""

from __future__ import annotations

from typing import Any

from autograd.errors import OptionError
from nn.torch_style.distributions.bernoulli import Bernoulli
from nn.torch_style.distributions.categorical import Categorical
from nn.torch_style.distributions.normal import Normal
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
    raise OptionError(f"There is no formula for {type(p).__name__} and {type(q).__name__}.")
