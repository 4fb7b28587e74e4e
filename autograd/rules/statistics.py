"""Statistics: averages of every kind, order statistics, and reductions that pass over NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.record import plain
from autograd.errors import NoRuleError
from autograd.rules.table import implements


@implements(np.ptp)
def ptp(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
    """Return the range from smallest to largest."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@implements(np.average)
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False
) -> Any:
    """Return the average, weighted or not."""
    if weights is None:
        y = np.mean(a, axis=axis, keepdims=keepdims)
        total: Any = np.size(plain(a)) / np.size(plain(y)) + 0 * plain(y)
    else:
        if np.ndim(weights) == 1 != np.ndim(a) and axis is not None:
            shape = [1] * np.ndim(a)
            shape[axis] = -1
            weights = np.reshape(weights, tuple(shape))
        spread = weights + np.zeros_like(plain(a))
        total = np.sum(spread, axis=axis, keepdims=keepdims)
        y = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (y, np.broadcast_to(total, np.shape(plain(y)))) if returned else y


@implements(np.quantile)
def quantile(
    a: Any, q: Any, axis: Any = None, out: None = None, overwrite_input: bool = False,
    method: str = "linear", keepdims: bool = False, **keywords: Any,
) -> Any:  # fmt: skip
    """Return quantiles, interpolated between the two nearest elements."""
    if method != "linear" or keywords.get("weights") is not None:
        raise NoRuleError('numpy.quantile of nodes has a rule for method="linear" and no weights.')
    ndim = np.ndim(a)
    axes = range(ndim) if axis is None else (axis,) if np.ndim(axis) == 0 else axis
    last = sorted(x % ndim for x in axes)
    rest = [i for i in range(ndim) if i not in last]
    moved = np.transpose(a, rest + last)
    shape = np.shape(moved)[: len(rest)]
    ordered = np.moveaxis(np.sort(np.reshape(moved, (*shape, -1)), axis=-1), -1, 0)
    place = np.asarray(q, np.float64) * (len(ordered) - 1)
    lower = np.floor(place).astype(int)
    upper = np.minimum(lower + 1, len(ordered) - 1)
    fraction = (place - lower).reshape(place.shape + (1,) * len(shape)).astype(a.dtype)
    y = ordered[lower] * (1 - fraction) + ordered[upper] * fraction
    if keepdims:
        kept = tuple(1 if i in last else n for i, n in enumerate(np.shape(a)))
        y = np.reshape(y, place.shape + kept)
    return y


@implements(np.percentile)
def percentile(a: Any, q: Any, *positional: Any, **keywords: Any) -> Any:
    """Return percentiles."""
    return quantile(a, np.asarray(q, np.float64) / 100, *positional, **keywords)


@implements(np.median)
def median(
    a: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: bool = False,
    keepdims: bool = False,
) -> Any:
    """Return the middle element, or the mean of the two in the middle."""
    return quantile(a, 0.5, axis, keepdims=keepdims)


@implements(np.cov)
def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None,
    fweights: Any = None, aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    """Return covariances of variables in rows."""
    if fweights is not None or aweights is not None:
        raise NoRuleError("numpy.cov of nodes has no rule for weights.")
    x = _variables(m, rowvar)
    if y is not None:
        x = np.concatenate([x, _variables(y, rowvar)], axis=0)
    n = np.shape(x)[1] - ((0 if bias else 1) if ddof is None else ddof)
    centred = x - np.mean(x, axis=1, keepdims=True)
    found = centred @ np.conjugate(centred).T / n
    return found[0, 0] if np.shape(found) == (1, 1) else found


def _variables(x: Any, rowvar: bool) -> Any:
    if np.ndim(x) == 1:
        return np.reshape(x, (1, -1))
    return x if rowvar else np.swapaxes(x, 0, 1)


@implements(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, **_: Any) -> Any:
    """Return correlations of variables in rows."""
    c = cov(x, y, rowvar)
    if np.ndim(c) == 0:
        return c / c
    deviations = np.sqrt(np.real(np.diagonal(c)))
    return c / deviations[:, None] / deviations[None, :]


# -- NaN left out -----------------------------------------------------------------------------


def without_nan(x: Any, instead: float) -> Any:
    """Put a number in place of NaN."""
    return np.where(np.isnan(plain(x)), instead, x)


def how_many(x: Any, axis: Any, keepdims: bool) -> Any:
    """Count what is not NaN, in the real type of the numbers."""
    numbers = plain(x)
    count = np.sum(~np.isnan(numbers), axis=axis, keepdims=keepdims)
    return count.astype(np.real(numbers).dtype)


@implements(np.nansum)
def nansum(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False
) -> Any:
    """Sum what is not NaN."""
    return np.sum(without_nan(a, 0.0), axis=axis, dtype=dtype, keepdims=keepdims)


@implements(np.nanprod)
def nanprod(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False
) -> Any:
    """Multiply what is not NaN."""
    return np.prod(without_nan(a, 1.0), axis=axis, dtype=dtype, keepdims=keepdims)


@implements(np.nancumsum)
def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: None = None) -> Any:
    """Return running sums of what is not NaN."""
    return np.cumsum(without_nan(a, 0.0), axis=axis, dtype=dtype)


@implements(np.nancumprod)
def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: None = None) -> Any:
    """Return running products of what is not NaN."""
    return np.cumprod(without_nan(a, 1.0), axis=axis, dtype=dtype)


@implements(np.nanmean)
def nanmean(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False
) -> Any:
    """Average what is not NaN."""
    return nansum(a, axis, dtype, None, keepdims) / how_many(a, axis, keepdims)


@implements(np.nanvar)
def nanvar(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: Any = 0,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """Return the variance of what is not NaN."""
    missing = np.isnan(plain(a))
    centred = np.where(missing, 0.0, without_nan(a, 0.0) - nanmean(a, axis, dtype, None, True))
    squares = np.real(centred * np.conjugate(centred))
    return nansum(squares, axis, dtype, None, keepdims) / (how_many(a, axis, keepdims) - ddof)


@implements(np.nanstd)
def nanstd(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: Any = 0,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """Return the standard deviation of what is not NaN."""
    return np.sqrt(nanvar(a, axis, dtype, None, ddof, keepdims))


@implements(np.nanmax)
def nanmax(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
    """Return the largest that is not NaN."""
    return np.max(without_nan(a, -np.inf), axis=axis, keepdims=keepdims)


@implements(np.nanmin)
def nanmin(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
    """Return the smallest that is not NaN."""
    return np.min(without_nan(a, np.inf), axis=axis, keepdims=keepdims)
