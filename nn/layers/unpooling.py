"""The inverse of maximum pooling: `MaxUnpool1d` to `MaxUnpool3d`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Primitive, kernel, linear
from autograd.devices import like
from autograd.errors import ShapeError
from autograd.program import is_tracing
from nn.arrays import floating, plain, shape_of
from nn.layers.sliding_window import Size, sizes_of, with_batch
from nn.memory_in_c import FREED, taken
from nn.module import Module


@kernel()
def flat_places(indices: Any, grid: tuple[int, ...]) -> Any:
    """Return indices into rows, each of the size of a grid, as indices into all of them."""
    count = math.prod(grid)
    if indices.size and not 0 <= indices.min() <= indices.max() < count:
        raise ShapeError(
            f"Unpooling got indices from {indices.min()} to {indices.max()}, but the grid is "
            f"{grid}: write output_size= with the shape before the pooling."
        )
    return (indices + np.arange(len(indices), like=like(indices))[:, None] * count).reshape(-1)


@kernel()
def put_array(x: Any, indices: Any, size: int, grid: tuple[int, ...] | None = None) -> Any:
    """Return zeros with each number at its place; of several for one place the last stays.

    With a grid the indices are those into rows, else places.
    """
    y = np.zeros_like(x, shape=size)
    y[indices if grid is None else flat_places(indices, grid)] = x
    return y


@kernel()
def taken_array(g: Any, indices: Any, grid: tuple[int, ...] | None) -> Any:
    """Return what is at each place, once: 0 for a number that did not stay there."""
    places = indices if grid is None else flat_places(indices, grid)
    found, is_full = g[places], np.zeros_like(places, bool, shape=len(g))
    is_full[places] = True
    if np.count_nonzero(is_full) < len(places):
        numbers, last = (
            np.arange(len(places), like=like(places)),
            np.zeros_like(places, shape=len(g)),
        )
        last[places] = numbers
        found[last[places] != numbers] = 0.0
    return found


#: The same in C, row by row; backwards, the first number met at a place is the one that stayed.
PUT = """
const long rows = grid ? indices_shape[0] : 1;
for (long row = 0; row < rows; row++) {
    const long count = indices_size / rows, size = result_size / rows;
    real *to = result + row * size;
    __builtin_memset(to, 0, size * sizeof(real));
    for (long k = row * count; k < (row + 1) * count; k++) {
        const long place = indices[k];
        if (place < 0 || place >= size) LEAVE_TO_PYTHON;
        to[place] = x[k];
    }
}
"""
TAKEN = (
    taken({"char *is_taken": "g_size"})
    + """
