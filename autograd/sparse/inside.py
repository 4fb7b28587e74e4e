"""Programs of single functions that have no rule for their pattern."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from autograd.program import Program, trace
from autograd.program.instructions import Constant, Variable, substituted
from autograd.program.passes.effects import root
from autograd.sparse.operands import Operand, Step, Unknown

#: Types of numbers that are inputs of programs.
_INPUTS = (np.ndarray, float, complex, np.floating, np.complexfloating)


def traced_inside(step: Step) -> tuple[Program, list[Operand]]:
    """Return the program of a function of Python, and its inputs; raise `Unknown` if there is none.

    The function is called with any numbers for what is not known, so they must not decide anything.
    """
    if not isinstance(step.function, types.FunctionType):
        raise Unknown
    random = np.random.default_rng(0)
    inputs: list[Operand] = []

    def value(operand: Operand) -> Any:
        found = operand.value if operand.known else _any(operand, random)
        if isinstance(found, _INPUTS):
            inputs.append(operand)
        return found

    kinds = frozenset((Operand,))
    arguments = substituted(step.arguments, value, kinds)
    keywords = substituted(step.keywords, value, kinds)
    try:
        with np.errstate(all="ignore"):
            program = trace(step.function)(*arguments, **keywords)
    except Exception:
        raise Unknown from None
    written = {root(item.writes) for item in program.instructions if item.writes is not None}
    outside = written.intersection(program.inputs) or any(isinstance(x, Constant) for x in written)
    if program.guards or outside or program.stores or len(program.inputs) != len(inputs):
        raise Unknown
    return program, inputs


def _any(operand: Operand, random: Any) -> Any:
    """Return numbers of the type and shape of an operand."""
    x = operand.variable
    if not isinstance(x, Variable) or not issubclass(x.kind, _INPUTS):
        raise Unknown
    numbers = random.uniform(0.5, 1.5, x.shape)
    if x.dtype is None:
        return x.kind(numbers)
    if x.dtype.kind not in "fc":
        raise Unknown
    found = np.asarray(numbers, x.dtype)
    return found if x.is_array else found[()]
