"""Filters that choose an element of each window: the least, the largest, or one by its rank.

The derivative is that of the chosen element. Where several are equal, it is that of `np.min`,
`np.max` and `np.sort`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.ndimage as _original
import scipy.signal as _signal

from autograd.engine.dispatch import plain
from autograd.errors import OptionError, ShapeError
from autograd.scipy.fallback import in_place_of
from autograd.scipy.images.filters import each, extended, image, refuse_output
from autograd.scipy.stats.families import number

#: From the elements of each window, in the last axis, to one.
Choice = Callable[[Any], Any]


def _least(windows: Any) -> Any:
    return np.min(windows, axis=-1)


def _largest(windows: Any) -> Any:
    return np.max(windows, axis=-1)


def _ranked(rank: int) -> Choice:
    return lambda windows: np.sort(windows, axis=-1)[..., rank]


def _footprint(size: Any, footprint: Any, axes: list[int], ndim: int) -> Any:
    """Return which elements of a window count, as an array with all axes."""
    if footprint is None:
        if size is None:
            raise OptionError("A filter needs a size or a footprint.")
        footprint = np.ones([int(n) for n in each(size, len(axes))], bool)
    footprint = np.asarray(plain(footprint), bool)
    if footprint.ndim != len(axes):
        raise ShapeError(f"The footprint has {footprint.ndim} axes; {len(axes)} are filtered.")
    shape = [1] * ndim
    for axis, n in zip(axes, footprint.shape, strict=True):
        shape[axis] = n
    return footprint.transpose(np.argsort(axes)).reshape(shape)


def _windows(x: Any, footprint: Any, mode: Any, cval: Any, origin: Any, axes: list[int]) -> Any:
    """Return the elements of each window that count, in a last axis."""
    starts = dict(zip(axes, each(origin, len(axes)), strict=True))
    modes = dict(zip(axes, each(mode, len(axes)), strict=True))
    whole = x
    for axis, n in enumerate(footprint.shape):
        before = n // 2 + starts.get(axis, 0)
        if not 0 <= before < n:
            raise OptionError(
                f"origin={starts[axis]} moves a window of length {n} off the element."
            )
        if n > 1:
            widths = [(0, 0)] * np.ndim(x)
            widths[axis] = (before, n - 1 - before)
            whole = extended(whole, widths, modes[axis], cval)
    positions = np.arange(np.size(plain(whole))).reshape(np.shape(whole))
    seen = np.lib.stride_tricks.sliding_window_view(positions, footprint.shape)
    places: tuple[Any, ...] = np.nonzero(footprint)
    chosen = seen[(..., *places)]
    return np.reshape(whole, (-1,))[chosen]


def _filtered(
    choice: Choice, x: Any, size: Any, footprint: Any, structure: Any, output: Any,
    mode: Any, cval: Any, origin: Any, axes: Any, sign: int = 0,
) -> Any:  # fmt: skip
    refuse_output(output)
    x = image(x)
    chosen_axes = list(range(np.ndim(x)))
    if axes is not None:
        chosen_axes = [int(a) % np.ndim(x) for a in np.atleast_1d(axes)]
    if structure is not None and footprint is None:
        footprint = np.ones(np.shape(structure), bool)
    which = _footprint(size, footprint, chosen_axes, np.ndim(x))
    windows = _windows(x, which, mode, cval, origin, chosen_axes)
    if structure is not None:
        heights = np.reshape(number(structure), which.shape)
        windows = windows + sign * heights[np.nonzero(which)]
    y = choice(windows)
    kind = x.dtype if output is None else np.dtype(output)
    return y if y.dtype == kind else y.astype(kind)


# fmt: off
@in_place_of(_original.minimum_filter)
def minimum_filter(input: Any, size: Any = None, footprint: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Return the least element of each window; see `scipy.ndimage.minimum_filter`."""
    return _filtered(_least, input, size, footprint, None, output, mode, cval, origin, axes)


