"""Normalisation by neighbouring channels: `LocalResponseNorm`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.arrays import floating, shape_of
from nn.function_module import OneInput


class LocalResponseNorm(OneInput):
    """x / (k + alpha · mean of x² over neighbouring channels)^beta.

    Source: Krizhevsky, Sutskever & Hinton, "ImageNet classification with deep convolutional neural
    networks", 2012.

    Parameters
    ----------
    size : int
        The number of channels to average over.
    alpha, beta, k : float
        The numbers of the formula.

    Raises
    ------
    OptionError
        If `size` is less than 1.

    Examples
    --------
    >>> LocalResponseNorm(2)(np.zeros((5, 3, 4, 4))).shape
    (5, 3, 4, 4)
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        if size < 1:
            raise OptionError(f"size={size!r} must be at least 1.")
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, x: Any) -> Any:
        """Return x normalised, of the same shape.

        Parameters
        ----------
        x : array_like, shape (batch, channels, ...)
            The input.

        Raises
        ------
        ShapeError
            If there is no axis of channels.
        """
        x = floating(x)
        if len(shape_of(x)) < 3:
            raise ShapeError(
                f"LocalResponseNorm got an input of shape {shape_of(x)}; it takes (batch, "
                "channels, ...)."
            )
        around = [(0, 0)] * len(shape_of(x))
        around[1] = (self.size // 2, (self.size - 1) // 2)
        squares = np.pad(x * x, around)  # type: ignore[arg-type]
        count = shape_of(x)[1]
        total = sum(squares[:, i : i + count] for i in range(self.size))
        return x / (self.k + (self.alpha / self.size) * total) ** self.beta
