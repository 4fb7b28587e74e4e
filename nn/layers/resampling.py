"""Layers that change the grid: `Upsample`, `PixelShuffle` and `PixelUnshuffle`.

Along each axis, interpolations are products with a matrix, most of it zeros.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Primitive, kernel, linear
from autograd.devices import beside
from autograd.errors import OptionError, ShapeError
from nn.arrays import floating, shape_of
from nn.function_module import OneInput
from nn.layers.pooled_windows import add_windows
from nn.layers.resampling_in_c import COMBINED
from nn.layers.sliding_window import Size, sizes_of, windows_of


def nearest(length: int, wanted: int, scale: float) -> Any:
    """Return for each place the element that it lies in."""
    return np.minimum(np.floor(np.arange(wanted) * scale).astype(int), length - 1)


def neighbours(length: int, wanted: int, scale: float, align_corners: bool) -> Any:
    """Return the matrix that interpolates between neighbours."""
    if align_corners:
        at = np.arange(wanted) * ((length - 1) / max(wanted - 1, 1))
    else:
        at = np.maximum((np.arange(wanted) + 0.5) * scale - 0.5, 0.0)
    left = np.minimum(np.floor(at).astype(int), length - 1)
    share = (at - left)[:, None]
    right = np.minimum(left + 1, length - 1)
    return np.eye(length)[left] * (1 - share) + np.eye(length)[right] * share


def between_pixels(length: int, wanted: int, scale: float) -> Any:
    """Return for each place the element whose middle is nearest."""
    places = np.floor((np.arange(wanted) + 0.5) * scale).astype(int)
    return np.minimum(places, length - 1)


def averages(length: int, wanted: int) -> Any:
    """Return the matrix that averages over `wanted` windows which together cover an axis."""
    matrix = np.zeros((wanted, length))
    for i, row in enumerate(matrix):
        first, last = i * length // wanted, -(-(i + 1) * length // wanted)
        row[first:last] = 1 / (last - first)
    return matrix


def cubic(length: int, wanted: int, scale: float, align_corners: bool) -> Any:
    """Return the matrix that interpolates by cubics through four neighbours.

    Source: Keys, "Cubic convolution interpolation for digital image processing", 1981, with the
    slope -0.75 that is usual for images.
    """
    if align_corners:
        at = np.arange(wanted) * ((length - 1) / max(wanted - 1, 1))
    else:
        at = (np.arange(wanted) + 0.5) * scale - 0.5
    left, slope = np.floor(at).astype(int), -0.75
    matrix = np.zeros((wanted, length))
    for step in range(-1, 3):
        distance = np.abs(at - left - step)
        near = ((slope + 2) * distance - (slope + 3)) * distance**2 + 1
        far = ((slope * distance - 5 * slope) * distance + 8 * slope) * distance - 4 * slope
        places = np.clip(left + step, 0, length - 1)
        np.add.at(matrix, (np.arange(wanted), places), np.where(distance <= 1, near, far))
    return matrix


@kernel()
def combined_arrays(x: Any, matrix: Any, axis: int) -> Any:
    """Return the products of a matrix and x along an axis; NaN and infinity times zero are 0."""
    before, (length, *after) = x.shape[:axis], x.shape[axis:]
    shape = (math.prod(before), length, math.prod(after))
    if not np.isfinite(np.add.reduce(x, axis=None)).item():
        rows = [(row != 0, row) for row in matrix]
        y = np.stack([row[used] @ x.reshape(shape)[:, used] for used, row in rows], axis=1)
    elif after:
        y = matrix @ x.reshape(shape)
    else:
        y = x.reshape(shape[:2]) @ matrix.T
    return y.reshape((*before, len(matrix), *after))


combined: Primitive = linear(
    combined_arrays,
    lambda g, x, matrix, axis: combined(g, matrix.T, axis),
    batch=lambda x, matrix, axis: combined_arrays(x, matrix[0], axis),
    fresh_results=True,
    name="resample",
    c=COMBINED,
)


def along_grid(x: Any, matrices: list[Any]) -> Any:
    """Multiply the last axes by matrices, one for each: those that shorten x before the others."""
    steps = list(enumerate(matrices, -len(matrices)))
    is_shorter = all(len(matrix) <= matrix.shape[1] for matrix in matrices)
    for axis, matrix in steps if is_shorter else reversed(steps):
        x = combined(x, beside(matrix.astype(x.dtype), x), axis)
    return x


@functools.lru_cache(maxsize=256)
def factor(chosen: Callable[..., Any], length: int, wanted: int, scale: float) -> int:
    """Return how often each element is taken, one after the other; 0 if that differs."""
    repeats = np.arange(wanted) // max(wanted // max(length, 1), 1)
    equal = np.array_equal(chosen(length, wanted, scale), repeats)
    return wanted // length if equal and length and wanted % length == 0 else 0


def taken(x: Any, chosen: Callable[..., Any], axes: list[Any]) -> Any:
    """Return elements of the last axes; those that all appear equally often without products."""
    factors = tuple(factor(chosen, *axis) for axis in axes)
    if all(factors):
        windows = windows_of(len(axes), factors, factors, 0)
        return add_windows(x, windows, (*shape_of(x)[:2], *(wanted for _, wanted, _ in axes)))
    return along_grid(x, [np.eye(axis[0])[chosen(*axis)] for axis in axes])


def interpolate(
    x: Any,
    size: Size | None = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Any:
    """Return x on another grid.

    Parameters
    ----------
    x : array_like or Tensor, shape (batch, channels, *grid)
        The input.
    size : int or sequence of int, optional
        The wanted lengths.
    scale_factor : float or sequence of float, optional
        How much longer they are; instead of `size`.
    mode : {"nearest", "nearest-exact", "area", "linear", "bilinear", "bicubic", "trilinear"}
        What to take between the elements of x; "linear" for one axis, "bilinear" and "bicubic" for
        two, "trilinear" for three; "area" averages.
    align_corners : bool, optional
        Whether the first and last elements stay where they are, when interpolating.

    Raises
    ------
    OptionError
        If not exactly one of `size` and `scale_factor` is given, or `mode` does not fit.

    Examples
    --------
    >>> interpolate(np.array([[[1.0, 2.0]]]), scale_factor=2)
    array([[[1., 1., 2., 2.]]])
    """
    x = floating(x)
    lengths = shape_of(x)[2:]
    always = "nearest", "nearest-exact", "area"
    modes = {1: ("linear",), 2: ("bilinear", "bicubic"), 3: ("trilinear",)}
    known = (*always, *modes.get(len(lengths), ())) if lengths else ()
    if (size is None) == (scale_factor is None) or mode not in known:
        raise OptionError(
            f"interpolate takes size= or scale_factor=, and for an input of shape {shape_of(x)} "
            f"mode= must be one of {', '.join(known) or 'none'}, not {mode!r}."
        )
    if size is not None:
        wanted = sizes_of(len(lengths), size, "size", 1)
        scales = [n / m for n, m in zip(lengths, wanted, strict=True)]
    else:
        many = isinstance(scale_factor, (tuple, list))
        factors = list(scale_factor) if many else [scale_factor] * len(lengths)
        wanted = tuple(math.floor(n * f) for n, f in zip(lengths, factors, strict=True))
        scales = [1 / factor for factor in factors]
    axes = list(zip(lengths, wanted, scales, strict=True))
    if mode == "area":
        return along_grid(x, [averages(n, m) for n, m, _ in axes])
    if mode in ("nearest", "nearest-exact"):
        chosen = nearest if mode == "nearest" else between_pixels
        return taken(x, chosen, axes)
    smooth = cubic if mode == "bicubic" else neighbours
    return along_grid(x, [smooth(*axis, bool(align_corners)) for axis in axes])


class Upsample(OneInput):
    """`interpolate` as a module.

    Parameters
    ----------
    size : int or sequence of int, optional
        The wanted lengths.
    scale_factor : float or sequence of float, optional
        How much longer they are; instead of `size`.
    mode : {"nearest", "nearest-exact", "area", "linear", "bilinear", "bicubic", "trilinear"}
        What to take between the elements of x; "linear" for one axis, "bilinear" and "bicubic" for
        two, "trilinear" for three; "area" averages.
    align_corners : bool, optional
        Whether the first and last elements stay where they are, when interpolating.

    Examples
    --------
    >>> Upsample(scale_factor=2)(np.zeros((1, 3, 4, 4))).shape
    (1, 3, 8, 8)
    """

    def __init__(
        self,
        size: Size | None = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
    ) -> None:
        self.size, self.scale_factor = size, scale_factor
        self.mode, self.align_corners = mode, align_corners

    def forward(self, x: Any) -> Any:
        """Return x on another grid.

        Parameters
        ----------
        x : array_like, shape (batch, channels, *grid)
            The input.
        """
        return interpolate(x, self.size, self.scale_factor, self.mode, self.align_corners)


class PixelShuffle(OneInput):
    """Moves groups of channels into the grid: (batch, c·r², h, w) becomes (batch, c, h·r, w·r).

    Source: Shi et al., "Real-time single image and video super-resolution using an efficient
    sub-pixel convolutional neural network", 2016.

    Parameters
    ----------
    upscale_factor : int
        The factor r.

    Raises
    ------
    ShapeError
        If r² does not divide the channels.

    Examples
    --------
    >>> PixelShuffle(2)(np.zeros((1, 8, 3, 3))).shape
    (1, 2, 6, 6)
    """

    def __init__(self, upscale_factor: int) -> None:
        self.upscale_factor = upscale_factor

    def forward(self, x: Any) -> Any:
        """Return the larger grid.

        Parameters
        ----------
        x : array_like, shape (..., channels, height, width)
            The input.
        """
        r, shape = self.upscale_factor, shape_of(x)
        if len(shape) < 3 or shape[-3] % (r * r):
            raise ShapeError(
                f"PixelShuffle({r}) got an input of shape {shape}; its third axis from the end "
                f"must be a multiple of {r * r}."
            )
        *batch, c, h, w = shape
        x = np.reshape(x, (*batch, c // (r * r), r, r, h, w))
        x = np.moveaxis(x, (-4, -3), (-3, -1))
        return np.reshape(x, (*batch, c // (r * r), h * r, w * r))


class PixelUnshuffle(OneInput):
    """Moves the grid into channels: the inverse of `PixelShuffle`.

    Parameters
    ----------
    downscale_factor : int
        The factor r.

    Raises
    ------
    ShapeError
        If r does not divide height and width.

    Examples
    --------
    >>> PixelUnshuffle(2)(np.zeros((1, 2, 6, 6))).shape
    (1, 8, 3, 3)
    """

    def __init__(self, downscale_factor: int) -> None:
        self.downscale_factor = downscale_factor

    def forward(self, x: Any) -> Any:
        """Return the smaller grid.

        Parameters
        ----------
        x : array_like, shape (..., channels, height, width)
            The input.
        """
        r, shape = self.downscale_factor, shape_of(x)
        if len(shape) < 3 or shape[-1] % r or shape[-2] % r:
            raise ShapeError(
                f"PixelUnshuffle({r}) got an input of shape {shape}; its last two axes must be "
                f"multiples of {r}."
            )
        *batch, c, h, w = shape
        x = np.reshape(x, (*batch, c, h // r, r, w // r, r))
        x = np.moveaxis(x, (-3, -1), (-4, -3))
        return np.reshape(x, (*batch, c * r * r, h // r, w // r))
