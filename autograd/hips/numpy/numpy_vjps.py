"""`autograd.numpy.numpy_vjps`: helpers for custom reverse rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.broadcasting import unbroadcast as _unbroadcast


def unbroadcast_f(target: Any, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function like `f` that sums its result to the shape of `target`.

    Examples
    --------
    >>> unbroadcast_f(np.zeros(2), lambda g: 10 * g)(np.ones((3, 2)))
    array([30., 30.])
    """
    return lambda g: unbroadcast(f(g), target)


def replace_zero(x: Any, val: Any) -> Any:
    """Replace zeros by a number."""
    return np.where(x, x, val)


def balanced_eq(x: Any, z: Any, y: Any) -> Any:
    """Return 1 where `z`, chosen from `x` and `y`, equals `x`, 1/2 where it equals both, else 0."""
    return (x == z) / (1.0 + (x == y))


def unbroadcast(x: Any, target: Any) -> Any:
    """Sum a cotangent over the axes along which its argument was broadcast."""
    x = _unbroadcast(x, target)
    return np.real(x) if np.iscomplexobj(x) and not np.iscomplexobj(target) else x
