"""The transpose of broadcasting: sum over the axes along which an argument was repeated."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from autograd.engine.batching import Batched
from autograd.engine.tracing import Followed
from autograd.errors import ShapeError

_ndarray: Final = np.ndarray
_add_reduce: Final = np.add.reduce


def shape_of(x: Any) -> Any:
    """Return the shape of an array, a node or a number; faster than `numpy.shape` for arrays."""
    if type(x) is _ndarray:
        return x.shape
    if isinstance(x, (float, int)):
        return ()
    return x.shape if hasattr(x, "shape") else np.shape(x)


def size_of(x: Any) -> int:
    """Return the number of elements; not every library of arrays has `numpy.size`."""
    return math.prod(shape_of(x))


def unbroadcast(g: Any, x: Any) -> Any:
    """Sum the cotangent `g` over the axes along which `x` was broadcast to the shape of `g`."""
    wanted: tuple[int, ...] = shape_of(x)
    given: tuple[int, ...] = shape_of(g)
    if given == wanted:
        return g
    if len(given) < len(wanted):
        raise ShapeError(
            f"A partial derivative has shape {given} for an argument of shape {wanted}; it must "
            "have the shape of the result, or one that broadcasts to it."
        )
    is_array = type(g) is _ndarray or isinstance(g, Followed) or isinstance(g, Batched)
    if not wanted and is_array:
        return _add_reduce(g, axis=None)
    extra = len(given) - len(wanted)
    if is_array and given[extra:] == wanted:  # a bias, added to every row
        return _add_reduce(g, 0) if extra == 1 else _add_reduce(g, tuple(range(extra)))
    axes = tuple(
        axis for axis in range(len(given)) if axis < extra or wanted[axis - extra] != given[axis]
    )
    if is_array:
        total = _add_reduce(g, axis=axes)
        return total if extra == len(axes) else total.reshape(wanted)
    return np.reshape(np.sum(g, axis=axes), wanted)
