"""Invertible functions of numbers, and several of them after each other: `ComposeTransform`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nn.torch_style.base import TensorBase, numbers
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.distribution import as_float
from nn.torch_style.nn.functional import softplus
from nn.torch_style.tensor import Tensor


class Transform:
    """The base class of invertible functions: your own define ``_call`` and ``_inverse``.

    Attributes
    ----------
    domain, codomain : Constraint
        Between which sets it maps.
    bijective : bool
        Whether it has an inverse.
    sign : int or tensor
        Whether it rises, 1, or falls, -1.
    """

    bijective = False
    domain: Any = constraints.real
    codomain: Any = constraints.real
    sign: Any = 1

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
        raise NotImplementedError("Define log_abs_det_jacobian(self, x, y).")

    def forward_shape(self, shape: Any) -> Any:
        """Return the shape of the result, given that of the input."""
        return tuple(shape)

    def inverse_shape(self, shape: Any) -> Any:
        """Return the shape of the input, given that of the result."""
        return tuple(shape)

    def with_cache(self, cache_size: int = 1) -> Transform:
        """Return the transform: nothing is computed twice that would have to be kept."""
        return self

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return False
        own, theirs = vars(self), vars(other)
        return own.keys() == theirs.keys() and all(
            _is_equal(own[name], theirs[name]) for name in own if name not in ("domain", "codomain")
        )

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Inverse(Transform):
    """The inverse of a transform."""

    def __init__(self, transform: Transform) -> None:
        self.transform, self.bijective = transform, transform.bijective
        self.domain, self.codomain = transform.codomain, transform.domain
        self.sign = transform.sign

    def forward_shape(self, shape: Any) -> Any:
        """Return the shape of the result, given that of the input."""
        return self.transform.inverse_shape(shape)

    def inverse_shape(self, shape: Any) -> Any:
        """Return the shape of the input, given that of the result."""
        return self.transform.forward_shape(shape)

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

    bijective = True
    domain, codomain = constraints.real, constraints.interval(-1.0, 1.0)

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

    bijective = True
    domain, codomain = constraints.real, constraints.unit_interval

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

    bijective = True
    domain, codomain = constraints.real, constraints.positive

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

    bijective = True

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        self.loc, self.scale, self.event_dim = as_float(loc), as_float(scale), event_dim
        if event_dim:
            self.domain = self.codomain = constraints.independent(constraints.real, event_dim)

    @property
    def sign(self) -> Any:  # type: ignore[override]
        """Whether it rises, 1, or falls, -1."""
        return self.scale.sign()

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return self.loc + self.scale * x  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return (y - self.loc) / self.scale  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return log |scale|, for each x."""
        return rightmost_sum(self.scale.abs().log() + 0 * x, self.event_dim)


class SoftplusTransform(Transform):
    """log(1 + exp(x))."""

    bijective = True
    domain, codomain = constraints.real, constraints.positive

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

    bijective = True
    domain, codomain = constraints.positive, constraints.positive

    def __init__(self, exponent: Any, cache_size: int = 0) -> None:
        self.exponent = as_float(exponent)

    @property
    def sign(self) -> Any:  # type: ignore[override]
        """Whether it rises, 1, or falls, -1."""
        return self.exponent.sign()

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return as_float(x) ** self.exponent  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return as_float(y) ** (1 / self.exponent)  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the absolute value of the derivative."""
        return (self.exponent * y / x).abs().log()  # type: ignore[no-any-return]


class AbsTransform(Transform):
    """The absolute value; ``inverse`` returns the positive number."""

    domain, codomain = constraints.real, constraints.positive

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return as_float(x).abs()  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return as_float(y)  # type: ignore[no-any-return]


class ComposeTransform(Transform):
    """Transforms one after the other."""

    def __init__(self, parts: Any, cache_size: int = 0) -> None:
        self.parts = list(parts)
        self.bijective = all(part.bijective for part in self.parts)
        if self.parts:
            self.domain = _with_axes(self.parts[0].domain, inner_axes(self.parts))
            self.codomain = _with_axes(self.parts[-1].codomain, outer_axes(self.parts))

    @property
    def sign(self) -> Any:  # type: ignore[override]
        """Whether it rises, 1, or falls, -1."""
        return math.prod(part.sign for part in self.parts)

    def forward_shape(self, shape: Any) -> Any:
        """Return the shape of the result, given that of the input."""
        for part in self.parts:
            shape = part.forward_shape(shape)
        return shape

    def inverse_shape(self, shape: Any) -> Any:
        """Return the shape of the input, given that of the result."""
        for part in reversed(self.parts):
            shape = part.inverse_shape(shape)
        return shape

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
        axes = self.domain.event_dim
        for part in self.parts:
            y = part(x)
            found = part.log_abs_det_jacobian(x, y)
            total = total + rightmost_sum(found, axes - part.domain.event_dim)
            axes += part.codomain.event_dim - part.domain.event_dim
            x = y
        return total  # type: ignore[no-any-return]


#: The function that changes nothing.
identity_transform = ComposeTransform([])
identity_transform.bijective = True


def _is_equal(one: Any, other: Any) -> bool:
    """Return whether two settings of transforms are equal."""
    if isinstance(one, TensorBase) and isinstance(other, TensorBase):
        return np.array_equal(numbers(one), numbers(other))
    return one is other or bool(one == other)


def inner_axes(parts: Any) -> int:
    """Return how many axes of its input a composition takes as one."""
    count = 0
    for part in reversed(parts):
        count = max(count + part.domain.event_dim - part.codomain.event_dim, part.domain.event_dim)
    return int(count)


def outer_axes(parts: Any) -> int:
    """Return how many axes of its result belong together."""
    count = 0
    for part in parts:
        change = part.codomain.event_dim - part.domain.event_dim
        count = max(count + change, part.codomain.event_dim)
    return int(count)


def rightmost_sum(x: Any, count: int) -> Any:
    """Return the sums over a number of last axes."""
    return x.sum(tuple(range(-count, 0))) if count > 0 else x


def _with_axes(constraint: Any, count: int) -> Any:
    more = count - constraint.event_dim
    return constraints.independent(constraint, more) if more else constraint
