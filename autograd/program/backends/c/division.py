"""The loop of a nest in blocks, which several threads can carry out.

Blocks depend on shapes only, and what they sum is added in order, so that results do not depend on
the number of threads. A long row is cut where the sum of a row in one piece adds two halves too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import TYPES
from autograd.program.backends.c.nests import ACCUMULATED, REDUCED
from autograd.program.backends.c.numbers import suffix
from autograd.program.backends.c.plan import TILE, Plan
from autograd.program.backends.c.preamble import ZERO
from autograd.program.backends.c.steps import REDUCTIONS

#: What sums and maxima start with, by the ufunc.
STARTS = {np.add: ZERO, np.maximum: "-INFINITY", np.minimum: "INFINITY"}

#: Threads begin for loops with so many elements that are computed: they need some 50 µs.
WORTH = 1 << 18

#: So many blocks of rows sum by themselves, if each has so many rows.
BLOCKS, ROWS = 8, 8

#: The sums of all blocks are so much smaller than what is summed.
SMALLER = 8


@dataclass(frozen=True)
class Division:
    """How a loop is divided.

    Attributes
    ----------
    of_tiles : bool
        Whether it is the loop over the tiles of one long row, and not the outermost one over rows.
    length : int
        How often the loop runs: for rows, or elements.
    blocks : int
        The number of blocks.
    sums : list of Reduction
        What each block computes by itself.
    """

    of_tiles: bool
    length: int
    blocks: int
    sums: list[Any]

    def bounds(self, block: str) -> str:
        """Return where a block begins and ends, as two arguments."""
        if self.of_tiles:
            size = TILE << _tiles_of(self.length)
            return f"{block} * {size}, SMALLER({block} * {size} + {size}, {self.length})"
        if self.blocks == 1:
            return f"0, {self.length}"
        ends = (f"{number} * {self.length} / {self.blocks}" for number in (block, f"({block} + 1)"))
        return ", ".join(ends)


def _work(plan: Plan) -> int:
    """Return how many elements a nest computes."""
    return math.prod(plan.nest.shape) * len(plan.steps)


def _tiles_of(length: int) -> int:
    """Return the logarithm of the number of tiles in a block of a long row."""
    return max((length // TILE).bit_length() - 5, 0)


def division_of_tiles(plan: Plan, threads: int) -> Division | None:
    """Return how one long row is divided; None if it is not."""
    if threads < 2 or not plan.is_long or plan.nest.split or _work(plan) < WORTH:
        return None
    sums = [step for step in plan.steps if plan.levels[step.result] == REDUCED]
    length = plan.nest.length
    return Division(True, length, -(-length // (TILE << _tiles_of(length))), sums)


def division_of_rows(plan: Plan, length: int, threads: int) -> Division | None:
    """Return how the outermost loop over rows is divided; None if it is not.

    Parameters
    ----------
    plan : Plan
        What the nest computes.
    length : int
        How often the loop runs.
    threads : int
        The number of threads; 0 to divide nothing.
    """
    if not threads or _work(plan) < WORTH:
        return None
    sums = [step for step in plan.steps if plan.levels[step.result] == ACCUMULATED]
    if not sums:
        return Division(False, length, min(threads, length), sums) if threads > 1 else None
    if length < BLOCKS * ROWS:
        return None
    size = sum(summed_size(plan, step) for step in sums)
    if size * BLOCKS * SMALLER > math.prod(plan.nest.shape):
        return None
    return Division(False, length, BLOCKS, sums)


def summed_size(plan: Plan, step: Any) -> int:
    """Return how many elements a sum has that is added to while a nest runs."""
    kept = [n for axis, n in enumerate(plan.nest.shape) if axis not in step.axes]
    return math.prod(kept)


def start_of(step: Any) -> str:
    """Return what a reduction starts with."""
    return STARTS[step.ufunc] if step.dtype.kind == "f" else "0"


def joined(step: Any, target: str, value: str) -> str:
    """Return the statement that adds a value to what has been reduced so far."""
    if step.ufunc is np.add:
        return f"{target} += {value};"
    name = REDUCTIONS[step.ufunc]
    return f"{target} = {name}_of_two_{suffix(step.dtype)}({target}, {value});"


def blocks_joined(division: Division, step: Any, size: int, to: str, blocks: str) -> str:
    """Return the statements that add up the sums of all blocks, one after the other."""
    kind = TYPES[step.dtype]
    return (
        f"for (long k = 0; k < {size}; k++) {{ {kind} found = {start_of(step)}; "
        f"for (long b = 0; b < {division.blocks}; b++) "
        f"{joined(step, 'found', f'({blocks})[b * {size} + k]')} {to}[k] = found; }}"
    )
