"""What instructions read and write: what a pass may move, merge or leave out."""

from __future__ import annotations

import functools
import operator
import types
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.program.instructions import (
    BINARY,
    UNARY,
    Attribute,
    Constant,
    Guard,
    Instruction,
    Method,
    Variable,
    substituted,
)
from autograd.program.program import Program
from autograd.version import PACKAGES

#: Functions of Python that depend on their arguments only.
_PYTHON = frozenset(
    (*BINARY, *UNARY, operator.getitem, operator.abs, abs, float, int, complex, bool, round)
)


def root(x: Any) -> Any:
    """Return the variable or constant whose memory an operand uses."""
    return x.root if isinstance(x, Variable) else x


def operands(x: Any) -> list[Any]:
    """Return the variables and constants in nested arguments, with repetitions."""
    found: list[Any] = []
    for item in x.values() if type(x) is dict else x if type(x) is tuple else (x,):
        kind = type(item)
        if kind is Variable or kind is Constant:
            found.append(item)
        elif kind not in _WITHOUT_OPERANDS:
            substituted(item, found.append)
    return found


#: Types of arguments in which there are no others.
_WITHOUT_OPERANDS = frozenset((int, float, bool, str, type(None), type))


def reads(item: Any) -> list[Any]:
    """Return the variables and constants that an instruction or a guard reads."""
    found: list[Any] | None = item.known_reads
    if found is None:
        found = operands(item.arguments)
        if item.keywords:
            found += operands(item.keywords)
        item.known_reads = found  # nothing changes the arguments of an instruction
    return found


def has_memory(x: Any) -> bool:
    """Return whether an operand is an array: numbers and generators share no memory."""
    return type(x) is Constant or x.kind is np.ndarray


def is_pure(instruction: Instruction) -> bool:
    """Return whether a call depends on its arguments only and changes nothing."""
    if instruction.writes is not None:
        return False
    found = instruction.known_purity
    if found is None:
        found = instruction.known_purity = _is_pure(instruction)
    return found


def _is_pure(instruction: Instruction) -> bool:
    function = instruction.function
    if any(is_generator(x) for x in reads(instruction)):
        return False
    if isinstance(function, (Method, Attribute)):
        return True
    if getattr(function, "may_fail", False):  # guards are needed even if the results are not
        return False
    if instruction.in_c is not None:
        return True
    return function in _PYTHON or is_of_numpy(function) or _is_library(function)


def _is_library(function: Any) -> bool:
    """Return whether a function of SciPy, or of this library, is called."""
    module = str(getattr(function, "__module__", None) or "")
    return module.partition(".")[0] in ("scipy", "math", "cmath", *PACKAGES)


def is_generator(x: Any) -> bool:
    """Return whether an operand is a random generator, which changes when it is used."""
    return type(x) is Variable and issubclass(x.kind, np.random.Generator)


def is_of_numpy(function: Any) -> bool:
    """Return whether a function is one of NumPy that always gives the same for the same."""
    if isinstance(function, np.ufunc) or isinstance(getattr(function, "__self__", None), np.ufunc):
        return True
    if getattr(function, "is_made_of_numpy", False):
        return True
    if hasattr(function, "_implementation"):
        return True
    if isinstance(function, (types.BuiltinFunctionType, types.FunctionType)):
        return getattr(np, function.__name__, None) is function
    return isinstance(function, type) and issubclass(function, np.generic)


def is_fresh(instruction: Instruction, result: Any) -> bool:
    """Return whether a result is an array with memory that nothing else refers to."""
    return (
        isinstance(result, Variable)
        and result.is_array
        and result.root is result
        and is_pure(instruction)
        and not may_return_argument(instruction.function)
        and not isinstance(instruction.function, Attribute)
    )


def may_return_argument(function: Any) -> bool:
    """Return whether a function is not NumPy's, and may return what it was given."""
    if type(function) is np.ufunc:
        return False
    known = isinstance(function, (Method, Attribute)) or function in _PYTHON
    return not known and not is_of_numpy(function)


