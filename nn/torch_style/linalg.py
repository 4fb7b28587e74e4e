"""PyTorch's ``torch.linalg``: functions of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nn.missing_names import refuse
from nn.torch_style import hints, joining
from nn.torch_style.arithmetic import pair
from nn.torch_style.base import made, numbers, outside, tensor_held
from nn.torch_style.calls import shown
from nn.torch_style.tensor import Tensor
from nn.utils.orthogonal_weights import matrix_exp as exponential

inv = shown(np.linalg.inv)
det = shown(np.linalg.det)
slogdet = shown(np.linalg.slogdet)
cholesky = shown(np.linalg.cholesky)
eigh = shown(np.linalg.eigh)
eigvalsh = shown(np.linalg.eigvalsh)
eig = shown(np.linalg.eig)
eigvals = shown(np.linalg.eigvals)
qr = shown(np.linalg.qr)
matrix_power = shown(np.linalg.matrix_power)
matrix_rank = shown(np.linalg.matrix_rank)
pinv = shown(np.linalg.pinv)
svdvals = shown(lambda x: np.linalg.svd(x, compute_uv=False))
matrix_exp = shown(exponential)
multi_dot = joining.matmul_all
cond = shown(np.linalg.cond)


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


def solve(A: Any, B: Any) -> Tensor:  # noqa: N803 - PyTorch's names
    """Return X with A X = B."""
    return made(np.linalg.solve(*pair(A, B)))


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
