"""Instructions as steps of C."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.program.backends.c.copies import copy_of
from autograd.program.backends.c.dtypes import has_type
from autograd.program.backends.c.places import Place
from autograd.program.backends.c.steps import View, step_of
from autograd.program.instructions import Instruction, Variable
from autograd.program.passes.effects import operands, root
from autograd.program.program import Program

#: Functions that make arrays which are full of one number.
_FILLING = (np.full, np.ones, np.zeros)


def lowered(item: Any, views: dict[Any, Place]) -> Any:
    """Return an instruction as a step, and note where it lies if it is a view; None for others."""
    step = step_of(item, views)
    if isinstance(step, View):
        views[step.result] = step.place
    if step is None and isinstance(item, Instruction) and item.writes is None:
        step = copy_of(item, views)
    return step


def steps_of(items: Iterable[Any], fills: dict[Any, Any]) -> list[Any]:
    """Return items as steps, None for those that are none.

    Parameters
    ----------
    items : iterable of Instruction and Guard
        Items of a program.
    fills : dict
        What `fills_of` has found in the program.
    """
    views: dict[Any, Any] = dict(fills)
    return [lowered(item, views) for item in items]


def fills_of(program: Program) -> dict[Any, Any]:
    """Return the number that new arrays are full of, if nothing is written to them."""
    written = {root(item.writes) for item in program.items if item.writes is not None}
    found = {}
    for item in program.instructions:
        x = item.result
        if item.function not in _FILLING or not isinstance(x, Variable) or x in written:
            continue
        if x.root is not x or not has_type(x) or operands((item.arguments, item.keywords)):
            continue
        number = _filling(item)
        if not np.ndim(number):
            found[x] = np.full(1, number, x.dtype)[0]
    return found


def _filling(item: Instruction) -> Any:
    """Return what fills a new array: a number, or an array."""
    if item.function is not np.full:
        return item.function(())
    given = dict(zip(("shape", "fill_value"), item.arguments, strict=False)) | item.keywords
    return given["fill_value"]
