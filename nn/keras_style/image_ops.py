"""Keras' ``ops.image``: images of another size, their patches, and grey ones."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.keras_style.layers.grid import FORMATS
from nn.keras_style.layers.images import fitted, resized
from nn.keras_style.symbolic import lifted
from nn.missing_names import refuse

__all__ = ["extract_patches", "resize", "rgb_to_grayscale"]


def _channels_last(images: Any, data_format: str | None) -> Any:
    """Return images (..., height, width, channels)."""
    if data_format not in FORMATS:
        raise OptionError(f"data_format={data_format!r} must be one of {FORMATS[1:]}.")
    if np.ndim(images) not in (3, 4):
        raise ShapeError(
            f"Images have the shape (height, width, channels) or (batch, height, width, channels), "
            f"not {np.shape(images)}."
        )
    images = images if hasattr(images, "dtype") else np.asarray(images)
    return np.moveaxis(images, -3, -1) if data_format == "channels_first" else images


def _as_given(images: Any, data_format: str | None) -> Any:
    return np.moveaxis(images, -1, -3) if data_format == "channels_first" else images


@lifted
def resize(
    images: Any, size: Any, interpolation: str = "bilinear", antialias: bool = False,
    crop_to_aspect_ratio: bool = False, pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant", fill_value: float = 0.0, data_format: str | None = None,
) -> Any:  # fmt: skip
    """Return images of another size.

    Parameters
    ----------
    images : array_like or Tensor, shape (batch, height, width, channels), also without the batch
        The images.
    size : (int, int)
        The new height and width.
    interpolation : {"bilinear", "nearest"}
        What to take between pixels.
    antialias, pad_to_aspect_ratio : bool
        Not here.
    crop_to_aspect_ratio : bool
        Whether to cut the middle first, to keep the proportions.
    fill_mode, fill_value
        Without effect, as nothing is padded.
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes.

    Raises
    ------
    OptionError
        If an option is not here.

    Examples
    --------
    >>> resize(np.arange(8.0).reshape(1, 4, 2, 1), (2, 1)).ravel().tolist()
    [1.5, 5.5]
    """
    del fill_mode, fill_value
    if antialias or pad_to_aspect_ratio:
        raise OptionError("resize has no antialias= and pad_to_aspect_ratio= here.")
    height, width = size
    make = fitted if crop_to_aspect_ratio else resized
    found = make(_channels_last(images, data_format), height, width, interpolation)
    return _as_given(found, data_format)


@lifted
def extract_patches(
    images: Any, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: str = "valid",
    data_format: str | None = None,
) -> Any:  # fmt: skip
    """Return the patches of images, each as one row of numbers.

    Parameters
    ----------
    images : array_like or Tensor, shape (batch, height, width, channels), also without the batch
        The images.
    size : int or (int, int)
        The height and width of a patch.
    strides : int or (int, int), optional
        The distances of patches; by default their size.
    dilation_rate : int
        The distance of the pixels of a patch.
    padding : {"valid", "same"}
        Whether to add zeros at the borders.
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes.

    Returns
    -------
    array or Tensor, shape (batch, rows, columns, height · width · channels)
        The patches.

    Raises
    ------
    OptionError
        If `padding` is something else.
    ShapeError
        If the images are smaller than a patch.

    Examples
    --------
    >>> extract_patches(np.arange(16.0).reshape(1, 4, 4, 1), 2)[0, 0].tolist()
    [[0.0, 1.0, 4.0, 5.0], [2.0, 3.0, 6.0, 7.0]]
    """
    if padding not in ("valid", "same"):
        raise OptionError(f'padding={padding!r} must be "valid" or "same".')
    sizes = (size, size) if isinstance(size, int) else tuple(size)
    steps = sizes if strides is None else strides
    steps = (steps, steps) if isinstance(steps, int) else tuple(steps)
    x = _channels_last(images, data_format)
    is_one = x.ndim == 3
    x = x[None] if is_one else x
    axes = zip(x.shape[1:3], sizes, steps, strict=True)
    (top, down, rows), (left, right, columns) = [
        _places(n, one, step, dilation_rate, padding == "same") for n, one, step in axes
    ]
    if padding == "same":
        x = np.pad(x, ((0, 0), (top, down), (left, right), (0, 0)))
    found = x[:, rows[:, None, :, None], columns[None, :, None, :]]
    found = np.reshape(found, (*found.shape[:3], -1))
    return _as_given(found[0] if is_one else found, data_format)


def _places(length: int, size: int, step: int, dilation: int, pads: bool) -> tuple[int, int, Any]:
    """Return the zeros before and after an axis, and the places of the pixels of each patch."""
    reach = (size - 1) * dilation + 1
    count = -(-length // step) if pads else (length - reach) // step + 1
    if count < 1:
        raise ShapeError(f"A patch of {reach} pixels does not fit into {length}.")
    zeros = max((count - 1) * step + reach - length, 0) if pads else 0
    places = np.arange(count)[:, None] * step + np.arange(size) * dilation
    return zeros // 2, zeros - zeros // 2, places


@lifted
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Any:
    """Return grey images, 0.2989 red + 0.587 green + 0.114 blue.

    Parameters
    ----------
    images : array_like or Tensor, shape (batch, height, width, 3), also without the batch
        The images.
    data_format : {"channels_last", "channels_first"}, optional
        The order of axes.

    Examples
    --------
    >>> rgb_to_grayscale(np.ones((1, 1, 3))).round(4).tolist()
    [[[0.9999]]]
    """
    x = _channels_last(images, data_format)
    x = x if x.dtype.kind == "f" else x.astype("float32")
    grey = np.sum(x * np.asarray([0.2989, 0.587, 0.114], x.dtype), axis=-1, keepdims=True)
    return _as_given(grey, data_format)


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no ops.image.{name}: it has {', '.join(__all__)}.")
