"""Arrays and nodes: their data, shape and type."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, Value

FLOAT = np.dtype(np.float64)


def plain(x: Any) -> Any:
    """Return the data of a node; anything else unchanged."""
    return x.data if isinstance(x, (Tensor, Value)) else x


def floating(x: Any) -> Any:
    """Return integers, booleans and lists as float64, as a Tensor holds them; others unchanged.

    In its own type a formula of integers would overflow, or lose its fractions.
    """
    if isinstance(x, (list, tuple, bool, int)):
        x = np.asarray(x)
    return x.astype(np.float64) if getattr(x, "dtype", FLOAT).kind in "iub" else x


def is_array(x: Any) -> bool:
    """Return whether something is an array or a Tensor, not a list or a number."""
    return hasattr(x, "shape") and hasattr(x, "dtype")


def shape_of(x: Any) -> Any:
    """Return the shape of anything like an array; faster than `numpy.shape` for nodes."""
    return x.shape if hasattr(x, "shape") else np.shape(x)
