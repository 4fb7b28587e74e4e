"""Pooling by sums of powers: `LPPool1d` to `LPPool3d`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nn.layers.pooling import AvgPool
from nn.layers.sliding_window import Size, Windows


class LPPool(AvgPool):
    """The p-th root of the sum of p-th powers of each window."""

    def __init__(
        self,
        norm_type: float,
        kernel_size: Size,
        stride: Size | None = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(kernel_size, stride, ceil_mode=ceil_mode)
        self.norm_type = norm_type

    def _pooled(self, x: Any, windows: Windows) -> Any:
        total = super()._pooled(x**self.norm_type, windows) * math.prod(windows.kernel)
        is_zero = total == 0  # where the root has no derivative, and gets 0
        return np.where(is_zero, 0.0, np.where(is_zero, 1.0, total) ** (1 / self.norm_type))


class LPPool1d(LPPool):
    """(Σ xᵖ)^(1/p) over windows of inputs of shape (batch, channels, length).

    For p = 1 the sum; for large p it comes close to the maximum. What `ceil_mode` leaves out of a
    window counts as if it were the average of the rest.

    Parameters
    ----------
    norm_type : float
        The power p.
    kernel_size : int
        The size of the window.
    stride : int, optional
        The distance between windows; by default `kernel_size`.
    ceil_mode : bool
        Whether to add windows that reach beyond the end, if something is left over.

    Examples
    --------
    >>> LPPool1d(2, 2)(np.ones((2, 3, 8))).shape
    (2, 3, 4)
    """

    ndim = 1


class LPPool2d(LPPool):
    """(Σ xᵖ)^(1/p) over windows of inputs of shape (batch, channels, height, width).

    For p = 1 the sum; for large p it comes close to the maximum. What `ceil_mode` leaves out of a
    window counts as if it were the average of the rest.

    Parameters
    ----------
    norm_type : float
        The power p.
    kernel_size : int or (int, int)
        The size of the window.
    stride : int or (int, int), optional
        The distance between windows; by default `kernel_size`.
    ceil_mode : bool
        Whether to add windows that reach beyond the end, if something is left over.

    Examples
    --------
    >>> LPPool2d(2, 2)(np.ones((2, 3, 8, 6))).shape
    (2, 3, 4, 3)
    """

    ndim = 2


class LPPool3d(LPPool):
    """(Σ xᵖ)^(1/p) over windows of inputs of shape (batch, channels, depth, height, width).

    For p = 1 the sum; for large p it comes close to the maximum. What `ceil_mode` leaves out of a
    window counts as if it were the average of the rest.

    Parameters
    ----------
    norm_type : float
        The power p.
    kernel_size : int or (int, int, int)
        The size of the window.
    stride : int or (int, int, int), optional
        The distance between windows; by default `kernel_size`.
    ceil_mode : bool
        Whether to add windows that reach beyond the end, if something is left over.

    Examples
    --------
    >>> LPPool3d(2, 2)(np.ones((2, 3, 8, 6, 4))).shape
    (2, 3, 4, 3, 2)
    """

    ndim = 3
