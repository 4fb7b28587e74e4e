"""Kernels as the steps of their textbook formulas.

A kernel of this library is one instruction, written to be fast in NumPy. Plain formulas are faster
in C, which fuses them with what comes before and after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from inspect import unwrap
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import FLOATS, stored_type
from autograd.program.backends.c.functions import result_type
from autograd.program.instructions import Constant, Guard, Instruction, Variable
from autograd.program.passes.buffers import is_c_contiguous
from autograd.program.passes.effects import operands
from autograd.program.program import Program
from autograd.rules import softmax


class _Steps:
    """Writes the instructions of a formula.

    Parameters
    ----------
    item : Instruction
        The call of the kernel.
    shares : dict
        By the logarithms that the program has computed: exponentials, and their sums, whose
        quotients they are the logarithms of.
    """

    def __init__(self, item: Instruction, shares: dict[Variable, tuple[Any, Any]]) -> None:
        self.item = item
        self.shares = shares
        self.items: list[Instruction] = []

    def __call__(self, function: Any, *arguments: Any) -> Variable:
        """Add the call of a ufunc."""
        dtype = result_type(function, arguments)
        shapes = [_shape(x) for x in arguments if isinstance(x, (Variable, Constant))]
        return self._add(function, arguments, {}, np.broadcast_shapes(*shapes), dtype)

    def reduced(self, ufunc: Any, x: Any, axis: Any) -> Variable:
        """Add a reduction that keeps its axes with length 1."""
        axes = axis if type(axis) is tuple else (axis,)
        shape = list(_shape(x))
        for k in axes:
            shape[k] = 1
        keywords = {"axis": axis, "keepdims": True}
        return self._add(ufunc.reduce, (x,), keywords, tuple(shape), stored_type(x))

    def _add(
        self, function: Any, arguments: Any, keywords: Any, shape: tuple[int, ...], dtype: Any
    ) -> Variable:
        result = Variable(-1, np.empty((0,) * len(shape), dtype))
        result.shape = shape
        steps = np.cumprod((dtype.itemsize, *shape[:0:-1]), dtype=int).tolist()
        result.strides = tuple(steps[::-1]) if shape else ()
        item = self.item
        step = replace(
            item, function=function, arguments=arguments, keywords=keywords, result=result
        )
        self.items.append(step)
        return result


def _softmax(e: _Steps, x: Any, axis: Any = -1) -> Any:
    powers = e(np.exp, e(np.subtract, x, e.reduced(np.maximum, x, axis)))
    return e(np.divide, powers, e.reduced(np.add, powers, axis))


def _softmax_vjp(e: _Steps, g: Any, y: Any, x: Any, axis: Any = -1) -> Any:
    weighted = e(np.multiply, g, y)
    total = e.reduced(np.add, weighted, axis)
    return e(np.subtract, weighted, e(np.multiply, y, total))


def _log_softmax(e: _Steps, x: Any, axis: Any = -1) -> Any:
    shifted = e(np.subtract, x, e.reduced(np.maximum, x, axis))
    powers = e(np.exp, shifted)
    total = e.reduced(np.add, powers, axis)
    e.shares[e.item.result] = powers, total
    return e(np.subtract, shifted, e(np.log, total))


def _log_softmax_vjp(e: _Steps, g: Any, y: Any, x: Any, axis: Any = -1) -> Any:
    slopes = e.reduced(np.add, g, axis)
    if y not in e.shares:
        return e(np.subtract, g, e(np.multiply, e(np.exp, y), slopes))
    powers, total = e.shares[y]  # the total is at least 1
    return e(np.subtract, g, e(np.multiply, powers, e(np.divide, slopes, total)))


#: The formulas, by what the instructions call.
FORMULAS: dict[Any, Callable[..., Any]] = {
    softmax.softmax_of_array: _softmax,
    softmax.softmax_vjp: _softmax_vjp,
    softmax.log_softmax_of_array: _log_softmax,
    softmax.log_softmax_vjp: _log_softmax_vjp,
}
_BY_FUNCTION = {unwrap(kernel): formula for kernel, formula in FORMULAS.items()}


def with_textbook_formulas(program: Program) -> Program:
    """Return a program with the steps of their formulas in the place of kernels."""
    items: list[Any] = []
    shares: dict[Variable, tuple[Any, Any]] = {}
    for item in program.items:
        if isinstance(item, Instruction) and item.writes is not None:
            shares.clear()  # it may change the logarithms
        steps = None if isinstance(item, Guard) else _steps_of(item, shares)
        items += [item] if steps is None else steps
    return program.with_items(items)


def _steps_of(
    item: Instruction, shares: dict[Variable, tuple[Any, Any]]
) -> list[Instruction] | None:
    """Return the steps of a kernel; None for other instructions, and for unusual arrays."""
    formula, result = _BY_FUNCTION.get(item.function), item.result
    if formula is None or not isinstance(result, Variable) or result.dtype not in FLOATS:
        return None
    if not result.shape or not is_c_contiguous(result) or item.writes is not None:
        return None
    arrays = operands((item.arguments, item.keywords))
    if any(stored_type(x) != result.dtype or _shape(x) != result.shape for x in arrays):
        return None
    if not all(type(x) in (int, float, tuple) for x in item.keywords.values()):
        return None
    steps = _Steps(item, shares)
    found = formula(steps, *item.arguments, **item.keywords)
    if found.dtype != result.dtype or found.shape != result.shape:
        return None
    steps.items[-1] = replace(steps.items[-1], result=result)
    return steps.items


def _shape(x: Any) -> tuple[int, ...]:
    shape: tuple[int, ...] = x.shape if isinstance(x, Variable) else x.value.shape
    return shape
