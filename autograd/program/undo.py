"""Restoring what a program has changed outside, if a guard fails after that."""

from __future__ import annotations

from typing import Any

from autograd.program.fast_code import RunNames
from autograd.program.instructions import Guard, Instruction
from autograd.program.passes.dead_code import may_raise
from autograd.program.passes.effects import Effects, is_generator, is_pure, operands, root
from autograd.program.program import Program


class Undo:
    """What restores arrays and generators from outside, if a guard fails after they changed."""

    def __init__(self, program: Program, effects: Effects, names: RunNames) -> None:
        self.effects, self.names = effects, names
        #: The position of the last item that may fail.
        self.last_check = max(
            (
                i
                for i, item in enumerate(program.items)
                if isinstance(item, Guard) or may_raise(item, of_values=True)
            ),
            default=-1,
        )
        self.saved: dict[Any, str] = {}
        self.restores: list[str] = []

    def saving(self, position: int, item: Instruction) -> list[str]:
        """Return the lines that save what an instruction is going to change."""
        if position >= self.last_check:
            return []
        lines = []
        for x in self._changed(item):
            if x in self.saved:
                continue
            name = self.names.of(x)
            before = self.saved[x] = self.names.new(f"before_{name}")
            if is_generator(x):
                lines.append(f"{before} = {name}.bit_generator.state")
                self.restores.append(f"{name}.bit_generator.state = {before}")
            else:
                lines.append(f"{before} = {name}.copy()")
                self.restores.append(f"{name}[...] = {before}")
        return lines

    def _changed(self, item: Instruction) -> list[Any]:
        if item.writes is not None:
            changed = root(item.writes)
            return [changed] if self.effects.owner(changed) in self.effects.outside else []
        if is_pure(item):
            return []
        found = [x for x in operands(item.arguments) if is_generator(x)]
        return [x for x in found if self.effects.owner(x) in self.effects.outside]

    def before(self) -> str:
        """Return the statements that restore everything, from the last change to the first.

        Two arguments may share memory: what was saved later has the earlier change in it.
        """
        return "".join(f"{line}; " for line in reversed(self.restores))
