"""Numbers as text of C."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

#: In the names of functions, by type.
_SUFFIXES = {
    np.dtype(np.float64): "f8",
    np.dtype(np.float32): "f4",
    np.dtype(np.int64): "i8",
    np.dtype(np.int32): "i4",
    np.dtype(np.bool_): "b1",
}


def suffix(dtype: Any) -> str:
    """Return what the names of functions for a type end with."""
    return _SUFFIXES[dtype]


def literal(x: Any, dtype: Any) -> str:
    """Return a number, converted to a type, as C writes it.

    Examples
    --------
    >>> literal(0.5, np.dtype(np.float64)), literal(-0.0, np.dtype(np.float32))
    ('0x1.0000000000000p-1', '(-0x0.0p+0f)')
    """
    with np.errstate(all="ignore"):
        value = np.array(x).astype(dtype).item()
    if dtype.kind != "f":
        number = int(value)
        text = str(number) if abs(number) < 1 << 31 else f"INT64_C({number})"
        if number == -1 << 63:  # of which C has the number without its sign only
            text = "INT64_MIN"
    elif math.isnan(value):
        text = "NAN"
    elif math.isinf(value):
        text = "INFINITY" if value > 0 else "-INFINITY"
    else:
        text = float(value).hex() + ("f" if dtype.itemsize == 4 else "")
    return f"({text})" if text.startswith("-") else text
