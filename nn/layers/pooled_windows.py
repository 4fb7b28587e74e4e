"""The maximum and the sum of each window of an array, and their derivatives."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from autograd import Primitive, define, kernel, linear
from autograd.devices import beside, holds, like
from nn.arrays import plain, shape_of
from nn.layers.maxima_in_c import LARGEST, LARGEST_BACK
from nn.layers.sliding_window import Windows, offsets
from nn.layers.small_pooling import is_small, largest_back_small, largest_small
from nn.layers.windows_in_c import ADDED_BACK, SUMMED
from nn.notation import MAX_OF_WINDOWS, SUM_OF_WINDOWS

#: Fewer windows than this are compared in one call.
FEW = 1 << 10

#: Windows of so many elements side by side are compared one after the other.
LONG = 64


@kernel()
def largest(x: Any, windows: Windows) -> Any:
    """Return the maximum of each window, axis after axis, ignoring the padding."""
    if is_small(x, windows):
        return largest_small(x, windows)
    y = windows.padded(x, -math.inf)
    for axis, one in enumerate(windows.each_axis):
        axis += x.ndim - len(windows.kernel)
        (count,) = one.counts(y.shape[: axis + 1])
        if one.kernel[0] >= LONG and one.tile(y.shape[: axis + 1]):
            split = (*y.shape[:axis], count, one.kernel[0], *y.shape[axis + 1 :])
            y = np.maximum.reduce(y.reshape(split), axis + 1)
            continue
        parts = [y[(slice(None),) * axis + index[1:]] for _, index in offsets(one, (count,))]
        y = np.maximum(parts[0], parts[1]) if len(parts) > 1 else parts[0].copy()
        for part in parts[2:]:
            np.maximum(y, part, out=y)
    return y


@kernel()
def finds_elements(y: Any, windows: Windows) -> bool:
    """Return whether no maximum equals the padding, as -inf does, nor compares, as NaN."""
    return not any(map(any, windows.padding)) or bool(np.isfinite(y).all())


@kernel()
def first_of(x: Any, y: Any, windows: Windows) -> Any:
    """Return the position of the maximum `y` in each window, of the first if there are several.

    That is the number of elements before it, which are all smaller. Padding is smaller even than
    -inf. Of NaN it is the last, as in PyTorch.
    """
    return with_last_nan(first_not_smaller(x, y, windows), x, y, windows)


@kernel()
def with_last_nan(which: Any, x: Any, y: Any, windows: Windows) -> Any:
    """Return positions, in windows whose maximum `y` is NaN that of the last NaN."""
    if not y.size or holds(np.max(y) > -math.inf) or not holds(np.isnan(y)):
        return which  # mostly one number tells: the maximum of what contains NaN is NaN
    images = math.prod(x.shape[:2])
    image, window = np.nonzero(np.isnan(y).reshape(images, -1))
    begin, step = (beside(found, which) for found in window_places(windows, x.shape))
    padded = windows.padded(x, -math.inf).reshape(images, -1)
    each = padded[image[:, None], begin[window][:, None] + step]
    which = which.copy()
    which.reshape(images, -1)[image, window] = (
        len(step) - 1 - np.isnan(each)[:, ::-1].argmax(axis=1)
    )
    return which


@kernel()
def first_not_smaller(x: Any, y: Any, windows: Windows) -> Any:
    """Return the position of the first element of each window that is not smaller than `y`."""
    counts = windows.counts(x.shape)
    if math.prod(windows.kernel) >= LONG and windows.tile(x.shape):
        sizes = [n for pair in zip(counts, windows.kernel, strict=True) for n in pair]
        split = x.reshape((*x.shape[:2], *sizes))
        inner = range(3, split.ndim, 2)
        each = np.moveaxis(split, inner, range(-len(inner), 0)).reshape((*y.shape, -1))
        return np.logical_not(each < y[..., None]).argmax(axis=-1)
    padded = windows.padded(x, -math.inf)
    indices = [index for _, index in offsets(windows, counts)]
    outside = None if finds_elements(y, windows) else windows.padded(np.zeros(x.shape, bool), True)
    if y.size < FEW and outside is None:  # one call for all takes less time than three for each
        each = np.concatenate([padded[index][None] for index in indices])
        return np.logical_not(each < y).argmax(axis=0)
    found = np.zeros_like(y, np.min_scalar_type(len(indices)), order="C")
    before = np.ones_like(y, bool, order="C")
    for index in indices[:-1]:
        smaller = padded[index] < y
        before &= smaller if outside is None else smaller | outside[index]
        found += before
    return found


@functools.lru_cache(maxsize=64)
def window_places(windows: Windows, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """Return where windows begin, and where their elements are from there, in a flat array."""
    padded = windows.padded_shape(shape)
    places = np.arange(math.prod(padded[2:])).reshape(padded[2:])
    indices = [index for _, index in offsets(windows, windows.counts(shape))]
    return places[indices[0]].reshape(-1), np.array([places[index].flat[0] for index in indices])


def places_of(which: Any, windows: Windows, shape: tuple[int, ...]) -> Any:
    """Return where the element of each window at the given position is in a flat padded array."""
    begin, step = (beside(found, which) for found in window_places(windows, shape))
    padded = windows.padded_shape(shape)
    images = np.arange(shape[0] * shape[1], like=like(which)) * math.prod(padded[2:])
    return (step[which.reshape((len(images), len(begin)))] + begin + images[:, None]).reshape(-1)


@kernel()
def picked(x: Any, which: Any, windows: Windows) -> Any:
    """Return one element of each window, by its position there."""
    flat = windows.padded(x).reshape(-1)
    return flat[places_of(which, windows, x.shape)].reshape(which.shape)


@kernel()
def put_back(g: Any, which: Any, windows: Windows, shape: tuple[int, ...]) -> Any:
    """Add each number to the element of its window at the given position."""
    total = np.zeros_like(g, shape=windows.padded_shape(shape), order="C")
    flat, places = total.reshape(-1), places_of(which, windows, shape)
    if windows.are_apart:
        flat[places] = g.reshape(-1)
    else:
        np.add.at(flat, places, g.reshape(-1))
    return windows.without_padding(total, shape)


def largest_back(g: Any, x: Any, y: Any, windows: Windows) -> Any:
    """Add each number to the first maximum `y` of its window, or to its last NaN."""
    if type(g) is np.ndarray and is_small(x, windows):
        return largest_back_small(g, x, y, windows)
    return put_back(g, first_of(x, y, windows), windows, x.shape)


@kernel()
def summed(x: Any, windows: Windows) -> Any:
    """Return the sum of each window, axis after axis."""
    y = windows.padded(x)
    for axis, one in enumerate(windows.each_axis, x.ndim - len(windows.kernel)):
        (count,) = one.counts(y.shape[: axis + 1])
        parts = [y[(slice(None),) * axis + index[1:]] for _, index in offsets(one, (count,))]
        y = parts[0] + parts[1] if len(parts) > 1 else parts[0].copy()
        for part in parts[2:]:
            y += part
    return y


@kernel()
def added_back(g: Any, windows: Windows, shape: tuple[int, ...]) -> Any:
    """Add each number to all elements of its window, axis after axis."""
    y, lengths = g, windows.padded_shape(shape)
    for axis, one in reversed(list(enumerate(windows.each_axis, g.ndim - len(windows.kernel)))):
        longer = (*y.shape[:axis], lengths[axis])
        if one.tile(longer):
            y = np.repeat(y, one.kernel[0], axis)
            continue
        total = np.zeros_like(y, shape=(*longer, *y.shape[axis + 1 :]), order="C")
        for _, index in offsets(one, (y.shape[axis],)):
            total[(slice(None),) * axis + index[1:]] += y
        y = total
    return windows.without_padding(y, shape)


# fmt: off
pick: Primitive = linear(picked,
    lambda g, x, which, windows: put(g, which, windows, x.shape),
    fresh_results=True, name="pick")
put: Primitive = linear(put_back,
    lambda h, g, which, windows, shape: pick(h, which, windows),
    fresh_results=True, name="put")
put_first: Primitive = linear(largest_back,
    lambda h, g, x, y, windows: pick(h, first_of(x, y, windows), windows),
    fresh_results=True, name="put_first", c=LARGEST_BACK)
window_max = define(largest,
    lambda g, y, x, windows: put_first(g, plain(x), plain(y), windows),
    fresh_results=True, name="window_max", notation=MAX_OF_WINDOWS, c=LARGEST)
window_sum: Primitive = linear(summed,
    lambda g, x, windows: add_windows(g, windows, x.shape),
    fresh_results=True, name="window_sum", notation=SUM_OF_WINDOWS, c=SUMMED)
add_windows: Primitive = linear(added_back,
    lambda h, g, windows, shape: window_sum(h, windows),
    fresh_results=True, name="add_windows", c=ADDED_BACK)
# fmt: on


@kernel()
def place_of_largest(x: Any) -> Any:
    """Return where along the first axis the largest number is: the first, but the last NaN."""
    which, is_nan = np.argmax(x, axis=0), np.isnan(x)
    if not holds(is_nan):
        return which
    return np.where(np.any(is_nan, axis=0), len(x) - 1 - np.argmax(is_nan[::-1], axis=0), which)


def max_indices(x: Any, windows: Windows) -> Any:
    """Return where the maximum of each window is in its flat channel, the first of several.

    Of several NaN it is the last.
    """
    shape = shape_of(x)
    widths = ((0, 0),) * (len(shape) - len(windows.kernel)) + windows.padding
    padded, counts = np.pad(x, widths, constant_values=-math.inf), windows.counts(shape)
    parts = [padded[index] for _, index in offsets(windows, counts)]
    which, found, size = place_of_largest(np.stack(parts)), 0, 1
    for axis, kernel_size in reversed(list(enumerate(windows.kernel))):
        which, within = np.floor_divide(which, kernel_size), np.remainder(which, kernel_size)
        length = shape[axis + len(shape) - len(windows.kernel)]
        begin = np.arange(counts[axis]) * windows.stride[axis] - windows.padding[axis][0]
        begin = begin.reshape((-1,) + (1,) * (len(counts) - axis - 1))
        at = within * windows.dilation[axis] + beside(begin, x)
        # Of -inf the padding may be the first: then it is the first element behind it.
        found = found + size * np.where(at < 0, beside(begin, x) % windows.dilation[axis], at)
        size *= length
    return found
