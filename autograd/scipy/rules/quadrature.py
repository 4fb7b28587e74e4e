"""Integrals from 0 to infinity of functions that decay like an exponential.

The derivatives of the incomplete gamma and beta functions with respect to their parameters are such
integrals, without closed form. The integrands do not change sign, so nothing cancels.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node

# With u = exp(τ) the trapezoidal rule in τ converges exponentially and resolves very different
# scales: here from e⁻¹⁹ to e¹¹ widths.
_STEP = 0.14
POINTS = np.exp(np.arange(-19.0, 15.0, _STEP))
WEIGHTS = _STEP * POINTS


def column(x: Any) -> Any:
    """Append an axis of length one for the points of the quadrature."""
    return np.reshape(x, (*np.shape(x), 1))


def integral(integrand: Callable[[Any], Any], width: Any) -> Any:
    """Integrate over the half-line.

    Parameters
    ----------
    integrand : callable
        Maps points, in the last axis, to values.
    width : array
        The scale on which each integrand changes, within a factor of a hundred.
    """
    width = column(width)
    return np.sum(integrand(width * POINTS) * (width * WEIGHTS), axis=-1)


#: The number of integrals computed at a time: each array of values takes 0.5 MB.
BLOCK = 256


def in_blocks(function: Callable[..., Any]) -> Callable[..., Any]:
    """Limit the memory of a function that calls `integral`, for arrays of any size."""

    @functools.wraps(function)
    def blockwise(*arguments: Any) -> Any:
        has_nodes = any(isinstance(x, Node) for x in arguments)
        shape = () if has_nodes else np.broadcast_shapes(*map(np.shape, arguments))
        size = int(np.prod(shape))
        if size <= BLOCK:
            return function(*arguments)
        flat = [np.ravel(x) for x in np.broadcast_arrays(*arguments)]
        found = [function(*[x[i : i + BLOCK] for x in flat]) for i in range(0, size, BLOCK)]
        return np.reshape(np.concatenate(found), shape)

    return blockwise
