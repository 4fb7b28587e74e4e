"""`scipy.linalg` with derivatives, for matrices and mostly for stacks of them.

Calls without nodes go to SciPy. For nodes, ``overwrite_...`` and ``check_finite`` have no effect, and
functions without a rule raise `NoRuleError`. For the notation and the convention for complex
derivatives see `autograd.rules.eigenvalues`.
"""

from __future__ import annotations

import functools as _functools
from typing import Any

import numpy as np
import scipy.linalg as _original

from autograd.engine import Node as _Node
from autograd.engine.dispatch import plain as _plain
from autograd.errors import NoDerivativeError as _NoDerivativeError
from autograd.errors import NoRuleError as _NoRuleError
from autograd.rules.kernel import kernel as _kernel
from autograd.rules.kernel import taken as _taken
from autograd.rules.matrices import H as _H
from autograd.rules.matrices import T as _T
from autograd.rules.table import define as _define
from autograd.scipy import conditions as _conditions
from autograd.scipy.equations import solve_banded as solve_banded
from autograd.scipy.equations import solve_continuous_lyapunov as solve_continuous_lyapunov
from autograd.scipy.equations import solve_discrete_lyapunov as solve_discrete_lyapunov
from autograd.scipy.equations import solve_sylvester as solve_sylvester
from autograd.scipy.equations import solve_triangular as solve_triangular
from autograd.scipy.equations import solveh_banded as solveh_banded
from autograd.scipy.equations import sylvester as _sylvester
from autograd.scipy.equations import triangular as _triangular
from autograd.scipy.fallback import in_place_of as _in_place_of
from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.fallback import recorded as _recorded
from autograd.scipy.lists import joined as _joined
from autograd.scipy.lists import take_lists as _take_lists
from autograd.scipy.spectral import of_hermitian as _of_hermitian
from autograd.scipy.structured import block_diag as block_diag
from autograd.scipy.structured import circulant as circulant
from autograd.scipy.structured import hankel as hankel
from autograd.scipy.structured import matmul_toeplitz as matmul_toeplitz
from autograd.scipy.structured import solve_toeplitz as solve_toeplitz
from autograd.scipy.structured import toeplitz as toeplitz

_la: Any = np.linalg

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.linalg")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


# -- functions of matrices --------------------------------------------------------------------


def _frechet(function: Any, a: Any, e: Any) -> Any:
    """Return the Fréchet derivative of f at `a` along `e`: a block of f([[a, e], [0, a]]).

    N. Higham, "Functions of Matrices" (2008), 3.16.
    """
    n = np.shape(a)[-1]
    above = np.concatenate([a, e], axis=-1)
    below = np.concatenate([0 * a, a], axis=-1)
    return function(np.concatenate([above, below], axis=-2))[..., :n, n:]


def _expm_vjp(g: Any, y: Any, a: Any) -> Any:
    if isinstance(a, _Node) or isinstance(g, _Node) or np.ndim(a) > 2 or np.iscomplexobj(g):
        return _frechet(expm, _T(a), g)
    found = _recorded(_original.expm_frechet)(_T(a), g, compute_expm=False)
    return found.astype(y.dtype, copy=False)  # SciPy's is of double precision


def _of_regular_matrix(vjp: Any) -> Any:
    """Return the rule of a function of matrices with no derivative where an eigenvalue is 0."""

    def checked(g: Any, y: Any, a: Any) -> Any:
        _conditions.assert_regular(_plain(a))
        return vjp(g, y, a)

    return checked


def _of_matrix(name: str, is_regular: bool = False) -> Any:
    """Return the row of an analytic function of matrices, if need be of regular ones alone."""

    def vjp(g: Any, y: Any, a: Any) -> Any:
        return _frechet(function, _T(a), g)

    rule = _of_regular_matrix(vjp) if is_regular else vjp
    function = _define(getattr(_original, name), rule, name=name)
    return function


@_functools.cache
def _matrix_power(t: float) -> Any:
    def vjp(g: Any, y: Any, a: Any) -> Any:
        return _frechet(power, _T(a), g)

    is_polynomial = t >= 0 and t == int(t)
    power = _define(
        lambda a: _recorded(_original.fractional_matrix_power)(a, t),
        vjp if is_polynomial else _of_regular_matrix(vjp),
        name="fractional_matrix_power",
    )
    return power


