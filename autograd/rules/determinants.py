"""Determinants: `numpy.linalg.det` and `slogdet`, of stacks of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.engine.foreign import eye, full, like
from autograd.errors import NoDerivativeError
from autograd.rules.eigenvalues import type_of_result
from autograd.rules.kernel import extreme, holds
from autograd.rules.limits import rounding
from autograd.rules.matrices import H, T, column, diagonal_matrix, diagonal_of
from autograd.rules.packing import Part, decomposition, unpack
from autograd.rules.table import define, giving_numbers, implements


def with_factor(matrix: Any, u: Any, vh: Any) -> Any:
    """Return det(U) det(Vᴴ) U* M Vᵀ, the cofactors of U A Vᴴ if M are those of A."""
    with np.errstate(divide="ignore", invalid="ignore"):  # NumPy warns on arm64, for nothing
        factor = np.linalg.det(u) * np.linalg.det(vh)
    return column(factor) * (np.conjugate(u) @ matrix @ np.conjugate(vh))


def cofactors_of_array(a: Any) -> Any:
    """Compute the cofactors det(A) A⁻ᵀ, also of singular matrices, from the SVD."""
    u, s, vh = np.linalg.svd(a)
    others = np.where(eye(np.shape(s)[-1], bool, s), 1.0, s[..., None, :])
    return with_factor(diagonal_matrix(np.prod(others, axis=-1)), u, vh)


def products_without(s: Any) -> Any:
    """Return for each pair i, j the product of all other numbers; 0 on the diagonal."""
    n = np.shape(s)[-1]
    after = T(np.tri(n, k=-1, dtype=bool, like=like(s)))
    between = np.cumprod(np.where(after, s[..., None, :], 1.0), axis=-1)
    ones = full((*np.shape(s)[:-1], 1), 1, s.dtype, s)
    before = np.cumprod(np.concatenate([ones, s], axis=-1), axis=-1)[..., :-1]
    behind = np.flip(np.cumprod(np.flip(np.concatenate([s, ones], axis=-1), -1), axis=-1), -1)
    shifted = np.concatenate([np.ones_like(between[..., :1]), between[..., :-1]], axis=-1)
    found = np.where(after, before[..., :, None] * shifted * behind[..., None, 1:], 0.0)
    return found + T(found)


def slope_of_cofactors(a: Any, e: Any) -> Any:
    """Compute the derivative of the cofactors of A along E, also of singular matrices.

    For a diagonal matrix, cofactor i, i changes with each other diagonal element j, and cofactor
    i, j with minus element j, i: both times the product of all singular values but i and j.
    """
    u, s, vh = np.linalg.svd(a)
    others = products_without(s)
    inner = H(u) @ e @ H(vh)
    diagonal = np.einsum("...ij,...j->...i", others, diagonal_of(inner))
    return with_factor(diagonal_matrix(diagonal) - others * T(inner), u, vh)


def second_slope_vjp(g: Any, y: Any, a: Any, e: Any) -> Any:
    """Differentiate det(A) (tr(A⁻¹E) A⁻¹ - A⁻¹ E A⁻¹)ᵀ; NaN for singular A."""
    s = np.linalg.svd(plain(a), compute_uv=False)
    n = np.shape(s)[-1]
    singular = (
        extreme(np.min, s, otherwise=np.inf)[..., None, None] <= rounding(s, n)[..., None, None]
    )
    inverse = np.where(singular, np.nan, np.linalg.inv(np.where(singular, eye(n, float, a), a)))
    size = column(np.linalg.det(a))
    once, other = inverse @ e, inverse @ g
    one, two = (
        column(np.trace(once, axis1=-2, axis2=-1)),
        column(np.trace(other, axis1=-2, axis2=-1)),
    )
    both = column(np.trace(once @ other, axis1=-2, axis2=-1))
    slope = (one * two - both) * inverse - (one * other + two * once) @ inverse
    return size * T(slope + (once @ other + other @ once) @ inverse)


# Defined further down.
slope: Any

# fmt: off
cofactors = define(cofactors_of_array, lambda g, y, a: slope(a, g), name="cofactors")
slope     = define(slope_of_cofactors, second_slope_vjp,
                                       lambda g, y, a, e: slope(a, g), name="slope_of_cofactors")
det       = define(np.linalg.det,      lambda g, y, a: column(g) * cofactors(a))
# fmt: on
giving_numbers(det)


def slogdet_vjp(g: Any, y: Any, a: Any) -> Any:
    """Return g A⁻ᵀ for the cotangent g of the logarithm; the sign of complex determinants varies too."""
    (gsign, glog), (sign, _) = unpack(g, slogdet_parts(a)), unpack(y, slogdet_parts(a))
    if holds(plain(sign) == 0):
        raise NoDerivativeError(
            "The logarithm of the determinant of a singular matrix is -inf and has no derivative; "
            "np.linalg.det has one there."
        )
    total = glog
    if np.iscomplexobj(plain(a)):
        total = glog - 1j * np.real(1j * gsign * sign)
    return column(total) * T(np.linalg.inv(a))


def slogdet_parts(a: Any) -> list[Part]:
    """Return the shapes of the results of `slogdet`."""
    return [Part(()), Part((), True)]


slogdet_ = decomposition(np.linalg.slogdet, slogdet_parts, slogdet_vjp, "slogdet")


@implements(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """Return the sign and the logarithm of the determinant."""
    return type_of_result(np.linalg.slogdet)(*slogdet_(a))
