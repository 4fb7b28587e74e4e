"""Compute elementwise regions tile by tile, so that what is between stays in the cache.

A region of ten instructions on large arrays reads and writes memory ten times. Here it is carried
out for some thousand elements after the other, and only what is used elsewhere is written to large
arrays. A sum of all elements adds the sums of tiles in the order in which NumPy adds them: it
halves an array until 128 elements are left, so the tiles are parts that it comes to.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Guard, Instruction, Variable
from autograd.program.passes.buffers import is_c_contiguous
from autograd.program.passes.effects import (
    Effects,
    copied,
    is_fresh,
    is_pure,
    operands,
    reads,
    rebuilt,
)
from autograd.program.passes.tiled import Tiled, numpy_adds_halves
from autograd.program.passes.uses import Uses
from autograd.program.program import Program
from autograd.program.ufuncs import is_elementwise, is_reduction
from autograd.rules.kernel import is_elementwise as is_elementwise_kernel
from autograd.rules.kernel import is_tiled

#: Regions of smaller arrays fit into the cache as a whole, in bytes.
LEAST = 1 << 18


def with_tiles(program: Program) -> Program:
    """Return the program with elementwise regions of large arrays carried out in tiles."""
    program = with_own_memory(program)
    kinds = [_kind(item) for item in program.items]
    if not any(kinds):
        return program
    order = Schedule(program, kinds)
    items: list[Any] = []
    used = Uses(program)
    for group in order.groups():
        chosen = [program.items[i] for i in group]
        if kinds[group[0]] is None or (len(group) == 1 and not is_tiled(chosen[0].function)):
            items.extend(chosen)
        else:
            items.append(_region(chosen, kinds[group[0]], used, set(group)))
    return program.with_items(items)


def with_own_memory(program: Program) -> Program:
    """Return the program with results of kernels that are not views, though they may be arguments.

    In a region, they are copied where they are used elsewhere.
    """
    effects = Effects(program)
    replaced: dict[Any, Any] = {}
    for item in program.instructions:
        x = item.result
        if not isinstance(x, Variable) or x.root is x or effects.writes_to(x):
            continue
        if is_elementwise_kernel(item.function):
            replaced[x] = copied(x)
            replaced[x].root = replaced[x]
    return rebuilt(program, replaced, program.items)


def _kind(item: Any) -> Any:
    """Return what the items of one region have in common; None for other items."""
    if isinstance(item, Guard) or item.writes is not None or not isinstance(item.result, Variable):
        return None
    if not is_pure(item):
        return None
    if is_reduction(item):
        return _kind_of_reduction(item)
    result = item.result
    if not result.is_array or not result.shape or result.root is not result:
        return None
    calls_kernel = is_elementwise_kernel(item.function) and not item.keywords
    if not calls_kernel and not (
        is_fresh(item, result) and (is_elementwise(item) or _selects(item))
    ):
        return None
    if not is_c_contiguous(result) or math.prod(result.shape) * 4 < LEAST:
        return None
    for x in operands(item.arguments):
        if _shape(x) != () and (_shape(x) != result.shape or not _is_contiguous(x)):
            return None
    return ("flat", result.shape, item.quiet)


def _kind_of_reduction(item: Instruction) -> Any:
    x = item.arguments[0]
    shape = _shape(x)
    sums_all = item.function == np.add.reduce and item.keywords == {"axis": None}
    dtype = x.value.dtype if isinstance(x, Constant) else x.dtype
    if not sums_all or dtype not in (np.float32, np.float64) or item.result.is_array:
        return None
    if math.prod(shape) * 4 < LEAST or not _is_contiguous(x) or not numpy_adds_halves():
        return None
    return ("flat", shape, item.quiet)


def _is_contiguous(x: Any) -> bool:
    """Return whether an array is one piece of memory, or can be cut as if it were."""
    if len(_shape(x)) == 1:
        return True
    return bool(x.value.flags.c_contiguous) if isinstance(x, Constant) else is_c_contiguous(x)


def _selects(item: Instruction) -> bool:
    return item.function is np.where and len(item.arguments) == 3 and not item.keywords


def _shape(x: Any) -> Any:
    return x.value.shape if isinstance(x, Constant) else x.shape


def _region(items: list[Instruction], kind: Any, used: Uses, group: set[int]) -> Instruction:
    """Return one instruction that does what these do."""
    made = {item.result for item in items}
    inputs = list(dict.fromkeys(x for item in items for x in reads(item) if x not in made))
    results = [item.result for item in items if used.outside(item.result, group)]
    tiled = Tiled(items, inputs, results, kind[1])
    return Instruction(
        tiled, tuple(inputs), {}, tuple(results), None, items[0].place, items[0].scope, kind[2]
    )


class Schedule:
    """An order of the items of a program in which those of one region follow each other.

    Parameters
    ----------
    program : Program
        The program.
    kinds : list
        For each item, what the items of a region have in common; None for those in no region.
    sums_end : bool
        Whether what is computed from numbers that a region computes is in another region.

    Attributes
    ----------
    before : list of set of int
        For each item, the items that must come before.
    """

    def __init__(self, program: Program, kinds: list[Any], sums_end: bool = True) -> None:
        self.program = program
        self.kinds = kinds
        self.sums_end = sums_end
        self.before = _order(program)

    def groups(self) -> list[list[int]]:
        """Return the positions of the items, in their new order; regions are groups."""
        done: set[int] = set()
        waiting = list(range(len(self.program.items)))
        found: list[list[int]] = []
        while waiting:
            rest = []
            for i in waiting:
                if self.kinds[i] is None and self.before[i] <= done:
                    done.add(i)
                    found.append([i])
                else:
                    rest.append(i)
            waiting = rest
            if not waiting:
                break
            group = self._region(waiting, done)
            if group:
                found.append(group)
                done.update(group)
                waiting = [i for i in waiting if i not in done]
        return found

    def _region(self, waiting: list[int], done: set[int]) -> list[int]:
        """Return the largest region of which everything before is done."""
        kind: Any = None
        group: list[int] = []
        inside: set[int] = set()
        sums: set[Any] = set()
        for i in waiting:
            if self.kinds[i] is None or (kind is not None and self.kinds[i] != kind):
                continue
            if not all(k in done or k in inside for k in self.before[i]):
                continue
            item = self.program.items[i]
            if any(x in sums for x in reads(item)):
                continue  # it needs the sum of all tiles
            kind = self.kinds[i]
            group.append(i)
            inside.add(i)
            if self.sums_end and not item.result.is_array:
                sums.add(item.result)
        return group


def _order(program: Program) -> list[set[int]]:
    """Return for each item the items that must come before it."""
    effects = Effects(program)
    made: dict[Any, int] = {}
    last_write: dict[Any, int] = {}
    readers: dict[Any, set[int]] = {}
    event = -1
    found: list[set[int]] = []
    for i, item in enumerate(program.items):
        before = {made[x] for x in reads(item) if x in made}
        owners = {_memory(effects, x) for x in reads(item)}
        before |= {last_write[x] for x in owners if x in last_write}
        if isinstance(item, Guard) or item.writes is not None or not is_pure(item):
            if event >= 0:
                before.add(event)
            event = i
        for x in owners:
            readers.setdefault(x, set()).add(i)
        for x in item.makes():
            made[x] = i
        if item.writes is not None:
            target = _memory(effects, item.writes)
            before |= readers.get(target, set())
            if target in last_write:
                before.add(last_write[target])
            last_write[target] = i
        before.discard(i)
        found.append(before)
    return found


def _memory(effects: Effects, x: Any) -> Any:
    owner = effects.owner(x)
    return "outside" if owner in effects.outside else owner
