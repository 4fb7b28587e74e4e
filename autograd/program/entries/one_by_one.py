"""A program for many entries, one after the other: where no tape can run it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import tree
from autograd.program.entries.structures import are_numbers, number_of
from autograd.program.instructions import Constant, Variable
from autograd.program.program import Program
from autograd.program.running import GuardFailed, compiled


class OneByOne:
    """A program as a function of arrays, with one number for each entry.

    Attributes
    ----------
    types : list of dtype
        For each number or array that it returns the type of its array.
    """

    def __init__(self, program: Program) -> None:
        self._loads = [load for load in program.loads if load.variable is not None]
        alone = copy.copy(program)
        read: list[Any] = [load.variable for load in self._loads]
        alone.inputs = [*program.inputs, *read]
        alone.loads = []
        self._run = compiled(alone.optimised(), alone)
        leaves = tree.flat(program.output)
        self._numbers = are_numbers(leaves)
        self.types = [
            _type_of(x) for x, is_number in zip(leaves, self._numbers, strict=True) if is_number
        ]

    def __call__(self, count: int, inputs: list[Any], numbers: Mapping[int, Any]) -> Any:
        """Run the program for some entries: see `Lanes`."""
        given = list(inputs)
        for load in self._loads:
            known = numbers.get(id(load.node)) if load.what == "data" else None
            given.append(getattr(load.node, load.what) if known is None else known)
        failed = np.zeros(count, np.int32)
        columns: list[list[Any]] = [[] for _ in self.types]
        for place in range(count):
            entry = [number_of(x[place]) if type(x) is np.ndarray else x for x in given]
            try:
                found = tree.flat(self._run(*entry))
            except GuardFailed:
                failed[place] = 1
                continue
            kept = [x for x, is_kept in zip(found, self._numbers, strict=True) if is_kept]
            for column, x in zip(columns, kept, strict=True):
                column.append(x)
        pairs = zip(columns, self.types, strict=True)
        return [np.asarray(column, kind) for column, kind in pairs], failed


def _type_of(x: Any) -> np.dtype[Any]:
    """Return the type of what a program returns: a variable, a constant array or a number."""
    if isinstance(x, Variable):
        return np.dtype(x.dtype or x.kind)
    return np.asarray(x.value if isinstance(x, Constant) else x).dtype
