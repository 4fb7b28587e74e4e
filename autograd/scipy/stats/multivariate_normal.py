"""The multivariate normal distribution: `scipy.stats.multivariate_normal` with derivatives."""

from __future__ import annotations

import math as _math
from typing import Any

import numpy as np
import scipy.stats as _stats

from autograd.engine import Node as _Node
from autograd.engine.dispatch import plain as _plain
from autograd.errors import NoDerivativeError as _NoDerivativeError
from autograd.errors import OptionError as _OptionError
from autograd.errors import ShapeError as _ShapeError
from autograd.rules.redefinable import redefinable as _redefinable
from autograd.scipy.fallback import has_node as _has_node
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.fallback import recorded as _recorded
from autograd.scipy.stats.covariances import factor_of as _factor_of
from autograd.scipy.stats.covariances import log_det as _log_det
from autograd.scipy.stats.covariances import moved as _moved
from autograd.scipy.stats.covariances import symmetrised as _symmetrised
from autograd.scipy.stats.covariances import whitened as _whitened
from autograd.scipy.stats.families import as_distribution as _as_distribution
from autograd.scipy.stats.families import number as _number
from autograd.scipy.stats.normal_probability import probability as _probability

_as_distribution(__name__)

__getattr__ = _names_of(_stats.multivariate_normal, "scipy.stats.multivariate_normal")


