"""What a user's functions remember: arrays, containers, attributes and variables, to put back."""

from __future__ import annotations

import collections
import contextlib
import copy
import ctypes
import functools
import operator
import random
import sys
import time
import types
from _thread import LockType
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from autograd.check.explain.repair.sources import is_users
from autograd.check.explain.repair.streams import Streams
from autograd.engine import Node, Primitive

#: How many objects are looked at, and how many numbers are copied.
MOST_OBJECTS, MOST_NUMBERS = 10_000, 300_000

#: What has no state of its own that could change.
_ATOMS: tuple[type, ...] = (
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    type(None),
    np.generic,
    np.dtype,
    np.ufunc,
)
_ATOMS += (types.CodeType, types.ModuleType, Node, Primitive)

Scopes = Iterable[tuple[dict[str, Any], Iterable[str]]]


class Memory:
    """The state of what can be reached from some objects, as it is now.

    Parameters
    ----------
    roots : iterable
        Functions, objects and containers.
    scopes : iterable of (dict, names)
        Global variables, and the names of those that are used.
    most_numbers : float
        How many numbers are copied: larger arrays can be protected from changes instead.
    classes : bool
        Whether the attributes of users' classes are put back as well.

    Attributes
    ----------
    complete : bool
        Whether all objects were looked at.
    caches : list
        Functions that remember results: those of `functools.lru_cache`.
    streams : Streams
        What cannot be put back.
    """

    def __init__(
        self,
        roots: Iterable[Any],
        scopes: Scopes = (),
        most_numbers: float = MOST_NUMBERS,
        classes: bool = True,
    ) -> None:
        self.most_numbers = most_numbers
        self.classes = classes
        self.complete = True
        self.caches: list[Any] = []
        self._undo: list[Callable[[], None]] = []
        self.streams = Streams()
        self._protected: list[Any] = []
        self._seen: dict[int, Any] = {}  # the objects stay alive, so that their numbers stay theirs
        python_state = random.getstate()
        self._undo += [_numpy_generator(), lambda: random.setstate(python_state)]
        waiting = list(roots)
        for scope, names in _merged(scopes):
            waiting += self._scope(scope, names)
        self._look_at(waiting)

    def restore(self) -> None:
        """Put everything back; large arrays were never changed."""
        for undo in self._undo:
            try:
                undo()
            except Exception:  # put the others back anyway
                continue

    def release(self) -> None:
        """Restore, and let large arrays be changed again."""
        self.restore()
        self.streams.unmute()
        for array in sorted(self._protected, key=lambda array: array.base is not None):
            with contextlib.suppress(ValueError):
                array.flags.writeable = True

    def forget(self, codes: Iterable[types.CodeType]) -> None:
        """Clear the caches of functions with some code: they would hide what it does."""
        changed = set(codes)
        for cache in self.caches:
            if getattr(cache.__wrapped__, "__code__", None) in changed:
                cache.cache_clear()

    def protect(self) -> None:
        """Let nothing change large arrays, or write to terminals, until they are released."""
        self.streams.mute()
        for array in self._protected:
            array.flags.writeable = False

    # -- what there is ----------------------------------------------------------------------

    def _scope(self, scope: dict[str, Any], names: Iterable[str]) -> Iterator[Any]:
        """Keep some variables, and yield their values and the variables of user's modules."""
        names = [*names]
        known = {name: scope[name] for name in names if name in scope}
        self.streams.may_wait |= "sleep" in names or any(v is time.sleep for v in known.values())
        absent = [name for name in names if name not in scope]
        self._undo.append(functools.partial(_restore_variables, scope, known, absent))
        for value in known.values():
            if not isinstance(value, types.ModuleType):
                yield value
            elif id(value) not in self._seen and _is_users(value):
                self._seen[id(value)] = value
                yield from self._scope(vars(value), names)

    def _look_at(self, waiting: list[Any]) -> None:
        while waiting:
            item = waiting.pop()
            if isinstance(item, (Memory, *_ATOMS)) or id(item) in self._seen:
                continue
            if len(self._seen) >= MOST_OBJECTS:
                self.complete = False
                return
            self._seen[id(item)] = item
            for kind, keep in _KINDS.items():
                if isinstance(item, kind):
                    waiting += keep(self, item)
                    break
            else:
                if not self.streams.note(item):
                    waiting += self._object(item)

    # -- how each kind is kept: all yield what it refers to -----------------------------------

    def _array(self, array: Any) -> Iterable[Any]:
        if array.dtype == object or not array.flags.writeable:
            return ()
        if array.size > self.most_numbers:
            self._protected.append(array)
            return ()
        self.most_numbers -= array.size
        kept = array.copy()

        def undo() -> None:
            if not array.flags.writeable:  # another memory protects it
                return
            if array.shape != kept.shape:
                array.shape = kept.shape
            array[...] = kept

        self._undo.append(undo)
        return ()

    def _dict(self, mapping: Any) -> Iterable[Any]:
        self._undo.append(functools.partial(_restore_dict, mapping, dict(mapping)))
        return list(mapping.values())

    def _sequence(self, items: Any) -> Iterable[Any]:
        kept = list(items)

        def undo() -> None:
            if len(items) != len(kept) or not all(map(operator.is_, items, kept)):
                items.clear()
                items.extend(kept)

        self._undo.append(undo)
        return kept

    def _set(self, items: Any) -> Iterable[Any]:
        kept = set(items)

        def undo() -> None:
            if items != kept:
                items.clear()
                items.update(kept)

        self._undo.append(undo)
        return kept

    def _elements(self, items: Any) -> Iterable[Any]:
        return list(items)

    def _bytes(self, items: Any) -> Iterable[Any]:
        kept = bytes(items)
        self._undo.append(lambda: items.__setitem__(slice(None), kept))
        return ()

    def _generator(self, generator: Any) -> Iterable[Any]:
        bits = getattr(generator, "bit_generator", generator)
        kept = copy.deepcopy(bits.state)
        self._undo.append(lambda: setattr(bits, "state", kept))
        return ()

    def _old_generator(self, generator: Any) -> Iterable[Any]:
        kept = generator.get_state()
        self._undo.append(lambda: generator.set_state(kept))
        return ()

    def _python_generator(self, generator: Any) -> Iterable[Any]:
        kept = generator.getstate()
        self._undo.append(lambda: generator.setstate(kept))
        return ()

    def _lock(self, lock: Any) -> Iterable[Any]:
        self.streams.may_wait = True
        locked = lock.locked()
        self._undo.append(lambda: None if locked or not lock.locked() else lock.release())
        return ()

    def _function(self, function: types.FunctionType) -> Iterable[Any]:
        yield from self._dict(function.__dict__)
        for cell in function.__closure__ or ():
            try:
                kept = cell.cell_contents
            except ValueError:  # not assigned yet
                continue
            self._undo.append(functools.partial(setattr, cell, "cell_contents", kept))
            yield kept
        yield from function.__defaults__ or ()
        yield from (function.__kwdefaults__ or {}).values()

    def _method(self, method: Any) -> Iterable[Any]:
        return [method.__self__, getattr(method, "__func__", None)]

    def _partial(self, call: Any) -> Iterable[Any]:
        return [call.func, *call.args, *call.keywords.values(), call.__dict__]

    def _descriptor(self, item: Any) -> Iterable[Any]:
        return [getattr(item, name, None) for name in ("fget", "fset", "func", "__func__")]

    def _class(self, cls: type) -> Iterable[Any]:
        """Keep the attributes of a user's class, and of those it is derived from."""
        if not self.classes or not _is_users(sys.modules.get(cls.__module__)):
            return ()
        known = {name: value for name, value in vars(cls).items() if not name.startswith("__")}

        def undo() -> None:
            for name in [n for n in vars(cls) if n not in known and not n.startswith("__")]:
                delattr(cls, name)
            for name, value in known.items():
                if vars(cls).get(name) is not value:
                    setattr(cls, name, value)

        self._undo.append(undo)
        return [*known.values(), *cls.__bases__]

    def _cache(self, cache: Any) -> Iterable[Any]:
        misses = [cache.cache_info().misses]

        def undo() -> None:
            if cache.cache_info().misses != misses[0]:
                cache.cache_clear()
                misses[0] = 0

        self._undo.append(undo)
        self.caches.append(cache)
        return [cache.__wrapped__, cache.__dict__]

    def _object(self, item: Any) -> Iterable[Any]:
        yield type(item)
        if isinstance(getattr(item, "__dict__", None), dict):
            yield item.__dict__
        slots = slots_of_object(item)
        for name, value in slots.items():
            self._undo.append(functools.partial(_restore_slot, item, name, value))
            yield value


