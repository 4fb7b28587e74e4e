"""Pooling: the maximum or the average of each window, channel by channel."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.devices import beside
from autograd.errors import OptionError
from nn.arrays import floating, plain, shape_of
from nn.function_module import OneInput
from nn.layers.pooled_windows import max_indices, summed, window_max, window_sum
from nn.layers.sliding_window import Size, Windows, windows_of, with_batch


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
