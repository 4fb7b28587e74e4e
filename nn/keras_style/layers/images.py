"""Keras' layers that cut and resize images, and those that change them at random in training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import OptionError
from nn.keras_style.layers.grid import Grid
from nn.keras_style.layers.layer import Layer
from nn.seeding import chosen


def between(n: int, count: int, interpolation: str, dtype: Any) -> Any:
    """Return the matrix that takes n pixels to another number of them.

    Examples
    --------
    >>> between(4, 2, "bilinear", float).tolist()
    [[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]]
    """
    places = (np.arange(count) + 0.5) * (n / count)
    if interpolation == "nearest":
        return (np.floor(places)[:, None] == np.arange(n)).astype(dtype)
    places = np.clip(places - 0.5, 0, n - 1)
    return np.maximum(0, 1 - np.abs(places[:, None] - np.arange(n))).astype(dtype)


def resized(x: Any, height: int, width: int, interpolation: str = "bilinear") -> Any:
    """Return images (..., height, width, channels) of another size.

    Parameters
    ----------
    x : array_like
        The images.
    height, width : int
        The new size.
    interpolation : {"bilinear", "nearest"}
        What to take between pixels.
    """
    if interpolation not in ("bilinear", "nearest"):
        raise OptionError(f'interpolation={interpolation!r} must be "bilinear" or "nearest".')
    rows = between(x.shape[-3], height, interpolation, x.dtype)
    columns = between(x.shape[-2], width, interpolation, x.dtype)
    return np.einsum("ah,...hwc,bw->...abc", rows, x, columns)


def cut(x: Any, height: int, width: int, top: Any = None, left: Any = None) -> Any:
    """Return a part of images, by default the middle."""
    top = (x.shape[-3] - height) // 2 if top is None else top
    left = (x.shape[-2] - width) // 2 if left is None else left
    return x[..., top : top + height, left : left + width, :]


def fitted(x: Any, height: int, width: int, interpolation: str = "bilinear") -> Any:
    """Return the middle of images, as large as its shape allows, resized."""
    tall = min(x.shape[-3], int(x.shape[-2] * height / width))
    wide = min(x.shape[-2], int(x.shape[-3] * width / height))
    return resized(cut(x, tall, wide), height, width, interpolation)


class Resizing(Grid):
    """Images of another size.

    Parameters
    ----------
    height, width : int
        The new size.
    interpolation : {"bilinear", "nearest"}
        What to take between pixels.
    crop_to_aspect_ratio : bool
        Whether to cut the middle first, to keep the proportions.
    **options
        Options of `Layer`, and ``data_format``.

    Examples
    --------
    >>> Resizing(2, 1)(np.arange(8.0).reshape(1, 4, 2, 1)).ravel().tolist()
    [1.5, 5.5]
    """

    autocast = "fiub"

    def __init__(
        self, height: int, width: int, interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        self.height, self.width, self.interpolation = height, width, interpolation
        self.crop_to_aspect_ratio = crop_to_aspect_ratio

    def call(self, inputs: Any) -> Any:
        """Return the images.

        Parameters
        ----------
        inputs : array_like, shape (..., height, width, channels)
            The images.
        """
        make = fitted if self.crop_to_aspect_ratio else resized
        return make(inputs, self.height, self.width, self.interpolation)


class CenterCrop(Grid):
    """The middle of images; smaller ones are resized to it.

    Parameters
    ----------
    height, width : int
        The size.
    **options
        Options of `Layer`, and ``data_format``.

    Examples
    --------
    >>> CenterCrop(2, 2)(np.arange(16.0).reshape(1, 4, 4, 1)).ravel().tolist()
    [5.0, 6.0, 9.0, 10.0]
    """

    autocast = "fiub"

    def __init__(self, height: int, width: int, **options: Any) -> None:
        super().__init__(**options)
        self.height, self.width = height, width

    def call(self, inputs: Any) -> Any:
        """Return the images.

        Parameters
        ----------
        inputs : array_like, shape (..., height, width, channels)
            The images.
        """
        if inputs.shape[-3] >= self.height and inputs.shape[-2] >= self.width:
            return cut(inputs, self.height, self.width)
        return fitted(inputs, self.height, self.width)


def limits(factor: Any, name: str) -> tuple[float, float]:
    """Return the least and the largest factor; of one number those from minus it to it."""
    if isinstance(factor, (tuple, list)):
        low, high = factor
        if low > high:
            raise OptionError(f"{name}={factor!r} must be (least, largest).")
        return float(low), float(high)
    return -abs(float(factor)), abs(float(factor))


class RandomImages(Layer):
    """The base class of layers that change images at random, in training only.

    As in Keras they also do so where nothing says whether to train: ``predict`` and ``evaluate``
    say so, and so does ``training=False``.

    Parameters
    ----------
    seed : int, optional
        The seed of its own generator; by default numbers come from that of `nn.seed`.
    **options
        Options of `Layer`.
    """

    autocast = "fiub"
    training = True  # until a model says otherwise, as in Keras

    def __init__(self, *, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.seed = seed
        self._generator = None if seed is None else np.random.default_rng(seed)

    def drawn(self, low: float, high: float, count: int) -> Any:
        """Return random numbers, all equally likely."""
        return low + (high - low) * chosen(self._generator).random(count)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the images, changed in training.

        Parameters
        ----------
        inputs : array_like, shape (batch, height, width, channels) or without batch
            The images.
        training : bool
            Whether to train.
        """
        if not training:
            return self.unchanged(inputs)
        if inputs.ndim == 3:
            return self.changed(inputs[None])[0]
        return self.changed(inputs)

    def unchanged(self, x: Any) -> Any:
        """Return images outside of training."""
        return x

    def changed(self, x: Any) -> Any:
        """Return images in training."""
        raise NotImplementedError


