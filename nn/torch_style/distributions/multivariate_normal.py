"""The normal distribution of vectors, and distributions whose samples are arrays."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from autograd.errors import OptionError
from nn.torch_style.arithmetic import pair
from nn.torch_style.base import made
from nn.torch_style.creation import randn
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.distribution import LOG_2PI, Distribution
from nn.torch_style.tensor import Tensor


def root_of(owner: str, covariance: Any, precision: Any, root: Any) -> Any:
    """Return the lower triangular root of covariances, given one of three forms; or raise."""
    if sum(matrix is not None for matrix in (covariance, precision, root)) != 1:
        raise OptionError(
            f"{owner} takes one of covariance_matrix=, precision_matrix= and scale_tril=."
        )
    if root is not None:
        return root
    covariance = precision.inverse() if covariance is None else covariance
    return ((covariance + covariance.mT) / 2).cholesky()  # the derivative is symmetric, too


class MultivariateNormal(Distribution):
    """The normal distribution of vectors.

    Parameters
    ----------
    loc : tensor, shape (..., n)
        The average.
    covariance_matrix, precision_matrix, scale_tril : tensor, shape (..., n, n)
        The covariances, their inverse, or a lower triangular root; one of them.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> normal = torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))
    >>> normal.log_prob(torch.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector

    has_rsample = True

    def __init__(
        self,
        loc: Any,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: Any = None,
    ) -> None:
        root = root_of("MultivariateNormal", covariance_matrix, precision_matrix, scale_tril)
        shape = np.broadcast_shapes(loc.shape, root.shape[:-1])
        self.loc = loc.expand(shape)
        self.scale_tril = root.expand(*shape[:-1], *root.shape[-2:])
        super().__init__(shape[:-1], shape[-1:], validate_args)

    @property
    def mean(self) -> Any:
        """The average."""
        return self.loc

    @property
    def covariance_matrix(self) -> Any:
        """The covariances."""
        return self.scale_tril @ self.scale_tril.mT

    @property
    def variance(self) -> Any:
        """The variances."""
        return self.scale_tril.square().sum(-1)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random vectors; derivatives flow to average and covariances."""
        noise = randn(*self._extended(sample_shape), dtype=self.loc.dtype)
        return self.loc + (self.scale_tril @ noise.unsqueeze(-1)).squeeze(-1)

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        standard = self._standardised(value - self.loc)
        n = self._event[0]
        return -0.5 * (n * LOG_2PI + standard.square().sum(-1)) - self._half_log_det()

    def _standardised(self, difference: Any) -> Tensor:
        columns = pair(self.scale_tril, difference.unsqueeze(-1))
        return made(np.linalg.solve(*columns)).squeeze(-1)

    def _half_log_det(self) -> Tensor:
        return self.scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return 0.5 * self._event[0] * (1 + LOG_2PI) + self._half_log_det()

    @property
    def precision_matrix(self) -> Any:
        """The inverse of the covariances."""
        return self.covariance_matrix.inverse()

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.loc


class Independent(Distribution):
    """Distributions whose last axes count as one sample.

    Parameters
    ----------
    base_distribution : Distribution
        The distributions.
    reinterpreted_batch_ndims : int
        How many axes.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> from nn.torch_style.distributions import Independent, Normal
    >>> Independent(Normal(torch.zeros(3), torch.ones(3)), 1).log_prob(torch.zeros(3))
    tensor(-2.7568)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(
        self, base_distribution: Any, reinterpreted_batch_ndims: int, validate_args: Any = None
    ) -> None:
        self.base_dist, self.count = base_distribution, reinterpreted_batch_ndims
        shape = tuple(base_distribution.batch_shape)
        cut = len(shape) - reinterpreted_batch_ndims
        if cut < 0:
            raise OptionError(
                f"There are {len(shape)} axes of distributions, not {reinterpreted_batch_ndims}."
            )
        event_shape = (*shape[cut:], *base_distribution.event_shape)
        super().__init__(shape[:cut], event_shape, validate_args)
        self.has_rsample = base_distribution.has_rsample
        many = base_distribution.has_enumerate_support
        self.has_enumerate_support = many and not reinterpreted_batch_ndims

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return all values along a new first axis, if no axis counts as one sample."""
        if self.count:
            raise OptionError("Enumerate the values of base_dist: they have no axis of events.")
        return self.base_dist.enumerate_support(expand)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"Independent({self.base_dist}, {self.count})"

    @property
    def mean(self) -> Any:
        """The average."""
        return self.base_dist.mean

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.base_dist.variance

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        return self.base_dist.sample(sample_shape)  # type: ignore[no-any-return]

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers; derivatives flow to the parameters."""
        return self.base_dist.rsample(sample_shape)  # type: ignore[no-any-return]

    def log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        return self.summed(self.base_dist.log_prob(value))

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return self.summed(self.base_dist.entropy())

    def summed(self, x: Any) -> Any:
        """Return the sums over the axes that count as one sample."""
        return x.sum(tuple(range(-self.count, 0))) if self.count else x

    @property
    def support(self) -> Any:
        """Which values there are."""
        return constraints.independent(self.base_dist.support, self.count)

    @property
    def reinterpreted_batch_ndims(self) -> Any:
        """How many axes count as one sample."""
        return self.count

    @property
    def mode(self) -> Any:
        """The most likely value."""
        return self.base_dist.mode
