"""Zeros and ones."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from autograd.errors import OptionError
from nn.torch_style.creation import arange, bernoulli
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.distribution import as_float, enumerated
from nn.torch_style.distributions.exponential_family import ExponentialFamily
from nn.torch_style.joining import broadcast_tensors
from nn.torch_style.nn import functional
from nn.torch_style.tensor import Tensor


class Bernoulli(ExponentialFamily):
    """1 with a given probability, else 0."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support = constraints.boolean

    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None) -> None:
        if (probs is None) == (logits is None):
            raise OptionError("Bernoulli takes probs= or logits=, one of them.")
        self.probs = as_float(probs) if logits is None else as_float(logits).sigmoid()
        self.logits = self.probs.logit(1e-7) if logits is None else as_float(logits)
        super().__init__(self.probs.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The probability of 1."""
        return self.probs

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random zeros and ones."""
        return bernoulli(self.probs.detach().expand(*sample_shape, *self._shape))

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability."""
        logits, value = broadcast_tensors(self.logits, value)
        return -functional.binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return functional.binary_cross_entropy_with_logits(
            self.logits, self.probs, reduction="none"
        )

    @property
    def mode(self) -> Any:
        """The most likely value; NaN if both are equally likely."""
        found = (self.probs >= 0.5).to(self.probs.dtype)
        return found.where(self.probs != 0.5, found * math.nan)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return all values along a new first axis."""
        return enumerated(arange(2, dtype=self.probs.dtype), self._shape, expand)
