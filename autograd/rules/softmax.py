"""Softmax and its logarithm.

Most often the axis is the last one of an array of NumPy. Then sums over rows are products with a
vector of ones, which is several times faster, and rows are taken in parts that fit into the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.rules.floats import floats
from autograd.rules.kernel import kernel, self_contained
from autograd.rules.special import kind_of
from autograd.rules.table import define

#: By type: exp(x) needs no shift if no |x| is larger.
MODERATE = {"f": 40.0, "d": 300.0}


#: The bytes of a part of an array; a few of them fit into the cache.
PART = 1 << 19


@self_contained
def row_length(axis: Any, *arrays: Any) -> int:
    """Return the length of rows, if arrays are of one usual type and lie in memory as rows; else 0."""
    x = arrays[0]
    if not kind_of(x) or axis not in (-1, x.ndim - 1) or x.shape[-1] < 2:
        return 0
    usual = all(
        type(a) is np.ndarray and a.dtype == x.dtype and a.shape == x.shape and a.flags.c_contiguous
        for a in arrays
    )
    return int(x.shape[-1]) if usual else 0


@self_contained
def parts_of_rows(*arrays: Any) -> Any:
    """Yield parts of arrays as matrices of rows that fit into the cache."""
    length = arrays[0].shape[-1]
    flat = [a.reshape((-1, length)) for a in arrays]
    step = max(PART // (length * arrays[0].itemsize), 1)
    for start in range(0, len(flat[0]), step):
        yield [a[start : start + step] for a in flat]


@self_contained
def largest_of_rows(rows: Any) -> Any:
    """Return the largest number of each row, as a column, in half the time of ``rows.max(1)``."""
    starts = np.arange(0, rows.size, rows.shape[1])
    return np.maximum.reduceat(rows.reshape(-1), starts).reshape((-1, 1))


#: Next to a probability above this one, what the others add up to loses digits.
DOMINANT = 0.99


@kernel()
def softmax_of_array(x: Any, axis: Any = -1) -> Any:
    """Return exp(x) / Σ exp(x) without overflow.

    Parameters
    ----------
    x : array_like or node
        Any real numbers.
    axis : int or tuple of int
        The axes along which the results sum to 1.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.softmax(np.array([0.0, 1000.0]))
    array([0., 1.])
    """
    length = row_length(axis, x)
    if not length:
        x = floats(x)
        exponentials = np.exp(x - np.max(x, axis=axis, keepdims=True))
        return exponentials / np.sum(exponentials, axis=axis, keepdims=True)
    found = np.empty_like(x)
    ones, most = np.ones((length, 1), x.dtype), MODERATE[x.dtype.char]
    for part, y in parts_of_rows(x, found):
        if -most < np.minimum.reduce(part, None) and np.maximum.reduce(part, None) < most:
            np.exp(part, out=y)
        else:
            np.subtract(part, largest_of_rows(part), out=y)
            np.exp(y, out=y)
        y *= 1 / (y @ ones)
    return found


@kernel()
def softmax_vjp(g: Any, y: Any, x: Any, axis: Any = -1) -> Any:
    """Multiply by the Jacobian diag(y) - y yT."""
    length = row_length(axis, y, g)
    if not length:
        weighted = g * y
        return weighted - y * np.sum(weighted, axis=axis, keepdims=True)
    found = np.empty_like(y)
    ones = np.ones((length, 1), y.dtype)
    for slopes, part, weighted in parts_of_rows(g, y, found):
        np.multiply(slopes, part, out=weighted)
        weighted -= part * (weighted @ ones)
        if np.maximum.reduce(part, None) > DOMINANT:  # there a difference loses what 1 - y is
            most = np.flatnonzero(part > DOMINANT)
            rows = most // length
            apart = (slopes[rows] - slopes.reshape(-1)[most, None]) * part[rows]
            weighted[rows] = apart - part[rows] * (apart @ ones)
    return found


@kernel()
def log_softmax_of_array(x: Any, axis: Any = -1) -> Any:
    """Return the logarithm of softmax, x - log(Σ exp(x)), without overflow.

    Parameters
    ----------
    x : array_like or node
        Any real numbers.
    axis : int or tuple of int
        The axes along which the probabilities sum to 1.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    length = row_length(axis, x)
    if not length:
        x = floats(x)
        y = x - np.max(x, axis=axis, keepdims=True)
        return y - np.log(np.sum(np.exp(y), axis=axis, keepdims=True))
    found = np.empty_like(x)
    ones = np.ones((length, 1), x.dtype)
    for part, y in parts_of_rows(x, found):
        np.subtract(part, largest_of_rows(part), out=y)
        exponentials = np.exp(y)
        total = exponentials @ ones
        logs, sure = np.log(total), total[:, 0] < 1 / DOMINANT
        if sure.any():  # one is 1, and the others would be lost next to it
            others = exponentials[sure]
            others[others == 1] = 0
            logs[sure] = np.log1p(others @ ones)
        y -= logs
    return found


@kernel()
def log_softmax_vjp(g: Any, y: Any, x: Any, axis: Any = -1) -> Any:
    """Multiply by the Jacobian I - softmax(x) 1ᵀ."""
    length = row_length(axis, y, g)
    if not length:
        return g - np.exp(y) * np.sum(g, axis=axis, keepdims=True)
    found = np.empty_like(y)
    ones = np.ones((length, 1), y.dtype)
    for slopes, part, result in parts_of_rows(g, y, found):
        np.exp(part, out=result)
        total = slopes @ ones
        result *= total
        np.subtract(slopes, result, out=result)
        if np.maximum.reduce(part, None) > DOMINANT - 1:  # there exp(part) is nearly 1
            most = np.flatnonzero(part > DOMINANT - 1)
            mine, log = slopes.reshape(-1)[most], part.reshape(-1)[most]
            others = total[most // length, 0] - mine
            result.reshape(-1)[most] = -np.expm1(log) * mine - np.exp(log) * others
    return found


softmax = define(softmax_of_array, softmax_vjp, name="softmax")
log_softmax = define(log_softmax_of_array, log_softmax_vjp, name="log_softmax")
