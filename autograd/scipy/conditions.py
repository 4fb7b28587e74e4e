"""Dense systems that have a solution: a matrix singular to rounding is refused, not inverted.

SciPy warns of such matrices and returns numbers of which no digit need be right; neither are those of
their derivatives. The condition number comes almost free: from the inverse, from the factors that solve
the system, or for stacks from two further right sides.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from scipy.linalg import get_lapack_funcs

from autograd.errors import NoDerivativeError
from autograd.rules import inverses
from autograd.rules.table import define
from autograd.scipy.fallback import opaque

Array = Any


def assert_regular(matrices: Array) -> None:
    """Raise `NoDerivativeError` if a square matrix of a stack is singular to rounding.

    The condition number counts whatever the units of rows and columns are.
    """
    for matrix in np.reshape(matrices, (-1, *np.shape(matrices)[-2:])):
        scaled = _scaled(_scaled(matrix, 0), 1)
        factorize, _, estimate = _tools(scaled.dtype.char)
        factors, _, failed = factorize(scaled)
        share = 0.0 if failed else estimate(factors, np.linalg.norm(scaled, 1), norm="1")[0]
        if not share > 10 * np.finfo(scaled.dtype).eps:
            condition = 1 / share if share else np.inf
            raise NoDerivativeError(
                f"The matrix is singular to rounding: its condition number is about "
                f"{condition:.0e}, so the system has no solution to differentiate."
            )


def _scaled(matrix: Array, axis: int) -> Array:
    sizes = np.max(np.abs(matrix), axis=axis, keepdims=True)
    return matrix / np.where(sizes > 0, sizes, 1.0)


@functools.cache
def _tools(kind: str) -> tuple[Any, ...]:
    """Return what factorises matrices of a type, solves with the factors, and estimates the condition."""
    return tuple(get_lapack_funcs(("getrf", "getrs", "gecon"), dtype=kind))


def assert_not_suspicious(a: Array, inverse_size: Array) -> None:
    """Check the matrices of a stack of which rounding may take half of the digits, exactly.

    Parameters
    ----------
    a : array
        The matrices.
    inverse_size : array
        The largest element of each inverse, or an estimate.
    """
    with np.errstate(all="ignore"):
        condition = np.max(np.abs(a), axis=(-2, -1)) * inverse_size * np.shape(a)[-1]
    is_suspicious = condition > np.finfo(inverse_size.dtype).eps ** -0.5
    if np.any(is_suspicious):
        assert_regular(a[is_suspicious] if a.ndim > 2 else a)


def _inverse(a: Array) -> Array:
    y = np.linalg.inv(a)
    if y.size:
        assert_not_suspicious(a, np.max(np.abs(y), axis=(-2, -1)))
    return y


def _solution(a: Array, b: Array) -> Array:
    is_one = a.ndim == 2 and a.shape[0] == a.shape[1] == np.shape(b)[0] and np.ndim(b) <= 2
    if not a.size or not np.size(b) or a.ndim < 2:
        return np.linalg.solve(a, b)
    return _solution_of_one(a, b) if is_one else _solutions(a, b)


def _solution_of_one(a: Array, b: Array) -> Array:
    """Solve one system, and estimate the condition of its matrix from the same factors."""
    kind = np.result_type(a, b)
    factorize, solve, estimate = _tools(kind.char)
    factors, pivots, failed = factorize(a)
    if failed:
        raise np.linalg.LinAlgError("Singular matrix")
    size = np.linalg.norm(a, 1)
    share = estimate(factors, size, norm="1")[0]
    with np.errstate(all="ignore"):
        assert_not_suspicious(a, np.divide(1.0, share * size, dtype=size.dtype))
    return np.ascontiguousarray(solve(factors, pivots, b)[0])


def _solutions(a: Array, b: Array) -> Array:
    """Solve a stack of systems, with probes that tell how large the inverses are."""
    columns = b[:, None] if np.ndim(b) == 1 else b
    count = columns.shape[-1]
    stack = np.broadcast_shapes(a.shape[:-2], columns.shape[:-2])
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(a.shape[-1], 2)).astype(a.dtype)
    parts = [np.broadcast_to(x, (*stack, *x.shape[-2:])) for x in (columns, signs)]
    found = np.linalg.solve(a, np.concatenate(parts, axis=-1))
    sizes = np.max(np.abs(found[..., count:]), axis=(-2, -1))
    assert_not_suspicious(np.broadcast_to(a, (*stack, *a.shape[-2:])), sizes)
    return found[..., 0] if np.ndim(b) == 1 else found[..., :count]


inv = define(opaque(_inverse), *(inverses.inv.vjps or ()), name="inv")
solve = define(opaque(_solution), *(inverses.solve.vjps or ()), name="solve")
