"""Keras' pooling: the channels are the last axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.keras_style.layers.convolution import check_padding, windows_over
from nn.keras_style.layers.grid import Grid, channels_first, channels_last
from nn.layers.pooled_windows import window_max, window_sum
from nn.layers.sliding_window import Windows, sizes_of


class Pooling(Grid):
    """The base class of pooling over windows.

    Parameters
    ----------
    pool_size : int or tuple of int
        The size of the window.
    strides : int or tuple of int, optional
        The distance of windows; by default `pool_size`.
    padding : {"valid", "same"}
        Whether there is a window for each stride, also where it reaches beyond the end.
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes.
    **options
        Options of `Layer`.
    """

    ndim: int

    def __init__(
        self, pool_size: Any = 2, strides: Any = None, padding: str = "valid",
        data_format: str | None = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(data_format=data_format, **options)
        padding = padding.lower()
        check_padding(padding)
        self.padding, self.pool_size = padding, sizes_of(self.ndim, pool_size, "pool_size", 1)
        self.strides = sizes_of(
            self.ndim, self.pool_size if strides is None else strides, "strides", 1
        )

    def call(self, inputs: Any) -> Any:
        """Pool each channel.

        Parameters
        ----------
        inputs : array_like, shape (batch, *grid, channels)
            The inputs.
        """
        windows = windows_over(inputs.shape[1:-1], self.pool_size, self.strides, self.padding)
        x = channels_first(inputs)
        windows.counts(x.shape)  # or raise
        return channels_last(self.pooled(x, windows))

    def pooled(self, x: Any, windows: Windows) -> Any:
        """Pool an array whose channels are the second axis."""
        raise NotImplementedError


class MaxPooling(Pooling):
    """The base class of the maximum of windows."""

    def pooled(self, x: Any, windows: Windows) -> Any:
        """Return the maximum of each window."""
        return window_max(x, windows)


class AveragePooling(Pooling):
    """The base class of the average of windows, which does not count what is beyond the end."""

    def pooled(self, x: Any, windows: Windows) -> Any:
        """Return the average of each window."""
        return window_mean(x, windows)


def window_mean(x: Any, windows: Windows) -> Any:
    """Return the average of each window, of which what is beyond the end is no part."""
    counted = window_sum(np.ones((1, 1, *x.shape[2:]), x.dtype), windows)
    return window_sum(x, windows) / counted


class MaxPooling1D(MaxPooling):
    """The maximum of windows of sequences; see `Pooling`."""

    ndim = 1


class MaxPooling2D(MaxPooling):
    """The maximum of windows of images; see `Pooling`.

    Examples
    --------
    >>> MaxPooling2D(2, padding="same")(np.ones((2, 5, 5, 3))).shape
    (2, 3, 3, 3)
    """

    ndim = 2


class MaxPooling3D(MaxPooling):
    """The maximum of windows of volumes; see `Pooling`."""

    ndim = 3


class AveragePooling1D(AveragePooling):
    """The average of windows of sequences; see `Pooling`."""

    ndim = 1


class AveragePooling2D(AveragePooling):
    """The average of windows of images; see `Pooling`."""

    ndim = 2


class AveragePooling3D(AveragePooling):
    """The average of windows of volumes; see `Pooling`."""

    ndim = 3


class GlobalPooling(Grid):
    """The base class of pooling over the whole grid.

    Parameters
    ----------
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes.
    keepdims : bool
        Whether to keep the axes of the grid, with length 1.
    **options
        Options of `Layer`.
    """

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **options: Any
    ) -> None:
        super().__init__(data_format=data_format, **options)
        self.keepdims = keepdims


class GlobalMaxPooling(GlobalPooling):
    """The base class of the maximum of each channel."""

    def call(self, inputs: Any) -> Any:
        """Return the maximum of each channel.

        Parameters
        ----------
        inputs : array_like, shape (batch, *grid, channels)
            The inputs.
        """
        return np.max(inputs, axis=tuple(range(1, inputs.ndim - 1)), keepdims=self.keepdims)


class GlobalAveragePooling(GlobalPooling):
    """The base class of the average of each channel."""

    def call(self, inputs: Any) -> Any:
        """Return the average of each channel.

        Parameters
        ----------
        inputs : array_like, shape (batch, *grid, channels)
            The inputs.
        """
        return np.mean(inputs, axis=tuple(range(1, inputs.ndim - 1)), keepdims=self.keepdims)


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The maximum of each feature of a sequence."""


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The maximum of each channel of an image."""


class GlobalAveragePooling1D(GlobalAveragePooling):
    """The average of each feature of a sequence, over the steps that a mask leaves.

    Parameters
    ----------
    keepdims : bool
        Whether to keep the axis of steps, with length 1.
    **options
        Options of `Layer`.
    """

    supports_masking = True
    keeps_steps = False

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return the average of each feature.

        Parameters
        ----------
        inputs : array_like, shape (batch, steps, features)
            The inputs.
        mask : array of bool, shape (batch, steps), optional
            Which steps count.
        """
        if mask is None:
            return super().call(inputs)
        shares = np.asarray(mask, inputs.dtype)[..., None]
        total = np.sum(inputs * shares, axis=1, keepdims=self.keepdims)
        return total / np.sum(shares, axis=1, keepdims=self.keepdims)


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The maximum of each channel of volumes; see `GlobalPooling`."""


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The average of each channel of volumes; see `GlobalPooling`."""


class GlobalAveragePooling2D(GlobalAveragePooling):
    """The average of each channel of an image."""


MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D
GlobalMaxPool1D, GlobalMaxPool2D = GlobalMaxPooling1D, GlobalMaxPooling2D
GlobalAvgPool1D, GlobalAvgPool2D = GlobalAveragePooling1D, GlobalAveragePooling2D
GlobalMaxPool3D, GlobalAvgPool3D = GlobalMaxPooling3D, GlobalAveragePooling3D
