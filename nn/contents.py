"""What the attributes of a module contain: parameters and other modules, also in containers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from itertools import islice
from types import NoneType, SimpleNamespace
from typing import Any, TypeVar

import numpy as np

from autograd.errors import DataError
from nn.parameter import Parameter

Item = TypeVar("Item")

#: Types of settings, which contain nothing.
SETTINGS = {NoneType, bool, int, float, complex, str, bytes, range, type(len), type(lambda: 0)}

#: How many items of a set to look at.
MOST = 1000


class Found(list[Item]):
    """A list that is an iterator as well, because PyTorch's users write next(model.parameters()).

    Examples
    --------
    >>> found = Found([1, 2])
    >>> next(found), next(found), len(found)
    (1, 2, 2)
    """

    def __init__(self, items: Iterable[Item] = ()) -> None:
        super().__init__(items)
        self._place = 0

    def __next__(self) -> Item:
        """Return the next item."""
        if self._place >= len(self):
            raise StopIteration
        self._place += 1
        return self[self._place - 1]


def found_in(container: Any, kind: type[Item]) -> Iterator[tuple[str, Item]]:
    """Yield the items of a kind in a container, and in the containers in it, with their names."""
    pairs = container.items() if isinstance(container, Mapping) else enumerate(container)
    for key, item in pairs:
        if type(item) in SETTINGS:
            continue
        if isinstance(item, kind):
            yield str(key), item
            continue
        inner = _inside(item, kind)
        if inner is not None:
            for name, found in found_in(inner, kind):
                yield f"{key}.{name}", found


def _inside(item: Any, kind: type[Any]) -> Any:
    """Return something as a mapping or a sequence of what it contains, or None."""
    if isinstance(item, (list, tuple, dict)):
        return item
    if isinstance(item, np.ndarray):
        if item.dtype.hasobject:
            _refuse_any("an array", item.flat, kind)
        return None
    if is_dataclass(item) and not isinstance(item, type):
        return {field.name: getattr(item, field.name, None) for field in fields(item)}
    if isinstance(item, SimpleNamespace):
        return vars(item)
    if isinstance(item, Set):
        _refuse_any("a set", item, kind)
        return None
    return item if isinstance(item, (Mapping, Sequence)) else None


def _refuse_any(what: str, items: Iterable[Any], kind: type[Any]) -> None:
    """Raise if a container that gives no names holds items of a kind."""
    found = next((item for item in islice(items, MOST) if isinstance(item, kind)), None)
    if found is not None:
        raise DataError(
            f"A {type(found).__name__} is in {what}, where its parameters have no names and would "
            "not be trained. Use a list or a dict."
        )


def joined(prefix: str, name: str) -> str:
    """Return a path and a name as one path."""
    return f"{prefix}.{name}" if prefix else name


def once(pairs: Iterator[tuple[str, Item]]) -> list[tuple[str, Item]]:
    """Return the pairs, without those whose item appeared before."""
    found: dict[int, tuple[str, Item]] = {}
    for name, item in pairs:
        found.setdefault(id(item), (name, item))
    return Found(found.values())


def parameters_of(module: Any) -> Iterator[tuple[str, Parameter]]:
    """Return the parameters of a module itself, with their names."""
    found: Iterator[tuple[str, Parameter]] = module._own_parameters()
    return found


def buffers_of(module: Any) -> Iterator[tuple[str, Any]]:
    """Return the buffers of a module itself, with their names."""
    found: Iterator[tuple[str, Any]] = module._own_buffers()
    return found
