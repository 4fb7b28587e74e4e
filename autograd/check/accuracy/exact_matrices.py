"""Matrix functions and Fourier transforms on arrays of mpmath's numbers.

The factors of a decomposition are unique up to signs: those of the program are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Primitive
from autograd.rules import fourier, inverses
from autograd.rules.determinants import cofactors, det, slogdet_, slope
from autograd.rules.eigenvalues import eigh_
from autograd.rules.factors import cholesky, qr_
from autograd.rules.singular_values import svd_

Row = Callable[..., Any]


def each_matrix(function: Row, *stacks: Any) -> Any:
    """Apply a function of matrices to stacks of matrices.

    Parameters
    ----------
    function : callable
        Takes matrices as object arrays; returns a nested list or one number.
    *stacks : array of object
        Arrays whose last two axes are the matrices.
    """
    lead = np.broadcast_shapes(*[stack.shape[:-2] for stack in stacks])
    wide = [np.broadcast_to(stack, lead + stack.shape[-2:]) for stack in stacks]
    found = [
        np.array(function(*[stack[index] for stack in wide]), dtype=object)
        for index in np.ndindex(*lead)
    ]
    return np.reshape(np.stack(found), lead + found[0].shape)


def _matrix(m: Any, a: Any) -> Any:
    return m.matrix(a.tolist())


def _eliminated(m: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """Return the determinant of A and the solution of A X = B; None if A is singular.

    Functions of mpmath take small pivots for zero, even if the matrix is 1e-99 times another.
    """
    rows = np.concatenate([a, b], axis=1)
    n, determinant = len(a), m.one
    for k in range(n):
        pivot = k + int(np.argmax(np.abs(rows[k:, k])))
        if rows[pivot, k] == 0:
            return m.zero, None
        if pivot != k:
            rows[[k, pivot]] = rows[[pivot, k]]
            determinant = -determinant
        determinant = determinant * rows[k, k]
        factors = rows[k + 1 :, k] / rows[k, k]
        rows[k + 1 :, k:] = rows[k + 1 :, k:] - factors[:, None] * rows[k, k:]
    x = rows[:, n:]
    for k in reversed(range(n)):
        x[k] = (x[k] - rows[k, k + 1 : n] @ x[k + 1 :]) / rows[k, k]
    return determinant, x


def _solved(m: Any, a: Any, b: Any) -> Any:
    x = _eliminated(m, a, b)[1]
    if x is None:
        raise ZeroDivisionError("singular matrix")
    return x


def _inv(m: Any, a: Any) -> Any:
    unit = np.where(np.eye(a.shape[-1], dtype=bool), m.one, m.zero)
    return each_matrix(lambda a: _solved(m, a, unit), a)


def _determinant(m: Any, a: Any) -> Any:
    return _eliminated(m, a, a[:, :0])[0]


def _det(m: Any, a: Any) -> Any:
    return each_matrix(lambda a: _determinant(m, a), a)


def solve(m: Any, a: Any, b: Any) -> Any:
    """Return the solutions of stacks of linear equations.

    Parameters
    ----------
    m : module
        The context of mpmath.
    a, b : array of object
        The matrices, and a vector or matrices.
    """
    if b.ndim == 1:
        return solve(m, a, b[:, None])[..., 0]
    return each_matrix(lambda a, b: _solved(m, a, b), a, b)


def _cholesky(m: Any, a: Any, upper: bool = False, **_: Any) -> Any:
    if upper:
        return np.conjugate(np.swapaxes(_cholesky(m, np.swapaxes(a, -1, -2)), -1, -2))
    return each_matrix(lambda a: _factor(m, _mirrored(m, a)), a)


def _factor(m: Any, a: Any) -> Any:
    factor = np.full(a.shape, m.zero, dtype=object)
    for j in range(len(a)):
        rest = a[j:, j] - factor[j:, :j] @ np.conjugate(factor[j, :j])
        if not m.re(rest[0]) > 0:
            raise ValueError("not positive definite")
        factor[j:, j] = rest / m.sqrt(m.re(rest[0]))
    return factor


def _mirrored(m: Any, a: Any) -> Any:
    """Return the Hermitian matrix whose lower triangle is given."""
    below = np.tril(a, -1)
    diagonal = [m.re(x) for x in np.diagonal(a)]
    return below + np.diag(np.array(diagonal, dtype=object)) + np.conjugate(below.T)


def _slogdet(m: Any, a: Any) -> Any:
    def both(a: Any) -> Any:
        value = _determinant(m, a)
        size = abs(value)
        return [m.mpf(0), -m.inf] if size == 0 else [value / size, m.log(size)]

    return each_matrix(both, a)


def _cofactors(m: Any, a: Any) -> Any:
    n = a.shape[-1]

    def minors(a: Any) -> Any:
        return [[(-1) ** (i + j) * _minor(m, a, i, j) for j in range(n)] for i in range(n)]

    return each_matrix(minors, a)


def _minor(m: Any, a: Any, i: int, j: int) -> Any:
    rest = np.delete(np.delete(a, i, 0), j, 1)
    return _determinant(m, rest) if rest.size else m.one


def _slope_of_cofactors(m: Any, a: Any, e: Any) -> Any:
    """Return the sum over the rows of A of the cofactors with that row of E."""
    n = a.shape[-1]
    total = np.zeros(np.broadcast_shapes(a.shape, e.shape), dtype=object) + m.zero
    for row in range(n):
        replaced = np.where(np.arange(n)[:, None] == row, e, a)
        found = _cofactors(m, replaced)
        found[..., row, :] = m.zero
        total = total + found
    return total


#: Primitive -> the function of arrays.
OF_MATRICES: dict[Primitive, Row] = {
    inverses.inv: _inv,
    inverses.solve: solve,
    cholesky: _cholesky,
    det: _det,
    slogdet_.primitive: _slogdet,
    cofactors: _cofactors,
    slope: _slope_of_cofactors,
}


# -- decompositions ---------------------------------------------------------------------------


def _signs(found: Any, computed: Any) -> Any:
    """Return the sign of each column that makes it like the computed one."""
    return np.where(np.sum(found.astype(float) * computed, axis=0) < 0, -1, 1)


def _eigh(m: Any, computed: Any, a: Any, UPLO: str = "L") -> Any:  # noqa: N803
    values, vectors = m.eigsy(_matrix(m, _mirrored(m, a if UPLO == "L" else a.T)))
    n = len(a)
    found = np.array(vectors.tolist(), dtype=object)
    found = found * _signs(found, computed[n:].reshape(n, n))
    return [*values, *found.ravel()]


def _svd(m: Any, computed: Any, a: Any) -> Any:
    rows, columns = a.shape
    k = min(rows, columns)
    u, s, vh = (np.array(x.tolist(), dtype=object) for x in m.svd_r(_matrix(m, a)))
    signs = _signs(u, computed[: rows * k].reshape(rows, k))
    return [*(u * signs).ravel(), *s.ravel(), *(vh * signs[:, None]).ravel()]


def _qr(m: Any, computed: Any, a: Any) -> Any:
    rows, columns = a.shape
    k = min(rows, columns)
    left = a[:, :k]
    q = np.array(m.qr(_matrix(m, left), mode="skinny")[0].tolist(), dtype=object)
    q = q * _signs(q, computed[: rows * k].reshape(rows, k))
    return [*q.ravel(), *(q.T @ a).ravel()]


def _stacked(function: Row) -> Row:
    """Return a decomposition of stacks of real matrices, packed as the primitive packs it."""

    def decompose(m: Any, computed: Any, a: Any, **keywords: Any) -> Any:
        if computed.dtype.kind == "c" or 0 in a.shape:
            return None
        found = np.empty(computed.shape, dtype=object)
        for index in np.ndindex(*a.shape[:-2]):
            found[index] = function(m, computed[index], a[index], **keywords)
        return found

    return decompose


#: Primitive -> the function of the computed result and of arrays; None if it has no exact result.
OF_DECOMPOSITIONS: dict[Primitive, Row] = {
    eigh_.primitive: _stacked(_eigh),
    svd_.primitive: _stacked(_svd),
    qr_.primitive: _stacked(_qr),
}


# -- Fourier transforms -----------------------------------------------------------------------


def _transform(m: Any, x: Any, n: int, sign: int) -> Any:
    """Return the discrete Fourier transform along the last axis, cut or padded to length n."""
    roots = [m.expjpi(m.mpf(2 * sign * k) / n) for k in range(n)]
    length = min(n, x.shape[-1])
    powers = np.array([[roots[j * k % n] for j in range(n)] for k in range(length)], dtype=object)
    return x[..., :length] @ powers


def _scale(m: Any, n: int, norm: str | None, inverse: bool) -> Any:
    if norm == "ortho":
        return 1 / m.sqrt(n)
    return m.one / n if inverse == (norm in (None, "backward")) else m.one


def _fourier(sign: int, real: bool) -> Row:
    """Return the exact function of `fft`, `ifft` or `rfft`."""

    def transform(
        m: Any, a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, **_: Any
    ) -> Any:
        x = np.moveaxis(a, axis, -1)
        size = x.shape[-1] if n is None else n
        found = _transform(m, x, size, sign) * _scale(m, size, norm, sign > 0)
        return np.moveaxis(found[..., : size // 2 + 1] if real else found, -1, axis)

    return transform


def _irfft(
    m: Any, a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, **_: Any
) -> Any:
    x = np.moveaxis(a, axis, -1)
    size = 2 * (x.shape[-1] - 1) if n is None else n
    half = [x[..., k] if k < x.shape[-1] else 0 * x[..., 0] for k in range(size // 2 + 1)]
    real = np.frompyfunc(m.re, 1, 1)
    half[0] = real(half[0])
    if size % 2 == 0:
        half[-1] = real(half[-1])
    mirrored = [np.frompyfunc(m.conj, 1, 1)(half[size - k]) for k in range(len(half), size)]
    found = _transform(m, np.stack([*half[:size], *mirrored], axis=-1), size, 1)
    return np.moveaxis(real(found) * _scale(m, size, norm, True), -1, axis)


OF_MATRICES |= {
    fourier.fft: _fourier(-1, False),
    fourier.ifft: _fourier(1, False),
    fourier.rfft: _fourier(-1, True),
    fourier.irfft: _irfft,
}
