"""The transpose of broadcasting: sum over the axes along which an argument was repeated."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

_ndarray: Final = np.ndarray
_add_reduce: Final = np.add.reduce


def unbroadcast(g: Any, x: Any) -> Any:
    """Sum the cotangent `g` over the axes along which `x` was broadcast to the shape of `g`."""
    wanted: tuple[int, ...] = x.shape if hasattr(x, "shape") else np.shape(x)
    given: tuple[int, ...] = g.shape if hasattr(g, "shape") else np.shape(g)
    if given == wanted:
        return g
    extra = len(given) - len(wanted)
    axes = tuple(
        axis for axis in range(len(given)) if axis < extra or wanted[axis - extra] != given[axis]
    )
    if type(g) is _ndarray:
        total = _add_reduce(g, axis=axes)
        return total if extra == len(axes) else total.reshape(wanted)
    return np.reshape(np.sum(g, axis=axes), wanted)
