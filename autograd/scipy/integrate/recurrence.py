"""Linear recurrences of vectors, as one operation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import Primitive
from autograd.rules.table import define


def _computed(matrices: Any, b: Any) -> Any:
    """Return x with x₀ = b₀ and xₖ₊₁ = Mₖ xₖ + bₖ₊₁."""
    x = b.copy()
    for k, matrix in enumerate(matrices):
        x[k + 1] += matrix @ x[k]
    return x


def backward(matrices: Any, b: Any) -> Any:
    """Return λ with λₙ = bₙ and λₖ = Mₖᵀ λₖ₊₁ + bₖ, the transpose of `recurrence`."""
    return recurrence(np.swapaxes(matrices, 1, 2)[::-1], b[::-1])[::-1]


def _by_matrices(g: Any, x: Any, matrices: Any, b: Any) -> Any:
    return backward(matrices, g)[1:, :, None] * x[:-1, None, :]


def _by_b(g: Any, x: Any, matrices: Any, b: Any) -> Any:
    return backward(matrices, g)


recurrence: Primitive = define(_computed, _by_matrices, _by_b, name="recurrence")
