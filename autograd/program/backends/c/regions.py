"""Which parts of a program run in C."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.program.backends.c.compiler import CompilerError
from autograd.program.backends.c.joining import with_joined_parts
from autograd.program.backends.c.kernel import Kernel
from autograd.program.backends.c.library import library_of, unavailable
from autograd.program.backends.c.lowering import fills_of, steps_of
from autograd.program.backends.c.own import own_call, with_call
from autograd.program.backends.c.own_checks import ElementCheck, require_compiles
from autograd.program.backends.c.places import Place
from autograd.program.backends.c.scatter import scatter_of
from autograd.program.backends.c.section import NAME, Section
from autograd.program.backends.c.steps import View
from autograd.program.backends.c.textbook import with_textbook_formulas
from autograd.program.instructions import Instruction, Variable
from autograd.program.passes import SIMPLIFYING
from autograd.program.passes.effects import reads
from autograd.program.passes.tiles import Schedule, with_own_memory
from autograd.program.passes.uses import Uses
from autograd.program.program import Program

#: The fewest steps of a region that compute something.
FEWEST = 2

#: The most steps of one region, and of all different ones: more take long to compile. Numbers take
#: less time than arrays.
LARGEST, MOST, NUMBER = 300, 800, 0.18

#: Without `backend="c"`, the fewest elements that a call must compute to be worth compiling.
WORTH = 1 << 20

#: What the report calls this.
REPORTED = "C kernels"


def with_kernels(program: Program, backend: Any, report: Any) -> Program:
    """Return the program with kernels in place of the parts that C runs faster."""
    if not backend.is_asked_for and _work(program) < WORTH:
        return program
    reason = unavailable()
    if reason:
        report.refuses(REPORTED, reason)
        return program
    simple = program
    for one in SIMPLIFYING:
        simple = one(simple)
    simple = with_joined_parts(simple)
    regions = _Regions(with_textbook_formulas(with_own_memory(simple)), backend.threads)
    try:
        found = regions.program()
    except CompilerError as error:
        report.refuses(REPORTED, str(error))
        return program
    if regions.too_many:
        report.refuses(REPORTED, f"{regions.too_many} instructions would take long to compile")
    if not regions.calls:
        if backend.threads > 1:
            report.refuses(REPORTED, "no part of the program can run in C")
        return program
    texts = [text.replace(NAME, name) for text, name in regions.names.items()]
    try:
        library = library_of("".join(texts))
    except CompilerError as error:
        report.refuses(REPORTED, str(error))
        return program
    for check in regions.checks:
        check.load(library, regions.names[check.source()])
    for call, text in regions.calls:
        call.load(library, regions.names[text])
    report.runs_in(REPORTED, _described(regions))
    return found


def _described(regions: _Regions) -> str:
    """Return what runs in C, in words."""
    count = len(regions.calls)
    found = f"{regions.count} instructions in {count} function{'s' * (count != 1)}"
    divided = sum(call.section.threaded for call, _ in regions.calls if isinstance(call, Kernel))
    if regions.threads == 1:
        return found
    loops = f"{divided} loop{'s' * (divided != 1)}" if divided else "no loop, for none is large"
    return f"{found}, {regions.threads} threads for {loops}"


def _work(program: Program) -> int:
    """Return how many elements the instructions of a program compute."""
    made = [x for item in program.items for x in item.makes()]
    return sum(math.prod(x.shape) for x in made if x.shape)


class _Regions:
    """The regions of a program that C carries out.

    Attributes
    ----------
    calls : list of (Kernel, Scatter or OwnCall, str)
        What carries them out, with its text.
    checks : list of ElementCheck
        What compares C that the user has written.
    count : int
        How many instructions are carried out.
    names : dict
        The names of functions, by their text: many regions may be the same.
    too_many : int
        How many instructions are left to NumPy because there are too many.
    """

    def __init__(self, given: Program, threads: int) -> None:
        self.given = given
        self.threads = threads
        self.used = Uses(given)
        self.calls: list[tuple[Any, str]] = []
        self.checks: list[ElementCheck] = []
        self.count = 0
        self.fills = fills_of(given)
        self._new = {
            item.result
            for item in given.instructions
            if item.function is np.zeros and isinstance(item.result, Variable)
        }
        self.names: dict[str, str] = {}
        self.too_many = 0
        self._effort = 0.0

    def program(self) -> Program:
        """Return the program with kernels for regions."""
        kinds = [None if step is None else "c" for step in steps_of(self.given.items, self.fills)]
        items: list[Any] = []
        schedule = Schedule(self.given, kinds, sums_end=False)
        groups = [group for group in _later(schedule, kinds, self.used) if group]
        for group in groups:
            if kinds[group[0]] is None:
                items += [self._alone(self.given.items[k]) for k in group]
                continue
            is_scalar = not any(x.shape for k in group for x in self.given.items[k].makes())
            length = int(MOST / NUMBER) if is_scalar else LARGEST
            for start in range(0, len(group), length):
                items += self._region(group[start : start + length])
        return self.given.with_items(items)

    def _note(self, call: Any, text: str, count: int) -> None:
        """Note what carries out `count` instructions."""
        self.names.setdefault(text, f"kernel_{len(self.names)}")
        self.calls.append((call, text))
        self.count += count

    def _alone(self, item: Any) -> Any:
        """Return an item, as one that runs in C by itself if there is such code."""
        own = own_call(item)
        if own is not None:
            require_compiles(own.name, own.referenced())
            self._note(own, own.source(), 1)
            return with_call(item, own)
        found = scatter_of(item, self._new)
        if found is None:
            return item
        self._note(found[1], found[1].text, 1)
        return found[0]

    def _region(self, group: list[int]) -> list[Any]:
        """Return the items that carry out a region: a kernel, and views for others."""
        chosen = [self.given.items[k] for k in group]
        steps = steps_of(chosen, self.fills)
        computed = [step for step in steps if not isinstance(step, View)]
        written = {item.in_c: item.written_as for item in chosen if item.in_c is not None}
        if len(computed) < FEWEST and not written:
            return chosen
        shown = _shown(chosen, steps, self.used, set(group))
        section = _section(steps, shown, self.used, set(group))
        section.threads = self.threads
        if section.text not in self.names:
            effort = sum(1 if step.shape else NUMBER for step in computed)
            if self._effort + effort > MOST:
                self.too_many += len(computed)
                return chosen
            self._effort += effort
        filled = {x: None for item in chosen for x in reads(item) if x in self.fills}
        makers = [self.given.items[self.used.makers[x]] for x in filled]
        for text, name in written.items():
            check = ElementCheck(name, text)
            require_compiles(name, check.source())
            self.names.setdefault(check.source(), f"kernel_{len(self.names)}")
            self.checks.append(check)
        kernel = Kernel(section, chosen, makers)
        self._note(kernel, section.text, len(chosen))
        quiet = all(item.quiet for item in chosen)
        first, results = chosen[0], tuple(section.results)
        arguments = tuple(section.inputs)
        call = Instruction(kernel, arguments, {}, results, None, first.place, first.scope, quiet)
        return [call, *shown]


def _later(schedule: Schedule, kinds: list[Any], used: Uses) -> list[list[int]]:
    """Return the groups of a schedule, with instructions in the last region that suits them.

    A backward pass reads what the forward pass has computed, so parts of it could run at once. But
    then what they compute is kept until it is needed.
    """
    items = schedule.program.items
    groups = schedule.groups()
    where = {i: number for number, group in enumerate(groups) for i in group}
    after: dict[int, list[int]] = {}
    for i, before in enumerate(schedule.before):
        for k in before:
            after.setdefault(k, []).append(i)
    for number in range(len(groups) - 1, -1, -1):
        if kinds[groups[number][0]] is None:
            continue
        for i in reversed(groups[number].copy()):
            following = min([where[k] for k in after.get(i, ())], default=number)
            if following == number or kinds[groups[following][0]] is None:
                continue
            if used.leaving & set(items[i].makes()):
                continue
            longer = [
                x.nbytes
                for x in set(reads(items[i]))
                if isinstance(x, Variable)
                and x not in used.leaving
                and x in used.makers
                and all(where[k] < following for k in used.positions[x] if k != i)
            ]
            if sum(longer) <= sum(x.nbytes for x in items[i].makes()):
                groups[number].remove(i)
                groups[following].insert(0, i)
                where[i] = following
    return groups


def _section(steps: list[Any], shown: list[Any], used: Uses, inside: set[int]) -> Section:
    """Return steps with what they are given and leave."""
    computed = [step for step in steps if not isinstance(step, View)]
    made = {step.result for step in computed}
    needed = {x for item in shown for x in reads(item)}
    results = [
        step.result
        for step in computed
        if used.outside(step.result, inside) or step.result in needed
    ]
    inputs = dict.fromkeys(
        place.base
        for step in computed
        for place in step.places
        if isinstance(place, Place) and place.base not in made
    )
    arrays = [x for x in results if x.is_array]
    numbers = [x for x in results if not x.is_array]
    return Section(list(inputs), [*arrays, *numbers], steps)


def _shown(chosen: list[Any], own: list[Any], used: Uses, inside: set[int]) -> list[Any]:
    """Return the items of a region that make views for others, and those that they need."""
    wanted: set[Any] = set()
    found = []
    for item, step in zip(reversed(chosen), reversed(own), strict=True):
        x = item.result
        if isinstance(step, View) and (x in wanted or used.outside(x, inside)):
            found.append(item)
            wanted.update(reads(item))
    return found[::-1]
