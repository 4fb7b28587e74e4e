"""Compute the same only once."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Guard, Instruction, Variable
from autograd.program.passes.effects import Effects, has_memory, is_pure, reads, rebuilt, root
from autograd.program.program import Program


def with_common_subexpressions(program: Program) -> Program:
    """Return the program with instructions that compute the same merged.

    Not across writes to the memory that they read, and not if a result is written to, or if both
    are returned: they stay arrays of their own.
    """
    effects = Effects(program)
    versions: dict[Any, int] = {}
    known: dict[Any, tuple[Instruction, dict[Any, int]]] = {}
    replaced: dict[Any, Any] = {}
    kept: list[Any] = []

    def version(x: Any) -> int:
        owner = effects.owner(x)
        return versions.get("outside" if owner in effects.outside else owner, 0)

    def same_memory(x: Any) -> Any:
        owner = root(x)
        return replaced.get(owner, owner)

    for item in program.items:
        if isinstance(item, Guard) or not is_pure(item):
            kept.append(item)
            if item.writes is not None:
                owner = effects.owner(item.writes)
                memory = "outside" if owner in effects.outside else owner
                versions[memory] = versions.get(memory, 0) + 1
            continue
        key = _key(item, replaced)
        earlier = known.get(key)
        now = {same_memory(x): version(x) for x in reads(item) if has_memory(x)}
        if earlier is not None and earlier[1] == now and _may_merge(effects, earlier[0], item):
            replaced.update(zip(item.makes(), earlier[0].makes(), strict=True))
            continue
        known[key] = (item, now)
        kept.append(item)
    return rebuilt(program, replaced, kept) if replaced else program


def _may_merge(effects: Effects, first: Instruction, second: Instruction) -> bool:
    """Return whether the results may be the same arrays."""
    for a, b in zip(first.makes(), second.makes(), strict=True):
        if not b.is_array:
            continue
        if a.root is not a and b.root is not b:
            continue  # views of the same memory
        if a.root is not a or b.root is not b:
            return False
        if effects.writes_to(a) or effects.writes_to(b):
            return False
        if effects.leaves(a) and effects.leaves(b):
            return False
    return True


def _key(item: Instruction, replaced: dict[Any, Any]) -> Any:
    """Return what identifies what an instruction computes."""

    def of(x: Any) -> Any:
        kind = type(x)
        if kind is Variable:
            return replaced.get(x, x)
        if kind is Constant:
            return x
        if kind is float:
            return (kind, x if x and x == x else repr(x))
        if isinstance(x, (tuple, list)):
            return (kind, *map(of, x))
        if isinstance(x, dict):
            return (dict, *((key, of(value)) for key, value in x.items()))
        if isinstance(x, slice):
            return (slice, of(x.start), of(x.stop), of(x.step))
        if isinstance(x, (bool, int, float, complex, str, bytes, np.generic, np.dtype)):
            return (kind, repr(x))
        return ("object", id(x))

    function = item.function
    try:
        hash(function)
    except TypeError:
        return ("alone", id(item))
    keywords = of(item.keywords) if item.keywords else None
    return (function, tuple(map(of, item.arguments)), keywords, item.quiet)
