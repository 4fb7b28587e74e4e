"""Integers with given probabilities."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from autograd.errors import OptionError
from nn.torch_style.creation import arange, multinomial
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.distribution import Distribution, enumerated
from nn.torch_style.tensor import Tensor


class Categorical(Distribution):
    """Integers with given probabilities.

    Parameters
    ----------
    probs : tensor, optional
        Weights along the last axis, which need not sum to 1.
    logits : tensor, optional
        Their logarithms.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.distributions.Categorical(torch.tensor([1.0, 3.0])).log_prob(torch.tensor(1)).exp()
    tensor(0.7500)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }

    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None) -> None:
        if (probs is None) == (logits is None):
            raise OptionError("Categorical takes probs= or logits=, one of them.")
        if logits is not None:
            self.logits = logits - logits.logsumexp(-1, keepdim=True)
            self.probs = self.logits.softmax(-1)
        else:
            self.probs = probs / probs.sum(-1, keepdim=True)
            eps = float(np.finfo(self.probs._held.dtype).eps)
            self.logits = self.probs.clamp(eps, 1 - eps).log()
        super().__init__(self.probs.shape[:-1], (), validate_args)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random integers."""
        count, classes = math.prod(sample_shape), self.probs.shape[-1]
        rows = self.probs.detach().reshape(-1, classes)
        found = multinomial(rows, count, replacement=True).T
        return found.reshape(*sample_shape, *self._shape)

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability."""
        places = value.long().unsqueeze(-1)
        shape = (*value.shape, self.logits.shape[-1])
        return self.logits.expand(shape).gather(-1, places).squeeze(-1)

    def entropy(self) -> Tensor:
        """Return -Σ p·log(p)."""
        return -(self.logits * self.probs).sum(-1)

    @property
    def support(self) -> Any:
        """Which values there are."""
        return constraints.integer_interval(0, self.probs.shape[-1] - 1)

    @property
    def mean(self) -> Any:
        """NaN: classes have no average."""
        return self.probs[..., 0] * math.nan

    @property
    def variance(self) -> Any:
        """NaN: classes have no variance."""
        return self.mean

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.probs.argmax(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return all values along a new first axis."""
        return enumerated(arange(self.probs.shape[-1]), self._shape, expand)
