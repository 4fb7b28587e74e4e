"""Batch rules of functions that move elements, or join arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.batching.array import batched, of_entries
from autograd.batching.level import (
    Level,
    aligned,
    depends_on,
    entry_in_memory,
    is_in,
    ndim,
    shape,
    whole,
)
from autograd.batching.ufuncs import shifted


def reshape(level: Level, a: Any, /, shape: Any, order: Any = "C", *, copy: Any = None) -> Any:
    """Return the same elements in another shape."""
    if copy:
        a = a.copy()
    wanted = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if order in ("F", "A"):
        if order == "A" and not _is_of_fortran(a):
            return reshape(level, a, wanted)
        reverse = reshape(level, np.transpose(a), shape=wanted[::-1])
        return np.transpose(reverse)
    if -1 in wanted:
        known = math.prod(n for n in wanted if n != -1)
        if wanted.count(-1) > 1 or not known or a.size % known:
            np.reshape(np.broadcast_to(0, a.shape), wanted)  # raises NumPy's error
        wanted = tuple(a.size // known if n == -1 else n for n in wanted)
    elif math.prod(wanted) != a.size:
        np.reshape(np.broadcast_to(0, a.shape), wanted)
    return of_entries(a.array.reshape((level.size, *wanted)), level)


def ravel(level: Level, a: Any, order: Any = "C") -> Any:
    """Return the elements along one axis."""
    if order == "K":  # as in memory
        order = "C"
        a = np.transpose(a, np.argsort([-abs(n) for n in a.strides], kind="stable").tolist())
    flags = entry_in_memory(a).flags
    found = reshape(level, a, (a.size,), order)
    return found if flags.c_contiguous or flags.f_contiguous else found.copy()


def _is_of_fortran(x: Any) -> bool:
    """Return whether an entry lies in memory in Fortran's order, and not in C's."""
    flags = entry_in_memory(x).flags
    return bool(flags.f_contiguous and not flags.c_contiguous)


def in_order(x: Any, order: str) -> Any:
    """Return an array whose entries lie in memory in C's or Fortran's order, itself if they do."""
    if entry_in_memory(x).flags[f"{order}_CONTIGUOUS"]:
        return x
    return x.copy() if order == "C" else np.transpose(np.transpose(x).copy())


def transpose(level: Level, a: Any, axes: Any = None) -> Any:
    """Permute the axes."""
    order = range(a.ndim)[::-1] if axes is None else axes
    return batched(a.array.transpose((0, *shifted(tuple(order), a.ndim))), level)


def swapaxes(level: Level, a: Any, axis1: Any, axis2: Any) -> Any:
    """Exchange two axes."""
    return batched(a.array.swapaxes(shifted(axis1, a.ndim), shifted(axis2, a.ndim)), level)


def matrix_transpose(level: Level, x: Any) -> Any:
    """Exchange the last two axes."""
    return swapaxes(level, x, -1, -2)


def moveaxis(level: Level, a: Any, source: Any, destination: Any) -> Any:
    """Move axes."""
    if source is None or destination is None:
        return NotImplemented  # the loop raises NumPy's error
    array = np.moveaxis(a.array, shifted(source, a.ndim), shifted(destination, a.ndim))
    return batched(array, level)


def expand_dims(level: Level, a: Any, axis: Any) -> Any:
    """Insert axes of length one."""
    axis = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    return batched(np.expand_dims(a.array, shifted(axis, a.ndim + len(axis))), level)


def squeeze(level: Level, a: Any, axis: Any = None) -> Any:
    """Remove axes of length one."""
    if axis is None or (not a.ndim and axis in (0, -1)):  # NumPy takes these for numbers as well
        axis = tuple(i for i, length in enumerate(a.shape) if length == 1)
    return of_entries(np.squeeze(a.array, axis=shifted(axis, a.ndim)), level)


def broadcast_to(level: Level, array: Any, shape: Any, subok: Any = False) -> Any:
    """Repeat along axes, without a copy."""
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    return of_entries(
        np.broadcast_to(aligned(array, level, len(shape)), (level.size, *shape)), level
    )


def concatenate(
    level: Level, arrays: Any, /, axis: Any = 0, out: Any = None, **options: Any
) -> Any:
    """Join arrays along an axis that they have."""
    if out is not None:
        return NotImplemented
    arrays = list(arrays)
    if axis is None:
        arrays, axis = [np.ravel(x) for x in arrays], 0
    axes = max(ndim(x) for x in arrays)
    found = np.concatenate([whole(x, level) for x in arrays], shifted(axis, axes), **options)
    return batched(found, level)


def at_least(axes: int) -> Any:
    """Return the rule of `numpy.atleast_1d` and so on."""

    def shaped(x: Any) -> Any:
        length = shape(x)
        if axes == 3 and len(length) in (1, 2):
            return np.reshape(x, (1, *length, 1) if len(length) == 1 else (*length, 1))
        return np.reshape(x, (1,) * max(axes - len(length), 0) + length)

    def rule(level: Level, *arrays: Any) -> Any:
        found = tuple([shaped(x) for x in arrays])
        return found[0] if len(found) == 1 else found

    return rule


def rollaxis(level: Level, a: Any, axis: Any, start: Any = 0) -> Any:
    """Move an axis before another one."""
    axis, start = shifted(axis, a.ndim) - 1, start + a.ndim if start < 0 else start
    return moveaxis(level, a, axis, start - 1 if axis < start else start)


def unstack(level: Level, x: Any, /, *, axis: Any = 0) -> Any:
    """Return the parts along an axis."""
    moved = np.moveaxis(x, axis, 0)
    return tuple([moved[i] for i in range(moved.shape[0])])


def broadcast_arrays(level: Level, *arrays: Any, subok: Any = False) -> Any:
    """Repeat arrays along axes, so that they have one shape."""
    wanted = np.broadcast_shapes(*[shape(x) for x in arrays])
    return tuple([np.broadcast_to(x, wanted) for x in arrays])


def meshgrid(
    level: Level, *xi: Any, copy: Any = True, sparse: Any = False, indexing: Any = "xy"
) -> Any:
    """Return the coordinates of a grid; NumPy repeats its axes without a copy if it may."""
    if indexing not in ("xy", "ij") or any(ndim(x) > 1 for x in xi):
        return NotImplemented
    axes = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        axes[:2] = 1, 0
    lines = [
        np.reshape(x, [-1 if i == axis else 1 for i in axes])
        for x, axis in zip(xi, sorted(axes), strict=True)
    ]
    grids = lines if sparse else broadcast_arrays(level, *lines)
    return tuple([x.copy() for x in grids] if copy else grids)


def real_if_close(level: Level, a: Any, tol: Any = 100) -> Any:
    """Return real numbers as they are; the imaginary parts of others decide."""
    return NotImplemented if a.dtype.kind == "c" else a


def sliding_window_view(
    level: Level, x: Any, window_shape: Any, axis: Any = None, *, writeable: Any = False, **_: Any
) -> Any:
    """Return all windows of a shape, in new last axes."""
    axes = tuple(range(x.ndim)) if axis is None else axis
    view = np.lib.stride_tricks.sliding_window_view
    found = view(x.array, window_shape, shifted(axes, x.ndim), writeable=writeable)
    return batched(found, level)


def cut(function: Any, default: int) -> Any:
    """Return the rule of `numpy.hsplit` and so on."""

    def rule(level: Level, ary: Any, indices_or_sections: Any) -> Any:
        axis = default if ary.ndim > 1 or default != 1 else 0
        return split(level, ary, indices_or_sections, axis)

    return rule


def side_by_side(rule_for: Any, axis: Any) -> Any:
    """Return the rule of a function that gives arrays more axes, and joins them."""

    def rule(level: Level, tup: Any, **options: Any) -> Any:
        arrays = [rule_for(x) for x in tup]
        along = axis(arrays) if callable(axis) else axis
        return concatenate(level, arrays, along, **options)

    return rule


def column(x: Any) -> Any:
    """Return an array as columns: one for a vector."""
    return np.reshape(x, (-1, 1)) if ndim(x) < 2 else x


def stack(level: Level, arrays: Any, axis: Any = 0, out: Any = None, **options: Any) -> Any:
    """Join arrays along a new axis."""
    if out is not None:
        return NotImplemented
    arrays = list(arrays)
    axes = max(ndim(x) for x in arrays) + 1
    return batched(
        np.stack([whole(x, level) for x in arrays], shifted(axis, axes), **options), level
    )


def split(level: Level, ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Cut an array into parts."""
    if depends_on(indices_or_sections, level):
        return NotImplemented
    return [
        batched(x, level) for x in np.split(ary.array, indices_or_sections, shifted(axis, ary.ndim))
    ]


