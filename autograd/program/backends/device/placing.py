"""A program of NumPy's arrays as one of a device's: everything that it computes is there.

It was recorded with copies in memory. Arrays that it is given here, that random generators draw, or
that functions without arguments make, are moved; what is the same in each run, once.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.engine.foreign import as_array, by_numpy, full, is_foreign, like, to_numpy
from autograd.program import creation
from autograd.program.hosts import Hosts, is_on_device
from autograd.program.instructions import (
    Attempt,
    Constant,
    Guard,
    Instruction,
    Variable,
    dtype_of,
    shape_of,
    substituted,
)
from autograd.program.passes.effects import copied, root
from autograd.program.program import Load, Program
from autograd.program.stand_ins import NotFollowed
from autograd.rules import special

#: Functions that ask for a value which a device reads as NumPy does.
_READING = (bool, int, float, complex, shape_of, dtype_of)

#: Functions that convert their argument, and that no library can take over.
_CONVERTING = {getattr(np, name): name for name in creation.CONVERTING if name != "require"}


class Moved:
    """Moves an array of NumPy to the device."""

    __name__ = "moved"

    def __init__(self, home: Any) -> None:
        self.home = home

    def __call__(self, x: Any) -> Any:
        """Return an array of the device."""
        return x if is_foreign(x) else np.asarray(x, like=self.home)


class Made:
    """A function that makes arrays, such as `numpy.zeros`, on the device."""

    def __init__(self, function: Callable[..., Any], home: Any) -> None:
        self.function, self.home = function, home
        self.__name__ = function.__name__

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Return an array of the device."""
        if self.function is np.full:
            return _full(self.home, *arguments, **keywords)
        if self.function is np.ones:
            return _ones(self.home, *arguments, **keywords)
        return self.function(*arguments, like=self.home, **keywords)


def _full(home: Any, shape: Any, fill_value: Any, dtype: Any = None, order: str = "C") -> Any:
    if dtype is None:
        dtype = getattr(fill_value, "dtype", None) or np.result_type(type(fill_value))
    if np.ndim(fill_value) or is_foreign(fill_value):
        found = np.empty(shape, dtype=dtype, like=home)
        found[...] = fill_value
        return found
    return full(shape, fill_value, dtype, home)


def _ones(home: Any, shape: Any, dtype: Any = float, order: str = "C") -> Any:
    return full(shape, 1, float if dtype is None else dtype, home)


#: What makes arrays of numbers that are no arrays: `Made` can.
_MAKING = (np.zeros, np.ones, np.empty, np.full, np.arange, np.identity, np.tri)


class Eye:
    """`numpy.eye` on the device."""

    __name__ = "eye"

    def __init__(self, home: Any) -> None:
        self.home = home

    def __call__(self, *arguments: Any, k: int = 0, dtype: Any = float, **options: Any) -> Any:
        """Return an array of the device."""
        given = dict(zip(("N", "M", "k", "dtype"), arguments, strict=False))
        given = {"k": k, "dtype": dtype} | options | given
        rows = np.arange(given["N"], like=self.home)[:, None]
        columns = np.arange(given.get("M") or given["N"], like=self.home)
        return (columns - rows == given["k"]).astype(given["dtype"])


class Converted:
    """``numpy.asarray`` and the like, of arrays of the device."""

    def __init__(self, name: str, home: Any) -> None:
        self.__name__ = name
        self.home = home

    def __call__(self, x: Any, dtype: Any = None, *, copy: Any = None, **options: Any) -> Any:
        """Return an array of the device."""
        x = self._joined(x)
        found = as_array(x, dtype)
        wants_copy = copy is True or (copy is None and self.__name__ == "array")
        return found.copy() if wants_copy and found is x else found

    def _joined(self, x: Any) -> Any:
        if isinstance(x, (list, tuple)):
            return np.stack([self._joined(part) for part in x])
        return x if is_foreign(x) else np.asarray(x, like=self.home)


