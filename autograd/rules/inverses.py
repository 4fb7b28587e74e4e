"""Inverses and linear systems: `numpy.linalg.inv`, `solve`, `pinv`, `lstsq` and their relatives.

All work on stacks of matrices, in the last two axes. The formulas are in M. B. Giles,
"Collected matrix derivative results for forward and reverse mode algorithmic differentiation"
(2008), for complex matrices in C. Boeddeker et al., "On the computation of complex-valued
gradients" (2017); here ``T`` is the transpose and ``H`` the conjugate transpose.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine.broadcasting import unbroadcast
from autograd.engine.dispatch import plain
from autograd.engine.foreign import eye, like
from autograd.errors import NoDerivativeError
from autograd.rules.kernel import extreme
from autograd.rules.matrices import H, T
from autograd.rules.matrices import hermitian as hermitian_of
from autograd.rules.norms import norm
from autograd.rules.singular_values import svdvals
from autograd.rules.table import define, implements


def solve_transposed(g: Any, a: Any, b: Any) -> Any:
    """Return A⁻ᵀ g, for a cotangent that is a stack of vectors if b is one vector."""
    if np.ndim(b) == 1:
        return np.linalg.solve(T(a), g[..., None])[..., 0]
    return np.linalg.solve(T(a), g)


def solve_vjp_matrix(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return -(A⁻ᵀ g) yᵀ."""
    w = solve_transposed(g, a, b)
    outer = w[..., :, None] * y[..., None, :] if np.ndim(b) == 1 else w @ T(y)
    return unbroadcast(-outer, a)


def pinv_vjp(g: Any, y: Any, a: Any, rcond: Any = None, hermitian: bool = False) -> Any:
    """Return the derivative for constant rank (Golub and Pereyra, SIAM J. Numer. Anal. 10, 1973)."""
    _assert_rank(plain(a), plain(y), rcond)
    m, n = np.shape(a)[-2:]
    rows = (eye(m, float, a) - a @ y) @ T(g) @ y @ H(y)
    columns = H(y) @ y @ T(g) @ (eye(n, float, a) - y @ a)
    return np.conjugate(rows + columns) - T(y) @ g @ T(y)


#: A cutoff of singular values up to so many times the rounding of the largest one is rounding too.
ROUNDING = 4


def _assert_rank(a: Any, y: Any, rcond: Any) -> None:
    """Raise if rounding decides which singular values a pseudo-inverse leaves out."""
    if not a.size:
        return
    is_to_rounding = rcond is None or np.any(rcond <= _rounding(a))
    ranks = np.sum(y * np.swapaxes(a, -1, -2), axis=(-2, -1)).real
    full = min(a.shape[-2:])
    if is_to_rounding and np.any(ranks < full - 0.5):
        raise NoDerivativeError(
            f"The matrix has rank {round(float(np.min(ranks)))} of {full} to rounding, and its "
            "pseudo-inverse jumps where the rank changes. If the rank stays the same whatever the "
            "parameters are, pass the share of the largest singular value below which one counts as "
            "zero, such as rcond=1e-10 (for scipy.linalg rtol= or cond=)."
        )
    condition = np.linalg.norm(a, axis=(-2, -1)) * np.linalg.norm(y, axis=(-2, -1))
    if np.any(~(condition * np.finfo(y.dtype).eps < 0.1 * full)):  # also if it is NaN
        raise NoDerivativeError(
            f"The matrix is singular to rounding: its condition number is about "
            f"{np.max(condition):.0e}, so no digit of a derivative of its pseudo-inverse is right. "
            "Pass the share of the largest singular value below which one counts as zero, such as "
            "rcond=1e-10 (for scipy.linalg rtol= or cond=)."
        )


def _rounding(a: Any) -> float:
    """Return the share of the largest singular value that may be rounding."""
    return float(ROUNDING * max(a.shape[-2:]) * np.finfo(np.result_type(a.dtype, 0.0)).eps)


def _truncated(a: Any, rcond: Any) -> Any:
    """Return the pseudo-inverse of the largest singular values, of whose vectors it is made.

    Where those left out are not 0, a change of the matrix mixes their vectors into the others.
    """
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    kept = plain(s) > _of_rows(rcond) * np.max(plain(s), axis=-1, keepdims=True)
    inverses = np.where(kept, 1 / np.where(kept, s, 1.0), 0.0)
    return (H(vh) * inverses[..., None, :]) @ H(u)


