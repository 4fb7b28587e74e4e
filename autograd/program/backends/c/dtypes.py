"""Types of numbers and arrays in C, and those of operands."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Variable

#: C's names of the types that are computed with.
TYPES: dict[Any, str] = {
    np.dtype(np.float64): "double",
    np.dtype(np.float32): "float",
    np.dtype(np.int64): "int64_t",
    np.dtype(np.int32): "int32_t",
    np.dtype(np.bool_): "unsigned char",
}

#: The types of single numbers: compilers vectorise truth values only as integers.
SINGLE = TYPES | {np.dtype(np.bool_): "int"}
FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
INTEGERS = (np.dtype(np.int64), np.dtype(np.int32))
BOOL = np.dtype(np.bool_)


def stored_type(x: Any) -> Any:
    """Return the type of a variable or constant in memory."""
    if isinstance(x, Constant):
        return x.value.dtype
    if x.dtype is None:
        return BOOL if x.kind is bool else np.dtype(np.float64)
    return x.dtype


def dtype_of(x: Any) -> Any:
    """Return the type of an operand; for a number of Python its Python type."""
    if isinstance(x, Variable):
        return x.dtype if x.dtype is not None else x.kind
    if isinstance(x, Constant):
        return x.value.dtype
    if isinstance(x, (np.generic, np.ndarray)):
        return x.dtype
    return type(x)


def has_type(x: Variable) -> bool:
    """Return whether C has the type of a variable."""
    return x.kind is float or x.kind is bool or x.dtype in TYPES
