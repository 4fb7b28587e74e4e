"""Distributions of matrices, and vectors with covariances of low rank."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from autograd.errors import OptionError
from nn.torch_style.arithmetic import pair
from nn.torch_style.base import made
from nn.torch_style.creation import arange, eye, randn
from nn.torch_style.distributions import constraints
from nn.torch_style.distributions.distribution import LOG_2PI, Distribution, as_float, check
from nn.torch_style.distributions.exponential_family import ExponentialFamily
from nn.torch_style.distributions.multivariate_normal import MultivariateNormal, root_of
from nn.torch_style.distributions.shares import Beta
from nn.torch_style.distributions.tails import Chi2
from nn.torch_style.joining import cat
from nn.torch_style.linalg import cholesky
from nn.torch_style.special import digamma
from nn.torch_style.tensor import Tensor


def _halves(x: Any, n: int) -> Any:
    """Return x - i/2 along a new last axis, for i below n."""
    return x.unsqueeze(-1) - 0.5 * arange(n, dtype=x.dtype)


def log_gamma_of_matrices(x: Any, n: int) -> Any:
    """Return the logarithm of the Γ function of n × n matrices."""
    return _halves(x, n).lgamma().sum(-1) + n * (n - 1) / 4 * math.log(math.pi)


class LowRankMultivariateNormal(MultivariateNormal):
    """The normal distribution of vectors with covariances W·Wᵀ + diag(D).

    Parameters
    ----------
    loc : tensor, shape (..., n)
        The average.
    cov_factor, cov_diag : tensor, shapes (..., n, m) and (..., n)
        W and D.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> normal = torch.distributions.LowRankMultivariateNormal(
    ...     torch.zeros(2), torch.zeros(2, 1), torch.ones(2)
    ... )
    >>> normal.log_prob(torch.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real_vector,
        "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }

    def __init__(self, loc: Any, cov_factor: Any, cov_diag: Any, validate_args: Any = None) -> None:
        shape = np.broadcast_shapes(loc.shape, cov_factor.shape[:-1], cov_diag.shape)
        self.loc, self.cov_diag = loc.expand(shape), cov_diag.expand(shape)
        self.cov_factor = cov_factor.expand(*shape, cov_factor.shape[-1])
        Distribution.__init__(self, shape[:-1], shape[-1:], validate_args)

    @property
    def covariance_matrix(self) -> Any:
        """The covariances."""
        return self.cov_factor @ self.cov_factor.mT + self.cov_diag.diag_embed()

    @property
    def scale_tril(self) -> Any:  # type: ignore[override]
        """The lower triangular root of the covariances."""
        return cholesky(self.covariance_matrix)

    @property
    def variance(self) -> Any:
        """The variances."""
        return self.cov_factor.square().sum(-1) + self.cov_diag

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random vectors; derivatives flow to the parameters."""
        shape, dtype = self._extended(sample_shape), self.loc.dtype
        few = randn(*shape[:-1], self.cov_factor.shape[-1], dtype=dtype)
        along = (self.cov_factor @ few.unsqueeze(-1)).squeeze(-1)
        return self.loc + along + self.cov_diag.sqrt() * randn(*shape, dtype=dtype)

    def _inner(self) -> tuple[Any, Any]:
        """Return Wᵀ/D and 1 + Wᵀ·W/D, small matrices by Woodbury's identity."""
        scaled = self.cov_factor.mT / self.cov_diag.unsqueeze(-2)
        return scaled, scaled @ self.cov_factor + eye(scaled.shape[-2], dtype=scaled.dtype)

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        far = value - self.loc
        scaled, inner = self._inner()
        short = scaled @ far.unsqueeze(-1)
        less = (short * made(np.linalg.solve(*pair(inner, short)))).sum((-2, -1))
        distance = (far.square() / self.cov_diag).sum(-1) - less
        return -0.5 * (self._event[0] * LOG_2PI + distance) - self._half_log_det()  # type: ignore[no-any-return]

    def _half_log_det(self) -> Tensor:
        _, inner = self._inner()
        return 0.5 * (inner.logdet() + self.cov_diag.log().sum(-1))  # type: ignore[no-any-return]


class Wishart(ExponentialFamily):
    """Sums of `df` outer products of normal vectors with themselves.

    Parameters
    ----------
    df : tensor or float
        How many.
    covariance_matrix, precision_matrix, scale_tril : tensor, shape (..., n, n)
        The covariances of the vectors, their inverse, or a lower triangular root; one of them.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.distributions.Wishart(torch.tensor(3.0), torch.eye(2)).mean
    tensor([[3., 0.],
            [0., 3.]])
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
        "df": constraints.greater_than(0),
    }
    support = constraints.positive_definite
    has_rsample = True

    def __init__(
        self,
        df: Any,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: Any = None,
    ) -> None:
        root = root_of("Wishart", covariance_matrix, precision_matrix, scale_tril)
        df = as_float(df)
        n = root.shape[-1]
        shape = tuple(np.broadcast_shapes(df.shape, root.shape[:-2]))
        self.df = df.to(root.dtype).expand(shape)
        self.scale_tril = root.expand(*shape, n, n)
        super().__init__(shape, (n, n), validate_args)
        check(f"df must be above {n - 1}", self.df > n - 1, self._validate_args)

    @property
    def covariance_matrix(self) -> Any:
        """The covariances of the vectors."""
        return self.scale_tril @ self.scale_tril.mT

    @property
    def precision_matrix(self) -> Any:
        """The inverse of the covariances."""
        return self.covariance_matrix.inverse()

    def _times(self, factor: Any) -> Any:
        return factor.unsqueeze(-1).unsqueeze(-1) * self.covariance_matrix

    @property
    def mean(self) -> Any:
        """The average."""
        return self._times(self.df)

    @property
    def mode(self) -> Any:
        """The most likely matrix; NaN for `df` up to n + 1."""
        factor = self.df - self._event[0] - 1
        return self._times(factor.where(factor > 0, factor * math.nan))

    @property
    def variance(self) -> Any:
        """The variances of the elements."""
        squares = self.covariance_matrix.diagonal(dim1=-2, dim2=-1)
        products = squares.unsqueeze(-1) * squares.unsqueeze(-2)
        return self.df.unsqueeze(-1).unsqueeze(-1) * (self.covariance_matrix.square() + products)

    def _drawn(self, sample_shape: Any, draw: str) -> Tensor:
        """Return samples, by Bartlett's decomposition."""
        n = self._event[0]
        numbers = Chi2(self.df.unsqueeze(-1) - arange(n, dtype=self.df.dtype))
        diagonal = getattr(numbers, draw)(sample_shape).sqrt().diag_embed()
        below = randn(*self._extended(sample_shape), dtype=self.df.dtype).tril(-1)
        root = self.scale_tril @ (diagonal + below)
        return root @ root.mT  # type: ignore[no-any-return]

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random matrices, as constants."""
        return self._drawn(sample_shape, "sample").detach()

    def rsample(self, sample_shape: Any = (), max_try_correction: Any = None) -> Tensor:
        """Return random matrices; derivatives flow to the parameters."""
        return self._drawn(sample_shape, "rsample")

    def _log_root(self) -> Any:
        n = self._event[0]
        logs = self.scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        return n * math.log(2) / 2 + logs

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        n = self._event[0]
        relative = made(np.linalg.solve(*pair(self.covariance_matrix, value)))
        trace = relative.diagonal(dim1=-2, dim2=-1).sum(-1)
        powers = (self.df - n - 1) / 2 * value.logdet()
        constant = self.df * self._log_root() + log_gamma_of_matrices(self.df / 2, n)
        return powers - trace / 2 - constant  # type: ignore[no-any-return]

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        n, half = self._event[0], self.df / 2
        powers = (self.df - n - 1) / 2 * digamma(_halves(half, n)).sum(-1)
        return (n + 1) * self._log_root() + log_gamma_of_matrices(half, n) - powers + half * n  # type: ignore[no-any-return]


class LKJCholesky(Distribution):
    """Lower roots of matrices of correlations.

    Parameters
    ----------
    dim : int
        The number of rows.
    concentration : tensor or float
        1 if all matrices are equally likely; more for weaker correlations.

    References
    ----------
    Lewandowski, Kurowicka, Joe: Generating random correlation matrices based on vines and extended
    onion method, Journal of Multivariate Analysis 100, 2009.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.distributions.LKJCholesky(2, 1.0).log_prob(torch.eye(2))
    tensor(-0.6931)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"concentration": constraints.positive}
    support = constraints.corr_cholesky

    def __init__(self, dim: int, concentration: Any = 1.0, validate_args: Any = None) -> None:
        if dim < 2:
            raise OptionError(f"dim={dim} must be at least 2.")
        self.dim, self.concentration = dim, as_float(concentration)
        super().__init__(self.concentration.shape, (dim, dim), validate_args)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random matrices, row by row: a direction, and how far the row goes there."""
        a = self.concentration.detach().unsqueeze(-1)
        places = arange(self.dim - 1, dtype=a.dtype)
        far = Beta(places / 2 + 0.5, a + 0.5 * (self.dim - 2) - 0.5 * places).sample(sample_shape)
        noise = randn(*self._extended(sample_shape), dtype=a.dtype).tril(-1)[..., 1:, :]
        rows = far.sqrt().unsqueeze(-1) * noise / noise.norm(dim=-1, keepdim=True)
        rows = cat([0 * rows[..., :1, :], rows], -2)
        last = (1 - rows.square().sum(-1)).clamp(min=float(np.finfo(a.held.dtype).tiny)).sqrt()
        return rows + last.diag_embed()

    def _log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the density."""
        n, a = self.dim, self.concentration
        orders = 2 * (a - 1).unsqueeze(-1) + n - arange(2, n + 1, dtype=a.dtype)
        powers = (orders * value.diagonal(dim1=-2, dim2=-1)[..., 1:].log()).sum(-1)
        half = a + 0.5 * (n - 1)
        gammas = log_gamma_of_matrices(half - 0.5, n - 1) - (n - 1) * half.lgamma()
        return powers - gammas - 0.5 * (n - 1) * math.log(math.pi)  # type: ignore[no-any-return]
