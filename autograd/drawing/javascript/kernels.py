"""What kernels and primitives compute, in place of their calls, where a page lacks them."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import AutogradError
from autograd.program import Program
from autograd.program.environment import Environment
from autograd.program.instructions import (
    Constant,
    Guard,
    Instruction,
    Variable,
    dtype_of,
    shape_of,
    substituted,
)
from autograd.program.interpreting import Run
from autograd.program.tracing import record
from autograd.rules.kernel import is_kernel, looking_inside


def opened(program: Program, inputs: Any, knows: Callable[[Any], bool]) -> Program:
    """Return a program in which kernels that the page does not know are what they compute.

    A kernel is plain NumPy, and a program calls it without looking inside, as it calls what is also
    written in C. Here each is recorded
    with the arrays that it gets for some inputs. One that chooses a formula by its numbers stays as
    it is: other inputs may need the other formula.
    """

    def is_opened(item: Any) -> bool:
        is_call = isinstance(item, Instruction) and item.writes is None
        return is_call and _is_python(item) and not knows(item.function)

    if not any(map(is_opened, program.items)):
        return program
    made = [x for item in program.items if isinstance(item, Instruction) for x in item.makes()]
    count = 1 + max((x.number for x in [*program.inputs, *made]), default=0)
    run = Run(program, inputs)
    items: list[Any] = []
    for item, _ in run.steps():
        inside = _body(item, run, knows) if is_opened(item) else None
        if inside is None:
            items.append(item)
            continue
        renumbered = _in_place_of(item, inside, count)
        count += len(renumbered)
        items += renumbered
    return program.with_items(items)


def _is_python(item: Instruction) -> bool:
    """Return whether a kernel is called, or what a primitive computes in Python."""
    if is_kernel(item.function):
        return True
    primitive, is_function = item.primitive, isinstance(item.function, types.FunctionType)
    return is_function and primitive is not None and item.function is primitive.function


def _body(item: Instruction, run: Run, knows: Callable[[Any], bool]) -> Program | None:
    """Record what a kernel does with its arguments; None if that depends on their numbers."""
    given = list(dict.fromkeys(item.uses()))

    def call(*numbers: Any) -> Any:
        values = dict(zip(given, numbers, strict=True))
        find = lambda x: x.value if isinstance(x, Constant) else values[x]  # noqa: E731 - local
        return item.function(*substituted(item.arguments, find), **substituted(item.keywords, find))

    numbers = tuple(map(run.of, given))
    try:
        with np.errstate(all="ignore"), looking_inside(lambda function: not knows(function)):
            recording = record(call, numbers, {}, Environment(lambda: None), isolated=True)
    except (AutogradError, ArithmeticError, ValueError, TypeError):
        return None
    program = recording.program
    by_data = [
        each
        for each in program.items
        if isinstance(each, Guard) and each.convert not in (shape_of, dtype_of)
    ]
    if by_data or len(program.inputs) != len(given):
        return None
    return program


def _in_place_of(item: Instruction, inside: Program, count: int) -> list[Any]:
    """Return the instructions of a kernel with the variables of the program that called it."""
    names: dict[Any, Any] = dict(zip(inside.inputs, dict.fromkeys(item.uses()), strict=True))

    def renamed(x: Any) -> Any:
        return names.get(x, x)

    items: list[Any] = []
    for each in inside.items:
        if isinstance(each, Guard):
            continue  # of a shape: that is fixed
        for x in each.makes():
            names[x] = new = copy.copy(x)
            new.number = count + len(names)
            new.root = new if x.root is x else names[x.root]
        items.append(
            Instruction(
                each.function,
                substituted(each.arguments, renamed),
                substituted(each.keywords, renamed),
                substituted(each.result, renamed),
                None if each.writes is None else renamed(each.writes),
                item.place,
                item.scope,
                item.quiet,
            )
        )
    results: list[Any] = []
    substituted(item.result, results.append)
    outputs = inside.output if isinstance(inside.output, (tuple, list)) else (inside.output,)
    found = [x for x in outputs if isinstance(x, (Variable, Constant))]
    for result, x in zip(results, found, strict=True):
        items.append(Instruction(np.copy, (renamed(x),), {}, result))
    return items
