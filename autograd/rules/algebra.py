"""Linear algebra: `numpy.linalg`. All of it works on stacks of matrices, along the last two axes.

The formulas are in M. B. Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), for complex matrices in C. Boeddeker et al., "On the
computation of complex-valued gradients" (2017); here ``T`` is the transpose and ``H`` the
conjugate transpose. A cotangent is that of a real number L with respect to z = x + iy:
∂L/∂x - i ∂L/∂y, so that formulas from books have their cotangents conjugated.

Where a derivative does not exist (equal eigenvalues, a matrix without full rank) the division by
zero that would make NaN is made an error.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.engine import Node
from autograd.engine.broadcasting import unbroadcast
from autograd.engine.record import plain
from autograd.errors import NoDerivativeError, NoRuleError, ShapeError
from autograd.rules.elementwise import nonzero
from autograd.rules.table import define, elementwise, implements


def T(x: Any) -> Any:  # noqa: N802 - the sign of the textbooks
    """Transpose the last two axes."""
    return np.swapaxes(x, -1, -2)


def H(x: Any) -> Any:  # noqa: N802
    """Transpose and conjugate."""
    return np.conjugate(T(x))


def diagonal_matrix(x: Any) -> Any:
    """Make of vectors in the last axis diagonal matrices."""
    return x[..., :, None] * np.eye(np.shape(x)[-1])


def column(x: Any) -> Any:
    """Append two axes of length one, to multiply matrices by the numbers of their stack."""
    return x[..., None, None] if np.ndim(x) else x


def is_vector(a: Any, b: Any) -> bool:
    """Say whether `solve` takes b for a vector: only if it has one axis."""
    return np.ndim(b) == 1


#: The square root that has the derivative 0 at 0, where a norm has its kink.
root_of_squares = elementwise(
    lambda x: np.sqrt(x), None, lambda y, x: 0.5 * (y != 0) / nonzero(y), name="root_of_squares"
)


# -- inverses and determinants ----------------------------------------------------------------


def solve_transposed(g: Any, a: Any, b: Any) -> Any:
    """Return A⁻ᵀ g, for a cotangent that may be a stack of vectors."""
    if is_vector(a, b):
        return np.linalg.solve(T(a), g[..., None])[..., 0]
    return np.linalg.solve(T(a), g)


def solve_vjp_matrix(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return -(A⁻ᵀ g) yᵀ."""
    w = solve_transposed(g, a, b)
    outer = w[..., :, None] * y[..., None, :] if is_vector(a, b) else w @ T(y)
    return unbroadcast(-outer, a)


def pinv_vjp(g: Any, y: Any, a: Any, rcond: Any = None) -> Any:
    """Return the derivative at constant rank (Golub and Pereyra, SIAM J. Numer. Anal. 10, 1973)."""
    m, n = np.shape(a)[-2:]
    rows = (np.eye(m) - a @ y) @ T(g) @ y @ H(y)
    columns = H(y) @ y @ T(g) @ (np.eye(n) - y @ a)
    return np.conjugate(rows + columns) - T(y) @ g @ T(y)


def cofactors(a: Any) -> Any:
    """Return the derivatives of the determinant: det(A) A⁻ᵀ, also where A has no inverse."""
    u, s, vh = np.linalg.svd(a)
    n = np.shape(s)[-1]
    others = np.where(np.eye(n, dtype=bool), 1.0, s[..., None, :])
    signs = np.linalg.det(u) * np.linalg.det(vh)
    return column(signs) * np.conjugate(u * np.prod(others, axis=-1)[..., None, :] @ vh)


def det_vjp(g: Any, y: Any, a: Any) -> Any:
    """Return g det(A) A⁻ᵀ."""
    if isinstance(a, Node) or isinstance(g, Node):
        return column(g * y) * T(np.linalg.inv(a))
    return column(g) * cofactors(a)


# fmt: off
inv   = define(np.linalg.inv,   lambda g, y, a: -T(y) @ g @ T(y))
det   = define(np.linalg.det,   det_vjp)
solve = define(np.linalg.solve, solve_vjp_matrix,
                                lambda g, y, a, b: unbroadcast(solve_transposed(g, a, b), b))
pinv  = define(np.linalg.pinv,  pinv_vjp, name="pinv", replaces=())
# fmt: on


