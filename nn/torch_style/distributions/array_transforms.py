"""Invertible functions of vectors and matrices, such as `StickBreakingTransform`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from nn.torch_style.base import made
from nn.torch_style.creation import arange, eye
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.elementwise_transforms import Transform, rightmost_sum
from nn.torch_style.joining import cat, stack
from nn.torch_style.linalg import cholesky
from nn.torch_style.nn.functional import pad, softplus
from nn.torch_style.tensor import Tensor


class SoftmaxTransform(Transform):
    """exp(x), divided by its sum; ``inverse`` returns the logarithm."""

    domain, codomain = constraints.real_vector, constraints.simplex

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return x.softmax(-1)  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return y.log()  # type: ignore[no-any-return]


class StickBreakingTransform(Transform):
    """Shares of a stick of which each number takes a part of the rest: n numbers make n + 1."""

    bijective = True
    domain, codomain = constraints.real_vector, constraints.simplex

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        z = (x - _ranks(x).log()).sigmoid()
        rest = (1 - z).cumprod(-1)
        return pad(z, (0, 1), value=1.0) * pad(rest, (1, 0), value=1.0)

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        cut = y[..., :-1]
        rest = 1 - cut.cumsum(-1)
        return cut.log() - rest.log() + _ranks(cut).log()  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the determinant of the derivative."""
        return (y[..., :-1].log() - softplus(x - _ranks(x).log())).sum(-1)  # type: ignore[no-any-return]

    def forward_shape(self, shape: Any) -> Any:
        """Return the shape of the result, given that of the input."""
        return (*shape[:-1], shape[-1] + 1)

    def inverse_shape(self, shape: Any) -> Any:
        """Return the shape of the input, given that of the result."""
        return (*shape[:-1], shape[-1] - 1)


def _ranks(x: Any) -> Any:
    """Return n, n - 1 … 1: how many shares the rest makes."""
    n = x.shape[-1]
    return n - arange(n, dtype=x.dtype)


class CorrCholeskyTransform(Transform):
    """Lower roots of matrices of correlations, from vectors of n(n - 1)/2 numbers."""

    bijective = True
    domain, codomain = constraints.real_vector, constraints.corr_cholesky

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        n = self.forward_shape(x.shape)[-1]
        r = pad(x.tanh(), (0, 1))[..., _places(n)]
        rest = (1 - r.square()).sqrt().cumprod(-1)
        return (r + eye(n, dtype=x.dtype)) * pad(rest[..., :-1], (1, 0), value=1.0)

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        rest = pad((1 - y.square().cumsum(-1))[..., :-1], (1, 0), value=1.0)
        rows, columns = _below(y.shape[-1])
        return (y[..., rows, columns] / rest[..., rows, columns].sqrt()).atanh()  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the determinant for the elements below the diagonal."""
        rows, columns = _below(self.forward_shape(x.shape)[-1])
        counts = made((1 + 0.5 * (rows - 1 - columns)).astype(x.held.dtype))
        return (counts * 2 * (math.log(2) - x - softplus(-2 * x))).sum(-1)  # type: ignore[no-any-return]

    def forward_shape(self, shape: Any) -> Any:
        """Return the shape of the result, given that of the input."""
        count = shape[-1]
        n = round((0.25 + 2 * count) ** 0.5 + 0.5)
        if n * (n - 1) // 2 != count:
            raise ShapeError(f"{count} numbers are not all below the diagonal of a square matrix.")
        return (*shape[:-1], n, n)

    def inverse_shape(self, shape: Any) -> Any:
        """Return the shape of the input, given that of the result."""
        return (*shape[:-2], shape[-1] * (shape[-1] - 1) // 2)


def _below(n: int) -> Any:
    """Return the rows and the columns of the elements below a diagonal, row by row."""
    return np.tril_indices(n, -1)


def _places(n: int) -> Any:
    """Return where each element of a matrix is among those below the diagonal; -1 for others."""
    found = np.full((n, n), -1)
    rows, columns = _below(n)
    found[rows, columns] = np.arange(len(rows))
    return found


class LowerCholeskyTransform(Transform):
    """Lower triangular matrices with a positive diagonal, from square ones."""

    domain, codomain = constraints.independent(constraints.real, 2), constraints.lower_cholesky

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()  # type: ignore[no-any-return]


class PositiveDefiniteTransform(Transform):
    """Positive definite matrices, from square ones."""

    domain, codomain = constraints.independent(constraints.real, 2), constraints.positive_definite
    root = LowerCholeskyTransform()

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        root = self.root(x)
        return root @ root.mT

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return self.root.inverse(cholesky(y))


class IndependentTransform(Transform):
    """A transform of arrays whose last axes count as one sample."""

    def __init__(
        self, base_transform: Transform, reinterpreted_batch_ndims: int, cache_size: int = 0
    ) -> None:
        self.base_transform, self.count = base_transform, reinterpreted_batch_ndims
        self.bijective, self.sign = base_transform.bijective, base_transform.sign
        self.domain = constraints.independent(base_transform.domain, self.count)
        self.codomain = constraints.independent(base_transform.codomain, self.count)

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return self.base_transform(x)

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return self.base_transform.inverse(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the absolute value of the derivative."""
        return rightmost_sum(self.base_transform.log_abs_det_jacobian(x, y), self.count)  # type: ignore[no-any-return]

    def forward_shape(self, shape: Any) -> Any:
        """Return the shape of the result, given that of the input."""
        return self.base_transform.forward_shape(shape)

    def inverse_shape(self, shape: Any) -> Any:
        """Return the shape of the input, given that of the result."""
        return self.base_transform.inverse_shape(shape)


