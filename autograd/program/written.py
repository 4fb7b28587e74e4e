"""Which arrays from outside a recorded function writes to, and what they held before."""

from __future__ import annotations

from typing import Any

from autograd.engine.memory import owner_of
from autograd.program.instructions import Constant, Variable
from autograd.program.traced import Traced


class WrittenArrays:
    """The arrays from outside that a recorder has followed writes to.

    Parameters
    ----------
    restored : bool
        Whether they get back what they held: a copy is made before the first write.
    """

    def __init__(self, restored: bool) -> None:
        self._restored = restored
        self._lent: set[Variable] = set()
        self._owners: set[int] = set()
        self._saved: dict[int, tuple[Any, Any]] = {}

    def lend(self, variable: Variable) -> None:
        """Note that an input is an array of somebody else, and no copy of it."""
        self._lent.add(variable)

    def holds(self, array: Any) -> bool:
        """Return whether something was written to a constant, or to what it is a view of."""
        return id(owner_of(array)) in self._owners

    def save(self, owner: Traced) -> None:
        """Note a write, and keep what the array holds."""
        array, variable = owner._value, owner._variable
        if isinstance(variable, Constant):
            self._owners.add(id(owner_of(array)))
        elif variable not in self._lent:
            return
        if self._restored and id(array) not in self._saved:
            self._saved[id(array)] = (array, array.copy("K"))

    def restore(self) -> None:
        """Put back what the arrays held, from the last to the first."""
        for array, held in reversed(self._saved.values()):
            array[...] = held
        self._saved.clear()
