"""The largest elements of windows whose places are random: `FractionalMaxPool2d` and `3d`."""

from __future__ import annotations

import itertools
from typing import Any, ClassVar

import numpy as np

from autograd.errors import OptionError
from nn.torch_style.base import made, numbers
from nn.torch_style.creation import rand
from nn.torch_style.nn.module import Module


def _starts(sample: Any, length: int, count: int, size: int) -> Any:
    """Return where the windows of an axis begin: floor(α (i + u)) - floor(α u), and the end.

    α = (length - size) / (count - 1), and u is random. Source: Graham, "Fractional max-pooling",
    2014, in the form that PyTorch computes.
    """
    step = sample.dtype.type((length - size) / max(count - 1, 1))
    places = np.arange(count).astype(sample.dtype)
    found = ((places + sample[..., None]) * step).astype(int)
    found -= (sample[..., None] * step).astype(int)
    found[..., -1] = length - size
    return found


def _sizes(x: Any, axes: int, kernel_size: Any, output_size: Any, output_ratio: Any) -> Any:
    """Return the sizes of windows and results, one for each axis."""
    if (output_size is None) == (output_ratio is None):
        raise OptionError("Fractional pooling takes output_size= or output_ratio=, one of both.")
    kernel, size, ratio = (
        (given,) * axes if isinstance(given, (int, float)) else given
        for given in (kernel_size, output_size, output_ratio)
    )
    if size is None:
        size = [int(n * share) for n, share in zip(x.shape[-axes:], ratio, strict=True)]
    for n, count, width in zip(x.shape[-axes:], size, kernel, strict=True):
        if not 0 < count <= n - width + 1:
            raise OptionError(
                f"{count} windows of {width} do not fit into the {n} elements of an axis of "
                f"{tuple(x.shape)}."
            )
    return tuple(kernel), tuple(size)


def _pooled(
    axes: int, x: Any, kernel_size: Any, output_size: Any, output_ratio: Any,
    return_indices: bool, samples: Any,
) -> Any:  # fmt: skip
    """Return the largest element of each window, and perhaps its place in the flat image."""
    kernel, size = _sizes(x, axes, kernel_size, output_size, output_ratio)
    lengths = tuple(x.shape[-axes:])
    if samples is None:
        batch = x.shape[0] if x.dim() == axes + 2 else 1
        samples = rand(batch, x.shape[-axes - 1], axes, dtype=x.dtype)
    samples = numbers(samples).reshape(*x.shape[:-axes], axes)
    order = (1, 0) if axes == 2 else (0, 1, 2)  # of the samples, as PyTorch takes them
    starts = [
        _starts(samples[..., order[axis]], lengths[axis], size[axis], kernel[axis])
        for axis in range(axes)
    ]
    best = places = None
    flat = x.reshape(*x.shape[:-axes], -1)
    for offsets in itertools.product(*map(range, kernel)):
        place: Any = 0
        for axis, offset in enumerate(offsets):
            along = [1] * axes
            along[axis] = -1
            line = (starts[axis] + offset).reshape(*starts[axis].shape[:-1], *along)
            place = place * lengths[axis] + line
        place = place.reshape(*place.shape[:-axes], -1)
        found = np.take_along_axis(numbers(flat), place, -1)
        if best is None:
            best, places = found, place
        else:
            is_larger = (found > best) | (found != found)
            best, places = np.where(is_larger, found, best), np.where(is_larger, place, places)
    indices = made(places)
    shape = (*x.shape[:-axes], *size)
    y = flat.gather(-1, indices).reshape(shape)
    return (y, indices.reshape(shape)) if return_indices else y


def fractional_max_pool2d(
    input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
    return_indices: bool = False, _random_samples: Any = None,
) -> Any:  # fmt: skip
    """Return the largest element of each of so many windows, whose places are random."""
    return _pooled(
        2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples
    )


def fractional_max_pool3d(
    input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
    return_indices: bool = False, _random_samples: Any = None,
) -> Any:  # fmt: skip
    """Return the largest element of each of so many windows, whose places are random."""
    return _pooled(
        3, input, kernel_size, output_size, output_ratio, return_indices, _random_samples
    )


class FractionalMaxPool2d(Module):
    """The largest element of each of so many windows, whose places are random.

    Parameters
    ----------
    kernel_size : int or tuple of int
        The size of the windows.
    output_size, output_ratio : int or tuple of int; float or tuple of float
        How many windows there are, or this as a part of the length of an axis.
    return_indices : bool
        Whether to return also the places of the elements, for `MaxUnpool2d`.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.nn.FractionalMaxPool2d(2, output_ratio=0.7)(torch.zeros(1, 3, 10, 20)).shape
    torch.Size([1, 3, 7, 14])
    """

    axes: ClassVar[int] = 2

    def __init__(
        self, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
        return_indices: bool = False, _random_samples: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.output_size, self.output_ratio = (
            kernel_size, output_size, output_ratio,
        )  # fmt: skip
        self.return_indices, self._random_samples = return_indices, _random_samples
        if (output_size is None) == (output_ratio is None):
            raise OptionError("Give output_size= or output_ratio=, one of both.")

    def forward(self, input: Any) -> Any:
        """Return the largest element of each window, and perhaps its place."""
        return _pooled(
            self.axes, input, self.kernel_size, self.output_size, self.output_ratio,
            self.return_indices, self._random_samples,
        )  # fmt: skip


class FractionalMaxPool3d(FractionalMaxPool2d):
    """`FractionalMaxPool2d` of inputs of (batch, channels, depth, height, width)."""

    axes = 3