expm = _define(_original.expm, _expm_vjp)
logm = _of_matrix("logm", is_regular=True)
sinm, cosm, tanm = (_of_matrix(name) for name in ("sinm", "cosm", "tanm"))
sinhm, coshm, tanhm = (_of_matrix(name) for name in ("sinhm", "coshm", "tanhm"))
_root = _define(
    lambda a: _recorded(_original.sqrtm)(a),
    _of_regular_matrix(lambda g, y, a: _sylvester(_T(y), _T(y), g)),
    name="sqrtm",
)


@_in_place_of(_original.sqrtm)
def sqrtm(A: Any, *_: Any, **__: Any) -> Any:  # noqa: N803 - SciPy's name
    """Return the principal square root of a matrix."""
    return _root(A)


@_in_place_of(_original.fractional_matrix_power)
def fractional_matrix_power(A: Any, t: float) -> Any:  # noqa: N803
    """Return a power of a matrix; the exponent is a constant."""
    if isinstance(t, _Node):
        raise _NoRuleError(
            "fractional_matrix_power has no derivative rule with respect to its exponent. Pass a "
            "plain number there (node.data)."
        )
    return _matrix_power(float(t))(A)


@_in_place_of(_original.funm)
def funm(A: Any, func: Any, disp: bool = True) -> Any:  # noqa: N803
    """Apply a function of numbers to Hermitian matrices.

    `func` is called with the eigenvalues. Derivatives of any order are right at equal eigenvalues
    too.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.linalg import funm
    >>> grad(lambda a: np.sum(funm(a, np.sqrt) * np.array([[1.0, 2.0], [2.0, 4.0]])))(np.eye(2))
    array([[0.5, 1. ],
           [1. , 2. ]])
    """
    found = _of_hermitian(func, _joined(A))
    return found if disp else (found, 0.0)


# -- factorizations ---------------------------------------------------------------------------


@_in_place_of(_original.cholesky)
def cholesky(a: Any, lower: bool = False, *_: Any, **__: Any) -> Any:
    """Return the Cholesky factor of a positive definite matrix, by default the upper one."""
    return _la.cholesky(a, upper=not lower)


@_in_place_of(_original.cho_factor)
def cho_factor(a: Any, lower: bool = False, *_: Any, **__: Any) -> Any:
    """Return the Cholesky factor and `lower`, for `cho_solve`."""
    return _la.cholesky(a, upper=not lower), lower


@_in_place_of(_original.cho_solve)
def cho_solve(c_and_lower: Any, b: Any, *_: Any, **__: Any) -> Any:
    """Solve a linear system, given the result of `cho_factor`."""
    c, lower = c_and_lower
    first, second = (0, 2) if lower else (2, 0)
    return _triangular(c, _triangular(c, b, first, lower), second, lower)


@_kernel()
def _eliminate(x: Any) -> Any:
    """Compute both triangular factors of square matrices, packed, without pivoting."""
    x = np.array(x)
    for i in range(np.shape(x)[-1] - 1):
        x[..., i + 1 :, i] /= x[..., i, i, None]
        x[..., i + 1 :, i + 1 :] -= x[..., i + 1 :, i, None] * x[..., i, None, i + 1 :]
    return x


def _factors(packed: Any) -> tuple[Any, Any]:
    eye = np.eye(np.shape(packed)[-1], dtype=packed.dtype)
    return np.tril(packed, -1) + eye, np.triu(packed)


def _eliminate_vjp(g: Any, y: Any, x: Any) -> Any:
    """Return L⁻ᵀ (tril(LᵀgL, -1) + triu(gU Uᵀ)) U⁻ᵀ, from dX = dL U + L dU."""
    lower, upper = _factors(y)
    if np.any(np.diagonal(_plain(upper), axis1=-2, axis2=-1) == 0):
        raise _NoDerivativeError("The LU factors of a singular matrix have no derivative.")
    core = np.tril(_T(lower) @ np.tril(g, -1), -1) + np.triu(np.triu(g) @ _T(upper))
    left = _triangular(lower, core, 1, True, True)
    return _T(_triangular(upper, _T(left), 0, False))


_eliminated = _define(_eliminate, _eliminate_vjp, name="lu_factor")


def _order_of_rows(a: Any) -> Any:
    """Return matrices with their rows permuted as in their LU factors."""
    numbers = _plain(a)
    if not numbers.size:
        return np.broadcast_to(np.arange(np.shape(a)[-2]), np.shape(a)[:-1])
    return np.argsort(_recorded(_original.lu)(numbers, p_indices=True)[0], axis=-1)


