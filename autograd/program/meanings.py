"""What names refer to: reading it, putting it back, and whether it is what it was."""

from __future__ import annotations

import collections
import functools
import operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.primitive import Primitive

#: Types that are compared by value.
PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)

#: Instead of what a dict, a cell or an object does not hold.
MISSING = object()


class Watched:
    """Something that a function reads.

    Attributes
    ----------
    read, write : callable
        Get it, and give it another value.
    before : any
        What it was at first.
    name : str
        How the code calls it.
    """

    __slots__ = ("before", "name", "read", "write")

    def __init__(
        self, read: Callable[[], Any], write: Callable[[Any], Any], before: Any, name: str
    ) -> None:
        self.read = read
        self.write = write
        self.before = before
        self.name = name

    def is_same(self) -> bool:
        """Return whether it is what it was."""
        now = self.read()
        return now is self.before or is_same(now, self.before)


def contents_of_cell(cell: Any) -> Any:
    """Return what a cell holds; `MISSING` if it is empty."""
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING


def compared(arrays: list[Watched], known: list[Watched]) -> list[Watched]:
    """Watch the numbers in arrays, but for those that are known."""
    seen, found = {id(item.before) for item in known}, []
    for item in arrays:
        if isinstance(item.before, np.ndarray) and id(item.before) not in seen:
            read = functools.partial(_numbers_in, item.before)
            found.append(Watched(read, _leave, read(), item.name))
    return found


def _numbers_in(array: Any) -> Any:
    return array.shape, array.dtype.str, array.tobytes()


def _leave(before: Any) -> None:
    """Restore nothing: what traces a function keeps the arrays that it changes."""


def store(space: dict[str, Any], key: str, item: Any) -> None:
    """Put an item in a dict; `MISSING` takes out what is there."""
    if item is MISSING:
        space.pop(key, None)
    else:
        space[key] = item


def items_of(container: Any) -> tuple[Any, ...]:
    """Return what is in a list, a deque, a set or a dict."""
    items = container.items() if isinstance(container, dict) else container
    return tuple(items)


def refill(container: Any, items: Any) -> None:
    """Let a list, a deque, a set or a dict hold nothing but these items."""
    if isinstance(container, list):
        container[:] = items
    elif isinstance(container, collections.deque):
        container.clear()
        container.extend(items)
    else:
        container.clear()
        container.update(items)


def states(source: Any) -> tuple[Callable[[], Any], Callable[[Any], None]]:
    """Return functions that get and set the state of a source of random numbers."""
    if isinstance(source, np.random.Generator):
        bits = source.bit_generator
        return (lambda: bits.state), functools.partial(setattr, bits, "state")
    if isinstance(source, np.random.RandomState):
        return source.get_state, source.set_state
    return source.getstate, source.setstate


def equal_states(a: Any, b: Any) -> bool:
    """Return whether two states of a source of random numbers are equal."""
    if isinstance(a, dict):
        return all(equal_states(a[key], b[key]) for key in a)
    if isinstance(a, tuple) and not {int, type(None)}.issuperset(map(type, a)):
        return len(a) == len(b) and all(map(equal_states, a, b))
    return bool(np.all(a == b)) if isinstance(a, np.ndarray) else bool(a == b)


def is_same(a: Any, b: Any) -> bool:
    """Return whether two objects are the same, or equal numbers or texts of the same type."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        if len(a) != len(b):
            return False
        return all(map(operator.is_, a, b)) or all(map(is_same, a, b))
    if a is b:
        return True
    if isinstance(a, (float, complex, np.inexact)):
        return np.asarray(a).tobytes() == np.asarray(b).tobytes()
    return isinstance(a, PLAIN) and bool(a == b)


def functions_of_rules(primitive: Primitive) -> list[Any]:
    """Return the functions that are the rules of a primitive."""
    found = (primitive.variadic, primitive.jvp, primitive.limit, primitive.push)
    for rules in (primitive.partials, primitive.again, primitive.transposes, primitive.vjps):
        found += rules or ()
    kinds = (types.FunctionType, types.MethodType, functools.partial)
    return [x for x in found if isinstance(x, kinds)]
