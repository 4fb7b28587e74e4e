"""Recognise elementwise functions in a recorded graph, even composed of several operations."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.engine import Node, Primitive
from autograd.graph import Graph, contents
from autograd.rules import elementwise, special

Derivative = Callable[[Any, Any], Any]

#: How many elements to compare before a whole array.
FEW = 8


@dataclass(frozen=True)
class KnownFunction:
    """An elementwise function y of x.

    Attributes
    ----------
    name : str
        Its name.
    function : callable
        Computes y from x.
    slope : callable
        Computes the derivative from x and y, in the form in which people write it.
    text : str
        That form.
    """

    name: str
    function: Callable[[Any], Any]
    slope: Derivative
    text: str

    def derivative(self, x: Any, y: Any) -> Any:
        """Return the derivative, from an argument and a result, even if they do not belong together."""
        return 1.0 * self.slope(np.asarray(x), np.asarray(y))


def known(primitive: Primitive, text: str = "", slope: Derivative | None = None) -> KnownFunction:
    """Describe a primitive; `slope` if people write its derivative in another form."""
    assert primitive.partials is not None
    (partial,) = primitive.partials
    return KnownFunction(
        primitive.name,
        primitive.function,
        slope or (lambda x, y: partial(y, x)),
        text or f"{primitive.name}'(x)",
    )


# fmt: off
#: Functions whose derivatives people write by hand. Some rules use a form that loses no digits.
COMMON = (
    known(special.sigmoid,        "y·(1 - y)",        lambda x, y: y * (1 - y)),
    known(elementwise.tanh,       "1 - y²",           lambda x, y: 1 - y * y),
    known(special.relu,           "1 where x > 0"),
    known(special.softplus,       "1/(1 + exp(-x))"),
    KnownFunction("silu", lambda x: x * special.sigmoid(x), lambda x, y: y + (1 - y) * special.sigmoid(x), "y + sigmoid(x)·(1 - y)"),
    known(elementwise.exp,        "y"),
    known(elementwise.log,        "1/x"),
    known(elementwise.sqrt,       "1/(2y)"),
    known(elementwise.square,     "2x"),
    KnownFunction("cube", lambda x: x**3, lambda x, y: 3 * x * x, "3x²"),
    known(elementwise.reciprocal, "-y²"),
    known(elementwise.sin,        "cos(x)"),
    known(elementwise.cos,        "-sin(x)"),
    known(elementwise.tan,        "1 + y²"),
    known(elementwise.arctan,     "1/(1 + x²)"),
    known(elementwise.sinh,       "cosh(x)"),
    known(elementwise.cosh,       "sinh(x)"),
    known(elementwise.absolute,   "sign(x)"),
)
# fmt: on


def _is_unary(primitive: Primitive) -> bool:
    """Return whether a primitive is an elementwise function of one argument, and not linear."""
    partials = primitive.partials
    if partials is None or len(partials) != 1 or not callable(partials[0]):
        return False
    return len(inspect.signature(partials[0]).parameters) == 2


@dataclass(frozen=True)
class Segment:
    """A part of a graph that computes a known function: y = function(x), element by element."""

    x: Any
    y: Any
    known: KnownFunction

    @property
    def slope(self) -> Any:
        """The derivative of y with respect to x."""
        with np.errstate(all="ignore"):
            return self.known.derivative(contents(self.x), contents(self.y))


def segments(graph: Graph, deepest: int = 10) -> Iterator[Segment]:
    """Yield the functions of one variable in a graph.

    These are its primitives, and the common functions, even composed of several operations: from
    each result the search follows elementwise operations back until a single node remains.
    """
    rank = {id(node): i for i, node in enumerate(graph)}
    for y in graph:
        frontier = {id(y): y}
        for _ in range(deepest):
            last = max(frontier.values(), key=lambda node: rank[id(node)])
            primitive = last.primitive
            if primitive is None or primitive.partials is None:
                break
            del frontier[id(last)]
            frontier.update((id(parent), parent) for parent in last.parents)
            if len(frontier) == 1:
                (x,) = frontier.values()
                function = recognise(x, y)
                if function is None and last is y and _is_unary(primitive):
                    function = known(primitive)
                if function is not None:
                    yield Segment(x, y, function)


def recognise(x: Node, y: Node) -> KnownFunction | None:
    """Return the common function that maps the numbers of x to those of y; None if none does."""
    a: Any = np.asarray(contents(x))
    b: Any = np.asarray(contents(y))
    if a.shape != b.shape or a.dtype.kind != "f" or a.size == 0:
        return None
    a, b = a.reshape(-1), b.reshape(-1)
    loose = 1e-5 if a.dtype == np.float32 else 1e-12
    with np.errstate(all="ignore"):
        for function in COMMON:
            if _maps(function, a[:FEW], b[:FEW], loose) and _maps(function, a, b, loose):
                return function
    return None


def _maps(function: KnownFunction, a: Any, b: Any, loose: float) -> bool:
    expected = function.function(a)
    return bool(np.all(np.abs(b - expected) <= loose * (np.abs(expected) + 1e-6)))
