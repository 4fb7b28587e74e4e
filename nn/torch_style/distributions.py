"""PyTorch's ``torch.distributions``: `Categorical`, `Bernoulli`, `Normal`, `Uniform`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.torch_style.base import TensorBase
from nn.torch_style.creation import as_tensor, bernoulli, multinomial, rand, randn, tensor
from nn.torch_style.joining import broadcast_tensors
from nn.torch_style.nn import functional
from nn.torch_style.tensor import Tensor
from nn.torch_style.types import Size


def _float(x: Any) -> Any:
    return x if isinstance(x, TensorBase) else tensor(float(x)) if np.ndim(x) == 0 else as_tensor(x)


class Distribution:
    """The base class of distributions."""

    _shape: Any = ()

    @property
    def batch_shape(self) -> Size:
        """The shape of a sample."""
        return Size(self._shape)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        raise NotImplementedError

    def log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability, or of the density."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        raise NotImplementedError

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return self.variance.sqrt()  # type: ignore[attr-defined]


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
        self._shape = self.probs.shape[:-1]

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random integers."""
        count, classes = math.prod(sample_shape), self.probs.shape[-1]
        rows = self.probs.detach().reshape(-1, classes)
        found = multinomial(rows, count, replacement=True).T
        return found.reshape(*sample_shape, *self._shape)

    def log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability."""
        places = value.long().unsqueeze(-1)
        shape = (*value.shape, self.logits.shape[-1])
        return self.logits.expand(shape).gather(-1, places).squeeze(-1)

    def entropy(self) -> Tensor:
        """Return -Σ p·log(p)."""
        return -(self.logits * self.probs).sum(-1)


class Bernoulli(Distribution):
    """1 with a given probability, else 0."""

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None) -> None:
        if (probs is None) == (logits is None):
            raise OptionError("Bernoulli takes probs= or logits=, one of them.")
        self.probs = _float(probs) if logits is None else _float(logits).sigmoid()
        self.logits = self.probs.logit(1e-7) if logits is None else _float(logits)
        self._shape = self.probs.shape

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random zeros and ones."""
        return bernoulli(self.probs.detach().expand(*sample_shape, *self._shape))

    def log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability."""
        logits, value = broadcast_tensors(self.logits, value)
        return -functional.binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return functional.binary_cross_entropy_with_logits(
            self.logits, self.probs, reduction="none"
        )


class Normal(Distribution):
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

    def __init__(self, loc: Any, scale: Any, validate_args: Any = None) -> None:
        self.loc, self.scale = broadcast_tensors(_float(loc), _float(scale))
        self._shape = self.loc.shape

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

    def log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        squares = (value - self.loc) ** 2 / (2 * self.scale**2)
        return -squares - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()


class Uniform(Distribution):
    """Numbers from `low` to `high`, all equally likely."""

    def __init__(self, low: Any, high: Any, validate_args: Any = None) -> None:
        self.low, self.high = broadcast_tensors(_float(low), _float(high))
        self._shape = self.low.shape

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        return self.rsample(sample_shape).detach()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the limits."""
        return self.low + (self.high - self.low) * rand(*sample_shape, *self._shape)

    def log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        inside = (value >= self.low) & (value < self.high)
        return inside.to(self.low.dtype).log() - (self.high - self.low).log()

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return (self.high - self.low).log()


def kl_divergence(p: Any, q: Any) -> Tensor:
    """Return the average of log p - log q under p."""
    if isinstance(p, Categorical) and isinstance(q, Categorical):
        return (p.probs * (p.logits - q.logits)).sum(-1)
    if isinstance(p, Normal) and isinstance(q, Normal):
        ratio = (p.scale / q.scale) ** 2
        distance = ((p.loc - q.loc) / q.scale) ** 2
        return 0.5 * (ratio + distance - 1 - ratio.log())
    if isinstance(p, Bernoulli) and isinstance(q, Bernoulli):
        return (
            p.probs * (p.probs / q.probs).log()
            + (1 - p.probs) * ((1 - p.probs) / (1 - q.probs)).log()
        )
    raise OptionError(f"There is no formula for {type(p).__name__} and {type(q).__name__}.")
