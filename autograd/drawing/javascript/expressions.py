"""Elementwise functions as expressions of JavaScript, and numbers as literals.

In an expression ``{0}``, ``{1}``, … are the operands, each a number. Booleans are 0 and 1. The
functions that are not JavaScript's own are in ``page_assets/arrays.js``.
"""

from __future__ import annotations

import inspect
import math
import operator
from typing import Any

import numpy as np

from autograd.engine import Primitive
from autograd.program.instructions import Extended, choose
from autograd.rules import activations, elementwise, norms, reductions, special


class UnsupportedError(Exception):
    """Something that the page cannot compute; the message is a sentence without its full stop."""


_SAME = "{0}"
_TRUNCATED = "Math.trunc({0})"

EXPRESSIONS: dict[Any, str] = {
    # Arithmetic.
    operator.add: "({0} + {1})", np.add: "({0} + {1})",
    operator.sub: "({0} - {1})", np.subtract: "({0} - {1})",
    operator.mul: "({0} * {1})", np.multiply: "({0} * {1})",
    operator.truediv: "({0} / {1})", np.divide: "({0} / {1})",
    operator.floordiv: "floored({0}, {1})", np.floor_divide: "floored({0}, {1})",
    operator.mod: "modulo({0}, {1})", np.remainder: "modulo({0}, {1})",
    np.fmod: "({0} % {1})", math.fmod: "({0} % {1})",
    operator.pow: "power({0}, {1})", math.pow: "power({0}, {1})", np.power: "power({0}, {1})",
    np.float_power: "power({0}, {1})",
    operator.neg: "(-{0})", np.negative: "(-{0})",
    operator.pos: _SAME, np.positive: _SAME,
    np.square: "({0} * {0})", np.reciprocal: "(1 / {0})",
    abs: "Math.abs({0})", operator.abs: "Math.abs({0})", np.absolute: "Math.abs({0})",
    np.fabs: "Math.abs({0})",
    float: _SAME, np.real: _SAME, np.conjugate: _SAME,
    # Comparisons and choices.
    operator.lt: "+({0} < {1})", np.less: "+({0} < {1})",
    operator.le: "+({0} <= {1})", np.less_equal: "+({0} <= {1})",
    operator.gt: "+({0} > {1})", np.greater: "+({0} > {1})",
    operator.ge: "+({0} >= {1})", np.greater_equal: "+({0} >= {1})",
    operator.eq: "+({0} === {1})", np.equal: "+({0} === {1})",
    operator.ne: "+({0} !== {1})", np.not_equal: "+({0} !== {1})",
    operator.and_: "({0} & {1})", np.bitwise_and: "({0} & {1})",
    operator.or_: "({0} | {1})", np.bitwise_or: "({0} | {1})",
    operator.xor: "({0} ^ {1})", np.bitwise_xor: "({0} ^ {1})",
    np.logical_and: "+({0} && {1} ? 1 : 0)", np.logical_or: "+({0} || {1} ? 1 : 0)",
    np.logical_not: "({0} ? 0 : 1)", bool: "({0} ? 1 : 0)",
    np.isfinite: "+Number.isFinite({0})", np.isnan: "+Number.isNaN({0})",
    np.isinf: "+(Math.abs({0}) === Infinity)",
    choose: "({0} ? {1} : {2})", np.where: "({0} ? {1} : {2})",
    np.maximum: "Math.max({0}, {1})", np.minimum: "Math.min({0}, {1})",
    np.fmax: "fmax({0}, {1})", np.fmin: "fmin({0}, {1})",
    np.sign: "Math.sign({0})", elementwise.sign_of_float: "Math.sign({0})",
    np.copysign: "copysign({0}, {1})", math.copysign: "copysign({0}, {1})",
    np.heaviside: "({0} === 0 ? {1} : {0} < 0 ? 0 : {0} > 0 ? 1 : NaN)",
    elementwise.clip_of_array: "Math.min(Math.max({0}, {1}), {2})",
    np.floor: "Math.floor({0})", math.floor: "Math.floor({0})",
    np.ceil: "Math.ceil({0})", math.ceil: "Math.ceil({0})",
    np.trunc: _TRUNCATED, math.trunc: _TRUNCATED, int: _TRUNCATED,
    np.rint: "rounded({0})",
    # Exponentials, roots, angles.
    np.exp: "Math.exp({0})", math.exp: "Math.exp({0})",
    np.exp2: "power(2, {0})",
    np.expm1: "Math.expm1({0})", math.expm1: "Math.expm1({0})",
    np.log: "Math.log({0})", math.log: "Math.log({0})",
    np.log2: "Math.log2({0})", math.log2: "Math.log2({0})",
    np.log10: "Math.log10({0})", math.log10: "Math.log10({0})",
    np.log1p: "Math.log1p({0})", math.log1p: "Math.log1p({0})",
    np.sqrt: "Math.sqrt({0})", math.sqrt: "Math.sqrt({0})", np.cbrt: "Math.cbrt({0})",
    np.sin: "Math.sin({0})", math.sin: "Math.sin({0})",
    np.cos: "Math.cos({0})", math.cos: "Math.cos({0})",
    np.tan: "Math.tan({0})", math.tan: "Math.tan({0})",
    np.arcsin: "Math.asin({0})", math.asin: "Math.asin({0})",
    np.arccos: "Math.acos({0})", math.acos: "Math.acos({0})",
    np.arctan: "Math.atan({0})", math.atan: "Math.atan({0})",
    np.arctan2: "Math.atan2({0}, {1})", math.atan2: "Math.atan2({0}, {1})",
    np.hypot: "Math.hypot({0}, {1})", math.hypot: "Math.hypot({0}, {1})",
    np.degrees: "({0} * (180 / Math.PI))", math.degrees: "({0} * (180 / Math.PI))",
    np.rad2deg: "({0} * (180 / Math.PI))", np.radians: "({0} * (Math.PI / 180))",
    np.deg2rad: "({0} * (Math.PI / 180))", math.radians: "({0} * (Math.PI / 180))",
    np.sinh: "Math.sinh({0})", math.sinh: "Math.sinh({0})",
    np.cosh: "Math.cosh({0})", math.cosh: "Math.cosh({0})",
    np.tanh: "Math.tanh({0})", math.tanh: "Math.tanh({0})",
    np.arcsinh: "Math.asinh({0})", math.asinh: "Math.asinh({0})",
    np.arccosh: "Math.acosh({0})", math.acosh: "Math.acosh({0})",
    np.arctanh: "Math.atanh({0})", math.atanh: "Math.atanh({0})",
    np.logaddexp: "logaddexp({0}, {1})", np.logaddexp2: "logaddexp2({0}, {1})",
    np.sinc: "sinc({0})",
}  # fmt: skip

