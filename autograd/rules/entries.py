"""Functions that take functions, such as solvers, in a batch: one call after the other.

A solver asks its function for numbers, and computes with one set of them at a time. So it is called
for each entry, and so are the functions that it gets: copies that close over what one call has.
"""

from __future__ import annotations

import copy
import functools
import types
from collections.abc import Callable
from typing import Any

from autograd.batching.level import Level, is_in
from autograd.batching.results import reached
from autograd.engine import Node, batching
from autograd.engine.batching import Batched
from autograd.engine.dispatch import plain
from autograd.engine.grad_mode import GRAD_MODE
from autograd.rules.batches import join_entries, node_of_entry, outside_of


def in_turn(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is called for each entry of a batch, where there is one."""

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        if GRAD_MODE.batching != 0 and batching.levels():
            return _called(function, arguments, keywords)
        return function(*arguments, **keywords)

    return call


def _called(function: Callable[..., Any], arguments: Any, keywords: Any) -> Any:
    level = _innermost((arguments, keywords))
    if level is None:
        return function(*arguments, **keywords)
    name = getattr(function, "__name__", "function")
    level.note_loop(name)
    rows = []
    for place in range(level.size):
        given, named = _Entry(level, place).of((arguments, keywords))
        with outside_of(level):  # and again, for the batches around this one
            rows.append(_called(function, given, named))
    return join_entries(rows, level, name)


def _innermost(items: Any) -> Level | None:
    """Return the innermost batch of what some objects refer to; None if nothing is batched."""
    found: Level | None = None
    for x in reached(items):
        data = plain(x) if isinstance(x, Node) else x
        if isinstance(data, Batched) and (found is None or data.level.number > found.number):
            found = data.level
    return found


class _Entry:
    """What objects are in one call of a batch: copies, where they refer to what differs."""

    def __init__(self, level: Level, place: int) -> None:
        self.level = level
        self.place = place
        #: By identity: objects, and their copies.
        self.copies: dict[int, tuple[Any, Any]] = {}

    def of(self, x: Any) -> Any:
        """Return what an object is in this call."""
        if isinstance(x, Node):
            return node_of_entry(x, self.level, self.place)
        if isinstance(x, Batched):
            return x.array[self.place] if is_in(x, self.level) else x
        known = self.copies.get(id(x))
        if known is None:
            known = self.copies[id(x)] = (x, self._copied(x) if _may_differ(x) else x)
        return known[1]

    def _copied(self, x: Any) -> Any:
        if isinstance(x, types.FunctionType):
            return self._function(x)
        if isinstance(x, types.MethodType):
            return types.MethodType(x.__func__, self.of(x.__self__))
        if isinstance(x, functools.partial):
            return functools.partial(self.of(x.func), *self.of(x.args), **self.of(x.keywords))
        if isinstance(x, (tuple, list)):
            items = [self.of(item) for item in x]
            return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)
        if isinstance(x, dict):
            found = copy.copy(x)
            found.update({key: self.of(item) for key, item in x.items()})
            return found
        if not hasattr(x, "__dict__") or isinstance(x, type):
            return x
        found = copy.copy(x)
        self.copies[id(x)] = (x, found)  # it may refer to itself
        vars(found).update({key: self.of(item) for key, item in vars(x).items()})
        return found

    def _function(self, f: types.FunctionType) -> Any:
        """Return a function that closes over what this one closes over in this call."""
        cells = tuple([self._cell(cell) for cell in f.__closure__ or ()])
        found = types.FunctionType(f.__code__, f.__globals__, f.__name__, None, cells)
        self.copies[id(f)] = (f, found)  # it may close over itself
        for own, cell in zip(cells, f.__closure__ or (), strict=True):
            if own is not cell:
                own.cell_contents = self.of(cell.cell_contents)
        found.__defaults__ = self.of(f.__defaults__)
        found.__kwdefaults__ = self.of(f.__kwdefaults__)
        found.__dict__.update(f.__dict__)
        return found

    def _cell(self, cell: types.CellType) -> types.CellType:
        """Return a new cell for a variable that differs between the calls; else the cell itself."""
        known = self.copies.get(id(cell))
        if known is None:
            own = types.CellType() if _may_differ(cell) else cell
            known = self.copies[id(cell)] = (cell, own)
        return known[1]  # type: ignore[no-any-return]


def _may_differ(x: Any) -> bool:
    """Return whether something that an object refers to may differ between the calls."""
    return any(isinstance(each, (Batched, Node)) for each in reached(x))
