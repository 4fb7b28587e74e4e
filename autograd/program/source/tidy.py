"""Leave out what changes nothing, as far as that makes a program easier to read."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.program.instructions import (
    Attribute,
    Constant,
    Guard,
    Instruction,
    Method,
    Variable,
)
from autograd.program.passes import algebra
from autograd.program.passes.common import with_common_subexpressions
from autograd.program.passes.copies import without_copies
from autograd.program.passes.dead_code import without_dead_code


def same_number(item: Instruction, context: algebra.Context) -> Any:
    """Leave out the conversion of a number of Python to its own type."""
    x = item.arguments[0] if len(item.arguments) == 1 else None
    return x if isinstance(x, Variable) and x.kind is item.function else None


def plain_transpose(item: Instruction, context: algebra.Context) -> Any:
    """Write the transposes of matrices as the attribute ``T``."""
    x = item.arguments[0] if item.arguments else None
    if not isinstance(x, Variable) or not x.is_array or item.keywords:
        return None
    rest = item.arguments[1:]
    if item.function in (np.transpose, Method("transpose")):
        reverses = rest in ((), (None,)) or (len(x.shape) == 2 and rest in (((1, 0),), ([1, 0],)))
    else:
        reverses = len(x.shape) == 2 and sorted(axis % 2 for axis in rest) == [0, 1]
    return replace(item, function=Attribute("T"), arguments=(x,)) if reverses else None


def uniform(item: Instruction, context: algebra.Context) -> Any:
    """Compute with a number instead of an array that `numpy.full` or `numpy.ones` makes of it."""
    if item.keywords or len(item.arguments) != 2:
        return None
    result = item.result
    if not result.is_array or not result.shape or result.dtype != np.float64:
        return None
    a, b = item.arguments
    first, second = _number_in(a, result, context), _number_in(b, result, context)
    if first is not None and type(b) in (int, float):
        second = float(b)
    elif second is not None and type(a) in (int, float):
        first = float(a)
    if first is not None and second is not None and item.function is not operator.truediv:
        number = float(item.function(np.float64(first), np.float64(second)))
        return replace(item, function=np.full, arguments=(result.shape, number))
    if first is not None and algebra.is_alike(b, result):
        return replace(item, arguments=(first, b))
    if second is not None and algebra.is_alike(a, result):
        return replace(item, arguments=(a, second))
    return None


def _number_in(x: Any, result: Variable, context: algebra.Context) -> Any:
    """Return the number that an array of the shape of the result consists of, if it is known."""
    maker = context.maker(x)
    if maker is None or x.shape != result.shape or x.dtype != np.float64 or maker.keywords:
        return None
    if maker.function is np.ones and len(maker.arguments) == 1:
        return 1.0
    if maker.function is np.full and len(maker.arguments) == 2:
        value = maker.arguments[1]
        return float(value) if type(value) in (float, np.float64) else None
    return None


#: Those that make programs faster too, and those that only matter to readers.
RULES = algebra.by_function(
    {
        **algebra.READABLE,
        same_number: (float, complex, int, bool),
        plain_transpose: (np.transpose, Method("transpose"), np.swapaxes, Method("swapaxes")),
        uniform: (operator.add, operator.sub, operator.mul, operator.truediv),
    }
)


def tidied(program: Any) -> Any:
    """Return a program that computes the same bits in fewer steps."""
    items = [
        item
        for item in program.items
        if not (isinstance(item, Guard) and isinstance(item.variable, Constant))
    ]
    program = without_dead_code(program.with_items(items))
    program = algebra.simplified(program, RULES)
    program = with_common_subexpressions(program)
    program = algebra.simplified(program, RULES)
    program = without_copies(program)
    return without_dead_code(algebra.simplified(program, RULES))