const long rows = grid ? indices_shape[0] : 1;
for (long row = rows - 1; row >= 0; row--) {
    const long count = indices_size / rows, size = g_size / rows;
    const real *from = g + row * size;
    __builtin_memset(is_taken, 0, size);
    for (long k = (row + 1) * count - 1; k >= row * count; k--) {
        const long place = indices[k];
        if (place < 0 || place >= size) {
            __builtin_free(memory);
            LEAVE_TO_PYTHON;
        }
        result[k] = is_taken[place] ? 0 : from[place];
        is_taken[place] = 1;
    }
}
"""
    + FREED
)

# fmt: off
put: Primitive = linear(put_array,
    lambda g, x, indices, size, grid=None: take(g, indices, grid),
    fresh_results=True, name="unpool", c=PUT)
take: Primitive = linear(taken_array,
    lambda h, g, indices, grid: put(h, indices, len(plain(g)), grid),
    fresh_results=True, name="unpool_back", c=TAKEN)
# fmt: on


class MaxUnpool(Module):
    """The base class of `MaxUnpool1d` to `MaxUnpool3d`; for its parameters see there."""

    ndim: int

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        self.kernel_size = sizes_of(self.ndim, kernel_size, "kernel_size", 1)
        self.stride = sizes_of(self.ndim, kernel_size if stride is None else stride, "stride", 1)
        self.padding = sizes_of(self.ndim, padding, "padding", 0)

    def forward(self, x: Any, indices: Any, output_size: Any = None) -> Any:
        """Put each number where the maximum was, and 0 elsewhere.

        Parameters
        ----------
        x : array_like, shape (batch, channels, *windows) or (channels, *windows)
            The numbers.
        indices : array_like of int
            Where they go in their flat channels, as maximum pooling returns it.
        output_size : sequence of int, optional
            The lengths of the grid; by default the smallest that the windows fit into.

        Returns
        -------
        array or Tensor, shape (batch, channels, *grid) or (channels, *grid)

        Raises
        ------
        ShapeError
            If the shapes differ, or an index is outside of the grid.
        """
        indices = np.asarray(indices) if isinstance(indices, list) else plain(indices)
        if shape_of(x) != indices.shape:
            raise ShapeError(
                f"{type(self).__name__} got an input of shape {shape_of(x)} and indices of shape "
                f"{indices.shape}; they must be the same."
            )
        x, alone = with_batch(floating(x), self.ndim, None, type(self).__name__)
        batch, channels, *lengths = shape_of(x)
        steps = zip(lengths, self.stride, self.padding, self.kernel_size, strict=True)
        grid = tuple((n - 1) * step - 2 * pad + size for n, step, pad, size in steps)
        if output_size is not None:
            grid = tuple(output_size)[-self.ndim :]
        rows = (batch * channels, math.prod(lengths))
        x, indices = x.reshape(-1), indices.reshape(rows)
        size = batch * channels * math.prod(grid)
        if is_tracing():  # C reads the indices faster than it makes places
            y = put(x, indices, size, grid)
        else:  # once, for derivatives too
            y = put(x, flat_places(indices, grid), size)
        y = y.reshape((batch, channels, *grid))
        return y[0] if alone else y


class MaxUnpool1d(MaxUnpool):
    """The inverse of `MaxPool1d`: maxima go back to where they were, among zeros.

    Source: Zeiler, Taylor & Fergus, "Adaptive deconvolutional networks for mid and high level
    feature learning", 2011.

    Parameters
    ----------
    kernel_size : int
        The size of the window.
    stride : int, optional
        The distance between windows; by default `kernel_size`.
    padding : int
        The number of elements that were added on each side.

    Examples
    --------
    >>> from nn import MaxPool1d
    >>> y, indices = MaxPool1d(2, return_indices=True)(np.zeros((2, 3, 8)))
    >>> MaxUnpool1d(2)(y, indices).shape
    (2, 3, 8)
    """

    ndim = 1


class MaxUnpool2d(MaxUnpool):
    """The inverse of `MaxPool2d`: maxima go back to where they were, among zeros.

    Source: Zeiler, Taylor & Fergus, "Adaptive deconvolutional networks for mid and high level
    feature learning", 2011.

    Parameters
    ----------
    kernel_size : int or (int, int)
        The size of the window.
    stride : int or (int, int), optional
        The distance between windows; by default `kernel_size`.
    padding : int or (int, int)
        The number of elements that were added on each side.

    Examples
    --------
    >>> from nn import MaxPool2d
    >>> y, indices = MaxPool2d(2, return_indices=True)(np.zeros((2, 3, 8, 6)))
    >>> MaxUnpool2d(2)(y, indices).shape
    (2, 3, 8, 6)
    """

    ndim = 2


class MaxUnpool3d(MaxUnpool):
    """The inverse of `MaxPool3d`: maxima go back to where they were, among zeros.

    Source: Zeiler, Taylor & Fergus, "Adaptive deconvolutional networks for mid and high level
    feature learning", 2011.

    Parameters
    ----------
    kernel_size : int or (int, int, int)
        The size of the window.
    stride : int or (int, int, int), optional
        The distance between windows; by default `kernel_size`.
    padding : int or (int, int, int)
        The number of elements that were added on each side.

    Examples
    --------
    >>> from nn import MaxPool3d
    >>> y, indices = MaxPool3d(2, return_indices=True)(np.zeros((2, 3, 4, 4, 6)))
    >>> MaxUnpool3d(2)(y, indices).shape
    (2, 3, 4, 4, 6)
    """

    ndim = 3