_KINDS: dict[Any, Callable[[Memory, Any], Iterable[Any]]] = {
    np.ndarray: Memory._array,
    dict: Memory._dict,
    (list, collections.deque): Memory._sequence,
    set: Memory._set,
    (tuple, frozenset): Memory._elements,
    bytearray: Memory._bytes,
    (np.random.Generator, np.random.BitGenerator): Memory._generator,
    np.random.RandomState: Memory._old_generator,
    random.Random: Memory._python_generator,
    LockType: Memory._lock,
    types.FunctionType: Memory._function,
    (types.MethodType, types.BuiltinMethodType, types.MethodWrapperType): Memory._method,
    functools.partial: Memory._partial,
    (property, staticmethod, classmethod, functools.cached_property): Memory._descriptor,
    type(functools.lru_cache(len)): Memory._cache,
    type: Memory._class,
}


def _merged(scopes: Scopes) -> list[tuple[dict[str, Any], Iterable[str]]]:
    """Return each scope once, with all names."""
    found: dict[int, tuple[dict[str, Any], dict[str, None]]] = {}
    for scope, names in scopes:
        found.setdefault(id(scope), (scope, {}))[1].update(dict.fromkeys(names))
    return list(found.values())


def _numpy_generator() -> Callable[[], None]:
    """Return a function that restores the state of NumPy's global generator.

    Reading that state takes longer than a short backward pass, so its memory is compared.
    """
    kept: dict[str, Any] = np.random.get_state(legacy=False)  # type: ignore[assignment]
    bits = np.random.get_bit_generator()  # type: ignore[attr-defined]
    memory: Any = b""
    if type(bits) is np.random.MT19937 and not kept["has_gauss"]:
        numbers = kept["state"]["key"].size + 1  # and the position
        memory = (ctypes.c_uint32 * numbers).from_address(bits.ctypes.state_address)
    before = bytes(memory)

    def undo() -> None:
        if not before or bytes(memory) != before:
            np.random.set_state(kept)

    return undo


