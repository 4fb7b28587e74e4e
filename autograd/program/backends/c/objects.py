"""Where Python's objects hold their contents, so that C can read them without Python's headers.

CPython begins each object with the same header; what follows has not changed since NumPy 1.0. All
of it is checked on objects whose contents are known before any generated code may use it.
"""

from __future__ import annotations

import ctypes
import functools
import platform
import struct
import sys
from typing import Any

import numpy as np

_HEADER = object.__basicsize__
_ITEMS = tuple.__basicsize__

#: The offsets of the fields of an array, after the header.
_FIELDS = {"data": 0, "axes": 8, "lengths": 16, "strides": 24, "dtype": 40, "flags": 48}

#: The type of an object is the last field of its header.
_TYPE = _HEADER - 8

#: The types that generated code compares with those of the objects that it is given.
KINDS: tuple[Any, ...] = (
    np.ndarray,
    float,
    *(np.dtype(kind) for kind in (np.float64, np.float32, np.int64, np.int32, np.bool_)),
    *(np.float64, np.float32, np.int64, np.int32, np.bool_),
)

#: The macros that read objects.
MACROS = f"""\
#define VALUE(x) ((void *)((char *)(x) + {_HEADER}))
#define ITEMS(x) ((void **)((char *)(x) + {_ITEMS}))
#define TYPE(x) (*(void **)((char *)(x) + {_TYPE}))
#define AXES(x) (*(int *)((char *)(x) + {_HEADER + _FIELDS["axes"]}))
#define LENGTHS(x) (*(intptr_t **)((char *)(x) + {_HEADER + _FIELDS["lengths"]}))
#define DTYPE(x) (*(void **)((char *)(x) + {_HEADER + _FIELDS["dtype"]}))
#define DATA(x) (*(void **)((char *)(x) + {_HEADER + _FIELDS["data"]}))
#define STRIDES(x) (*(intptr_t **)((char *)(x) + {_HEADER + _FIELDS["strides"]}))
#define FLAGS(x) (*(int *)((char *)(x) + {_HEADER + _FIELDS["flags"]}))
#define IS_ALIGNED(x) (FLAGS(x) & 0x100)
#define IS_CONTIGUOUS(x) ((FLAGS(x) & 0x101) == 0x101)
#define ALIGNED(x) ((char *)(((uintptr_t)(x) + 63) & ~(uintptr_t)63))
#if defined(__x86_64__)
#define START unsigned state = __builtin_ia32_stmxcsr(); \\
    if (state & 0x1d) __builtin_ia32_ldmxcsr(state & ~0x3fu);
#define RAISED (int)(__builtin_ia32_stmxcsr() & 0x1d)
#else
#include <fenv.h>
#define START feclearexcept(FE_ALL_EXCEPT);
#define RAISED ((fetestexcept(FE_INVALID) ? 1 : 0) | (fetestexcept(FE_DIVBYZERO) ? 4 : 0) | \\
    (fetestexcept(FE_OVERFLOW) ? 8 : 0) | (fetestexcept(FE_UNDERFLOW) ? 16 : 0))
#endif
"""

#: What the bits of the result say, as NumPy's settings name it.
UNDERFLOW = 16
RAISED = {1: "invalid", 4: "divide", 8: "over", UNDERFLOW: "under"}


def condition_of_array(x: str, shape: Any, strides: Any, dtype: Any) -> str:
    """Return the condition that an object is an array of a shape and type.

    Parameters
    ----------
    x : str
        The object.
    shape : tuple of int
        Its shape.
    strides : tuple of int or None
        Its strides; None for one whose elements lie in order.
    dtype : dtype
        Its type.
    """
    parts = [
        f"TYPE({x}) == kinds[0]",
        f"DTYPE({x}) == kinds[{KINDS.index(dtype, 2)}]",
        f"AXES({x}) == {len(shape)}",
        *(f"LENGTHS({x})[{axis}] == {n}" for axis, n in enumerate(shape)),
    ]
    if strides is None:
        parts.append(f"IS_CONTIGUOUS({x})")
    else:
        parts.append(f"IS_ALIGNED({x})")
        lengths = zip(shape, strides, strict=True)
        parts += [f"STRIDES({x})[{k}] == {s}" for k, (n, s) in enumerate(lengths) if n > 1]
    return " && ".join(parts)


def condition_of_number(x: str, kind: Any) -> str:
    """Return the condition that an object is a number of a type, Python's or NumPy's."""
    found = f"TYPE({x}) == kinds[{KINDS.index(kind, 2) + 5}]"
    return f"{found} || TYPE({x}) == kinds[1]" if kind == np.float64 else found


@functools.cache
def reason_against() -> str:
    """Return why generated code cannot read Python's objects here; "" if it can."""
    if sys.implementation.name != "cpython" or struct.calcsize("P") != 8:
        return "only 64-bit CPython is supported"
    if sys.byteorder != "little" or platform.system() == "Windows":
        return f"{platform.system()} is not supported"
    return "" if _is_as_expected() else "objects lie in memory in another way than expected"


def _is_as_expected() -> bool:
    """Return whether the contents of some objects are where generated code looks for them."""
    array = np.arange(24.0).reshape(4, 6)[::2, 1:4]
    pair = (array, 2.5)
    whole = np.arange(3, dtype=np.int64)
    if np.ndarray.__basicsize__ < _HEADER + _FIELDS["flags"] + 4:
        return False
    if _read(pair, _ITEMS, ctypes.c_void_p) != id(array):
        return False
    if _read(pair, _ITEMS + 8, ctypes.c_void_p) != id(pair[1]):
        return False
    for one in (array, whole):
        lengths = _read(one, _HEADER + _FIELDS["lengths"], ctypes.c_void_p)
        if ctypes.c_ssize_t.from_address(lengths).value != one.shape[0]:
            return False
        if _read(one, _HEADER + _FIELDS["dtype"], ctypes.c_void_p) != id(one.dtype):
            return False
        if _read(one, _TYPE, ctypes.c_void_p) != id(np.ndarray):
            return False
        strides = _read(one, _HEADER + _FIELDS["strides"], ctypes.c_void_p)
        found = [ctypes.c_ssize_t.from_address(strides + 8 * k).value for k in range(one.ndim)]
        if tuple(found) != one.strides:
            return False
        if _read(one, _HEADER + _FIELDS["axes"], ctypes.c_int) != one.ndim:
            return False
        if _read(one, _HEADER + _FIELDS["data"], ctypes.c_void_p) != one.ctypes.data:
            return False
        if _read(one, _HEADER + _FIELDS["flags"], ctypes.c_int) & 0x101 != one.flags.num & 0x101:
            return False
    numbers: tuple[tuple[Any, Any], ...] = (
        (2.5, ctypes.c_double),
        (np.float64(3.5), ctypes.c_double),
        (np.float32(4.5), ctypes.c_float),
        (np.int64(-7), ctypes.c_int64),
        (np.int32(-8), ctypes.c_int32),
        (np.True_, ctypes.c_uint8),
    )
    return all(_read(x, _HEADER, kind) == x for x, kind in numbers)


def _read(x: Any, offset: int, kind: Any) -> Any:
    return kind.from_address(id(x) + offset).value
