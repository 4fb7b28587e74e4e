"""Which results are used once, so that they can be written where they are used."""

from __future__ import annotations

from typing import Any

from autograd.program.instructions import Instruction, Variable
from autograd.program.passes.effects import Effects, has_memory, is_pure, leaving, reads
from autograd.program.program import Program

#: The most calls in one expression.
CALLS = 6


def inlinable(program: Program, effects: Effects) -> set[Variable]:
    """Return the variables that can be written as expressions in the one place that uses them.

    Nothing that the expression reads is written to before it is used, and it is not written to
    itself.
    """
    uses: dict[Any, list[int]] = {}
    for position, item in enumerate(program.items):
        for x in reads(item):
            uses.setdefault(x, []).append(position)
    for x in leaving(program):
        uses.setdefault(x, []).extend((-1, -1))
    found: dict[Variable, tuple[Any, int]] = {}
    for position, item in enumerate(program.items):
        if not isinstance(item, Instruction) or not is_pure(item):
            continue
        result = item.result
        if not isinstance(result, Variable) or len(uses.get(result, ())) != 1:
            continue
        use = uses[result][0]
        user = program.items[use]
        if user.writes is result:
            continue
        if isinstance(user, Instruction) and user.quiet != item.quiet:
            continue
        needed: list[Any] = []
        calls = 1
        for x in reads(item):
            inner, count = found.get(x, ((x,) if has_memory(x) else (), 0))
            needed += inner
            calls += count
        if calls <= CALLS and not any(effects.is_changed(x, position, use - 1) for x in needed):
            found[result] = (needed, calls)
    return set(found)
