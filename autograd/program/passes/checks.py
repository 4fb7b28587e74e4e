"""Check before anything is changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.program.instructions import Guard, Variable
from autograd.program.passes.dead_code import may_raise
from autograd.program.passes.effects import Effects, has_memory, is_pure, reads
from autograd.program.program import Program

#: Functions that raise for some numbers, which is to happen before anything is changed.
RAISING = frozenset((np.ravel_multi_index,))


def with_checks_first(program: Program) -> Program:
    """Move what may fail and depends on inputs alone before the first change outside.

    So there is nothing to undo if they fail.
    """
    changed = [item.writes for item in program.items if item.writes is not None]
    if not changed or not all(isinstance(x, Variable) for x in changed):
        return program
    effects = Effects(program)
    start = first_change(program, effects)
    if start is None:
        return program
    roots = {x.root for x in changed}
    changes_arrays = any(x.is_array for x in roots & effects.outside)
    moved: set[int] = set()
    for position in range(start, len(program.items)):
        item = program.items[position]
        if _is_check(item):
            needed = _needed(program, item, effects, roots)
            if changes_arrays and needed is not None:
                needed = None if _reads_outside(program, {*needed, position}, effects) else needed
            if needed is not None:
                moved |= {i for i in (*needed, position) if i >= start}
    if not moved:
        return program
    items = program.items
    first = [items[i] for i in sorted(moved)]
    rest = [items[i] for i in range(start, len(items)) if i not in moved]
    return program.with_items([*items[:start], *first, *rest])


def _is_check(item: Any) -> bool:
    """Return whether a guard may fail, or an error may be raised, and nothing else happens."""
    if isinstance(item, Guard) or item.function in RAISING:
        return True
    return may_raise(item, of_values=True) and item.writes is None and is_pure(item)


def first_change(program: Program, effects: Effects) -> int | None:
    """Return the position of the first change of something outside; None if there is none."""
    for position, item in enumerate(program.items):
        if item.writes is not None and effects.owner(item.writes) in effects.outside:
            return position
    return None


def _reads_outside(program: Program, positions: set[int], effects: Effects) -> bool:
    """Return whether items read arrays from outside, which may share memory with those changed.

    Two arguments may be the same array, or views of one, also with different types.
    """
    return any(
        effects.owner(x) in effects.outside and has_memory(x)
        for position in positions
        for x in reads(program.items[position])
    )


def _needed(program: Program, item: Any, effects: Effects, changed: set[Any]) -> Any:
    """Return the positions of what an item depends on; None if that is changed in place."""
    found: set[int] = set()
    waiting = list(item.uses())
    while waiting:
        variable = waiting.pop()
        if variable.root in changed:
            return None
        position = effects.made.get(variable)
        if position is None or position in found:
            continue
        found.add(position)
        if not is_pure(program.items[position]):
            return None
        waiting += program.items[position].uses()
    return found
