"""Pooling: the maximum or the average of each window, channel by channel."""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from typing import Any

import numpy as np

from autograd import Primitive, define, kernel, linear
from autograd.devices import beside, like
from autograd.errors import OptionError
from nn.arrays import floating, plain, shape_of
from nn.function_module import OneInput
from nn.layers.sliding_window import Size, Windows, offsets, windows_of, with_batch
from nn.layers.windows_in_c import ADDED_BACK, LARGEST, LARGEST_BACK, SUMMED
from nn.notation import MAX_OF_WINDOWS, SUM_OF_WINDOWS

#: Fewer windows than this are compared in one call.
FEW = 1 << 10

#: Windows of so many elements side by side are compared one after the other.
LONG = 64


@kernel()
def largest(x: Any, windows: Windows) -> Any:
    """Return the maximum of each window, axis after axis, ignoring the padding."""
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
def first_of(x: Any, y: Any, windows: Windows) -> Any:
    """Return the position of the maximum `y` in each window, of the first if there are several.

    That is the number of elements before it, which are all smaller.
    """
    counts = windows.counts(x.shape)
    if math.prod(windows.kernel) >= LONG and windows.tile(x.shape):
        sizes = [n for pair in zip(counts, windows.kernel, strict=True) for n in pair]
        split = x.reshape((*x.shape[:2], *sizes))
        inner = range(3, split.ndim, 2)
        each = np.moveaxis(split, inner, range(-len(inner), 0)).reshape((*y.shape, -1))
        return np.logical_not(each < y[..., None]).argmax(axis=-1)
    padded = windows.padded(x, -math.inf)
    indices = [index for _, index in offsets(windows, counts)]
    if y.size < FEW:  # one call for all takes less time than three for each
        each = np.concatenate([padded[index][None] for index in indices])
        return np.logical_not(each < y).argmax(axis=0)
    found = np.zeros_like(y, np.min_scalar_type(len(indices)), order="C")
    before = np.ones_like(y, bool, order="C")
    for index in indices[:-1]:
        before &= padded[index] < y
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
    """Add each number to the first maximum `y` of its window."""
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


def max_indices(x: Any, windows: Windows) -> Any:
    """Return where the maximum of each window is in its flat channel, the first of several."""
    shape = shape_of(x)
    widths = ((0, 0),) * (len(shape) - len(windows.kernel)) + windows.padding
    padded, counts = np.pad(x, widths, constant_values=-math.inf), windows.counts(shape)
    parts = [padded[index] for _, index in offsets(windows, counts)]
    which, found, size = np.argmax(np.stack(parts), axis=0), 0, 1
    for axis, kernel_size in reversed(list(enumerate(windows.kernel))):
        which, within = np.floor_divide(which, kernel_size), np.remainder(which, kernel_size)
        length = shape[axis + len(shape) - len(windows.kernel)]
        begin = np.arange(counts[axis]) * windows.stride[axis] - windows.padding[axis][0]
        begin = begin.reshape((-1,) + (1,) * (len(counts) - axis - 1))
        at = within * windows.dilation[axis] + beside(begin, x)
        found = found + size * np.clip(at, 0, length - 1)  # of -inf, the padding may be the first
        size *= length
    return found


