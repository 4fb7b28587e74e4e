"""Which instructions may be written as part of the only instruction that uses their result."""

from __future__ import annotations

from typing import Any

from autograd.program.instructions import Instruction, Variable
from autograd.program.passes.effects import Effects, is_pure, leaving, reads

#: An expression that needs more than this does not fit on a line.
LONGEST = 16


def inlinable(program: Any, kept: Any) -> dict[Variable, int]:
    """Return the variables that may be inlined, with the position of the item that uses each.

    Nothing that an expression reads is written to before it is used, and it is not written to
    itself.

    Parameters
    ----------
    program : Program
        The program.
    kept : container of Variable
        What is to have a statement of its own.

    Returns
    -------
    dict
        For results, the position is the number of items.
    """
    effects = Effects(program)
    uses: dict[Any, list[int]] = {}
    for position, item in enumerate(program.items):
        for x in reads(item):
            uses.setdefault(x, []).append(position)
    for x in leaving(program):
        uses.setdefault(x, []).append(len(program.items))
    needed: dict[Variable, list[tuple[Any, int]]] = {}
    found: dict[Variable, int] = {}
    for position, item in enumerate(program.items):
        x = item.result if isinstance(item, Instruction) else None
        if not isinstance(x, Variable) or len(uses.get(x, ())) != 1 or x in kept:
            continue
        (user,) = uses[x]
        if not is_pure(item) or _is_target(program, user, x):
            continue
        needed[x] = [(x, position)] + [
            pair for y in reads(item) for pair in (needed[y] if y in found else [(y, position)])
        ]
        if len(needed[x]) > LONGEST:
            continue
        if any(effects.is_changed(y, since, user - 1) for y, since in needed[x]):
            continue
        if _is_quiet(program, user) is item.quiet:
            found[x] = user
    return found


def _is_target(program: Any, position: int, x: Variable) -> bool:
    return position < len(program.items) and program.items[position].writes is x


def _is_quiet(program: Any, position: int) -> bool:
    return position < len(program.items) and getattr(program.items[position], "quiet", False)
