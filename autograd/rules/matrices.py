"""Textbook notation for stacks of matrices, in the last two axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.foreign import eye, like


def T(x: Any) -> Any:  # noqa: N802 - the sign of the textbooks
    """Return the transpose."""
    return np.swapaxes(x, -1, -2)


def H(x: Any) -> Any:  # noqa: N802
    """Return the conjugate transpose."""
    return np.conjugate(T(x))


def diagonal_matrix(x: Any) -> Any:
    """Return diagonal matrices of the vectors in the last axis."""
    return x[..., :, None] * eye(np.shape(x)[-1], float, x)


def column(x: Any) -> Any:
    """Append two axes of length one, to broadcast one number per matrix."""
    return x[..., None, None] if np.ndim(x) else x


def diagonal_of(x: Any) -> Any:
    """Return the diagonals of matrices."""
    return np.diagonal(x, axis1=-2, axis2=-1)


def of_one_triangle(g: Any, lower: bool) -> Any:
    """Fold the derivative of a Hermitian matrix to the triangle that is read."""
    both = g + H(g)
    triangle = np.tri(np.shape(g)[-1], k=-1, like=like(g))
    return both * (triangle if lower else T(triangle)) + on_diagonal(np.real(both)) / 2


def hermitian(a: Any) -> Any:
    """Return the Hermitian matrix of which the lower triangle is that of `a`."""
    below = np.tril(a, -1)
    return below + H(below) + np.real(np.tril(np.triu(a)))


def on_diagonal(x: Any) -> Any:
    """Return the matrix with zeros off the diagonal."""
    return x * eye(np.shape(x)[-1], float, x)


def off_diagonal(x: Any) -> Any:
    """Return the matrix with zeros on the diagonal."""
    return x * (1 - eye(np.shape(x)[-1], float, x))


def below_diagonal(x: Any) -> Any:
    """Return the matrix with zeros on and above the diagonal."""
    return x * np.tri(np.shape(x)[-1], k=-1, like=like(x))
