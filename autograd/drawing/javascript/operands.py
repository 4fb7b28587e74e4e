"""What is known of the operands of an instruction, and what a page says if that is not enough."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.debugging import name_of_file
from autograd.drawing.javascript.expressions import UnsupportedError
from autograd.program.instructions import Constant, Instruction, Method, Variable
from autograd.program.passes.effects import is_of_numpy


def operand_shape(x: Any) -> tuple[int, ...]:
    """Return the shape of a variable, a constant or a number."""
    found: Any = x.value if isinstance(x, Constant) else x
    return found.shape if isinstance(found, Variable) else np.shape(found)


def operand_size(x: Any) -> int:
    """Return how many elements it has."""
    return math.prod(operand_shape(x))


def operand_kind(x: Any) -> str:
    """Return the letter of its type: "b", "f", ...; "" for Python's numbers."""
    dtype = x.value.dtype if isinstance(x, Constant) else getattr(x, "dtype", None)
    return "b" if getattr(x, "kind", None) is bool else "" if dtype is None else str(dtype.kind)


def is_place(x: Any, index: Any) -> bool:
    """Return whether an index is an array of places along the only axis of an array."""
    is_array = isinstance(index, Variable) and operand_kind(index) in ("i", "u")
    return is_array and len(operand_shape(x)) == 1


def check_type(x: Variable) -> None:
    """Refuse what JavaScript's numbers do not hold."""
    if x.dtype is None:
        if x.kind not in (float, int, bool):
            raise UnsupportedError(f"it contains a {x.kind.__name__}")
    elif x.dtype.kind not in "biu" and x.dtype != np.float64:
        raise UnsupportedError(f"it contains numbers of type {x.dtype}")


def name_of(instruction: Instruction) -> str:
    """Return what users call the function of an instruction; else the line that calls it."""
    function = instruction.function
    if instruction.primitive is not None:
        return str(instruction.primitive.name)
    is_public = isinstance(function, Method) or is_of_numpy(function)
    if is_public or instruction.place is None:
        return instruction.name
    file, line = instruction.place
    return f"a step of {name_of_file(file)}, line {line}"


def unknown(instruction: Instruction) -> UnsupportedError:
    """Return the error for a function that the page does not have."""
    return UnsupportedError(f"this page has no formula for {name_of(instruction)}")
