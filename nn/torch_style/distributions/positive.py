"""Positive numbers: `Exponential`, `Gamma`, `HalfNormal`, `LogNormal`; counts: `Poisson`."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.distribution import (
    LOG_2PI,
    Distribution,
    as_float,
    drawn,
    gamma_noise,
    together,
)
from nn.torch_style.distributions.exponential_family import ExponentialFamily
from nn.torch_style.distributions.normal import Normal
from nn.torch_style.special import digamma, erfinv, gammainc
from nn.torch_style.tensor import Tensor


class Exponential(ExponentialFamily):
    """The time to the next event of a rate."""

    arg_constraints: ClassVar[dict[str, Any]] = {"rate": constraints.positive}
    support = constraints.nonnegative

    has_rsample = True

    def __init__(self, rate: Any, validate_args: Any = None) -> None:
        self.rate = as_float(rate)
        super().__init__(self.rate.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return self.rate.reciprocal()

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.rate**-2

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the rate."""
        return self.rate.new_empty(self._extended(sample_shape)).exponential_() / self.rate

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        return self.rate.log() - self.rate * value

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return -(-self.rate * value).expm1()

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return 1 - self.rate.log()

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return 0 * self.rate

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        return -(-as_float(value)).log1p() / self.rate


class Gamma(ExponentialFamily):
    """The time to several events.

    Parameters
    ----------
    concentration, rate : tensor or float
        How many events, and how many in each unit of time.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.distributions.Gamma(2.0, 1.0).log_prob(torch.tensor(1.0))
    tensor(-1.)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "concentration": constraints.positive,
        "rate": constraints.positive,
    }
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, concentration: Any, rate: Any, validate_args: Any = None) -> None:
        self.concentration, self.rate = together(concentration, rate)
        super().__init__(self.rate.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return self.concentration / self.rate

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.concentration / self.rate**2

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        shape = self._extended(sample_shape)
        return drawn("standard_gamma", shape, self.rate, self.concentration) / self.rate.detach()

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        value = as_float(value)
        a, rate = self.concentration, self.rate
        return a.xlogy(rate) + (a - 1).xlogy(value) - rate * value - a.lgamma()

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        a = self.concentration
        return a - self.rate.log() + a.lgamma() + (1 - a) * digamma(a)

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return gammainc(self.concentration, self.rate * value)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        return gamma_noise(self.concentration, self._extended(sample_shape)) / self.rate


class LogNormal(Distribution):
    """Numbers whose logarithms are normal."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.positive

    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: Any = None) -> None:
        self.base_dist = Normal(loc, scale, validate_args)
        self.loc, self.scale = self.base_dist.loc, self.base_dist.scale
        super().__init__(self.loc.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return (self.loc + self.scale**2 / 2).exp()

    @property
    def variance(self) -> Any:
        """The variance."""
        return (self.scale**2).expm1() * (2 * self.loc + self.scale**2).exp()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        return self.base_dist.rsample(sample_shape).exp()

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        log = as_float(value).log()
        return self.base_dist.log_prob(log) - log

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return self.base_dist.entropy() + self.loc

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return (self.loc - self.scale**2).exp()

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return self.base_dist.cdf(as_float(value).log())

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        return self.base_dist.icdf(value).exp()


class HalfNormal(Distribution):
    """The absolute values of normal numbers with average 0."""

    arg_constraints: ClassVar[dict[str, Any]] = {"scale": constraints.positive}
    support = constraints.nonnegative

    has_rsample = True

    def __init__(self, scale: Any, validate_args: Any = None) -> None:
        self.scale = as_float(scale)
        super().__init__(self.scale.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.scale**2 * (1 - 2 / math.pi)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the scale."""
        return Normal(self.scale * 0, self.scale).rsample(sample_shape).abs()

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        value = as_float(value)
        inside = (value >= 0).to(self.scale.dtype).log()
        squares = (value / self.scale) ** 2 / 2
        return inside + math.log(2) - LOG_2PI / 2 - squares - self.scale.log()

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return 0.5 + 0.5 * LOG_2PI + self.scale.log() - math.log(2)

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return 0 * self.scale

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return (as_float(value) / (self.scale * math.sqrt(2))).erf()

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        return self.scale * math.sqrt(2) * erfinv(as_float(value))


class Poisson(ExponentialFamily):
    """How many events of a rate there are."""

    arg_constraints: ClassVar[dict[str, Any]] = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate: Any, validate_args: Any = None) -> None:
        self.rate = as_float(rate)
        super().__init__(self.rate.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return self.rate

    variance = mean

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random counts."""
        return drawn("poisson", self._extended(sample_shape), self.rate, self.rate)

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability."""
        value = as_float(value)
        return value.xlogy(self.rate) - self.rate - (value + 1).lgamma()

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.rate.floor()
