"""Student's distribution of vectors: `scipy.stats.multivariate_t` with derivatives."""

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
from autograd.scipy.stats.covariances import factor_of as _factor_of
from autograd.scipy.stats.covariances import log_det as _log_det
from autograd.scipy.stats.covariances import moved as _moved
from autograd.scipy.stats.covariances import whitened as _whitened
from autograd.scipy.stats.families import as_distribution as _as_distribution
from autograd.scipy.stats.multivariate_normal import logpdf as _normal_logpdf
from autograd.scipy.stats.multivariate_normal import parameters as _parameters
from autograd.scipy.stats.multivariate_normal import points as _points
from autograd.scipy.stats.multivariate_normal import rvs as _normal_rvs
from autograd.scipy.stats.tables.heavy_tails import f as _f

_as_distribution(__name__)

__getattr__ = _names_of(_stats.multivariate_t, "scipy.stats.multivariate_t")


@_redefinable
def logpdf(x: Any, loc: Any = None, shape: Any = 1, df: Any = 1) -> Any:
    """Return the logarithm of the density.

    Parameters
    ----------
    x : array_like
        Vectors, in the last axis.
    loc : array_like, optional
        The centre, zero by default.
    shape : array_like
        A positive definite matrix, the vector of its diagonal, or one number for all. Its
        derivative is symmetric.
    df : float
        The degrees of freedom; infinite for the normal distribution.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.stats import multivariate_t
    >>> round(grad(multivariate_t.logpdf, 3)(np.zeros(2), np.zeros(2), np.eye(2), 4.0), 12)
    0.0
    """
    if np.ndim(df) == 0 and _plain(df) == _math.inf:
        return _normal_logpdf(x, loc, shape)
    loc, shape = parameters_of(loc, shape, df)
    n = np.shape(shape)[0]
    factor = _factor_of(shape)
    white = _whitened(factor, _points(x, n) - loc)
    squares = np.sum(white * white, axis=-1)
    scale = _sp.gammaln((df + n) / 2) - _sp.gammaln(df / 2) - n / 2 * np.log(df * _math.pi)
    return np.squeeze(scale - _log_det(factor) / 2 - (df + n) / 2 * np.log1p(squares / df))


@_redefinable
def pdf(x: Any, loc: Any = None, shape: Any = 1, df: Any = 1) -> Any:
    """Return the density: see `logpdf`."""
    return np.exp(logpdf(x, loc, shape, df))


@_redefinable
def entropy(loc: Any = None, shape: Any = 1, df: Any = 1) -> Any:
    """Return the differential entropy, which does not depend on the centre."""
    _, shape = parameters_of(loc, shape, df)
    n = np.shape(shape)[0]
    high, low = (n + df) / 2, df / 2
    scale = _sp.gammaln(low) - _sp.gammaln(high) + n / 2 * np.log(df * _math.pi)
    return scale + high * (_sp.psi(high) - _sp.psi(low)) + _log_det(_factor_of(shape)) / 2


@_redefinable
def rvs(
    loc: Any = None, shape: Any = 1, df: Any = 1, size: Any = 1, random_state: Any = None
) -> Any:
    """Draw SciPy's samples; their derivative by `df` is that of their length, an F variable."""
    if np.ndim(df) == 0 and _plain(df) == _math.inf:
        return _normal_rvs(loc, shape, size, random_state)
    loc, shape = parameters_of(loc, shape, df)
    draw = _recorded(_stats.multivariate_t.rvs)
    x = draw(_plain(loc), _plain(shape), _plain(df), size, random_state)
    n = np.shape(shape)[0]
    x = np.reshape(x, (-1, n)) if np.ndim(x) < 2 else np.asarray(x)
    steps = x - _plain(loc)
    white = _whitened(_plain(_factor_of(shape)), steps)
    ratio = np.sum(white * white, axis=-1, keepdims=True) / n
    longer = np.sqrt(_f.drawn(ratio, float(n), df) / ratio)
    return np.squeeze(_moved(steps, 0.0 * _plain(loc), shape) * longer + loc)


def parameters_of(loc: Any, shape: Any, df: Any) -> tuple[Any, Any]:
    """Return the centre as a vector and the shape as a matrix; raise for a wrong `df`."""
    if np.ndim(df) or not _plain(df) > 0:
        raise _ShapeError(f"df must be one positive number, not {_plain(df)!r}.")
    return _parameters(loc, shape)
