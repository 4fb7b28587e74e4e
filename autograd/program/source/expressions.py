"""Expressions as a person would write them."""

from __future__ import annotations

import dataclasses
import math
import operator
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Instruction, Method, Variable
from autograd.program.python_code import ATOM, POWER, SIGN, Expression, Names, Writer
from autograd.program.source.constants import dtype_name, literal, number
from autograd.program.source.idioms import updating, usual

#: Operators that compute the same of a number and of an array that repeats it.
_BROADCASTING = (
    operator.add, operator.sub, operator.mul, operator.truediv,
    operator.lt, operator.le, operator.gt, operator.ge,
)  # fmt: skip


#: The longest literal of an array that is written where it is used.
SHORT = 29


class SourceWriter(Writer):
    """Writes instructions as a person would.

    Attributes
    ----------
    literals : dict
        Constants that are written where they are used.
    same : dict
        For constants that are equal to earlier ones, those.
    used : set
        The other constants that have been written, by name.
    copies : bool
        Whether these constants are copied where they are written.
    """

    def __init__(self, names: Names) -> None:
        super().__init__(names)
        self.literals: dict[Constant, str] = {}
        self.same: dict[Constant, Constant] = {}
        self.used: set[Constant] = set()
        self.copies = False

    def expression(self, instruction: Instruction) -> Expression:
        """Return the call of an instruction."""
        instruction = usual(instruction)
        function, arguments = instruction.function, with_numbers(instruction)
        if not instruction.keywords:
            if function is operator.pow or (function is np.square and _is_real(arguments[0])):
                exponent = arguments[1] if function is operator.pow else 2
                base, power = self.of(arguments[0]), self.of(exponent)
                if _is_short(base) and _is_short(power):
                    return Expression(f"{base.text}**{power.text}", POWER)
                return Expression(f"{base.within(ATOM)} ** {power.within(POWER)}", POWER)
            if function is operator.mul and _is_minus(arguments[1]) and _is_real(arguments[0]):
                return Expression(f"-{self.of(arguments[0]).within(SIGN)}", SIGN)
        if function == Method("copy") and isinstance(arguments[0], Constant):
            text = literal(arguments[0].value.copy(*arguments[1:], **instruction.keywords))
            if text is not None and len(text) <= SHORT:
                self.names.imports.add("np")
                return Expression(text)
        if arguments is not instruction.arguments:
            instruction = dataclasses.replace(instruction, arguments=arguments)
        return super().expression(instruction)

    def statement(self, instruction: Instruction) -> str:
        """Return an instruction as a statement."""
        symbol = updating(instruction)
        if symbol is not None:
            x, other = instruction.arguments
            return f"{self.of(x).text} {symbol} {self.of(other).text}"
        return super().statement(instruction)

    def _part(self, part: Any) -> str:
        return super()._part(int(part) if isinstance(part, np.integer) else part)

    def of(self, x: Any) -> Expression:
        """Return the expression for a variable, a constant, or a plain object."""
        if type(x) is str:
            return Expression(quoted(x))
        if type(x) is range:
            return Expression(repr(x))
        if isinstance(x, np.dtype) and x.isnative and x.kind in "biufc":
            return Expression(dtype_name(x))
        if isinstance(x, Constant):
            x = self.same.get(x, x)
            if x in self.literals:
                self.names.imports.add("np")
                return Expression(self.literals[x])
            self.used.add(x)
            if self.copies:
                return Expression(f'{self.names.of(x)}.copy("K")')
        return super().of(x)


def with_numbers(instruction: Instruction) -> Any:
    """Return the arguments, with numbers instead of arrays that repeat one number.

    An operator makes the same of them, if the other operand is an array of the same type that is
    not broadcast.
    """
    arguments = instruction.arguments
    if instruction.function not in _BROADCASTING or instruction.keywords:
        return arguments
    for i, (x, other) in enumerate(zip(arguments, reversed(arguments), strict=True)):
        if not isinstance(other, Variable) or not other.is_array or not other.shape:
            continue
        value = _repeated(x, other.shape)
        if isinstance(value, np.floating) and value.dtype == other.dtype:
            plain = float(number(value) or "nan") if math.isfinite(value) else float(value)
            return (plain, other) if i == 0 else (other, plain)
    return arguments


def _repeated(x: Any, shape: Any) -> Any:
    """Return the number that a constant repeats, if it does not broadcast an array; or None."""
    if isinstance(x, np.floating):
        return x
    if not isinstance(x, Constant) or any(x.value.strides) or not x.value.size:
        return None
    if x.value.ndim > len(shape) or np.broadcast_shapes(x.value.shape, shape) != shape:
        return None
    return x.value[(0,) * x.value.ndim]


def quoted(text: str) -> str:
    """Return a literal of a text, in double quotes where that needs no more backslashes."""
    plain = repr(text)
    if plain.startswith("'") and '"' not in plain:
        return f'"{plain[1:-1]}"'
    return plain


def _is_short(x: Expression) -> bool:
    text = x.text
    simple = text.isidentifier() or len(text) == 1 or text.replace(".", "").isdigit()
    return simple and x.precedence == ATOM


def _is_real(x: Any) -> bool:
    """Return whether `x` is an array of real floating point numbers."""
    return isinstance(x, Variable) and x.is_array and x.dtype.kind == "f"


def _is_minus(x: Any) -> bool:
    return type(x) in (int, float) and x == -1