def _cuts(a: Any, rcond: Any, hermitian: bool) -> bool:
    """Return whether singular values that are more than rounding are left out."""
    if not a.size or np.all(rcond <= _rounding(a)):
        return False
    s = np.linalg.svd(a, compute_uv=False, hermitian=hermitian)
    size = np.max(s, axis=-1, keepdims=True)
    return bool(np.any((s <= _of_rows(rcond) * size) & (s > _rounding(a) * size)))


def _of_rows(rcond: Any) -> Any:
    """Return cutoffs of stacked matrices in the shape of their singular values."""
    return rcond[..., None] if np.ndim(rcond) else rcond


# fmt: off
inv   = define(np.linalg.inv,   lambda g, y, a: -T(y) @ g @ T(y))
solve = define(np.linalg.solve, solve_vjp_matrix,
                                lambda g, y, a, b: unbroadcast(solve_transposed(g, a, b), b))
pinv  = define(np.linalg.pinv,  pinv_vjp, name="pinv", replaces=())
# fmt: on


@implements(np.linalg.pinv)
def pseudo_inverse(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """Return the pseudo-inverse; its derivative assumes that the rank stays the same.

    Raises
    ------
    NoDerivativeError
        In a derivative, if rounding decides the rank: without `rcond`, if it is not full.
    """
    rcond = rtol if rcond is None else rcond
    how = {"hermitian": True} if hermitian else {}  # by eigenvalues: SVD may hang on inf
    a = hermitian_of(a) if hermitian else a
    if rcond is None:
        return pinv(a, **how)
    rcond = np.array(rcond) if isinstance(rcond, (list, tuple)) else plain(rcond)
    if _cuts(plain(a), rcond, hermitian):
        return _truncated(a, rcond)
    return pinv(a, rcond=rcond, **how)


@implements(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Return the minimum-norm least-squares solution, as `numpy.linalg.lstsq` does."""
    a = a if hasattr(a, "dtype") else np.asarray(a)
    m, n = np.shape(a)
    x = pseudo_inverse(a, rcond) @ b
    if rcond is None:
        rcond = np.finfo(a.dtype).eps * max(m, n)
    sizes = np.linalg.svd(plain(a), compute_uv=False)
    rank = int(np.sum(sizes > rcond * extreme(np.max, sizes)))
    if rank < n or m <= n:
        return x, np.zeros(0, like=like(a)), rank, svdvals(a)
    residuals = np.sum(np.square(b - a @ x), axis=0)
    return x, np.reshape(residuals, (1,)) if np.ndim(b) == 1 else residuals, rank, svdvals(a)


@implements(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """Raise a matrix to an integer power, by repeated squaring."""
    if n < 0:
        a, n = np.linalg.inv(a), -n
    result = None
    while n:
        if n & 1:
            result = a if result is None else result @ a
        a, n = a @ a if n > 1 else a, n >> 1
    size = np.shape(a)[-1]
    return eye(size, a.dtype, a) + 0 * a if result is None else result


@implements(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any], *, out: None = None) -> Any:
    """Multiply several matrices."""
    return functools.reduce(np.matmul, arrays)


@implements(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """Return the condition number."""
    if p in (None, 2, -2):
        s = svdvals(x)
        largest, smallest = s[..., 0], s[..., -1]
        return smallest / largest if p == -2 else largest / smallest
    return norm(x, p, (-2, -1)) * norm(np.linalg.inv(x), p, (-2, -1))


@implements(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    """Invert an array whose first `ind` axes are the rows of a matrix."""
    shape = np.shape(a)
    matrix = np.reshape(a, (math.prod(shape[:ind]), -1))
    return np.reshape(np.linalg.inv(matrix), shape[ind:] + shape[:ind])


@implements(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """Solve a system whose matrix is an array with several axes of rows and columns."""
    if axes is not None:
        rest = [i for i in range(np.ndim(a)) if i not in axes]
        a = np.transpose(a, rest + list(axes))
    shape = np.shape(a)[np.ndim(b) :]
    size = math.prod(shape)
    return np.reshape(np.linalg.solve(np.reshape(a, (size, size)), np.ravel(b)), shape)
