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


def both_filled(item: Instruction, context: algebra.Context) -> Any:
    """Compute with the two numbers of which `numpy.full` and the like make both operands."""
    result = item.result
    if item.keywords or len(item.arguments) != 2 or not result.is_array or not result.shape:
        return None
    numbers = [
        np.float64(x) if type(x) in (int, float) else algebra.filled(x, context)
        for x in item.arguments
    ]
    arrays = [x for x in item.arguments if isinstance(x, Variable)]
    if not all(type(x) is np.float64 for x in numbers) or not arrays:
        return None
    if not all(algebra.is_alike(x, result) and x.dtype == np.float64 for x in arrays):
        return None
    with np.errstate(all="ignore"):
        number = float(item.function(*numbers))
    return replace(item, function=np.full, arguments=(result.shape, number))


#: Those that make programs faster too, and those that only matter to readers.
RULES = algebra.by_function(
    {
        both_filled: (operator.add, operator.sub, operator.mul),
        **algebra.READABLE,
        same_number: (float, complex, int, bool),
        plain_transpose: (np.transpose, Method("transpose"), np.swapaxes, Method("swapaxes")),
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
