"""Keras' layers that arrange numbers differently: `Flatten`, `Reshape`, `ZeroPadding2D`, others."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.keras_style.layers.grid import Grid
from nn.keras_style.layers.layer import Layer
from nn.layers.resampling import interpolate


class Flatten(Grid):
    """Joins all axes but the first.

    Parameters
    ----------
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes; the channels become the fastest.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> Flatten()(np.zeros((2, 3, 4))).shape
    (2, 12)
    """

    def __init__(self, data_format: str | None = None, **options: Any) -> None:
        super().__init__(data_format=data_format, **options)

    def call(self, inputs: Any) -> Any:
        """Return the inputs with two axes.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        return np.reshape(inputs, (inputs.shape[0], math.prod(inputs.shape[1:])))


class Reshape(Layer):
    """Gives each example another shape.

    Parameters
    ----------
    target_shape : tuple of int
        The shape of an example; one number may be -1.
    **options
        Options of `Layer`.
    """

    def __init__(self, target_shape: Any, **options: Any) -> None:
        super().__init__(**options)
        self.target_shape = tuple(target_shape)

    def call(self, inputs: Any) -> Any:
        """Return the inputs in another shape.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        return np.reshape(inputs, (inputs.shape[0], *self.target_shape))


class Permute(Layer):
    """Puts the axes of each example in another order.

    Parameters
    ----------
    dims : tuple of int
        The axes, counted from 1.
    **options
        Options of `Layer`.
    """

    def __init__(self, dims: Any, **options: Any) -> None:
        super().__init__(**options)
        self.dims = tuple(dims)

    def call(self, inputs: Any) -> Any:
        """Return the inputs in another order.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        return np.transpose(inputs, (0, *self.dims))


class RepeatVector(Layer):
    """Repeats each vector, as the steps of a sequence.

    Parameters
    ----------
    n : int
        How often.
    **options
        Options of `Layer`.
    """

    def __init__(self, n: int, **options: Any) -> None:
        super().__init__(**options)
        self.n = n

    def call(self, inputs: Any) -> Any:
        """Return sequences.

        Parameters
        ----------
        inputs : array_like, shape (batch, features)
            The vectors.
        """
        return np.repeat(inputs[:, None], self.n, axis=1)


def pairs(ndim: int, size: Any) -> tuple[tuple[int, int], ...]:
    """Return a number, one for each axis, or pairs, as pairs.

    Examples
    --------
    >>> pairs(2, 1), pairs(2, (1, 2))
    (((1, 1), (1, 1)), ((1, 1), (2, 2)))
    """
    if ndim == 1 and isinstance(size, (tuple, list)) and len(size) == 2:
        return ((size[0], size[1]),)
    each = (size,) * ndim if isinstance(size, int) else tuple(size)
    return tuple((n, n) if isinstance(n, int) else (n[0], n[1]) for n in each)


class ZeroPadding(Grid):
    """The base class of `ZeroPadding1D` to `ZeroPadding3D`.

    Parameters
    ----------
    padding : int, tuple of int, or tuple of pairs
        How many zeros to add before and after, along each axis of the grid.
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes.
    **options
        Options of `Layer`.
    """

    ndim: int

    def __init__(self, padding: Any = 1, data_format: str | None = None, **options: Any) -> None:
        super().__init__(data_format=data_format, **options)
        self.padding = pairs(self.ndim, padding)

    def call(self, inputs: Any) -> Any:
        """Return the inputs with zeros around them.

        Parameters
        ----------
        inputs : array_like, shape (batch, *grid, channels)
            The inputs.
        """
        return np.pad(inputs, ((0, 0), *self.padding, (0, 0)))


class Cropping(Grid):
    """The base class of `Cropping1D` to `Cropping3D`.

    Parameters
    ----------
    cropping : int, tuple of int, or tuple of pairs, optional
        How much to leave out before and after, along each axis of the grid; by default 1.
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes.
    **options
        Options of `Layer`.
    """

    ndim: int
    usual = 1

    def __init__(
        self, cropping: Any = None, data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(data_format=data_format, **options)
        self.cropping = pairs(self.ndim, self.usual if cropping is None else cropping)

    def call(self, inputs: Any) -> Any:
        """Return the middle of the inputs.

        Parameters
        ----------
        inputs : array_like, shape (batch, *grid, channels)
            The inputs.
        """
        lengths = list(zip(self.cropping, inputs.shape[1:], strict=False))
        if any(a + b >= n for (a, b), n in lengths):
            raise ShapeError(
                f"{type(self).__name__}({self.cropping}) leaves nothing of inputs of shape "
                f"{inputs.shape}."
            )
        return inputs[(slice(None), *(slice(a, n - b) for (a, b), n in lengths))]


class UpSampling(Grid):
    """The base class of `UpSampling1D` to `UpSampling3D`.

    Parameters
    ----------
    size : int or tuple of int
        The factor of each length.
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes.
    interpolation : {"nearest", "bilinear"}
        How to fill the larger grid.
    **options
        Options of `Layer`.
    """

    ndim: int

    def __init__(
        self, size: Any = 2, data_format: str | None = None, interpolation: str = "nearest",
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(data_format=data_format, **options)
        if interpolation not in ("nearest", "bilinear") or (
            interpolation == "bilinear" and self.ndim != 2
        ):
            raise OptionError(
                f'interpolation={interpolation!r} must be "nearest", or of images "bilinear".'
            )
        self.size = (size,) * self.ndim if isinstance(size, int) else tuple(size)
        self.interpolation = interpolation

    def call(self, inputs: Any) -> Any:
        """Return larger grids.

        Parameters
        ----------
        inputs : array_like, shape (batch, *grid, channels)
            The inputs.
        """
        if self.interpolation == "bilinear":
            x = np.moveaxis(inputs, -1, 1)
            y = interpolate(x, scale_factor=self.size, mode="bilinear")
            return np.moveaxis(y, 1, -1)
        for axis, factor in enumerate(self.size, 1):
            inputs = np.repeat(inputs, factor, axis=axis)
        return inputs


class ZeroPadding1D(ZeroPadding):
    """Zeros around sequences; see `ZeroPadding`."""

    ndim = 1


class ZeroPadding2D(ZeroPadding):
    """Zeros around images; see `ZeroPadding`."""

    ndim = 2


class Cropping1D(Cropping):
    """The middle of sequences; see `Cropping`."""

    ndim = 1


class Cropping2D(Cropping):
    """The middle of images; see `Cropping`. By default all of it, as in Keras."""

    ndim = 2
    usual = 0


class UpSampling1D(UpSampling):
    """Longer sequences; see `UpSampling`."""

    ndim = 1


class UpSampling2D(UpSampling):
    """Larger images; see `UpSampling`."""

    ndim = 2


class ZeroPadding3D(ZeroPadding):
    """Zeros around volumes; see `ZeroPadding`."""

    ndim = 3


class Cropping3D(Cropping):
    """The middle of volumes; see `Cropping`."""

    ndim = 3


class UpSampling3D(UpSampling):
    """Larger volumes; see `UpSampling`."""

    ndim = 3
