"""Numbers that are all equally likely."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from nn.torch_style.creation import rand
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.distribution import Distribution, check, together
from nn.torch_style.tensor import Tensor


class Uniform(Distribution):
    """Numbers from `low` to `high`, all equally likely."""

    arg_constraints: ClassVar[dict[str, Any]] = {"low": constraints.real, "high": constraints.real}

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: Any = None) -> None:
        self.low, self.high = together(low, high)
        super().__init__(self.low.shape, (), validate_args)
        check("low of Uniform must be below high", self.low < self.high, self._validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return (self.low + self.high) / 2

    @property
    def variance(self) -> Any:
        """The variance."""
        return (self.high - self.low) ** 2 / 12

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return ((value - self.low) / (self.high - self.low)).clamp(0, 1)  # type: ignore[no-any-return]

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        return self.rsample(sample_shape).detach()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the limits."""
        return self.low + (self.high - self.low) * rand(*sample_shape, *self._shape)

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        inside = (value >= self.low) & (value < self.high)
        return inside.to(self.low.dtype).log() - (self.high - self.low).log()

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return (self.high - self.low).log()

    @property
    def support(self) -> Any:
        """Which values there are."""
        return constraints.interval(self.low, self.high)

    @property
    def mode(self) -> Any:
        """NaN: all numbers are equally likely."""
        return self.high * math.nan

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        return self.low + value * (self.high - self.low)
