"""NumPy's elementwise functions as expressions of C.

An expression is a template: ``{0}`` and ``{1}`` are the operands, converted to the type of the
loop, ``{s}`` is the suffix of functions of that type, and ``{t}`` the type. Sums, products,
quotients and square roots are rounded as NumPy rounds them.
"""

from __future__ import annotations

import functools
import inspect
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Extended, Instruction, Variable, choose
from autograd.program.ufuncs import UFUNCS
from autograd.rules import activations, error_function, special
from autograd.rules import elementwise as rules

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


@dataclass(frozen=True)
class Formula:
    """How the elements of a result are computed.

    Attributes
    ----------
    text : str
        The template of the expression.
    kinds : str
        The kinds of the types of loops that it is right for, as in ``dtype.kind``.
    calls : str
        The function of C's library that takes most of the time; "" if there is none.
    rare : str
        A condition on the result ``{y}`` and its type, under which another expression is right.
    instead : str
        That expression.
    check : str
        A statement that raises a flag of the processor where Python raises an error.
    """

    text: str
    kinds: str = "f"
    calls: str = ""
    rare: str = ""
    instead: str = ""
    check: str = ""


def _call(name: str, arguments: str = "{0}") -> Formula:
    return Formula(f"{name}{{s}}({arguments})", calls=name)


#: Python's division raises an error also for 0 / 0, NaN / 0 and infinity / 0.
_QUOTIENT = Formula("{0} / {1}", check="CHECK_DIVISOR({1});")

_SMALL_INTEGERS = "({t})((u{t}){0} %s (u{t}){1})"  # it may overflow, which C defines for these only

