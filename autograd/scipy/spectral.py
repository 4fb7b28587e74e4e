"""Functions of Hermitian matrices, with derivatives of every order, also at equal eigenvalues.

With A = V diag(w) Vᴴ, the derivative of f(A) along matrices E₁, ..., Eₖ is, in the basis V, the sum
over all permutations of

    Σ f[w_a, w_b, ..., w_z] (E₁)_ab (E₂)_bc ... (Eₖ)_yz,

where f[...] are divided differences (Y. Daleckii and S. Krein, 1965; N. Higham, "Functions of
Matrices", 2008, 3.2). Its trace with another matrix is symmetric in all of them, so the vjp of such a
derivative is the derivative of the next order.
"""

from __future__ import annotations

import functools
import itertools
import math
import string
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError
from autograd.rules.matrices import H, T
from autograd.rules.table import define
from autograd.transforms import deriv

Function = Callable[[Any], Any]


def divided_differences(f: Function, w: Any, order: int) -> Any:
    """Return f[w_a, w_b, ...] for all combinations of ``order + 1`` of the numbers w.

    For numbers too close for an accurate quotient, it is a derivative at their mean.
    """
    w = np.asarray(w)
    n = np.shape(w)[-1]
    places = np.indices((n,) * (order + 1)).reshape(order + 1, -1)
    points = np.sort(w[..., places], axis=-2)  # stack, number, combination
    eps = np.finfo(w.dtype).eps
    slopes = [f]
    for _ in range(order):
        slopes.append(deriv(slopes[-1]))
    table = [f(points[..., i, :]) for i in range(order + 1)]
    for k in range(1, order + 1):
        least = eps ** (1 / (k + 2)) * np.maximum(np.max(np.abs(w), axis=-1, initial=0.0), 1e-300)
        for i in range(order + 1 - k):
            run = points[..., i : i + k + 1, :]
            width = run[..., -1, :] - run[..., 0, :]
            close = width <= least[..., None]
            limit = slopes[k](np.mean(run, axis=-2)) / math.factorial(k)
            quotient = (table[i + 1] - table[i]) / np.where(close, 1.0, width)
            table[i] = np.where(close, limit, quotient)
    return np.reshape(table[0], (*np.shape(w)[:-1], *(n,) * (order + 1)))


@functools.lru_cache(maxsize=64)
def derivative_of(f: Function, order: int) -> Any:
    """Return the primitive for the derivative of f(A) along `order` matrices."""

    def function(a: Any, *along: Any) -> Any:
        w, v = np.linalg.eigh(a)
        inner = [H(v) @ e @ v for e in along]
        letters = string.ascii_lowercase[: order + 1]
        pairs = ",".join(f"...{x}{y}" for x, y in itertools.pairwise(letters))
        weights = divided_differences(f, w, order)
        if not along:
            return (v * weights[..., None, :]) @ H(v)
        sums = f"...{letters},{pairs}->...{letters[0]}{letters[-1]}"
        total = sum(np.einsum(sums, weights, *some) for some in itertools.permutations(inner))
        return v @ total @ H(v)

    def vjp(argnum: int, g: Any, y: Any, a: Any, *along: Any) -> Any:
        if argnum == 0:
            return T(derivative_of(f, order + 1)(a, *along, T(g)))
        others = along[: argnum - 1] + along[argnum:]
        return T(derivative_of(f, order)(a, *others, T(g)))

    return define(function, variadic=vjp, name=getattr(f, "__name__", "function"), replaces=())


def of_hermitian(f: Function, a: Any) -> Any:
    """Return f(A) for Hermitian matrices; raise for others."""
    numbers = plain(a)
    largest = np.max(np.abs(numbers), axis=(-2, -1), initial=0.0)[..., None, None]
    eps = np.finfo(numbers.dtype).eps
    if np.any(np.abs(numbers - H(numbers)) > 8 * np.shape(numbers)[-1] * eps * largest):
        raise NoRuleError(
            "scipy.linalg.funm of a node has a rule only for Hermitian matrices, and this one is not. "
            "Use sqrtm, logm, expm, sinm, cosm or fractional_matrix_power."
        )
    return derivative_of(f, 0)(a)
