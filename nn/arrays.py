"""Arrays and nodes: their data, shape and type."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Node, Tensor, Value
from autograd.devices import as_array, is_foreign, like, to_numpy

FLOAT = np.dtype(np.float64)


def plain(x: Any) -> Any:
    """Return the data of a node; anything else unchanged."""
    return x.data if isinstance(x, (Tensor, Value)) else x


def floating(x: Any) -> Any:
    """Return integers, booleans and lists as float64, as a Tensor holds them; others unchanged.

    In its own type a formula of integers would overflow, or lose its fractions.
    """
    if type(x) is not np.ndarray and not isinstance(x, (Node, np.generic, float, complex)):
        x = as_array(x)  # a masked array would lose its mask
    return x.astype(np.float64) if getattr(x, "dtype", FLOAT).kind in "iub" else x


def copied(x: Any) -> Any:
    """Return a new array of the same numbers: on its device, if it is on one."""
    x = as_array(x)
    return x.copy() if is_foreign(x) else np.array(x)


def moved(x: Any, library: Any) -> Any:
    """Return an array as one of another library; from one device to another by way of NumPy."""
    numbers = to_numpy(x)
    return numbers if library is np else library.asarray(numbers)


def products(a: Any, b: Any) -> Any:
    """Return the products of vectors in the last axis; CuPy has no `numpy.vecdot`."""
    return np.sum(a * b, axis=-1) if is_foreign(plain(a)) else np.vecdot(a, b)


def grids(x: Any) -> list[Any]:
    """Return the indices along each axis of an array: `numpy.indices`, sparse."""
    shape = x.shape
    return [
        np.arange(n, like=like(x)).reshape([-1 if a == axis else 1 for a in range(len(shape))])
        for axis, n in enumerate(shape)
    ]


def is_array(x: Any) -> bool:
    """Return whether something is an array or a Tensor, not a list or a number."""
    return hasattr(x, "shape") and hasattr(x, "dtype")


def shape_of(x: Any) -> Any:
    """Return the shape of anything like an array; faster than `numpy.shape` for nodes."""
    return x.shape if hasattr(x, "shape") else np.shape(x)
