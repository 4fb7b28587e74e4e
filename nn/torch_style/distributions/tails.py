"""Positive numbers with long tails, and others: `Pareto`, `Weibull`, `InverseGamma` and so on."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from nn.torch_style.creation import full_like, rand
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.distribution import Distribution, as_float, drawn, together
from nn.torch_style.distributions.located import Cauchy
from nn.torch_style.distributions.positive import Exponential, Gamma
from nn.torch_style.special import digamma, gammaincc, i0e, i1e
from nn.torch_style.tensor import Tensor

EULER = 0.57721566490153286


class Pareto(Distribution):
    """Numbers of at least `scale`, of which larger ones get rarer as a power.

    Parameters
    ----------
    scale, alpha : tensor or float
        The smallest number, and the power.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.distributions.Pareto(1.0, 2.0).mean
    tensor(2.)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "alpha": constraints.positive,
        "scale": constraints.positive,
    }

    has_rsample = True

    def __init__(self, scale: Any, alpha: Any, validate_args: Any = None) -> None:
        self.scale, self.alpha = together(scale, alpha)
        super().__init__(self.scale.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average; infinite for powers up to 1."""
        a = self.alpha.clamp(min=1)
        return a * self.scale / (a - 1)

    @property
    def variance(self) -> Any:
        """The variance; infinite for powers up to 2."""
        a = self.alpha.clamp(min=2)
        return self.scale**2 * a / ((a - 1) ** 2 * (a - 2))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        logs = Exponential(self.alpha).rsample(sample_shape)
        return self.scale * logs.exp()  # type: ignore[no-any-return]

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        value = as_float(value)
        powers = self.alpha * self.scale.log() - (self.alpha + 1) * value.log()
        return self.alpha.log() + powers  # type: ignore[no-any-return]

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return 1 - (self.scale / value) ** self.alpha  # type: ignore[no-any-return]

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return (self.scale / self.alpha).log() + 1 + 1 / self.alpha  # type: ignore[no-any-return]

    @property
    def support(self) -> Any:
        """Which values there are."""
        return constraints.greater_than_eq(self.scale)

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.scale

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        return self.scale * (1 - as_float(value)) ** (-1 / self.alpha)  # type: ignore[no-any-return]


class Weibull(Distribution):
    """The time to an event whose rate changes as a power of time."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "scale": constraints.positive,
        "concentration": constraints.positive,
    }
    support = constraints.positive

    has_rsample = True

    def __init__(self, scale: Any, concentration: Any, validate_args: Any = None) -> None:
        found = together(scale, concentration)
        self.scale, self.concentration = found
        super().__init__(self.scale.shape, (), validate_args)

    def _moment(self, power: int) -> Any:
        return (1 + power / self.concentration).lgamma().exp()

    @property
    def mean(self) -> Any:
        """The average."""
        return self.scale * self._moment(1)

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.scale**2 * (self._moment(2) - self._moment(1) ** 2)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        times = self.scale.new_empty(self._extended(sample_shape)).exponential_()
        return self.scale * times ** (1 / self.concentration)  # type: ignore[no-any-return]

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        value, k = as_float(value), self.concentration
        logs = value.log() - self.scale.log()
        return k.log() + (k - 1) * logs - self.scale.log() - (k * logs).exp()  # type: ignore[no-any-return]

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return -(-((value / self.scale) ** self.concentration)).expm1()  # type: ignore[no-any-return]

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        k = self.concentration
        return EULER * (1 - 1 / k) + (self.scale / k).log() + 1  # type: ignore[no-any-return]

    @property
    def mode(self) -> Any:
        """The most likely value."""
        k = self.concentration
        return self.scale * ((k - 1) / k) ** (1 / k)

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        times = -(-as_float(value)).log1p()
        return self.scale * times ** (1 / self.concentration)  # type: ignore[no-any-return]