#: For each ufunc, its formulas by kinds of types.
FORMULAS: dict[Any, tuple[Formula, ...]] = {
    np.add: (
        Formula("{0} + {1}"),
        Formula(_SMALL_INTEGERS % "+", "i"),
        Formula("{0} | {1}", "b"),
    ),
    np.subtract: (Formula("{0} - {1}"), Formula(_SMALL_INTEGERS % "-", "i")),
    np.multiply: (
        Formula("{0} * {1}"),
        Formula(_SMALL_INTEGERS % "*", "i"),
        Formula("{0} & {1}", "b"),
    ),
    np.divide: (Formula("{0} / {1}"),),
    np.negative: (Formula("-{0}"), Formula("({t})(0 - (u{t}){0})", "i")),
    np.positive: (Formula("{0}", "fib"),),
    np.absolute: (Formula("fabs{s}({0})"), Formula("{0}", "b")),
    np.fabs: (Formula("fabs{s}({0})"),),
    np.sign: (Formula("{0} != {0} ? {0} : ({t})(({0} > 0) - ({0} < 0))"),),
    np.square: (Formula("{0} * {0}"), Formula("({t})((u{t}){0} * (u{t}){0})", "i")),
    np.reciprocal: (Formula("1 / {0}"),),
    np.sqrt: (Formula("sqrt{s}({0})"),),
    np.exp: (_call("exp"),),
    np.exp2: (_call("exp2"),),
    np.expm1: (_call("expm1"),),
    np.log: (_call("log"),),
    np.log2: (_call("log2"),),
    np.log10: (_call("log10"),),
    np.log1p: (_call("log1p"),),
    np.cbrt: (_call("cbrt"),),
    np.sin: (_call("sin"),),
    np.cos: (_call("cos"),),
    np.tan: (_call("tan"),),
    np.arcsin: (_call("asin"),),
    np.arccos: (_call("acos"),),
    np.arctan: (_call("atan"),),
    np.sinh: (_call("sinh"),),
    np.cosh: (_call("cosh"),),
    np.tanh: (_call("tanh"),),
    np.arcsinh: (_call("asinh"),),
    np.arccosh: (_call("acosh"),),
    np.arctanh: (_call("atanh"),),
    np.arctan2: (_call("atan2", "{0}, {1}"),),
    np.hypot: (_call("hypot", "{0}, {1}"),),
    np.power: (_call("pow", "{0}, {1}"),),
    np.float_power: (_call("pow", "{0}, {1}"),),
    np.fmod: (_call("fmod", "{0}, {1}"),),
    np.copysign: (Formula("copysign{s}({0}, {1})"),),
    np.floor: (Formula("floor{s}({0})"),),
    np.ceil: (Formula("ceil{s}({0})"),),
    np.trunc: (Formula("trunc{s}({0})"),),
    np.rint: (Formula("rint{s}({0})"),),
    np.degrees: (Formula("{0} * (180 / ({t})3.14159265358979323846)"),),
    np.rad2deg: (Formula("{0} * (180 / ({t})3.14159265358979323846)"),),
    np.radians: (Formula("{0} * (({t})3.14159265358979323846 / 180)"),),
    np.deg2rad: (Formula("{0} * (({t})3.14159265358979323846 / 180)"),),
    np.maximum: (
        Formula("(({0} > {1}) | ({0} != {0})) ? {0} : {1}"),
        Formula("{0} >= {1} ? {0} : {1}", "ib"),
    ),
    np.minimum: (
        Formula("(({0} < {1}) | ({0} != {0})) ? {0} : {1}"),
        Formula("{0} <= {1} ? {0} : {1}", "ib"),
    ),
    np.fmax: (Formula("(({0} > {1}) | ({1} != {1})) ? {0} : {1}"),),
    np.fmin: (Formula("(({0} < {1}) | ({1} != {1})) ? {0} : {1}"),),
    np.heaviside: (Formula("{0} != {0} ? {0} : {0} == 0 ? {1} : ({t})({0} > 0)"),),
    np.less: (Formula("{0} < {1}", "fib"),),
    np.less_equal: (Formula("{0} <= {1}", "fib"),),
    np.greater: (Formula("{0} > {1}", "fib"),),
    np.greater_equal: (Formula("{0} >= {1}", "fib"),),
    np.equal: (Formula("{0} == {1}", "fib"),),
    np.not_equal: (Formula("{0} != {1}", "fib"),),
    np.logical_and: (Formula("({0} != 0) & ({1} != 0)", "fi"), Formula("{0} & {1}", "b")),
    np.logical_or: (Formula("({0} != 0) | ({1} != 0)", "fi"), Formula("{0} | {1}", "b")),
    np.logical_xor: (Formula("({0} != 0) ^ ({1} != 0)", "fi"), Formula("{0} ^ {1}", "b")),
    np.logical_not: (Formula("{0} == 0", "fi"), Formula("{0} ^ 1", "b")),
    np.bitwise_and: (Formula("{0} & {1}", "ib"),),
    np.bitwise_or: (Formula("{0} | {1}", "ib"),),
    np.bitwise_xor: (Formula("{0} ^ {1}", "ib"),),
    np.invert: (Formula("~{0}", "i"), Formula("{0} ^ 1", "b")),
    np.isnan: (Formula("{0} != {0}"),),
    np.isfinite: (Formula("fabs{s}({0}) <= {max}"),),
    np.isinf: (Formula("fabs{s}({0}) > {max}"),),
    np.signbit: (Formula("signbit({0}) != 0"),),
}

_WHERE = Formula("{0} ? {1} : {2}", "fib")

#: Powers with these exponents are products and roots, as in NumPy's operator for arrays.
_POWERS = {2: FORMULAS[np.square][0], 0.5: FORMULAS[np.sqrt][0], -1: FORMULAS[np.reciprocal][0]}

#: The power 0.5 of C's library differs from the root for -0.0 and minus infinity.
_HALF = Formula("fabs{s}({0}) > {max} ? fabs{s}({0}) : sqrt{s}({0} + 0)")

