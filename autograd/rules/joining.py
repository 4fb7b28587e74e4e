"""Functions that join and split arrays."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.engine.callers import refuse_in_solver
from autograd.engine.dispatch import refuse_out
from autograd.rules.shapes import slices
from autograd.rules.table import define, implements


def concatenate_vjp(argnum: int, g: Any, y: Any, *arrays: Any, axis: int = 0) -> Any:
    """Return the part of `g` that belongs to one of the arrays."""
    axis = axis % np.ndim(g)
    start = sum(np.shape(array)[axis] for array in arrays[:argnum])
    stop = start + np.shape(arrays[argnum])[axis]
    return slices(g, axis, start, stop)


def stack_vjp(argnum: int, g: Any, y: Any, *arrays: Any, axis: int = 0) -> Any:
    """Return the slice of `g` that belongs to one of the arrays."""
    return g[(slice(None),) * (axis % np.ndim(g)) + (argnum,)]


concatenate_arrays = define(
    lambda *arrays, axis=0: np.concatenate(arrays, axis),
    variadic=concatenate_vjp,
    name="concatenate",
)
stack_arrays = define(
    lambda *arrays, axis=0: np.stack(arrays, axis), variadic=stack_vjp, name="stack"
)


@implements(np.concatenate)
def concatenate(
    arrays: Sequence[Any], axis: int | None = 0, out: None = None, dtype: Any = None, **_: Any
) -> Any:
    """Join along an existing axis; with ``axis=None`` join the flattened arrays."""
    refuse_out(out, "concatenate")
    if axis is None:
        joined = concatenate_arrays(*[np.ravel(array) for array in arrays], axis=0)
    else:
        joined = concatenate_arrays(*arrays, axis=axis)
    return joined if dtype is None else joined.astype(dtype)


@implements(np.stack)
def stack(
    arrays: Sequence[Any], axis: int = 0, out: None = None, *, dtype: Any = None, **_: Any
) -> Any:
    """Join along a new axis."""
    refuse_out(out, "stack")
    joined = stack_arrays(*arrays, axis=axis)
    return joined if dtype is None else joined.astype(dtype)


def raised(ndim: int, array: Any) -> Any:
    """Add axes to reach a minimum, as `numpy.atleast_1d`, `_2d` and `_3d` do."""
    shape = np.shape(array)
    if len(shape) >= ndim:
        return array
    if ndim < 3 or not shape:
        return np.reshape(array, (1,) * (ndim - len(shape)) + shape)
    return np.reshape(array, (1, *shape, 1) if len(shape) == 1 else (*shape, 1))


def raising(function: Callable[..., Any], ndim: int) -> None:
    """Register `numpy.atleast_1d`, `_2d` or `_3d`."""

    def atleast(*arrays: Any) -> Any:
        if ndim == 1:  # which `fsolve` asks first
            refuse_in_solver()
        found = tuple(raised(ndim, array) for array in arrays)
        return found[0] if len(found) == 1 else found

    implements(function)(atleast)


raising(np.atleast_1d, 1)
raising(np.atleast_2d, 2)
raising(np.atleast_3d, 3)


@implements(np.vstack)
def vstack(tup: Sequence[Any], **keywords: Any) -> Any:
    """Join rows."""
    return concatenate([raised(2, array) for array in tup], 0, **keywords)


@implements(np.hstack)
def hstack(tup: Sequence[Any], **keywords: Any) -> Any:
    """Join along the second axis; 1-d arrays along the first."""
    raised_once = [raised(1, array) for array in tup]
    return concatenate(raised_once, 0 if np.ndim(raised_once[0]) == 1 else 1, **keywords)


@implements(np.dstack)
def dstack(tup: Sequence[Any]) -> Any:
    """Join along the third axis."""
    return np.concatenate([raised(3, array) for array in tup], 2)


@implements(np.column_stack)
def column_stack(tup: Sequence[Any]) -> Any:
    """Join 1-d arrays as columns."""
    columns = [np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in tup]
    return np.concatenate(columns, 1)


@implements(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    """Broadcast arrays to their common shape."""
    shape = np.broadcast_shapes(*[np.shape(array) for array in args])
    return tuple(np.broadcast_to(array, shape) for array in args)


def splitting(function: Callable[..., Any], axis_of: Callable[[Any], int] | None = None) -> None:
    """Register `numpy.split` or a relative; the parts are slices."""

    def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
        along = normalize_axis_index(axis if axis_of is None else axis_of(ary), np.ndim(ary))
        positions = np.arange(np.shape(ary)[along])
        cut = np.array_split if function is np.array_split else np.split
        parts = cut(positions, indices_or_sections)
        before = (slice(None),) * along
        return [
            ary[(*before, slice(part[0], part[-1] + 1) if len(part) else slice(0, 0))]
            for part in parts
        ]

    implements(function)(functools.wraps(function)(split))


splitting(np.split)
splitting(np.array_split)
splitting(np.vsplit, lambda ary: 0)
splitting(np.hsplit, lambda ary: 0 if np.ndim(ary) == 1 else 1)
splitting(np.dsplit, lambda ary: 2)