class ByNumpy:
    """Computes what no library has with NumPy: reads the arrays, and sends the result back."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__name__ = function.__name__

    def __call__(self, *arguments: Any) -> Any:
        """Return an array of the device."""
        here = [to_numpy(x) if is_foreign(x) else x for x in arguments]
        return by_numpy(lambda _: self.function(*here), like(*arguments))


def computes_here(function: Any) -> bool:
    """Return whether a function calls one of floats for each element, which no library has."""
    if not isinstance(function, np.ufunc):
        return function is _EACH
    modules = np, sys.modules.get("scipy.special")
    return not any(getattr(module, function.__name__, None) is function for module in modules)


_EACH: Any = inspect.unwrap(special.each)


class Read:
    """Asks for a value of an array of the device as of the one for which it was recorded."""

    def __init__(self, convert: Callable[[Any], Any]) -> None:
        self.convert = convert
        self.__name__ = str(getattr(convert, "__name__", "read"))

    def __call__(self, x: Any) -> Any:
        """Read the array."""
        found = to_numpy(x)
        return self.convert(found if found.ndim else found[()])


class Placing:
    """Writes a program for a device.

    Parameters
    ----------
    program : Program
        The program as it was recorded.
    hosts : Hosts
        The copies for which it was recorded.
    given : list of bool
        Which arguments are arrays of the device; others are arrays of NumPy, and numbers.
    outside : set of int
        The identities of arrays that the function did not make, so that they may change.
    """

    def __init__(
        self, program: Program, hosts: Hosts, given: list[bool], outside: set[int]
    ) -> None:
        self.program, self.hosts, self.outside = program, hosts, outside
        self.home = np.empty((0,), like=hosts.home)  # keeps nothing else alive
        self.items: list[Any] = []
        self.there: set[Any] = set()
        self.replaced: dict[Any, Any] = {}
        self._number = 1 + max((x.number for x in self._variables()), default=0)
        for x, is_there in zip(program.inputs, given, strict=True):
            self._source(x, is_there)
        for load in program.loads:
            if load.variable is not None:
                self._source(load.variable, is_on_device(held_now(load)))

    def _variables(self) -> list[Variable]:
        loads = [load.variable for load in self.program.loads if load.variable is not None]
        made = [x for item in self.program.items for x in item.makes()]
        return [*self.program.inputs, *loads, *made]

    def _source(self, x: Variable, is_there: bool) -> None:
        """Note where an input is; move it if it is here."""
        if is_there:
            self.there.add(x)
        elif x.is_array:
            self._move(x)

    def _move(self, x: Any) -> None:
        """Add the instruction that moves an array, which is used instead from here on."""
        source = x if isinstance(x, Variable) else Variable(-1, x.value)
        found = copied(source)
        found.root, found.number = found, self._number
        self._number += 1
        self.items.append(Instruction(Moved(self.home), (x,), {}, found))
        self.there.add(found)
        self.replaced[x] = found

    def placed(self) -> Program:
        """Return the program for the device."""
        for item in self.program.items:
            if isinstance(item, Guard):
                self.items.append(self._guard(item))
            else:
                self._instruction(item)
        return self.program.replaced(self.items, self._now)

    def _now(self, x: Any) -> Any:
        """Return what is used instead of a variable or constant."""
        if x not in self.replaced and isinstance(x, Constant):
            self._constant(x)
        return self.replaced.get(x, x)

    def _constant(self, x: Constant) -> None:
        """Decide where a constant is: it is moved once, or in each run if others may change it."""
        device = self.hosts.device_of(x.value)
        if device is None and id(x.value) in self.outside:
            self._move(x)
            return
        found = Constant.__new__(Constant)
        found.number, found.hint = x.number, x.hint
        found.value = np.asarray(x.value, like=self.home) if device is None else device
        self.there.add(found)
        self.replaced[x] = found

    def _guard(self, guard: Guard) -> Guard:
        variable = self._now(guard.variable)
        if variable not in self.there or guard.convert in _READING:
            return replace(guard, variable=variable)
        return replace(guard, variable=variable, convert=Read(guard.convert))

    def _instruction(self, item: Instruction) -> None:
        if item.writes is not None and root(item.writes) in self.replaced:
            raise NotFollowed("it changes an array from outside in place")
        arguments = substituted(item.arguments, self._now)
        keywords = substituted(item.keywords, self._now)
        found = replace(item, arguments=arguments, keywords=keywords)
        reads_there = any(x in self.there for x in _operands((arguments, keywords)))
        if item.function in _CONVERTING and reads_there:
            found.function = Converted(_CONVERTING[item.function], self.home)
        elif isinstance(item.function, Attempt):
            raise NotFollowed("it handles an error of a function of arrays")
        elif item.function is np.full or (not reads_there and item.function in _MAKING):
            found.function = Made(item.function, self.home)
            reads_there = True
        elif reads_there and computes_here(item.function):
            found.function = ByNumpy(item.function)
        elif item.function is np.eye:
            found.function = Eye(self.home)
            reads_there = True
        self.items.append(found)
        if reads_there:
            self.there.update(x for x in item.makes() if x.dtype is not None)
            return
        for x in item.makes():
            if x.is_array:
                self._move(x)


def _operands(x: Any) -> list[Any]:
    found: list[Any] = []
    substituted(x, found.append)
    return found


def held_now(load: Load) -> Any:
    """Return what a node, or an entry of the state, holds."""
    return getattr(load.node, load.what)
