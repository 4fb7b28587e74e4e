"""Triangular factors: `numpy.linalg.qr` and `cholesky`, of stacks of matrices.

For the convention for complex numbers see `eigenvalues`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.errors import NoDerivativeError, NoRuleError
from autograd.rules.eigenvalues import type_of_result
from autograd.rules.kernel import extreme, holds
from autograd.rules.matrices import H, below_diagonal, diagonal_of, of_one_triangle, on_diagonal
from autograd.rules.packing import Part, decomposition, unpack
from autograd.rules.table import define, implements


def qr_parts(a: Any) -> list[Part]:
    """Return the shapes of the results of the reduced QR decomposition."""
    m, n = np.shape(a)[-2:]
    k = min(m, n)
    return [Part((m, k)), Part((k, n))]


def refuse_rank(r: Any, shape: Any) -> None:
    """Raise for rank-deficient matrices: R⁻¹ does not exist, and Q is not unique."""
    sizes = np.abs(diagonal_of(plain(r)))
    small = 8 * max(shape[-2:]) * np.finfo(sizes.dtype).eps * extreme(np.max, sizes)
    if holds(sizes <= small[..., None]):
        raise NoDerivativeError(
            f"A matrix of shape {tuple(shape[-2:])} is rank-deficient here; its QR decomposition has "
            "no derivative."
        )


def qr_vjp(g: Any, y: Any, a: Any) -> Any:
    """Return (gQ + Q copyltu(R gRᴴ - gQᴴ Q)) R⁻ᴴ (H. Liao et al., PRX 9, 2019; wide: split)."""
    gq, gr = (np.conjugate(x) for x in unpack(g, qr_parts(a)))
    q, r = unpack(y, qr_parts(a))
    m, n = np.shape(a)[-2:]
    refuse_rank(r, (m, n))
    if m < n:
        gq = gq + a[..., :, m:] @ H(gr[..., :, m:])
    square, gsquare = r[..., :, :m], gr[..., :, :m]
    inner = square @ H(gsquare) - H(gq) @ q
    below = below_diagonal(inner)
    core = below + H(below) + on_diagonal(np.real(inner))
    left = H(np.linalg.solve(square, H(gq + q @ core)))
    if m < n:
        left = np.concatenate([left, q @ gr[..., :, m:]], axis=-1)
    return np.conjugate(left)


def cholesky_vjp(g: Any, y: Any, a: Any, upper: bool = False) -> Any:
    """Return L⁻ᴴ Φ(Lᴴ gL) L⁻¹ (I. Murray, 2016), folded to the triangle that is read."""
    g, lower = np.conjugate(g), y
    if upper:
        g, lower = H(g), H(y)
    inner = H(lower) @ g
    half = below_diagonal(inner) + on_diagonal(np.real(inner)) / 2
    left = np.linalg.solve(H(lower), half)
    core = H(np.linalg.solve(H(lower), H(left)))
    return np.conjugate(of_one_triangle(core, not upper))


cholesky = define(np.linalg.cholesky, cholesky_vjp)
qr_ = decomposition(np.linalg.qr, qr_parts, qr_vjp, "qr")


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
