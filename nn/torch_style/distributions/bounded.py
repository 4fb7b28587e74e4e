"""Numbers from 0 to 1 or to an end that depends on parameters: `ContinuousBernoulli` and others."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from nn.torch_style.creation import full_like, rand
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.counts import probs_and_logits
from nn.torch_style.distributions.distribution import Distribution, as_float, together
from nn.torch_style.distributions.exponential_family import ExponentialFamily
from nn.torch_style.distributions.near_zero import away, expm1_ratio, log1p_ratio, polynomial
from nn.torch_style.joining import broadcast_tensors
from nn.torch_style.tensor import Tensor

#: Above, formulas are reflected, so that nothing overflows.
LARGE = 10.0


class ContinuousBernoulli(ExponentialFamily):
    """Numbers from 0 to 1 with a density proportional to pˣ·(1 - p)¹⁻ˣ.

    Parameters
    ----------
    probs, logits : tensor or float, optional
        p, or its logit.
    lims : (float, float)
        Accepted for PyTorch's sake: here formulas near p = 1/2 have all their derivatives.

    References
    ----------
    Loaiza-Ganem, Cunningham: The continuous Bernoulli: fixing a pervasive error in variational
    autoencoders, NeurIPS 2019.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.distributions.ContinuousBernoulli(0.5).log_prob(torch.tensor(0.3))
    tensor(0.)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support = constraints.unit_interval
    has_rsample = True

    def __init__(
        self,
        probs: Any = None,
        logits: Any = None,
        lims: Any = (0.499, 0.501),
        validate_args: Any = None,
    ) -> None:
        self.probs, self.logits = probs_and_logits("ContinuousBernoulli", probs, logits)
        super().__init__(self.probs.shape, (), validate_args)

    def _log_norm(self) -> Any:
        """Return the logarithm of (exp(logit) - 1) / logit."""
        x = self.logits
        safe, is_small = away(x, 0.1)
        far = safe.abs()
        near = polynomial(x * x, [0, 1 / 24, -1 / 2880, 1 / 181440])
        even = near.where(is_small, far / 2 + (-(-far).expm1() / far).log())
        return x / 2 + even

    @property
    def mean(self) -> Any:
        """The average."""
        x = self.logits
        safe, is_small = away(x, 0.1)
        near = 0.5 + x * polynomial(x * x, [1 / 12, -1 / 720, 1 / 30240])
        return near.where(is_small, -1 / (-safe).expm1() - 1 / safe)

    @property
    def variance(self) -> Any:
        """The variance."""
        x = self.logits
        safe, is_small = away(x, 0.1)
        near = polynomial(x * x, [1 / 12, -1 / 240, 1 / 6048])
        return near.where(is_small, safe**-2 - 0.25 * (safe / 2).sinh() ** -2)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        return self.icdf(rand(*self._extended(sample_shape), dtype=self.probs.dtype))

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        value = as_float(value)
        return value * self.logits - self._log_norm()  # type: ignore[no-any-return]

    def _reflected(self, formula: Any, value: Any) -> Tensor:
        x, value = broadcast_tensors(self.logits, as_float(value))
        is_large = x > LARGE
        below = formula(x.masked_fill(is_large, 0.0), value)
        above = 1 - formula(-x.masked_fill(~is_large, 0.0), 1 - value)
        return above.where(is_large, below)  # type: ignore[no-any-return]

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        inside = as_float(value).clamp(0, 1)
        return self._reflected(lambda x, y: y * expm1_ratio(x * y) / expm1_ratio(x), inside)

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        return self._reflected(lambda x, u: u * log1p_ratio(u * x.expm1()) * expm1_ratio(x), value)

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return self._log_norm() - self.logits * self.mean  # type: ignore[no-any-return]


class GeneralizedPareto(Distribution):
    """By how much numbers exceed a high limit.

    Parameters
    ----------
    loc, scale, concentration : tensor or float
        The smallest number, the scale, and how heavy the tail is: with 0 it is that of
        `Exponential`, below 0 there is a largest number.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.distributions.GeneralizedPareto(0.0, 1.0, 0.0).log_prob(torch.tensor(2.0))
    tensor(-2.)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real,
        "scale": constraints.positive,
        "concentration": constraints.real,
    }
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: Any = None) -> None:
        self.loc, self.scale, self.concentration = together(loc, scale, concentration)
        super().__init__(self.loc.shape, (), validate_args)

    @property
    def support(self) -> Any:
        """Which values there are."""
        c = self.concentration
        ends = self.loc - self.scale / c.masked_fill(c >= 0, 1.0)
        return constraints.interval(self.loc, ends.where(c < 0, full_like(c, math.inf)))

    @property
    def mean(self) -> Any:
        """The average; NaN for concentrations from 1."""
        c = self.concentration
        return (self.loc + self.scale / (1 - c)).where(c < 1, full_like(c, math.nan))

    @property
    def variance(self) -> Any:
        """The variance; NaN for concentrations from 1/2."""
        c = self.concentration
        found = self.scale**2 / ((1 - c) ** 2 * (1 - 2 * c))
        return found.where(c < 0.5, full_like(c, math.nan))

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.loc

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        return self.icdf(rand(*self._extended(sample_shape), dtype=self.loc.dtype))

    def log_survival_function(self, value: Any) -> Tensor:
        """Return the logarithm of the probability of a larger number."""
        z = (as_float(value) - self.loc) / self.scale
        return -z * log1p_ratio(self.concentration * z)  # type: ignore[no-any-return]

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        more = (1 + self.concentration) * self.log_survival_function(value)
        return more - self.scale.log()

    def log_cdf(self, value: Any) -> Tensor:
        """Return the logarithm of the probability of a smaller number."""
        return self.cdf(value).log()

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return -self.log_survival_function(value).expm1()

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        times = -(-as_float(value)).log1p()
        return self.loc + self.scale * times * expm1_ratio(self.concentration * times)  # type: ignore[no-any-return]

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return self.scale.log() + self.concentration + 1
