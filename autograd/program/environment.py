"""What a function reads besides its arguments: closed-over variables, globals, attributes.

A program refers to what these names meant when it was recorded. So each call compares them, by
identity, and numbers and texts by value. The contents of an array may change: it is read anew.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.node import Node
from autograd.program.state import is_stateful

#: Functions of these packages read nothing that changes.
LIBRARIES = ("autograd", "nn", "numpy", "scipy", *sys.stdlib_module_names)

#: Types that are compared by value.
PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)

#: The most items of a container that are compared.
ITEMS = 100

_MISSING = object()


class Environment:
    """The meanings of the names that a function reads, at one moment."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.watched: list[tuple[Callable[[], Any], Any, str]] = []
        #: Objects that say themselves what their state is.
        self.owners: list[Any] = []
        self._seen: set[int] = set()
        self._function(function)

    def change(self) -> str | None:
        """Return the name that has another meaning now; None if there is none."""
        for read, before, name in self.watched:
            now = read()
            if now is not before and not _same(now, before):
                return name
        return None

    def holds(self) -> bool:
        """Return whether all names have the same meanings now."""
        for read, before, _ in self.watched:
            now = read()
            if now is not before and not _same(now, before):
                return False
        return True

    def _function(self, function: Any) -> None:
        if id(function) in self._seen:
            return
        self._seen.add(id(function))
        if isinstance(function, functools.partial):
            for item in (function.func, *function.args, *function.keywords.values()):
                self._reached(item, ())
            return
        if isinstance(function, types.MethodType):
            names = (
                _names(function.__func__.__code__) if hasattr(function.__func__, "__code__") else ()
            )
            if is_stateful(function.__self__):
                self._owner(function.__self__)
            else:
                self._attributes(function.__self__, names)
            function = function.__func__
        if is_stateful(function):
            self._owner(function)
            return
        if not isinstance(function, types.FunctionType):
            call = vars(type(function)).get("__call__")
            if isinstance(call, types.FunctionType):
                self._attributes(function, _names(call.__code__))
                function = call
            else:
                return
        names = _names(function.__code__)
        for name, cell in zip(
            function.__code__.co_freevars, function.__closure__ or (), strict=True
        ):
            self._watch(functools.partial(_contents, cell), name, names)
        if _is_library(function):
            return
        space = function.__globals__
        for name in names:
            if name in space:
                self._watch(functools.partial(space.get, name, _MISSING), name, names)

    def _watch(self, read: Callable[[], Any], name: str, names: Any) -> None:
        found = read()
        if isinstance(found, types.ModuleType):
            return
        self.watched.append((read, found, name))
        self._reached(found, names, name)

    def _reached(self, found: Any, names: Any, name: str = "") -> None:
        """Look into an object that a name refers to."""
        if is_stateful(found):
            self._owner(found)
        elif isinstance(found, (list, tuple, set, dict)) and len(found) <= ITEMS:
            if not isinstance(found, tuple):
                self.watched.append((functools.partial(_items, found), _items(found), name))
            for item in found.values() if isinstance(found, dict) else found:
                if callable(item) or is_stateful(item):
                    self._function(item)
        elif isinstance(found, (types.FunctionType, types.MethodType, functools.partial)):
            self._function(found)
        elif not isinstance(found, (Node, np.ndarray, type, types.ModuleType, *PLAIN)):
            if callable(found):
                self._function(found)
            self._attributes(found, names)

    def _owner(self, owner: Any) -> None:
        """Note an object that says itself what its state is, and look into its functions."""
        if not any(owner is other for other in self.owners):
            self.owners.append(owner)
            for state in owner.__program_state__():
                for item in (*state.functions, *state.space.values()):
                    if isinstance(item, (types.FunctionType, functools.partial)):
                        self._function(item)

    def _attributes(self, owner: Any, names: Any) -> None:
        """Watch the attributes of an object that code mentions."""
        space = getattr(owner, "__dict__", None)
        if type(space) is not dict or id(owner) in self._seen:
            return
        self._seen.add(id(owner))
        for name in names:
            if name in space and not name.startswith("__"):
                self._watch(functools.partial(space.get, name, _MISSING), name, names)


def _names(code: types.CodeType) -> tuple[str, ...]:
    """Return the global names and attributes in a code object and in the functions inside it."""
    found = dict.fromkeys(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found.update(dict.fromkeys(_names(constant)))
    return tuple(found)


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return _MISSING


def _items(container: Any) -> tuple[Any, ...]:
    items = container.items() if isinstance(container, dict) else container
    return tuple(items)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        if len(a) != len(b):
            return False
        return all(x is y or _same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and isinstance(a, PLAIN) and bool(a == b or (a != a and b != b))


def _is_library(function: Any) -> bool:
    return (getattr(function, "__module__", None) or "").partition(".")[0] in LIBRARIES
