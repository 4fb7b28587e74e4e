"""Terms: what a program computes as mathematics, not as a sequence of calls.

Equal terms are the same object, so a subexpression that occurs twice is found by identity. Sums
hold coefficients and products hold exponents: ``2 * a - a`` and ``a`` are the same term.
"""

from __future__ import annotations

import math
import threading
import weakref
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

SYMBOL, NUMBER, SUM, PRODUCT, MATMUL = "symbol", "number", "sum", "product", "matmul"
TRANSPOSE, REDUCE, FUNCTION, SPREAD, RESHAPE = (
    "transpose",
    "reduce",
    "function",
    "spread",
    "reshape",
)
SOFTMAX, INDEX, UPDATE, CALL = "softmax", "index", "update", "call"

_LOCK = threading.Lock()
_KNOWN: weakref.WeakValueDictionary[Any, Term] = weakref.WeakValueDictionary()
_COUNT = [0]


class Term:
    """A mathematical expression.

    Attributes
    ----------
    kind : str
        One of the kinds above.
    parts : tuple of Term
        What it is made of.
    detail : hashable
        What else it depends on: coefficients, exponents, axes, a name.
    shape : tuple of int
        The shape of its value.
    number : int
        Counts terms; those made first come first in sums and products.
    """

    __slots__ = ("__weakref__", "detail", "key", "kind", "number", "parts", "shape")

    def __init__(self, kind: str, parts: tuple[Term, ...], detail: Any, shape: Any) -> None:
        self.kind = kind
        self.parts = parts
        self.detail = detail
        self.shape = shape
        _COUNT[0] += 1
        self.number = _COUNT[0]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.detail!r} of {len(self.parts)}: {list(self.shape)}>"


def make(kind: str, parts: Iterable[Term], detail: Any, shape: Iterable[int]) -> Term:
    """Return the term with these properties, the same object each time."""
    parts, shape = tuple(parts), tuple(shape)
    key = (kind, tuple(map(id, parts)), repr(detail) if kind == NUMBER else detail, shape)
    with _LOCK:
        found = _KNOWN.get(key)
        if found is None:
            found = _KNOWN[key] = Term(kind, parts, detail, shape)
        return found


def symbol(name: str, shape: Any, owner: Any = None) -> Term:
    """Return a term for an input or constant."""
    return make(SYMBOL, (), (name, owner), shape)


def number(x: Any) -> Term:
    """Return a term for a number."""
    if isinstance(x, (bool, np.bool_)):
        x = float(x)
    x = x.item() if isinstance(x, np.generic) else x
    if isinstance(x, complex) and x.imag == 0:
        x = x.real
    return make(NUMBER, (), x if isinstance(x, complex) else float(x), ())