class RandomFlip(RandomImages):
    """Mirrors each image with probability 1/2, in training.

    Parameters
    ----------
    mode : {"horizontal_and_vertical", "horizontal", "vertical"}
        In which directions.
    seed : int, optional
        The seed of its own generator.
    **options
        Options of `Layer`.
    """

    def __init__(self, mode: str = "horizontal_and_vertical", **options: Any) -> None:
        super().__init__(**options)
        if mode not in ("horizontal_and_vertical", "horizontal", "vertical"):
            raise OptionError(f"mode={mode!r} must name horizontal, vertical, or both.")
        self.mode = mode

    def changed(self, x: Any) -> Any:
        """Return some images mirrored."""
        for axis, name in ((2, "horizontal"), (1, "vertical")):
            if name in self.mode:
                mirrored = self.drawn(0, 1, len(x)) < 0.5
                x = np.where(mirrored[:, None, None, None], np.flip(x, axis), x)
        return x


class RandomCrop(RandomImages):
    """A part of images at a random place in training, elsewhere the middle.

    Parameters
    ----------
    height, width : int
        The size.
    seed : int, optional
        The seed of its own generator.
    **options
        Options of `Layer`.
    """

    def __init__(self, height: int, width: int, **options: Any) -> None:
        super().__init__(**options)
        self.height, self.width = height, width

    def unchanged(self, x: Any) -> Any:
        """Return the middle of images."""
        return fitted(x, self.height, self.width)

    def changed(self, x: Any) -> Any:
        """Return a part of images."""
        room = x.shape[1] - self.height, x.shape[2] - self.width
        if min(room) < 0:
            return self.unchanged(x)
        top, left = (int(self.drawn(0, n + 1, 1)[0]) for n in room)
        return cut(x, self.height, self.width, top, left)


class RandomBrightness(RandomImages):
    """Adds a random part of the range of values to each image, in training.

    Parameters
    ----------
    factor : float or (float, float)
        The largest part, or the least and the largest, from -1 to 1.
    value_range : (float, float)
        The least and the largest value, which results do not exceed.
    seed : int, optional
        The seed of its own generator.
    **options
        Options of `Layer`.
    """

    def __init__(self, factor: Any, value_range: Any = (0, 255), **options: Any) -> None:
        super().__init__(**options)
        self.factor, self.value_range = limits(factor, "factor"), tuple(value_range)

    def changed(self, x: Any) -> Any:
        """Return brighter and darker images."""
        low, high = self.value_range
        added = (high - low) * self.drawn(*self.factor, len(x))
        return np.clip(x + added[:, None, None, None].astype(x.dtype), low, high)


class RandomContrast(RandomImages):
    """Multiplies the distance from the mean of each channel by a random factor, in training.

    Parameters
    ----------
    factor : float or (float, float)
        Factors are from 1 - the first to 1 + the second, or the same number.
    value_range : (float, float)
        The least and the largest value, which results do not exceed.
    seed : int, optional
        The seed of its own generator.
    **options
        Options of `Layer`.
    """

    def __init__(self, factor: Any, value_range: Any = (0, 255), **options: Any) -> None:
        super().__init__(**options)
        both = factor if isinstance(factor, (tuple, list)) else (factor, factor)
        self.factor, self.value_range = (float(both[0]), float(both[1])), tuple(value_range)

    def changed(self, x: Any) -> Any:
        """Return images of more and less contrast."""
        factor = self.drawn(1 - self.factor[0], 1 + self.factor[1], len(x))
        mean = np.mean(x, axis=(1, 2), keepdims=True)
        found = (x - mean) * factor[:, None, None, None].astype(x.dtype) + mean
        return np.clip(found, *self.value_range)


