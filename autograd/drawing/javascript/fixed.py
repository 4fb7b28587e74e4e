"""What a program computes without its inputs, computed once."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.program import Program
from autograd.program.instructions import Constant, Instruction, Variable, substituted
from autograd.program.passes.effects import is_pure, reads, rebuilt


def with_fixed_values(program: Program) -> Program:
    """Return a program with constants in place of what does not depend on its inputs.

    Such are the indices that a loss computes from the classes of its examples.
    """
    written = {item.writes.root for item in program.items if isinstance(item.writes, Variable)}
    known: dict[Any, Any] = {}
    items: list[Any] = []

    def value_of(x: Any) -> Any:
        return x.value if isinstance(x, Constant) else known[x].value

    for item in program.items:
        variables = [x for x in reads(item) if isinstance(x, Variable)]
        if any(x not in known for x in variables):
            items.append(item)
        elif isinstance(item, Instruction):
            value = None if _has_effects(item, written) else _value(item, value_of)
            if value is None:
                items.append(item)
            else:
                known[item.result] = Constant(-1 - len(known), value)
    return rebuilt(program, known, items)


def _has_effects(item: Instruction, written: set[Any]) -> bool:
    result = item.result
    return not is_pure(item) or type(result) is not Variable or result.root in written


def _value(item: Instruction, value_of: Any) -> Any:
    """Return what an instruction computes as an array of numbers; None if it is something else."""
    arguments = substituted(item.arguments, value_of)
    with np.errstate(all="ignore"):
        found = np.asarray(item.function(*arguments, **substituted(item.keywords, value_of)))
    return found.copy() if found.dtype.kind in "fbiu" else None