# -- decompositions: functions with several results -------------------------------------------


class Part(NamedTuple):
    """One result of a decomposition: its shape, without the stack, and whether it is real."""

    shape: tuple[int, ...]
    real: bool = False


def pack(results: Sequence[Any], stack: tuple[int, ...]) -> Any:
    """Lay out the results of a decomposition side by side in one array."""
    return np.concatenate([np.reshape(x, (*stack, -1)) for x in results], axis=-1)


def unpack(packed: Any, parts: Sequence[Part]) -> list[Any]:
    """Undo `pack`."""
    results = []
    start = 0
    stack = np.shape(packed)[:-1]
    for part in parts:
        size = math.prod(part.shape)
        x = np.reshape(packed[..., start : start + size], stack + part.shape)
        results.append(np.real(x) if part.real else x)
        start += size
    return results


def decomposition(
    function: Callable[..., Any],
    parts: Callable[..., list[Part]],
    vjp: Callable[..., Any],
    name: str,
) -> Callable[..., Any]:
    """Return a function with several results, of which each may have a derivative.

    Parameters
    ----------
    function : callable
        Computes a tuple of arrays.
    parts : callable
        ``parts(a, **keywords)`` describes them.
    vjp : callable
        ``vjp(cotangents, results, a, **keywords)``, with a cotangent for each result.
    """

    def together(a: Any, **keywords: Any) -> Any:
        return pack(function(a, **keywords), np.shape(a)[:-2])

    def pull_back(g: Any, y: Any, a: Any, **keywords: Any) -> Any:
        described = parts(a, **keywords)
        return vjp(unpack(g, described), unpack(y, described), a, **keywords)

    primitive = define(together, pull_back, name=name, replaces=())
    return lambda a, **keywords: unpack(primitive(a, **keywords), parts(a, **keywords))


def divided(x: Any, differences: Any, what: str) -> Any:
    """Divide by differences that must not vanish, unless what is divided does: then it is 0."""
    gap = np.abs(plain(differences))
    scale = np.max(np.abs(plain(x)), initial=0.0)
    equal = gap <= 1e-14 * np.max(gap, initial=1e-300)
    if np.any(equal & (np.abs(plain(x)) > 1e-8 * scale)):
        raise NoDerivativeError(
            f"{what} are equal here, so that single vectors that belong to them have no "
            "derivative. Functions of the values alone have, and so have those that do not depend "
            "on which vectors are chosen."
        )
    return np.where(equal, 0.0, x / np.where(equal, 1.0, differences))


def off_diagonal_differences(w: Any) -> Any:
    """Return w_j - w_i for each pair, and 1 on the diagonal."""
    n = np.shape(w)[-1]
    return w[..., None, :] - w[..., :, None] + np.eye(n)


def of_one_triangle(g: Any, lower: bool) -> Any:
    """Turn the derivative for a Hermitian matrix into that of the triangle that is read."""
    n = np.shape(g)[-1]
    both = g + H(g)
    triangle = np.tril(np.ones((n, n)), -1) if lower else np.triu(np.ones((n, n)), 1)
    return both * triangle + np.real(both) * np.eye(n) / 2


def eigh_vjp(gs: Any, ys: Any, a: Any, UPLO: str = "L") -> Any:  # noqa: N803 - NumPy's name
    """Return V (diag(gw) + F ∘ VᴴgV) Vᴴ, F = 1 / (w_j - w_i), for the triangle that is read."""
    (gw, gv), (w, v) = gs, ys
    inner = H(v) @ np.conjugate(gv)
    off = inner * (1 - np.eye(np.shape(w)[-1]))
    skew = (off - H(off)) / 2
    core = diagonal_matrix(np.conjugate(gw)) + divided(
        skew, off_diagonal_differences(w), "Eigenvalues"
    )
    return np.conjugate(of_one_triangle(v @ core @ H(v), UPLO.upper() == "L"))


def eig_vjp(gs: Any, ys: Any, a: Any) -> Any:
    """Return V⁻ᴴ (diag(gw) + (VᴴgV - VᴴV diag(Re VᴴgV)) / (w_j - w_i)*) Vᴴ, conjugated."""
    (gw, gv), (w, v) = gs, ys
    n = np.shape(w)[-1]
    inner = H(v) @ np.conjugate(gv)
    norms = np.real(np.einsum("...ii->...i", inner))
    inner = (inner - H(v) @ v * norms[..., None, :]) * (1 - np.eye(n))
    core = diagonal_matrix(np.conjugate(gw)) + divided(
        inner, np.conjugate(off_diagonal_differences(w)), "Eigenvalues"
    )
    return np.conjugate(np.linalg.solve(H(v), core @ H(v)))


