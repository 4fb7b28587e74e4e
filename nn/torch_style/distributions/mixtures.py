"""Mixtures: `MixtureSameFamily`; and smooth forms of discrete choices, `RelaxedBernoulli`."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from autograd.errors import ShapeError
from nn.torch_style.creation import rand
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.categorical import Categorical
from nn.torch_style.distributions.counts import probs_and_logits
from nn.torch_style.distributions.distribution import Distribution, as_float
from nn.torch_style.nn.functional import softplus
from nn.torch_style.tensor import Tensor


class MixtureSameFamily(Distribution):
    """A distribution that is chosen first, among those along the last axis of a batch.

    Parameters
    ----------
    mixture_distribution : Categorical
        Which one.
    component_distribution : Distribution
        The distributions.

    Examples
    --------
    >>> from nn.torch_style import distributions, ones, tensor
    >>> two = distributions.Normal(tensor([-1.0, 1.0]), 1.0)
    >>> distributions.MixtureSameFamily(distributions.Categorical(ones(2)), two).mean
    tensor(0.)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(
        self, mixture_distribution: Any, component_distribution: Any, validate_args: Any = None
    ) -> None:
        self.mixture_distribution = mixture_distribution
        self.component_distribution = component_distribution
        shape = component_distribution.batch_shape
        super().__init__(shape[:-1], component_distribution.event_shape, validate_args)
        count = mixture_distribution.probs.shape[-1]
        if shape[-1] != count:
            raise ShapeError(
                f"The mixture of {count} needs {count} distributions, not the shape {tuple(shape)}."
            )
        self._axis = -1 - len(self._event)

    def _shares(self) -> Any:
        shares = self.mixture_distribution.probs
        return shares.view(*shares.shape, *[1] * len(self._event))

    @property
    def mean(self) -> Any:
        """The average."""
        return (self._shares() * self.component_distribution.mean).sum(self._axis)

    @property
    def variance(self) -> Any:
        """The variance."""
        each, shares = self.component_distribution, self._shares()
        far = each.mean - self.mean.unsqueeze(self._axis)
        return (shares * (each.variance + far**2)).sum(self._axis)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        chosen = self.mixture_distribution.sample(sample_shape)
        each = self.component_distribution.sample(sample_shape)
        index = chosen.view(*chosen.shape, 1, *[1] * len(self._event))
        wanted = [*each.shape]
        wanted[self._axis] = 1
        index = index.expand(*wanted)
        return each.gather(each.dim() + self._axis, index).squeeze(self._axis)  # type: ignore[no-any-return]

    def _each(self, value: Any) -> Any:
        return as_float(value).unsqueeze(self._axis)

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        each = self.component_distribution.log_prob(self._each(value))
        return (each + self.mixture_distribution.logits.log_softmax(-1)).logsumexp(-1)  # type: ignore[no-any-return]

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        each = self.component_distribution.cdf(self._each(value))
        return (each * self.mixture_distribution.probs).sum(-1)  # type: ignore[no-any-return]

    @property
    def support(self) -> Any:
        """Which values there are."""
        return self.component_distribution.support


class RelaxedBernoulli(Distribution):
    """Numbers between 0 and 1 that a low temperature brings close to them.

    Source: Maddison, Mnih & Teh, "The concrete distribution", 2017.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support = constraints.unit_interval

    has_rsample = True

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: Any = None
    ) -> None:
        self.probs, self.logits = probs_and_logits("RelaxedBernoulli", probs, logits)
        self.temperature = as_float(temperature)
        super().__init__(self.probs.shape, (), validate_args)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        u = rand(*self._extended(sample_shape), dtype=self.logits.dtype)
        return ((u.logit(1e-7) + self.logits) / self.temperature).sigmoid()  # type: ignore[no-any-return]

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        y = as_float(value).logit(1e-7)
        far = self.logits - y * self.temperature
        of_logit = self.temperature.log() + far - 2 * softplus(far)
        return of_logit + softplus(y) + softplus(-y)  # type: ignore[no-any-return]


class RelaxedOneHotCategorical(Distribution):
    """Shares that a low temperature brings close to a single class.

    Source: Jang, Gu & Poole, "Categorical reparameterization with Gumbel-softmax", 2017.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }
    support = constraints.simplex

    has_rsample = True

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: Any = None
    ) -> None:
        classes = Categorical(probs, logits, validate_args)
        self.probs, self.logits = classes.probs, classes.logits
        self.temperature = as_float(temperature)
        super().__init__(self.probs.shape[:-1], self.probs.shape[-1:], validate_args)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random shares; derivatives flow to the parameters."""
        u = rand(*self._extended(sample_shape), dtype=self.logits.dtype).clamp(1e-7, 1 - 1e-7)
        return ((self.logits - (-u.log()).log()) / self.temperature).softmax(-1)  # type: ignore[no-any-return]

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        count, logs = self._event[0], as_float(value).log()
        score = (self.logits - logs * self.temperature).log_softmax(-1).sum(-1)
        scale = math.lgamma(count) + (count - 1) * self.temperature.log()
        return score + scale - logs.sum(-1)  # type: ignore[no-any-return]
