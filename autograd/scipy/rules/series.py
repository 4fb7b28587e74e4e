"""Hypergeometric series, whose terms have derivatives by the parameters (DLMF 13.2.2, 15.2.1, 16.2.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.errors import NoRuleError
from autograd.rules.elementwise import where
from autograd.transforms import deriv

#: How many terms a series may have.
TERMS = 2000

#: How near to 1 the argument of the Gauss series may be.
NEAR = 0.9


def _summed(upper: list[Any], lower: list[Any], z: Any) -> Any:
    """Return Σ Π (u)_k / Π (l)_k z^k / k!, until terms no longer change the sum or its derivatives."""
    term: Any = 1.0 + 0.0 * z
    total, quiet, bound = term, 0, np.abs(plain(term))
    for k in range(TERMS):
        for u in upper:
            term = term * (u + k)
            bound = bound * np.maximum(
                np.abs(plain(u) + k), 1.0
            )  # a term that ends has a derivative
        for parameter in lower:
            term = term / (parameter + k)
            bound = bound / np.abs(plain(parameter) + k)
        term = term * z / (k + 1)
        bound = bound * np.abs(plain(z)) / (k + 1)
        total = total + term
        size = np.abs(plain(total))
        small = bound * (k + 2) ** 2 <= 1e-17 * size  # derivatives gain a factor of log k each
        quiet = quiet + 1 if np.all(small | ~np.isfinite(size)) else 0
        if quiet > 3:
            return total
    raise NoRuleError(
        "This hypergeometric function has no derivative by its parameters here: its series needs "
        f"more than {TERMS} terms. Pass plain numbers as parameters (node.data)."
    )


def sum_0f1(b: Any, z: Any) -> Any:
    """Return 0F1."""
    return _summed([], [b], z)


def sum_1f1(a: Any, b: Any, z: Any) -> Any:
    """Return 1F1; for negative numbers by Kummer's transformation, which does not cancel."""
    left = np.real(plain(z)) < 0
    positive = where(left, -z, z)
    found = _summed([where(left, b - a, a)], [b], positive)
    return found * where(left, np.exp(where(left, z, 0.0)), 1.0)


def sum_2f1(a: Any, b: Any, c: Any, z: Any) -> Any:
    """Return 2F1; for negative numbers by Pfaff's transformation."""
    left = np.real(plain(z)) < 0
    inner = where(left, z / (where(left, z, 0.0) - 1), z)
    if not np.all(np.abs(plain(inner)) <= NEAR):
        raise NoRuleError(
            f"scipy.special.hyp2f1 has no derivative rule with respect to its parameters for z above "
            f"{NEAR} or below {NEAR / (NEAR - 1):.0f}, where the series converges too slowly. Pass "
            "plain numbers as parameters there (node.data)."
        )
    found = _summed([a, where(left, c - b, b)], [c], inner)
    return found * where(left, (1 - where(left, z, 0.0)) ** (-a), 1.0)


def by_parameter(function: Callable[..., Any], argnum: int) -> Callable[..., Any]:
    """Return the derivative of a sum by one of its parameters, as a partial of a row."""
    slope = deriv(function, argnum)
    return lambda y, *arguments: slope(*arguments)
