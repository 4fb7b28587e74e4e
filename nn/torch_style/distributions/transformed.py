"""Distributions of functions of random numbers: `TransformedDistribution`."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.array_transforms import StickBreakingTransform
from nn.torch_style.distributions.distribution import Distribution, as_float
from nn.torch_style.distributions.elementwise_transforms import (
    Transform,
    inner_axes,
    outer_axes,
    rightmost_sum,
)
from nn.torch_style.distributions.multivariate_normal import Independent
from nn.torch_style.distributions.normal import Normal
from nn.torch_style.tensor import Tensor


class TransformedDistribution(Distribution):
    """The distribution of functions of random numbers.

    Parameters
    ----------
    base_distribution : Distribution
        The numbers.
    transforms : Transform or list of Transform
        The functions, applied one after the other.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> from nn.torch_style.distributions import ExpTransform, Normal, TransformedDistribution
    >>> TransformedDistribution(Normal(0.0, 1.0), ExpTransform()).log_prob(torch.tensor(1.0))
    tensor(-0.9189)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(self, base_distribution: Any, transforms: Any, validate_args: Any = None) -> None:
        self.transforms = [transforms] if isinstance(transforms, Transform) else list(transforms)
        base, parts = base_distribution, self.transforms
        inner, outer = inner_axes(parts), outer_axes(parts)
        missing = inner - len(base.event_shape)
        if missing > 0:
            base = Independent(base, missing)
        shape = (*base.batch_shape, *base.event_shape)
        for transform in parts:
            shape = tuple(transform.forward_shape(shape))
        cut = len(shape) - max(outer, len(base.event_shape) + outer - inner)
        if tuple(base.batch_shape) != shape[:cut]:
            base = base.expand(shape[:cut])
        self.base_dist, self.has_rsample = base, base.has_rsample
        super().__init__(shape[:cut], shape[cut:], validate_args)

    @property
    def support(self) -> Any:
        """Which values there are."""
        if not self.transforms:
            return self.base_dist.support
        last = self.transforms[-1].codomain
        more = len(self._event) - last.event_dim
        return constraints.independent(last, more) if more > 0 else last

    def _applied(self, x: Any) -> Tensor:
        for transform in self.transforms:
            x = transform(x)
        return x  # type: ignore[no-any-return]

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        return self._applied(self.base_dist.sample(sample_shape)).detach()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        return self._applied(self.base_dist.rsample(sample_shape))

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        y, total, axes = value, 0.0, len(self._event)
        for transform in reversed(self.transforms):
            x = transform.inverse(y)
            axes += transform.domain.event_dim - transform.codomain.event_dim
            slope = transform.log_abs_det_jacobian(x, y)
            total = total - rightmost_sum(slope, axes - transform.domain.event_dim)
            y = x
        of_base = self.base_dist.log_prob(y)
        return rightmost_sum(of_base, axes - len(self.base_dist.event_shape)) + total  # type: ignore[no-any-return]

    def _sign(self) -> Any:
        return math.prod(transform.sign for transform in self.transforms)

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        x = as_float(value)
        for transform in reversed(self.transforms):
            x = transform.inverse(x)
        return self._sign() * (self.base_dist.cdf(x) - 0.5) + 0.5  # type: ignore[no-any-return]

    def icdf(self, value: Any) -> Tensor:
        """Return the number that this probability is below."""
        share = self._sign() * (as_float(value) - 0.5) + 0.5
        return self._applied(self.base_dist.icdf(share))


class LogisticNormal(TransformedDistribution):
    """Shares that sum to 1, made of normal numbers by `StickBreakingTransform`.

    Parameters
    ----------
    loc, scale : tensor or float
        Averages and standard deviations of the numbers, one less than shares.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> shares = torch.distributions.LogisticNormal(torch.zeros(2), torch.ones(2)).sample()
    >>> shares.shape, torch.allclose(shares.sum(), torch.tensor(1.0))
    (torch.Size([3]), True)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real,
        "scale": constraints.positive,
    }

    def __init__(self, loc: Any, scale: Any, validate_args: Any = None) -> None:
        base = Normal(loc, scale, validate_args)
        base = base if base.batch_shape else base.expand((1,))
        super().__init__(base, StickBreakingTransform(), validate_args)

    @property
    def loc(self) -> Any:
        """The averages of the normal numbers."""
        return self.base_dist.base_dist.loc

    @property
    def scale(self) -> Any:
        """Their standard deviations."""
        return self.base_dist.base_dist.scale
