"""NumPy's elementwise functions as expressions of C.

An expression is a template: ``{0}`` and ``{1}`` are the operands, converted to the type of the
loop, ``{s}`` is the suffix of functions of that type, and ``{t}`` the type. Sums, products,
quotients and square roots are rounded as NumPy rounds them.
"""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Variable
from autograd.rules import activations, error_function, special
from autograd.rules import elementwise as rules


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
    definition : callable or None
        Returns the definition of the function that is called, for a type and its suffix.
    inlined : str
        The template for arrays, without calls; "" if there is none. ``{k}`` stands for the type.
    widths : str
        The types for which there is that template.
    """

    text: str
    kinds: str = "f"
    calls: str = ""
    rare: str = ""
    instead: str = ""
    check: str = ""
    definition: Callable[[str, str], str] | None = None
    inlined: str = ""
    widths: str = "f4 f8"


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


def made(formula: Formula, operands: Any, types: Any, result: Any) -> Elementwise:
    """Return a formula with its operands, in a loop of the last of these types."""
    return Elementwise(formula, tuple(operands), types, types[-1], result)


def _call(name: str, arguments: str = "{0}", **given: Any) -> Formula:
    return Formula(f"{name}{{s}}({arguments})", calls=name, **given)


#: Python's division raises an error also for 0 / 0, NaN / 0 and infinity / 0.
QUOTIENT = Formula("{0} / {1}", check="CHECK_DIVISOR({1});")

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
    # C's vector function raises the flags of an overflow or of an invalid number far below 0.
    np.exp: (Formula("exp{s}({0} < -800 ? -800 : {0})", calls="exp", inlined="exp_{k}({0})"),),
    np.exp2: (_call("exp2"),),
    np.expm1: (_call("expm1", inlined="expm1_f8({0})", widths="f8"),),
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
    np.tanh: (_call("tanh", inlined="tanh_f8({0})", widths="f8"),),
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

WHERE = Formula("{0} ? {1} : {2}", "fib")

#: Powers with these exponents are products and roots, as in NumPy's operator for arrays.
POWERS = {2: FORMULAS[np.square][0], 0.5: FORMULAS[np.sqrt][0], -1: FORMULAS[np.reciprocal][0]}

#: The power 0.5 of C's library differs from the root for -0.0 and minus infinity.
HALF = Formula("fabs{s}({0}) > {max} ? fabs{s}({0}) : sqrt{s}({0} + 0)")

#: What `sharpened` computes where a slope is small, by the function that it is given.
SHARPENED = {
    rules.sech2: "4 * exp{s}(-2 * fabs{s}({1})) / "
    "((1 + exp{s}(-2 * fabs{s}({1}))) * (1 + exp{s}(-2 * fabs{s}({1}))))",
    rules.cathetus: "sqrt{s}((1 - {1}) * (1 + {1}))",
    rules.product: "(1 - {1}) * (1 + {1})",
    special.logistic_density: "exp{s}(-fabs{s}({1})) / "
    "((1 + exp{s}(-fabs{s}({1}))) * (1 + exp{s}(-fabs{s}({1}))))",
}


def _of_powers(text: str) -> Formula:
    """Return a formula with exponentials of what stays below the largest one."""
    return Formula(text, calls="exp", inlined=text.replace("exp{s}(", "exp_{k}("))


_EXP = "exp{s}({%d} > 40 ? 40 : {%d})"  # above, sigmoid(x) is 1
_NORMAL = "(erfc{s}({%d} * -({t})0.70710678118654752440) / 2)"
#: Numbers far away have the same tails as infinity, whose product with 0 would be NaN.
_NEAR = "({1} < -1e4 ? ({t})-1e4 : {1} > 1e4 ? ({t})1e4 : {1})"
_ABOVE = "({0} < -1e4 ? ({t})-1e4 : {0})"
_ELU = "({0} > 0 ? {0} : ({t})-0.0) + {1} * "

#: Kernels of the rules for arrays of one type of floats, from their textbook formulas. Those of ELU
#: add their two cases. If one was chosen, compilers would compute the exponential also where it is
#: not used, of a number of their choice: one whose result vanishes, which is slow.
KERNELS = {
    special.sigmoid_of_array: _of_powers(f"{_EXP} / (1 + {_EXP})" % (0, 0, 0, 0)),
    special.softplus_of_array: Formula(
        "({0} > 0 ? {0} : 0) + log1p{s}(exp{s}(-fabs{s}({0})))", calls="exp"
    ),
    error_function.erf_of_array: _call("erf"),
    activations.silu_of_array: _of_powers(
        f"{{0}} > 40 ? {{0}} : {{0}} * {_EXP} / (1 + {_EXP})" % (0, 0, 0, 0)
    ),
    activations.silu_slope_of_arrays: _of_powers(
        f"{{1}} > 40 ? 1 : ({_EXP} + {{0}}) / (1 + {_EXP})" % (1, 1, 1, 1)
    ),
    activations.gelu_of_array: Formula(
        f"{_ABOVE} * {_NORMAL % 0}",
        calls="erfc",
        inlined=f"{_ABOVE} * normal_f4({{0}})",
        widths="f4",
    ),
    activations.gelu_slope_of_arrays: Formula(
        f"{_NORMAL % 1}"
        f" + {_NEAR} * exp{{s}}({_NEAR} * {_NEAR} / -2) / ({{t}})2.5066282746310005024",
        calls="erfc",
        inlined=f"normal_f4({{1}}) + {_NEAR} * bell_f4({{1}})",
        widths="f4",
    ),
    activations.elu_of_array: Formula(
        f"{_ELU}expm1{{s}}({{0}} > 0 ? 0 : {{0}})",
        calls="expm1",
        inlined=f"{_ELU}expm1_f8({{0}} > 0 ? 0 : {{0}})",
        widths="f8",
    ),
    activations.elu_slope_of_arrays: _of_powers(
        "({0} > 0 ? 1 : 0) + ({0} > 0 ? 0 : {1}) * exp{s}({0} > 0 ? 0 : {0})"
    ),
    activations.leaky_relu_of_array: Formula("{0} > 0 ? {0} : {1} * {0}"),
    activations.leaky_slope_of_arrays: Formula("{0} > 0 ? 1 : {1}"),
}


#: Kernels of the rules for Python's floats, as they are written there.
OF_FLOATS: dict[Any, Formula] = {
    special.relu_of_float: Formula("(0.0 > {0} ? 0.0 : {0}) + 0.0"),
    special.sigmoid_of_float: Formula(
        "({0} >= 0 ? 1 : exp(-fabs({0}))) / (1 + exp(-fabs({0})))", calls="exp"
    ),
    special.softplus_of_float: Formula("({0} > 0 ? {0} : 0) + log1p(exp(-fabs({0})))", calls="exp"),
    rules.sign_of_float: FORMULAS[np.sign][0],
    activations.gelu_of_float: Formula(
        "{0} > -INFINITY ? {0} * erfc(-{0} * 0.70710678118654752440) / 2 : -0.0", calls="erfc"
    ),
}


@functools.cache
def kernel_formulas() -> dict[Any, Formula]:
    """Return the formulas by the functions that programs call."""
    return {inspect.unwrap(kernel): formula for kernel, formula in KERNELS.items()}


def power_of(function: Any, x: Any, exponent: Any) -> Formula | None:
    """Return the formula of a power with a fixed exponent; None if there is only that of C."""
    if type(exponent) not in (int, float):
        return None
    is_array = isinstance(x, Constant) or (isinstance(x, Variable) and x.is_array)
    is_root = is_array if function is operator.pow else _numpy_takes_roots()
    return HALF if exponent == 0.5 and not is_root else POWERS.get(exponent)


@functools.cache
def _numpy_takes_roots() -> bool:
    """Return whether ``np.power(x, 0.5)`` is a root; it depends on NumPy's version."""
    return bool(np.signbit(np.power(np.array([-0.0, 1.0]), 0.5)[0]))