class Effects:
    """What a program reads from outside, what leaves it, and what is written where.

    Attributes
    ----------
    outside : set
        The owners of the memory of inputs and constants, which others use; they may overlap.
    leaving : list
        The variables and constants that are returned or stored in nodes, with repetitions.
    written : dict
        For each owner, the positions of the items that write to its memory.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._owners: dict[Any, Any] = {}
        self.leaving = leaving(program)
        self._join()
        found: set[Any] = {*program.inputs, *[x for x in self.leaving if type(x) is Constant]}
        found |= {load.variable for load in program.loads if load.variable is not None}
        for item in program.items:
            for x in reads(item):
                if type(x) is Constant:
                    found.add(x)
        self.outside = {self.owner(x) for x in found}
        self.written: dict[Any, list[int]] = {}
        self._outside_written: list[int] = []
        for position, item in enumerate(program.items):
            if item.writes is not None:
                target = self.owner(item.writes)
                self.written.setdefault(target, []).append(position)
                if target in self.outside:
                    self._outside_written.append(position)
        self._leaving = {self.owner(x) for x in self.leaving}

    @functools.cached_property
    def made(self) -> dict[Any, int]:
        """For each variable, the position of the instruction that computes it."""
        return {x: i for i, item in enumerate(self._program.items) for x in item.makes()}

    @functools.cached_property
    def last(self) -> dict[Any, int]:
        """For each owner of memory, the position of the last item that uses it.

        If it leaves, the number of items.
        """
        found: dict[Any, int] = {}
        for position, item in enumerate(self._program.items):
            for x in (*reads(item), *item.makes()):
                if has_memory(x):
                    found[self.owner(x)] = position
        for x in filter(has_memory, self.leaving):
            found[self.owner(x)] = len(self._program.items)
        return found

    @functools.cached_property
    def _exposed(self) -> set[Any]:
        return {
            self.owner(x)
            for item in self._program.instructions
            if item.writes is None and not is_pure(item)
            for x in (*reads(item), *item.makes())
        }

    def owner(self, x: Any) -> Any:
        """Return what stands for all that may use the same memory as an operand."""
        owners = self._owners
        start = found = root(x)
        while found in owners:
            found = owners[found]
        if found is not start:
            owners[start] = found
        return found

    def _join(self) -> None:
        """Note that a function that is not NumPy's may return one of its arguments."""
        instructions = self._program.instructions
        passing = set(filter(may_return_argument, {item.function for item in instructions}))
        for item in instructions if passing else ():
            if item.function not in passing:
                continue
            for result in filter(has_memory, item.makes()):
                for x in filter(has_memory, operands(item.arguments)):
                    a, b = self.owner(result), self.owner(x)
                    if a is not b:
                        self._owners[a] = b

    def writes_to(self, x: Any) -> list[int]:
        """Return the positions of the items that may change what an operand holds."""
        owner = self.owner(x)
        return self._outside_written if owner in self.outside else self.written.get(owner, [])

    def is_changed(self, x: Any, after: int, until: int) -> bool:
        """Return whether an operand may change after one position, and up to another."""
        if not has_memory(x):
            return False
        positions = self.writes_to(x)
        return bisect_right(positions, after) < bisect_right(positions, until)

    def is_exposed(self, x: Any) -> bool:
        """Return whether memory leaves, or was passed to a function that might keep it."""
        return self.leaves(x) or self.owner(x) in self._exposed

    def leaves(self, x: Any) -> bool:
        """Return whether memory is returned, stored or belongs to others."""
        owner = self.owner(x)
        return owner in self.outside or owner in self._leaving


def leaving(program: Program) -> list[Any]:
    """Return the variables and constants that are returned or stored."""
    found = list(program.outputs)
    for store in program.stores:
        substituted(store.value, found.append)
    return found


def rebuilt(program: Program, replaced: dict[Any, Any], items: Iterable[Any]) -> Program:
    """Return a program with other items, in which some variables are replaced.

    Parameters
    ----------
    program : Program
        The program; it stays as it is.
    replaced : dict
        What to put in the place of variables: variables or constants.
    items : iterable of Instruction and Guard
        The new items, in which nothing has been replaced yet.

    Returns
    -------
    Program
        Views of the memory of a replaced variable are views of what replaces it.
    """
    items = list(items)
    if not replaced:
        return program.with_items(items)
    mapping: dict[Any, Any] = {}

    def now(x: Any) -> Any:
        if x in mapping:
            return mapping[x]
        if x in replaced:
            found = now(replaced[x])
        elif isinstance(x, Variable) and x.root is not x and root(now(x.root)) is not x.root:
            found = copied(x)
            found.root = root(now(x.root))
        else:
            found = x
        mapping[x] = found
        return found

    found = program.replaced([with_operands(item, now) for item in items], now)
    found.gradients = dict(program.gradients)
    for x, y in mapping.items():
        if y is not x and isinstance(y, Variable) and x in program.gradients:
            # What one of them is the derivative of, the other is as well.
            known = found.gradients.get(y, ())
            more = [target for target in program.gradients[x] if target not in known]
            found.gradients[y] = (*known, *more)
    return found


def with_operands(item: Any, now: Any) -> Any:
    """Return an instruction or a guard with other variables; itself, if nothing changes."""
    if isinstance(item, Guard):
        variable = now(item.variable)
        if variable is item.variable:
            return item
        return Guard(variable, item.convert, item.expected, item.place, item.scope, item.backward)
    writes = item.writes
    known = [*reads(item), *item.makes()]
    if writes is not None:
        known.append(writes)
    if list(map(now, known)) == known:
        return item
    return replace(
        item,
        arguments=substituted(item.arguments, now),
        keywords=substituted(item.keywords, now),
        result=substituted(item.result, now),
        writes=None if writes is None else now(writes),
    )


def copied(x: Variable) -> Variable:
    """Return a variable like this one."""
    found = Variable.__new__(Variable)
    for name in Variable.__slots__:
        setattr(found, name, getattr(x, name))
    if x.root is x:
        found.root = found
    return found