def _lu(a: Any) -> Any:
    """Return both triangular factors, packed, of matrices that may be tall or wide."""
    k = min(np.shape(a)[-2:])
    rows = np.take_along_axis(a, _order_of_rows(a)[..., None], axis=-2)
    packed = _eliminated(rows[..., :k, :k])
    if np.shape(a)[-1] > k:
        right = _triangular(packed, rows[..., :, k:], 0, True, True)
        return np.concatenate([packed, right], axis=-1)
    if np.shape(a)[-2] > k:
        below = _T(_triangular(packed, _T(rows[..., k:, :]), 1, False))
        return np.concatenate([packed, below], axis=-2)
    return packed


@_in_place_of(_original.lu_factor)
def lu_factor(a: Any, *_: Any, **__: Any) -> Any:
    """Return both triangular factors of matrices, packed, and the pivots."""
    return _lu(a), _recorded(_original.lu_factor)(_plain(a))[1]


@_kernel()
def _order_of_pivots(pivots: Any) -> Any:
    """Return the order of the rows after the exchanges that pivots stand for."""
    n = np.shape(pivots)[-1]
    order = np.array(np.broadcast_to(np.arange(n), np.shape(pivots)))
    for i in range(n):
        other = np.take_along_axis(order, pivots[..., i, None], axis=-1)
        np.put_along_axis(order, pivots[..., i, None], order[..., i, None], axis=-1)
        order[..., i, None] = other
    return order


@_in_place_of(_original.lu_solve)
def lu_solve(lu_and_piv: Any, b: Any, trans: int = 0, *_: Any, **__: Any) -> Any:
    """Solve a linear system, given the result of `lu_factor`."""
    packed, pivots = lu_and_piv
    vector = np.ndim(b) == 1
    x = b[:, None] if vector else b
    order = _order_of_pivots(pivots)
    if trans == 0:
        x = np.take_along_axis(x, order[..., None], axis=-2)
        x = _triangular(packed, _triangular(packed, x, 0, True, True), 0, False)
    else:
        x = _triangular(packed, _triangular(packed, x, trans, False), trans, True, True)
        x = np.take_along_axis(x, np.argsort(order, axis=-1)[..., None], axis=-2)
    return x[:, 0] if vector else x


@_in_place_of(_original.lu)
def lu(a: Any, permute_l: bool = False, *_: Any, p_indices: bool = False, **__: Any) -> Any:
    """Return the permutation and both triangular factors of matrices."""
    m, n = np.shape(a)[-2:]
    k = min(m, n)
    rows = np.argsort(_order_of_rows(a), axis=-1)
    packed = _lu(a)
    lower = np.tril(packed[..., :, :k], -1) + np.eye(m, k, dtype=a.dtype)
    upper = np.triu(packed[..., :k, :])
    if permute_l:
        return np.take_along_axis(lower, rows[..., None], axis=-2), upper
    return (rows if p_indices else _taken(np.eye(m, dtype=a.dtype), rows)), lower, upper


@_in_place_of(_original.eigh)
def eigh(
    a: Any, b: Any = None, *, lower: bool = True, eigvals_only: bool = False, type: int = 1,
    subset_by_index: Any = None, subset_by_value: Any = None, **_: Any,
) -> Any:  # fmt: skip
    """Return eigenvalues and eigenvectors of a Hermitian problem a v = w v or a v = w b v."""
    if type != 1 or subset_by_value is not None:
        raise _NoRuleError(
            "scipy.linalg.eigh of a node has no rule for type= and subset_by_value=."
        )
    root: Any = None
    if b is not None:
        root = _la.cholesky(b, upper=not lower)
        root = root if lower else _H(root)
        a = np.tril(a) + _H(np.tril(a, -1)) if lower else np.triu(a) + _H(np.triu(a, 1))
        half = _triangular(root, a, 0, True)
        a = _H(_triangular(root, _H(half), 0, True))
    w, v = _la.eigh(a, UPLO="L" if lower else "U")
    if subset_by_index is not None:
        first, last = subset_by_index
        w, v = w[..., first : last + 1], v[..., :, first : last + 1]
    if eigvals_only:
        return w
    return w, v if root is None else _triangular(root, v, 2, True)


