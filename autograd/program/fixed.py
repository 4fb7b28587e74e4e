"""What a program takes for fixed: the state of objects that it does not read itself."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd.engine.tracing import Followed
from autograd.program.state import CHANGES

#: Types that are compared by value, and that a program may store.
PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)

#: Types of numbers that may become inputs.
NUMBERS = (int, float, complex, np.number)

_MISSING = object()
_is = operator.is_


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
    return (x.shape, x.dtype) if type(x) is np.ndarray else type(x)


class Fixed:
    """What must be as it was for a program to be right.

    Almost always everything is identical, which is found out quickly.
    """

    def __init__(self) -> None:
        self._count = -1
        self._counted: list[_Entries] = []
        self._others: list[_Entries] = []

    def add(self, space: Any, items: dict[Any, Any], size: int, counted: bool, label: str) -> None:
        """Add entries of a dict or a list of some size, which has a name in another one."""
        (self._counted if counted else self._others).append(_Entries(space, items, size, label))

    def holds(self) -> bool:
        """Return whether everything is as it was."""
        if self._count != CHANGES.count:
            for each in self._counted:
                if not each.hold():
                    return False
            self._count = CHANGES.count
        return all(each.hold() for each in self._others)

    def change(self) -> str | None:
        """Return the name of an entry that is another one now; None if there is none."""
        for each in (*self._counted, *self._others):
            if not each.hold():
                others = [
                    key for key, x in each.items.items() if not is_same(entry(each.space, key), x)
                ]
                return each.label or (str(others[0]) if others else "an attribute")
        return None

    def changed(self) -> set[tuple[int, Any]]:
        """Return the identities of dicts, and the keys, of numbers that are others now."""
        found = set()
        for each in (*self._counted, *self._others):
            for key, before in each.items.items():
                now = entry(each.space, key)
                if may_change(now) and may_change(before) and not is_same(now, before):
                    found.add((id(each.space), key))
        return found


class _Entries:
    """Some entries of a dict or a list."""

    def __init__(self, space: Any, items: dict[Any, Any], size: int, label: str) -> None:
        self.space = space
        self.label = label
        self.items = items
        self.size = size
        plain = [key for key, item in items.items() if not isinstance(item, Like)]
        self._expected = [items[key] for key in plain]
        self._read: Any = None
        if len(plain) > 1 and len(plain) == len(items):
            self._read = operator.itemgetter(*plain)
        elif isinstance(space, list) and len(plain) == len(items) == size:
            self._read = tuple

    def hold(self) -> bool:
        """Return whether they are as they were."""
        space = self.space
        if len(space) != self.size:
            return False
        if self._read is not None:
            try:
                if all(map(_is, self._read(space), self._expected)):
                    return True
            except (KeyError, IndexError):
                return False
        return all(is_same(entry(space, key), x) for key, x in self.items.items())


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
