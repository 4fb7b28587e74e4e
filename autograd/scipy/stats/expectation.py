"""Expectations without a closed form, as integrals over probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.rules.elementwise import where
from autograd.scipy.rules.quadrature import column

# A half of the probability, q = exp(-s) / 2, with s = exp(τ - exp(-τ)): the trapezoidal rule in τ
# then converges exponentially for integrands that grow like a power of s, as logarithms of q do.
_STEP = 0.08
_TAU = np.arange(-4.0, 3.7, _STEP)
_S = np.exp(_TAU - np.exp(-_TAU))
_Q = np.exp(-_S) / 2
_WEIGHTS = _STEP * _S * (1 + np.exp(-_TAU)) * _Q


def mean_of(
    function: Callable[..., Any], ppf: Callable[..., Any], isf: Callable[..., Any], *shapes: Any
) -> Any:
    """Return the mean of ``function(z, *shapes)`` for a distribution with these quantiles."""
    columns = [column(a) for a in shapes]
    total: Any = 0.0
    for inverse in (ppf, isf):
        z = inverse(_Q, *columns)
        y = function(z, *columns)
        # Where a quantile rounds to an end of the support, next to no probability is left.
        known = np.isfinite(plain(z)) & np.isfinite(plain(y))
        if not np.all(known):
            z = where(known, z, plain(inverse(0.5, *columns)))
            y = where(known, function(z, *columns), 0.0)
        total = total + np.sum(y * _WEIGHTS, axis=-1)
    return total
