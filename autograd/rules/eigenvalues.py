"""Eigenvalues and eigenvectors: `numpy.linalg.eigh` and `eig`, of stacks of matrices.

The formulas are in M. B. Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), for complex matrices in C. Boeddeker et al., "On the
computation of complex-valued gradients" (2017). The cotangent of z = x + iy for a real L is
∂L/∂x - i ∂L/∂y, the conjugate of the one in these papers. For equal eigenvalues see `limits`.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.errors import NoDerivativeError
from autograd.rules import limits
from autograd.rules.kernel import extreme, holds
from autograd.rules.limits import close, divided, fragile, largest, tolerance
from autograd.rules.matrices import (
    H,
    T,
    diagonal_matrix,
    diagonal_of,
    of_one_triangle,
    off_diagonal,
)
from autograd.rules.packing import Part, decomposition, unpack
from autograd.rules.table import implements

PHASE = (
    "Complex eigenvectors are determined only up to a phase, and the result depends on it: there is "
    "no derivative. Divide each vector by the phase of one of its elements."
)


def differences(w: Any) -> Any:
    """Return w_j - w_i for each pair."""
    return w[..., None, :] - w[..., :, None]


def refuse_phase(inner: Any) -> None:
    """Raise if Vᴴ ∂L/∂V shows that L changes with the phase of a vector."""
    numbers = plain(inner)
    if not np.iscomplexobj(numbers):
        return
    turning = extreme(np.max, np.abs(np.imag(diagonal_of(numbers))))
    if holds(turning > tolerance(numbers.dtype, largest(numbers))):
        raise NoDerivativeError(PHASE)


def square_parts(real_values: bool) -> Any:
    """Return the shapes of the results of `eigh` and `eig`."""

    def parts(a: Any, **_: Any) -> list[Part]:
        n = np.shape(a)[-1]
        return [Part((n,), real_values), Part((n, n))]

    return parts


def has_close_values(y: Any, arguments: Any) -> bool:
    """Return whether the rule needs limits of cotangents at these results."""
    if not isinstance(y, np.ndarray):  # data of other array libraries is not inspected
        return False
    w = y[..., : np.shape(arguments[0])[-1]]
    return bool(np.any(close(w)))


def eigh_vjp(g: Any, y: Any, a: Any, UPLO: str = "L") -> Any:  # noqa: N803 - NumPy's name
    """Return V (diag(gw) + F ∘ VᴴgV) Vᴴ, F = 1 / (w_j - w_i), folded to the triangle that is read."""
    parts = square_parts(True)(a)
    (gw, gv), (w, v) = unpack(g, parts), unpack(y, parts)
    inner = H(v) @ np.conjugate(gv)
    refuse_phase(inner)
    skew = off_diagonal(inner - H(inner)) / 2

    def of_vectors(found: list[Any]) -> Any:
        slope = T(found[1]) @ plain(v)
        return (slope - H(slope)) / 2

    pairs = close(plain(w))
    limit, trusted = limit_of(g, y, parts, pairs, skew, differences(w), of_vectors, skew=True)
    quotient = divided(skew, differences(w), limit, trusted)
    quotient = fragile(quotient, skew, largest(inner), g, y, parts, 0)
    core = diagonal_matrix(np.conjugate(gw)) + quotient
    return np.conjugate(of_one_triangle(v @ core @ H(v), UPLO.upper() == "L"))


def limit_of(
    g: Any, y: Any, parts: Any, pairs: Any, zeros: Any, apart: Any, of_vectors: Any, skew: bool
) -> Any:
    """Return the limits of the quotients for close eigenvalues, and the pairs to use them for."""
    v = plain(unpack(y, parts)[1])
    if not holds(pairs) or not limits.uses_vectors(g, y, parts, 0):
        return 0.0, pairs
    found = limits.Limits(g, y, parts, 0, pairs, "Eigenvalues")
    slopes = np.broadcast_to(found.slopes(of_vectors), np.shape(pairs))
    limit = np.where(pairs, slopes if skew else H(slopes), 0.0)
    turn = np.where(pairs, limits.pattern(np.shape(pairs), v.dtype), 0.0)
    turn = v @ (turn - H(turn) if skew else turn)
    doubts = largest(np.where(pairs, plain(zeros) - plain(apart) * limit, 0.0))
    doubts = doubts + found.changes(
        [np.where(pairs, zeros, 0.0)],
        lambda slopes: np.sum(np.real(slopes[1] * turn), axis=(-2, -1)),
    )
    if skew:
        doubts = doubts + largest(limit - H(limit))
    scale = largest(zeros) + largest(limit) + largest(unpack(g, parts)[1])
    scale = scale + extreme(np.max, np.abs(plain(unpack(g, parts)[0])))
    trusted = found.trusted(doubts, scale)
    return limits.only_once(limit, g, y), trusted


def eig_vjp(g: Any, y: Any, a: Any) -> Any:
    """Return V⁻ᴴ (diag(gw) + (VᴴgV - VᴴV diag(Re VᴴgV)) / (w_j - w_i)*) Vᴴ, conjugated."""
    parts = square_parts(False)(a)
    (gw, gv), (w, v) = unpack(g, parts), unpack(y, parts)
    refuse_defective(plain(v))
    inner = H(v) @ np.conjugate(gv)
    refuse_phase(inner)
    inner = off_diagonal(inner - H(v) @ v * np.real(diagonal_of(inner))[..., None, :])
    apart = np.conjugate(differences(w))
    pairs = close(plain(w))
    limit, trusted = limit_of(
        g, y, parts, pairs, inner, apart, lambda found: T(found[1]) @ plain(v), skew=False
    )
    quotient = divided(inner, apart, limit, trusted)
    quotient = fragile(quotient, inner, largest(H(v) @ gv), g, y, parts, 0)
    core = diagonal_matrix(np.conjugate(gw)) + quotient
    return np.conjugate(np.linalg.solve(H(v), core @ H(v)))


def refuse_defective(v: Any) -> None:
    """Raise if a matrix is defective."""
    s = np.linalg.svd(v, compute_uv=False)
    if holds(extreme(np.min, s, otherwise=1.0) <= 8 * np.shape(v)[-1] * np.finfo(s.dtype).eps):
        raise NoDerivativeError(
            "A matrix is defective here (it has fewer eigenvectors than rows), and its eigenvalues "
            "have no derivative: they move like roots. Functions of the whole matrix may have one: "
            "write np.trace, np.linalg.det, np.linalg.matrix_power or "
            "autograd.scipy.linalg.expm."
        )


eigh_ = decomposition(np.linalg.eigh, square_parts(True), eigh_vjp, "eigh", has_close_values)
eig_ = decomposition(np.linalg.eig, square_parts(False), eig_vjp, "eig", has_close_values)


@functools.cache
def type_of_result(function: Any) -> Any:
    """Return the named tuple class that a NumPy function returns."""
    return type(function(np.eye(1)))


@implements(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:  # noqa: N803
    """Return eigenvalues and eigenvectors of Hermitian matrices; only one triangle is read."""
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
