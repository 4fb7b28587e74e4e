"""Numbers from 0 to 1, and shares that sum to 1: `Beta`, `Dirichlet`, `OneHotCategorical`."""

from __future__ import annotations

from typing import Any, ClassVar

from nn.torch_style.creation import eye
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.categorical import Categorical
from nn.torch_style.distributions.distribution import (
    Distribution,
    as_float,
    drawn,
    enumerated,
    gamma_noise,
    together,
)
from nn.torch_style.distributions.exponential_family import ExponentialFamily
from nn.torch_style.joining import stack
from nn.torch_style.nn.functional import one_hot
from nn.torch_style.special import digamma
from nn.torch_style.tensor import Tensor


class Dirichlet(ExponentialFamily):
    """Shares that sum to 1.

    Parameters
    ----------
    concentration : tensor, shape (..., n)
        How much each share is preferred.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> shares = torch.distributions.Dirichlet(torch.ones(3))
    >>> shares.log_prob(torch.tensor([0.2, 0.3, 0.5])).exp()
    tensor(2.)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "concentration": constraints.independent(constraints.positive, 1)
    }
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration: Any, validate_args: Any = None) -> None:
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return self.concentration / self.concentration.sum(-1, keepdim=True)

    @property
    def variance(self) -> Any:
        """The variance."""
        total = self.concentration.sum(-1, keepdim=True)
        return self.mean * (1 - self.mean) / (total + 1)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random shares, as constants."""
        a = self.concentration
        found = drawn("standard_gamma", self._extended(sample_shape), a, a)
        return found / found.sum(-1, keepdim=True)

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        a = self.concentration
        return (a - 1).xlogy(value).sum(-1) + a.sum(-1).lgamma() - a.lgamma().sum(-1)

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        a, count = self.concentration, self._event[0]
        total = a.sum(-1)
        constant = a.lgamma().sum(-1) - total.lgamma()
        spread = ((a - 1) * digamma(a)).sum(-1)
        return constant - (count - total) * digamma(total) - spread

    @property
    def mode(self) -> Any:
        """The most likely value."""
        above = (self.concentration - 1).clamp(min=0)
        found = above / above.sum(-1, keepdim=True)
        largest = one_hot(self.concentration.argmax(-1), self._event[0]).to(found.dtype)
        return largest.where((self.concentration < 1).all(-1, keepdim=True), found)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        noise = gamma_noise(self.concentration, self._extended(sample_shape))
        return noise / noise.sum(-1, keepdim=True)


class Beta(ExponentialFamily):
    """Numbers from 0 to 1: the first of two shares."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "concentration1": constraints.positive,
        "concentration0": constraints.positive,
    }
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: Any = None) -> None:
        both = stack(together(concentration1, concentration0), -1)
        self._pair = Dirichlet(both, validate_args)
        super().__init__(self._pair.batch_shape, (), validate_args)

    @property
    def concentration1(self) -> Any:
        """How much large numbers are preferred."""
        return self._pair.concentration[..., 0]

    @property
    def concentration0(self) -> Any:
        """How much small numbers are preferred."""
        return self._pair.concentration[..., 1]

    @property
    def mean(self) -> Any:
        """The average."""
        return self._pair.mean[..., 0]

    @property
    def variance(self) -> Any:
        """The variance."""
        return self._pair.variance[..., 0]

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        return self._pair.sample(sample_shape)[..., 0]

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        value = as_float(value)
        return self._pair.log_prob(stack([value, 1 - value], -1))

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return self._pair.entropy()

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self._pair.mode[..., 0]

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        return self._pair.rsample(sample_shape)[..., 0]


class OneHotCategorical(Distribution):
    """Vectors of zeros and a single one."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }
    support = constraints.one_hot

    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None) -> None:
        self._classes = Categorical(probs, logits, validate_args)
        self.probs, self.logits = self._classes.probs, self._classes.logits
        super().__init__(self.probs.shape[:-1], self.probs.shape[-1:], validate_args)

    @property
    def mean(self) -> Any:
        """The probabilities."""
        return self.probs

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random vectors."""
        chosen = self._classes.sample(sample_shape)
        return one_hot(chosen, self._event[0]).to(self.probs.dtype)

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability."""
        return self._classes.log_prob(value.argmax(-1))

    def entropy(self) -> Tensor:
        """Return -Σ p·log(p)."""
        return self._classes.entropy()

    @property
    def variance(self) -> Any:
        """The variances."""
        return self.probs * (1 - self.probs)

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return one_hot(self.probs.argmax(-1), self._event[0]).to(self.probs.dtype)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return all values along a new first axis."""
        count = self._event[0]
        return enumerated(eye(count, dtype=self.probs.dtype), self._shape, expand)


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """Vectors of zeros and a single one, whose derivatives are those of the probabilities.

    Source: Bengio, Léonard & Courville, "Estimating or propagating gradients through stochastic
    neurons for conditional computation", 2013.
    """

    has_rsample = True

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random vectors, as constants."""
        return super().sample(sample_shape).detach()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random vectors; derivatives flow to the probabilities."""
        return self.sample(sample_shape) + (self.probs - self.probs.detach())
