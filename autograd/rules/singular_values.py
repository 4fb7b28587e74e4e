"""The singular value decomposition: `numpy.linalg.svd`, of stacks of matrices.

The formulas are in J. Townsend, "Differentiating the singular value decomposition" (2016). For the
convention for complex numbers see `eigenvalues`, for equal singular values `limits`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.engine.foreign import eye, like
from autograd.errors import NoRuleError
from autograd.rules import limits
from autograd.rules.eigenvalues import differences, eigh, refuse_phase, type_of_result
from autograd.rules.kernel import extreme, holds
from autograd.rules.limits import Limits, close, divided, fragile, largest, only_once, rounding
from autograd.rules.matrices import H, T, diagonal_matrix, off_diagonal
from autograd.rules.packing import Part, decomposition, unpack
from autograd.rules.table import implements


def svd_parts(a: Any) -> list[Part]:
    """Return the shapes of the results of the reduced singular value decomposition."""
    m, n = np.shape(a)[-2:]
    k = min(m, n)
    return [Part((m, k)), Part((k,), True), Part((k, n))]


def zero_values(s: Any, shape: Any) -> Any:
    """Return which singular values are 0 within rounding."""
    return s <= rounding(s, max(shape[-2:]))[..., None]


def has_close_values(y: Any, arguments: Any) -> bool:
    """Return whether the rule needs limits of cotangents at these results."""
    if not isinstance(y, np.ndarray):  # data of other array libraries is not inspected
        return False
    shape = np.shape(arguments[0])
    s = np.real(unpack(y, svd_parts(arguments[0]))[1])
    return holds(close(s)) or holds(zero_values(s, shape))


def sums(s: Any) -> Any:
    """Return s_i + s_j for each pair."""
    return s[..., None, :] + s[..., :, None]


def svd_vjp(g: Any, y: Any, a: Any) -> Any:
    """Return U (diag(gs) + (P + Q) / (s_j - s_i) + (P - Q) / (s_j + s_i)) Vᴴ, and the rest.

    P and Q are the skew parts of Uᴴ gU and Vᴴ gV. For matrices that are not square, the rest is
    (1 - U Uᴴ) gU S⁻¹ Vᴴ + U S⁻¹ gVᴴ (1 - V Vᴴ).
    """
    parts = svd_parts(a)
    (gu, gs, gvh), (u, s, vh) = unpack(g, parts), unpack(y, parts)
    gu, gv, v = np.conjugate(gu), H(np.conjugate(gvh)), H(vh)
    uu, vv = H(u) @ gu, H(v) @ gv
    refuse_phase(uu + vv)
    p, q = (uu - H(uu)) / 2, (vv - H(vv)) / 2
    zeros = zero_values(plain(s), np.shape(a))
    numerators = [off_diagonal(p + q), p - q, gu - u @ uu, gv - v @ vv]
    pairs, limit = limits_of(g, y, parts, zeros, numerators)
    both = zeros[..., None, :] & zeros[..., :, None]
    core = diagonal_matrix(np.conjugate(gs))
    quotient = divided(numerators[0], differences(s), limit[0], pairs)
    scale = largest(uu) + largest(vv)
    core = core + fragile(quotient, numerators[0], scale, g, y, parts, 1)
    core = core + divided(numerators[1], sums(s), limit[1], both)
    found = u @ core @ vh
    m, n = np.shape(a)[-2:]
    if m > n:
        found = found + divided(numerators[2], s[..., None, :], limit[2], zeros[..., None, :]) @ vh
    if n > m:
        found = found + u @ H(
            divided(numerators[3], s[..., None, :], limit[3], zeros[..., None, :])
        )
    return np.conjugate(found)


def limits_of(g: Any, y: Any, parts: Any, zeros: Any, numerators: list[Any]) -> Any:
    """Return the limits of the quotients of `svd_vjp`, and the pairs to use the first one for.

    The left and right vectors of a singular value 0 can be rotated separately, and out of the span
    of the others.
    """
    u, s, vh = (plain(x) for x in unpack(y, parts))
    pairs = close(s)
    if not (holds(pairs) or holds(zeros)) or not limits.uses_vectors(g, y, parts, 1):
        return pairs, [0.0] * 4
    found = Limits(g, y, parts, 1, pairs, "Singular values")
    left, right, out_u, out_v = turned(found, u, H(vh), zeros)
    both = zeros[..., None, :] & zeros[..., :, None]
    one = zeros[..., None, :]
    masks = [pairs, both, one, one]
    single = eye(np.shape(s)[-1], bool, s)
    limit = [(left + right) / 2, (right - left) / np.where(single, 4, 2), out_u, out_v]
    limit = [np.where(mask, x, 0.0) for mask, x in zip(masks, limit, strict=True)]
    vanishing = [np.where(mask, x, 0.0) for mask, x in zip(masks, numerators, strict=True)]
    doubts = found.changes(vanishing, along_choices(u, H(vh), pairs, both, one))
    doubts = doubts + signs(found, zeros)
    doubts = doubts + largest(plain(vanishing[0]) - differences(s) * limit[0])
    doubts = doubts + sum(largest(x) for x in vanishing[1:])
    doubts = doubts + largest(limit[0] - H(limit[0]))
    doubts = doubts + largest(np.where(both & ~single, right - H(left), 0.0))
    scale = sum(largest(x) for x in (*limit, *numerators, *unpack(g, parts)[::2]))
    scale = scale + extreme(np.max, np.abs(plain(unpack(g, parts)[1])))
    trusted = found.trusted(doubts, scale, zeros.any(axis=-1))
    return trusted, [only_once(x, g, y) for x in limit]


def turned(found: Limits, u: Any, v: Any, zeros: Any) -> Any:
    """Return how the cotangents of the singular values change as vectors rotate.

    The vectors of U and of V rotate towards each other, and out of the span of the others.
    """
    m, n, k = np.shape(u)[-2], np.shape(v)[-2], np.shape(u)[-1]

    def of_vectors(slopes: list[Any]) -> Any:
        left, right = T(slopes[0]) @ u, np.conjugate(slopes[2]) @ v
        turns = [left - H(left), right - H(right)]
        return np.concatenate([*turns, H(slopes[0]), np.conjugate(slopes[2])], axis=-1)

    slopes = found.slopes(of_vectors, zeros) + np.zeros((k, 2 * k + m + n), like=like(u))
    left, right, out_u, out_v = np.split(slopes, [k, 2 * k, 2 * k + m], axis=-1)
    out_u, out_v = T(out_u), H(out_v)
    return left, right, out_u - u @ (H(u) @ out_u), out_v - v @ (H(v) @ out_v)


def along_choices(u: Any, v: Any, pairs: Any, both: Any, one: Any) -> Any:
    """Return a function that contracts derivatives by U and Vᴴ with a rotation of them."""
    turn = limits.pattern(np.shape(pairs), u.dtype)
    turn = np.where(pairs, turn - H(turn), 0.0)
    away_u, away_v = (np.where(one, limits.pattern(np.shape(x), x.dtype), 0.0) for x in (u, v))
    change_u = u @ turn + away_u - u @ (H(u) @ away_u)
    change_v = v @ np.where(both, -turn, turn) + away_v - v @ (H(v) @ away_v)

    def along(slopes: list[Any]) -> Any:
        moved = np.sum(np.real(slopes[0] * change_u), axis=(-2, -1))
        return moved + np.sum(np.real(slopes[2] * H(change_v)), axis=(-2, -1))

    return along


def signs(found: Limits, zeros: Any) -> Any:
    """Return how much results depend on the signs of the vectors of a singular value 0.

    The signs of left and right vectors are chosen separately. A result with a factor of each, such
    as U Vᴴ, shows it: its derivative by one changes as the other grows.
    """
    gu, u = (unpack(x, found.parts)[0] for x in (found.g, found.y))
    vh = plain(unpack(found.y, found.parts)[2])
    lengths = np.where(zeros, np.real(np.sum(gu * u, axis=-2)), 0.0)

    def growing(slopes: list[Any]) -> Any:
        return np.sum(np.abs(np.sum(slopes[2] * vh, axis=-1)) * zeros, axis=-1)

    return found.changes([lengths], growing)


svd_ = decomposition(
    lambda a: np.linalg.svd(a, full_matrices=False), svd_parts, svd_vjp, "svd", has_close_values
)


@implements(np.linalg.svd)
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """Return the singular value decomposition."""
    m, n = np.shape(a)[-2:]
    if hermitian:
        return _of_hermitian(a) if compute_uv else _of_hermitian(a)[1]
    if not compute_uv:
        return svd_(a)[1]
    if full_matrices and m != n:
        raise NoRuleError(
            f"numpy.linalg.svd of a matrix of shape {(m, n)} completes its vectors to a basis that is "
            "not unique and has no derivative. Write full_matrices=False."
        )
    return type_of_result(np.linalg.svd)(*svd_(a))


def _of_hermitian(a: Any) -> Any:
    """Return the decomposition that NumPy makes of eigenvalues and eigenvectors."""
    w, v = eigh(a)
    order = np.flip(np.argsort(np.abs(plain(w)), axis=-1), -1)
    w = np.take_along_axis(w, order, axis=-1)
    u = np.take_along_axis(v, order[..., None, :], axis=-1)
    return type_of_result(np.linalg.svd)(u, np.abs(w), H(u * np.sign(plain(w))[..., None, :]))


@implements(np.linalg.svdvals)
def svdvals(x: Any) -> Any:
    """Return the singular values."""
    return svd_(x)[1]
