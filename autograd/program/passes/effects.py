"""What instructions read and write: what a pass may move, merge or leave out."""

from __future__ import annotations

import operator
import types
from collections.abc import Iterable
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
    if isinstance(item, Guard):
        return [item.variable]
    found: list[Any] | None = item.__dict__.get("_reads")
    if found is None:
        found = operands(item.arguments)
        if item.keywords:
            found += operands(item.keywords)
        item.__dict__["_reads"] = found  # nothing changes the arguments of an instruction
    return found


def is_pure(instruction: Instruction) -> bool:
    """Return whether a call depends on its arguments only and changes nothing."""
    if instruction.writes is not None:
        return False
    found: bool | None = instruction.__dict__.get("_is_pure")
    if found is None:
        found = instruction.__dict__["_is_pure"] = _is_pure(instruction)
    return found


def _is_pure(instruction: Instruction) -> bool:
    function = instruction.function
    for x in reads(instruction):
        if type(x) is Variable and _is_generator(x):
            return False
    if isinstance(function, (Method, Attribute)):
        return True
    return function in _PYTHON or is_of_numpy(function) or _is_library(function)


def _is_library(function: Any) -> bool:
    """Return whether a function of SciPy, or of this library, is called."""
    module = str(getattr(function, "__module__", None) or "")
    return module.partition(".")[0] in ("scipy", "math", "cmath", "autograd", "nn")


def _is_generator(x: Variable) -> bool:
    return issubclass(x.kind, np.random.Generator)


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
    last : dict
        For each owner, the position of the last item that uses its memory; the number of items, if
        it leaves.
    made : dict
        For each variable, the position of the instruction that computes it.
    """

    def __init__(self, program: Program) -> None:
        items = program.items
        self._owners: dict[Any, Any] = {}
        self.leaving = leaving(program)
        found: set[Any] = {*program.inputs, *[x for x in self.leaving if type(x) is Constant]}
        for item in program.instructions:
            self._join(item)
            found.update([x for x in reads(item) if type(x) is Constant])
        found |= {load.variable for load in program.loads if load.variable is not None}
        self.outside = {self.owner(x) for x in found}
        self.written: dict[Any, list[int]] = {}
        self.last: dict[Any, int] = {}
        self.made: dict[Any, int] = {}
        self._outside_written: list[int] = []
        owner = self.owner if self._owners else root
        for position, item in enumerate(items):
            for x in reads(item):
                self.last[owner(x)] = position
            for x in item.makes():
                self.made[x] = position
                self.last[owner(x)] = position
            if item.writes is not None:
                target = self.owner(item.writes)
                self.written.setdefault(target, []).append(position)
                if target in self.outside:
                    self._outside_written.append(position)
        for x in self.leaving:
            self.last[self.owner(x)] = len(items)
        self._leaving = {self.owner(x) for x in self.leaving}
        self._exposed: set[Any] = set()
        for item in program.instructions:
            if item.writes is None and not is_pure(item):
                self._exposed.update(self.owner(x) for x in (*reads(item), *item.makes()))

    def owner(self, x: Any) -> Any:
        """Return what stands for all that may use the same memory as an operand."""
        owners = self._owners
        start = found = root(x)
        while found in owners:
            found = owners[found]
        if found is not start:
            owners[start] = found
        return found

    def _join(self, item: Instruction) -> None:
        """Note that a function that is not NumPy's may return one of its arguments."""
        if not may_return_argument(item.function):
            return
        for result in item.makes():
            for x in operands(item.arguments):
                if result.is_array and (isinstance(x, Constant) or x.is_array):
                    a, b = self.owner(result), self.owner(x)
                    if a is not b:
                        self._owners[a] = b

    def writes_to(self, x: Any) -> list[int]:
        """Return the positions of the items that may change what an operand holds."""
        owner = self.owner(x)
        return self._outside_written if owner in self.outside else self.written.get(owner, [])

    def is_changed(self, x: Any, after: int, until: int) -> bool:
        """Return whether an operand may change after one position, and up to another."""
        return any(after < position <= until for position in self.writes_to(x))

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
    """Return an instruction or a guard with other variables."""
    if isinstance(item, Guard):
        variable = now(item.variable)
        if variable is item.variable:
            return item
        return Guard(variable, item.convert, item.expected, item.place, item.scope, item.backward)
    arguments = substituted(item.arguments, now)
    keywords = substituted(item.keywords, now) if item.keywords else item.keywords
    result = substituted(item.result, now)
    writes = None if item.writes is None else now(item.writes)
    return replaced_parts(
        item, arguments=arguments, keywords=keywords, result=result, writes=writes
    )


def replaced_parts(item: Instruction, **parts: Any) -> Instruction:
    """Return an instruction with some other attributes."""
    given = {
        "function": item.function,
        "arguments": item.arguments,
        "keywords": item.keywords,
        "result": item.result,
        "writes": item.writes,
        "place": item.place,
        "scope": item.scope,
        "quiet": item.quiet,
        "primitive": item.primitive,
        "backward": item.backward,
        "derives": item.derives,
    }
    return Instruction(**{**given, **parts})


def copied(x: Variable) -> Variable:
    """Return a variable like this one."""
    found = Variable.__new__(Variable)
    for name in Variable.__slots__:
        setattr(found, name, getattr(x, name))
    if x.root is x:
        found.root = found
    return found
