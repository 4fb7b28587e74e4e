"""What a Tensor can hold: arrays of real or complex floating point numbers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine import objects
from autograd.engine.batching import Batched
from autograd.engine.node import Node
from autograd.engine.primitive import FLOAT32, FLOAT64
from autograd.engine.tracing import Followed
from autograd.engine.wrapped import converted, refuse_other_rules
from autograd.errors import DataError, lost

_ndarray: Final = np.ndarray


def as_array(data: Any, dtype: Any) -> Any:
    """Convert `data` to an array of floating point numbers, without a copy if it already is one."""
    if dtype is None and type(data) is _ndarray:
        own = data.dtype
        if own is FLOAT64 or own is FLOAT32:
            return data
    if isinstance(data, Batched):
        pass  # it says that it is an array, or a number
    elif isinstance(data, np.generic):
        data = np.asarray(data)  # the usual case: the sum of an array is a NumPy scalar
    elif isinstance(data, Followed):
        data = np.asarray(data)  # type: ignore[call-overload]
    elif isinstance(data, Node):
        raise lost(
            f"A Tensor made of a {type(data).__name__}",
            "Use the node itself, np.stack([value]) for an array with history, "
            "or node.data for numbers without.",
        )
    else:
        refuse_other_rules(data)
        if isinstance(data, _ndarray) or not hasattr(data, "__array_function__"):
            data = converted(data)
    if dtype is not None:
        data = data.astype(dtype, copy=False)
    kind = data.dtype.kind
    if kind in "biu":
        return data.astype(np.float64)
    if kind not in "fc":
        if objects.holds_nodes(data):
            raise lost(
                f"A Tensor made of {data.size} nodes",
                "Write np.stack([...]) for a Tensor with history.",
            )
        raise DataError(
            f"A Tensor holds real or complex floating point numbers, not {data.dtype}. "
            "Convert with np.asarray(data, dtype=float)."
        )
    return data
