"""The part of a recorder that records operations on Python's numbers, as Values do most."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from threading import get_ident
from typing import Any

from autograd.engine.grad_mode import GRAD_MODE
from autograd.program.contents_tracer import ContentsTracer
from autograd.program.instructions import Instruction, Variable
from autograd.program.origins import Origins
from autograd.program.places import place_of_caller, scope_here
from autograd.program.traced import TracedNumber
from autograd.program.value_backward import Pass

#: The types of Python's real numbers.
PYTHON = frozenset((float, int, bool))


class NumberRecorder(ContentsTracer):
    """The part of a `Recorder` for Python's numbers.

    Attributes
    ----------
    variables : list of Variable
        By their numbers.
    before : Recorder or None
        Another recording of the same call. What it has made is taken over where it is equal.
    passes : list of Pass
        The backward passes through Values, in order.
    """

    def __init__(self, changing: Any, strict: bool, before: NumberRecorder | None) -> None:
        super().__init__(changing, strict)
        self.variables: list[Variable] = []
        self.before = before
        self.passes: list[Pass] = []
        self._known_items: list[Any] = [] if before is None else before.items
        self._known_variables: list[Variable] = [] if before is None else before.variables
        self.origins = Origins()
        self.is_finished = False
        self._thread = threading.get_ident()
        self._calling: Any = None  # what is called at this moment

    def is_open(self) -> bool:
        """Return whether this thread may record now."""
        return self._calling is None and not self.is_finished and self._thread == get_ident()

    def _check(self) -> None:
        """Refuse what this cannot record."""
        raise NotImplementedError

    def arithmetic(
        self, function: Any, arguments: Any, primitive: Any = None, place: Any = None
    ) -> Any:
        """Record an operation on Python's numbers, as Values do most; None if it is anything else.

        It calls nothing that could record, and neither memory nor warnings matter.
        """
        plain, symbols, moves = [], [], False
        for x in arguments:
            if type(x) is TracedNumber:
                symbols.append(x._variable)
                moves = moves or x._moves
                x = x._value
            else:
                symbols.append(x)
            if type(x) not in PYTHON:
                return None
            plain.append(x)
        if not self.is_open():
            self._check()
        try:
            value = function(*plain)
        except Exception:
            return None
        if type(value) not in PYTHON:
            return None
        return self.number_of(function, symbols, value, moves, primitive, place)

    def number_of(
        self,
        function: Any,
        symbols: Sequence[Any],
        value: Any,
        moves: bool = True,
        primitive: Any = None,
        place: Any = None,
    ) -> Any:
        """Record an operation on Python's numbers whose result is known."""
        items, variables = self.items, self.variables
        number, count = len(items), len(variables)
        variable: Any = None
        if number < len(self._known_items):
            known = self._known_items[number]
            if type(known) is Instruction and known.function is function:
                variable = known.result
                if (
                    type(variable) is not Variable
                    or variable.kind is not type(value)
                    or variable.number != count
                    or known.primitive is not primitive
                    or len(known.arguments) != len(symbols)
                ):
                    variable = None
                else:
                    for x, y in zip(known.arguments, symbols, strict=True):
                        if x is not y and not (type(x) is float is type(y) and x == y != 0.0):
                            variable = None
                            break
        if variable is None:
            variable = Variable(count, value)
            if count < len(self._known_variables):
                before = self._known_variables[count]
                variable = before if variable.is_like(before) else variable
            place = place or place_of_caller()
            scope = "" if GRAD_MODE.notes is None else scope_here()
            items.append(
                Instruction(
                    function, tuple(symbols), {}, variable, None, place, scope, False, primitive
                )
            )
        else:
            items.append(known)
        variables.append(variable)
        found = TracedNumber(value, variable, self)
        if not moves:
            found._moves = False
        return found

    def position(self) -> tuple[int, int, int]:
        """Return how many items, variables and marks of origins there are."""
        return len(self.items), len(self.variables), self.origins.count()

    def take_over(self, begin: tuple[int, int, int], end: tuple[int, int, int]) -> None:
        """Append what the other recording has recorded between two positions."""
        assert self.before is not None
        self.items += self.before.items[begin[0] : end[0]]
        self.variables += self.before.variables[begin[1] : end[1]]
        self.origins.take_over(self.before.origins, begin[2], end[2])

    def own(self, number: Any) -> Any:
        """Return what represents in this recording a number of another one."""
        found = TracedNumber(number._value, number._variable, self)
        found._moves = number._moves
        return found

    def release_passes(self) -> None:
        """Let go of the backward passes, which no recording takes over any more."""
        self.passes.clear()
        self.origins = Origins()
        self.before = None
