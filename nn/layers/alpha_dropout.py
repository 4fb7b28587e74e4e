"""Dropout that keeps the mean and the variance: `AlphaDropout` and `FeatureAlphaDropout`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.devices import beside
from autograd.errors import ShapeError
from nn.arrays import floating, shape_of
from nn.layers.linear import Dropout
from nn.seeding import chosen

#: What `SELU` returns for -∞, without its sign.
LIMIT = 1.7580993408473766


class AlphaDropout(Dropout):
    """Sets random elements to the limit of `SELU` at -∞, in training mode.

    All are then scaled and shifted such that a mean of 0 and a variance of 1 stay. In evaluation
    mode it returns its input. Source: Klambauer, Unterthiner, Mayr & Hochreiter, "Self-normalizing
    neural networks", 2017.

    Parameters
    ----------
    p : float
        The probability of being set, from 0 to 1.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If p is not from 0 to 1, or inplace is no bool.

    Examples
    --------
    >>> AlphaDropout(0.5).eval()(np.ones(3))
    array([1., 1., 1.])
    """

    def _drawn(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of the random numbers."""
        return shape

    def forward(self, x: Any) -> Any:
        """Return x, with random elements set in training mode.

        Parameters
        ----------
        x : array_like
            The input.
        """
        x = floating(x)
        if not self.training or self.p == 0:
            return x
        if self.p == 1:
            return x * 0.0
        kept = chosen(self.generator).random(self._drawn(shape_of(x)), np.float32) >= self.p
        scale = ((1 - self.p) * (1 + self.p * LIMIT**2)) ** -0.5
        factor = beside(kept * np.asarray(scale, x.dtype), x)
        set_to = beside(np.logical_not(kept) * np.asarray(-LIMIT * scale, x.dtype), x)
        return x * factor + set_to + np.asarray(LIMIT * scale * self.p, x.dtype)[()]


class FeatureAlphaDropout(AlphaDropout):
    """`AlphaDropout` of whole channels, of inputs of shape (batch, channels, ...).

    Parameters
    ----------
    p : float
        The probability of a channel being set, from 0 to 1.
    inplace : bool
        Accepted for programs written for PyTorch, and ignored.
    generator : numpy.random.Generator, optional
        The random generator; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If p is not from 0 to 1, or inplace is no bool.
    ShapeError
        If an input has fewer than two axes.

    Examples
    --------
    >>> import nn
    >>> nn.seed(0)
    >>> y = FeatureAlphaDropout(0.5)(np.ones((2, 3, 4)))
    >>> bool((y == y[..., :1]).all())
    True
    """

    def _drawn(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if len(shape) < 2:
            raise ShapeError(
                f"FeatureAlphaDropout takes inputs of shape (batch, channels, ...), not {shape}."
            )
        return shape[:2] + (1,) * (len(shape) - 2)
