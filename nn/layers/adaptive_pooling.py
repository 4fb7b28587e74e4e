"""Pooling to a given grid: `AdaptiveAvgPool` and `AdaptiveMaxPool`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.arrays import floating, plain, shape_of
from nn.function_module import OneInput
from nn.layers.pooled_windows import place_of_largest, window_max
from nn.layers.resampling import along_grid, averages
from nn.layers.sliding_window import Windows


def ranges(length: int, wanted: int) -> list[tuple[int, int]]:
    """Return where windows begin and end that together cover an axis."""
    return [(i * length // wanted, -(-(i + 1) * length // wanted)) for i in range(wanted)]


def places(length: int, wanted: int) -> Any:
    """Return the elements of the windows of an axis, the first repeated in shorter windows."""
    found = ranges(length, wanted)
    steps = np.arange(-max(last - first for first, last in found), 0)
    return np.array([np.maximum(last + steps, first) for first, last in found])


class AdaptivePool(OneInput):
    """The base class of adaptive pooling layers."""

    ndim: int

    def __init__(self, output_size: Any) -> None:
        many = isinstance(output_size, (tuple, list))
        self.output_size = tuple(output_size) if many else (output_size,) * self.ndim
        if len(self.output_size) != self.ndim:
            raise OptionError(f"output_size={output_size!r} must be one or {self.ndim} integers.")

    def forward(self, x: Any) -> Any:
        """Pool each channel.

        Parameters
        ----------
        x : array_like, shape (..., *grid)
            The input.
        """
        x = floating(x)
        lengths = shape_of(x)[-self.ndim :]
        wanted = [n if m is None else m for n, m in zip(lengths, self.output_size, strict=True)]
        return self._pooled(x, list(zip(lengths, wanted, strict=True)))

    def _pooled(self, x: Any, sizes: list[tuple[int, int]]) -> Any:
        """Pool an array, given the present and the wanted length of each axis."""
        raise NotImplementedError


class AdaptiveAvgPool(AdaptivePool):
    """The averages of windows."""

    def _pooled(self, x: Any, sizes: list[tuple[int, int]]) -> Any:
        if any(wanted != 1 for _, wanted in sizes):
            return along_grid(x, [averages(*size) for size in sizes])
        # One window each: a sum of what is adjacent takes less time than products for each axis.
        return np.mean(x, axis=tuple(range(-self.ndim, 0)), keepdims=True)


class AdaptiveMaxPool(AdaptivePool):
    """The largest elements of windows; of equal ones the first gets the derivative.

    Of several NaN the last gets it.
    """

    def _pooled(self, x: Any, sizes: list[tuple[int, int]]) -> Any:
        ndim = self.ndim
        if len(sizes) + 2 == len(shape_of(x)) and not any(n % wanted for n, wanted in sizes):
            kernel = tuple(n // wanted for n, wanted in sizes)
            return window_max(x, windows=Windows(kernel, kernel, ((0, 0),) * ndim, (1,) * ndim))
        index: list[Any] = []
        for axis, size in enumerate(sizes):  # windows first, then the elements of a window
            found = places(*size)
            shape = [1] * (2 * ndim)
            shape[axis], shape[ndim + axis] = found.shape
            index.append(found.reshape(shape))
        windows = x[(..., *index)]
        windows = windows.reshape((*shape_of(windows)[:-ndim], -1))
        largest = place_of_largest(np.moveaxis(plain(windows), -1, 0))[..., None]
        return np.take_along_axis(windows, largest, axis=-1)[..., 0]


class AdaptiveAvgPool1d(AdaptiveAvgPool):
    """Averages over so many windows that the output has a given length.

    Parameters
    ----------
    output_size : int
        The length of the output.

    Examples
    --------
    >>> AdaptiveAvgPool1d(1)(np.array([[[1.0, 2.0, 6.0]]]))
    array([[[3.]]])
    """

    ndim = 1


class AdaptiveAvgPool2d(AdaptiveAvgPool):
    """Averages over so many windows that the output has a given height and width.

    Parameters
    ----------
    output_size : int or (int, int)
        The height and width of the output; None keeps one.

    Examples
    --------
    >>> AdaptiveAvgPool2d(1)(np.ones((2, 3, 8, 8))).shape
    (2, 3, 1, 1)
    """

    ndim = 2


class AdaptiveMaxPool1d(AdaptiveMaxPool):
    """The largest elements of so many windows that the output has a given length.

    Parameters
    ----------
    output_size : int
        The length of the output; None keeps it.

    Examples
    --------
    >>> AdaptiveMaxPool1d(1)(np.array([[[1.0, 2.0, 6.0]]]))
    array([[[6.]]])
    """

    ndim = 1


class AdaptiveMaxPool2d(AdaptiveMaxPool):
    """The largest elements of so many windows that the output has a given height and width.

    Parameters
    ----------
    output_size : int or (int, int)
        The height and width of the output; None keeps one.

    Examples
    --------
    >>> AdaptiveMaxPool2d(1)(np.ones((2, 3, 8, 8))).shape
    (2, 3, 1, 1)
    """

    ndim = 2


class AdaptiveAvgPool3d(AdaptiveAvgPool):
    """Averages over so many windows that the output has a given depth, height and width.

    Parameters
    ----------
    output_size : int or (int, int, int)
        The depth, height and width of the output; None keeps one.

    Examples
    --------
    >>> AdaptiveAvgPool3d(1)(np.ones((2, 3, 8, 8, 8))).shape
    (2, 3, 1, 1, 1)
    """

    ndim = 3


class AdaptiveMaxPool3d(AdaptiveMaxPool):
    """The largest elements of so many windows that the output has a given depth, height and width.

    Parameters
    ----------
    output_size : int or (int, int, int)
        The depth, height and width of the output; None keeps one.

    Examples
    --------
    >>> AdaptiveMaxPool3d(1)(np.ones((2, 3, 8, 8, 8))).shape
    (2, 3, 1, 1, 1)
    """

    ndim = 3
