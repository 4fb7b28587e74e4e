"""Which arrays from outside a recorded function writes to, and what they held before."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.memory import owner_of
from autograd.program.instructions import Constant, Variable
from autograd.program.traced import Traced, TracedArray

#: Each element of the result depends on one element of the array, so order does not matter.
_ELEMENTWISE = frozenset(
    (
        operator.iadd, operator.isub, operator.imul, operator.itruediv,
        np.add, np.subtract, np.multiply, np.divide,
    )
)  # fmt: skip


class WrittenArrays:
    """The arrays from outside that a recorder has followed writes to.

    A training step ends with updates of its parameters, which nothing in the step reads. Where the
    arrays get back what they held, such an update need not take place, nor a copy before it. So it
    waits until something reads the array.

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
        #: By the identity of memory: arrays in it, functions and their second arguments, in order.
        self._waiting: dict[int, list[tuple[Any, Any, Any]]] = {}

    def lend(self, variable: Variable) -> None:
        """Note that an input is an array of somebody else, and no copy of it."""
        self._lent.add(variable)

    def holds(self, array: Any) -> bool:
        """Return whether something was written to a constant, or to what it is a view of."""
        return id(owner_of(array)) in self._owners

    def save(self, owner: Traced) -> None:
        """Note a write, and keep what the array holds."""
        array, variable = owner._value, owner._variable
        self._before_write(array)
        if isinstance(variable, Constant):
            self._owners.add(id(owner_of(array)))
        elif variable not in self._lent:
            return
        self._keep(array)

    def put_off(
        self, function: Any, arguments: Any, target: TracedArray, plain: Callable[[Any], Any]
    ) -> bool:
        """Let a write wait if it cannot fail, and nothing is lost if it never takes place.

        Parameters
        ----------
        function, arguments : callable and tuple
            What writes: an operator in place, or a ufunc whose ``out=`` is the target.
        target : TracedArray
            What it writes to.
        plain : callable
            Returns the value of a followed object.

        Returns
        -------
        bool
            Whether it waits.
        """
        if target._variable not in self._lent or not self._restored:
            return False
        if function not in _ELEMENTWISE or len(arguments) != 2 or arguments[0] is not target:
            return False
        array, other = target._value, arguments[1]
        if id(array) in self._saved or not isinstance(other, (Traced, float, int)):
            return False
        other = plain(other)
        memory = owner_of(array)
        if not _fits(array, other) or owner_of(other) is memory:
            return False
        self._before_write(array)
        self._waiting.setdefault(id(memory), []).append((array, function, other))
        return True

    def read(self, array: Any) -> None:
        """Carry out the writes to this memory that wait, before something reads it."""
        if not self._waiting or id(owner_of(array)) not in self._waiting:
            return
        with np.errstate(all="ignore"):  # the next recording warns, where the user's code is
            for written, function, other in self._waiting.pop(id(owner_of(array))):
                self._keep(written)
                if isinstance(function, np.ufunc):
                    function(written, other, out=written)
                else:
                    function(written, other)

    def restore(self) -> None:
        """Put back what the arrays held, from the last to the first."""
        self._waiting.clear()
        for array, held in reversed(self._saved.values()):
            array[...] = held
        self._saved.clear()

    def _keep(self, array: Any) -> None:
        if self._restored and id(array) not in self._saved:
            self._saved[id(array)] = (array, array.copy("K"))

    def _before_write(self, array: Any) -> None:
        """Carry out writes that wait and take numbers from this memory."""
        memory = owner_of(array)
        for writes in list(self._waiting.values()):
            if any(owner_of(other) is memory for _, _, other in writes):
                self.read(writes[0][0])


def _fits(array: Any, other: Any) -> bool:
    """Return whether an array of floats can take in what is computed with this."""
    if array.dtype.kind != "f" or not array.flags.writeable:
        return False
    shape, kind = np.shape(other), np.result_type(other).kind
    if kind not in "fiub" or "raise" in np.geterr().values():
        return False
    return len(shape) <= array.ndim and all(
        n in (1, there) for n, there in zip(shape[::-1], array.shape[::-1], strict=False)
    )
