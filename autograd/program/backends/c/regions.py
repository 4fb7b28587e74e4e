"""Which parts of a program run in C."""

from __future__ import annotations

from typing import Any

from autograd.program.backends.c.compiler import CompilerError
from autograd.program.backends.c.kernel import Kernel
from autograd.program.backends.c.library import library_of, unavailable
from autograd.program.backends.c.section import Section
from autograd.program.backends.c.steps import Place, View, step_of
from autograd.program.instructions import Instruction
from autograd.program.passes import SIMPLIFYING
from autograd.program.passes.effects import leaving, reads
from autograd.program.passes.tiles import Schedule, with_own_memory
from autograd.program.program import Program

#: A region has at least so many steps that compute something.
FEWEST = 2

#: Larger regions would take long to compile.
MOST = 400

#: What the report calls this.
NAME = "C kernels"


def with_kernels(program: Program, backend: Any, report: Any) -> Program:
    """Return a program of which the parts that C carries out faster are kernels."""
    if not backend.is_asked_for:
        return program
    reason = unavailable()
    if reason:
        report.refuses(NAME, reason)
        return program
    simple = program
    for one in SIMPLIFYING:
        simple = one(simple)
    simple = with_own_memory(simple)
    parts, kernels = _parts(simple)
    if not kernels:
        return program
    text = "".join(kernel.section.text() for kernel in kernels)
    try:
        library = library_of(text)
    except CompilerError as error:
        report.refuses(NAME, str(error))
        return program
    for kernel in kernels:
        kernel.load(library)
    count = sum(len(kernel.items) for kernel in kernels)
    report.runs_in(NAME, f"{count} instructions in {len(kernels)} functions")
    return simple.with_items(parts)


def _parts(program: Program) -> tuple[list[Any], list[Kernel]]:
    """Return the items of a program, some of them kernels, and these kernels."""
    kinds = [None if step is None else "c" for step in _steps(program.items)]
    if len(kinds) - kinds.count(None) < FEWEST:
        return program.items, []
    used = _Uses(program)
    items: list[Any] = []
    kernels: list[Kernel] = []
    for group in Schedule(program, kinds, sums_end=False).groups():
        chosen = [program.items[k] for k in group]
        if kinds[group[0]] is None:
            items.extend(chosen)
            continue
        for start in range(0, len(group), MOST):
            items += _region(program, group[start : start + MOST], used, kernels)
    return items, kernels


def _region(program: Program, group: list[int], used: _Uses, kernels: list[Kernel]) -> list[Any]:
    """Return the items that carry out a region: a kernel, and views for others."""
    chosen = [program.items[k] for k in group]
    own = _steps(chosen)
    computed = [step for step in own if not isinstance(step, View)]
    if len(computed) < FEWEST or len(computed) > MOST:
        return chosen
    inside = set(group)
    shown = _shown(chosen, own, used, inside)
    made = {step.result for step in computed}
    needed = {x for item in shown for x in reads(item)}
    results = [
        step.result
        for step in computed
        if used.outside(step.result, inside) or step.result in needed
    ]
    inputs = list(
        dict.fromkeys(
            place.base
            for step in computed
            for place in step.places
            if isinstance(place, Place) and place.base not in made
        )
    )
    arrays = [x for x in results if x.is_array]
    results = [*arrays, *[x for x in results if not x.is_array]]
    section = Section(f"kernel_{len(kernels)}", inputs, results, own)
    kernel = Kernel(section, chosen)
    kernels.append(kernel)
    quiet = all(item.quiet for item in chosen)
    first = chosen[0]
    call = Instruction(
        kernel, tuple(inputs), {}, tuple(results), None, first.place, first.scope, quiet
    )
    return [call, *shown]


def _shown(chosen: list[Any], own: list[Any], used: _Uses, inside: set[int]) -> list[Any]:
    """Return the items of a region that make views for others, and those that they need."""
    wanted: set[Any] = set()
    found = []
    for item, step in zip(reversed(chosen), reversed(own), strict=True):
        x = item.result
        if isinstance(step, View) and (x in wanted or used.outside(x, inside)):
            found.append(item)
            wanted.update(reads(item))
    return found[::-1]


def _steps(items: list[Any]) -> list[Any]:
    """Return items as steps, None for those that are none, and note where views lie."""
    views: dict[Any, Place] = {}
    found = []
    for item in items:
        step = step_of(item, views)
        if isinstance(step, View):
            views[step.result] = step.place
        found.append(step)
    return found


class _Uses:
    """Where variables are used."""

    def __init__(self, program: Program) -> None:
        self.leaving = set(leaving(program))
        self.positions: dict[Any, set[int]] = {}
        for position, item in enumerate(program.items):
            for x in reads(item):
                self.positions.setdefault(x, set()).add(position)

    def outside(self, x: Any, group: set[int]) -> bool:
        """Return whether a variable is used by others than these items."""
        return x in self.leaving or not self.positions.get(x, set()) <= group