#: Functions that newer versions of Python have.
for _name, _expression in (("exp2", "power(2, {0})"), ("cbrt", "Math.cbrt({0})")):
    if hasattr(math, _name):
        EXPRESSIONS[getattr(math, _name)] = _expression

#: Primitives that programs call as they are.
_PRIMITIVES: dict[Primitive, str] = {
    elementwise.square: "({0} * {0})",
    elementwise.reciprocal: "(1 / {0})",
    special.relu: "Math.max({0}, 0)",
    special.sigmoid: "sigmoid({0})",
    special.softplus: "softplus({0})",
    special.erf: "erf({0})",
    activations.silu: "({0} * sigmoid({0}))",
    activations.silu_slope: "(sigmoid({1}) + {0} * sigmoid(-{1}))",
    activations.gelu: "gelu({0})",
    activations.gelu_slope: "gelu_slope({0}, {1})",
    activations.elu: "({0} > 0 ? {0} : {1} * Math.expm1({0}))",
    activations.elu_slope: "({0} > 0 ? 1 : {1} * Math.exp({0}))",
    activations.leaky_relu: "({0} > 0 ? {0} : {1} * {0})",
    activations.leaky_slope: "({0} > 0 ? 1 : {1})",
}


def unwrapped(function: Any) -> Any:
    """Return the function that a program calls for a kernel."""
    return function if isinstance(function, Primitive) else inspect.unwrap(function)


for _primitive, _expression in _PRIMITIVES.items():
    for _function in (_primitive, _primitive.function, _primitive.scalar):
        if _function is not None:
            EXPRESSIONS.setdefault(_function, _expression)
            EXPRESSIONS.setdefault(unwrapped(_function), _expression)

_SHARPENED, _EXP_WEIGHT = map(unwrapped, (elementwise.sharpened, elementwise.exp_weight))

EXPRESSIONS[unwrapped(norms.where_length)] = "({0} === 0 ? {2} : {1})"
EXPRESSIONS[unwrapped(norms.flat_without_length)] = "({0} === 0 ? 0 * {2} : {1})"

#: The exact forms of slopes that cancel; see `elementwise.sharpened`.
_EXACT: dict[Any, str] = {
    elementwise.sech2: "sech2({1})",
    elementwise.cathetus: "Math.sqrt((1 - {1}) * (1 + {1}))",
    elementwise.product: "((1 - {1}) * (1 + {1}))",
    special.logistic_density: "logistic_density({1})",
}

#: All kernels that have an expression.
KNOWN: frozenset[Any] = frozenset(
    (*EXPRESSIONS, _SHARPENED, _EXP_WEIGHT, unwrapped(reductions.softmax_of_sum))
)


def expression(function: Any, arguments: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]] | None:
    """Return the expression of an elementwise call, and its operands; None if it is not known."""
    if isinstance(function, Extended):
        return expression(function.scalar, arguments)
    if function is _SHARPENED:
        slope, exact, x = arguments
        if exact not in _EXACT:
            return None
        limit = elementwise.CANCELLED["d"]
        return f"({{0}} < {limit!r} ? {_EXACT[exact]} : {{0}})", (slope, x)
    if function is _EXP_WEIGHT:
        base = {np.exp: "Math.exp(x)", np.exp2: "power(2, x)"}[arguments[0]]
        return f"exp_weight((x) => {base}, {{0}}, {{1}}, {{2}})", arguments[1:]
    if function in (np.round, np.around) and len(arguments) == 1:
        return EXPRESSIONS[np.rint], arguments
    try:
        found = EXPRESSIONS.get(function)
    except TypeError:  # not hashable
        return None
    return None if found is None else (found, arguments)


def literal(x: Any) -> str:
    """Write a number in JavaScript.

    Raises
    ------
    UnsupportedError
        If it is complex, or too large an integer.
    """
    if isinstance(x, (bool, np.bool_)):
        return "1" if x else "0"
    if isinstance(x, (int, np.integer)):
        if abs(int(x)) > 2**53:
            raise UnsupportedError(f"the integer {int(x)} has too many digits")
        return str(int(x)) if x >= 0 else f"({int(x)})"
    if isinstance(x, (float, np.floating)):
        number = float(x)
        if math.isnan(number):
            return "NaN"
        if math.isinf(number):
            return "Infinity" if number > 0 else "(-Infinity)"
        text = repr(number).removesuffix(".0")
        return text if not text.startswith("-") else f"({text})"
    raise UnsupportedError(f"it contains {type(x).__name__} numbers")
