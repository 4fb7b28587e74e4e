"""What is known of the operands and results of an instruction, for the rules of patterns."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.instructions import Variable, substituted
from autograd.sparse.sets import Sets, joined


class Unknown(Exception):  # noqa: N818 - it is caught where rules are applied
    """A rule cannot find what a result depends on, so it counts as depending on everything."""


class Operand:
    """An array or number among the arguments of an instruction.

    Attributes
    ----------
    shape : tuple of int
        Its shape.
    sets : Sets or None
        The inputs on which each element depends; None if it depends on none.
    known : bool
        Whether its value does not depend on the arguments of the function.
    value : any
        The value, if it is known.
    variable : Variable or None
        What stands for it in the program.
    """

    __slots__ = ("known", "sets", "shape", "value", "variable")

    def __init__(
        self,
        shape: Any,
        sets: Sets | None,
        known: bool = False,
        value: Any = None,
        variable: Variable | None = None,
    ) -> None:
        self.shape = shape
        self.sets = sets
        self.known = known
        self.value = value
        self.variable = variable

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)


_OPERAND = frozenset((Operand,))


class Step:
    """One instruction, with operands instead of variables and constants.

    Attributes
    ----------
    function : callable
        What is called.
    arguments, keywords : tuple and dict
        The arguments, with operands in the place of arrays and numbers that have been computed.
    results : list of Variable
        What it computes.
    width : int
        The number of inputs that a result may depend on.
    primitive : Primitive or None
        The rule that calls the function.
    """

    def __init__(
        self,
        function: Any,
        arguments: Any,
        keywords: Any,
        results: list[Variable],
        width: int,
        primitive: Any = None,
    ) -> None:
        self.function = function
        self.arguments = arguments
        self.keywords = keywords
        self.results = results
        self.width = width
        self.primitive = primitive

    @property
    def name(self) -> str:
        """The name of the function."""
        return str(getattr(self.function, "__name__", getattr(self.function, "name", "function")))

    def operands(self) -> list[Operand]:
        """Return the operands, with repetitions."""
        return operands_in((self.arguments, self.keywords))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the only result."""
        if len(self.results) != 1:
            raise Unknown
        return self.results[0].shape

    def bound(self, function: Callable[..., Any] | None = None) -> dict[str, Any]:
        """Return the arguments by the names of the parameters."""
        try:
            signature = inspect.signature(self.function if function is None else function)
            return dict(signature.bind(*self.arguments, **self.keywords).arguments)
        except (TypeError, ValueError):
            raise Unknown from None


def operands_in(x: Any) -> list[Operand]:
    """Return the operands in nested arguments."""
    found: list[Operand] = []
    substituted(x, found.append, _OPERAND)
    return found


def plain(x: Any) -> Any:
    """Return arguments that are known, with values instead of operands; raise `Unknown`."""

    def value(operand: Operand) -> Any:
        if not operand.known:
            raise Unknown
        return operand.value

    return substituted(x, value, _OPERAND)


def sets_of(x: Any, width: int) -> Sets:
    """Return the sets of an operand, or of a number that depends on nothing."""
    if isinstance(x, Operand):
        return Sets.empty(x.size, width) if x.sets is None else x.sets
    return Sets.empty(np.size(x), width)


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of an operand, or of an array or number that is known."""
    return x.shape if isinstance(x, Operand) else np.shape(x)


class Positions:
    """Positions of elements, to run a function on that moves them. 0 stands for no element."""

    def __init__(self) -> None:
        self._parts: list[Sets] = []
        self._end = 1

    def of(self, x: Any) -> Any:
        """Return the positions of the elements of operands, nested, in arrays like them."""
        if isinstance(x, (list, tuple)):
            return [self.of(item) for item in x]
        if not isinstance(x, Operand) or x.sets is None:
            return np.zeros(shape_of(x), np.int64)
        self._parts.append(x.sets)
        begin, self._end = self._end, self._end + x.size
        return np.arange(begin, self._end).reshape(x.shape)

    def sets(self, found: Any) -> Sets:
        """Return the sets of the elements at positions."""
        if not self._parts:
            raise Unknown
        return joined(self._parts).take(np.asarray(found, np.int64) - 1)
