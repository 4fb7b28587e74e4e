"""The positions of a sliding window, shared by convolution and pooling."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.arrays import shape_of

Size = int | Sequence[int]

#: How many elements to copy at once: what fits into a processor's cache.
MOST = 1 << 18

#: The names of the axes that a kernel slides over, by their number.
GRIDS = {1: "length", 2: "height, width", 3: "depth, height, width"}


@dataclass(frozen=True)
class Windows:
    """A kernel that slides over the last axes of an array; one entry for each of these axes."""

    kernel: tuple[int, ...]  # the number of elements of a window
    stride: tuple[int, ...]  # the distance between windows
    padding: tuple[tuple[int, int], ...]  # the number of elements added before and after
    dilation: tuple[int, ...]  # the distance between the elements of a window

    def __hash__(self) -> int:
        return self._hash

    @functools.cached_property
    def _hash(self) -> int:
        """The hash, which each lookup of what is known of windows asks for."""
        return hash((self.kernel, self.stride, self.padding, self.dilation))

    def in_words(self) -> str:
        """Return the kernel and what is unusual, such as "3×3, stride 2"."""
        before = tuple(max(pair) for pair in self.padding)
        text = "×".join(map(str, self.kernel))
        for name, numbers, usual in (
            ("stride", self.stride, 1),
            ("padding", before, 0),
            ("dilation", self.dilation, 1),
        ):
            if set(numbers) != {usual}:
                one = set(numbers) == {numbers[0]}
                text += f", {name} {numbers[0] if one else '×'.join(map(str, numbers))}"
        return text

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes that the kernel slides over, counted from the end."""
        return tuple(range(-len(self.kernel), 0))

    def counts(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the number of windows along each axis; raise if there is none."""
        return counts_in(self, shape)

    def covering(self, shape: tuple[int, ...]) -> Windows:
        """Return windows that also cover what is left over at the end.

        A window is added if it begins in the input or in the padding before it.
        """
        found = []
        lengths = shape[len(shape) - len(self.kernel) :]
        sizes = (lengths, self.kernel, self.stride, self.padding, self.dilation)
        for n, kernel, stride, (before, after), dilation in zip(*sizes, strict=True):
            reach = dilation * (kernel - 1) + 1
            last = -(-(n + before + after - reach) // stride) * stride
            last -= stride * (last >= n + before)
            found.append((before, max(last + reach - n - before, after)))
        return replace(self, padding=tuple(found))

    def with_less_padding(self, after: Sequence[int]) -> Windows:
        """Return windows with so much less padding after each axis, if there is as much."""
        pairs = zip(self.padding, after, strict=True)
        return replace(self, padding=tuple((a, max(b - less, 0)) for (a, b), less in pairs))

    def mirrored(self) -> Windows | None:
        """Return the windows of the transpose, which is a convolution if there are no strides.

        None if there are, or if there is more padding than the transpose can leave out.
        """
        reach = [d * (k - 1) for k, d in zip(self.kernel, self.dilation, strict=True)]
        padding = tuple((n - a, n - b) for n, (a, b) in zip(reach, self.padding, strict=True))
        if max(self.stride) > 1 or min(map(min, padding)) < 0:
            return None
        return Windows(self.kernel, self.stride, padding, self.dilation)

    def padded(self, x: Any, fill: float = 0.0) -> Any:
        """Return an array with its padding."""
        if not any(map(any, self.padding)):
            return x
        y = np.empty_like(x, shape=self.padded_shape(x.shape), order="C")
        y[...] = fill  # `full_like` takes twice as long for small arrays
        y[self.inside(x.shape)] = x
        return y

    def without_padding(self, x: Any, shape: tuple[int, ...]) -> Any:
        """Return the inside of an array with padding: a new array, or the same if there is none."""
        return x[self.inside(shape)].copy() if any(map(any, self.padding)) else x

    @functools.cached_property
    def each_axis(self) -> list[Windows]:
        """Windows of one axis each, without padding."""
        sizes = zip(self.kernel, self.stride, self.dilation, strict=True)
        return [Windows((k,), (s,), ((0, 0),), (d,)) for k, s, d in sizes]

    @functools.cached_property
    def are_apart(self) -> bool:
        """Whether no element is in two windows."""
        sizes = zip(self.kernel, self.stride, self.dilation, strict=True)
        return all(s > d * (k - 1) for k, s, d in sizes)

    def tile(self, shape: tuple[int, ...]) -> bool:
        """Return whether windows lie side by side, and cover arrays of a shape."""
        if self.kernel != self.stride or not self.are_apart or any(map(any, self.padding)):
            return False
        lengths = shape[len(shape) - len(self.kernel) :]
        return not any(n % k for n, k in zip(lengths, self.kernel, strict=True))

    def padded_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of an array with its padding."""
        return padded_in(self, shape)[0]

    def inside(self, shape: tuple[int, ...]) -> Any:
        """Return the index of the original array in its padded form."""
        return padded_in(self, shape)[1]


def parts(count: int, shape: tuple[int, ...], most: int = MOST) -> Iterator[slice]:
    """Yield slices of examples, such that one array of a shape for each fits into the cache."""
    step = max(1, most // max(math.prod(shape), 1))
    return (slice(start, start + step) for start in range(0, count, step))


@functools.lru_cache(maxsize=256)
def counts_in(windows: Windows, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the number of windows along each axis of an array; raise if there is none."""
    lengths = shape[len(shape) - len(windows.kernel) :]
    found = tuple(
        (n + sum(padding) - dilation * (kernel - 1) - 1) // stride + 1
        for n, kernel, stride, padding, dilation in zip(
            lengths, windows.kernel, windows.stride, windows.padding, windows.dilation, strict=True
        )
    )
    if min(found) < 1 or 0 in lengths:
        raise ShapeError(
            f"An input of shape {shape} is too small for a kernel of shape {windows.kernel}, "
            f"dilation {windows.dilation}, padding {windows.padding}."
        )
    return found


@functools.lru_cache(maxsize=256)
def padded_in(windows: Windows, shape: tuple[int, ...]) -> tuple[tuple[int, ...], Any]:
    """Return the shape of an array with its padding, and the index of the array there."""
    count = len(shape) - len(windows.kernel)
    pairs = list(zip(shape[count:], windows.padding, strict=True))
    lengths = (n + before + after for n, (before, after) in pairs)
    inside = (slice(before, before + n) for n, (before, _) in pairs)
    return (*shape[:count], *lengths), (..., *inside)


@functools.lru_cache(maxsize=256)
def offsets(windows: Windows, counts: tuple[int, ...]) -> list[tuple[Any, Any]]:
    """Return for each element of the kernel its index, and the index of it in all windows."""
    found = []
    for place in itertools.product(*map(range, windows.kernel)):
        steps = zip(place, windows.dilation, counts, windows.stride, strict=True)
        slices = [slice(i * d, i * d + (n - 1) * s + 1, s) for i, d, n, s in steps]
        found.append(((slice(None), slice(None), *place), (..., *slices)))
    return found


def windows_of(ndim: int, kernel: Size, stride: Size, padding: Any, dilation: Size = 1) -> Windows:
    """Return the windows for sizes that are one number, or one for each of `ndim` axes.

    Padding "valid" means none; "same" keeps the length, with an odd element at the end.
    """
    kernels = sizes_of(ndim, kernel, "kernel_size", 1)
    strides = sizes_of(ndim, stride, "stride", 1)
    dilations = sizes_of(ndim, dilation, "dilation", 1)
    if padding == "same":
        if max(strides) > 1:
            raise OptionError(f'padding="same" requires stride=1, not stride={stride}.')
        totals = [d * (k - 1) for k, d in zip(kernels, dilations, strict=True)]
        pairs = tuple((total // 2, total - total // 2) for total in totals)
    elif isinstance(padding, str) and padding != "valid":
        raise OptionError(f'padding= must be a number, "same" or "valid", not {padding!r}.')
    else:
        each = sizes_of(ndim, 0 if padding == "valid" else padding, "padding", 0)
        pairs = tuple((n, n) for n in each)
    return Windows(kernels, strides, pairs, dilations)


def sizes_of(ndim: int, size: Size, name: str, least: int) -> tuple[int, ...]:
    """Return a size that is one number, or one for each axis, as one for each axis; or raise."""
    sizes: tuple[Any, ...] = tuple(size) if isinstance(size, (tuple, list)) else (size,) * ndim
    if len(sizes) != ndim or not all(isinstance(n, int) and n >= least for n in sizes):
        raise OptionError(
            f"{name}= must be one or {ndim} integers of at least {least}, not {size!r}."
        )
    return sizes


def with_batch(x: Any, ndim: int, channels: int | None, who: str) -> tuple[Any, bool]:
    """Return an input with a batch axis, and whether it had none."""
    shape = shape_of(x)
    if len(shape) not in (ndim + 1, ndim + 2) or channels not in (None, shape[-ndim - 1]):
        wanted = f"{channels or 'channels'}, {GRIDS[ndim]}"
        raise ShapeError(
            f"{who} got an input of shape {shape}; it takes (batch, {wanted}) or ({wanted})."
        )
    alone = len(shape) == ndim + 1
    return (x[None] if alone else x), alone