class Pooling(OneInput):
    """The base class of pooling layers; for the parameters see these."""

    ndim: int
    windows: Windows
    ceil_mode = False

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        ceil_mode: bool = False,
    ) -> None:
        stride = kernel_size if stride is None else stride
        self.windows = windows_of(self.ndim, kernel_size, stride, padding, dilation)
        self.kernel_size, self.stride = self.windows.kernel, self.windows.stride
        if ceil_mode:
            self.ceil_mode = True
        pairs = zip(self.windows.padding, self.windows.kernel, strict=True)
        if any(2 * max(padding) > kernel for padding, kernel in pairs):
            raise OptionError(
                f"padding={padding} must be at most half of kernel_size={kernel_size}; otherwise "
                "some windows contain only padding."
            )

    def forward(self, x: Any) -> Any:
        """Pool each channel.

        Parameters
        ----------
        x : array_like, shape (batch, channels, *grid) or (channels, *grid)
            The input.

        Returns
        -------
        array or Tensor, shape (batch, channels, *windows) or (channels, *windows)

        Raises
        ------
        ShapeError
            If the shape does not fit, or the window is larger than the input.
        """
        x, alone, windows = self._prepared(x)
        y = self._pooled(x, windows)
        return y[0] if alone else y

    def _prepared(self, x: Any) -> tuple[Any, bool, Windows]:
        """Return the input with a batch axis, whether it had none, and the windows; or raise."""
        x, alone = with_batch(floating(x), self.ndim, None, type(self).__name__)
        windows = self.windows.covering(shape_of(x)) if self.ceil_mode else self.windows
        windows.counts(shape_of(x))  # raises if there is no window
        return x, alone, windows

    def _pooled(self, x: Any, windows: Windows) -> Any:
        """Pool an input that has a batch axis."""
        raise NotImplementedError


class MaxPool(Pooling):
    """The maximum of each window."""

    return_indices = False

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(kernel_size, stride, padding, dilation, ceil_mode)
        if return_indices:
            self.return_indices = True

    def forward(self, x: Any) -> Any:
        """Pool each channel.

        Parameters
        ----------
        x : array_like, shape (batch, channels, *grid) or (channels, *grid)
            The input.

        Returns
        -------
        array or Tensor, shape (batch, channels, *windows) or (channels, *windows)
            With `return_indices` a pair: the maxima, and where each is in its flat channel.

        Raises
        ------
        ShapeError
            If the shape does not fit, or the window is larger than the input.
        """
        x, alone, windows = self._prepared(x)
        y = window_max(x, windows=windows)
        if not self.return_indices:
            return y[0] if alone else y
        indices = max_indices(plain(x), windows)
        return (y[0], indices[0]) if alone else (y, indices)


class AvgPool(Pooling):
    """The average of each window."""

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode=ceil_mode)
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override

    def _pooled(self, x: Any, windows: Windows) -> Any:
        count: Any = math.prod(windows.kernel)
        if self.divisor_override is not None:
            count = self.divisor_override
        elif not self.count_include_pad or windows != self.windows:
            counted = np.ones((1, 1, *shape_of(x)[2:]), x.dtype)
            if self.count_include_pad:  # but not what ceil_mode adds
                own = self.windows.padding
                counted = np.pad(counted, ((0, 0), (0, 0), *own), constant_values=1)
                ends = zip(windows.padding, own, strict=True)
                count = summed(
                    counted, replace(windows, padding=tuple((0, b[1] - a[1]) for b, a in ends))
                )
            else:
                count = summed(counted, windows)
        return window_sum(x, windows=windows) / beside(count, x)


class MaxPool1d(MaxPool):
    """The maximum of windows of inputs of shape (batch, channels, length).

    Of equal maxima the first one gets the derivative.

    Parameters
    ----------
    kernel_size : int
        The size of the window.
    stride : int, optional
        The distance between windows; by default `kernel_size`.
    padding : int
        The number of elements to add on each side, at most half of `kernel_size`. They are
        never the maximum.
    dilation : int
        The distance between the elements of a window.
    ceil_mode : bool
        Whether to add windows that reach beyond the end, if something is left over.
    return_indices : bool
        Whether to return also where the maxima are, for `MaxUnpool1d`.

    Raises
    ------
    OptionError
        If a size is invalid, or the padding too large.

    Examples
    --------
    >>> MaxPool1d(2)(np.zeros((2, 3, 8))).shape
    (2, 3, 4)
    """

    ndim = 1


