"""Terms: what a program computes as mathematics, not as a sequence of calls.

Equal terms are the same object, so a subexpression that occurs twice is found by identity. Sums
hold coefficients and products hold exponents: ``2 * a - a`` and ``a`` are the same term.
"""

from __future__ import annotations

import math
import threading
import weakref
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Variable, substituted

Kind = Enum(
    "Kind",
    "SYMBOL NUMBER SUM PRODUCT MATMUL TRANSPOSE REDUCE FUNCTION SPREAD RESHAPE SOFTMAX INDEX "
    "UPDATE CALL",
)

_LOCK = threading.Lock()
_KNOWN: weakref.WeakValueDictionary[Any, Term] = weakref.WeakValueDictionary()
_COUNT = [0]


class Term:
    """A mathematical expression.

    Attributes
    ----------
    kind : Kind
        What it is.
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

    def __init__(self, kind: Kind, parts: tuple[Term, ...], detail: Any, shape: Any) -> None:
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
        return f"<{self.kind.name} {self.detail!r} of {len(self.parts)}: {list(self.shape)}>"


def make(kind: Kind, parts: Iterable[Term], detail: Any, shape: Iterable[int]) -> Term:
    """Return the term with these properties, the same object each time."""
    parts, shape = tuple(parts), tuple(shape)
    key = (kind, tuple(map(id, parts)), repr(detail) if kind == Kind.NUMBER else detail, shape)
    with _LOCK:
        found = _KNOWN.get(key)
        if found is None:
            found = _KNOWN[key] = Term(kind, parts, detail, shape)
        return found


def symbol(name: str, shape: Any, owner: Any = None) -> Term:
    """Return a term for an input or constant."""
    return make(Kind.SYMBOL, (), (name, owner), shape)


def number(x: Any) -> Term:
    """Return a term for a number."""
    if isinstance(x, (bool, np.bool_)):
        x = float(x)
    x = x.item() if isinstance(x, np.generic) else x
    if isinstance(x, complex) and x.imag == 0:
        x = x.real
    return make(Kind.NUMBER, (), x if isinstance(x, complex) else float(x), ())


def identity(size: int) -> Term:
    """Return a term for an identity matrix."""
    return make(Kind.SYMBOL, (), "identity", (size, size))


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
    """Compute elementwise terms from the numbers of others."""
    roots = list(roots)
    found: dict[Term, Any] = {}
    with np.errstate(all="ignore"):
        for term in in_order(*roots, stop=values):
            known = values.get(term)
            parts = [found.get(part) for part in term.parts]
            found[term] = computed(term, parts) if known is None else known
    return [found[root] for root in roots]


def computed(term: Term, parts: list[Any]) -> Any:
    """Compute an elementwise term from its parts."""
    if term.kind == Kind.NUMBER:
        return term.detail
    if term.kind == Kind.SUM:
        return sum(c * x for c, x in zip(term.detail, parts, strict=True))
    if term.kind == Kind.PRODUCT:
        return math.prod([_power(x, e) for x, e in zip(parts, term.detail, strict=True)], start=1)
    return (EXTRA.get(term.detail) or getattr(np, term.detail))(*parts)


def _power(x: Any, exponent: float) -> Any:
    if exponent < 0:
        return 1 / _power(x, -exponent)
    return x ** int(exponent) if exponent == int(exponent) else np.power(x, exponent)


# -- calls -----------------------------------------------------------------------------------------


class Call:
    """What a call or an index contains besides terms; equal ones compute the same.

    Attributes
    ----------
    arguments, keywords : tuple, dict
        The arguments, nested; the parts of the term stand in the place of the variables, in order.
    function : callable or None
        What is called; None for an index.
    name : str
        Its name.
    path : tuple of int
        Where in its result the term is.
    """

    __slots__ = ("_key", "arguments", "function", "keywords", "name", "path")

    def __init__(
        self, arguments: Any, keywords: Any = (), function: Any = None, name: str = "",
        path: tuple[int, ...] = (), once: Any = None,
    ) -> None:  # fmt: skip
        self.arguments = arguments
        self.keywords = dict(keywords)
        self.function = function
        self.name = name
        self.path = path
        shown = repr(substituted((arguments, self.keywords), letter_of))
        self._key = (name, repr(function), path, id(once), shown)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Call) and other._key == self._key


def letter_of(x: Any) -> str:
    """Return the letter for the kind of the numbers in a variable, a constant or a number."""
    dtype = getattr(x.value if isinstance(x, Constant) else x, "dtype", None)
    if dtype is not None:
        return str(dtype.kind)
    kind = x.kind if isinstance(x, Variable) else type(x)
    return {bool: "b", int: "i", float: "f", complex: "c"}.get(kind, "O")
