"""Weights that stay orthogonal matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, define, kernel
from autograd.devices import eye, to_numpy
from autograd.errors import OptionError, ShapeError
from nn.arrays import plain
from nn.module import Module
from nn.seeding import chosen
from nn.utils.parametrize import register_parametrization

__all__ = ["matrix_exp", "orthogonal"]

MAPS = ("matrix_exp", "cayley", "householder")

#: The terms of a power series whose argument is at most 1/2, for 17 digits.
TERMS = 16


@kernel()
def exponential_of_array(x: Any) -> Any:
    """Return the exponential of square matrices, by squaring that of a small fraction."""
    rows = to_numpy(np.sum(np.abs(x), axis=-1))  # how many squarings depends on the numbers
    largest = float(np.max(rows, initial=0.0))
    squarings = max(0, int(np.ceil(np.log2(largest))) + 1) if 0 < largest < np.inf else 0
    small, one = x * 0.5**squarings, _identity(x)
    found = one
    for k in range(TERMS, 0, -1):
        found = one + small @ found * (1 / k)
    for _ in range(squarings):
        found = found @ found
    return np.broadcast_to(found, x.shape)


def exponential_vjp(g: Any, y: Any, x: Any) -> Any:
    """Return the derivative at the transpose in the direction g: a block of an exponential.

    Source: Van Loan, "Computing integrals involving the matrix exponential", 1978.
    """
    n, turned = x.shape[-1], np.swapaxes(x, -1, -2)
    upper = np.concatenate([turned, g], axis=-1)
    lower = np.concatenate([np.zeros_like(x), turned], axis=-1)
    return exponential(np.concatenate([upper, lower], axis=-2))[..., :n, n:]


exponential = define(exponential_of_array, exponential_vjp, name="matrix_exp")


def matrix_exp(x: Any) -> Any:
    """Return the exponential of square matrices.

    Parameters
    ----------
    x : array_like or Tensor, shape (..., n, n)
        The matrices.

    Raises
    ------
    ShapeError
        If they are not square.

    Examples
    --------
    >>> np.round(matrix_exp(np.array([[0.0, np.pi], [-np.pi, 0.0]])), 9) + 0.0
    array([[-1.,  0.],
           [ 0., -1.]])
    """
    shape = np.shape(x)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ShapeError(f"matrix_exp takes square matrices, not an array of shape {shape}.")
    return exponential(x)


def _identity(x: Any) -> Any:
    return eye(x.shape[-1], x.dtype, x)


def _turned(x: Any) -> Any:
    return np.conj(np.swapaxes(x, -1, -2))


def _reflections(x: Any, tau: Any) -> Any:
    """Return the first columns of the product of reflections by the columns below the diagonal."""
    n, k = x.shape[-2:]
    one, below = eye(n, x.dtype, x), np.tril(x, -1)
    found = np.broadcast_to(one[:, :k], x.shape)
    for i in reversed(range(k)):
        v = below[..., :, i : i + 1] + one[:, i : i + 1]
        found = found - tau[..., i, None, None] * (v @ (np.swapaxes(v, -1, -2) @ found))
    return found


def orthonormal(x: Any) -> Any:
    """Return the factor Q of x = Q R whose R has a diagonal above 0.

    Parameters
    ----------
    x : array, shape (..., n, k)
        Matrices with independent columns.
    """
    q, r = np.linalg.qr(x)
    diagonal = np.diagonal(r, axis1=-2, axis2=-1)
    return q * (diagonal / np.abs(diagonal))[..., None, :]


class Orthogonal(Module):
    """A matrix with orthonormal columns, or rows if it is wide, from any matrix.

    Parameters
    ----------
    shape : tuple of int
        The shape of the matrices.
    orthogonal_map : {"matrix_exp", "cayley", "householder"}
        exp(A) or (1 + A/2)/(1 - A/2) of a skew-symmetric matrix A, or a product of reflections.
    use_trivialization : bool
        Whether to multiply it with an orthogonal matrix that is not trained, `base`.
    generator : numpy.random.Generator, optional
        For the columns that complete `base`.
    """

    base: Any

    def __init__(
        self,
        shape: tuple[int, ...],
        orthogonal_map: str,
        use_trivialization: bool = True,
        generator: np.random.Generator | None = None,
    ) -> None:
        self.shape, self.orthogonal_map = shape, orthogonal_map
        self.use_trivialization, self._generator = use_trivialization, generator
        if use_trivialization:
            size = max(shape[-2:])
            self.register_buffer("base", np.zeros((*shape[:-2], size, size)))

    def forward(self, x: Any) -> Any:
        """Return the orthogonal matrix.

        Parameters
        ----------
        x : Tensor
            Any matrix.
        """
        wide = x.shape[-2] < x.shape[-1]
        x = np.swapaxes(x, -1, -2) if wide else x
        n, k = x.shape[-2:]
        if self.orthogonal_map == "householder":
            below = np.tril(x, -1)
            q = _reflections(x, 2.0 / (1.0 + np.sum(below * below, axis=-2)))
            signs = np.diagonal(plain(x), axis1=-2, axis2=-1).astype(int)
            q = q * signs[..., None, :].astype(x.dtype)
        else:
            lower = np.tril(x)
            if n != k:
                lower = np.pad(lower, [(0, 0)] * (x.ndim - 1) + [(0, n - k)])
            a = lower - _turned(lower)
            if self.orthogonal_map == "matrix_exp":
                q = matrix_exp(a)
            else:
                q = np.linalg.solve(_identity(a) - 0.5 * a, _identity(a) + 0.5 * a)
            q = q[..., :k]
        if self.use_trivialization:
            q = self.base @ q
        return np.swapaxes(q, -1, -2) if wide else q

    def right_inverse(self, weight: Any) -> Any:
        """Return what `forward` takes to the nearest matrix by Gram and Schmidt, and set `base`.

        Parameters
        ----------
        weight : array
            The matrix.
        """
        if weight.shape != self.shape:
            raise ShapeError(f"The matrix has shape {weight.shape}; it must be {self.shape}.")
        wide = weight.shape[-2] < weight.shape[-1]
        q = np.swapaxes(weight, -1, -2) if wide else weight
        n, k = q.shape[-2:]
        if self.use_trivialization:
            if n != k:
                more = chosen(self._generator).normal(size=(*q.shape[:-2], n, n - k))
                q = np.concatenate([q, more.astype(q.dtype)], axis=-1)
            error = np.abs(_turned(q) @ q - _identity(q)).max(initial=0.0)
            is_orthogonal = n == k and error <= 10 * n * np.finfo(q.dtype).eps
            self.register_buffer("base", np.array(q if is_orthogonal else orthonormal(q)))
            return -np.broadcast_to(np.eye(*weight.shape[-2:], dtype=q.dtype), weight.shape)
        if self.orthogonal_map != "householder":
            return weight  # no matrix is known from which it would come
        raw, tau = np.linalg.qr(q, mode="raw")
        found = np.array(np.swapaxes(raw, -1, -2)[..., :, :k])
        at = np.arange(k)
        signs = np.sign(found[..., at, at])
        found[..., at, at] = np.where(tau == 0, -signs, signs)
        return np.swapaxes(found, -1, -2) if wide else found


def chosen_map(weight: Any, orthogonal_map: str | None) -> str:
    """Return the map for a weight, or raise if there is none."""
    if weight.ndim < 2:
        raise ShapeError(f"A weight of shape {weight.shape} is no matrix.")
    is_complex = weight.dtype.kind == "c"
    if orthogonal_map is None:
        square = weight.shape[-1] == weight.shape[-2]
        return "matrix_exp" if square or is_complex else "householder"
    if orthogonal_map not in MAPS or (is_complex and orthogonal_map == "householder"):
        raise OptionError(
            f"orthogonal_map={orthogonal_map!r} must be one of {', '.join(MAPS)}, for complex "
            "weights not the last."
        )
    return orthogonal_map


def orthogonal(
    module: Module,
    name: str = "weight",
    orthogonal_map: str | None = None,
    *,
    use_trivialization: bool = True,
) -> Module:
    """Keep a weight orthogonal: its columns, or its rows if it is wide; return the module.

    Source: Lezcano-Casado, "Trivializations for gradient-based optimization on manifolds", 2019.

    Parameters
    ----------
    module : Module
        The module that has the weight.
    name : str
        The name of the weight.
    orthogonal_map : {"matrix_exp", "cayley", "householder"}, optional
        How it comes from the parameter; by default "matrix_exp" for square matrices and else
        "householder".
    use_trivialization : bool
        Whether to multiply it with a matrix that is not trained. The first weight is then that of
        the module, made orthogonal.

    Raises
    ------
    OptionError
        If there is no such map, or no such parameter.
    ShapeError
        If the weight is no matrix.

    Examples
    --------
    >>> import nn
    >>> w = orthogonal(nn.Linear(2, 4)).weight
    >>> np.allclose(w.data.T @ w.data, np.eye(2))
    True
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise OptionError(f"{type(module).__name__} has no parameter {name!r}.")
    made = Orthogonal(weight.shape, chosen_map(weight, orthogonal_map), use_trivialization)
    return register_parametrization(module, name, made)
