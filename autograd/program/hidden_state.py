"""Objects whose state is not among their attributes: how to read it, and put it back."""

from __future__ import annotations

import contextvars
import functools
import operator
import types
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.program.meanings import MISSING

#: Libraries whose containers are classes written in Python.
_CONTAINERS = frozenset(("collections", "weakref", "queue"))

_VIEWS: tuple[type, ...] = (
    types.MappingProxyType,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)
_METHODS = (types.BuiltinMethodType, types.MethodWrapperType)
_CACHED = type(functools.lru_cache(len))
_GETTERS = (operator.attrgetter, operator.itemgetter, operator.methodcaller)


def _nothing(before: Any) -> None:
    """Restore nothing: what changed can be reached by another name, or not at all."""


@dataclass(frozen=True)
class Hidden:
    """What an object holds that is not among its attributes.

    Attributes
    ----------
    read, write : callable
        Get it, in a form that can be compared, and put it back; `read` is None if it never changes.
    names : tuple of str
        Attributes of other objects that it reads.
    others : tuple
        Objects to look into.
    """

    read: Callable[[], Any] | None = None
    write: Callable[[Any], None] = _nothing
    names: tuple[str, ...] = ()
    others: tuple[Any, ...] = ()


def hidden_state(x: Any) -> Hidden:
    """Return what an object holds that is not among its attributes."""
    if isinstance(x, _VIEWS):
        read = functools.partial(_items, x)
        return Hidden(read, others=read())
    if isinstance(x, contextvars.ContextVar):
        now = x.get(MISSING)
        return Hidden(
            functools.partial(x.get, MISSING), functools.partial(_set, x), others=_known(now)
        )
    if isinstance(x, weakref.ref):
        return Hidden(x, others=_known(x()))
    if isinstance(x, _METHODS):  # such as {}.get
        owner = x.__self__
        return Hidden(others=() if isinstance(owner, types.ModuleType) else (owner,))
    if isinstance(x, _GETTERS):
        given = x.__reduce__()[1]
        texts = [part for text in given if isinstance(text, str) for part in text.split(".")]
        return Hidden(names=tuple(texts), others=tuple(given))
    if isinstance(x, np.vectorize):
        return Hidden(others=(x.pyfunc,))
    if isinstance(x, _CACHED):
        return Hidden(_Emptied(x).count)
    try:
        memoryview(x)
    except (TypeError, ValueError):
        return Hidden()
    return Hidden(functools.partial(_bytes, x), functools.partial(_fill, x))


def is_container_of_library(kind: type) -> bool:
    """Return whether objects of a class are containers that Python's library implements."""
    return any(ancestor.__module__ in _CONTAINERS for ancestor in kind.__mro__)


def member_of(kind: type, name: str) -> Any:
    """Return what a class has under a name, itself and not what it gives."""
    for ancestor in kind.__mro__:
        if name in vars(ancestor):
            return vars(ancestor)[name]
    return MISSING


def _known(x: Any) -> tuple[Any, ...]:
    return () if x is MISSING or x is None else (x,)


def _items(view: Any) -> tuple[Any, ...]:
    """Return all that a view of a dict shows, without the pairs, which are new each time."""
    found = tuple(view.items() if isinstance(view, types.MappingProxyType) else view)
    is_of_pairs = isinstance(view, (types.MappingProxyType, type({}.items())))
    return tuple([x for pair in found for x in pair]) if is_of_pairs else found


def _set(variable: contextvars.ContextVar[Any], before: Any) -> None:
    if before is not MISSING:
        variable.set(before)


class _Emptied:
    """How often a cache has been seen to be emptied."""

    def __init__(self, cached: Any) -> None:
        self._cached = cached
        self._most = self._times = 0

    def count(self) -> int:
        """Return how often that has been."""
        misses = self._cached.cache_info().misses
        if misses < self._most:
            self._times += 1
        self._most = misses
        return self._times


def _bytes(x: Any) -> bytes:
    return memoryview(x).tobytes()


def _fill(x: Any, before: bytes) -> None:
    if isinstance(x, bytearray):
        x[:] = before
    elif not memoryview(x).readonly and len(_bytes(x)) == len(before):
        memoryview(x).cast("B")[:] = before
