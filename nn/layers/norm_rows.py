"""Normalisation of rows, or of groups of rows with a weight for each, in few steps.

Differences of sums lose digits where a mean is larger than the deviation. Only there the means are
removed first, which takes longer.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import kernel
from nn.layers.norm_parts import PART, inverse_root, outer, parts, spread


@kernel()
def is_near(mean: Any, variance: Any) -> bool:
    """Return whether no mean is larger than the deviation, and all squares were finite."""
    near = (np.abs(mean) <= np.sqrt(variance)) & (variance < np.inf)
    return bool(np.logical_and.reduce(near, None))


@kernel()
def measured(rows: Any, mean: Any, variance: Any) -> Any:
    """Fill in means and variances; return rows, and what is still to be removed from them.

    Without means, these are mean squares, and there is nothing to remove.
    """
    count = rows.shape[1]
    if mean is None:
        np.vecdot(rows, rows, out=variance[:, 0])
        variance /= count
        return rows, None
    with np.errstate(over="ignore", invalid="ignore"):  # then the means are removed first
        np.vecdot(rows, rows, out=variance[:, 0])
        variance /= count
        rows.dot(np.ones((count, 1), rows.dtype), mean)
        mean /= count
        variance -= mean * mean
        if is_near(mean, variance):
            return rows, mean
    centre = rows - mean
    np.vecdot(centre, centre, out=variance[:, 0])
    variance /= count
    return centre, None


@kernel()
def outer_sum(column: Any, row: Any, other: Any, out: Any) -> Any:
    """Return column · row + other for each row, where a row of None is one of ones."""
    if other is None:
        return outer(column, row, out)
    columns, rows = np.ones((len(column), 2), out.dtype), np.ones((2, other.size), out.dtype)
    columns[:, :1], rows[1] = column, other
    if row is not None:
        rows[0] = row
    return columns.dot(rows, out)


@kernel()
def normalise_rows(x: Any, weight: Any, bias: Any, axes: Any, eps: float, centred: bool) -> Any:
    """Normalise the last axes."""
    kept = x.shape[: x.ndim - len(axes)] + (1,) * len(axes)
    rows, y = x.reshape((math.prod(kept), -1)), np.empty(x.shape, x.dtype)
    found, each = y.reshape(rows.shape), parts(rows, PART >> 1)
    mean, variance = np.empty((len(rows), 1), x.dtype), np.empty((len(rows), 1), x.dtype)
    row = None if weight is None else weight.reshape((1, -1))
    shift = None if bias is None else bias.reshape((1, -1))
    scratch = np.empty_like(rows[each[0]])
    for part in each:
        centre, own = measured(rows[part], mean[part] if centred else None, variance[part])
        scale, line = inverse_root(variance[part], eps), found[part]
        np.multiply(centre, outer(scale, row, line), out=line)
        if own is not None:
            line += outer_sum(-own * scale, row, shift, scratch[: len(line)])
        elif shift is not None:
            line += shift
    return y, mean.reshape(kept) if centred else None, variance.reshape(kept)


@kernel()
def rows_back(
    g: Any, x: Any, weight: Any, bias: Any, mean: Any, variance: Any, axes: Any, eps: float
) -> Any:
    """Return the derivatives for normalised rows."""
    count = math.prod(x.shape[x.ndim - len(axes) :])
    rows, slopes, found = x.reshape((-1, count)), g.reshape((-1, count)), np.empty(x.shape, x.dtype)
    whole, each = found.reshape(rows.shape), parts(rows, PART >> 1)
    means: Any = None if mean is None else mean.reshape((-1, 1))
    inverses = inverse_root(variance.reshape((-1, 1)), eps)
    are_near = means is not None and is_near(mean, variance)
    shifts: Any = means * inverses if are_near else None
    row = None if weight is None else weight.reshape((1, -1))
    average = np.full((count, 1), 1 / count, x.dtype) if row is None else row.T / count
    sums = np.zeros((2, count), x.dtype)  # the derivatives for the weight and the bias
    scratch = np.empty_like(rows[each[0]])
    for part in each:
        slope, y, centre, inverse = slopes[part], whole[part], rows[part], inverses[part]
        if means is not None and not are_near:
            centre = centre - means[part]
        np.multiply(slope, centre, out=y)
        along = y.dot(average)
        if bias is not None:
            sums[1] += np.ones(len(slope), x.dtype).dot(slope)
        if weight is not None:
            sums[0] += inverse[:, 0].dot(y)
            if are_near:
                sums[0] -= shifts[part, 0].dot(slope)
        total = None if means is None else slope.dot(average)
        if are_near:
            along -= means[part] * total
        for _ in range(3):  # the third power alone may be too small or large for a number
            along *= inverse
        np.multiply(slope, outer(inverse, row, y), out=y)
        used = scratch[: len(y)]
        y -= np.multiply(centre, spread(along, used), out=used)
        if total is not None:
            total *= inverse
            if are_near:
                total -= means[part] * along
            y -= spread(total, used)
    return (
        found,
        None if weight is None else sums[0].reshape(weight.shape),
        None if bias is None else sums[1].reshape(bias.shape),
    )


# -- groups -----------------------------------------------------------------------------------


@kernel()
def normalise_groups(x: Any, weight: Any, bias: Any, eps: float, centred: bool) -> Any:
    """Normalise the last two axes, with a weight for each row of a group."""
    y, kept = np.empty(x.shape, x.dtype), (*x.shape[:2], 1, 1)
    mean, variance = np.empty(kept, x.dtype), np.empty(kept, x.dtype)
    for part in parts(x, PART):
        rows, column = x[part].reshape((-1, math.prod(x.shape[2:]))), (-1, 1)
        own = mean[part].reshape(column) if centred else None
        centre, own = measured(rows, own, variance[part].reshape(column))
        scale = inverse_root(variance[part], eps)
        scale = scale if weight is None else scale * weight
        np.multiply(centre.reshape(x[part].shape), scale, out=y[part])
        shift = bias
        if own is not None:
            shift = mean[part] * scale
            shift = np.negative(shift, out=shift) if bias is None else bias - shift
        if shift is not None:
            y[part] += shift
    return y, mean if centred else None, variance


@kernel()
def groups_back(
    g: Any, x: Any, weight: Any, bias: Any, mean: Any, variance: Any, eps: float
) -> Any:
    """Return the derivatives for normalised groups."""
    count = x.shape[2] * x.shape[3]
    found, ones = np.empty(x.shape, x.dtype), np.ones(x.shape[3], x.dtype)
    by_weight, by_bias = np.zeros((2, *x.shape[1:3], 1), x.dtype)
    for part in parts(x, PART):
        inverse, y, slope = inverse_root(variance[part], eps), found[part], g[part]
        centre, own = x[part], None if mean is None else mean[part]
        if own is not None and not is_near(own, variance[part]):
            centre, own = centre - own, None
        along = np.vecdot(slope, centre)[..., None]
        total = slope.reshape((-1, len(ones))).dot(ones).reshape(along.shape)
        if own is not None:
            along -= own * total
        by_weight += np.add.reduce(along * inverse, 0)
        by_bias += np.add.reduce(total, 0)
        scale = inverse if weight is None else inverse * weight
        np.multiply(slope, scale, out=y)
        along = np.add.reduce(along * scale, 2, keepdims=True) * (inverse * inverse / count)
        y -= centre * along
        if mean is not None:
            shift = np.add.reduce(total * scale, 2, keepdims=True) / count
            y -= shift if own is None else shift - own * along
    return found, None if weight is None else by_weight, None if bias is None else by_bias
