"""Which functions of Python's floats a tape computes itself.

For the numbers for which C would do something else than Python (raise no error, return infinity),
the tape calls the function itself; and so it does for all functions that are not listed here.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from autograd.program.backends.tape.built import machine
from autograd.program.instructions import Extended
from autograd.rules.elementwise import CANCELLED, sharpened, sign_of_float
from autograd.rules.special import relu_of_float


def kernel_of(function: Any) -> Any:
    """Return what a program calls for a function of this library."""
    return getattr(function, "__wrapped__", function)


Table = dict[Any, int]


def _exact() -> tuple[Table, Table, Table]:
    """Return the operations that C carries out as Python does, by function."""
    # Of floats.
    arithmetic = {
        operator.add: machine.ADD,
        operator.sub: machine.SUB,
        operator.mul: machine.MUL,
        operator.neg: machine.NEG,
        operator.pos: machine.COPY,
        operator.abs: machine.ABS,
        abs: machine.ABS,
        math.fabs: machine.ABS,
        float: machine.COPY,
        kernel_of(relu_of_float): machine.RELU,
        kernel_of(sign_of_float): machine.SIGN,
    }

    # Of two numbers, as a truth value.
    comparisons = {
        operator.lt: machine.LT,
        operator.le: machine.LE,
        operator.gt: machine.GT,
        operator.ge: machine.GE,
        operator.eq: machine.EQ,
        operator.ne: machine.NE,
    }

    # Of truth values.
    logic = {
        operator.and_: machine.AND,
        operator.or_: machine.OR,
        operator.xor: machine.XOR,
        operator.not_: machine.NOT,
    }

    return arithmetic, comparisons, logic


def _others() -> Table:
    """Return those for which Python raises errors for some numbers, or returns something else."""
    return {
        operator.truediv: machine.DIV,
        operator.pow: machine.POWER,
        math.pow: machine.MATHPOW,
        math.exp: machine.EXP,
        math.exp2: machine.EXP2,
        math.expm1: machine.EXPM1,
        math.log: machine.LOG,
        math.log2: machine.LOG2,
        math.log10: machine.LOG10,
        math.log1p: machine.LOG1P,
        math.sqrt: machine.SQRT,
        math.cbrt: machine.CBRT,
        math.sin: machine.SIN,
        math.cos: machine.COS,
        math.tan: machine.TAN,
        math.asin: machine.ASIN,
        math.acos: machine.ACOS,
        math.atan: machine.ATAN,
        math.sinh: machine.SINH,
        math.cosh: machine.COSH,
        math.tanh: machine.TANH,
        math.asinh: machine.ASINH,
        math.acosh: machine.ACOSH,
        math.atanh: machine.ATANH,
        math.erf: machine.ERF,
        math.erfc: machine.ERFC,
        math.atan2: machine.ATAN2,
        math.fmod: machine.FMOD,
        math.copysign: machine.COPYSIGN,
    }


#: By function, the operations of floats, of two numbers as a truth value, and of truth values.
ARITHMETIC, COMPARISONS, LOGIC = _exact() if machine is not None else ({}, {}, {})

#: Functions that are called themselves for the numbers for which C would do something else.
FUNCTIONS = _others() if machine is not None else {}

#: How many operands functions take that can take others, for which C has none.
COUNTS: dict[Any, int] = {math.log: 1}

#: Its arguments are a slope, a function, and the number at which that is the exact form.
SHARPENED = kernel_of(sharpened)

#: A slope below this is computed in its exact form: see `sharpened`.
LIMIT = CANCELLED["d"]


def function_of(item: Any) -> Any:
    """Return the function of an instruction that decides what a tape computes."""
    function = item.function
    return function.scalar if type(function) is Extended else function


def with_exact_form(exact: Callable[[Any], Any]) -> Callable[[float, float], Any]:
    """Return what is called where cancellation has made a slope small."""

    def call(slope: float, x: float) -> Any:
        return SHARPENED(slope, exact, x)

    return call
