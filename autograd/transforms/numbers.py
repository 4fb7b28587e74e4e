"""What `vmap` does for a function that needs the bare number of each entry."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.batching import Level
from autograd.batching.generators import GENERATORS
from autograd.batching.level import shape
from autograd.engine import Node, tracing
from autograd.engine.batching import Batched
from autograd.engine.dispatch import plain
from autograd.engine.tracing import concrete
from autograd.errors import BatchError, OptionError
from autograd.program import structure
from autograd.program.entries import Entries
from autograd.transforms.batch_axes import is_numeric, spread_axes

#: For how many kinds of arguments a function keeps its programs; the oldest are dropped.
SIGNATURES = 64

#: What all calls share and programs take for inputs: anything else is fixed.
_VARYING = (Node, np.ndarray, np.inexact, float, complex, Batched, tracing.Followed)


def _is_float(x: Any, axes: int) -> bool:
    """Return whether this is a float, or an array of floats with so many axes."""
    dtype = np.dtype(float) if type(x) is float else getattr(x, "dtype", type(concrete(x)))
    return len(shape(x)) == axes and np.dtype(dtype) == np.float64


class OfNumbers:
    """The calls of a function each of which gets single numbers.

    Parameters
    ----------
    function : callable
        What `vmap` was given.
    name : str
        Its name.
    """

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        self.function = function
        self.name = name
        #: By the structure of the arguments: those for which arrays of all entries do not do.
        self.needed: dict[Any, Entries] = {}

    def call(self, given: Any, arguments: Any, keywords: Any) -> Call | None:
        """Return a call with these leaves; None if an entry is more than floats."""
        varying = []
        if all(axis is None for _, _, axis in given):
            return None
        for _, x, axis in given:
            is_number = isinstance(x, _VARYING)
            if is_number and not _is_float(plain(x), 0 if axis is None else 1):
                return None
            if isinstance(x, GENERATORS):
                return None
            varying.append(is_number)
        return Call(self, given, varying, arguments, keywords)


class Call:
    """One call for all entries."""

    def __init__(
        self, owner: OfNumbers, given: Any, varying: list[bool], arguments: Any, keywords: Any
    ) -> None:
        self.owner = owner
        leaves = [x for _, x, _ in given]
        self.leaves = [x for x, varies in zip(leaves, varying, strict=True) if varies]
        parts = iter([0.0 if varies else x for x, varies in zip(leaves, varying, strict=True)])
        self.template = tree.mapped((arguments, keywords), lambda _: next(parts))
        self.varying = varying
        key: list[Any] = []
        structure.flatten(self.template, [], key)
        self.key = tuple(key), tuple(varying)

    def is_needed(self) -> bool:
        """Return whether arrays of all entries have not done before.

        While a function is traced they are tried again, for two recordings must be the same.
        """
        return self.key in self.owner.needed and tracing.tracer() is None

    def results(self, level: Level, out_axes: Any) -> Any:
        """Return the results of all entries."""
        owner = self.owner
        entries = owner.needed.get(self.key)
        if entries is None:
            while len(owner.needed) >= SIGNATURES:
                del owner.needed[next(iter(owner.needed))]
            objects = list(structure.objects_in(self.template))
            entries = Entries(self._of_entry, owner.name, owner.function, objects)
            owner.needed[self.key] = entries
        entries.looped = level.note_loop
        found = entries(*self.leaves)
        axes = iter(spread_axes(out_axes, found, "out_axes"))
        return tree.mapped(found, lambda x: self._placed(x, next(axes)))

    def _of_entry(self, *numbers: Any) -> Any:
        """Call the function for one entry."""
        rest = iter(numbers)
        varying = iter(self.varying)
        arguments, keywords = tree.mapped(
            self.template, lambda x: next(rest) if next(varying) else x
        )
        return self.owner.function(*arguments, **keywords)

    def _placed(self, x: Any, axis: Any) -> Any:
        """Return a result with the axis of the batch where it is wanted."""
        if not is_numeric(x):
            return x
        if axis is None:
            raise BatchError(
                "out_axes=None is for results that are the same in all calls, but this function is "
                "called with the bare numbers of each entry. Write out_axes=0."
            )
        count = len(shape(plain(x)))
        if not -count <= axis < count:
            raise OptionError(f"out_axes={axis} is out of range for results of {count - 1} axes.")
        axis = operator.index(axis)
        return np.moveaxis(x, 0, axis) if axis % count else x
