"""Functions that close over numbers where others close over nodes, for solvers, which need no graph."""

from __future__ import annotations

import dis
import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node, tracing
from autograd.engine.dispatch import plain
from autograd.program.environment import Environment

Function = Callable[..., Any]


#: How often something that a function refers to may change between its calls.
CHANGES = 3


def with_numbers(function: Any, arguments: Any = ()) -> Any:
    """Return a function that computes the same as another one, from numbers alone.

    Nodes in the variables that it closes over, and in those of the functions among them, are
    replaced in a copy; everything else is shared with it. The arrays in their place cannot be
    assigned to. Where the copy raises an error, as code may that asks for a node's attributes, or
    changes something that it refers to, such as a dict of known results, the function itself is
    called in its place, and from then on.

    Parameters
    ----------
    function : callable
        The function.
    arguments : tuple
        Objects that it is called with.

    Returns
    -------
    callable
        The copy; the function itself if it closes over no nodes, or is recorded in a program.
    """
    if not _holds_node(function, set()) or tracing.tracer() is not None:
        return function
    return _WithNumbers(function, arguments)


class _WithNumbers:
    """A function that is called in the place of another one while it has no effect of its own."""

    def __init__(self, function: Function, arguments: Any) -> None:
        self._function, self._arguments = function, arguments
        self._copy: Function | None = _Copies().of(function)
        self._left = CHANGES
        self._before = Environment(function, arguments)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Return what the function returns."""
        if self._copy is not None and not self._before.holds():  # something else has changed it
            self._left -= 1
            self._before = Environment(self._function, self._arguments)
            self._copy = _Copies().of(self._function) if self._left else None
        if self._copy is None:
            return self._function(*arguments, **keywords)
        try:
            found = self._copy(*arguments, **keywords)
            if self._before.holds():
                return found
        except Exception:  # perhaps only of the copy
            pass
        self._copy = None
        self._before.restore()
        return self._function(*arguments, **keywords)


class _Copies:
    """The copies of some functions and of the variables that they share."""

    def __init__(self) -> None:
        #: By identity: what is copied, and its copy.
        self.known: dict[int, tuple[Any, Any]] = {}

    def of(self, x: Any) -> Any:
        """Return a copy of what holds nodes; anything else itself."""
        if id(x) not in self.known:
            self.known[id(x)] = (x, x)
            if isinstance(x, Node):
                self.known[id(x)] = (x, _numbers(x))
            elif _holds_node(x, set()):
                self.known[id(x)] = (x, self._copied(x))
        return self.known[id(x)][1]

    def _copied(self, x: Any) -> Any:
        if isinstance(x, functools.partial):
            return functools.partial(self.of(x.func), *self.of(x.args), **x.keywords)
        if isinstance(x, tuple):
            return tuple([self.of(item) for item in x])
        held = {id(cell) for cell in _held(x)}
        cells = [self._cell(cell) if id(cell) in held else cell for cell in x.__closure__]
        found = types.FunctionType(
            x.__code__, x.__globals__, x.__name__, x.__defaults__, tuple(cells)
        )
        found.__kwdefaults__ = x.__kwdefaults__
        found.__dict__.update(x.__dict__)
        self.known[id(x)] = (x, found)  # it may close over itself
        for own, cell in zip(cells, x.__closure__, strict=True):
            if own is not cell:
                own.cell_contents = self.of(cell.cell_contents)
        return found

    def _cell(self, cell: types.CellType) -> types.CellType:
        if id(cell) not in self.known:
            own = types.CellType() if _holds_node(cell, set()) else cell
            self.known[id(cell)] = (cell, own)
        return self.known[id(cell)][1]  # type: ignore[no-any-return]


def _numbers(node: Node) -> Any:
    """Return the numbers of a node, which nothing can change."""
    found = plain(node)
    if isinstance(found, np.ndarray):
        found = found.copy("K")
        found.flags.writeable = False
    return found


def _holds_node(x: Any, seen: set[int]) -> bool:
    """Return whether something is a node, or a function that closes over one."""
    if id(x) in seen:
        return False
    seen.add(id(x))
    if isinstance(x, Node):
        return True
    return any(_holds_node(item, seen) for item in _held(x))


def _held(x: Any) -> list[Any]:
    """Return what can be replaced in a copy."""
    if isinstance(x, types.FunctionType):
        names = zip(x.__code__.co_freevars, x.__closure__ or (), strict=True)
        return [cell for name, cell in names if name not in _assigned(x.__code__)]
    if isinstance(x, types.CellType):
        try:
            return [x.cell_contents]
        except ValueError:  # still empty
            return []
    if isinstance(x, functools.partial):
        return [x.func, x.args]
    return list(x) if type(x) is tuple else []


@functools.cache
def _assigned(code: types.CodeType) -> set[str]:
    """Return the variables that a function, or one that it makes, assigns to for others."""
    own = {
        i.argval for i in dis.get_instructions(code) if i.opname in ("STORE_DEREF", "DELETE_DEREF")
    }
    inner = [_assigned(x) for x in code.co_consts if isinstance(x, types.CodeType)]
    return own.union(*inner)
