"""What distributions of vectors and matrices do with their covariances."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.errors import ShapeError
from autograd.scipy.fallback import has_node
from autograd.scipy.stats.families import number


def symmetrised(matrix: Any) -> Any:
    """Return the symmetric part, so that derivatives by a symmetric matrix are symmetric."""
    return (matrix + np.swapaxes(matrix, -1, -2)) / 2


def factor_of(matrix: Any) -> Any:
    """Return the Cholesky factor of a symmetric matrix."""
    return np.linalg.cholesky(symmetrised(matrix))


def log_det(factor: Any) -> Any:
    """Return the logarithm of the determinant of a matrix with this Cholesky factor."""
    return 2 * np.sum(np.log(np.diagonal(factor, axis1=-2, axis2=-1)), axis=-1)


def whitened(factor: Any, vectors: Any) -> Any:
    """Multiply vectors, in the last axis, by the inverse of a matrix."""
    n = np.shape(factor)[0]
    columns = np.reshape(vectors, (-1, n)).T
    return np.reshape(np.linalg.solve(factor, columns).T, np.shape(vectors))


def moved(samples: Any, mean: Any, cov: Any) -> Any:
    """Return samples of vectors with derivatives by their mean and covariance.

    The samples, in the last axis, are those of the parameters as they are: in terms of the Cholesky
    factor L, each is mean + L z for a z that does not depend on the parameters.
    """
    steps = samples - plain(mean)
    if not has_node(cov):
        return mean + steps
    factor = factor_of(cov)
    return mean + whitened(plain(factor), steps) @ np.swapaxes(factor, -1, -2)


def square(matrix: Any, name: str) -> Any:
    """Return a matrix; a number is a matrix of one row, and a vector a diagonal."""
    matrix = number(matrix)
    if np.ndim(matrix) < 2:
        vector = np.reshape(matrix, (-1,))
        return vector[:, None] * np.eye(np.shape(vector)[0])
    if np.ndim(matrix) != 2 or np.shape(matrix)[0] != np.shape(matrix)[1]:
        raise ShapeError(f"{name} must be a square matrix; its shape is {np.shape(matrix)}.")
    return matrix