@in_place_of(_original.maximum_filter)
def maximum_filter(input: Any, size: Any = None, footprint: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Return the largest element of each window; see `scipy.ndimage.maximum_filter`."""
    return _filtered(_largest, input, size, footprint, None, output, mode, cval, origin, axes)


@in_place_of(_original.minimum_filter1d)
def minimum_filter1d(input: Any, size: int, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0, origin: int = 0) -> Any:
    """Return the least element of each window along an axis."""
    return minimum_filter(input, size, None, output, mode, cval, origin, axes=(axis,))


@in_place_of(_original.maximum_filter1d)
def maximum_filter1d(input: Any, size: int, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0, origin: int = 0) -> Any:
    """Return the largest element of each window along an axis."""
    return maximum_filter(input, size, None, output, mode, cval, origin, axes=(axis,))


@in_place_of(_original.rank_filter)
def rank_filter(input: Any, rank: int, size: Any = None, footprint: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Return the element of each window with this rank, from below or (-1) from above."""
    return _filtered(_ranked(int(rank)), input, size, footprint, None, output, mode, cval, origin, axes)


@in_place_of(_original.percentile_filter)
def percentile_filter(input: Any, percentile: float, size: Any = None, footprint: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Return the element of each window below which there is a part of the others, in percent."""
    percentile = float(plain(percentile))
    share = percentile + 100.0 if percentile < 0 else percentile
    if not 0 <= share <= 100:
        raise OptionError(f"percentile={percentile} must be between -100 and 100.")

    def choice(windows: Any) -> Any:
        count = np.shape(windows)[-1]
        return _ranked(count - 1 if share == 100.0 else int(count * share / 100.0))(windows)

    return _filtered(choice, input, size, footprint, None, output, mode, cval, origin, axes)


@in_place_of(_original.median_filter)
def median_filter(input: Any, size: Any = None, footprint: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Return the middle element of each window; of an even number, the larger one."""
    def choice(windows: Any) -> Any:
        return _ranked(np.shape(windows)[-1] // 2)(windows)

    return _filtered(choice, input, size, footprint, None, output, mode, cval, origin, axes)


@in_place_of(_original.grey_erosion)
def grey_erosion(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Return the least element of each window, less the structure."""
    return _filtered(_least, input, size, footprint, structure, output, mode, cval, origin, axes, -1)


@in_place_of(_original.grey_dilation)
def grey_dilation(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Return the largest element of each mirrored window, plus the structure."""
    if size is None and footprint is None and structure is None:
        raise OptionError("A filter needs a size, a footprint or a structure.")
    footprint = None if footprint is None else np.flip(np.asarray(plain(footprint)))
    structure = None if structure is None else np.flip(number(structure))
    count = np.ndim(input) if axes is None else np.size(axes)
    given = footprint if footprint is not None else structure
    sizes = each(size, count) if given is None else np.shape(given)
    starts = [-o - (n % 2 == 0) for n, o in zip(sizes, each(origin, count), strict=True)]
    return _filtered(_largest, input, size, footprint, structure, output, mode, cval, starts, axes, 1)


@in_place_of(_original.grey_opening)
def grey_opening(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Erode, then dilate."""
    given = size, footprint, structure, output, mode, cval, origin
    return grey_dilation(grey_erosion(input, *given, axes=axes), *given, axes=axes)


@in_place_of(_original.grey_closing)
def grey_closing(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Dilate, then erode."""
    given = size, footprint, structure, output, mode, cval, origin
    return grey_erosion(grey_dilation(input, *given, axes=axes), *given, axes=axes)


@in_place_of(_original.morphological_gradient)
def morphological_gradient(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Return the difference between dilation and erosion."""
    given = size, footprint, structure, output, mode, cval, origin
    return grey_dilation(input, *given, axes=axes) - grey_erosion(input, *given, axes=axes)


@in_place_of(_original.white_tophat)
def white_tophat(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Return what opening takes away."""
    return image(input) - grey_opening(input, size, footprint, structure, output, mode, cval, origin, axes=axes)


@in_place_of(_original.black_tophat)
def black_tophat(input: Any, size: Any = None, footprint: Any = None, structure: Any = None, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, *, axes: Any = None) -> Any:
    """Return what closing adds."""
    return grey_closing(input, size, footprint, structure, output, mode, cval, origin, axes=axes) - image(input)


@in_place_of(_signal.medfilt)
def medfilt(volume: Any, kernel_size: Any = None) -> Any:
    """Return the middle element of each window, with zeros outside; see `scipy.signal.medfilt`."""
    volume = number(volume)
    return median_filter(volume, 3 if kernel_size is None else _odd(kernel_size), mode="constant")


@in_place_of(_signal.medfilt2d)
def medfilt2d(input: Any, kernel_size: Any = 3) -> Any:
    """Return the middle element of each window of a matrix, with zeros outside."""
    return median_filter(input, _odd(kernel_size), mode="constant")


@in_place_of(_signal.order_filter)
def order_filter(a: Any, domain: Any, rank: int) -> Any:
    """Return the element of each window with this rank, with zeros outside."""
    domain = np.asarray(plain(domain))
    _odd(domain.shape)
    return rank_filter(a, rank, footprint=domain != 0, mode="constant")
# fmt: on


def _odd(sizes: Any) -> Any:
    """Return sizes of windows; raise if one has no middle."""
    if np.any(np.asarray(sizes) % 2 != 1):
        raise OptionError(f"Windows of lengths {sizes} have no middle: each must be odd.")
    return [int(n) for n in sizes] if np.ndim(sizes) else int(sizes)
