"""Elementwise regions of a program as kernels that the library of the arrays compiles.

Each call of a function of NumPy is a kernel of its own on a device: it reads its operands from
memory and writes its result there. A region reads what comes from elsewhere, and writes what is
used elsewhere. Reductions and products are left to the library, which has its own kernels for them.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autograd.program.backends.c.formulas import Elementwise
from autograd.program.backends.c.functions import elementwise
from autograd.program.backends.device.cuda import OPTIONS, PREAMBLE, Body, body_of
from autograd.program.instructions import Constant, Guard, Instruction, Variable
from autograd.program.passes.effects import is_pure, reads
from autograd.program.passes.tiles import Schedule
from autograd.program.passes.uses import Uses
from autograd.program.program import Program

#: What the report calls this.
REPORTED = "fused kernels"

#: The fewest and the most instructions of a kernel, and the most arrays that it reads and writes.
FEWEST, LARGEST, ARRAYS = 2, 60, 24


def compiler_of(home: Any) -> Any:
    """Return what compiles elementwise kernels in the library of an array; None if nothing does."""
    for name in (type(home).__module__, type(home).__module__.partition(".")[0]):
        found = getattr(sys.modules.get(name), "ElementwiseKernel", None)
        if found is not None:
            return found
    return None


class DeviceKernel:
    """Carries out a region.

    Attributes
    ----------
    body : Body
        What it computes.
    """

    __name__ = "kernel"

    def __init__(self, compiler: Any, body: Body) -> None:
        self.body = body
        self._run = compiler(
            body.inputs, body.outputs, body.text, "chainrule", preamble=PREAMBLE, options=OPTIONS
        )

    def __call__(self, *inputs: Any) -> Any:
        """Return the results."""
        found = self._run(*inputs)
        return tuple(found) if isinstance(found, (tuple, list)) else (found,)


def with_device_kernels(program: Program, placing: Any, report: Any) -> Program:
    """Return the program with kernels in place of elementwise regions."""
    compiler = compiler_of(placing.home)
    if compiler is None:
        library = type(placing.home).__module__
        report.refuses(REPORTED, f"{library} has no ElementwiseKernel to compile them")
        return program
    return _Regions(program, placing.there, compiler, report).program()


class _Regions:
    """The elementwise regions of a program."""

    def __init__(self, given: Program, there: set[Any], compiler: Any, report: Any) -> None:
        self.given, self.there, self.compiler, self.report = given, there, compiler, report
        self.used = Uses(given)
        self.formulas: dict[Any, Elementwise] = {}

    def program(self) -> Program:
        """Return the program with kernels."""
        kinds = [self._kind(item) for item in self.given.items]
        items: list[Any] = []
        count = fused = 0
        for group in Schedule(self.given, kinds, sums_end=False).groups():
            for part in self._parts(group) if kinds[group[0]] else [group]:
                chosen = [self.given.items[k] for k in part]
                if kinds[part[0]] is None or len(chosen) < FEWEST:
                    items += chosen
                    continue
                items.append(self._fused(chosen, set(part)))
                count, fused = count + 1, fused + len(chosen)
        if count:
            kernels = f"{count} kernel{'s' * (count != 1)}"
            self.report.runs_in(REPORTED, f"{fused} instructions in {kernels}")
        return self.given.with_items(items)

    def _kind(self, item: Any) -> Any:
        """Return what the items of one region have in common; None for other items."""
        if isinstance(item, Guard) or item.writes is not None or not is_pure(item):
            return None
        x = item.result
        if not isinstance(x, Variable) or x not in self.there or x.dtype is None:
            return None
        if (x.is_array and x.root is not x) or 0 in x.shape:
            return None
        formula = elementwise(item)
        if formula is None or formula.formula.definition is not None:
            return None
        arrays = [y for y in formula.operands if isinstance(y, (Variable, Constant))]
        if any(y not in self.there and shape_of(y) != () for y in arrays):
            return None
        if np.broadcast_shapes(*map(shape_of, arrays)) != x.shape:
            return None
        self.formulas[item.result] = formula
        return ("fused", x.shape)

    def _parts(self, group: list[int]) -> list[list[int]]:
        """Return a group in parts that are small enough for one kernel."""
        chosen = [self.given.items[k] for k in group]
        inputs, results = self._ends(chosen, set(group))
        if len(group) <= FEWEST or (len(group) <= LARGEST and len(inputs) + len(results) <= ARRAYS):
            return [group]
        middle = len(group) // 2
        return [*self._parts(group[:middle]), *self._parts(group[middle:])]

    def _ends(self, chosen: list[Instruction], inside: set[int]) -> tuple[list[Any], list[Any]]:
        """Return what a region reads from elsewhere, and what is used elsewhere."""
        made = {item.result for item in chosen}
        inputs = dict.fromkeys(x for item in chosen for x in reads(item) if x not in made)
        results = [item.result for item in chosen if self.used.outside(item.result, inside)]
        return list(inputs), results

    def _fused(self, chosen: list[Instruction], inside: set[int]) -> Instruction:
        inputs, results = self._ends(chosen, inside)
        steps = [(item.result, self.formulas[item.result]) for item in chosen]
        needed = {y for _, formula in steps for y in formula.operands if not is_number(y)}
        inputs = [x for x in inputs if x in needed]
        kernel = DeviceKernel(self.compiler, body_of(steps, inputs, results))
        first = chosen[0]
        return Instruction(
            kernel, tuple(inputs), {}, tuple(results), None, first.place, first.scope, first.quiet
        )


def is_number(x: Any) -> bool:
    """Return whether an operand is neither a variable nor a constant."""
    return not isinstance(x, (Variable, Constant))


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of a variable or constant."""
    shape: tuple[int, ...] = x.value.shape if isinstance(x, Constant) else x.shape
    return shape
