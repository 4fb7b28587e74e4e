"""Linear equations of `scipy.linalg`: triangular, banded, and those of Sylvester and Lyapunov."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import scipy.linalg

from autograd.engine import Primitive
from autograd.engine.broadcasting import unbroadcast
from autograd.errors import NoDerivativeError
from autograd.rules.matrices import H, T
from autograd.rules.table import define
from autograd.scipy.fallback import in_place_of, opaque, recorded

la: Any = np.linalg


@functools.wraps(scipy.linalg.solve_triangular)
def _solve_triangle(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    return recorded(scipy.linalg.solve_triangular)(
        a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal
    )


def transposed_solve(
    g: Any, y: Any, a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    """Solve with the transpose of op(a), where `trans` names op."""
    if trans in (2, "C"):
        return triangular(np.conjugate(a), g, 0, lower, unit_diagonal)
    return triangular(a, g, 1 if trans in (0, "N") else 0, lower, unit_diagonal)


def triangular_vjp(
    g: Any, y: Any, a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    """Return -(A⁻ᵀ g) yᵀ for the triangle that is read."""
    v = transposed_solve(g, y, a, b, trans, lower, unit_diagonal)
    if np.ndim(b) == 1:
        v, y = v[..., :, None], y[..., :, None]
    found = -v @ T(y)
    if trans not in (0, "N"):
        found = H(found) if trans in (2, "C") else T(found)
    offset = 1 if unit_diagonal else 0
    return unbroadcast(np.tril(found, -offset) if lower else np.triu(found, offset), a)


def banded_rows(ab: Any, lower: int, upper: int) -> Any:
    """Return the transpose of a banded matrix in diagonal form."""
    rows = [np.roll(ab[r], r - upper) for r in range(lower + upper + 1)]
    return np.stack(rows[::-1])


def banded_vjp(g: Any, y: Any, ab: Any, b: Any, lower: int, upper: int) -> Any:
    """Return the diagonals of -(A⁻ᵀ g) yᵀ."""
    v = banded(banded_rows(ab, lower, upper), g, upper, lower)
    n = np.shape(ab)[1]
    v, y = np.reshape(v, (n, -1)), np.reshape(y, (n, -1))
    rows = []
    for k in range(-upper, lower + 1):
        inside = (np.arange(n) + k >= 0) & (np.arange(n) + k < n)
        rows.append(np.where(inside, -np.sum(np.roll(v, -k, axis=0) * y, axis=1), 0.0))
    return np.stack(rows)


@opaque
def _solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """Solve a x + x b = q; SciPy changes the coefficients if there is no single solution."""
    if not np.size(q):
        return np.array(q)
    x = scipy.linalg.solve_sylvester(a, b, q)
    with np.errstate(all="ignore"):
        error = np.linalg.norm(a @ x + x @ b - q)
    if not error <= 1e-3 * np.linalg.norm(q) and np.all(np.isfinite(q)):
        raise NoDerivativeError(
            "The equation a x + x b = q has no single solution: an eigenvalue of a is one of -b."
        )
    return x


# Defined further down.
banded: Primitive
sylvester: Primitive

# fmt: off
triangular = define(_solve_triangle, triangular_vjp,
                    lambda g, y, a, b, *more, **keywords: unbroadcast(transposed_solve(g, y, a, b, *more, **keywords), b),
                    name="solve_triangular")
banded     = define(lambda ab, b, lower, upper: recorded(scipy.linalg.solve_banded)((lower, upper), ab, b),
                    banded_vjp,
                    lambda g, y, ab, b, lower, upper: banded(banded_rows(ab, lower, upper), g, upper, lower),
                    name="solve_banded")
sylvester  = define(_solve_sylvester,
                    lambda g, x, a, b, q: -sylvester(T(a), T(b), g) @ T(x),
                    lambda g, x, a, b, q: -T(x) @ sylvester(T(a), T(b), g),
                    lambda g, x, a, b, q: sylvester(T(a), T(b), g),
                    name="solve_sylvester")
# fmt: on


@in_place_of(scipy.linalg.solve_triangular)
def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **_: Any
) -> Any:
    """Solve a x = b for a triangular matrix; only one triangle is read.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.linalg import solve_triangular
    >>> a = np.array([[2.0, 0.0], [1.0, 4.0]])
    >>> grad(lambda b: np.sum(solve_triangular(a, b, lower=True)))(np.ones(2))
    array([0.375, 0.25 ])
    """
    return triangular(a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal)


@in_place_of(scipy.linalg.solve_banded)
def solve_banded(l_and_u: Any, ab: Any, b: Any, **_: Any) -> Any:
    """Solve a x = b for a banded matrix in diagonal form."""
    return banded(ab, b, *(int(n) for n in l_and_u))


@in_place_of(scipy.linalg.solveh_banded)
def solveh_banded(ab: Any, b: Any, *_: Any, lower: bool = False, **__: Any) -> Any:
    """Solve a x = b for a positive definite banded matrix in diagonal form."""
    u = np.shape(ab)[0] - 1
    shifted = [
        np.conjugate(np.roll(ab[k if lower else u - k], k if lower else -k))
        for k in range(1, u + 1)
    ]
    rows = [*shifted[::-1], *ab] if lower else [*ab, *shifted]
    return banded(np.stack(rows), b, u, u)


@in_place_of(scipy.linalg.solve_sylvester)
def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """Solve a x + x b = q."""
    return sylvester(a, b, q)


@in_place_of(scipy.linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov(a: Any, q: Any) -> Any:
    """Solve a x + x aᴴ = q."""
    return sylvester(a, H(a), q)


@in_place_of(scipy.linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov(a: Any, q: Any, method: Any = None) -> Any:
    """Solve a x aᴴ - x + q = 0."""
    n = np.shape(a)[0]
    x = la.solve(np.eye(n * n) - np.kron(a, np.conjugate(a)), np.reshape(q, (-1,)))
    return np.reshape(x, (n, n))
