"""Quantiles by any of NumPy's methods, with or without weights.

NumPy itself locates a quantile: the same quantile of the ranks 0, 1, 2, ... is a position among the
sorted elements, which methods that interpolate place between two of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.engine.dispatch import plain
from autograd.engine.foreign import full
from autograd.errors import NoRuleError
from autograd.rules.kernel import may_hold
from autograd.rules.reductions import axes_of
from autograd.rules.shapes import arrays, grids, inverse


def ranks(a: Any, axis: Any) -> Any:
    """Return the rank of each element over some axes; NaN stays NaN."""
    ndim = np.ndim(a)
    last = [i % ndim for i in axes_of(axis, ndim)]
    order = [i for i in range(ndim) if i not in last] + last
    moved = np.transpose(plain(a), order)
    length = math.prod(moved.shape[ndim - len(last) :])
    rows = moved.reshape(*moved.shape[: ndim - len(last)], length)
    found = np.argsort(np.argsort(rows, axis=-1, kind="stable"), axis=-1).astype(np.float64)
    found[np.isnan(rows)] = math.nan
    return np.transpose(found.reshape(moved.shape), inverse(order))


def at_positions(ordered: Any, positions: Any) -> Any:
    """Take sorted elements along the first axis, interpolating between positions."""
    if np.shape(ordered)[0] == 0:
        return full(np.shape(positions), math.nan, plain(ordered).dtype, ordered)
    missing = np.isnan(positions)
    known = np.where(missing, 0.0, positions)
    lower = np.floor(known).astype(int)
    fraction = (known - lower).astype(plain(ordered).dtype)
    columns = grids(np.shape(ordered)[1:], ordered)
    y = ordered[(lower, *columns)]
    if may_hold(fraction != 0):
        upper = np.minimum(lower + 1, np.shape(ordered)[0] - 1)
        between = fraction != 0
        step = ordered[(np.where(between, upper, lower), *columns)] - y
        y = y + np.where(between, step * fraction, 0.0)  # infinity minus infinity, not used
    return np.where(missing, math.nan, y) if may_hold(missing) else y


def quantile_by_ranks(
    function: Callable[..., Any], ordered: Any, a: Any, q: Any, axis: Any, **keywords: Any
) -> Any:
    """Return the quantiles of sorted elements by a NumPy function."""
    if isinstance(axis, list):
        axis = tuple(axis)
    _, q = arrays(ordered, q)
    if isinstance(q, Node):
        raise NoRuleError(
            f"numpy.{function.__name__} has a derivative by the fraction q only with "
            'method="linear" and without weights. Pass a plain number (node.data).'
        )
    q = q.astype(np.float64)
    flat = q.ravel() if q.ndim > 1 else q  # NumPy's nanquantile confuses the axes of a matrix
    positions = arrays(function(ranks(a, axis), flat, axis=axis, **plain(keywords)))[0]
    if q.ndim > 1:
        positions = positions.reshape(q.shape + positions.shape[1:])
    return at_positions(ordered, positions)
