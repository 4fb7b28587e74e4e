"""What a user's functions remember: arrays, lists, dicts, attributes and variables, to put back."""

from __future__ import annotations

import copy
import random
import types
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.engine import Node

#: How many objects are looked at, and how many numbers are copied.
MOST_OBJECTS, MOST_NUMBERS = 5000, 300_000


class Memory:
    """The state of what can be reached from some objects, as it is now.

    Parameters
    ----------
    roots : iterable
        Functions, objects and containers.
    scopes : iterable of (dict, names)
        Global variables, and the names of those that are used.
    most_numbers : float
        How many numbers are copied: larger arrays are protected from changes instead.
    """

    def __init__(
        self,
        roots: Iterable[Any],
        scopes: Iterable[tuple[dict[str, Any], Iterable[str]]] = (),
        most_numbers: float = MOST_NUMBERS,
    ) -> None:
        self.arrays: list[tuple[Any, Any]] = []
        self.protected: list[Any] = []
        self.dicts: list[tuple[dict[Any, Any], dict[Any, Any]]] = []
        self.slotted: list[tuple[Any, dict[str, Any]]] = []
        self.lists: list[tuple[list[Any], list[Any]]] = []
        self.cells: list[tuple[Any, Any]] = []
        self.generators: list[tuple[Any, Any]] = []
        self.variables: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.numpy_state = np.random.get_state()
        self.python_state = random.getstate()
        waiting = list(roots)
        for scope, names in scopes:
            used = {name: scope[name] for name in names if name in scope}
            self.variables.append((scope, used))
            waiting += used.values()
        self._look_at(waiting, most_numbers)
        self._protect()

    def _look_at(self, waiting: list[Any], left: float) -> None:
        seen: set[int] = set()
        while waiting and len(seen) < MOST_OBJECTS:
            item = waiting.pop()
            if id(item) in seen or isinstance(item, _UNCHANGED):
                continue
            seen.add(id(item))
            if isinstance(item, np.ndarray):
                if item.dtype == object or not item.flags.writeable:
                    continue
                if item.size <= left:
                    left -= item.size
                    self.arrays.append((item, item.copy()))
                else:
                    self.protected.append(item)
            elif isinstance(item, np.random.Generator):
                self.generators.append(
                    (item.bit_generator, copy.deepcopy(item.bit_generator.state))
                )
            elif isinstance(item, dict):
                self.dicts.append((item, dict(item)))
                waiting += item.values()
            elif isinstance(item, list):
                self.lists.append((item, list(item)))
                waiting += item
            elif isinstance(item, (tuple, set, frozenset)):
                waiting += item
            elif isinstance(item, types.FunctionType):
                self._look_at_function(item, waiting)
            elif isinstance(item, types.MethodType):
                waiting += (item.__self__, item.__func__)
            else:
                self._look_at_object(item, waiting)

    def _look_at_object(self, item: Any, waiting: list[Any]) -> None:
        if isinstance(getattr(item, "__dict__", None), dict):
            self.dicts.append((item.__dict__, dict(item.__dict__)))
            waiting += item.__dict__.values()
        slots = slots_of_object(item)
        if slots:
            self.slotted.append((item, slots))
            waiting += slots.values()

    def _look_at_function(self, function: types.FunctionType, waiting: list[Any]) -> None:
        for cell in function.__closure__ or ():
            try:
                self.cells.append((cell, cell.cell_contents))
            except ValueError:  # not assigned yet
                continue
            waiting.append(cell.cell_contents)
        waiting += function.__defaults__ or ()
        waiting += (function.__kwdefaults__ or {}).values()

    def _protect(self) -> None:
        for array in self.protected:
            array.flags.writeable = False

    def restore(self) -> None:
        """Put everything back; large arrays were never changed."""
        for array, content in self.arrays:
            if array.flags.writeable:  # else another memory protects it
                array[...] = content
        for cell, content in self.cells:
            if cell.cell_contents is not content:
                cell.cell_contents = content
        for items, kept in self.lists:
            if len(items) != len(kept) or any(a is not b for a, b in zip(items, kept, strict=True)):
                items[:] = kept
        for mapping, known in (*self.dicts, *self.variables):
            self._restore_dict(mapping, known)
        for item, slots in self.slotted:
            for name, content in slots.items():
                if getattr(item, name, None) is not content:
                    setattr(item, name, content)
        for generator, state in self.generators:
            generator.state = state
        np.random.set_state(self.numpy_state)
        random.setstate(self.python_state)

    def _restore_dict(self, mapping: dict[Any, Any], kept: dict[Any, Any]) -> None:
        for name, content in kept.items():
            if name not in mapping or mapping[name] is not content:
                mapping[name] = content
        is_scope = any(mapping is scope for scope, _ in self.variables)
        if len(mapping) > len(kept) and not is_scope:
            for name in [name for name in mapping if name not in kept]:
                del mapping[name]

    def release(self) -> None:
        """Restore, and let large arrays be changed again."""
        self.restore()
        for array in sorted(self.protected, key=lambda array: array.base is not None):
            array.flags.writeable = True


_UNCHANGED = (type, types.ModuleType, str, bytes, Node, Memory)


def slots_of_object(item: Any) -> dict[str, Any]:
    """Return the attributes that an object of a class with `__slots__` has."""
    names = [name for cls in type(item).__mro__ for name in _listed(getattr(cls, "__slots__", ()))]
    own = [name for name in names if name not in ("__dict__", "__weakref__")]
    return {name: getattr(item, name) for name in own if hasattr(item, name)}


def _listed(slots: Any) -> list[str]:
    return [slots] if isinstance(slots, str) else list(slots)