def array_split(level: Level, ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Cut an array into parts of nearly the same length."""
    if depends_on(indices_or_sections, level):
        return NotImplemented
    return [
        batched(x, level)
        for x in np.array_split(ary.array, indices_or_sections, shifted(axis, ary.ndim))
    ]


def flip(level: Level, m: Any, axis: Any = None) -> Any:
    """Reverse the order of elements."""
    return batched(np.flip(m.array, shifted(axis, m.ndim)), level)


def rot90(level: Level, m: Any, k: Any = 1, axes: Any = (0, 1)) -> Any:
    """Rotate in a plane."""
    return batched(np.rot90(m.array, k, shifted(tuple(axes), m.ndim)), level)


def tile(level: Level, A: Any, reps: Any) -> Any:  # noqa: N803 - NumPy's name
    """Repeat an array along each axis."""
    reps = tuple(reps) if isinstance(reps, (tuple, list, np.ndarray)) else (reps,)
    reps = (1,) * (A.ndim - len(reps)) + reps
    return batched(np.tile(aligned(A, level, len(reps)), (1, *reps)), level)


def triangle(function: Any) -> Any:
    """Return the rule of `numpy.tril` or `numpy.triu`."""

    def rule(level: Level, m: Any, k: Any = 0) -> Any:
        if m.ndim < 2:
            m = broadcast_to(level, m, (m.shape[0], m.shape[0]))
        return batched(function(m.array, k), level)

    return rule


def diagonal(level: Level, a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """Return the elements on a diagonal."""
    found = np.diagonal(a.array, offset, shifted(axis1, a.ndim), shifted(axis2, a.ndim))
    return batched(found, level)


def trace(
    level: Level, a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, dtype: Any = None,
    out: Any = None,
) -> Any:  # fmt: skip
    """Return the sum over a diagonal."""
    if out is not None:
        return NotImplemented
    axes = (shifted(axis1, a.ndim), shifted(axis2, a.ndim))
    return batched(np.trace(a.array, offset, *axes, dtype=dtype), level)


def diag(level: Level, v: Any, k: Any = 0) -> Any:
    """Return a diagonal, or a matrix with this diagonal."""
    if v.ndim == 2:
        return diagonal(level, v, k)
    if v.ndim != 1:
        return NotImplemented
    length = v.shape[0] + abs(k)
    found = np.zeros_like(v.array, shape=(level.size, length, length))
    i = np.arange(v.shape[0])
    found[:, i + max(-k, 0), i + max(k, 0)] = v.array
    return batched(found, level)


def pad(level: Level, array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """Add elements at the edges."""
    if depends_on((pad_width, options), level) or not is_in(array, level):
        return NotImplemented
    if callable(mode) or isinstance(pad_width, dict):
        return NotImplemented
    widths = np.broadcast_to(np.asarray(pad_width), (array.ndim, 2)).tolist()
    for name, item in options.items():
        if np.ndim(item):
            each = np.broadcast_to(np.asarray(item), (array.ndim, 2)).tolist()
            options[name] = [[1, 1] if name == "stat_length" else [0, 0], *each]
    return batched(np.pad(array.array, [[0, 0], *widths], mode, **options), level)


def take(
    level: Level, a: Any, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise"
) -> Any:
    """Return elements by their position along an axis, or in the flattened array."""
    if out is not None:
        return NotImplemented
    if axis is None or (ndim(a) == 0 and axis in (0, -1)):  # NumPy reads a number as a row
        a, axis = np.ravel(a), 0
    if not is_in(indices, level):
        return batched(np.take(a.array, indices, shifted(axis, a.ndim), mode=mode), level)
    if not is_in(a, level):
        found = np.take(a, indices.array, axis, mode=mode)
        return batched(np.moveaxis(found, axis % np.ndim(a), 0), level)
    length = a.shape[axis]
    if mode == "wrap":
        indices = indices % length
    elif mode == "clip":
        indices = np.clip(indices, 0, length - 1)
    return np.moveaxis(a, axis, 0)[indices] if axis % a.ndim == 0 else _taken(a, indices, axis)


def _taken(a: Any, indices: Any, axis: int) -> Any:
    return a[(*(slice(None),) * (axis % a.ndim), indices)]


def take_along_axis(level: Level, arr: Any, indices: Any, axis: Any = -1) -> Any:
    """Return elements by their position along an axis, for each place along the others."""
    if axis is None:
        arr, axis = np.ravel(arr), 0
    if ndim(arr) != ndim(indices):
        np.take_along_axis(np.zeros(shape(arr)), np.zeros(shape(indices), int), axis)
    arrays = (whole(arr, level), whole(indices, level))
    return batched(np.take_along_axis(*arrays, shifted(axis, ndim(arr))), level)


def where(level: Level, condition: Any, x: Any = None, y: Any = None) -> Any:
    """Choose between two arrays, element by element."""
    if x is None and y is None:
        return NotImplemented
    axes = max(ndim(condition), ndim(x), ndim(y))
    found = np.where(*[aligned(each, level, axes) for each in (condition, x, y)])
    return of_entries(found, level)


def like(function: Any) -> Any:
    """Return the rule of `numpy.zeros_like` and so on."""

    def rule(
        level: Level, a: Any, *arguments: Any, shape: Any = None, device: Any = None, **options: Any
    ) -> Any:
        if shape is None:
            shape = a.shape
        shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
        if not is_in(a, level):
            return NotImplemented
        plain = [aligned(x, level, len(shape)) for x in arguments]
        options = {key: aligned(x, level, len(shape)) for key, x in options.items()}
        return of_entries(function(a.array, *plain, shape=(level.size, *shape), **options), level)

    return rule


def copy(level: Level, a: Any, order: Any = "K", subok: Any = False) -> Any:
    """Return a copy."""
    return batched(a.array.copy("K" if order in ("K", "A") else order), level)


def roll(level: Level, a: Any, shift: Any, axis: Any = None) -> Any:
    """Move elements along axes; those that leave at one end enter at the other."""
    if depends_on(shift, level):
        return NotImplemented
    if axis is None:
        return reshape(level, roll(level, ravel(level, a), shift, 0), a.shape)
    return batched(np.roll(a.array, shift, shifted(axis, a.ndim)), level)