def svd_vjp(gs: Any, ys: Any, a: Any) -> Any:
    """Return the derivative of the reduced decomposition (J. Townsend, 2016; complex: as eigh)."""
    (gu, gs_, gvh), (u, s, vh) = gs, ys
    gu, gvh, v = np.conjugate(gu), np.conjugate(gvh), H(vh)
    m, n = np.shape(a)[-2:]
    k = np.shape(s)[-1]
    squares = off_diagonal_differences(s * s)
    uu, vv = H(u) @ gu, H(v) @ H(gvh)
    off = 1 - np.eye(k)
    left = divided((uu - H(uu)) * off, squares, "Singular values") * s[..., None, :]
    right = s[..., :, None] * divided((vv - H(vv)) * off, squares, "Singular values")
    core = left + right + diagonal_matrix(np.conjugate(gs_))
    inverse = 1 / s
    if np.iscomplexobj(plain(a)):
        phases = np.einsum("...ii->...i", uu - H(uu)) / 2
        core = core + diagonal_matrix(phases * inverse)
    found = u @ core @ vh
    if m > k:
        found = found + (gu - u @ uu) * inverse[..., None, :] @ vh
    if n > k:
        found = found + u * inverse[..., None, :] @ (gvh - H(vv) @ vh)
    return np.conjugate(found)


def qr_vjp(gs: Any, ys: Any, a: Any) -> Any:
    """Return (gQ + Q copyltu(R gRᴴ - gQᴴ Q)) R⁻ᴴ (H. Liao et al., PRX 9, 2019; wide: split)."""
    gq, gr = (np.conjugate(g) for g in gs)
    q, r = ys
    m, n = np.shape(a)[-2:]
    if m < n:
        gq = gq + a[..., :, m:] @ H(gr[..., :, m:])
    square, gsquare = r[..., :, :m], gr[..., :, :m]
    inner = square @ H(gsquare) - H(gq) @ q
    k = np.shape(inner)[-1]
    below = inner * np.tril(np.ones((k, k)), -1)
    core = below + H(below) + np.real(inner) * np.eye(k)
    left = H(np.linalg.solve(square, H(gq + q @ core)))
    if m < n:
        left = np.concatenate([left, q @ gr[..., :, m:]], axis=-1)
    return np.conjugate(left)


def cholesky_vjp(g: Any, y: Any, a: Any, upper: bool = False) -> Any:
    """Return L⁻ᴴ Φ(Lᴴ gL) L⁻¹ (I. Murray, 2016), for the triangle that is read."""
    g, lower = np.conjugate(g), y
    if upper:
        g, lower = H(g), H(y)
    n = np.shape(a)[-1]
    inner = H(lower) @ g
    half = inner * np.tril(np.ones((n, n)), -1) + np.real(inner) * np.eye(n) / 2
    left = np.linalg.solve(H(lower), half)
    core = H(np.linalg.solve(H(lower), H(left)))
    return np.conjugate(of_one_triangle(core, not upper))


def slogdet_vjp(gs: Any, ys: Any, a: Any) -> Any:
    """Return A⁻ᵀ times the cotangent of the logarithm; the sign of complex numbers turns as well."""
    (gsign, glog), (sign, _) = gs, ys
    total = glog
    if np.iscomplexobj(plain(a)):
        total = glog - 1j * np.real(1j * gsign * sign)
    return column(total) * T(np.linalg.inv(a))


def square_parts(real_values: bool) -> Callable[..., list[Part]]:
    """Describe the results of `eigh` and `eig`."""

    def parts(a: Any, **_: Any) -> list[Part]:
        n = np.shape(a)[-1]
        return [Part((n,), real_values), Part((n, n))]

    return parts


def svd_parts(a: Any) -> list[Part]:
    """Describe the results of the reduced singular value decomposition."""
    m, n = np.shape(a)[-2:]
    k = min(m, n)
    return [Part((m, k)), Part((k,), True), Part((k, n))]


