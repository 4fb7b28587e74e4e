"""Functions of Python's numbers as expressions of C."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import replace
from inspect import unwrap
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import BOOL, dtype_of
from autograd.program.backends.c.formulas import (
    FORMULAS,
    OF_FLOATS,
    QUOTIENT,
    SHARPENED,
    WHERE,
    Elementwise,
    Formula,
    made,
    power_of,
)
from autograd.program.instructions import Constant, Extended, Instruction, Variable, choose
from autograd.program.ufuncs import UFUNCS
from autograd.rules import elementwise as rules

#: Functions that raise errors where C returns infinity or NaN.
EXTENDED: dict[Callable[..., Any], Any] = {
    operator.truediv: np.divide,
    operator.pow: np.power,
    math.pow: np.power,
    math.exp: np.exp,
    math.exp2: np.exp2,
    math.expm1: np.expm1,
    math.log: np.log,
    math.log2: np.log2,
    math.log10: np.log10,
    math.log1p: np.log1p,
    math.sqrt: np.sqrt,
    math.cbrt: np.cbrt,
    math.sin: np.sin,
    math.cos: np.cos,
    math.tan: np.tan,
    math.asin: np.arcsin,
    math.acos: np.arccos,
    math.atan: np.arctan,
    math.atan2: np.arctan2,
    math.sinh: np.sinh,
    math.cosh: np.cosh,
    math.tanh: np.tanh,
    math.asinh: np.arcsinh,
    math.acosh: np.arccosh,
    math.atanh: np.arctanh,
    math.hypot: np.hypot,
    math.fabs: np.fabs,
    math.copysign: np.copysign,
    math.fmod: np.fmod,
    math.degrees: np.degrees,
    math.radians: np.radians,
}


#: Whether NumPy's function takes square roots for the exponent 0.5, which Python does not.
ROOTS = bool(np.signbit(np.power(-0.0, 0.5)))
ROOT_OR_POWER = Formula("({1} == 0.5 ? sqrt{s}({0}) : pow{s}({0}, {1}))", calls="pow")


def raises(item: Instruction) -> bool:
    """Return whether Python raises an error where C returns infinity or NaN."""
    result = item.result
    is_number = isinstance(result, Variable) and result.dtype is None
    return is_number and item.function in EXTENDED


#: Functions among these for which Python never raises an error, whatever the numbers are.
_TOTAL = (math.fabs, math.copysign, math.degrees, math.radians, math.atan, math.atan2)

#: Operators that raise an error where the divisor is 0.
_DIVIDING = (operator.truediv, operator.floordiv, operator.mod)

#: Python raises an error for a result that is NaN, or infinite, without such an operand.
_INVALID = "({y} != {y} && !({nan})) || (isinf({y}) && !({special}))"


def error_condition(item: Instruction, result: str, operands: list[str]) -> str | None:
    """Return when Python raises an error, or returns a complex number, as a condition of C.

    Parameters
    ----------
    item : Instruction
        A function of Python's numbers.
    result : str
        Its result, as an expression of C.
    operands : list of str
        What it was computed from.
    """
    x = item.result
    if not isinstance(x, Variable) or x.dtype is not None or item.function in _TOTAL:
        return None
    if item.function in _DIVIDING:
        return f"{operands[1]} == 0"
    if item.function not in EXTENDED:
        return None
    nan = " || ".join(f"{x} != {x}" for x in operands)
    special = " || ".join(f"{x} != {x} || isinf({x})" for x in operands)
    return _INVALID.format(y=result, nan=nan, special=special)


def of_floats(item: Instruction) -> Elementwise | None:
    """Return a function of Python's numbers as C, which raises no errors but returns NaN."""
    function = item.function
    if isinstance(function, Extended):
        function = function.function
    elif function is choose:
        double = np.dtype(np.float64)
        types = (BOOL, double, double)
        return made(WHERE, item.arguments, types, double) if item.result.kind is float else None
    elif function is float:
        function = np.positive
    elif function is unwrap(rules.sharpened) and item.arguments[1] in SHARPENED:
        slope, exact, x = item.arguments
        limit = rules.CANCELLED["d"]
        formula = Formula(f"{{0}} < {limit!r} ? {SHARPENED[exact]} : {{0}}")
        return _with_formula(formula, replace(item, arguments=(slope, x)))
    elif function in OF_FLOATS:
        return _with_formula(OF_FLOATS[function], item)
    return _with_floats(EXTENDED.get(function, UFUNCS.get(function, function)), item)


def _with_floats(ufunc: Any, item: Instruction) -> Elementwise | None:
    """Return a function of numbers of Python as C."""
    if ufunc not in FORMULAS or "f" not in FORMULAS[ufunc][0].kinds:
        return None
    if len(item.arguments) != ufunc.nin:
        return None
    if ufunc is np.power and item.arguments:
        power = power_of(operator.pow, *item.arguments)
        if power is not None:
            return _with_formula(power, replace(item, arguments=item.arguments[:1]))
        if item.function is np.power and ROOTS:
            return _with_formula(ROOT_OR_POWER, item)
    formula = QUOTIENT if item.function is operator.truediv else FORMULAS[ufunc][0]
    return _with_formula(formula, item)


def _with_formula(formula: Formula, item: Instruction) -> Elementwise | None:
    """Return a function of numbers of Python as C; None if the numbers are of other types."""
    if item.keywords:
        return None
    for x in item.arguments:
        if isinstance(x, Constant) or (isinstance(x, Variable) and x.shape):
            return None
        if dtype_of(x) not in (float, int, bool, np.dtype(np.float64), BOOL):
            return None
        if isinstance(x, Variable) and dtype_of(x) is int:
            return None
    double = np.dtype(np.float64)
    kinds = (double,) * len(item.arguments)
    result = BOOL if item.result.kind is bool else double
    return Elementwise(formula, tuple(item.arguments), kinds, double, result)