#: What `sharpened` computes where a slope is small, by the function that it is given.
_SHARPENED = {
    rules.sech2: "4 * exp{s}(-2 * fabs{s}({1})) / "
    "((1 + exp{s}(-2 * fabs{s}({1}))) * (1 + exp{s}(-2 * fabs{s}({1}))))",
    rules.cathetus: "sqrt{s}((1 - {1}) * (1 + {1}))",
    rules.product: "(1 - {1}) * (1 + {1})",
    special.logistic_density: "exp{s}(-fabs{s}({1})) / "
    "((1 + exp{s}(-fabs{s}({1}))) * (1 + exp{s}(-fabs{s}({1}))))",
}

_EXP = "exp{s}({%d} > 40 ? 40 : {%d})"  # above, sigmoid(x) is 1
_NORMAL = "(erfc{s}({%d} * -({t})0.70710678118654752440) / 2)"

#: Kernels of the rules for arrays of one type of floats, from their textbook formulas.
_KERNELS = {
    special.sigmoid_of_array: Formula(f"{_EXP} / (1 + {_EXP})" % (0, 0, 0, 0), calls="exp"),
    special.softplus_of_array: Formula(
        "({0} > 0 ? {0} : 0) + log1p{s}(exp{s}(-fabs{s}({0})))", calls="exp"
    ),
    error_function.erf_of_array: _call("erf"),
    activations.silu_of_array: Formula(
        f"{{0}} > 40 ? {{0}} : {{0}} * {_EXP} / (1 + {_EXP})" % (0, 0, 0, 0), calls="exp"
    ),
    activations.silu_slope_of_arrays: Formula(
        f"{{1}} > 40 ? 1 : ({_EXP} + {{0}}) / (1 + {_EXP})" % (1, 1, 1, 1), calls="exp"
    ),
    activations.gelu_of_array: Formula(f"{{0}} * {_NORMAL % 0}", calls="erfc"),
    activations.gelu_slope_of_arrays: Formula(
        f"{_NORMAL % 1} + {{1}} * exp{{s}}({{1}} * {{1}} / -2) / ({{t}})2.5066282746310005024",
        calls="erfc",
    ),
    activations.elu_of_array: Formula(
        "{0} > 0 ? {0} : {1} * expm1{s}({0} > 0 ? 0 : {0})", calls="expm1"
    ),
    activations.elu_slope_of_arrays: Formula(
        "{0} > 0 ? 1 : {1} * exp{s}({0} > 0 ? 0 : {0})", calls="exp"
    ),
    activations.leaky_relu_of_array: Formula("{0} > 0 ? {0} : {1} * {0}"),
    activations.leaky_slope_of_arrays: Formula("{0} > 0 ? 1 : {1}"),
}

#: Functions that return their argument, as an array or as a number.
_SAME = (np.asarray, float)


@dataclass(frozen=True)
class Elementwise:
    """An elementwise instruction as C.

    Attributes
    ----------
    formula : Formula
        How each element is computed.
    operands : tuple
        Variables, constants and numbers.
    types : tuple of dtype
        To what the operands are converted.
    loop : dtype
        The type that ``{t}`` and ``{s}`` in the formula mean.
    result : dtype
        The type of the result.
    """

    formula: Formula
    operands: tuple[Any, ...]
    types: tuple[Any, ...]
    loop: Any
    result: Any


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


