"""The Wishart distribution of matrices: `scipy.stats.wishart` with derivatives."""

from __future__ import annotations

import math as _math
from typing import Any

import numpy as np
import scipy.special as _sp
import scipy.stats as _stats

from autograd.engine.dispatch import plain as _plain
from autograd.errors import ShapeError as _ShapeError
from autograd.rules.redefinable import redefinable as _redefinable
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.fallback import recorded as _recorded
from autograd.scipy.special import multigammaln as _multigammaln
from autograd.scipy.stats.covariances import factor_of as _factor_of
from autograd.scipy.stats.covariances import log_det as _log_det
from autograd.scipy.stats.covariances import square as _square
from autograd.scipy.stats.covariances import symmetrised as _symmetrised
from autograd.scipy.stats.families import as_distribution as _as_distribution
from autograd.scipy.stats.families import number as _number
from autograd.scipy.stats.tables.half_line import chi2 as _chi2

_as_distribution(__name__)

__getattr__ = _names_of(_stats.wishart, "scipy.stats.wishart")


@_redefinable
def logpdf(x: Any, df: Any, scale: Any) -> Any:
    """Return the logarithm of the density.

    Parameters
    ----------
    x : array_like
        A positive definite matrix, or several of them along the last axis. Its derivative is
        symmetric.
    df : float
        The degrees of freedom, at least the dimension.
    scale : array_like
        A positive definite matrix.
    """
    df, scale = parameters(df, scale)
    n = np.shape(scale)[0]
    x = matrices(x, n)
    factor, of_x = _factor_of(scale), _factor_of(x)
    ratio = np.linalg.solve(factor, of_x)
    trace = np.sum(ratio * ratio, axis=(-1, -2))
    norm = df * n / 2 * _math.log(2) + df / 2 * _log_det(factor) + _multigammaln(df / 2, n)
    return np.squeeze((df - n - 1) / 2 * _log_det(of_x) - trace / 2 - norm)


@_redefinable
def pdf(x: Any, df: Any, scale: Any) -> Any:
    """Return the density: see `logpdf`."""
    return np.exp(logpdf(x, df, scale))


@_redefinable
def entropy(df: Any, scale: Any) -> Any:
    """Return the differential entropy."""
    df, scale = parameters(df, scale)
    n = np.shape(scale)[0]
    mean = mean_log_det(df, scale)
    norm = df * n / 2 * _math.log(2) + df / 2 * _log_det(_factor_of(scale))
    return norm + _multigammaln(df / 2, n) - (df - n - 1) / 2 * mean + df * n / 2


@_redefinable
def rvs(df: Any, scale: Any, size: Any = 1, random_state: Any = None) -> Any:
    """Draw SciPy's samples, by Bartlett's decomposition.

    A sample is ``L A Aᵀ Lᵀ`` with the Cholesky factor L of the scale; the squares of the diagonal of
    A have χ² distributions, whose derivatives by `df` are implicit.
    """
    df, scale = parameters(df, scale)
    n = np.shape(scale)[0]
    x = _recorded(_stats.wishart.rvs)(_plain(df), _plain(scale), size, random_state)
    shape = np.shape(x) if np.ndim(x) >= 2 and n > 1 else (*np.shape(x), 1, 1)
    return np.squeeze(moved(np.reshape(x, shape), df, scale))


def moved(x: Any, df: Any, scale: Any) -> Any:
    """Return samples with derivatives by the parameters."""
    n = np.shape(scale)[0]
    factor = _factor_of(scale)
    inner = np.linalg.cholesky(congruent(np.linalg.inv(_plain(factor)), x))
    diagonal = np.diagonal(inner, axis1=-2, axis2=-1)
    stretched = np.sqrt(_chi2.drawn(diagonal**2, df - np.arange(n)))
    root = factor @ (inner + (stretched - diagonal)[..., None] * np.eye(n))
    return root @ np.swapaxes(root, -1, -2)


def congruent(a: Any, x: Any) -> Any:
    """Return a x aᵀ."""
    return a @ _symmetrised(x) @ np.swapaxes(a, -1, -2)


def mean_log_det(df: Any, scale: Any) -> Any:
    """Return the mean of the logarithm of the determinant."""
    n = np.shape(scale)[0]
    degrees = (df - np.arange(n)) / 2
    return np.sum(_sp.psi(degrees)) + n * _math.log(2) + _log_det(_factor_of(scale))


def parameters(df: Any, scale: Any) -> tuple[Any, Any]:
    """Return the degrees of freedom and the scale as a matrix; raise for wrong ones."""
    df, scale = _number(df), _square(scale, "scale")
    if np.ndim(df) or not _plain(df) > np.shape(scale)[0] - 1:
        raise _ShapeError(
            f"df must be one number above {np.shape(scale)[0] - 1}, the dimension of scale minus 1; "
            f"it is {_plain(df)!r}."
        )
    return df, scale


def matrices(x: Any, n: int) -> Any:
    """Return matrices in the last two axes, from SciPy's layout: several along the last axis."""
    x = _number(x)
    if np.ndim(x) < 2:
        x = np.reshape(x, (-1, 1, 1)) if n == 1 else x[:, None] * np.eye(np.shape(x)[0])
    elif np.ndim(x) == 3:
        x = np.moveaxis(x, -1, 0)
    if np.shape(x)[-2:] != (n, n):
        raise _ShapeError(f"x has matrices of shape {np.shape(x)[-2:]} and scale {(n, n)}.")
    return x
