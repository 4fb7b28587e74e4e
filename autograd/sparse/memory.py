"""What the variables of a program depend on, while it runs: also those that share memory."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Instruction, Variable, substituted
from autograd.program.passes.effects import root
from autograd.program.program import Program
from autograd.sparse.elements import CASTS
from autograd.sparse.operands import Operand
from autograd.sparse.sets import Sets

#: Instead of positions: a view of unknown elements.
ANYWHERE: Any = object()


class Memory:
    """An array that instructions write to, and of which there may be views.

    Attributes
    ----------
    shape : tuple of int
        Its shape.
    sets : Sets or None
        What each element depends on; None if on nothing.
    known : bool
        Whether the numbers do not depend on the arguments of the function.
    """

    __slots__ = ("known", "sets", "shape")

    def __init__(self, shape: tuple[int, ...], sets: Sets | None, known: bool) -> None:
        self.shape = shape
        self.sets = sets
        self.known = known


class Memories:
    """The state of all variables of a program.

    Parameters
    ----------
    program : Program
        The program.
    width : int
        The number of inputs that variables may depend on.
    """

    def __init__(self, program: Program, width: int) -> None:
        self.width = width
        self._values: dict[Any, Any] = {}
        self._sets: dict[Any, Sets] = {}
        self._written = {
            root(item.writes) for item in program.instructions if item.writes is not None
        }
        self._memories: dict[Any, Memory] = {}
        self._places: dict[Any, Any] = {}

    def operand(self, x: Any) -> Operand:
        """Return what is known of a variable or constant."""
        if isinstance(x, Constant) and x not in self._values:
            self.define(x, x.value.copy("K") if x in self._written else x.value)
        memory = self._memories.get(root(x))
        variable = x if isinstance(x, Variable) else None
        shape = x.value.shape if variable is None else x.shape
        if memory is not None and memory.sets is not None:
            return Operand(shape, self._seen(x, memory), variable=variable)
        known = x in self._values and (memory is None or memory.known)
        value = self._values[x] if known else None
        return Operand(shape, self._sets.get(x), known, value, variable)

    def _seen(self, x: Any, memory: Memory) -> Sets:
        """Return the sets of a view of memory."""
        assert memory.sets is not None
        places = self._places.get(x)
        if places is None:
            return memory.sets
        if places is ANYWHERE:
            return memory.sets.all().take(np.zeros(math.prod(x.shape), int))
        return memory.sets.take(places)

    def substituted(self, x: Any) -> Any:
        """Return arguments with operands instead of variables and constants."""
        return substituted(x, self.operand)

    # -- results ----------------------------------------------------------------------------

    def define(self, x: Any, value: Any) -> None:
        """Note the value of a variable that does not depend on the arguments."""
        self._values[x] = value
        if x in self._written:
            self._memories[x] = Memory(np.shape(value), None, True)

    def depend(self, x: Variable, sets: Sets | None) -> None:
        """Note what a new variable depends on; its value is not known."""
        if x in self._written:
            self._memories[x] = Memory(x.shape, sets, False)
        elif root(x) not in self._memories and sets is not None and sets.count:
            self._sets[x] = sets

    def take(self, x: Variable, operand: Operand) -> None:
        """Note what is known of an input."""
        if operand.known and operand.sets is None:
            value = operand.value
            self.define(x, value.copy("K") if isinstance(value, np.ndarray) else value)
        else:
            self.depend(x, operand.sets)

    def show(self, item: Instruction, x: Variable) -> None:
        """Note which elements of memory that is written to a new view shows."""
        memory = self._memories.get(root(x))
        if memory is None or root(x) is x:
            return
        sources = [a for a in item.arguments if isinstance(a, (Variable, Constant))]
        sources = [a for a in sources if root(a) is root(x)]
        try:
            self._places[x] = self._shown(item, x, self.places(sources[0]))
        except Exception:  # the function takes no integers, or arguments that are computed
            self._places[x] = ANYWHERE

    def _shown(self, item: Instruction, x: Variable, places: Any) -> Any:
        """Return the positions that a view of an array with these positions shows."""
        if item.function in CASTS:
            return places.reshape(x.shape)
        found = item.function(places, *item.arguments[1:], **item.keywords)
        if found.shape != x.shape or found.dtype.kind != "i":
            raise TypeError
        return found

    def places(self, x: Any) -> Any:
        """Return the positions in memory of what a variable shows."""
        found = self._places.get(x)
        if found is ANYWHERE:
            raise TypeError
        shape = self._memories[root(x)].shape
        return np.arange(math.prod(shape)).reshape(shape) if found is None else found

    # -- writing ----------------------------------------------------------------------------

    def written(self, x: Any) -> Memory:
        """Return the memory of a variable, part of which is overwritten."""
        return self._memories[root(x)]

    def forget(self, x: Any) -> None:
        """Note that memory has been overwritten by numbers that are not known."""
        self._memories[root(x)].known = False

    def add_anywhere(self, x: Any, sets: Sets) -> None:
        """Note that all elements of memory may depend on this now."""
        memory = self._memories[root(x)]
        size = math.prod(memory.shape)
        old = Sets.empty(size, self.width) if memory.sets is None else memory.sets
        memory.sets = old.union(sets.all().take(np.zeros(size, int)))
        memory.known = False

    def put(self, x: Any, places: Any, sets: Sets, keeps: bool = False) -> None:
        """Note what the elements at positions in memory depend on now.

        Parameters
        ----------
        x : Variable or Constant
            What is written to.
        places : ndarray
            Positions in the memory.
        sets : Sets
            One for each position.
        keeps : bool
            Whether they also depend on what they have depended on before.
        """
        memory = self._memories[root(x)]
        old = memory.sets
        if old is None:
            old = Sets.empty(math.prod(memory.shape), self.width)
        places = places.reshape(-1)
        if keeps:
            memory.sets = old.union(sets.combined(places, np.arange(places.size), old.size))
        else:
            memory.sets = old.replaced(places, sets)
        memory.known = False
