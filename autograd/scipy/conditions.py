"""Dense systems that have a solution: a matrix singular to rounding is refused, not inverted.

SciPy warns of such matrices and returns numbers of which no digit need be right; neither are those of
their derivatives.
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


def assert_regular(matrices: Any) -> None:
    """Raise `NoDerivativeError` if a square matrix of a stack is singular to rounding."""
    if not np.size(matrices):
        return
    for matrix in np.reshape(matrices, (-1, *np.shape(matrices)[-2:])):
        condition = condition_number(matrix)
        if not condition < 0.1 / _tools(matrix.dtype.char)[2] ** 2:
            raise NoDerivativeError(
                f"The matrix is singular to rounding: its condition number is about "
                f"{condition:.0e}, so the system has no solution to differentiate."
            )


def condition_number(matrix: Any) -> float:
    """Return the condition number of a matrix, whatever its units.

    It is only estimated if some pivot is small beside others, and is 1 otherwise, for numbers that are
    not finite, and for a matrix with a pivot of 0: NumPy refuses that one.
    """
    factorize, estimate, small = _tools(matrix.dtype.char)
    factors, _, failed = factorize(matrix)
    pivots = abs(factors.diagonal())
    if failed or not pivots.min() <= small * pivots.max():
        return 1.0
    scaled = matrix / np.max(np.abs(matrix), axis=0)
    scaled = scaled / np.max(np.abs(scaled), axis=1, keepdims=True)
    factors, _, failed = factorize(scaled)
    share = estimate(factors, np.linalg.norm(scaled, 1), norm="1")[0]
    return np.inf if failed or share == 0 else float(1 / share)


@functools.cache
def _tools(kind: str) -> tuple[Any, Any, float]:
    """Return what factorises matrices of a type and estimates their condition, and a small share."""
    found = get_lapack_funcs(("getrf", "gecon"), dtype=kind)
    return (*found, float(np.finfo(found[0].dtype).eps) ** 0.5)


def _inverse(a: Any) -> Any:
    y = np.linalg.inv(a)
    assert_regular(a)
    return y


def _solution(a: Any, b: Any) -> Any:
    x = np.linalg.solve(a, b)
    assert_regular(a)
    return x


inv = define(opaque(_inverse), *(inverses.inv.vjps or ()), name="inv")
solve = define(opaque(_solution), *(inverses.solve.vjps or ()), name="solve")