def in_order(*roots: Term, stop: Any = ()) -> Iterator[Term]:
    """Yield all terms below some terms, parts first; do not look into those in `stop`."""
    seen: set[int] = set()
    stack: list[tuple[Term, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        term, done = stack.pop()
        if done:
            yield term
        elif id(term) not in seen:
            seen.add(id(term))
            stack.append((term, True))
            if term not in stop:
                stack.extend((part, False) for part in reversed(term.parts))


def broadcast(*shapes: Any) -> tuple[int, ...]:
    """Return the shape to which shapes broadcast."""
    return np.broadcast_shapes(*shapes)


# -- evaluation ------------------------------------------------------------------------------------

#: Elementwise functions that NumPy has under another name, or not at all.
EXTRA: dict[str, Any] = {
    "sigmoid": lambda x: np.exp(-np.logaddexp(0.0, -x)),
    "cond": np.where,
}


def evaluate(roots: Iterable[Term], values: dict[Term, Any]) -> list[Any]:
    """Compute terms.

    Parameters
    ----------
    roots : iterable of Term
        What to compute.
    values : dict
        The numbers and arrays of the symbols, and of any other terms.
    """
    roots = list(roots)
    found: dict[Term, Any] = {}
    with np.errstate(all="ignore"):
        for term in in_order(*roots, stop=values):
            known = values.get(term)
            found[term] = (
                _value(term, [found[part] for part in term.parts]) if known is None else known
            )
    return [found[root] for root in roots]


def _value(term: Term, parts: list[Any]) -> Any:
    kind, detail = term.kind, term.detail
    if kind == NUMBER:
        return detail
    if kind == SUM:
        return sum(c * x for c, x in zip(detail, parts, strict=True))
    if kind == PRODUCT:
        return math.prod([_power(x, e) for x, e in zip(parts, detail, strict=True)], start=1)
    if kind == MATMUL:
        total = parts[0]
        for x in parts[1:]:
            total = np.matmul(total, x)
        return total
    if kind == FUNCTION:
        function = EXTRA.get(detail) or getattr(np, detail)
        return function(*parts)
    if kind == SOFTMAX:
        shifted = np.exp(parts[0] - np.max(parts[0], axis=detail, keepdims=True))
        return shifted / np.sum(shifted, axis=detail, keepdims=True)
    return _arranged(term, parts)


def _arranged(term: Term, parts: list[Any]) -> Any:
    kind, detail = term.kind, term.detail
    x: Any = parts[0] if parts else None
    if kind == TRANSPOSE:
        return np.transpose(x, detail)
    if kind == SPREAD:
        return np.broadcast_to(x, term.shape)
    if kind == RESHAPE:
        return np.reshape(x, term.shape)
    if kind == REDUCE:
        operation, axes, keep = detail
        return getattr(np, operation)(x, axis=axes, keepdims=keep)
    if kind == INDEX:
        return x[filled(detail, parts)]
    if kind == UPDATE:
        changed = np.array(x, np.result_type(x, parts[1]))
        index, adds = detail
        if adds:
            np.add.at(changed, filled(index, parts), parts[1])
        else:
            changed[filled(index, parts)] = parts[1]
        return changed
    function, arguments, keywords, path = detail
    parts = [np.asarray(p)[()] if isinstance(p, (float, complex)) else p for p in parts]
    result = function.call(*filled(arguments, parts), **dict(filled(keywords, parts)))
    for position in path:
        result = result[position]
    return result


def _power(x: Any, exponent: float) -> Any:
    if exponent == 1:
        return x
    if exponent == int(exponent) and exponent > 0:
        return x ** int(exponent)
    if exponent == 0.5:
        return np.sqrt(x)
    return 1 / _power(x, -exponent) if exponent < 0 else np.power(x, exponent)


class Part:
    """The place of a part in the detail of a term, and the letter for the kind of its numbers."""

    __slots__ = ("letter", "position")

    def __init__(self, position: int, letter: str = "f") -> None:
        self.position = position
        self.letter = letter

    def __hash__(self) -> int:
        return hash(self.position)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and other.position == self.position

    def __repr__(self) -> str:
        return f"Part({self.position})"


class Slice:
    """A slice that can be hashed."""

    __slots__ = ("ends",)

    def __init__(self, start: Any, stop: Any, step: Any) -> None:
        self.ends = (start, stop, step)

    def __hash__(self) -> int:
        return hash(self.ends)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slice) and other.ends == self.ends

    def __repr__(self) -> str:
        return f"Slice{self.ends}"


def filled(x: Any, parts: list[Any]) -> Any:
    """Put values into a detail."""
    if isinstance(x, Part):
        part = parts[x.position]
        kind = {"i": int, "u": int, "b": bool}.get(x.letter)
        return part if kind is None else np.asarray(part).astype(kind)[()]
    if isinstance(x, Slice):
        return slice(*[_whole(filled(end, parts)) for end in x.ends])
    if isinstance(x, tuple):
        return tuple([filled(item, parts) for item in x])
    if isinstance(x, Many):
        return [filled(item, parts) for item in x.items]
    return x


def _whole(x: Any) -> Any:
    return x if x is None else int(x)


class Many:
    """A list that can be hashed."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Any, ...]) -> None:
        self.items = items

    def __hash__(self) -> int:
        return hash(self.items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Many) and other.items == self.items
