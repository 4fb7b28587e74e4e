"""Arrays as expressions with exactly their numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

#: Larger arrays are not written as literals.
ELEMENTS = 32


def literal(array: Any) -> str | None:
    """Return an expression for an array; None if it is too large or of an unusual type.

    The array has the same numbers and type, and lies in memory in the same way.

    Examples
    --------
    >>> literal(np.array([0.1, 0.2]))
    'np.array([0.1, 0.2])'
    >>> literal(np.zeros((100, 2), np.float32))
    'np.zeros((100, 2), dtype=np.float32)'
    >>> literal(np.broadcast_to(0.5, (3, 2)))
    'np.broadcast_to(0.5, (3, 2))'
    """
    if array.dtype.kind not in "biufc" or not array.dtype.isnative or array.dtype.itemsize > 16:
        return None
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        return None
    if array.flags.c_contiguous:
        return _uniform(array) or _listed(array)
    return _repeated(array) or _flipped(array) or _transposed(array)


def _repeated(array: Any) -> str | None:
    """Return how an array is made that repeats another one along some axes."""
    index: list[Any] = []
    for n, stride in zip(array.shape, array.strides, strict=True):
        repeats = n > 1 and stride == 0
        index.append(slice(0, 1) if repeats else slice(None))
    core = array[tuple(index)]
    while core.ndim and core.shape[0] == 1 and core.shape != array.shape:
        core = core[0]
    if core.shape == array.shape:
        return None
    simple = core.ndim == 0 and core.dtype in (np.float64, np.int64, np.bool_, np.complex128)
    text = number(core[()]) if simple else literal(core)
    return None if text is None else f"np.broadcast_to({text}, {array.shape!r})"


def _flipped(array: Any) -> str | None:
    """Return how an array is made that lies in memory backwards."""
    steps = [-1 if stride < 0 else 1 for stride in array.strides]
    if all(step > 0 for step in steps):
        return None
    text = literal(array[tuple(slice(None, None, step) for step in steps)])
    while steps and steps[-1] == 1:
        steps.pop()
    index = ", ".join("::-1" if step < 0 else ":" for step in steps)
    return None if text is None else f"{text}[{index}]"


def _transposed(array: Any) -> str | None:
    """Return how an array is made whose axes lie in memory in another order."""
    order = sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
    straight = array.transpose(order)
    if not straight.flags.c_contiguous:
        return None
    text = literal(straight)
    back = tuple(int(i) for i in np.argsort(order))
    end = ".T" if back == tuple(range(array.ndim))[::-1] else f".transpose{back!r}"
    return None if text is None else f"{text}{end}"


def _uniform(array: Any) -> str | None:
    """Return how an array of equal elements, or a range, is made."""
    if not array.ndim or not array.size:
        return None
    kind = "" if array.dtype == np.float64 else f", dtype={dtype_name(array.dtype)}"
    shape = repr(array.shape[0] if array.ndim == 1 else array.shape)
    pattern = array.reshape(-1)[:1].tobytes()
    if array.tobytes() == pattern * array.size and array.size > 1:
        for name, value in (("zeros", 0), ("ones", 1)):
            if pattern == np.array(value, array.dtype).tobytes():
                return f"np.{name}({shape}{kind})"
        text = number(array.reshape(-1)[0])
        kind = kind if array.dtype not in (np.float64, np.int64, np.bool_) else ""
        return None if text is None else f"np.full({shape}, {text}{kind})"
    is_range = array.ndim == 1 and array.size > 3 and array.dtype == np.int64
    if is_range and np.array_equal(array, np.arange(array.size)):
        return f"np.arange({array.size})"
    square = array.ndim == 2 and array.shape[0] == array.shape[1] > 1
    if square and array.tobytes() == np.eye(len(array), dtype=array.dtype).tobytes():
        return f"np.eye({len(array)}{kind})"
    return None


def _listed(array: Any) -> str | None:
    if array.size > ELEMENTS:
        return None
    if not array.size:
        kind = "" if array.dtype == np.float64 else f", dtype={dtype_name(array.dtype)}"
        return f"np.zeros({array.shape!r}{kind})"
    parts = [number(x) for x in array.reshape(-1)]
    if None in parts:
        return None
    kind = f", dtype={dtype_name(array.dtype)}"
    if array.dtype in (np.float64, np.int64, np.bool_, np.complex128):  # what NumPy makes of them
        kind = ""
    return f"np.array({_nested(parts, array.shape)}{kind})"


def _nested(parts: Any, shape: Any) -> str:
    if not shape:
        return str(parts[0])
    step = len(parts) // shape[0]
    rows = [_nested(parts[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]
    return f"[{', '.join(rows)}]"


def number(x: Any) -> str | None:
    """Return an expression of Python that an array of this type turns into this number.

    Examples
    --------
    >>> number(np.float32(0.1)), number(np.float64("nan")), number(np.complex128(1 - 2j))
    ('0.1', 'np.nan', 'complex(1.0, -2.0)')
    """
    if x.dtype.kind in "biu":
        return repr(x.item())
    if x.dtype.kind == "c":
        real, imaginary = number(x.real), number(x.imag)
        return None if None in (real, imaginary) else f"complex({real}, {imaginary})"
    value = x.item()
    if not math.isfinite(value):
        text, found = ("np.nan", np.nan) if value != value else ("np.inf", np.inf)
        text, found = (text, found) if not np.signbit(x) else (f"-{text}", -found)
        return text if x.dtype.type(found).tobytes() == x.tobytes() else None
    short = str(x)
    exact = x.dtype.type(float(short)).tobytes() == x.tobytes()
    return repr(float(short)) if exact else repr(value)


def dtype_name(dtype: Any) -> str:
    """Return an expression for a type."""
    return "bool" if dtype == np.bool_ else f"np.{dtype.name}"
