"""Elementwise instructions as formulas of C, with the types in which NumPy computes them."""

from __future__ import annotations

import functools
import inspect
import operator
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import BOOL, FLOATS, TYPES, dtype_of, has_type
from autograd.program.backends.c.floats import of_floats
from autograd.program.backends.c.formulas import (
    FORMULAS,
    SHARPENED,
    WHERE,
    Elementwise,
    Formula,
    kernel_formulas,
    made,
    power_of,
)
from autograd.program.backends.c.own_formulas import formula_of
from autograd.program.instructions import Constant, Instruction, Variable
from autograd.program.ufuncs import UFUNCS
from autograd.rules import elementwise as rules

#: Functions that return their argument, as an array or as a number.
_SAME = (np.asarray, float)


def elementwise(item: Instruction) -> Elementwise | None:
    """Return an instruction as C; None if it is not elementwise or there is no formula for it."""
    function, arguments = item.function, item.arguments
    result = item.result
    if not isinstance(result, Variable) or not has_type(result):
        return None
    if item.keywords:
        return None
    if result.dtype is None:
        return of_floats(item)
    if not all(_is_operand(x) for x in arguments if not callable(x)):
        return None
    if function is np.where and len(arguments) == 3 and item.in_c is None:
        return _selection(arguments, result.dtype)
    if function is _sharpened() and arguments[1] in SHARPENED:
        return _sharpening(arguments, result.dtype)
    own = item.in_c
    is_own = own is not None and own.is_expression
    formula = formula_of(own) if is_own else kernel_formulas().get(function)
    if formula is not None:
        return _of_kernel(formula, function, arguments, result.dtype)
    if function in _SAME and len(arguments) == 1 and dtype_of(arguments[0]) == result.dtype:
        return made(FORMULAS[np.positive][0], arguments, (result.dtype,), result.dtype)
    if function in (operator.pow, np.power) and len(arguments) == 2:
        formula = power_of(function, *arguments)
        if formula and result.dtype in FLOATS and dtype_of(arguments[0]) == result.dtype:
            return made(formula, arguments[:1], (result.dtype,), result.dtype)
        function = np.power
    ufunc = UFUNCS.get(function, function)
    return _of_ufunc(ufunc, arguments, result.dtype)


def _sharpened() -> Any:
    return inspect.unwrap(rules.sharpened)


def _of_kernel(
    formula: Formula, function: Any, arguments: tuple[Any, ...], result: Any
) -> Elementwise | None:
    parameters = list(inspect.signature(function).parameters.values())[len(arguments) :]
    arguments += tuple([x.default for x in parameters])
    same = all(dtype_of(x) in (result, float) for x in arguments)
    if result not in FLOATS or not same:
        return None
    return made(formula, arguments, (result,) * len(arguments), result)


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
            return made(formula, arguments, tuple(types), result)
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


def _selection(arguments: tuple[Any, ...], result: Any) -> Elementwise | None:
    condition = dtype_of(arguments[0])
    if condition not in (bool, BOOL):
        return None
    if not all(_fits(x, result) for x in arguments[1:]):
        return None
    return made(WHERE, arguments, (BOOL, result, result), result)


def _sharpening(arguments: tuple[Any, ...], result: Any) -> Elementwise | None:
    slope, exact, x = arguments
    if dtype_of(slope) != result or dtype_of(x) != result or result not in FLOATS:
        return None
    limit = np.array(rules.CANCELLED[result.char], result).item()
    formula = Formula("{0}", rare=f"{{y}} < {limit!r}{{l}}", instead=SHARPENED[exact])
    return made(formula, (slope, x), (result, result), result)