def elementwise(item: Instruction) -> Elementwise | None:
    """Return an instruction as C; None if it is not elementwise or there is no formula for it."""
    function, arguments = item.function, item.arguments
    result = item.result
    if not isinstance(result, Variable) or not has_type(result):
        return None
    if item.keywords:
        return None
    if result.dtype is None:
        return _of_floats(item)
    if not all(_is_operand(x) for x in arguments if not callable(x)):
        return None
    if function is np.where and len(arguments) == 3:
        return _selection(arguments, result.dtype)
    if function is _sharpened() and arguments[1] in _SHARPENED:
        return _sharpening(arguments, result.dtype)
    formula = kernel_formulas().get(function)
    if formula is not None:
        return _of_kernel(formula, function, arguments, result.dtype)
    if function in _SAME and len(arguments) == 1 and dtype_of(arguments[0]) == result.dtype:
        return _made(FORMULAS[np.positive][0], arguments, (result.dtype,), result.dtype)
    if function in (operator.pow, np.power) and len(arguments) == 2:
        formula = _of_power(function, *arguments)
        if formula and result.dtype in FLOATS and dtype_of(arguments[0]) == result.dtype:
            return _made(formula, arguments[:1], (result.dtype,), result.dtype)
        function = np.power
    ufunc = UFUNCS.get(function, function)
    return _of_ufunc(ufunc, arguments, result.dtype)


def _sharpened() -> Any:
    return inspect.unwrap(rules.sharpened)


@functools.cache
def kernel_formulas() -> dict[Any, Formula]:
    """Return the formulas by the functions that programs call."""
    return {inspect.unwrap(kernel): formula for kernel, formula in _KERNELS.items()}


def _of_power(function: Any, x: Any, exponent: Any) -> Formula | None:
    """Return the formula of a power with a fixed exponent; None if there is only that of C."""
    if type(exponent) not in (int, float):
        return None
    is_array = isinstance(x, Constant) or (isinstance(x, Variable) and x.is_array)
    is_root = is_array if function is operator.pow else _numpy_takes_roots()
    return _HALF if exponent == 0.5 and not is_root else _POWERS.get(exponent)


@functools.cache
def _numpy_takes_roots() -> bool:
    """Return whether ``np.power(x, 0.5)`` is a root; it depends on NumPy's version."""
    return bool(np.signbit(np.power(np.array([-0.0, 1.0]), 0.5)[0]))


def _of_kernel(
    formula: Formula, function: Any, arguments: tuple[Any, ...], result: Any
) -> Elementwise | None:
    parameters = list(inspect.signature(function).parameters.values())[len(arguments) :]
    arguments += tuple([x.default for x in parameters])
    same = all(dtype_of(x) in (result, float) for x in arguments)
    if result not in FLOATS or not same:
        return None
    return _made(formula, arguments, (result,) * len(arguments), result)


def has_type(x: Variable) -> bool:
    """Return whether C has the type of a variable."""
    return x.kind is float or x.kind is bool or x.dtype in TYPES


def _is_operand(x: Any) -> bool:
    if isinstance(x, Constant):
        return x.value.dtype in TYPES
    if isinstance(x, Variable):
        return has_type(x)
    if isinstance(x, np.generic):
        return x.dtype in TYPES
    return type(x) in (int, float, bool)


def _of_ufunc(ufunc: Any, arguments: tuple[Any, ...], result: Any) -> Elementwise | None:
    """Return the call of a ufunc, in the types that NumPy computes with."""
    if ufunc not in FORMULAS or len(arguments) != ufunc.nin:
        return None
    given = tuple([_resolvable(dtype_of(x)) for x in arguments])
    try:
        *types, found = _resolved(ufunc, given)
    except (TypeError, ValueError):
        return None
    if found != result or any(t not in TYPES for t in types):
        return None
    for formula in FORMULAS[ufunc]:
        if types[0].kind in formula.kinds:
            if not all(_fits(x, t) for x, t in zip(arguments, types, strict=True)):
                return None
            return _made(formula, arguments, tuple(types), result)
    return None


def result_type(ufunc: Any, arguments: Any) -> Any:
    """Return the type of the result of a ufunc."""
    return _resolved(ufunc, tuple([_resolvable(dtype_of(x)) for x in arguments]))[-1]


@functools.lru_cache(maxsize=1024)
def _resolved(ufunc: Any, given: tuple[Any, ...]) -> Any:
    return ufunc.resolve_dtypes((*given, *[None] * ufunc.nout))


