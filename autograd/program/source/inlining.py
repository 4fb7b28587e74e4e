"""Which instructions may be written as part of the only instruction that uses their result."""

from __future__ import annotations

import operator
from typing import Any

from autograd.program.instructions import Instruction, Variable
from autograd.program.passes.effects import Effects, is_pure, leaving, reads
from autograd.program.source.idioms import updating

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
        if not isinstance(x, Variable) or x in kept:
            continue
        users = uses.get(x, [])
        if len({*users}) != 1:
            continue
        user = users[0]
        once = len(users) == 1 and not _is_target(program, user, x)
        if not is_pure(item) or not (once or _is_updated(program, user, x, item, users)):
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


def _is_updated(program: Any, position: int, x: Any, item: Instruction, users: Any) -> bool:
    """Return whether a view is only made to change it in place, as in ``x[1:] += y``."""
    if position >= len(program.items) or item.function is not operator.getitem:
        return False
    user = program.items[position]
    if x.root is x or user.writes is not x or updating(user) is None or user.arguments[0] is not x:
        return False
    return len(users) == (2 if user.keywords else 1)


def _is_target(program: Any, position: int, x: Variable) -> bool:
    return position < len(program.items) and program.items[position].writes is x


def _is_quiet(program: Any, position: int) -> bool:
    return position < len(program.items) and getattr(program.items[position], "quiet", False)
