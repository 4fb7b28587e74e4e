"""Read a program as terms: run its instructions on terms instead of numbers."""

from __future__ import annotations

import inspect
import math
import operator
from typing import Any

import numpy as np

from autograd.program.formulas import algebra
from autograd.program.formulas.arranging import Rule, Unwritten, has_arrays, takes_all
from autograd.program.formulas.functions import RULES, rule_of
from autograd.program.formulas.terms import (
    CALL,
    INDEX,
    NUMBER,
    UPDATE,
    Many,
    Part,
    Slice,
    Term,
    make,
    number,
    symbol,
)
from autograd.program.instructions import (
    Attempt,
    Constant,
    Extended,
    Guard,
    Instruction,
    Variable,
    variables_in,
)


class Callee:
    """A function that a term calls, which is written by its name.

    Attributes
    ----------
    call : callable
        The function.
    name : str
        Its name.
    """

    __slots__ = ("call", "name", "once")

    def __init__(self, call: Any, name: str, once: Any = None) -> None:
        self.call = call
        self.name = name
        self.once = once

    def __hash__(self) -> int:
        return hash((self.name, id(self.once)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Callee)
            and other.once is self.once
            and (other.call is self.call or other.call == self.call)
        )

    def __repr__(self) -> str:
        return f"Callee({self.name})"


