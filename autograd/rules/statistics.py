"""Statistics: averages of every kind, order statistics, and reductions that pass over NaN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.engine.record import plain
from autograd.rules.quantiles import quantile_by_ranks
from autograd.rules.reductions import axes_of, root_of_squares
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


def order_statistics(a: Any, axis: Any) -> Any:
    """Sort over some axes; the sorted numbers lie along a new first axis, NaN at its end."""
    ndim = np.ndim(a)
    last = sorted(i % ndim for i in axes_of(axis, ndim))
    rest = [i for i in range(ndim) if i not in last]
    moved = np.transpose(a, rest + last)
    shape = np.shape(moved)[: len(rest)]
    return np.moveaxis(np.sort(np.reshape(moved, (*shape, -1)), axis=-1), -1, 0)


def interpolated(ordered: Any, q: Any, lengths: Any) -> Any:
    """Return quantiles of sorted numbers of which the first `lengths` count."""
    q = np.asarray(q, np.float64)
    places = q.reshape(q.shape + (1,) * np.ndim(lengths)) * np.maximum(lengths - 1, 0)
    lower = np.floor(places).astype(int)
    upper = np.minimum(lower + 1, np.maximum(lengths - 1, 0))
    fraction = (places - lower).astype(plain(ordered).dtype)
    rows = np.reshape(ordered, (np.shape(ordered)[0], -1))
    columns = np.arange(np.shape(rows)[1])
    shape = q.shape + np.shape(ordered)[1:]

    def taken(number: Any) -> Any:
        return np.reshape(rows[np.reshape(number, (*q.shape, -1)), columns], shape)

    return taken(lower) * (1 - fraction) + taken(upper) * fraction


def with_axes(y: Any, a: Any, q: Any, axis: Any) -> Any:
    """Put back, with length one, the axes over which quantiles were taken."""
    ndim = np.ndim(a)
    left_out = {i % ndim for i in axes_of(axis, ndim)}
    kept = tuple(1 if i in left_out else n for i, n in enumerate(np.shape(a)))
    return np.reshape(y, np.shape(q) + kept)


@implements(np.quantile)
def quantile(
    a: Any, q: Any, axis: Any = None, out: None = None, overwrite_input: bool = False,
    method: str = "linear", keepdims: bool = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    """Return quantiles, interpolated between the two nearest elements."""
    ordered = order_statistics(a, axis)
    if method != "linear" or weights is not None:
        more = {"method": method, "weights": weights}
        y = quantile_by_ranks(np.quantile, ordered, a, q, axis, **more)
        return with_axes(y, a, q, axis) if keepdims else y
    n, *shape = np.shape(ordered)
    y = interpolated(ordered, q, np.full(shape, n))
    missing = np.isnan(plain(ordered)[-1:]).any(axis=0)
    y = np.where(missing, math.nan, y) if missing.any() else y
    return with_axes(y, a, q, axis) if keepdims else y


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


@implements(np.nanquantile)
def nanquantile(
    a: Any, q: Any, axis: Any = None, out: None = None, overwrite_input: bool = False,
    method: str = "linear", keepdims: bool = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    """Return quantiles of what is not NaN."""
    ordered = order_statistics(a, axis)
    if method != "linear" or weights is not None:
        more = {"method": method, "weights": weights}
        y = quantile_by_ranks(np.nanquantile, ordered, a, q, axis, **more)
        return with_axes(y, a, q, axis) if keepdims else y
    y = interpolated(ordered, q, np.sum(~np.isnan(plain(ordered)), axis=0))
    return with_axes(y, a, q, axis) if keepdims else y


@implements(np.nanpercentile)
def nanpercentile(a: Any, q: Any, *positional: Any, **keywords: Any) -> Any:
    """Return percentiles of what is not NaN."""
    return nanquantile(a, np.asarray(q, np.float64) / 100, *positional, **keywords)


@implements(np.nanmedian)
def nanmedian(
    a: Any,
    axis: Any = None,
    out: None = None,
    overwrite_input: bool = False,
    keepdims: bool = False,
) -> Any:
    """Return the middle element of what is not NaN, or the mean of the two in the middle."""
    return nanquantile(a, 0.5, axis, keepdims=keepdims)


@implements(np.cov)
def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None,
    fweights: Any = None, aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    """Return covariances of variables in rows."""
    x = _variables(m, rowvar)
    if y is not None:
        x = np.concatenate([x, _variables(y, rowvar)], axis=0)
    lost = (0 if bias else 1) if ddof is None else ddof
    if fweights is None and aweights is None:
        centred = x - np.mean(x, axis=1, keepdims=True)
        found = centred @ np.conjugate(centred).T / (np.shape(x)[1] - lost)
    else:
        found = _weighted_covariance(x, fweights, aweights, lost)
    return found[0, 0] if np.shape(found) == (1, 1) else found


def _weighted_covariance(x: Any, counts: Any, importance: Any, lost: float) -> Any:
    """Weigh observations by how often they occur, and by how much they tell."""
    numbers, n = np.zeros(np.shape(x)), np.shape(x)[1]
    np.cov(numbers, fweights=plain(counts), aweights=plain(importance))  # for NumPy's own errors
    w = np.ones(n) if counts is None else np.asarray(plain(counts), float)
    w = w if importance is None else w * importance
    total = np.sum(w)
    centred = x - (x @ w / total)[:, None]
    share = 1.0 if importance is None else np.sum(w * importance) / total
    return (centred * w) @ np.conjugate(centred).T / (total - lost * share)


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


def without_mean(a: Any, axis: Any, dtype: Any) -> Any:
    """Return how far each element is from the mean; for NaN, 0."""
    return without_nan(a - nanmean(a, axis, dtype, None, True), 0.0)


def freedom(a: Any, axis: Any, ddof: Any, keepdims: bool) -> Any:
    """Return how many elements are not NaN, less `ddof`; NaN if none are left, as in NumPy."""
    left = how_many(a, axis, keepdims) - ddof
    return np.where(left > 0, left, left.dtype.type(math.nan))


@implements(np.nanvar)
def nanvar(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: Any = 0,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """Return the variance of what is not NaN."""
    centred = without_mean(a, axis, dtype)
    squares = np.real(centred * np.conjugate(centred))
    return nansum(squares, axis, dtype, None, keepdims) / freedom(a, axis, ddof, keepdims)


@implements(np.nanstd)
def nanstd(
    a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: Any = 0,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    """Return the standard deviation of what is not NaN."""
    length = root_of_squares(without_mean(a, axis, dtype), axis, keepdims=keepdims)
    return length / np.sqrt(freedom(a, axis, ddof, keepdims))


@implements(np.nanmax)
def nanmax(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
    """Return the largest that is not NaN."""
    return np.max(without_nan(a, -np.inf), axis=axis, keepdims=keepdims)


@implements(np.nanmin)
def nanmin(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
    """Return the smallest that is not NaN."""
    return np.min(without_nan(a, np.inf), axis=axis, keepdims=keepdims)
