"""Rows that are carried out tile by tile, in one piece or in blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.program.backends.c.division import joined, start_of
from autograd.program.backends.c.dtypes import TYPES
from autograd.program.backends.c.nests import REDUCED
from autograd.program.backends.c.numbers import suffix
from autograd.program.backends.c.plan import TILE


class LongRow:
    """Writes the loop over the tiles of a row.

    Parameters
    ----------
    writer : NestWriter
        Writes the nest.
    """

    def __init__(self, writer: Any) -> None:
        self.writer = writer

    def tiles(self) -> list[str]:
        """Return the loop over the tiles of a long row, or of a block of it."""
        before, inside, after = [], [], []
        for loop in self.writer.plan.loops:
            inside += ["    " + line for line in self.writer.loop(loop, "m")]
        for step in self._sums():
            before += self._summing(step)
            if self.writer.of_tiles:
                after.append(f"*{self.writer.blocks_of(step)} = {self._total(step)};")
            else:
                after += self._summed(step)
        begin, end = ("from", "to") if self.writer.of_tiles else ("0", str(self.writer.nest.length))
        head = [
            f"for (long o = {begin}; o < {end}; o += {TILE}) {{",
            f"    const long m = {end} - o < {TILE} ? {end} - o : {TILE};",
        ]
        pointers = ["    " + line for line in self.writer.pointers("o")]
        return [*before, *head, *pointers, *inside, "}", *after]

    def end(self) -> list[str]:
        """Return what is done after all blocks of a row, from the first one to the last."""
        lines = ["const long row = 0;"]
        for step in self._sums():
            x, value = self.writer.name_of(step.result), f"{self.writer.blocks_of(step)}[b]"
            lines += self._summing(step)
            added = joined(step, x, value)
            if has_parts(step):
                added = f"part_{suffix(step.dtype)}({x}_parts, {x}_count++, {value});"
            lines += [f"for (long b = from; b < to; b++) {added}", *self._summed(step)]
        return [*lines, *self.writer.stages()]

    def _sums(self) -> list[Any]:
        """Return what is reduced along rows."""
        return [s for s in self.writer.plan.steps if self.writer.plan.levels[s.result] == REDUCED]

    def _summing(self, step: Any) -> list[str]:
        """Return the lines that define what a reduction of a long row has found so far."""
        x = self.writer.name_of(step.result)
        if has_parts(step):
            return [f"{TYPES[step.dtype]} {x}_parts[64];", f"long {x}_count = 0;"]
        return [f"{TYPES[step.dtype]} {x} = {start_of(step)};"]

    def _total(self, step: Any) -> str:
        """Return what a reduction of a long row has found."""
        x: str = self.writer.name_of(step.result)
        if has_parts(step):
            return f"total_{suffix(step.dtype)}({x}_parts, {x}_count)"
        return x

    def _summed(self, step: Any) -> list[str]:
        """Return the lines that define and store the result of a reduction of a long row."""
        x = self.writer.name_of(step.result)
        defined = []
        if has_parts(step):
            defined = [f"const {TYPES[step.dtype]} {x} = {self._total(step)};"]
        return [*defined, *self.writer.stored(step)]


def has_parts(step: Any) -> bool:
    """Return whether the sums of tiles are added by halves."""
    return step.ufunc is np.add and step.dtype.kind == "f"
