"""Counts: `Binomial`, `Geometric`, `NegativeBinomial`, `Multinomial`."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from autograd.errors import OptionError
from nn.torch_style.creation import arange
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.categorical import Categorical
from nn.torch_style.distributions.distribution import (
    Distribution,
    as_float,
    check,
    drawn,
    enumerated,
    together,
)
from nn.torch_style.nn import functional
from nn.torch_style.tensor import Tensor
from nn.torch_style.types import finfo

#: How far probabilities are from 0 and 1 at least, in logits.
EPS = 1.1920928955078125e-07


def probs_and_logits(owner: str, probs: Any, logits: Any) -> tuple[Any, Any]:
    """Return probabilities and their logits, given either; or raise."""
    if (probs is None) == (logits is None):
        raise OptionError(f"{owner} takes probs= or logits=, one of them.")
    if logits is not None:
        return as_float(logits).sigmoid(), as_float(logits)
    probs = as_float(probs)
    return probs, probs.logit(EPS)


class Binomial(Distribution):
    """How many of several trials succeed.

    Parameters
    ----------
    total_count : int or tensor
        The number of trials.
    probs, logits : tensor or float, optional
        The probability of success, or its logit.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.distributions.Binomial(4, probs=0.5).log_prob(torch.tensor(2.0)).exp()
    tensor(0.3750)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }

    has_enumerate_support = True

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: Any = None
    ) -> None:
        found = probs_and_logits("Binomial", probs, logits)
        self.total_count, self.probs, self.logits = together(total_count, *found)
        super().__init__(self.probs.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return self.total_count * self.probs

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random counts."""
        shape = self._extended(sample_shape)
        return drawn("binomial", shape, self.probs, self.total_count.long(), self.probs)

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability."""
        value, n = as_float(value), self.total_count
        ways = (n + 1).lgamma() - (value + 1).lgamma() - (n - value + 1).lgamma()
        return value * self.logits - n * functional.softplus(self.logits) + ways

    def _equal_count(self, method: str) -> int:
        """Return the number of trials, if all are equal."""
        count = int(self.total_count.max())
        if not bool((self.total_count == count).all()):
            raise OptionError(f"{method} needs the same total_count for all.")
        return count

    def entropy(self) -> Tensor:
        """Return the average of -log_prob, if all numbers of trials are equal."""
        count = self._equal_count("entropy")
        values = arange(count + 1, dtype=self.probs.dtype).view(-1, *[1] * len(self._shape))
        logs = self.log_prob(values)
        return -(logs.exp() * logs).sum(0)

    @property
    def support(self) -> Any:
        """Which values there are."""
        return constraints.integer_interval(0, self.total_count)

    @property
    def mode(self) -> Any:
        """The most likely value."""
        found = ((self.total_count + 1) * self.probs).floor()
        return found.minimum(self.total_count)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return all values along a new first axis."""
        count = self._equal_count("enumerate_support")
        return enumerated(arange(count + 1, dtype=self.probs.dtype), self._shape, expand)


class Geometric(Distribution):
    """How many trials fail before the first that succeeds."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None) -> None:
        self.probs, self.logits = probs_and_logits("Geometric", probs, logits)
        super().__init__(self.probs.shape, (), validate_args)
        check("The probability must be positive", self.probs > 0, self._validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return 1 / self.probs - 1

    @property
    def variance(self) -> Any:
        """The variance."""
        return (1 / self.probs - 1) / self.probs

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random counts."""
        probs = self.probs.detach()
        u = probs.new_empty(self._extended(sample_shape)).uniform_(finfo(probs.dtype).tiny, 1)
        return (u.log() / (-probs).log1p()).floor()  # type: ignore[no-any-return]

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability."""
        value = as_float(value)
        fails = (-self.probs).log1p().where(value != 0, 0 * self.probs)
        return value * fails + self.probs.log()

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        bits = functional.binary_cross_entropy_with_logits(
            self.logits, self.probs, reduction="none"
        )
        return bits / self.probs

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return 0 * self.probs


class NegativeBinomial(Distribution):
    """How many trials succeed before a number of them has failed."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(
        self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: Any = None
    ) -> None:
        found = probs_and_logits("NegativeBinomial", probs, logits)
        self.total_count, self.probs, self.logits = together(total_count, *found)
        super().__init__(self.probs.shape, (), validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return self.total_count * self.logits.exp()

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.mean / (-self.logits).sigmoid()

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random counts."""
        shape = self._extended(sample_shape)
        return drawn("negative_binomial", shape, self.probs, self.total_count, 1 - self.probs)

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability."""
        value, n = as_float(value), self.total_count
        ways = (n + value).lgamma() - (value + 1).lgamma() - n.lgamma()
        by_logits = functional.logsigmoid(-self.logits) * n
        return by_logits + value * functional.logsigmoid(self.logits) + ways

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0)


class Multinomial(Distribution):
    """How often each class is drawn in several trials."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: Any = None
    ) -> None:
        self._classes = Categorical(probs, logits, validate_args)
        self.total_count = total_count
        self.probs, self.logits = self._classes.probs, self._classes.logits
        super().__init__(self.probs.shape[:-1], self.probs.shape[-1:], validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return self.total_count * self.probs

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random counts."""
        classes = self._classes.sample((self.total_count, *sample_shape))
        found = functional.one_hot(classes, self._event[0]).sum(0)
        return found.to(self.probs.dtype)  # type: ignore[no-any-return]

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability."""
        value = as_float(value)
        ways = (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1)
        return ways + (value * self.logits.where(value != 0, 0 * self.logits)).sum(-1)

    @property
    def support(self) -> Any:
        """Which values there are."""
        return constraints.multinomial(self.total_count)

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        counts = arange(1, self.total_count + 1, dtype=self.probs.dtype)
        counts = counts.view(-1, *[1] * self.probs.dim())
        shares = Binomial(self.total_count, self.probs).log_prob(counts).exp()
        orders = (shares * (counts + 1).lgamma()).sum((0, -1))
        return (
            self.total_count * self._classes.entropy() - math.lgamma(self.total_count + 1) + orders
        )
