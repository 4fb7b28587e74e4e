"""``type(x)`` in batched functions: the type that `x` has in each call."""

from __future__ import annotations

import contextlib
import threading
import types
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from autograd.batching.reachable import names_of
from autograd.engine.batching import Batched

_LOCK = threading.Lock()

#: By the identity of a module's names: in how many calls they have another `type`.
_USERS: Counter[int] = Counter()


class _KindOfTypes(type):
    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        if len(arguments) == 1 and isinstance(arguments[0], Batched):
            return arguments[0].__class__
        found = type(*arguments, **keywords)
        return Type if found in (type, _KindOfTypes) else found

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, type)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, type)

    def __eq__(cls, other: object) -> bool:
        return other is type or other is cls

    def __hash__(cls) -> int:
        return hash(type)

    def __repr__(cls) -> str:
        return repr(type)


class Type(type, metaclass=_KindOfTypes):
    """Stands for `type`, which says of batched arrays and numbers what they are in one call."""


@contextlib.contextmanager
def of_one_call(reached: Iterable[Any]) -> Iterator[None]:
    """Let the name `type` in some functions say what batched arrays and numbers are in one call."""
    spaces = {
        id(x.__globals__): x.__globals__
        for x in reached
        if isinstance(x, types.FunctionType) and "type" in names_of(x.__code__)
    }
    with _LOCK:
        changed = [names for names in spaces.values() if names.setdefault("type", Type) is Type]
        _USERS.update(id(names) for names in changed)
    try:
        yield
    finally:
        with _LOCK:
            _USERS.subtract(id(names) for names in changed)
            for names in changed:
                if not _USERS[id(names)]:  # no other thread needs it
                    del names["type"], _USERS[id(names)]
