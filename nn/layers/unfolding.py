"""Patches of images as columns, and back: `Unfold` and `Fold`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Primitive, linear
from autograd.errors import ShapeError
from nn.arrays import floating, shape_of
from nn.function_module import OneInput
from nn.layers.sliding_window import Size, Windows, offsets, sizes_of, windows_of, with_batch
from nn.layers.windows_in_c import FOLDED, UNFOLDED


def unfolded(x: Any, windows: Windows) -> Any:
    """Return windows as columns, of shape (batch, channels · kernel, windows)."""
    padded, counts = windows.padded(x), windows.counts(x.shape)
    found = np.stack([padded[index] for _, index in offsets(windows, counts)], axis=2)
    return found.reshape((len(x), x.shape[1] * math.prod(windows.kernel), -1))


def folded(columns: Any, windows: Windows, shape: tuple[int, ...]) -> Any:
    """Add columns to the windows that they stand for."""
    counts = windows.counts(shape)
    parts = columns.reshape((*shape[:2], math.prod(windows.kernel), *counts))
    total = np.zeros_like(columns, shape=windows.padded_shape(shape), order="C")
    for i, (_, index) in enumerate(offsets(windows, counts)):
        total[index] += parts[:, :, i]
    return windows.without_padding(total, shape)


# fmt: off
unfold_windows: Primitive = linear(unfolded,
    lambda g, x, windows: fold_windows(g, windows, x.shape),
    fresh_results=True, name="unfold", c=UNFOLDED)
fold_windows: Primitive = linear(folded,
    lambda h, columns, windows, shape: unfold_windows(h, windows),
    fresh_results=True, name="fold", c=FOLDED)
# fmt: on


class Unfold(OneInput):
    """The windows of images as columns of a matrix.

    Parameters
    ----------
    kernel_size : int or (int, int)
        The size of the window.
    dilation : int or (int, int)
        The distance between the elements of a window.
    padding : int or (int, int)
        The number of zeros to add on each side.
    stride : int or (int, int)
        The distance between windows.

    Examples
    --------
    >>> Unfold(2)(np.zeros((5, 3, 4, 4))).shape
    (5, 12, 9)
    """

    def __init__(
        self, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
    ) -> None:
        self.windows = windows_of(2, kernel_size, stride, padding, dilation)
        self.kernel_size, self.stride = self.windows.kernel, self.windows.stride

    def forward(self, x: Any) -> Any:
        """Return the windows of x.

        Parameters
        ----------
        x : array_like, shape (batch, channels, height, width) or (channels, height, width)
            The images.

        Returns
        -------
        array or Tensor, shape (batch, channels · kernel elements, windows)

        Raises
        ------
        ShapeError
            If the shape does not fit.
        """
        x, alone = with_batch(x, 2, None, "Unfold")
        y = unfold_windows(x, windows=self.windows)
        return y[0] if alone else y


class Fold(OneInput):
    """Images from columns of windows: where windows overlap, the sum.

    Parameters
    ----------
    output_size : int or (int, int)
        The height and the width of the images.
    kernel_size, dilation, padding, stride : int or (int, int)
        As for `Unfold`.

    Examples
    --------
    >>> Fold(4, 2, stride=2)(np.zeros((5, 12, 4))).shape
    (5, 3, 4, 4)
    """

    def __init__(
        self,
        output_size: Size,
        kernel_size: Size,
        dilation: Size = 1,
        padding: Size = 0,
        stride: Size = 1,
    ) -> None:
        self.output_size = sizes_of(2, output_size, "output_size", 1)
        self.windows = windows_of(2, kernel_size, stride, padding, dilation)
        self.kernel_size, self.stride = self.windows.kernel, self.windows.stride

    def forward(self, x: Any) -> Any:
        """Return the images.

        Parameters
        ----------
        x : array_like, shape (batch, channels · kernel elements, windows)
            The columns; without the axis of the batch for one image.

        Returns
        -------
        array or Tensor, shape (batch, channels, height, width)

        Raises
        ------
        ShapeError
            If the shape does not fit.
        """
        x = floating(x)  # whose sums do not overflow
        alone = len(shape_of(x)) == 2
        x = x[None] if alone else x
        size = math.prod(self.windows.kernel)
        count = math.prod(self.windows.counts((1, 1, *self.output_size)))
        shape = shape_of(x)
        if len(shape) != 3 or shape[1] % size or shape[2] != count:
            raise ShapeError(
                f"Fold got an input of shape {shape}; it takes (batch, a multiple of {size}, "
                f"{count})."
            )
        wanted = (shape[0], shape[1] // size, *self.output_size)
        y = fold_windows(x, windows=self.windows, shape=wanted)
        return y[0] if alone else y
