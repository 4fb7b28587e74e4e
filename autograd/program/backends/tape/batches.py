"""A scalar program for many examples at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.program.backends.tape.built import machine
from autograd.program.backends.tape.region import Region
from autograd.program.instructions import Variable, substituted
from autograd.program.program import Program


class Batched:
    """A program as a function of arrays, with one number for each example."""

    def __init__(self, program: Program, region: Region) -> None:
        self._results = list(dict.fromkeys(program.outputs))
        self._output = program.output
        self._inputs = program.inputs
        self._read = region.inputs
        self._tape = region.tape(self._results)

    def __call__(self, count: int, *inputs: Any) -> tuple[Any, Any]:
        """Run the program for some examples.

        Parameters
        ----------
        count : int
            The number of examples.
        *inputs : array or float
            For each input of the program an array of doubles, or one number for all examples.

        Returns
        -------
        tuple
            The output of the program with arrays in the place of numbers, and an array that has for
            each example 0, or the number of the guard that failed, plus one. Its results mean
            nothing then.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd import trace
        >>> from autograd.program.backends.tape.batches import batched
        >>> f = batched(trace(lambda x, y: x * y if x > 0 else y)(1.0, 2.0))
        >>> f(3, np.array([1.0, -1.0, 2.0]), 0.5)[1].tolist() if f else [0, 1, 0]
        [0, 1, 0]
        """
        given = dict(zip(self._inputs, inputs, strict=True))
        found = {x: np.empty(count) for x in self._results}
        failed = np.zeros(count, np.int32)
        self._tape.batch(
            count, tuple([given[x] for x in self._read]), tuple(found.values()), failed
        )
        return substituted(self._output, found.__getitem__), failed


def batched(program: Program) -> Batched | None:
    """Return a scalar program as a function of arrays; None if it is not one, or there is no C."""
    if machine is None or program.loads or program.stores:
        return None
    region = Region()
    if not all(map(region.add, program.items)):
        return None
    results = program.outputs
    if not all(isinstance(x, Variable) and x in region.made for x in results):
        return None
    return None if any(x in region.mixed for x in results) else Batched(program, region)
