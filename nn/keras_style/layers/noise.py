"""Keras' `Dropout`, `SpatialDropout`, `GaussianNoise` and `GaussianDropout`: only in training."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.devices import beside
from autograd.errors import OptionError
from nn.keras_style.layers.grid import Grid
from nn.keras_style.layers.layer import Layer
from nn.layers.alpha_dropout import LIMIT
from nn.seeding import chosen


def kept(shape: Any, rate: float, dtype: Any, generator: Any = None) -> Any:
    """Return zeros with a probability, and elsewhere the factor that keeps the mean.

    Examples
    --------
    >>> sorted(set(kept((100,), 0.5, float).tolist()))
    [0.0, 2.0]
    """
    factor = 1 / (1 - rate) if rate < 1 else 0.0
    return (chosen(generator).random(shape, np.float32) >= rate) * np.asarray(factor, dtype)


class Noise(Layer):
    """The base class of random layers.

    Parameters
    ----------
    rate : float
        The probability of a zero; or the size of the noise.
    seed : int, optional
        The seed of its own generator; by default numbers come from that of `nn.seed`.
    **options
        Options of `Layer`.
    """

    supports_masking = True
    highest = 1.0

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        if not 0 <= rate <= self.highest:
            raise OptionError(f"{type(self).__name__}({rate}) takes a number from 0 to 1.")
        self.rate, self.seed = rate, seed
        self._generator = None if seed is None else np.random.default_rng(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, with noise in training.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        training : bool
            Whether to train.
        """
        return self.noisy(inputs) if training and self.rate > 0 else inputs

    def noisy(self, x: Any) -> Any:
        """Return x with noise."""
        raise NotImplementedError


class Dropout(Noise):
    """Sets random numbers to zero and multiplies the others by 1 / (1 - rate), in training.

    Parameters
    ----------
    rate : float
        The probability of a zero.
    noise_shape : tuple of int or None, optional
        The shape of what is drawn, with 1 for axes along which it is the same.
    seed : int, optional
        The seed of its own generator; by default numbers come from that of `nn.seed`.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> Dropout(0.5)(np.ones(3)), Dropout(0.5)(np.ones((9, 9)), training=True).max()
    (array([1., 1., 1.], dtype=float32), np.float32(2.0))
    """

    def __init__(
        self, rate: float, noise_shape: Any = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(rate, seed, **options)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def noisy(self, x: Any) -> Any:
        """Return x with zeros."""
        shape = x.shape
        if self.noise_shape is not None:
            shape = tuple(
                n if wanted is None else wanted
                for n, wanted in zip(shape, self.noise_shape, strict=True)
            )
        return x * beside(kept(shape, self.rate, x.dtype, self._generator), x)


class SpatialDropout(Noise):
    """Sets whole channels to zero; see `Dropout`."""

    def noisy(self, x: Any) -> Any:
        """Return x with zeros."""
        shape = (x.shape[0], *(1,) * (x.ndim - 2), x.shape[-1])
        return x * beside(kept(shape, self.rate, x.dtype, self._generator), x)


class SpatialDropout1D(SpatialDropout):
    """Sets whole features of a sequence to zero; see `Dropout`."""


class SpatialDropout2D(Grid, SpatialDropout):
    """Sets whole channels of images to zero; see `Dropout`.

    Parameters
    ----------
    rate : float
        The probability of a zero.
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes.
    seed : int, optional
        As for `Dropout`.
    **options
        Options of `Layer`.
    """

    def __init__(
        self, rate: float, data_format: str | None = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(rate, seed, data_format=data_format, **options)


class GaussianNoise(Noise):
    """Adds normal numbers, in training; the first argument is their standard deviation."""

    highest = float("inf")
    fixed = ("rate",)

    def __init__(self, stddev: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(stddev, seed, **options)

    @property
    def stddev(self) -> float:
        """The standard deviation."""
        return self.rate

    def noisy(self, x: Any) -> Any:
        """Return x with noise."""
        drawn = chosen(self._generator).normal(0.0, self.rate, x.shape)
        return x + beside(np.asarray(drawn, x.dtype), x)


class GaussianDropout(Noise):
    """Multiplies by normal numbers around 1 with the variance of `Dropout`, in training."""

    def noisy(self, x: Any) -> Any:
        """Return x with noise."""
        deviation = np.sqrt(self.rate / (1 - self.rate))
        drawn = chosen(self._generator).normal(1.0, deviation, x.shape)
        return x * beside(np.asarray(drawn, x.dtype), x)


class SpatialDropout3D(SpatialDropout2D):
    """Sets whole channels of volumes to zero; see `SpatialDropout2D`."""


class AlphaDropout(Noise):
    """Sets random numbers to what SELU returns for -∞, and keeps mean and variance, in training.

    Source: Klambauer et al., "Self-normalizing neural networks", 2017.

    Parameters
    ----------
    rate : float
        The probability of that number.
    noise_shape : tuple of int, optional
        The shape of what is drawn.
    seed : int, optional
        As for `Dropout`.
    **options
        Options of `Layer`.
    """

    def __init__(
        self, rate: float, noise_shape: Any = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(rate, seed, **options)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def noisy(self, x: Any) -> Any:
        """Return x with noise."""
        low = -LIMIT
        shape = x.shape if self.noise_shape is None else self.noise_shape
        stays = chosen(self._generator).random(shape, np.float32) >= self.rate
        factor = ((1 - self.rate) * (1 + self.rate * low * low)) ** -0.5
        shift = -factor * low * self.rate
        return factor * np.where(beside(stays, x), x, np.asarray(low, x.dtype)) + shift
