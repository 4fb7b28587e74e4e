"""Where instructions come from: the user's code, and in a backward pass the derived variable."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Any

from autograd.program.instructions import Instruction, Variable


class Place(tuple):  # type: ignore[type-arg]
    """File and line of the user's code, and what Python ran there.

    Attributes
    ----------
    code : code
        The code object.
    instruction : int
        Where in it Python was: what `frame.f_lasti` says.
    """

    code: types.CodeType
    instruction: int

    def __new__(cls, code: types.CodeType, line: int, instruction: int) -> Place:
        """Return a pair that knows more."""
        place = super().__new__(cls, (code.co_filename, line))
        place.code = code
        place.instruction = instruction
        return place


class Origins:
    """Which instructions of a recording belong to backward passes, and what they derive.

    Attributes
    ----------
    gradients : dict
        See `Program.gradients`.
    """

    def __init__(self) -> None:
        self.gradients: dict[Variable, tuple[Variable, ...]] = {}
        self._marks: list[tuple[int, bool, Any, Any]] = []

    def reached(self, position: int, variable: Any, cotangent: Any) -> None:
        """Note that the instructions from this position on pull back the derivative of a variable.

        Parameters
        ----------
        position : int
            Counts the items of the recording.
        variable : Variable, Constant or None
            What is derived; None if it is not known.
        cotangent : Variable, Constant or None
            The derivative of the result with respect to it.
        """
        self._marks.append((position, True, variable, cotangent))
        if isinstance(cotangent, Variable) and isinstance(variable, Variable):
            self.gradients[cotangent] = (*self.gradients.get(cotangent, ()), variable)

    def count(self) -> int:
        """Return how often something was noted."""
        return len(self._marks)

    def take_over(self, other: Origins, begin: int, end: int) -> None:
        """Note what another recording has noted from one count to another one."""
        for position, backward, variable, cotangent in other._marks[begin:end]:
            if backward:
                self.reached(position, variable, cotangent)
            else:
                self.ended(position)

    def ended(self, position: int) -> None:
        """Note that a backward pass has ended."""
        self._marks.append((position, False, None, None))

    @property
    def roots(self) -> list[Variable]:
        """The variables that backward passes begin with."""
        found = []
        inside = False
        for _, backward, variable, _ in self._marks:
            if backward and not inside and isinstance(variable, Variable):
                found.append(variable)
            inside = backward
        return found

    def assign(self, items: Sequence[Any]) -> None:
        """Tell the instructions what they derive."""
        ends = [mark[0] for mark in self._marks[1:]] + [len(items)]
        for (begin, backward, variable, _), end in zip(self._marks, ends, strict=False):
            if backward:
                for item in items[begin:end]:
                    item.backward = True
                    if isinstance(item, Instruction):
                        item.derives = variable if isinstance(variable, Variable) else None
