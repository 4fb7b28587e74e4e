"""Several paths through a function as one program that branches where they part."""

from __future__ import annotations

from typing import Any

from autograd.errors import SourceError
from autograd.program.instructions import Constant, Guard, Variable, same
from autograd.program.passes.checks import with_checks_first
from autograd.program.passes.effects import leaving, reads, rebuilt
from autograd.program.source.shared import place_of
from autograd.program.source.tidy import tidied


class Block:
    """Instructions, and what comes after them: a result, or a branch.

    Attributes
    ----------
    program : Program
        The instructions. Its inputs are all that is computed before.
    guard : Guard or None
        Where the paths part; its variable is known after the instructions.
    branches : list of (any, Block)
        What follows for each value that the guard had.
    """

    def __init__(self, program: Any) -> None:
        self.program = program
        self.guard: Guard | None = None
        self.branches: list[tuple[Any, Block]] = []


def block_of(programs: list[Any]) -> Block:
    """Return one block for programs of the same function, with arguments of the same signature."""
    if len(programs) == 1:
        return Block(tidied(with_checks_first(programs[0])))
    first, *others = programs
    loads = {place_of(load): load for load in first.loads}
    aligned = [first]
    for program in others:
        replaced: dict[Any, Any] = dict(zip(program.inputs, first.inputs, strict=True))
        for load in program.loads:
            known = loads.setdefault(place_of(load), load)
            if known is not load and load.variable is not None and known.variable is not None:
                replaced[load.variable] = known.variable
        aligned.append(rebuilt(program, replaced, program.items))
    for program in aligned:
        program.inputs, program.loads = first.inputs, list(loads.values())
    return _block(aligned)


def _block(programs: list[Any]) -> Block:
    """Return the block of aligned programs, whose first items are the same."""
    first = programs[0]
    position = _parting(programs)
    if position is None:
        return Block(tidied(first))
    programs = [_aligned(program, first, position) for program in programs]
    guard: Guard = first.items[position]
    before = first.with_items(first.items[:position])
    needed: dict[Any, None] = {}
    made = {x for item in before.items for x in item.makes()}
    for program in programs:
        for item in program.items[position + 1 :]:
            needed.update(dict.fromkeys(x for x in reads(item) if x in made))
        needed.update(dict.fromkeys(x for x in leaving(program) if x in made))
        roots = [x.root for item in program.items[position + 1 :] for x in item.makes()]
        needed.update(dict.fromkeys(x for x in roots if x in made))
    before.output, before.stores = (guard.variable, *needed), []
    block = Block(tidied(before))
    known = block.program.output[1:]
    replaced = {x: y for x, y in zip(needed, known, strict=True) if x is not y}
    block.guard = Guard(
        block.program.output[0], guard.convert, guard.expected, guard.place, guard.scope
    )
    groups: list[tuple[Any, list[Any]]] = []
    variables = [x for x in known if isinstance(x, Variable)]
    for program in programs:
        rest = rebuilt(program, replaced, program.items[position + 1 :])
        rest.inputs = [*first.inputs, *variables]
        expected = program.items[position].expected
        for value, group in groups:
            if same(value, expected):
                group.append(rest)
                break
        else:
            groups.append((expected, [rest]))
    block.branches = [(expected, _block(group)) for expected, group in groups]
    return block


def _parting(programs: list[Any]) -> int | None:
    """Return the position of the first guard that had several values; None for one path."""
    if len(programs) == 1:
        return None
    for position, items in enumerate(zip(*[program.items for program in programs], strict=False)):
        if all(isinstance(item, Guard) for item in items):
            expected = items[0].expected
            if not all(same(item.expected, expected) for item in items):
                return position
    return None  # the same path twice


def _aligned(program: Any, first: Any, position: int) -> Any:
    """Return a program that shares the variables and constants of its first items with another."""
    if program is first:
        return program
    replaced: dict[Any, Any] = {}
    for item, other in zip(program.items[:position], first.items[:position], strict=True):
        if not _alike(item, other):
            raise SourceError(
                "The branches of this function were recorded in ways that cannot be joined. Call "
                "jit again, and then the new function with arguments for each branch."
            )
        replaced.update(zip(item.makes(), other.makes(), strict=True))
        for x, y in zip(reads(item), reads(other), strict=True):
            if isinstance(x, Constant) and isinstance(y, Constant):
                replaced[x] = y
    replaced = {x: y for x, y in replaced.items() if x is not y}
    return rebuilt(program, replaced, program.items)


def _alike(item: Any, other: Any) -> bool:
    """Return whether two items of different recordings do the same."""
    if type(item) is not type(other) or getattr(item, "name", "") != getattr(other, "name", ""):
        return False
    if len([*item.makes()]) != len([*other.makes()]):
        return False
    pairs = [*zip(reads(item), reads(other), strict=False)]
    if len(reads(item)) != len(reads(other)):
        return False
    return all(
        (x.equals(y) if isinstance(x, Constant) else x.number == y.number)
        if type(x) is type(y)
        else False
        for x, y in pairs
    )