def slots_of_object(item: Any) -> dict[str, Any]:
    """Return the attributes that an object of a class with `__slots__` has."""
    names = [name for cls in type(item).__mro__ for name in _listed(getattr(cls, "__slots__", ()))]
    own = [name for name in names if name not in ("__dict__", "__weakref__")]
    return {name: getattr(item, name) for name in own if hasattr(item, name)}


def _listed(slots: Any) -> list[str]:
    return [slots] if isinstance(slots, str) else list(slots)


def _is_users(module: types.ModuleType | None) -> bool:
    """Return whether a module belongs to the user: it may be a prompt, which has no file."""
    file = getattr(module, "__file__", None)
    if file is None:
        return module is None or module is sys.modules["__main__"]
    return is_users(file)


def _restore_variables(scope: dict[str, Any], known: dict[str, Any], absent: list[str]) -> None:
    for name, value in known.items():
        if name not in scope or scope[name] is not value:
            scope[name] = value
    for name in absent:
        scope.pop(name, None)


def _restore_dict(mapping: dict[Any, Any], kept: dict[Any, Any]) -> None:
    for name, content in kept.items():
        if name not in mapping or mapping[name] is not content:
            mapping[name] = content
    if len(mapping) > len(kept):
        for name in [name for name in mapping if name not in kept]:
            del mapping[name]
    if not all(map(operator.is_, mapping, kept)):  # in another order
        mapping.clear()
        mapping.update(kept)


def _restore_slot(item: Any, name: str, value: Any) -> None:
    if getattr(item, name, None) is not value:
        object.__setattr__(item, name, value)
