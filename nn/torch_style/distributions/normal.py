"""The normal distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from nn.torch_style.creation import randn
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.distribution import together
from nn.torch_style.distributions.exponential_family import ExponentialFamily
from nn.torch_style.special import erfinv
from nn.torch_style.tensor import Tensor


class Normal(ExponentialFamily):
    """The normal distribution.

    Parameters
    ----------
    loc, scale : tensor or float
        Average and standard deviation.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.distributions.Normal(0.0, 1.0).log_prob(torch.tensor(0.0))
    tensor(-0.9189)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.real

    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: Any = None) -> None:
        self.loc, self.scale = together(loc, scale)
        super().__init__(self.loc.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return self.loc

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.scale**2

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        return self.rsample(sample_shape).detach()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to average and standard deviation."""
        noise = randn(*sample_shape, *self._shape, dtype=self.loc.dtype)
        return self.loc + self.scale * noise

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        squares = (value - self.loc) ** 2 / (2 * self.scale**2)
        return -squares - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return 0.5 * (1 + ((value - self.loc) / (self.scale * math.sqrt(2))).erf())

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        return self.loc + self.scale * erfinv(2 * value - 1) * math.sqrt(2)

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.loc