def _resolvable(kind: Any) -> Any:
    return np.dtype(bool) if kind is bool else kind


def _fits(x: Any, dtype: Any) -> bool:
    """Return whether a number is in the range of an integer type."""
    if type(x) is not int or dtype.kind == "f":
        return True
    if dtype.kind == "b":
        return x in (0, 1)
    info = np.iinfo(dtype)
    return bool(info.min < x <= info.max)


def _made(formula: Formula, operands: Any, types: Any, result: Any) -> Elementwise:
    return Elementwise(formula, tuple(operands), types, types[-1], result)


def _selection(arguments: tuple[Any, ...], result: Any) -> Elementwise | None:
    condition = dtype_of(arguments[0])
    if condition not in (bool, BOOL):
        return None
    if not all(_fits(x, result) for x in arguments[1:]):
        return None
    return _made(_WHERE, arguments, (BOOL, result, result), result)


def _sharpening(arguments: tuple[Any, ...], result: Any) -> Elementwise | None:
    slope, exact, x = arguments
    if dtype_of(slope) != result or dtype_of(x) != result or result not in FLOATS:
        return None
    limit = np.array(rules.CANCELLED[result.char], result).item()
    formula = Formula("{0}", rare=f"{{y}} < {limit!r}{{l}}", instead=_SHARPENED[exact])
    return _made(formula, (slope, x), (result, result), result)


#: Functions that raise no error, for numbers of Python.
_OF_FLOATS: dict[Callable[..., Any], Any] = {
    operator.add: np.add,
    operator.sub: np.subtract,
    operator.mul: np.multiply,
    operator.neg: np.negative,
    operator.lt: np.less,
    operator.le: np.less_equal,
    operator.gt: np.greater,
    operator.ge: np.greater_equal,
    operator.eq: np.equal,
    operator.ne: np.not_equal,
    abs: np.absolute,
    float: np.positive,
}

#: Functions that raise errors where C returns infinity or NaN.
_EXTENDED: dict[Callable[..., Any], Any] = {
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


def raises(item: Instruction) -> bool:
    """Return whether Python raises an error where C returns infinity or NaN."""
    result = item.result
    is_number = isinstance(result, Variable) and result.dtype is None
    return is_number and item.function in _EXTENDED


def _of_floats(item: Instruction) -> Elementwise | None:
    """Return a function of Python's numbers as C, which raises no errors but returns NaN."""
    function = item.function
    if isinstance(function, Extended):
        function = function.function
    elif function is choose:
        double = np.dtype(np.float64)
        types = (BOOL, double, double)
        return _made(_WHERE, item.arguments, types, double) if item.result.kind is float else None
    function = _OF_FLOATS.get(function, function)
    return _with_floats(_EXTENDED.get(function, function), item)


def _with_floats(ufunc: Any, item: Instruction) -> Elementwise | None:
    """Return a function of numbers of Python as C."""
    if not isinstance(ufunc, np.ufunc) or ufunc not in FORMULAS:
        return None
    if len(item.arguments) != ufunc.nin or item.keywords:
        return None
    for x in item.arguments:
        if isinstance(x, Constant) or (isinstance(x, Variable) and x.shape):
            return None
        if dtype_of(x) not in (float, int, np.dtype(np.float64)):
            return None
        if isinstance(x, Variable) and dtype_of(x) is int:
            return None
    double = np.dtype(np.float64)
    kinds = (double,) * ufunc.nin
    formula = _QUOTIENT if item.function is operator.truediv else FORMULAS[ufunc][0]
    if ufunc is np.power:
        power = _of_power(operator.pow, *item.arguments)
        if power is not None:
            return _made(power, item.arguments[:1], kinds[:1], double)
    result = BOOL if item.result.kind is bool else double
    return Elementwise(formula, tuple(item.arguments), kinds, double, result)
