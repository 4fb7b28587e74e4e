"""Products of vectors and matrices."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from autograd import Node
from autograd.errors import ShapeError
from nn.arrays import plain
from nn.torch_style.arithmetic import pair
from nn.torch_style.base import in_place, made, tensor_held
from nn.torch_style.statistics import Statistics
from nn.torch_style.types import Bool, Number

S = TypeVar("S", bound="Products")


def hermitian(x: Any) -> Any:
    """Return the same matrix, whose derivative is that of (x + xᴴ) / 2.

    Of a symmetric matrix NumPy's functions read one triangle, and only that has a derivative here;
    PyTorch shares it between both.
    """
    if not isinstance(x, Node):
        return x
    change = x - plain(x)
    return plain(x) + (change + np.conj(np.swapaxes(change, -2, -1))) / 2


def _product(a: Any, b: Any, axes: int, name: str) -> Any:
    """Return the product of two tensors, each with so many axes."""
    x, y = tensor_held(a, name), tensor_held(b, name)
    if x.ndim != axes or y.ndim != axes:
        raise ShapeError(
            f"{name} takes two tensors with {axes} axes, not {x.shape} and {y.shape}; "
            "matmul takes any."
        )
    if axes == 3 and x.shape[0] != y.shape[0]:
        raise ShapeError(f"bmm: batches of {x.shape[0]} and {y.shape[0]} matrices differ.")
    return made(np.matmul(*pair(x, y)))


class Products(Statistics):
    """Products of vectors and matrices."""

    __slots__ = ()

    def matmul(self: S, other: Any) -> S:
        """Return the matrix product of the last two axes."""
        return made(np.matmul(*pair(tensor_held(self, "matmul"), other)))

    def mm(self: S, mat2: Any) -> S:
        """Return the product of two matrices."""
        return _product(self, mat2, 2, "mm")

    def bmm(self: S, mat2: Any) -> S:
        """Return the products of two batches of matrices."""
        return _product(self, mat2, 3, "bmm")

    def mv(self: S, vec: Any) -> S:
        """Return the product of a matrix and a vector."""
        return self.matmul(vec)

    def dot(self: S, other: Any) -> S:
        """Return the inner product of two vectors."""
        return _product(self, other, 1, "dot")

    def inner(self: S, other: Any) -> S:
        """Return the products of the vectors in the last axes of two tensors."""
        return made(np.inner(*pair(tensor_held(self, "inner"), tensor_held(other, "inner"))))

    def outer(self: S, vec2: Any) -> S:
        """Return all products of the elements of two vectors."""
        if tensor_held(self, "outer").ndim != 1 or tensor_held(vec2, "outer").ndim != 1:
            raise ShapeError(
                f"outer takes two vectors, not {tuple(self._held.shape)} and "
                f"{tuple(tensor_held(vec2).shape)}: write x.unsqueeze(-1) * y."
            )
        return made(np.outer(*pair(self, vec2)))

    ger = outer

    def cross(self: S, other: Any, dim: int | None = None) -> S:
        """Return the cross product of vectors of length 3, by default along the first such axis."""
        if dim is None:
            shape = tensor_held(self, "cross").shape
            dim = shape.index(3) if 3 in shape else -1
        return made(np.cross(*pair(tensor_held(self, "cross"), other), axis=dim))  # type: ignore[call-overload]

    def addmm(self: S, mat1: Any, mat2: Any, *, beta: Number = 1, alpha: Number = 1) -> S:
        """Return beta·self + alpha·mat1 @ mat2."""
        return beta * self + alpha * mat1.matmul(mat2)

    def addbmm(self: S, batch1: Any, batch2: Any, *, beta: Number = 1, alpha: Number = 1) -> S:
        """Return beta·self + alpha times the sum of the products of two batches of matrices."""
        return beta * self + alpha * batch1.matmul(batch2).sum(0)

    def baddbmm(self: S, batch1: Any, batch2: Any, *, beta: Number = 1, alpha: Number = 1) -> S:
        """Return beta·self + alpha times the products of two batches of matrices."""
        return beta * self + alpha * batch1.matmul(batch2)

    def addmv(self: S, mat: Any, vec: Any, *, beta: Number = 1, alpha: Number = 1) -> S:
        """Return beta·self + alpha·mat @ vec."""
        return beta * self + alpha * mat.matmul(vec)

    addmm_ = in_place(addmm)

    def inverse(self: S) -> S:
        """Return the inverse of a square matrix."""
        return made(np.linalg.inv(tensor_held(self, "inverse")))

    def pinverse(self: S) -> S:
        """Return the pseudoinverse of a matrix."""
        return made(np.linalg.pinv(tensor_held(self, "pinverse")))

    def det(self: S) -> S:
        """Return the determinant of a square matrix."""
        return made(np.linalg.det(tensor_held(self, "det")))

    def logdet(self: S) -> S:
        """Return the logarithm of the determinant; NaN if that is negative."""
        sign, log = np.linalg.slogdet(tensor_held(self, "logdet"))
        return made(np.where(plain(sign) > 0, log, np.nan))

    def cholesky(self: S, upper: Bool = False) -> S:
        """Return the lower triangular L with L @ L.T equal to this matrix, or L.T."""
        if upper:
            return self.mH.cholesky().mH
        return made(np.linalg.cholesky(hermitian(tensor_held(self, "cholesky"))))

    def vdot(self: S, other: Any) -> S:
        """Return the inner product of two vectors, the first one conjugated."""
        return self.conj().dot(other)

    def addr(self: S, vec1: Any, vec2: Any, *, beta: Number = 1, alpha: Number = 1) -> S:
        """Return beta·self + alpha times all products of the elements of two vectors."""
        return beta * self + alpha * vec1.outer(vec2)

    def matrix_power(self: S, n: int) -> S:
        """Return the n-th power of a square matrix."""
        found = made(np.linalg.matrix_power(tensor_held(self, "matrix_power"), n))
        return found.clone() if n == 1 else found  # type: ignore[no-any-return]

    def slogdet(self) -> Any:
        """Return the sign of the determinant, and the logarithm of its absolute value."""
        sign, log = np.linalg.slogdet(tensor_held(self, "slogdet"))
        return made(sign), made(log)

    def qr(self, some: bool = True) -> Any:
        """Return Q and R with A = Q R."""
        found = np.linalg.qr(tensor_held(self, "qr"), "reduced" if some else "complete")
        return tuple(made(part) for part in found)

    def svd(self, some: bool = True, compute_uv: bool = True) -> Any:
        """Return U, S and V with A = U S Vᵀ; without `compute_uv` zeros in place of U and V."""
        if not compute_uv:
            x = tensor_held(self, "svd")
            u, v = (np.zeros((n, n), x.dtype) for n in x.shape[-2:])
            return made(u), made(np.linalg.svd(x, compute_uv=False)), made(v)
        u, s, v = np.linalg.svd(tensor_held(self, "svd"), not some)
        return made(u), made(s), made(v).mT.conj()

    def kron(self: S, other: Any) -> S:
        """Return the Kronecker product."""
        return made(np.kron(*pair(tensor_held(self, "kron"), other)))