class Reader:
    """The terms for the variables of a program.

    Attributes
    ----------
    terms : dict
        For each variable and constant, what it holds after all instructions.
    inputs : dict
        The terms of the inputs.
    same : dict
        For each variable that an instruction only copies or converts, the one that it is made of.
    conditions : list of (Term, bool)
        What the guards require: a condition, and whether it holds.
    checked : list of Guard
        The guards that are not conditions of that kind.
    """

    def __init__(self, program: Any) -> None:
        self.program = program
        self.terms: dict[Any, Term] = {}
        self.inputs: dict[Variable | Constant, Term] = {}
        self.conditions: list[tuple[Term, bool]] = []
        self.checked: list[Guard] = []
        #: Whether the instruction that is read belongs to a backward pass.
        self.is_backward = False
        self.same: dict[Variable, Variable] = {}
        self._views: dict[Variable, tuple[Any, Variable]] = {}
        loads = [load.variable for load in program.loads if load.variable is not None]
        for variable in (*program.inputs, *loads):
            self.inputs[variable] = self.terms[variable] = symbol(
                variable.hint, variable.shape, variable
            )
        for item in program.items:
            if isinstance(item, Guard):
                self._guard(item)
            else:
                self._run(item)

    def of(self, x: Any) -> Term:
        """Return the term of a variable, a constant or a number."""
        if isinstance(x, Constant):
            return self._constant(x)
        if isinstance(x, Variable):
            return self.terms[x]
        if isinstance(x, (bool, int, float, complex, np.generic)):
            return number(x)
        if isinstance(x, (list, tuple)):
            found = np.asarray(x)
            if found.dtype.kind in "biufc" and found.size and (found == found.flat[0]).all():
                return algebra.spread(number(found.flat[0]), found.shape)
        raise Unwritten

    def _constant(self, x: Constant) -> Term:
        found = self.terms.get(x)
        if found is None:
            value = x.value
            if value.dtype.kind in "biufc" and value.size and (value == value.flat[0]).all():
                found = algebra.spread(number(value.flat[0]), value.shape)
            else:
                found = self.inputs[x] = symbol(x.hint, value.shape, x)
            self.terms[x] = found
        return found

    # -- instructions -----------------------------------------------------------------------

    def _run(self, instruction: Instruction) -> None:
        result = instruction.result
        if instruction.writes is not None:
            if instruction.writes.kind is not np.random.Generator:
                self._write(instruction)
            if result is None:
                return
        if isinstance(result, Variable):
            self.terms[result] = found = self._term(instruction)
            for x in instruction.arguments:
                if isinstance(x, Variable) and self.terms.get(x) is found:
                    self.same[result] = x
            if result.root is not result and instruction.arguments:
                owner = instruction.arguments[0]
                if isinstance(owner, Variable) and owner.root is result.root:
                    self._views[result] = (instruction, owner)
            assert found.shape == result.shape, (instruction.name, found.shape, result.shape)
            return
        for path, variable in _paths(result):
            self.terms[variable] = self._call(instruction, path, variable)

    def _term(self, instruction: Instruction) -> Term:
        result = instruction.result
        rule = rule_of(instruction.function)
        self.is_backward = instruction.backward
        if rule is not None and _is_usual(instruction):
            try:
                found = self._apply(rule, instruction.arguments, instruction.keywords)
            except Unwritten:  # an unusual call
                found = None
            if isinstance(found, Term) and found.shape == result.shape:
                return found
        return self._call(instruction, (), result)

    def _apply(self, rule: Rule, arguments: Any, keywords: dict[str, Any]) -> Term:
        try:
            inspect.signature(rule).bind(self, *arguments, **keywords)
        except TypeError:
            raise Unwritten from None
        return rule(self, *arguments, **keywords)

    def _call(self, instruction: Instruction, path: tuple[int, ...], result: Variable) -> Term:
        """Return a term for any call, written as in the program."""
        parts: list[Term] = []
        arguments = self.template(instruction.arguments, parts)
        keywords = self.template(tuple(instruction.keywords.items()), parts)
        pure = all(v.kind is not np.random.Generator for v in instruction.uses())
        callee = Callee(instruction.function, _name_of(instruction), None if pure else instruction)
        return make(CALL, parts, (callee, arguments, keywords, path), result.shape)

    def template(self, x: Any, parts: list[Term]) -> Any:
        """Return arguments that can be hashed, with places for terms, which are appended."""
        if isinstance(x, (Variable, Constant)):
            parts.append(self.of(x))
            return Part(len(parts) - 1, _letter(x))
        if type(x) is tuple:
            return tuple([self.template(item, parts) for item in x])
        if type(x) is list:
            return Many(tuple([self.template(item, parts) for item in x]))
        if isinstance(x, slice):
            return Slice(*[self.template(end, parts) for end in (x.start, x.stop, x.step)])
        try:
            hash(x)
        except TypeError:
            return Callee(x, type(x).__name__)
        return x

    # -- assignment -------------------------------------------------------------------------

    def _write(self, instruction: Instruction) -> None:
        """Change a variable, and what shares its memory."""
        target = instruction.writes
        assert target is not None
        function, arguments = instruction.function, instruction.arguments
        old = self.of(target)
        plain = _INPLACE.get(function)
        try:
            if function is operator.setitem:
                new = self._updated(old, arguments[1], self.of(arguments[2]), False)
            elif function == np.add.at:
                new = self._updated(old, arguments[1], self.of(arguments[2]), True)
            elif plain is not None:
                new = algebra.spread(self._apply(RULES[plain], arguments, {}), old.shape)
            elif "out" in instruction.keywords:
                rest = {k: v for k, v in instruction.keywords.items() if k != "out"}
                rule = rule_of(function)
                if rule is None:
                    raise Unwritten
                new = algebra.spread(self._apply(rule, arguments, rest), old.shape)
            else:
                raise Unwritten
        except Unwritten:
            parts: list[Term] = []
            detail = self.template(arguments, parts)
            keywords = self.template(tuple(instruction.keywords.items()), parts)
            position = next((i for i, x in enumerate(arguments) if x is target), None)
            callee = Callee(_changing(function, position), f"{instruction.name}", instruction)
            new = make(CALL, parts, (callee, detail, keywords, ()), old.shape)
        self._assign(target, new)

    def _assign(self, target: Variable | Constant, new: Term) -> None:
        self.terms[target] = new
        if isinstance(target, Constant):
            return
        below = self._views.get(target)
        while below is not None:
            instruction, owner = below
            self.terms[owner] = self._through_view(instruction, owner, new)
            new, target = self.terms[owner], owner
            below = self._views.get(owner)
        for view, (instruction, owner) in self._views.items():
            if owner.root is target.root and view is not target:
                self.terms[view] = self._term(instruction)

    def _through_view(self, instruction: Instruction, owner: Variable, new: Term) -> Term:
        """Return what the owner of a view holds when the view holds something new."""
        old = self.terms[owner]
        function, arguments = instruction.function, instruction.arguments
        if new.shape == old.shape and _is_same_array(instruction):
            return new
        if function is operator.getitem:
            return self._updated(old, arguments[1], new, False)
        if _is_reshape(instruction):
            return algebra.reshape(new, old.shape)
        if new.ndim == 2 and _is_transpose(instruction):
            return algebra.transpose(new)
        raise Unwritten

    def _updated(self, old: Term, index: Any, value: Term, adds: bool) -> Term:
        if _takes_everything(index):
            total = algebra.linear([(1, old), (1, value)]) if adds else value
            return algebra.spread(_dropped(total, old.shape), old.shape)
        plain = index if isinstance(index, tuple) else (index,)
        is_basic = not any(True for _ in variables_in(plain)) and not has_arrays(plain)
        if is_basic and not adds and takes_all(plain, old):
            shape = np.empty(old.shape, np.bool_)[index].shape
            if math.prod(shape) == math.prod(old.shape):
                whole_value = algebra.spread(_dropped(value, shape), shape)
                return algebra.reshape(whole_value, old.shape)
        parts = [old, value]
        detail = self.template(index, parts)
        if value.kind == INDEX and value.parts == (old, *parts[2:]) and value.detail == detail:
            return old  # x[i] += y assigns x[i] to itself once more
        return make(UPDATE, parts, (detail, adds), old.shape)

    # -- guards -----------------------------------------------------------------------------

    def _guard(self, guard: Guard) -> None:
        if guard.convert is not bool:
            self.checked.append(guard)
            return
        term = algebra.bare(self.of(guard.variable))
        if term.kind == NUMBER or (
            term.kind == CALL and isinstance(term.detail[0].call, Attempt)
        ):  # the shapes of the inputs decide whether a call raises an error
            return
        if (term, guard.expected) not in self.conditions:
            self.conditions.append((term, bool(guard.expected)))


