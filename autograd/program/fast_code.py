"""Python expressions for code that only runs: faster than what a person would write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Instruction, Variable
from autograd.program.python_code import ATOM, Expression, Names, Writer
from autograd.program.ufuncs import UFUNCS, is_reduction
from autograd.rules.shapes import add_rows

_ADD_AT = np.add.at


def _add_at(target: Any, index: Any, values: Any) -> None:
    """Do what ``np.add.at`` does, for the numbers of rows in less time."""
    if (
        type(index) is np.ndarray
        and type(values) is np.ndarray
        and index.dtype.kind in "iu"
        and target.ndim > 1
        and values.shape == index.shape + target.shape[1:]
        and values.size
        and target.flags.c_contiguous
        and -len(target) <= index.min()
        and index.max() < len(target)
    ):
        add_rows(target, index.astype(np.intp), values)
    else:
        _ADD_AT(target, index, values)


class RunNames(Names):
    """Names for code that only runs: functions and NumPy's numbers are global names."""

    def function(self, function: Callable[..., Any]) -> str:
        """Return the global name of a function."""
        function = getattr(function, "run_directly", function)
        if function == _ADD_AT:
            function = _add_at
        name = str(getattr(function, "__name__", "function"))
        owner = getattr(function, "__self__", None)
        if isinstance(owner, np.ufunc):
            name = f"{owner.__name__}_{name}"
        return self.object(function, name if name.isidentifier() else "function")


class RunWriter(Writer):
    """Writes instructions as code that only runs."""

    def expression(self, instruction: Instruction) -> Expression:
        """Return the call of an instruction, with positional arguments where they are faster."""
        function, arguments, result = (
            instruction.function, instruction.arguments, instruction.result,
        )  # fmt: skip
        if isinstance(result, Variable) and result.dtype is None:  # NumPy computes something else
            return super().expression(instruction)
        keywords = dict(instruction.keywords)
        if function is np.stack and len(arguments) == 1:
            joined = self._joined(arguments[0], keywords)
            if joined is not None:
                return joined
        if function in _WITH_NUMBERS:
            arguments = tuple([_as_array(x, arguments) for x in arguments])
        takes_out = isinstance(function, np.ufunc) or function is np.dot
        if takes_out and function not in (np.maximum, np.minimum) and keywords.keys() == {"out"}:
            arguments = (*arguments, keywords.pop("out"))
        elif is_reduction(instruction):  # positional arguments are faster
            axis, out = keywords.pop("axis", 0), keywords.pop("out", None)
            arguments = (*arguments, axis, None, out, *keywords.values())
            keywords = {}
        changed = Instruction(function, arguments, keywords, result)
        return super().expression(changed)

    def _joined(self, parts: Any, keywords: Any) -> Expression | None:
        """Return a call that does what `np.stack` does, in a fraction of the time for each part."""
        if type(parts) not in (list, tuple) or not parts:
            return None
        if not keywords and all(_is_double(x) for x in parts):
            return Expression(f"{self.names.function(np.array)}({self.of(parts).text})")
        first, place = parts[0], keywords.get("out")
        if keywords.keys() != {"out"} or not all(isinstance(x, Variable) for x in parts):
            return None
        if any((x.shape, x.dtype) != (first.shape, first.dtype) for x in parts):
            return None
        if len(place.shape) != 2 or place.strides != (first.nbytes, first.dtype.itemsize):
            return None
        name = self.names.function(np.concatenate)
        rows = f"{self.of(place).within(ATOM)}.reshape({len(parts) * first.shape[0]})"
        return Expression(f"{name}({self.of(parts).text}, 0, {rows})")

    def of(self, x: Any) -> Expression:
        """Return the expression for an operand."""
        if isinstance(x, _Number):
            return Expression(self.names.object(x.array, "number"))
        if isinstance(x, (np.generic, np.dtype)):
            return Expression(self.names.object(x, f"{type(x).__name__}_"))
        return super().of(x)


#: Functions that convert numbers of Python to the type of the array that they meet.
_WITH_NUMBERS = frozenset((*UFUNCS, *UFUNCS.values(), np.maximum, np.minimum))


def _is_double(x: Any) -> bool:
    """Return whether this is a number of which arrays of doubles are made."""
    return type(x) is float or (isinstance(x, Variable) and x.kind in (float, np.float64))


class _Number:
    """A number as an array without axes, which ufuncs take in half the time."""

    def __init__(self, array: Any) -> None:
        self.array = array


def _as_array(x: Any, arguments: Any) -> Any:
    """Return a number as the array to which NumPy converts it."""
    kind = type(x)
    if kind is not float and kind is not int and not isinstance(x, np.floating):
        return x
    for other in arguments:
        value = other.value if isinstance(other, Constant) else other
        is_array = isinstance(other, Constant) or (isinstance(other, Variable) and other.is_array)
        if is_array and value.shape and value.dtype in (np.float32, np.float64):
            if isinstance(x, np.generic):
                return _Number(np.array(x)) if x.dtype == value.dtype else x
            with np.errstate(all="ignore"):
                array = np.array(x, value.dtype)
            return _Number(array) if kind is float or array == x else x
    return x
