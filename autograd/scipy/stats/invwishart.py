"""The inverse Wishart distribution of matrices: `scipy.stats.invwishart` with derivatives."""

from __future__ import annotations

import math as _math
from typing import Any

import numpy as np
import scipy.stats as _stats

from autograd.engine.dispatch import plain as _plain
from autograd.rules.redefinable import redefinable as _redefinable
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.fallback import recorded as _recorded
from autograd.scipy.special import multigammaln as _multigammaln
from autograd.scipy.stats import wishart as _wishart
from autograd.scipy.stats.covariances import factor_of as _factor_of
from autograd.scipy.stats.covariances import log_det as _log_det
from autograd.scipy.stats.families import as_distribution as _as_distribution

_as_distribution(__name__)

__getattr__ = _names_of(_stats.invwishart, "scipy.stats.invwishart")


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
    df, scale = _wishart.parameters(df, scale)
    n = np.shape(scale)[0]
    factor, of_x = _factor_of(scale), _factor_of(_wishart.matrices(x, n))
    ratio = np.linalg.solve(of_x, factor)
    trace = np.sum(ratio * ratio, axis=(-1, -2))
    norm = df * n / 2 * _math.log(2) - df / 2 * _log_det(factor) + _multigammaln(df / 2, n)
    return np.squeeze(-(df + n + 1) / 2 * _log_det(of_x) - trace / 2 - norm)


@_redefinable
def pdf(x: Any, df: Any, scale: Any) -> Any:
    """Return the density: see `logpdf`."""
    return np.exp(logpdf(x, df, scale))


@_redefinable
def entropy(df: Any, scale: Any) -> Any:
    """Return the differential entropy, from that of the inverse matrix."""
    df, scale = _wishart.parameters(df, scale)
    inverse, n = np.linalg.inv(scale), np.shape(scale)[0]
    return _wishart.entropy(df, inverse) - (n + 1) * _wishart.mean_log_det(df, inverse)


@_redefinable
def rvs(df: Any, scale: Any, size: Any = 1, random_state: Any = None) -> Any:
    """Draw SciPy's samples, inverses of those of a Wishart distribution: see `wishart.rvs`."""
    df, scale = _wishart.parameters(df, scale)
    n = np.shape(scale)[0]
    x = _recorded(_stats.invwishart.rvs)(_plain(df), _plain(scale), size, random_state)
    shape = np.shape(x) if np.ndim(x) >= 2 and n > 1 else (*np.shape(x), 1, 1)
    inverse = np.linalg.inv(np.reshape(x, shape))
    return np.squeeze(np.linalg.inv(_wishart.moved(inverse, df, np.linalg.inv(scale))))
