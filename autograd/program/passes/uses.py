"""Where the variables of a program are used: what a region must hand over to others."""

from __future__ import annotations

from typing import Any

from autograd.program.passes.effects import leaving, reads
from autograd.program.program import Program


class Uses:
    """Where the variables of a program are used.

    Attributes
    ----------
    leaving : set of Variable
        Those that the program returns or stores.
    positions : dict
        For each variable and constant, the positions of the items that read it.
    makers : dict
        For each variable that an item makes, the position of that item.
    """

    def __init__(self, program: Program) -> None:
        self.leaving = set(leaving(program))
        self.positions: dict[Any, set[int]] = {}
        self.makers = {x: i for i, item in enumerate(program.items) for x in item.makes()}
        for position, item in enumerate(program.items):
            for x in reads(item):
                self.positions.setdefault(x, set()).add(position)

    def outside(self, x: Any, group: set[int]) -> bool:
        """Return whether a variable is used by others than these items."""
        return x in self.leaving or not self.positions.get(x, set()) <= group
