"""Leave out instructions whose results nothing uses."""

from __future__ import annotations

from typing import Any

from autograd.program.instructions import Guard
from autograd.program.passes.effects import Effects, is_pure, leaving, reads
from autograd.program.program import Program


def without_dead_code(program: Program) -> Program:
    """Return the program without instructions whose results nothing uses.

    A write in place is used if the memory is read later, is returned or stored, or belongs to an
    input or a constant.
    """
    effects = Effects(program)
    used: set[Any] = set(leaving(program))
    memory = effects.outside | {effects.owner(x) for x in used}
    kept: list[Any] = []
    for item in reversed(program.items):
        if isinstance(item, Guard):
            needed = True
        elif item.writes is not None:
            needed = effects.owner(item.writes) in memory
        else:
            needed = not is_pure(item) or not used.isdisjoint(item.makes())
        if needed:
            kept.append(item)
            for x in reads(item):
                used.add(x)
                memory.add(effects.owner(x))
    kept.reverse()
    return program if len(kept) == len(program.items) else program.with_items(kept)
