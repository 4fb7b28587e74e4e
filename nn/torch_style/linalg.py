"""PyTorch's ``torch.linalg``: functions of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nn.missing_names import refuse
from nn.torch_style import hints, joining
from nn.torch_style.arithmetic import pair
from nn.torch_style.base import made, numbers, outside, tensor_held
from nn.torch_style.calls import shown
from nn.torch_style.products import hermitian
from nn.torch_style.tensor import Tensor
from nn.utils.orthogonal_weights import matrix_exp as exponential

inv = shown(np.linalg.inv)
det = shown(np.linalg.det)
slogdet = shown(np.linalg.slogdet)
eigh = shown(lambda x, UPLO="L": np.linalg.eigh(hermitian(x), UPLO))  # noqa: N803
eigvalsh = shown(lambda x, UPLO="L": np.linalg.eigvalsh(hermitian(x), UPLO))  # noqa: N803
eig = shown(np.linalg.eig)
eigvals = shown(np.linalg.eigvals)
matrix_power = shown(np.linalg.matrix_power)
matrix_rank = shown(np.linalg.matrix_rank)
pinv = shown(np.linalg.pinv)
svdvals = shown(lambda x: np.linalg.svd(x, compute_uv=False))
matrix_exp = shown(exponential)
multi_dot = joining.matmul_all
cond = shown(np.linalg.cond)
LinAlgError = np.linalg.LinAlgError


class QRResult(NamedTuple):
    """The two factors of `qr`."""

    Q: Any
    R: Any


def qr(A: Any, mode: Any = "reduced") -> Any:  # noqa: N803
    """Return Q and R with A = QR, by columns of length 1 that are perpendicular."""
    x = A._held if A.requires_grad else numbers(A)
    if mode == "r":
        r: Any = np.linalg.qr(x, mode)
        return outside(QRResult(np.zeros(0, r.dtype), r))
    return outside(QRResult(*np.linalg.qr(x, mode)))


def cholesky(A: Any, *, upper: bool = False) -> Tensor:  # noqa: N803
    """Return the lower triangular L with L Lᴴ = A, or Lᴴ."""
    return A.cholesky(upper)  # type: ignore[no-any-return]


class Solution(NamedTuple):
    """The result of `lstsq`."""

    solution: Any
    residuals: Any
    rank: Any
    singular_values: Any


def lstsq(A: Any, B: Any, rcond: Any = None, *, driver: Any = None) -> Solution:  # noqa: N803
    """Return X with the smallest |A X - B|."""
    return Solution(*shown(np.linalg.lstsq)(A, B, rcond))


def svd(A: Any, full_matrices: bool = True) -> Any:  # noqa: N803 - PyTorch's name
    """Return U, S and V* with A = U S V*."""
    if isinstance(A, Tensor) and not A.requires_grad:
        return outside(np.linalg.svd(numbers(A), full_matrices))
    return shown(np.linalg.svd)(A, full_matrices)


def solve(A: Any, B: Any, *, left: bool = True) -> Tensor:  # noqa: N803 - PyTorch's names
    """Return X with A X = B, or with X A = B."""
    if not left:
        return solve(A.mT, B.mT).mT
    return made(np.linalg.solve(*pair(A, B)))


def solve_triangular(
    A: Any,  # noqa: N803
    B: Any,  # noqa: N803
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
) -> Tensor:
    """Return X with A X = B, or with X A = B, of which only one triangle of A is read."""
    part = A.triu() if upper else A.tril()
    if unitriangular:
        part = (
            part
            - part.diagonal(0, -2, -1).diag_embed()
            + np.eye(A.shape[-1], dtype=numbers(A).dtype)
        )
    return solve(part, B) if left else solve(part.mT, B.mT).mT


def _with_ones(part: Any) -> Any:
    """Return triangular matrices with ones in their diagonals."""
    ones = np.eye(part.shape[-1], dtype=numbers(part).dtype)
    return part - part.diagonal(0, -2, -1).diag_embed() + ones


class Checked(NamedTuple):
    """The result of `inv_ex`; `cholesky_ex` calls the first L."""

    inverse: Any
    info: Any


class Root(NamedTuple):
    """The result of `cholesky_ex`."""

    L: Any
    info: Any


def inv_ex(A: Any, *, check_errors: bool = False) -> Checked:  # noqa: N803
    """Return the inverse, and 0; a singular matrix raises."""
    return Checked(inv(A), outside(np.zeros(A.shape[:-2], np.int32)))


def cholesky_ex(A: Any, *, upper: bool = False, check_errors: bool = False) -> Root:  # noqa: N803
    """Return the lower triangle L with L Lᵀ = A, or Lᵀ, and 0; other matrices raise."""
    return Root(cholesky(A, upper=upper), outside(np.zeros(A.shape[:-2], np.int32)))


def vander(x: Any, *, N: int | None = None) -> Tensor:  # noqa: N803
    """Return the powers of each number, from 0."""
    count = x.shape[-1] if N is None else N
    powers = np.arange(count)
    return made(tensor_held(x, "vander")[..., None] ** powers.astype(numbers(x).dtype))


def vecdot(x: Any, y: Any, *, dim: int = -1) -> Tensor:
    """Return the products of vectors."""
    return (x * y).sum(dim)  # type: ignore[no-any-return]


def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:  # noqa: N803
    """Return the diagonals of matrices."""
    return A.diagonal(offset, dim1, dim2)  # type: ignore[no-any-return]


def matmul(input: Any, other: Any) -> Tensor:
    """Return the product of matrices."""
    return input @ other  # type: ignore[no-any-return]


def norm(
    A: Any,  # noqa: N803
    ord: Any = None,
    dim: Any = None,
    keepdim: bool = False,
) -> Tensor:
    """Return the norm of a vector or a matrix."""
    x = tensor_held(A, "norm")
    if ord is None and dim is None:
        return A.norm(2, keepdim=keepdim)
    axes = tuple(dim) if isinstance(dim, list) else dim
    return made(np.linalg.norm(x, ord, axes, keepdim))


def vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Return the norm of vectors."""
    return x.norm(ord, dim, keepdim)


def matrix_norm(A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False) -> Tensor:  # noqa: N803
    """Return the norm of matrices."""
    return norm(A, ord, tuple(dim), keepdim)


def cross(input: Any, other: Any, dim: int = -1) -> Tensor:
    """Return the cross product of vectors of length 3."""
    return input.cross(other, dim)


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.linalg", name, list(globals())))
