"""Statistics: averages, quantiles and covariances, also without NaN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.engine.broadcasting import size_of
from autograd.engine.dispatch import plain
from autograd.engine.foreign import full, like
from autograd.rules.kernel import may_hold
from autograd.rules.quantiles import quantile_by_ranks
from autograd.rules.reductions import axes_of
from autograd.rules.shapes import along_axis, arrays
from autograd.rules.table import composition_of


@composition_of(np.ptp)
def ptp(a: Any, axis: Any = None, out: None = None, keepdims: Any = False) -> Any:
    """Return the range from smallest to largest."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@composition_of(np.average)
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    """Return the average, weighted or not."""
    if weights is None:
        y = np.mean(a, axis=axis, keepdims=keepdims)
        total: Any = 0.0
    else:
        a, weights = arrays(a, weights)
        if np.ndim(weights) == 1 != np.ndim(a) and axis is not None:
            weights = along_axis(weights, axis, np.ndim(a))
        spread = weights + np.zeros(np.shape(a), like=like(a))
        total = np.sum(spread, axis=axis, keepdims=keepdims)
        y = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (y, np.broadcast_to(total, np.shape(plain(y)))) if returned else y


def order_statistics(a: Any, axis: Any) -> Any:
    """Sort over some axes, into a new first axis with NaN at its end."""
    ndim = np.ndim(a)
    last = sorted(i % ndim for i in axes_of(axis, ndim))
    rest = [i for i in range(ndim) if i not in last]
    moved = np.transpose(a, rest + last)
    shape = np.shape(moved)
    flat = np.reshape(moved, (*shape[: len(rest)], math.prod(shape[len(rest) :])))
    return np.moveaxis(np.sort(flat, axis=-1), -1, 0)


def interpolated(ordered: Any, q: Any, lengths: Any) -> Any:
    """Return quantiles of the first `lengths` of sorted numbers."""
    _, q = arrays(ordered, q)
    columns = math.prod(np.shape(ordered)[1:])
    if np.shape(ordered)[0] == 0:
        return full(np.shape(q) + np.shape(ordered)[1:], math.nan, float, ordered)
    places = np.reshape(q, np.shape(q) + (1,) * np.ndim(lengths)) * np.maximum(lengths - 1, 0)
    lower = np.floor(plain(places)).astype(int)
    upper = np.minimum(lower + 1, np.maximum(lengths - 1, 0))
    rows = np.reshape(ordered, (np.shape(ordered)[0], columns))
    shape = np.shape(q) + np.shape(ordered)[1:]

    def taken(number: Any) -> Any:
        flat = np.reshape(number, (*np.shape(q), columns))
        return np.reshape(rows[flat, np.arange(columns, like=like(ordered))], shape)

    fraction = places - lower
    if not isinstance(q, Node):
        fraction = fraction.astype(plain(ordered).dtype)
    below, above = taken(lower), taken(upper)
    exact = plain(fraction) == 0
    if not isinstance(q, Node) and not may_hold(~exact):
        return below
    return np.where(exact & ~np.isfinite(plain(above)), below, below + (above - below) * fraction)


def with_axes(y: Any, a: Any, q: Any, axis: Any) -> Any:
    """Insert, with length one, the axes over which quantiles were taken."""
    ndim = np.ndim(a)
    left_out = {i % ndim for i in axes_of(axis, ndim)}
    shape = tuple(1 if i in left_out else n for i, n in enumerate(np.shape(a)))
    return np.reshape(y, np.shape(q) + shape)


def quantile_functions(quantile: Any, percentile: Any, median: Any, known: Any) -> None:
    """Register three functions of NumPy; ``known(ordered)`` is how many sorted numbers count."""

    def of_fraction(
        a: Any, q: Any, axis: Any = None, out: None = None, overwrite_input: bool = False,
        method: str = "linear", keepdims: Any = False, *, weights: Any = None,
    ) -> Any:  # fmt: skip
        ordered = order_statistics(a, axis)
        if method == "linear" and weights is None:
            y = interpolated(ordered, q, known(ordered))
        else:
            how = {"method": method} if weights is None else {"method": method, "weights": weights}
            y = quantile_by_ranks(quantile, ordered, a, q, axis, **how)
        return with_axes(y, a, q, axis) if keepdims else y

    def of_percentage(a: Any, q: Any, *positional: Any, **keywords: Any) -> Any:
        return of_fraction(a, arrays(q, a)[0] / 100, *positional, **keywords)  # q may be a list

    def middle(
        a: Any, axis: Any = None, out: None = None, overwrite_input: bool = False,
        keepdims: Any = False,
    ) -> Any:  # fmt: skip
        return of_fraction(a, 0.5, axis, keepdims=keepdims)

    composition_of(quantile)(of_fraction)
    composition_of(percentile)(of_percentage)
    composition_of(median)(middle)


quantile_functions(
    np.quantile, np.percentile, np.median,
    lambda ordered: full(np.shape(ordered)[1:], np.shape(ordered)[0], int, ordered),
)  # fmt: skip
quantile_functions(
    np.nanquantile, np.nanpercentile, np.nanmedian,
    lambda ordered: np.sum(~np.isnan(plain(ordered)), axis=0),
)  # fmt: skip


@composition_of(np.cov)
def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None,
    fweights: Any = None, aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    """Return covariances of variables in rows."""
    x = _variables(m, rowvar)
    x = x if dtype is None else np.astype(x, dtype)
    if y is not None:
        x = np.concatenate([x, _variables(y, rowvar)], axis=0)
    lost = (0 if bias else 1) if ddof is None else ddof
    if fweights is None and aweights is None:
        centred = x - np.mean(x, axis=1, keepdims=True)
        found = centred @ np.conjugate(centred).T / np.maximum(np.shape(x)[1] - lost, 0.0)
    else:
        found = _weighted_covariance(x, fweights, aweights, lost)
    return np.reshape(found, ()) if np.shape(found) == (1, 1) else found


def _weighted_covariance(x: Any, counts: Any, importance: Any, lost: float) -> Any:
    """Combine frequency weights and reliability weights."""
    numbers, n = np.zeros(np.shape(x), like=like(x)), np.shape(x)[1]
    np.cov(numbers, fweights=plain(counts), aweights=plain(importance))  # for NumPy's own errors
    w = full(n, 1.0, float, x) if counts is None else arrays(plain(counts), x)[0].astype(float)
    w = w if importance is None else w * importance
    total = np.sum(w)
    centred = x - (x @ w / total)[:, None]
    share = 1.0 if importance is None else np.sum(w * importance) / total
    return (centred * w) @ np.conjugate(centred).T / (total - lost * share)


def _variables(x: Any, rowvar: bool) -> Any:
    (x,) = arrays(x)
    if np.ndim(x) < 2:
        return np.reshape(x, (1, size_of(x)))
    return x if rowvar else np.swapaxes(x, 0, 1)


@composition_of(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, **keywords: Any) -> Any:
    """Return correlations of variables in rows."""
    c = np.cov(x, y, rowvar, **keywords)
    if np.ndim(c) == 0:
        return c / c
    deviations = np.sqrt(np.real(np.diagonal(c)))
    return c / deviations[:, None] / deviations[None, :]
