"""The scalar regions of a program, and the instructions that take their place."""

from __future__ import annotations

import operator
from typing import Any

from autograd.program.backends.report import Report
from autograd.program.backends.tape.region import Region
from autograd.program.instructions import (
    Attribute,
    Guard,
    Instruction,
    Method,
    Variable,
    variables_in,
)
from autograd.program.passes.effects import Effects, is_pure, leaving
from autograd.program.program import Program


class Taped:
    """A region of a program, as a function of numbers.

    Attributes
    ----------
    run_directly : Tape
        The tape itself, which code that only runs calls.
    items : list of Instruction and Guard
        What it carries out.
    guards : int
        How many of them are guards.
    """

    __name__ = "tape"

    def __init__(self, region: Region, results: list[Variable]) -> None:
        self.run_directly = region.tape(results)
        self.items = region.items
        self.guards = len(region.guards)
        #: Whether guards may fail or errors may be raised: then it runs even if nothing uses it.
        self.may_fail = region.is_fallible

    def __call__(self, *numbers: float) -> Any:
        """Return the results."""
        return self.run_directly(*numbers)

    def __repr__(self) -> str:
        return f"<{len(self.items)} instructions on a tape>"


def with_regions(program: Program, shortest: int, report: Report) -> Program:
    """Return the program with its scalar regions as single instructions."""
    parts = _Partition(program, shortest).parts
    regions = [part for part in parts if type(part) is Region]
    if not regions:
        report.refuses("tape", "there are few operations on floats one after the other")
        return program
    used: set[Any] = {x for x in leaving(program) if type(x) is Variable}
    for part in parts:
        used.update(part.inputs if type(part) is Region else part.uses())
    items: list[Any] = []
    operations = callbacks = 0
    for part in parts:
        if type(part) is not Region:
            items.append(part)
            continue
        taped, instructions = _replaced(part, used)
        items += instructions
        operations += taped.run_directly.operations
        callbacks += taped.run_directly.callbacks
    _tell(report, parts, operations, callbacks)
    return program.with_items(items)


def _tell(report: Report, parts: list[Any], operations: int, callbacks: int) -> None:
    """Note what tapes do, and what they do not."""
    report.runs_in("tape", f"{operations:,} operations on floats")
    called = {f for part in parts if type(part) is Region for f in part.called}
    if callbacks:
        names = ", ".join(sorted(str(getattr(f, "__name__", f)) for f in called))
        report.runs_in("tape", f"{callbacks:,} of them calls of Python for {names}")
    report.is_all = all(type(part) is Region for part in parts)


def _replaced(region: Region, used: set[Any]) -> tuple[Taped, list[Instruction]]:
    """Return a region as a tape, and the instructions that take its place."""
    again: list[Instruction] = []
    wanted = {x: None for x in region.made if x in used}
    waiting = [x for x in wanted if x in region.mixed]
    while waiting:  # numbers whose type varies are computed in Python
        x = waiting.pop()
        if wanted.pop(x, 0) == 0:
            continue
        item = region.mixed[x]
        again.append(item)
        for y in item.uses():
            if y in region.made:
                wanted[y] = None
                if y in region.mixed:
                    waiting.append(y)
    results = list(wanted)
    taped = Taped(region, results)
    result: Any = results[0] if len(results) == 1 else tuple(results) or None
    call = Instruction(taped, tuple(region.inputs), {}, result, place=region.items[0].place)
    order = {item: position for position, item in enumerate(region.items)} if again else {}
    return taped, [call, *sorted(set(again), key=order.__getitem__)]


class _Partition:
    """Divides a program into regions and the instructions between them."""

    def __init__(self, program: Program, shortest: int) -> None:
        self.shortest = shortest
        #: Regions, and other instructions and guards.
        self.parts: list[Any] = []
        self._guards = 0
        self._before: list[Any] = []  # what the open region does not need
        self._region = Region()
        self._program = program
        self._effects: Effects | None = None
        #: Whether something outside has been changed: after this nothing may fail.
        self._changed = False
        items = program.items
        position = 0
        while position < len(items):
            position = self._region.take(items, position)
            if position < len(items):
                item = items[position]
                if not self._region.add(item):
                    self._other(item)
                position += 1
        self._close()

    def _other(self, item: Any) -> None:
        """Put an item that a tape cannot run before the open region, or after it."""
        made = self._region.made
        if isinstance(item, Guard):
            self._close()
            self.parts.append(item)
            self._guards += 1
            self._region = Region(self._guards)
            return
        if any(x in made for x in item.uses()) or not self._may_move(item):
            self._close()
        self._before.append(item)
        self._changed = self._changed or self._changes(item)

    def _changes(self, item: Instruction) -> bool:
        """Return whether an instruction changes something outside, or uses a generator."""
        if item.writes is None:
            return not is_pure(item)
        if self._effects is None:
            self._effects = Effects(self._program)
        return self._effects.owner(item.writes) in self._effects.outside

    def _may_move(self, item: Instruction) -> bool:
        """Return whether an instruction may run before the open region, which it does not need."""
        if not is_pure(item):
            return False
        return not self._region.is_fallible or _is_silent(item)

    def _close(self) -> None:
        """End the open region, and begin another one."""
        region = self._region
        self.parts += self._before
        if region.native >= self.shortest and not (self._changed and region.is_fallible):
            self.parts.append(region)
        else:
            self.parts += region.items
        self._guards += len(region.guards)
        self._before = []
        self._region = Region(self._guards)


def _is_silent(item: Instruction) -> bool:
    """Return whether an instruction cannot raise an error or warn: it only takes elements."""
    if item.function is operator.getitem:
        return not any(True for _ in variables_in(item.arguments[1:]))
    return isinstance(item.function, (Method, Attribute)) and item.name in ("tolist", "item", "T")