class RandomAffine(RandomImages):
    """The base class of layers that turn, shift and scale each image at random, in training.

    Parameters
    ----------
    fill_mode : {"reflect", "nearest", "wrap", "constant"}
        What there is outside of an image.
    interpolation : {"bilinear", "nearest"}
        What to take between pixels.
    fill_value : float
        What there is outside, with "constant".
    seed : int, optional
        The seed of its own generator.
    **options
        Options of `Layer`.
    """

    def __init__(
        self, *, fill_mode: str = "reflect", interpolation: str = "bilinear",
        fill_value: float = 0.0, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        if fill_mode not in ("reflect", "nearest", "wrap", "constant"):
            raise OptionError(
                f"fill_mode={fill_mode!r} must be reflect, nearest, wrap or constant."
            )
        if interpolation not in ("bilinear", "nearest"):
            raise OptionError(f'interpolation={interpolation!r} must be "bilinear" or "nearest".')
        self.fill_mode, self.interpolation = fill_mode, interpolation
        self.fill_value = float(fill_value)

    def places(self, rows: Any, columns: Any, shape: Any) -> tuple[Any, Any]:
        """Return from where to take pixels, by those that they are for."""
        raise NotImplementedError

    def changed(self, x: Any) -> Any:
        """Return the images, moved."""
        height, width = x.shape[1:3]
        rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
        y, z = self.places(rows, columns, x.shape)
        if self.interpolation == "nearest":
            return self._pixels(x, np.rint(y).astype(int), np.rint(z).astype(int))
        top, left = np.floor(y).astype(int), np.floor(z).astype(int)
        down, right = ((p - q)[..., None].astype(x.dtype) for p, q in ((y, top), (z, left)))
        parts = [
            self._pixels(x, top + i, left + j)
            * (down if i else 1 - down)
            * (right if j else 1 - right)
            for i in (0, 1)
            for j in (0, 1)
        ]
        return sum(parts[1:], parts[0])

    def _pixels(self, x: Any, rows: Any, columns: Any) -> Any:
        batch = np.arange(len(x))[:, None, None]
        inside = np.ones(1, bool)
        found = []
        for place, n in ((rows, x.shape[1]), (columns, x.shape[2])):
            if self.fill_mode == "wrap":
                place = place % n
            elif self.fill_mode == "reflect":  # d c b a | a b c d | d c b a
                place = place % (2 * n)
                place = np.where(place < n, place, 2 * n - 1 - place)
            elif self.fill_mode == "constant":
                inside = inside & (place >= 0) & (place < n)
            found.append(np.clip(place, 0, n - 1))
        pixels = x[batch, found[0], found[1]]
        if self.fill_mode != "constant":
            return pixels
        return np.where(inside[..., None], pixels, np.asarray(self.fill_value, x.dtype))


class RandomRotation(RandomAffine):
    """Turns each image by a random angle, in training.

    Parameters
    ----------
    factor : float or (float, float)
        The largest angle as a part of 2π, or the least and the largest; positive ones turn
        against the clock.
    fill_mode, interpolation, fill_value, seed, **options
        As for `RandomAffine`.
    """

    def __init__(self, factor: Any, **options: Any) -> None:
        super().__init__(**options)
        self.factor = limits(factor, "factor")

    def places(self, rows: Any, columns: Any, shape: Any) -> tuple[Any, Any]:
        """Return from where to take pixels."""
        angle = 2 * math.pi * self.drawn(*self.factor, shape[0])[:, None, None]
        middle = (shape[1] - 1) / 2, (shape[2] - 1) / 2
        y, z = rows - middle[0], columns - middle[1]
        return (
            z * np.sin(angle) + y * np.cos(angle) + middle[0],
            z * np.cos(angle) - y * np.sin(angle) + middle[1],
        )


class RandomTranslation(RandomAffine):
    """Shifts each image by a random part of its size, in training.

    Parameters
    ----------
    height_factor, width_factor : float or (float, float)
        The largest parts, or the least and the largest; positive ones shift down and right.
    fill_mode, interpolation, fill_value, seed, **options
        As for `RandomAffine`.
    """

    def __init__(self, height_factor: Any, width_factor: Any, **options: Any) -> None:
        super().__init__(**options)
        self.height_factor = limits(height_factor, "height_factor")
        self.width_factor = limits(width_factor, "width_factor")

    def places(self, rows: Any, columns: Any, shape: Any) -> tuple[Any, Any]:
        """Return from where to take pixels."""
        down = self.drawn(*self.height_factor, shape[0])[:, None, None] * shape[1]
        right = self.drawn(*self.width_factor, shape[0])[:, None, None] * shape[2]
        return rows - down, columns - right


class RandomZoom(RandomAffine):
    """Scales each image at random, in training.

    Parameters
    ----------
    height_factor : float or (float, float)
        The largest part to zoom out, or the least and the largest; negative ones zoom in.
    width_factor : float or (float, float), optional
        The same for the width; by default that of the height.
    fill_mode, interpolation, fill_value, seed, **options
        As for `RandomAffine`.
    """

    def __init__(self, height_factor: Any, width_factor: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.height_factor = limits(height_factor, "height_factor")
        self.width_factor = None if width_factor is None else limits(width_factor, "width_factor")

    def places(self, rows: Any, columns: Any, shape: Any) -> tuple[Any, Any]:
        """Return from where to take pixels."""
        tall = 1 + self.drawn(*self.height_factor, shape[0])[:, None, None]
        wide = tall
        if self.width_factor is not None:
            wide = 1 + self.drawn(*self.width_factor, shape[0])[:, None, None]
        middle = (shape[1] - 1) / 2, (shape[2] - 1) / 2
        return (rows - middle[0]) * tall + middle[0], (columns - middle[1]) * wide + middle[1]
