"""Distributions of functions of random numbers: `TransformedDistribution` and its transforms."""

from __future__ import annotations

import math
from typing import Any

from nn.torch_style.distributions.distribution import Distribution, as_float
from nn.torch_style.nn.functional import softplus
from nn.torch_style.tensor import Tensor


class Transform:
    """The base class of invertible functions: your own define ``_call`` and ``_inverse``."""

    bijective = False

    def __init__(self, cache_size: int = 0) -> None:
        pass

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return self._call(x)

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return self._inverse(y)

    @property
    def inv(self) -> Transform:
        """The inverse function."""
        return Inverse(self)

    def _call(self, x: Any) -> Tensor:
        raise NotImplementedError("Define _call(self, x).")

    def _inverse(self, y: Any) -> Tensor:
        raise NotImplementedError("Define _inverse(self, y).")

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the absolute value of the derivative."""
        raise NotImplementedError


class Inverse(Transform):
    """The inverse of a transform."""

    def __init__(self, transform: Transform) -> None:
        self.transform = transform

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return self.transform.inverse(x)

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return self.transform(y)

    @property
    def inv(self) -> Transform:
        """The transform itself."""
        return self.transform

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the absolute value of the derivative."""
        return -self.transform.log_abs_det_jacobian(y, x)


class TanhTransform(Transform):
    """The hyperbolic tangent."""

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return as_float(x).tanh()  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return as_float(y).atanh()  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of 1 - tanh(x)², which does not cancel."""
        return 2.0 * (math.log(2.0) - x - softplus(-2.0 * x))


class SigmoidTransform(Transform):
    """1 / (1 + exp(-x))."""

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return as_float(x).sigmoid()  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        y = as_float(y)
        return y.log() - (-y).log1p()  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the derivative."""
        return -softplus(-x) - softplus(x)


class ExpTransform(Transform):
    """e to the power of x."""

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return as_float(x).exp()  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return as_float(y).log()  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the derivative."""
        return as_float(x)  # type: ignore[no-any-return]


class AffineTransform(Transform):
    """loc + scale·x."""

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        self.loc, self.scale = as_float(loc), as_float(scale)

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return self.loc + self.scale * x  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return (y - self.loc) / self.scale  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return log |scale|, for each x."""
        return self.scale.abs().log() + 0 * x  # type: ignore[no-any-return]


class SoftplusTransform(Transform):
    """log(1 + exp(x))."""

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return softplus(as_float(x))

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        y = as_float(y)
        return (-(-y).expm1()).log() + y  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the derivative."""
        return -softplus(-as_float(x))


class PowerTransform(Transform):
    """x to a power, for positive x."""

    def __init__(self, exponent: Any, cache_size: int = 0) -> None:
        self.exponent = as_float(exponent)

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return as_float(x) ** self.exponent  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return as_float(y) ** (1 / self.exponent)  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the absolute value of the derivative."""
        return (self.exponent * y / x).abs().log()  # type: ignore[no-any-return]


class ComposeTransform(Transform):
    """Transforms one after the other."""

    def __init__(self, parts: Any, cache_size: int = 0) -> None:
        self.parts = list(parts)

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        for part in self.parts:
            x = part(x)
        return x  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        for part in reversed(self.parts):
            y = part.inverse(y)
        return y  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the sum of the logarithms of all parts."""
        total: Any = 0.0
        for part in self.parts:
            y = part(x)
            total = total + part.log_abs_det_jacobian(x, y)
            x = y
        return total  # type: ignore[no-any-return]


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

    def __init__(self, base_distribution: Any, transforms: Any, validate_args: Any = None) -> None:
        self.base_dist = base_distribution
        self.transforms = [transforms] if isinstance(transforms, Transform) else list(transforms)
        self._shape, self._event = base_distribution.batch_shape, base_distribution.event_shape
        self.has_rsample = base_distribution.has_rsample

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

    def log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        y, total = value, 0.0
        axes = tuple(range(-len(self._event), 0))
        for transform in reversed(self.transforms):
            x = transform.inverse(y)
            slope = transform.log_abs_det_jacobian(x, y)
            total = total - (slope.sum(axes) if axes else slope)
            y = x
        return self.base_dist.log_prob(y) + total  # type: ignore[no-any-return]