class HalfCauchy(Distribution):
    """The absolute values of Cauchy's numbers around 0."""

    arg_constraints: ClassVar[dict[str, Any]] = {"scale": constraints.positive}
    support = constraints.nonnegative

    has_rsample = True

    def __init__(self, scale: Any, validate_args: Any = None) -> None:
        self.scale = as_float(scale)
        super().__init__(self.scale.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """Infinite."""
        return full_like(self.scale, math.inf)

    variance = mean

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the scale."""
        return Cauchy(0 * self.scale, self.scale).rsample(sample_shape).abs()

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        value = as_float(value)
        inside = (value >= 0).to(self.scale.dtype).log()
        far = ((value / self.scale) ** 2).log1p()
        return inside + math.log(2 / math.pi) - self.scale.log() - far  # type: ignore[no-any-return]

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return 2 / math.pi * (value / self.scale).atan()  # type: ignore[no-any-return]

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return self.scale.log() + math.log(2 * math.pi)  # type: ignore[no-any-return]

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return 0 * self.scale

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        return self.scale * (as_float(value) * (math.pi / 2)).tan()  # type: ignore[no-any-return]


class InverseGamma(Distribution):
    """The reciprocals of gamma-distributed numbers."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "concentration": constraints.positive,
        "rate": constraints.positive,
    }
    support = constraints.positive
    has_rsample = True

    def __init__(self, concentration: Any, rate: Any, validate_args: Any = None) -> None:
        self.base_dist = Gamma(concentration, rate, validate_args)
        self.concentration, self.rate = self.base_dist.concentration, self.base_dist.rate
        super().__init__(self.rate.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average; infinite for concentrations up to 1."""
        a = self.concentration
        return (self.rate / (a - 1)).where(a > 1, full_like(a, math.inf))

    @property
    def variance(self) -> Any:
        """The variance; infinite for concentrations up to 2."""
        a = self.concentration
        found = self.rate**2 / ((a - 1) ** 2 * (a - 2))
        return found.where(a > 2, full_like(a, math.inf))

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        return self.base_dist.sample(sample_shape).reciprocal()

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        value = as_float(value)
        return self.base_dist.log_prob(1 / value) - 2 * value.log()

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        a = self.concentration
        return a + self.rate.log() + a.lgamma() - (1 + a) * digamma(a)  # type: ignore[no-any-return]

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.rate / (self.concentration + 1)

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return gammaincc(self.concentration, self.rate / as_float(value))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        return self.base_dist.rsample(sample_shape).reciprocal()


class Chi2(Gamma):
    """The sum of squares of `df` normal numbers."""

    arg_constraints: ClassVar[dict[str, Any]] = {"df": constraints.positive}

    def __init__(self, df: Any, validate_args: Any = None) -> None:
        self.df = as_float(df)
        super().__init__(self.df / 2, 0.5, validate_args)


class FisherSnedecor(Distribution):
    """The ratio of the means of two numbers of squares of normal numbers."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "df1": constraints.positive,
        "df2": constraints.positive,
    }
    support = constraints.positive
    has_rsample = True

    def __init__(self, df1: Any, df2: Any, validate_args: Any = None) -> None:
        self.df1, self.df2 = together(df1, df2)
        super().__init__(self.df1.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average; NaN for `df2` up to 2."""
        b = self.df2
        return (b / (b - 2)).where(b > 2, full_like(b, math.nan))

    @property
    def variance(self) -> Any:
        """The variance; NaN for `df2` up to 4."""
        a, b = self.df1, self.df2
        found = 2 * b**2 * (a + b - 2) / (a * (b - 2) ** 2 * (b - 4))
        return found.where(b > 4, full_like(b, math.nan))

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        above = Chi2(self.df1).sample(sample_shape) / self.df1.detach()
        return above / (Chi2(self.df2).sample(sample_shape) / self.df2.detach())

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        value, a, b = as_float(value), self.df1 / 2, self.df2 / 2
        ratio = self.df1 / self.df2
        constant = (a + b).lgamma() - a.lgamma() - b.lgamma() + a * ratio.log()
        return constant + (a - 1) * value.log() - (a + b) * (ratio * value).log1p()  # type: ignore[no-any-return]

    @property
    def mode(self) -> Any:
        """The most likely value; NaN for `df1` up to 2."""
        a, b = self.df1, self.df2
        found = (a - 2) / a * b / (b + 2)
        return found.where(a > 2, full_like(a, math.nan))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        above = Chi2(self.df1).rsample(sample_shape) / self.df1
        return above / (Chi2(self.df2).rsample(sample_shape) / self.df2)


class Kumaraswamy(Distribution):
    """Numbers from 0 to 1, much like those of `Beta`."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "concentration1": constraints.positive,
        "concentration0": constraints.positive,
    }
    support = constraints.unit_interval

    has_rsample = True

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: Any = None) -> None:
        found = together(concentration1, concentration0)
        self.concentration1, self.concentration0 = found
        super().__init__(self.concentration1.shape, (), validate_args)

    def _moment(self, power: int) -> Any:
        a, b = 1 + power / self.concentration1, self.concentration0
        return b * (a.lgamma() + b.lgamma() - (a + b).lgamma()).exp()

    @property
    def mean(self) -> Any:
        """The average."""
        return self._moment(1)

    @property
    def variance(self) -> Any:
        """The variance."""
        return self._moment(2) - self._moment(1) ** 2

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        u = rand(*self._extended(sample_shape), dtype=self.concentration1.dtype)
        inner = -(u.log() / self.concentration0).expm1()
        return inner ** (1 / self.concentration1)  # type: ignore[no-any-return]

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        value, a, b = as_float(value), self.concentration1, self.concentration0
        rest = (-(value**a)).log1p()
        return a.log() + b.log() + (a - 1) * value.log() + (b - 1) * rest  # type: ignore[no-any-return]

    @property
    def mode(self) -> Any:
        """The most likely value; NaN if both ends are."""
        a, b = self.concentration1, self.concentration0
        found = ((a - 1) / (a * b - 1)) ** (1 / a)
        return found.where((a >= 1) & (b >= 1), full_like(a, math.nan))

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        rest = (-(as_float(value) ** self.concentration1)).log1p()
        return -(self.concentration0 * rest).expm1()  # type: ignore[no-any-return]

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        inner = -((-as_float(value)).log1p() / self.concentration0).expm1()
        return inner ** (1 / self.concentration1)  # type: ignore[no-any-return]

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        a, b = self.concentration1, self.concentration0
        powers = (1 - 1 / a) * (digamma(b + 1) + EULER)
        return 1 - 1 / b + powers - a.log() - b.log()  # type: ignore[no-any-return]


class VonMises(Distribution):
    """Angles around one of them."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real,
        "concentration": constraints.positive,
    }
    support = constraints.real

    def __init__(self, loc: Any, concentration: Any, validate_args: Any = None) -> None:
        self.loc, self.concentration = together(loc, concentration)
        super().__init__(self.loc.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The angle around which the others are."""
        return self.loc

    @property
    def variance(self) -> Any:
        """The circular variance."""
        return 1 - i1e(self.concentration) / i0e(self.concentration)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random angles, as constants."""
        shape = self._extended(sample_shape)
        return drawn("vonmises", shape, self.loc, self.loc, self.concentration)

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        k = self.concentration
        near = k * ((as_float(value) - self.loc).cos() - 1)
        return near - math.log(2 * math.pi) - i0e(k).log()  # type: ignore[no-any-return]

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.loc
