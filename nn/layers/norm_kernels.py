"""Normalisation: (x - mean) / √(variance + eps) · weight + bias, and its derivatives.

The mean is that of some axes: of each row for `LayerNorm`, of each channel for `BatchNorm`. These
two are computed in parts that fit into the cache, with sums as products with ones, which is several
times faster. Source of the merged variances: Chan, Golub & LeVeque, "Updating formulae and a
pairwise algorithm for computing sample variances", 1979.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import kernel
from nn.layers.norm_parts import PART, BuffersFor, inverse_root, parts, spread
from nn.layers.norm_rows import groups_back, normalise_groups, normalise_rows, rows_back
from nn.layers.norms_in_c import CHANNEL_SUMS, NORMALISED, NORMALISED_BACK


@kernel()
def known_axes(axes: Any, ndim: int) -> str:
    """Return "rows" for the last axes, "channels" for all but the second, or ""."""
    if axes == tuple(range(ndim - len(axes), ndim)):
        return "rows"
    return "channels" if ndim > 1 and axes == (0, *range(2, ndim)) else ""


@kernel()
def layout(x: Any, axes: Any, weight: Any, *others: Any) -> str:
    """Return "rows", "channels", "groups" of rows or, for anything unusual or small, ""."""
    if type(x) is not np.ndarray or x.nbytes < PART >> 6:  # where fewer steps take less time
        return ""
    for a in (x, weight, *others):
        if a is None:
            continue
        if type(a) is not np.ndarray or a.dtype != x.dtype or not a.flags.c_contiguous:
            return ""
    if x.dtype.char not in "fd" or not x.size or len(axes) == x.ndim:
        return ""
    kind: str = known_axes(axes, x.ndim)
    if kind == "rows" and weight is not None and weight.shape != x.shape[x.ndim - len(axes) :]:
        return "groups" if weight.shape == (*x.shape[1:3], 1) and x.ndim == 4 else ""
    return kind


@kernel()
def first_shared(kind: str, x: Any, axes: Any) -> int:
    """Return the first of the axes along which numbers are shared."""
    return x.ndim - len(axes) if kind == "rows" else 3 if kind == "groups" else 2


@kernel()
def mean_of(x: Any, axes: Any) -> Any:
    """Return the mean, with as many axes as x."""
    if type(x) is not np.ndarray or x.dtype.char not in "fd":
        return np.mean(x, axis=axes, keepdims=True)
    total = np.add.reduce(x, axes, keepdims=True)  # without NumPy's function in Python
    return total / (x.size / max(total.size, 1))


@kernel()
def normalise_any(x: Any, weight: Any, bias: Any, axes: Any, eps: float, centred: bool) -> Any:
    """Return the result, the means (None unless `centred`), and the variances or mean squares."""
    kind = layout(x, axes, bias if weight is None else weight, bias)
    if kind and (centred or kind != "channels"):
        with BuffersFor(x, first_shared(kind, x, axes)):
            if kind == "rows":
                return normalise_rows(x, weight, bias, axes, eps, centred)
            if kind == "groups":
                return normalise_groups(x, weight, bias, eps, centred)
            return normalise_channels(x, weight, bias, eps)
    mean = mean_of(x, axes) if centred else None
    centre = x - mean if centred else x
    variance = mean_of(centre * centre, axes)
    y = centre / np.sqrt(variance + eps)
    y = y if weight is None else y * weight
    return (y if bias is None else y + bias), mean, variance


@kernel(c=NORMALISED)
def normalise_known(x: Any, weight: Any, bias: Any, axes: Any, eps: float, centred: bool) -> Any:
    """Return the same for rows and channels."""
    return normalise_any(x, weight, bias, axes, eps, centred)


def normalise(x: Any, weight: Any, bias: Any, axes: Any, eps: float, centred: bool) -> Any:
    """Return the same, in C where it is known."""
    function = normalise_known if known_axes(axes, np.ndim(x)) else normalise_any
    return function(x, weight, bias, axes, eps, centred)


@kernel()
def derivatives_of_any(
    g: Any, x: Any, weight: Any, bias: Any, mean: Any, variance: Any, axes: Any, eps: float
) -> Any:
    """Return the derivatives with respect to x, the weight and the bias.

    Remove from g · weight the parts that change the mean and the variance of x.
    """
    kind = layout(x, axes, bias if weight is None else weight, g, bias, variance, mean)
    if kind and (mean is not None or kind != "channels"):
        with BuffersFor(x, first_shared(kind, x, axes)):
            if kind == "rows":
                return rows_back(g, x, weight, bias, mean, variance, axes, eps)
            if kind == "groups":
                return groups_back(g, x, weight, bias, mean, variance, eps)
            return channels_back(g, x, weight, bias, mean, variance, eps)
    inverse = 1 / np.sqrt(variance + eps)
    standard = (x if mean is None else x - mean) * inverse
    if all(a is None or a.shape == variance.shape for a in (weight, bias)):
        # One weight for all that is summed: the sums are those of its derivatives.
        along, total = mean_of(g * standard, axes), None
        found = g - standard * along
        if mean is not None or bias is not None:
            total = mean_of(g, axes)
        if mean is not None:
            found = found - total
        count = x.size / max(variance.size, 1)
        by_weight = None if weight is None else along * count
        by_bias = None if bias is None else total * count
        return found * (inverse if weight is None else inverse * weight), by_weight, by_bias
    scaled = g if weight is None else g * weight
    found = scaled - standard * mean_of(scaled * standard, axes)
    if mean is not None:
        found = found - mean_of(scaled, axes)
    by_weight = None if weight is None else sum_like(g * standard, weight)
    return found * inverse, by_weight, None if bias is None else sum_like(g, bias)


@kernel(c=NORMALISED_BACK)
def derivatives_of_known(
    g: Any, x: Any, weight: Any, bias: Any, mean: Any, variance: Any, axes: Any, eps: float
) -> Any:
    """Return the same for rows and channels."""
    return derivatives_of_any(g, x, weight, bias, mean, variance, axes, eps)


def normalise_back(
    g: Any, x: Any, weight: Any, bias: Any, mean: Any, variance: Any, axes: Any, eps: float
) -> Any:
    """Return the same, in C where it is known."""
    function = derivatives_of_known if known_axes(axes, np.ndim(x)) else derivatives_of_any
    return function(g, x, weight, bias, mean, variance, axes, eps)


@kernel()
def sum_like(g: Any, parameter: Any) -> Any:
    """Sum over the axes along which a parameter was broadcast."""
    extra = g.ndim - parameter.ndim
    is_usual = type(g) is np.ndarray and g.dtype.char in "fd"
    if is_usual and extra == 1 and g.shape[1:] == parameter.shape:
        return np.add.reduce(g, 0)
    axes = [a for a in range(g.ndim) if a < extra or parameter.shape[a - extra] == 1]
    if is_usual:
        return np.add.reduce(g, tuple(axes)).reshape(parameter.shape)
    return np.reshape(np.sum(g, axis=tuple(axes)), parameter.shape)


# -- channels ---------------------------------------------------------------------------------


@kernel()
def of_channels(numbers: Any, x: Any) -> Any:
    """Return one number for each channel with as many axes as x, whose second is the channel."""
    return numbers.reshape((-1,) + (1,) * (x.ndim - 2))


@kernel()
def channel_sums(x: Any, y: Any = None) -> Any:
    """Return the sum of each channel, of x or of its products with y; x has two or three axes."""
    if x.ndim == 2:
        return np.ones(len(x), x.dtype) @ (x if y is None else x * y)
    if y is not None:
        return np.add.reduce(np.vecdot(x, y), 0)
    rows = x.reshape((-1, x.shape[2])) @ np.ones(x.shape[2], x.dtype)
    return np.add.reduce(rows.reshape(x.shape[:2]), 0)


@kernel(c=CHANNEL_SUMS)
def sum_channels(g: Any, parameter: Any, x: Any, mean: Any) -> Any:
    """Sum g, or g · (x - mean), over all axes but that of the channels, of the parameter."""
    usual = all(a is None or (type(a) is np.ndarray and a.dtype.char in "fd") for a in (g, x))
    if not usual:
        return sum_like(g if x is None else g * (x - mean), parameter)
    flat = (*g.shape[:2], math.prod(g.shape[2:]))
    if x is None:
        return channel_sums(g.reshape(flat)).reshape(parameter.shape)
    with BuffersFor(x, 2):
        centre = x - mean
    return channel_sums(g.reshape(flat), centre.reshape(flat)).reshape(parameter.shape)


@kernel()
def normalise_channels(x: Any, weight: Any, bias: Any, eps: float) -> Any:
    """Normalise each channel, along the second axis."""
    shape = (1, -1) + (1,) * (x.ndim - 2)
    batch = x.reshape((*x.shape[:2], -1)) if x.ndim > 2 else x
    found = np.empty(x.shape, x.dtype)
    y, each = found.reshape(batch.shape), parts(batch, PART)
    mean, squares, done = np.zeros(x.shape[1], x.dtype), np.zeros(x.shape[1], x.dtype), 0
    means = []  # of parts, which are removed first
    for part in each:
        count = batch[part].size // x.shape[1]
        own = channel_sums(batch[part]) / count
        centre = y[part]
        np.subtract(batch[part], spread(of_channels(own, batch), centre), out=centre)
        squares += channel_sums(centre, centre)
        difference, share = own - mean, count / (done + count)
        if done:  # else infinity times 0 would be NaN
            squares += difference * difference * (done * share)
        mean += difference * share
        done += count
        means.append(own)
    variance = squares / done
    scale = inverse_root(variance, eps)
    if weight is not None:
        scale *= weight.reshape(-1)
    for part, own in zip(each, means, strict=True):
        y[part] *= of_channels(scale, batch)
        shift = None if bias is None else bias.reshape(-1)
        if len(each) > 1:
            rest = (own - mean) * scale
            shift = rest if shift is None else rest + shift
        if shift is not None:
            y[part] += of_channels(shift, batch)
    return found, mean.reshape(shape), variance.reshape(shape)


@kernel()
def channels_back(
    g: Any, x: Any, weight: Any, bias: Any, mean: Any, variance: Any, eps: float
) -> Any:
    """Return the derivatives for normalised channels."""
    flat = (*x.shape[:2], -1) if x.ndim > 2 else x.shape
    batch, slopes = x.reshape(flat), g.reshape(flat)
    centre, count, each = of_channels(mean, batch), x.size // x.shape[1], parts(batch, PART)
    found = np.empty(x.shape, x.dtype)
    whole = found.reshape(batch.shape)
    total, along = np.zeros(x.shape[1], x.dtype), np.zeros(x.shape[1], x.dtype)
    for part in each:
        y = whole[part]
        np.subtract(batch[part], spread(centre, y), out=y)
        along += channel_sums(y, slopes[part])
        total += channel_sums(slopes[part])
    inverse = inverse_root(variance.reshape(-1), eps)
    along *= inverse
    scale = inverse if weight is None else inverse * weight.reshape(-1)
    slope, shift = inverse * along / count, total / count
    for part in each:
        y = whole[part]
        y *= of_channels(slope, batch)
        y += of_channels(shift, batch)
        np.subtract(slopes[part], y, out=y)
        y *= of_channels(scale, batch)
    return (
        found,
        None if weight is None else along.reshape(weight.shape),
        None if bias is None else total.reshape(bias.shape),
    )
