"""Instructions as steps of C."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.program.backends.c.copies import copy_of
from autograd.program.backends.c.places import Place
from autograd.program.backends.c.steps import View, step_of
from autograd.program.instructions import Instruction


def lowered(item: Any, views: dict[Any, Place]) -> Any:
    """Return an instruction as a step, and note where it lies if it is a view; None for others."""
    step = step_of(item, views)
    if isinstance(step, View):
        views[step.result] = step.place
    if step is None and isinstance(item, Instruction) and item.writes is None:
        step = copy_of(item, views)
    return step


def steps_of(items: Iterable[Any]) -> list[Any]:
    """Return items as steps, None for those that are none."""
    views: dict[Any, Place] = {}
    return [lowered(item, views) for item in items]