@_in_place_of(_original.eigvalsh)
def eigvalsh(a: Any, b: Any = None, **keywords: Any) -> Any:
    """Return the eigenvalues of a Hermitian matrix."""
    return eigh(a, b, eigvals_only=True, **keywords)


@_in_place_of(_original.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, *_: Any, **__: Any) -> Any:
    """Return the singular value decomposition; for matrices that are not square the reduced one."""
    found = _la.svd(a, full_matrices=full_matrices, compute_uv=compute_uv)
    return tuple(found) if compute_uv else found


@_in_place_of(_original.svdvals)
def svdvals(a: Any, *_: Any, **__: Any) -> Any:
    """Return the singular values."""
    return _la.svdvals(a)


@_in_place_of(_original.qr)
def qr(
    a: Any, overwrite_a: bool = False, lwork: Any = None, mode: str = "full",
    pivoting: bool = False, check_finite: bool = True,
) -> Any:  # fmt: skip
    """Return the QR decomposition; tall matrices need ``mode="economic"``."""
    if pivoting:
        raise _NoRuleError("scipy.linalg.qr of a node has no rule for pivoting=.")
    m, n = np.shape(a)[-2:]
    if mode == "r":
        r = _la.qr(a, mode="r")
        zeros = np.zeros((*np.shape(r)[:-2], max(m - n, 0), n), r.dtype)
        return (np.concatenate([r, zeros], axis=-2),)
    return tuple(_la.qr(a, mode="reduced" if mode == "economic" else "complete"))


# -- as in numpy.linalg -----------------------------------------------------------------------

_SYMMETRIC = ("sym", "symmetric", "pos", "positive definite")
_HERMITIAN = ("her", "hermitian")


@_in_place_of(_original.solve)
def solve(
    a: Any, b: Any, lower: bool = False, overwrite_a: bool = False, overwrite_b: bool = False,
    check_finite: bool = True, assume_a: str | None = None, transposed: bool = False,
) -> Any:  # fmt: skip
    """Solve a x = b; of a matrix assumed to be symmetric only one triangle is read."""
    if assume_a in (*_SYMMETRIC, *_HERMITIAN):
        flip = _T if assume_a in ("sym", "symmetric") else _H
        a = np.tril(a) + flip(np.tril(a, -1)) if lower else np.triu(a) + flip(np.triu(a, 1))
    elif assume_a in ("upper triangular", "lower triangular"):
        return _triangular(a, b, 1 if transposed else 0, assume_a.startswith("lower"))
    return _conditions.solve(_T(a) if transposed else a, b)


@_in_place_of(_original.inv)
def inv(a: Any, *_: Any, **__: Any) -> Any:
    """Return the inverse."""
    return _conditions.inv(a)


@_in_place_of(_original.det)
def det(a: Any, *_: Any, **__: Any) -> Any:
    """Return the determinant."""
    return _la.det(a)


@_in_place_of(_original.pinv)
def pinv(a: Any, *, atol: Any = None, rtol: Any = None, return_rank: bool = False, **_: Any) -> Any:
    """Return the pseudo-inverse; its derivative assumes that the rank stays the same.

    Where rounding decides the rank there is none: pass ``rtol=1e-10``, or another share of the largest
    singular value below which one counts as zero.
    """
    s = np.linalg.svd(_plain(a), compute_uv=False)
    if rtol is None:
        rtol = max(np.shape(a)) * np.finfo(s.dtype).eps
    if atol and s[0]:
        rtol = rtol + atol / s[0]
    y = _la.pinv(a, rtol=rtol)
    return (y, int(np.sum(s > rtol * s[0]))) if return_rank else y


@_in_place_of(_original.norm)
def norm(a: Any, ord: Any = None, axis: Any = None, keepdims: Any = False, **_: Any) -> Any:
    """Return a norm of a vector or a matrix."""
    return _la.norm(a, ord, axis, keepdims)


@_in_place_of(_original.lstsq)
def lstsq(a: Any, b: Any, cond: Any = None, *_: Any, **__: Any) -> Any:
    """Return the minimum-norm least-squares solution; see `pinv` for ``cond=``."""
    x, residues, rank, s = _la.lstsq(a, b, cond)
    return x, residues[0] if np.ndim(b) == 1 and np.size(_plain(residues)) else residues, rank, s


_take_lists(globals(), _original, "solve_toeplitz", "matmul_toeplitz")  # (c, r) is a pair