class ReshapeTransform(Transform):
    """The same numbers in another shape."""

    bijective = True

    def __init__(self, in_shape: Any, out_shape: Any, cache_size: int = 0) -> None:
        self.in_shape, self.out_shape = tuple(in_shape), tuple(out_shape)
        if math.prod(self.in_shape) != math.prod(self.out_shape):
            raise ShapeError(f"{self.in_shape} and {self.out_shape} have different sizes.")
        self.domain = constraints.independent(constraints.real, len(self.in_shape))
        self.codomain = constraints.independent(constraints.real, len(self.out_shape))

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return x.reshape(self.forward_shape(x.shape))  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return y.reshape(self.inverse_shape(y.shape))  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return zeros."""
        return rightmost_sum(0 * x, len(self.in_shape))  # type: ignore[no-any-return]

    def forward_shape(self, shape: Any) -> Any:
        """Return the shape of the result, given that of the input."""
        return (*shape[: len(shape) - len(self.in_shape)], *self.out_shape)

    def inverse_shape(self, shape: Any) -> Any:
        """Return the shape of the input, given that of the result."""
        return (*shape[: len(shape) - len(self.out_shape)], *self.in_shape)


class _Parts(Transform):
    """The base class of transforms of the parts of an array along an axis."""

    def __init__(self, tseq: Sequence[Transform], dim: int = 0) -> None:
        self.transforms, self.dim = list(tseq), dim
        self.bijective = all(transform.bijective for transform in self.transforms)

    def _cut(self, x: Any) -> Any:
        raise NotImplementedError

    def _joined(self, parts: list[Any]) -> Any:
        raise NotImplementedError

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        pairs = zip(self.transforms, self._cut(x), strict=True)
        return self._joined([transform(part) for transform, part in pairs])  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        pairs = zip(self.transforms, self._cut(y), strict=True)
        return self._joined([transform.inverse(part) for transform, part in pairs])  # type: ignore[no-any-return]


class CatTransform(_Parts):
    """Several transforms, each of some places along an axis."""

    def __init__(
        self, tseq: Sequence[Transform], dim: int = 0, lengths: Any = None, cache_size: int = 0
    ) -> None:
        super().__init__(tseq, dim)
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)
        self.domain = constraints.cat([one.domain for one in tseq], dim, self.lengths)
        self.codomain = constraints.cat([one.codomain for one in tseq], dim, self.lengths)

    def _cut(self, x: Any) -> Any:
        return x.split(self.lengths, self.dim)

    def _joined(self, parts: list[Any]) -> Any:
        return cat(parts, self.dim)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the absolute value of the derivative."""
        most = self.domain.event_dim
        found = []
        for one, part, result in zip(self.transforms, self._cut(x), self._cut(y), strict=True):
            slope = one.log_abs_det_jacobian(part, result)
            found.append(rightmost_sum(slope, most - one.domain.event_dim))
        dim = self.dim - x.dim() if self.dim >= 0 else self.dim
        if dim + most < 0:
            return cat(found, dim + most)
        return sum(found[1:], found[0])


class StackTransform(_Parts):
    """Several transforms, each of one place along an axis."""

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(tseq, dim)
        self.domain = constraints.stack([one.domain for one in tseq], dim)
        self.codomain = constraints.stack([one.codomain for one in tseq], dim)

    def _cut(self, x: Any) -> Any:
        return x.unbind(self.dim)

    def _joined(self, parts: list[Any]) -> Any:
        return stack(parts, self.dim)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the absolute value of the derivative."""
        parts = zip(self.transforms, self._cut(x), self._cut(y), strict=True)
        return stack([one.log_abs_det_jacobian(part, y) for one, part, y in parts], self.dim)


class CumulativeDistributionTransform(Transform):
    """The probability of a smaller number, by a distribution."""

    bijective = True
    codomain = constraints.unit_interval

    def __init__(self, distribution: Any, cache_size: int = 0) -> None:
        self.distribution = distribution

    @property
    def domain(self) -> Any:  # type: ignore[override]
        """Which values the distribution has."""
        return self.distribution.support

    def __call__(self, x: Any) -> Tensor:
        """Return the result."""
        return self.distribution.cdf(x)  # type: ignore[no-any-return]

    def inverse(self, y: Any) -> Tensor:
        """Return what this is the result of."""
        return self.distribution.icdf(y)  # type: ignore[no-any-return]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Tensor:
        """Return the logarithm of the density."""
        return self.distribution.log_prob(x)  # type: ignore[no-any-return]
