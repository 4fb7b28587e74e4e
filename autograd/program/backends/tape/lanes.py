"""A scalar program for many entries at once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd import tree
from autograd.program.backends.tape.built import machine
from autograd.program.backends.tape.region import EXACT, Region
from autograd.program.instructions import Constant, Variable
from autograd.program.program import Program

NOTHING: Mapping[int, Any] = MappingProxyType({})

#: Numbers that a program may return as they are, with the types of their arrays.
_NUMBERS = {
    float: np.dtype(float),
    np.float64: np.dtype(float),
    bool: np.dtype(bool),
    int: np.dtype(int),
}


class Lanes:
    """A program as a function of arrays, with one number for each entry.

    Attributes
    ----------
    types : list of dtype
        For each number that it returns the type of its array.
    """

    def __init__(self, program: Program, region: Region) -> None:
        leaves = [x for x in tree.flat(program.output) if type(x) in (Variable, *_NUMBERS)]
        self.types = [_NUMBERS[x.kind if type(x) is Variable else type(x)] for x in leaves]
        made: dict[Any, int] = {}
        for k, x in enumerate(leaves):
            if x in region.made:
                made.setdefault(x, k)
        self._loads = [load for load in program.loads if load.variable is not None]
        inputs = [*program.inputs, *[load.variable for load in self._loads]]
        places = {x: place for place, x in enumerate(inputs)}
        self._read = [places[x] for x in region.inputs]
        self._count = len(leaves)
        self._rows = list(made.values())
        self._fixed = [(k, x) for k, x in enumerate(leaves) if type(x) is not Variable]
        self._given = [(k, places[x]) for k, x in enumerate(leaves) if x in places]
        self._again = [(k, made[x]) for k, x in enumerate(leaves) if made.get(x, k) != k]
        self._tape = region.tape(list(made))

    def __call__(
        self, count: int, inputs: list[Any], numbers: Mapping[int, Any] = NOTHING
    ) -> tuple[Any, Any]:
        """Run the program for some entries.

        Parameters
        ----------
        count : int
            The number of entries.
        inputs : list of array and float
            For each input of the program an array of doubles, or one number for all entries.
        numbers : mapping
            By identity of a node from outside, what to read instead of its number.

        Returns
        -------
        tuple
            An array with a row for each number that the program returns, and one that has for each
            entry 0, or the number of the guard that failed, plus one. Rows are for the others.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd import trace
        >>> from autograd.program.backends.tape.lanes import lanes
        >>> f = lanes(trace(lambda x, y: x * y if x > 0 else y)(1.0, 2.0))
        >>> f(3, [np.array([1.0, -1.0, 2.0]), 0.5])[1].tolist() if f else [0, 1, 0]
        [0, 1, 0]
        """
        given = list(inputs)
        for load in self._loads:
            known = numbers.get(id(load.node)) if load.what == "data" else None
            given.append(getattr(load.node, load.what) if known is None else known)
        found = np.empty((len(self._rows), count))
        failed = np.empty(count, np.int32)
        self._tape.batch(count, tuple([given[k] for k in self._read]), found, failed)
        block = found
        if len(self._rows) < self._count:
            block = np.empty((self._count, count))
            block[self._rows] = found
            for k, number in self._fixed:
                block[k] = number
            for k, place in self._given:
                block[k] = given[place]
            for k, row in self._again:
                block[k] = block[row]
        return block[:, failed == 0] if failed.any() else block, failed


def lanes(program: Program) -> Lanes | None:
    """Return a scalar program as a function of arrays; None if it is not one, or there is no C."""
    if machine is None or program.stores:
        return None
    region = Region()
    if not all(map(region.add, program.items)):
        return None
    known = {*program.inputs, *[load.variable for load in program.loads]}
    known |= {x for x in region.made if x not in region.mixed}
    if not (known.issuperset(region.inputs) and all(x.kind is float for x in program.inputs)):
        return None
    for x in tree.flat(program.output):
        if type(x) is Variable and not (x in known and x.kind in _NUMBERS):
            return None
        is_other = isinstance(x, (complex, np.generic, Constant)) and type(x) is not np.float64
        if is_other or (type(x) is int and abs(x) > EXACT):
            return None
    return Lanes(program, region)