def qr_parts(a: Any) -> list[Part]:
    """Describe the results of the reduced QR decomposition."""
    m, n = np.shape(a)[-2:]
    k = min(m, n)
    return [Part((m, k)), Part((k, n))]


# fmt: off
cholesky  = define(np.linalg.cholesky, cholesky_vjp)
eigh_     = decomposition(np.linalg.eigh, square_parts(True),  eigh_vjp, "eigh")
eig_      = decomposition(np.linalg.eig,  square_parts(False), eig_vjp,  "eig")
svd_      = decomposition(lambda a: np.linalg.svd(a, full_matrices=False), svd_parts, svd_vjp, "svd")
qr_       = decomposition(np.linalg.qr,   qr_parts,            qr_vjp,   "qr")
slogdet_  = decomposition(np.linalg.slogdet, lambda a: [Part(()), Part((), True)], slogdet_vjp, "slogdet")
# fmt: on


# -- by NumPy's names -------------------------------------------------------------------------


@functools.cache
def type_of_result(function: Any) -> Any:
    """Return the class of named tuples that a function of NumPy returns."""
    return type(function(np.eye(1)))


@implements(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:  # noqa: N803
    """Return eigenvalues and eigenvectors of Hermitian matrices, of which one triangle is read."""
    return type_of_result(np.linalg.eigh)(*eigh_(a, UPLO=UPLO))


@implements(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:  # noqa: N803
    """Return eigenvalues of Hermitian matrices."""
    return eigh_(a, UPLO=UPLO)[0]


@implements(np.linalg.eig)
def eig(a: Any) -> Any:
    """Return eigenvalues and eigenvectors of any square matrices."""
    return type_of_result(np.linalg.eig)(*eig_(a))


@implements(np.linalg.eigvals)
def eigvals(a: Any) -> Any:
    """Return eigenvalues of any square matrices."""
    return eig_(a)[0]


@implements(np.linalg.svd)
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """Return the singular value decomposition."""
    m, n = np.shape(a)[-2:]
    if not compute_uv:
        return svd_(a)[1]
    if full_matrices and m != n:
        raise NoRuleError(
            f"numpy.linalg.svd of a matrix of shape {(m, n)} fills up its vectors at will; those "
            "have no derivative. Write full_matrices=False."
        )
    return type_of_result(np.linalg.svd)(*svd_(a))


@implements(np.linalg.svdvals)
def svdvals(x: Any) -> Any:
    """Return the singular values."""
    return svd_(x)[1]


@implements(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """Return the QR decomposition."""
    m, n = np.shape(a)[-2:]
    if (mode == "complete" and m > n) or mode == "raw":
        raise NoRuleError(
            f"numpy.linalg.qr(mode={mode!r}) of a matrix of shape {(m, n)} has no rule. Write "
            'mode="reduced".'
        )
    q, r = qr_(a)
    return r if mode == "r" else type_of_result(np.linalg.qr)(q, r)


@implements(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """Return sign and logarithm of the determinant."""
    return type_of_result(np.linalg.slogdet)(*slogdet_(a))


@implements(np.linalg.pinv)
def pseudo_inverse(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """Return the pseudo-inverse; its derivative is that along changes that keep the rank."""
    rcond = rtol if rcond is None else rcond
    return pinv(a) if rcond is None else pinv(a, rcond=plain(rcond))


@implements(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Return the least-squares solution of the smallest norm, as `numpy.linalg.lstsq` does."""
    m, n = np.shape(a)
    if rcond is None:
        rcond = np.finfo(a.dtype).eps * max(m, n)
    x = pinv(a, rcond=rcond) @ b
    rank = int(np.linalg.matrix_rank(plain(a), rtol=rcond))
    if rank < n or m <= n:
        return x, np.zeros(0), rank, svdvals(a)
    residuals = np.sum(np.square(b - a @ x), axis=0)
    return x, np.reshape(residuals, (1,)) if np.ndim(b) == 1 else residuals, rank, svdvals(a)


@implements(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """Multiply a matrix with itself, by repeated squaring."""
    if n < 0:
        a, n = np.linalg.inv(a), -n
    result = None
    while n:
        if n & 1:
            result = a if result is None else result @ a
        a, n = a @ a if n > 1 else a, n >> 1
    size = np.shape(a)[-1]
    return np.eye(size, dtype=a.dtype) + 0 * a if result is None else result


@implements(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any], *, out: None = None) -> Any:
    """Multiply matrices in turn."""
    return functools.reduce(np.matmul, arrays)


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return norms of vectors and of matrices, of every order; 0 at zero for the 2-norm."""
    if axis is None:
        if ord is None:
            y = vector_norm(np.ravel(x), 2, 0, False)
            return np.reshape(y, (1,) * np.ndim(x)) if keepdims else y
        axis = tuple(range(np.ndim(x)))
    axes = (axis,) if np.ndim(axis) == 0 else tuple(axis)
    if len(axes) == 1:
        return vector_norm(x, 2 if ord is None else ord, axes[0], keepdims)
    if len(axes) != 2:
        raise ShapeError("Improper number of dimensions to norm.")
    return matrix_norm(x, ord, axes, keepdims)


def vector_norm(x: Any, order: Any, axis: Any, keepdims: bool) -> Any:
    """Return (Σ|x|ᵖ)^(1/p) along an axis, and its limits."""
    size = np.abs(x)
    if order == math.inf:
        return np.max(size, axis=axis, keepdims=keepdims)
    if order == -math.inf:
        return np.min(size, axis=axis, keepdims=keepdims)
    if order == 0:
        return np.sum(np.sign(size), axis=axis, keepdims=keepdims)
    if order == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    if order == 2:
        return root_of_squares(np.sum(np.real(x * np.conjugate(x)), axis=axis, keepdims=keepdims))
    return np.sum(size**order, axis=axis, keepdims=keepdims) ** (1.0 / order)


def matrix_norm(x: Any, order: Any, axes: Any, keepdims: bool) -> Any:
    """Return norms of matrices along two axes."""
    rows, columns = axes
    last = np.moveaxis(x, (rows, columns), (-2, -1))
    if order in (None, "fro"):
        y = root_of_squares(np.sum(np.real(last * np.conjugate(last)), axis=(-2, -1)))
    elif order == "nuc":
        y = np.sum(svdvals(last), axis=-1)
    elif order in (2, -2):
        y = (np.max if order == 2 else np.min)(svdvals(last), axis=-1)
    elif order in (1, -1):
        y = (np.max if order == 1 else np.min)(np.sum(np.abs(last), axis=-2), axis=-1)
    elif order in (math.inf, -math.inf):
        y = (np.max if order > 0 else np.min)(np.sum(np.abs(last), axis=-1), axis=-1)
    else:
        raise ShapeError(f"Invalid norm order {order!r} for matrices.")
    if not keepdims:
        return y
    shape = [1 if i in {a % np.ndim(x) for a in axes} else n for i, n in enumerate(np.shape(x))]
    return np.reshape(y, shape)


@implements(np.linalg.vector_norm)
def norm_of_vectors(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """Return norms of vectors, which may go along several axes."""
    ndim = np.ndim(x)
    axes = range(ndim) if axis is None else (axis,) if np.ndim(axis) == 0 else axis
    last = sorted(a % ndim for a in axes)
    rest = [i for i in range(ndim) if i not in last]
    shape = tuple(np.shape(x)[i] for i in rest)
    y = vector_norm(np.reshape(np.transpose(x, rest + last), (*shape, -1)), ord, -1, False)
    kept = tuple(1 if i in last else n for i, n in enumerate(np.shape(x)))
    return np.reshape(y, kept) if keepdims else y


@implements(np.linalg.matrix_norm)
def norm_of_matrices(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """Return norms of matrices in the last two axes."""
    return matrix_norm(x, ord, (-2, -1), keepdims)


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
    """Invert an array taken as a matrix: the first axes are its rows."""
    shape = np.shape(a)
    matrix = np.reshape(a, (math.prod(shape[:ind]), -1))
    return np.reshape(np.linalg.inv(matrix), shape[ind:] + shape[:ind])


@implements(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """Solve with an array taken as a matrix: the last axes are its columns."""
    if axes is not None:
        rest = [i for i in range(np.ndim(a)) if i not in axes]
        a = np.transpose(a, rest + list(axes))
    shape = np.shape(a)[np.ndim(b) :]
    size = math.prod(shape)
    return np.reshape(np.linalg.solve(np.reshape(a, (size, size)), np.ravel(b)), shape)
