"""What a program takes for fixed: the state of objects that it does not read itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.tracing import Followed
from autograd.program.hosts import is_on_device
from autograd.program.state import CHANGES

#: Types that are compared by value, and that a program may store.
PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)

#: Types of numbers that may become inputs.
NUMBERS = (int, float, complex, np.number)

_MISSING = object()


class Like:
    """An entry that was followed, and that a program does not read: only its type matters."""

    def __init__(self, item: Any) -> None:
        self.kind = _kind(item)

    def fits(self, item: Any) -> bool:
        """Return whether an entry has this type, and as an array this shape."""
        return bool(_kind(item) == self.kind)


def _kind(x: Any) -> Any:
    if type(x) is tuple:
        return tuple(map(_kind, x))
    if type(x) is np.ndarray or is_on_device(x):
        return (type(x), x.shape, x.dtype)
    return type(x)


class Fixed:
    """What must be as it was for a program to be right."""

    def __init__(self) -> None:
        self._count = -1
        self._counted = _Entries()
        self._others = _Entries()

    def add(self, space: Any, items: dict[Any, Any], size: int, counted: bool, label: str) -> None:
        """Add entries of a dict or a list of some size, which has a name in another one."""
        (self._counted if counted else self._others).add(space, items, size, label)

    def holds(self) -> bool:
        """Return whether everything is as it was."""
        if self._count != CHANGES.count:
            if not self._counted.hold():
                return False
            self._count = CHANGES.count
        return self._others.hold()

    def rest(self) -> Callable[[], bool] | None:
        """Return what tells whether everything is as it was; None if there is nothing."""
        return self.holds if self._counted.sizes or self._others.sizes else None

    def change(self) -> str | None:
        """Return the name of an entry that is another one now; None if there is none."""
        return self._counted.change() or self._others.change()

    def changed(self) -> set[tuple[int, Any]]:
        """Return the identities of dicts, and the keys, of numbers that are others now."""
        found = set()
        for space, key, before in (*self._counted.items, *self._others.items):
            now = entry(space, key)
            if may_change(now) and may_change(before) and not is_same(now, before):
                found.add((id(space), key))
        return found


class _Entries:
    """Some entries of dicts and lists, one after the other: each call of a function reads them."""

    def __init__(self) -> None:
        self.sizes: list[tuple[Any, int, str]] = []
        self.items: list[tuple[Any, Any, Any]] = []

    def add(self, space: Any, items: dict[Any, Any], size: int, label: str) -> None:
        """Add entries of one dict or list."""
        self.sizes.append((space, size, label))
        self.items += [(space, key, item) for key, item in items.items()]

    def hold(self) -> bool:
        """Return whether they are as they were: almost always, each is identical."""
        for space, size, _ in self.sizes:
            if len(space) != size:
                return False
        try:
            for space, key, before in self.items:
                now = space[key]
                if now is not before and not is_same(now, before):
                    return False
        except (KeyError, IndexError):
            return False
        return True

    def change(self) -> str | None:
        """Return the name of an entry that is another one now; None if there is none."""
        for space, size, label in self.sizes:
            items = [(key, x) for owner, key, x in self.items if owner is space]
            others = [key for key, x in items if not is_same(entry(space, key), x)]
            if others or len(space) != size:
                return label or (str(others[0]) if others else "an attribute")
        return None


def is_number(x: Any) -> bool:
    """Return whether this is a number that a program may read: no truth value."""
    return isinstance(x, NUMBERS) and not isinstance(x, (bool, Followed))


def may_change(x: Any) -> bool:
    """Return whether this is a number, or a tuple of numbers, that a program may read."""
    return is_number(x) or (type(x) is tuple and all(map(is_number, x)))


def is_same(a: Any, b: Any) -> bool:
    """Return whether two entries have the same meaning for a program that does not read them."""
    if a is b:
        return True
    if isinstance(b, Like):
        return b.fits(a)
    if type(a) is not type(b):
        return False
    if isinstance(a, PLAIN):
        return bool(a == b or (a != a and b != b)) and repr(a) == repr(b)
    if type(a) is tuple:
        return len(a) == len(b) and all(map(is_same, a, b))
    return False


def entries(space: Any) -> dict[Any, Any]:
    """Return what is in a dict or a list, by keys or indices."""
    return dict(enumerate(space)) if isinstance(space, list) else dict(space)


def entry(space: Any, key: Any) -> Any:
    """Return an entry of a dict or a list; what equals nothing else, if it is missing."""
    if isinstance(space, list):
        return space[key] if key < len(space) else _MISSING
    return space.get(key, _MISSING)
