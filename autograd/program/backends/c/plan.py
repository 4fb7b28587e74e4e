"""What the loops of a nest compute: for each element in the first loop that needs it.

A function of C's library has a loop of its own, because compilers vectorise such loops best; what
later loops need is kept for one row, or for a tile of it.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import stored_type
from autograd.program.backends.c.formulas import FORMULAS, Elementwise
from autograd.program.backends.c.nests import ACCUMULATED, FULL, LONGEST, REDUCED, ROW, Nest
from autograd.program.backends.c.places import Place, contiguous
from autograd.program.backends.c.steps import Element, Reduction
from autograd.program.instructions import Variable
from autograd.program.passes.effects import copied

#: The number of elements of a tile of a long row.
TILE = 1024

#: The last loop of a stage.
_LAST = 1 << 30


@dataclasses.dataclass
class Loop:
    """One loop over the elements of a row.

    Attributes
    ----------
    stage : int
        How many reductions of the same row must come before.
    elements : list of Element
        What it computes.
    reductions : list of Reduction
        What is reduced in it, or after it.
    rare : Element or None
        What is corrected after it, where that is necessary.
    """

    stage: int
    elements: list[Element] = dataclasses.field(default_factory=list)
    reductions: list[Reduction] = dataclasses.field(default_factory=list)
    rare: Element | None = None


class Plan:
    """What the loops of a nest compute, and what they keep for later ones.

    Parameters
    ----------
    nest : Nest
        The nest.
    memory : dict
        The names of the pointers to what has memory, by variable or constant.

    Attributes
    ----------
    steps : list of Element and Reduction
        What the nest computes.
    levels : dict
        For each result, how it is computed.
    stages : dict
        For each result, how many reductions of the same row must come before.
    loops : list of Loop
        The loops over one row, in order.
    kept : dict
        By result, the name of the memory for elements that later loops need.
    tiles : list of dtype
        The types of that memory.
    """

    def __init__(self, nest: Nest, memory: dict[Any, str]) -> None:
        self.nest = nest
        self.memory = memory
        self.levels = dict(nest.levels)
        self.steps = self._with_copies(nest.steps)
        self.is_long = nest.length > LONGEST
        #: The number of elements that are carried out together.
        self.width = TILE if self.is_long else nest.length
        self.dtypes = {step.result: step.dtype for step in self.steps}
        self.order = {step.result: k for k, step in enumerate(self.steps)}
        self.stages: dict[Any, int] = {}
        self.loops: list[Loop] = []
        self.loop_of: dict[Any, int] = {}
        self.kept: dict[Any, str] = {}
        self.tiles: list[Any] = []
        self._find_stages()
        self._find_loops(self._slots())
        self._find_kept()

    def _with_copies(self, steps: list[Any]) -> list[Any]:
        """Return the steps, with the operands of reductions as elements where they are needed."""
        found: list[Any] = []
        for step in steps:
            if isinstance(step, Reduction) and not self._is_reducible(step):
                (place,) = step.places
                copy = _copy(place, step)
                self.levels[copy.result] = FULL
                found.append(copy)
                new = Place(copy.result, step.shape, contiguous(step.shape))
                step = dataclasses.replace(step, places=(new,))
            found.append(step)
        return found

    def _is_reducible(self, step: Reduction) -> bool:
        """Return whether the elements of the operand lie in order and have the right type."""
        (place,) = step.places
        if stored_type(place.base) != step.dtype:
            return False
        if self.levels.get(place.base) == FULL:
            return True
        is_accumulated = self.levels[step.result] == ACCUMULATED
        return not is_accumulated and place.along(step.shape)[-1] == 1

    def _find_stages(self) -> None:
        """Count for each result how many reductions of the same row must come before."""
        for step in self.steps:
            known = [
                self.stages[x.base] + (self.levels[x.base] == REDUCED)
                for x in step.places
                if isinstance(x, Place) and x.base in self.levels
            ]
            self.stages[step.result] = max(known, default=0)

    def _slots(self) -> dict[Any, tuple[int, int]]:
        """Return for each result when it is computed: the stage, and the order in it."""
        slots: dict[Any, tuple[int, int]] = {}
        for step in reversed(self.steps):
            x = step.result
            if self.levels[x] == ROW:
                continue
            last = (self.stages[x], _LAST)
            if isinstance(step, Element) and self._has_own_loop(step):
                slots[x] = (self.stages[x], self.order[self._shared_loop(step)])
            elif isinstance(step, Reduction) or x in self.memory:
                slots[x] = min(slots.get(x, last), last)
            else:
                slots.setdefault(x, last)
            for place in step.places:
                if isinstance(place, Place) and self.levels.get(place.base) == FULL:
                    slots[place.base] = min(slots.get(place.base, slots[x]), slots[x])
        return slots

    def _has_own_loop(self, step: Element) -> bool:
        formula = step.formula.formula
        has_calls = formula.calls and not step.is_inlined
        return bool((has_calls and self.nest.shape) or formula.rare)

    def _shared_loop(self, step: Element) -> Any:
        """Return the result that gives a step its loop: its own, or that of one of its operands.

        With what both read, they call the same function, which compilers then do once: the slope of
        SiLU follows from its result and the same exponential.
        """
        if step.formula.formula.rare:
            return step.result
        read = {x.base for x in step.places if isinstance(x, Place)}
        for one in self.steps[: self.order[step.result]]:
            if one.result not in read or not isinstance(one, Element):
                continue
            known = {x.base for x in one.places if isinstance(x, Place)} | {one.result}
            others = {x for x in read - known if x in self.levels}
            calls = one.formula.formula.calls == step.formula.formula.calls
            is_alike = calls and self._has_own_loop(one) and not one.formula.formula.rare
            if is_alike and not others and self.stages[one.result] == self.stages[step.result]:
                return self._shared_loop(one)
        return step.result

    def _find_loops(self, slots: dict[Any, tuple[int, int]]) -> None:
        """Decide which loop computes each element: the first one that needs it."""
        loops: dict[tuple[int, int], Loop] = {}
        for step in self.steps:
            if step.result not in slots:
                continue
            slot = slots[step.result]
            loop = loops.setdefault(slot, Loop(slot[0]))
            if isinstance(step, Reduction):
                loop.reductions.append(step)
                continue
            loop.elements.append(step)
            if step.formula.formula.rare:
                loop.rare = step
        self.loops = [loops[key] for key in sorted(loops)]
        for number, loop in enumerate(self.loops):
            results = [step.result for step in loop.elements]
            results += [step.result for step in loop.reductions]
            self.loop_of.update(dict.fromkeys(results, number))

    def _find_kept(self) -> None:
        """Decide which elements are kept for later loops, and which of them share memory."""
        last = self._last_uses()
        free: list[tuple[int, str, Any]] = []
        for x in sorted(last, key=lambda x: (self.loop_of[x], self.order[x])):
            if x in self.memory:
                continue
            dtype, begin = self.dtypes[x], self.loop_of[x]
            found = next((f for f in free if f[2] == dtype and f[0] < begin), None)
            if found is None:
                name = f"t{len(self.tiles)}"
                self.tiles.append(dtype)
            else:
                free.remove(found)
                name = found[1]
            free.append((last[x], name, dtype))
            self.kept[x] = name

    def _last_uses(self) -> dict[Any, int]:
        """Return the number of the last loop that reads each element which is kept."""
        last: dict[Any, int] = {}
        for step in self.steps:
            if self.levels[step.result] == ROW:
                continue
            at = self.loop_of[step.result]
            is_rare = isinstance(step, Element) and bool(step.formula.formula.rare)
            reduces = isinstance(step, Reduction) and not self.adds_each(step)
            for number, place in enumerate(step.places):
                if not isinstance(place, Place) or self.levels.get(place.base) != FULL:
                    continue
                # The operand of the exact form is read again after the loop.
                if self.loop_of[place.base] != at or reduces or (is_rare and number):
                    last[place.base] = max(last.get(place.base, 0), at)
            if is_rare:
                last[step.result] = max(last.get(step.result, 0), at)
        return last

    def adds_each(self, step: Reduction) -> bool:
        """Return whether each element of a row is added to an element of the result."""
        is_accumulated = self.levels[step.result] == ACCUMULATED
        return is_accumulated and len(self.nest.shape) - 1 not in step.axes


def _copy(place: Place, step: Reduction) -> Element:
    """Return a step that converts the operand of a reduction."""
    base = place.base
    result = copied(base) if isinstance(base, Variable) else Variable(-1, base.value)
    dtype = np.dtype(step.dtype)
    formula = Elementwise(FORMULAS[np.positive][0], (base,), (dtype,), dtype, dtype)
    return Element(result, step.shape, (place,), formula)
