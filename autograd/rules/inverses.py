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
from autograd.rules.kernel import extreme
from autograd.rules.matrices import H, T
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


def pinv_vjp(g: Any, y: Any, a: Any, rcond: Any = None) -> Any:
    """Return the derivative for constant rank (Golub and Pereyra, SIAM J. Numer. Anal. 10, 1973)."""
    m, n = np.shape(a)[-2:]
    rows = (eye(m, float, a) - a @ y) @ T(g) @ y @ H(y)
    columns = H(y) @ y @ T(g) @ (eye(n, float, a) - y @ a)
    return np.conjugate(rows + columns) - T(y) @ g @ T(y)


# fmt: off
inv   = define(np.linalg.inv,   lambda g, y, a: -T(y) @ g @ T(y))
solve = define(np.linalg.solve, solve_vjp_matrix,
                                lambda g, y, a, b: unbroadcast(solve_transposed(g, a, b), b))
pinv  = define(np.linalg.pinv,  pinv_vjp, name="pinv", replaces=())
# fmt: on


@implements(np.linalg.pinv)
def pseudo_inverse(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """Return the pseudo-inverse; its derivative assumes that the rank stays the same."""
    rcond = rtol if rcond is None else rcond
    return pinv(a) if rcond is None else pinv(a, rcond=plain(rcond))


@implements(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Return the minimum-norm least-squares solution, as `numpy.linalg.lstsq` does."""
    m, n = np.shape(a)
    if rcond is None:
        rcond = np.finfo(a.dtype).eps * max(m, n)
    x = pinv(a, rcond=rcond) @ b
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
