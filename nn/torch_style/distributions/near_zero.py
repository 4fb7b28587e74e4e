"""Quotients that are 0/0 at 0, with all their derivatives there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: Below, a polynomial takes the place of a quotient.
SMALL = 1e-2


def expm1_ratio(x: Any) -> Any:
    """Return (exp(x) - 1) / x."""
    safe, is_small = away(x, SMALL)
    found = polynomial(x, [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040])
    return found.where(is_small, safe.expm1() / safe)


def log1p_ratio(x: Any) -> Any:
    """Return log(1 + x) / x."""
    safe, is_small = away(x, SMALL)
    found = polynomial(x, [(-1) ** i / (i + 1) for i in range(8)])
    return found.where(is_small, safe.log1p() / safe)


def away(x: Any, limit: float) -> tuple[Any, Any]:
    """Return x with 1 in place of numbers near 0, and where these are."""
    is_small = x.abs() < limit
    return x.masked_fill(is_small, 1.0), is_small


def polynomial(x: Any, factors: Sequence[float]) -> Any:
    """Return a polynomial, given the factors of rising powers."""
    found: Any = 0.0
    for factor in reversed(factors):
        found = found * x + factor
    return found
