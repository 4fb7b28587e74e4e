"""Arrays from outside that share memory: writing to one of them changes the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import Tensor
from autograd.program.instructions import Instruction, Variable


def place_of(at: Any) -> tuple[Any, ...]:
    """Return what identifies the place that a `Load` reads or a `Store` writes."""
    node = at.node
    if hasattr(node, "space"):  # an entry of a dict
        return (id(node.space), node.key, node.index, at.what)
    return (id(node), at.what)


def parts(program: Any) -> dict[Variable, tuple[Variable, int]]:
    """Return the inputs that are parts of another one, with that one and where they begin in it.

    The beginning is counted in elements of a vector.
    """
    loads = {load.variable: load for load in program.loads if load.variable is not None}
    found: dict[Variable, tuple[Variable, int]] = {}
    for x, load in loads.items():
        whole = x.root
        if whole is x or whole not in loads:
            continue
        array, owner = array_of(load), array_of(loads[whole])
        if array is None or owner is None or owner.ndim != 1 or not owner.flags.c_contiguous:
            continue
        if array.dtype != owner.dtype or not array.flags.c_contiguous:
            continue
        distance = _start(array) - _start(owner)
        begin, rest = divmod(distance, owner.itemsize)
        if not rest and begin >= 0 and begin + array.size <= owner.size:
            found[x] = (whole, begin)
    return found


def entangled(program: Any) -> list[Variable]:
    """Return inputs that share memory in a way that a written function cannot reproduce."""
    written = {
        item.writes.root
        for item in program.items
        if isinstance(item, Instruction) and isinstance(item.writes, Variable)
    }
    known = parts(program)
    owners: dict[int, list[Variable]] = {}
    for load in program.loads:
        array = None if load.variable is None else array_of(load)
        if array is not None and load.variable not in known:
            owners.setdefault(id(_owner(array)), []).append(load.variable)
    return [
        x
        for group in owners.values()
        if len(group) > 1 and any(y in written or y.root in written for y in group)
        for x in group
    ]


def array_of(load: Any) -> Any:
    """Return the array that a program reads from a place; None if there is none now."""
    node = load.node
    if isinstance(node, Tensor):
        found = node._contents if load.what == "data" else node._grad
    else:
        found = getattr(node, "array", None)
        found = node.data if found is None else found
    return found if type(found) is np.ndarray else None


def _start(array: Any) -> int:
    return int(array.__array_interface__["data"][0])


def _owner(array: Any) -> Any:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
