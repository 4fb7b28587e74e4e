"""Leave out what changes nothing, as far as that makes a program easier to read."""

from __future__ import annotations

from typing import Any

from autograd.program.instructions import Constant, Guard, Instruction, Variable
from autograd.program.passes import algebra
from autograd.program.passes.common import with_common_subexpressions
from autograd.program.passes.copies import without_copies
from autograd.program.passes.dead_code import without_dead_code

#: Rules that make programs faster, but no easier to read.
_FASTER = (algebra.direct_reduction, algebra.direct_mean)


def same_number(item: Instruction, context: algebra.Context) -> Any:
    """Leave out the conversion of a number of Python to its own type."""
    if item.function in (float, complex, int, bool) and len(item.arguments) == 1:
        x = item.arguments[0]
        return x if isinstance(x, Variable) and x.kind is item.function else None
    return None


#: The others, and those that only matter to readers.
RULES = (*[rule for rule in algebra.RULES if rule not in _FASTER], same_number)


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