def _name_of(instruction: Instruction) -> str:
    """Return the name of a function, as it is called in mathematics."""
    function = instruction.function
    if isinstance(function, (Extended, Attempt)):
        function = function.scalar if isinstance(function, Extended) else function.function
    name = str(getattr(function, "__name__", getattr(function, "name", "f")))
    return name.removesuffix("_of_float").removesuffix("_of_array")
    return name if name.isidentifier() else str(getattr(instruction.primitive, "name", "f"))


def _is_usual(instruction: Instruction) -> bool:
    """Return whether a call means what its rule says: it does not cut off or count bits."""
    name, kind = instruction.name, _letter(instruction.result)
    if name in ("and_", "or_", "xor", "invert", "bitwise_and", "bitwise_or", "bitwise_xor"):
        return kind == "b"
    if name in ("astype", "array", "asarray", "asanyarray", "view"):
        before = _letter(instruction.arguments[0])
        if "c" in (before, kind):  # what is complex has other roots and logarithms
            return before == kind
        return before in KINDS and kind in KINDS and KINDS.index(before) <= KINDS.index(kind)
    return "out" not in instruction.keywords


#: Kinds of real numbers, each of which contains those before it.
KINDS = "biuf"


def _letter(x: Any) -> str:
    """Return the letter for the kind of the numbers in a variable, a constant or a number."""
    dtype = getattr(x.value if isinstance(x, Constant) else x, "dtype", None)
    if dtype is not None:
        return str(dtype.kind)
    kind = x.kind if isinstance(x, Variable) else type(x)
    return {bool: "b", int: "i", float: "f", complex: "c"}.get(kind, "O")


def _paths(result: Any, path: tuple[int, ...] = ()) -> Any:
    if isinstance(result, Variable):
        yield path, result
    elif isinstance(result, (tuple, list)):
        for position, item in enumerate(result):
            yield from _paths(item, (*path, position))


def _changing(function: Any, position: int | None) -> Any:
    """Return a function that changes a copy of its argument and returns it."""

    def changed(*arguments: Any, **keywords: Any) -> Any:
        given = list(arguments)
        if position is None:
            target = keywords["out"] = np.array(keywords["out"])
        else:
            target = given[position] = np.array(given[position])
        function(*given, **keywords)
        return target

    return changed


def _dropped(term: Term, shape: tuple[int, ...]) -> Term:
    """Drop leading axes of length 1, as an assignment does."""
    extra = term.ndim - len(shape)
    return algebra.reshape(term, term.shape[extra:]) if extra > 0 else term


def _takes_everything(index: Any) -> bool:
    """Return whether an index stands for the whole array as it is."""
    if isinstance(index, slice):
        return (index.start, index.stop, index.step) == (None, None, None)
    return index is Ellipsis or (isinstance(index, tuple) and not index)


def _is_same_array(instruction: Instruction) -> bool:
    name = instruction.name
    return name in ("asarray", "asanyarray", "ascontiguousarray", "view", "positive") or (
        instruction.function is operator.getitem and _takes_everything(instruction.arguments[1])
    )


def _is_reshape(instruction: Instruction) -> bool:
    return instruction.name in ("reshape", "ravel", "expand_dims", "squeeze", "atleast_1d")


def _is_transpose(instruction: Instruction) -> bool:
    return instruction.name in ("T", "mT", "transpose", "swapaxes", "matrix_transpose")


_INPLACE = {
    operator.iadd: operator.add,
    operator.isub: operator.sub,
    operator.imul: operator.mul,
    operator.itruediv: operator.truediv,
    operator.ipow: operator.pow,
    operator.imatmul: operator.matmul,
    operator.ifloordiv: operator.floordiv,
    operator.imod: operator.mod,
}