@_redefinable
def logpdf(x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Any:
    """Return the logarithm of the density.

    Parameters
    ----------
    x : array_like
        Vectors, in the last axis.
    mean : array_like, optional
        The mean, zero by default.
    cov : array_like
        The covariance: a matrix, the vector of its diagonal, or one variance for all. Its
        derivative is symmetric.
    allow_singular : bool
        Whether the covariance may be singular. It then has no derivative.

    Raises
    ------
    numpy.linalg.LinAlgError
        If `cov` is not positive definite and `allow_singular` is not set.
    NoDerivativeError
        If `allow_singular` is set and `cov` is a node.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.stats import multivariate_normal
    >>> grad(multivariate_normal.logpdf)(np.array([1.0, 2.0]), np.zeros(2), np.diag([1.0, 4.0]))
    array([-1. , -0.5])
    """
    if isinstance(cov, _stats.Covariance):
        if _has_node(x, mean):
            cov = cov.covariance
            allow_singular = True
        else:
            return _stats.multivariate_normal.logpdf(x, mean, cov, allow_singular)
    mean, cov = parameters(mean, cov)
    n = np.shape(cov)[0]
    deviation = points(x, n) - mean
    if allow_singular:
        white, logdet, rank, possible = _whitened_by_rank(deviation, cov)
    else:
        factor = _factor_of(cov)
        white, logdet = _whitened(factor, deviation), _log_det(factor)
        rank, possible = n, True
    squares = np.sum(white * white, axis=-1)
    y = -0.5 * (rank * _math.log(2 * _math.pi) + logdet + squares)
    return np.squeeze(y if np.all(possible) else np.where(possible, y, -_math.inf))


@_redefinable
def pdf(x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Any:
    """Return the density: see `logpdf`."""
    return np.exp(logpdf(x, mean, cov, allow_singular))


@_redefinable
def cdf(
    x: Any,
    mean: Any = None,
    cov: Any = 1,
    allow_singular: bool = False,
    maxpts: Any = None,
    abseps: float = 1e-5,
    releps: float = 1e-5,
    *,
    lower_limit: Any = None,
    rng: Any = None,
) -> Any:
    """Return the probability of being below `x` in each component.

    For more than two components SciPy's value is an integral by random points, within `abseps`; the
    derivative needs two components less than the value.

    Parameters
    ----------
    x, mean, cov, allow_singular
        As for `logpdf`.
    maxpts, abseps, releps, lower_limit, rng
        As for SciPy; nodes take no `lower_limit`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.stats import multivariate_normal
    >>> correlated = lambda r: multivariate_normal.cdf(np.zeros(2), None, np.array([[1.0, r], [r, 1.0]]))
    >>> round(grad(correlated)(0.6), 9), round(1 / (2 * np.pi * 0.8), 9)
    (0.198943679, 0.198943679)
    """
    if not _has_node(x, mean, cov):
        more = {"lower_limit": lower_limit} | ({} if rng is None else {"rng": rng})
        return _recorded(_stats.multivariate_normal.cdf)(
            x, mean, cov, allow_singular, maxpts, abseps, releps, **more
        )
    if lower_limit is not None:
        raise _OptionError(
            "multivariate_normal.cdf of nodes has no lower_limit: add and subtract the "
            "probabilities below the corners."
        )
    mean, cov = parameters(mean, cov)
    cov = _symmetrised(cov)
    _factor_of(cov)  # for its error
    z = points(x, np.shape(cov)[0]) - mean
    options = (("maxpts", maxpts), ("abseps", abseps), ("releps", releps))
    options += () if rng is None else (("rng", rng),)  # type: ignore[assignment]
    flat = np.reshape(z, (-1, np.shape(z)[-1]))
    found = np.stack([_probability(flat[i], cov, options) for i in range(np.shape(flat)[0])])
    return np.squeeze(np.reshape(found, np.shape(z)[:-1]))


@_redefinable
def entropy(mean: Any = None, cov: Any = 1) -> Any:
    """Return the differential entropy, which does not depend on the mean."""
    mean, cov = parameters(mean, cov)
    n = np.shape(cov)[0]
    _, logdet = np.linalg.slogdet(_symmetrised(cov))
    return 0.5 * (n * (1 + _math.log(2 * _math.pi)) + logdet)


@_redefinable
def rvs(mean: Any = None, cov: Any = 1, size: Any = 1, random_state: Any = None) -> Any:
    """Draw SciPy's samples, as ``mean + L z`` with the Cholesky factor L of the covariance."""
    if isinstance(cov, _stats.Covariance) and not _has_node(mean):
        return _stats.multivariate_normal.rvs(mean, cov, size, random_state)
    mean, cov = parameters(mean, cov.covariance if isinstance(cov, _stats.Covariance) else cov)
    draw = _recorded(_stats.multivariate_normal.rvs)
    x = np.asarray(draw(_plain(mean), _plain(cov), size, random_state))
    n = np.shape(cov)[0]
    return np.squeeze(_moved(np.reshape(x, (-1, n)), mean, cov).reshape(points(x, n).shape))


def points(x: Any, n: int) -> Any:
    """Return points in the last axis, of length `n`."""
    x = _number(x)
    if np.ndim(x) == 0:
        x = np.reshape(x, (1,))
    elif np.ndim(x) == 1 and n == 1:
        x = np.reshape(x, (-1, 1))
    if np.shape(x)[-1] != n:
        raise _ShapeError(
            f"x has shape {np.shape(x)} and the covariance {(n, n)}: the last axis of x must have "
            f"length {n}."
        )
    return x


def parameters(mean: Any, cov: Any) -> tuple[Any, Any]:
    """Return the mean as a vector and the covariance as a matrix."""
    cov = _number(cov)
    if mean is None:
        n = np.shape(cov)[0] if np.ndim(cov) == 2 else 1
    else:
        n = _math.prod(np.shape(mean))
    if np.ndim(cov) < 2:
        cov = cov * np.eye(n) if np.ndim(cov) == 0 else cov[:, None] * np.eye(np.shape(cov)[0])
    mean = np.zeros(n) if mean is None else np.reshape(_number(mean), (-1,))
    if np.shape(cov) != (n, n) or np.shape(mean) != (n,):
        raise _ShapeError(
            f"The mean has shape {np.shape(mean)}, the covariance {np.shape(cov)}; they must be "
            "(n,) and (n, n)."
        )
    return mean, cov


def _whitened_by_rank(deviation: Any, cov: Any) -> tuple[Any, Any, int, Any]:
    """Return whitened deviations, the log determinant, the rank, and which points are possible."""
    if isinstance(cov, _Node):
        raise _NoDerivativeError(
            "The density of a singular normal distribution has no derivative with respect to the "
            "covariance: a small change of it changes its rank. Pass cov.data, or allow_singular=False."
        )
    eigenvalues, vectors = np.linalg.eigh(cov)
    # SciPy's threshold for zero in double precision.
    tiny = 1e6 * np.finfo(float).eps * np.max(np.abs(eigenvalues))
    used = eigenvalues > tiny
    null = vectors[:, ~used]
    possible = np.linalg.norm(_plain(deviation) @ null, axis=-1) < 1e-3 * np.max(
        eigenvalues, initial=0
    )
    scaled = vectors[:, used] / np.sqrt(eigenvalues[used])
    logdet = np.sum(np.log(eigenvalues[used]))
    return deviation @ scaled, logdet, int(np.sum(used)), possible
