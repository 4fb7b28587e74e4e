"""Arrays from outside that share memory: writing to one of them changes the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import Tensor
from autograd.engine.memory import owner_of
from autograd.program.instructions import Instruction, Variable


def place_of(at: Any) -> tuple[Any, ...]:
    """Return what identifies the place that a `Load` reads or a `Store` writes."""
    node = at.node
    if hasattr(node, "space"):  # an entry of a dict
        return (id(node.space), node.key, node.index, at.what)
    return (id(node), at.what)


def entangled(program: Any) -> list[Variable]:
    """Return inputs that share memory in a way that a written function cannot reproduce."""
    written = {
        item.writes.root
        for item in program.items
        if isinstance(item, Instruction) and isinstance(item.writes, Variable)
    }
    owners: dict[int, list[Variable]] = {}
    for load in program.loads:
        array = None if load.variable is None else array_of(load)
        if array is not None:
            owners.setdefault(id(owner_of(array)), []).append(load.variable)
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
