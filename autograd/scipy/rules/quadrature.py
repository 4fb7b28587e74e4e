"""Integrals from 0 to infinity of functions that decay like an exponential.

The derivatives of the incomplete gamma and beta functions in their parameters have no closed
form. They are such integrals, of functions that keep their sign, so that nothing cancels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# With u = exp(τ) the trapezoidal rule in τ converges exponentially, and resolves what happens on
# scales that lie far apart: here from e⁻¹⁹ to e¹¹ widths.
_STEP = 0.14
POINTS = np.exp(np.arange(-19.0, 15.0, _STEP))
WEIGHTS = _STEP * POINTS


def column(x: Any) -> Any:
    """Append an axis of length one, along which the points of the rule go."""
    return np.reshape(x, (*np.shape(x), 1))


def integral(integrand: Callable[[Any], Any], width: Any) -> Any:
    """Integrate over the half-line.

    Parameters
    ----------
    integrand : callable
        Takes points, in the last axis, and returns the values there.
    width : array
        For each integral a length over which the integrand changes; to be right within a factor
        of a hundred is enough.
    """
    width = column(width)
    return np.sum(integrand(width * POINTS) * (width * WEIGHTS), axis=-1)
