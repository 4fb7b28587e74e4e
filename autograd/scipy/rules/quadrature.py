"""Integrals from 0 to infinity of functions that decay like an exponential.

The derivatives of the incomplete gamma and beta functions in their parameters have no closed
form. They are such integrals, of functions that keep their sign, so that nothing cancels.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node

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


#: How many integrals are computed at a time: the values at all points take 0.5 MB for each array.
BLOCK = 256


def in_blocks(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function that calls `integral` need little memory, however large the arrays are."""

    @functools.wraps(function)
    def blockwise(*arguments: Any) -> Any:
        shape = (
            () if any(isinstance(x, Node) for x in arguments) else np.broadcast(*arguments).shape
        )
        size = int(np.prod(shape))
        if size <= BLOCK:
            return function(*arguments)
        flat = [np.ravel(x) for x in np.broadcast_arrays(*arguments)]
        found = [function(*[x[i : i + BLOCK] for x in flat]) for i in range(0, size, BLOCK)]
        return np.reshape(np.concatenate(found), shape)

    return blockwise
