"""Numbers around a place: `Cauchy`, `Gumbel`, `Laplace`, `StudentT`."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from nn.torch_style.creation import full_like, rand, randn
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.distribution import (
    Distribution,
    as_float,
    drawn,
    gamma_noise,
    together,
)
from nn.torch_style.special import digamma
from nn.torch_style.tensor import Tensor


class Located(Distribution):
    """The base class of distributions with a place and a scale."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.real

    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: Any = None) -> None:
        self.loc, self.scale = together(loc, scale)
        super().__init__(self.loc.shape, (), validate_args)

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        raise NotImplementedError

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to place and scale."""
        u = rand(*self._extended(sample_shape), dtype=self.loc.dtype)
        return self.icdf(u.clamp(1e-7, 1 - 1e-7))


class Laplace(Located):
    """Two exponential distributions back to back."""

    @property
    def mean(self) -> Any:
        """The average."""
        return self.loc

    @property
    def variance(self) -> Any:
        """The variance."""
        return 2 * self.scale**2

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        centred = as_float(value) - 0.5
        return self.loc - self.scale * centred.sign() * (-2 * centred.abs()).log1p()

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        distance = (as_float(value) - self.loc).abs() / self.scale
        return -distance - (2 * self.scale).log()

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        distance = as_float(value) - self.loc
        return 0.5 - 0.5 * distance.sign() * (-distance.abs() / self.scale).expm1()

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return 1 + (2 * self.scale).log()

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.loc


class Gumbel(Located):
    """The largest of many numbers."""

    @property
    def mean(self) -> Any:
        """The average."""
        return self.loc + self.scale * 0.5772156649015329

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.scale**2 * (math.pi**2 / 6)

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        return self.loc - self.scale * (-as_float(value).log()).log()

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        z = (self.loc - as_float(value)) / self.scale
        return z - z.exp() - self.scale.log()

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return (-((self.loc - as_float(value)) / self.scale).exp()).exp()

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return self.scale.log() + (1 + 0.5772156649015329)

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.loc


class Cauchy(Located):
    """Numbers without average."""

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        return self.loc + self.scale * (math.pi * (as_float(value) - 0.5)).tan()

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        z = (as_float(value) - self.loc) / self.scale
        return -math.log(math.pi) - self.scale.log() - (z**2).log1p()

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return ((as_float(value) - self.loc) / self.scale).atan() / math.pi + 0.5

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return math.log(4 * math.pi) + self.scale.log()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to place and scale."""
        noise = self.loc.new_empty(self._extended(sample_shape)).cauchy_()
        return self.loc + self.scale * noise  # type: ignore[no-any-return]

    @property
    def mean(self) -> Any:
        """NaN: there is none."""
        return self.loc * math.nan

    @property
    def variance(self) -> Any:
        """Infinite."""
        return full_like(self.loc, math.inf)

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.loc


class StudentT(Distribution):
    """Normal numbers divided by an estimate of their standard deviation."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "df": constraints.positive,
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.real
    has_rsample = True

    def __init__(
        self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: Any = None
    ) -> None:
        self.df, self.loc, self.scale = together(df, loc, scale)
        super().__init__(self.loc.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average; NaN for `df` up to 1."""
        return self.loc.where(self.df > 1, full_like(self.loc, math.nan))

    @property
    def variance(self) -> Any:
        """The variance; infinite for `df` up to 2, NaN up to 1."""
        df = self.df.masked_fill(self.df <= 2, 3.0)
        found = self.scale**2 * df / (df - 2)
        found = found.where(self.df > 2, full_like(found, math.inf))
        return found.where(self.df > 1, full_like(found, math.nan))

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        noise = drawn("standard_t", self._extended(sample_shape), self.loc, self.df)
        return self.loc.detach() + self.scale.detach() * noise

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        z, half = (as_float(value) - self.loc) / self.scale, self.df / 2
        constant = self.scale.log() + 0.5 * (math.pi * self.df).log() + half.lgamma()
        return -(half + 0.5) * (z**2 / self.df).log1p() - constant + (half + 0.5).lgamma()

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.loc

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        shape, half = self._extended(sample_shape), self.df / 2
        ratio = gamma_noise(half, shape) / half
        return self.loc + self.scale * randn(*shape, dtype=self.loc.dtype) * ratio.rsqrt()

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        half = self.df / 2
        powers = (half + 0.5) * (digamma(half + 0.5) - digamma(half))
        beta = half.lgamma() + math.lgamma(0.5) - (half + 0.5).lgamma()
        return self.scale.log() + powers + 0.5 * self.df.log() + beta