class MaxPool2d(MaxPool):
    """The maximum of windows of inputs of shape (batch, channels, height, width).

    Of equal maxima the first one gets the derivative.

    Parameters
    ----------
    kernel_size : int or (int, int)
        The size of the window.
    stride : int or (int, int), optional
        The distance between windows; by default `kernel_size`.
    padding : int or (int, int)
        The number of elements to add on each side, at most half of `kernel_size`. They are
        never the maximum.
    dilation : int or (int, int)
        The distance between the elements of a window.
    ceil_mode : bool
        Whether to add windows that reach beyond the end, if something is left over.
    return_indices : bool
        Whether to return also where the maxima are, for `MaxUnpool2d`.

    Raises
    ------
    OptionError
        If a size is invalid, or the padding too large.

    Examples
    --------
    >>> MaxPool2d(2)(np.zeros((2, 3, 8, 8))).shape
    (2, 3, 4, 4)
    """

    ndim = 2


class AvgPool1d(AvgPool):
    """The average of windows of inputs of shape (batch, channels, length).

    Parameters
    ----------
    kernel_size : int
        The size of the window.
    stride : int, optional
        The distance between windows; by default `kernel_size`.
    padding : int
        The number of elements to add on each side, at most half of `kernel_size`, zeros.
    count_include_pad : bool
        Whether the average counts the padding.
    ceil_mode : bool
        Whether to add windows that reach beyond the end, if something is left over.
    divisor_override : int, optional
        What to divide the sums by; by default the number of elements.

    Raises
    ------
    OptionError
        If a size is invalid, or the padding too large.

    Examples
    --------
    >>> AvgPool1d(2)(np.zeros((2, 3, 8))).shape
    (2, 3, 4)
    """

    ndim = 1


class AvgPool2d(AvgPool):
    """The average of windows of inputs of shape (batch, channels, height, width).

    Parameters
    ----------
    kernel_size : int or (int, int)
        The size of the window.
    stride : int or (int, int), optional
        The distance between windows; by default `kernel_size`.
    padding : int or (int, int)
        The number of elements to add on each side, at most half of `kernel_size`, zeros.
    count_include_pad : bool
        Whether the average counts the padding.
    ceil_mode : bool
        Whether to add windows that reach beyond the end, if something is left over.
    divisor_override : int, optional
        What to divide the sums by; by default the number of elements.

    Raises
    ------
    OptionError
        If a size is invalid, or the padding too large.

    Examples
    --------
    >>> AvgPool2d(2)(np.zeros((2, 3, 8, 8))).shape
    (2, 3, 4, 4)
    """

    ndim = 2


class MaxPool3d(MaxPool):
    """The maximum of windows of inputs of shape (batch, channels, depth, height, width).

    Of equal maxima the first one gets the derivative.

    Parameters
    ----------
    kernel_size : int or (int, int, int)
        The size of the window.
    stride : int or (int, int, int), optional
        The distance between windows; by default `kernel_size`.
    padding : int or (int, int, int)
        The number of elements to add on each side, at most half of `kernel_size`. They are
        never the maximum.
    dilation : int or (int, int, int)
        The distance between the elements of a window.
    ceil_mode : bool
        Whether to add windows that reach beyond the end, if something is left over.
    return_indices : bool
        Whether to return also where the maxima are, for `MaxUnpool3d`.

    Raises
    ------
    OptionError
        If a size is invalid, or the padding too large.

    Examples
    --------
    >>> MaxPool3d(2)(np.zeros((2, 3, 8, 8, 8))).shape
    (2, 3, 4, 4, 4)
    """

    ndim = 3


class AvgPool3d(AvgPool):
    """The average of windows of inputs of shape (batch, channels, depth, height, width).

    Parameters
    ----------
    kernel_size : int or (int, int, int)
        The size of the window.
    stride : int or (int, int, int), optional
        The distance between windows; by default `kernel_size`.
    padding : int or (int, int, int)
        The number of elements to add on each side, at most half of `kernel_size`, zeros.
    count_include_pad : bool
        Whether the average counts the padding.
    ceil_mode : bool
        Whether to add windows that reach beyond the end, if something is left over.
    divisor_override : int, optional
        What to divide the sums by; by default the number of elements.

    Raises
    ------
    OptionError
        If a size is invalid, or the padding too large.

    Examples
    --------
    >>> AvgPool3d(2)(np.zeros((2, 3, 8, 8, 8))).shape
    (2, 3, 4, 4, 4)
    """

    ndim = 3
