"""The normal distribution of matrices: `scipy.stats.matrix_normal` with derivatives."""

from __future__ import annotations

import math as _math
from typing import Any

import numpy as np
import scipy.stats as _stats

from autograd.engine.dispatch import plain as _plain
from autograd.errors import ShapeError as _ShapeError
from autograd.rules.redefinable import redefinable as _redefinable
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.fallback import recorded as _recorded
from autograd.scipy.stats.covariances import factor_of as _factor_of
from autograd.scipy.stats.covariances import log_det as _log_det
from autograd.scipy.stats.covariances import square as _square
from autograd.scipy.stats.families import as_distribution as _as_distribution
from autograd.scipy.stats.families import number as _number

_as_distribution(__name__)

__getattr__ = _names_of(_stats.matrix_normal, "scipy.stats.matrix_normal")


@_redefinable
def logpdf(X: Any, mean: Any = None, rowcov: Any = 1, colcov: Any = 1) -> Any:  # noqa: N803
    """Return the logarithm of the density.

    Parameters
    ----------
    X : array_like
        Matrices, in the last two axes.
    mean : array_like, optional
        The mean, zero by default.
    rowcov, colcov : array_like
        The covariances between rows and between columns: matrices, diagonals or numbers.
    """
    mean, rowcov, colcov = _parameters(mean, rowcov, colcov, np.shape(X)[-2:])
    rows, columns = _factor_of(rowcov), _factor_of(colcov)
    inner = np.linalg.solve(rows, _number(X) - mean)
    inner = np.linalg.solve(columns, np.swapaxes(inner, -1, -2))
    n, m = np.shape(mean)
    logdet = m * _log_det(rows) + n * _log_det(columns)
    squares = np.sum(inner * inner, axis=(-1, -2))
    return -(n * m * _math.log(2 * _math.pi) + logdet + squares) / 2


@_redefinable
def pdf(X: Any, mean: Any = None, rowcov: Any = 1, colcov: Any = 1) -> Any:  # noqa: N803
    """Return the density: see `logpdf`."""
    return np.exp(logpdf(X, mean, rowcov, colcov))


@_redefinable
def entropy(rowcov: Any = 1, colcov: Any = 1) -> Any:
    """Return the differential entropy."""
    rowcov, colcov = _square(rowcov, "rowcov"), _square(colcov, "colcov")
    n, m = np.shape(rowcov)[0], np.shape(colcov)[0]
    logdet = m * _log_det(_factor_of(rowcov)) + n * _log_det(_factor_of(colcov))
    return (n * m * (1 + _math.log(2 * _math.pi)) + logdet) / 2


@_redefinable
def rvs(
    mean: Any = None, rowcov: Any = 1, colcov: Any = 1, size: Any = 1, random_state: Any = None
) -> Any:
    """Draw SciPy's samples, as ``mean + L Z Kᵀ`` with the Cholesky factors of the covariances."""
    mean, rowcov, colcov = _parameters(mean, rowcov, colcov, ())
    draw = _recorded(_stats.matrix_normal.rvs)
    x = draw(_plain(mean), _plain(rowcov), _plain(colcov), size, random_state)
    rows, columns = _factor_of(rowcov), _factor_of(colcov)
    inner = np.linalg.solve(_plain(rows), x - _plain(mean))
    inner = np.linalg.solve(_plain(columns), np.swapaxes(inner, -1, -2))
    return mean + rows @ np.swapaxes(inner, -1, -2) @ np.swapaxes(columns, -1, -2)


def _parameters(mean: Any, rowcov: Any, colcov: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the mean and both covariances as matrices."""
    known = np.shape(mean) if mean is not None else None
    covariances = []
    for axis, cov in enumerate((rowcov, colcov)):
        if np.ndim(cov) == 0 and (known or shape):
            cov = _number(cov) * np.eye((known or shape)[axis])
        covariances.append(_square(cov, "rowcov" if axis == 0 else "colcov"))
    n, m = (np.shape(cov)[0] for cov in covariances)
    mean = np.zeros((n, m)) if mean is None else _number(mean)
    if np.shape(mean) != (n, m) or (shape and shape != (n, m)):
        raise _ShapeError(
            f"X has shape {shape or np.shape(mean)}, mean {np.shape(mean)}, and the covariances "
            f"those of {n} rows and {m} columns."
        )
    return mean, *covariances
