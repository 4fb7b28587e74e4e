"""Read a program as terms: run its instructions on terms instead of numbers."""

from __future__ import annotations

import inspect
import math
import operator
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.program.formulas import algebra
from autograd.program.formulas.arranging import Unwritten, arranged, positions
from autograd.program.formulas.functions import FUNCTIONS, rule_of
from autograd.program.formulas.terms import (
    Call,
    Kind,
    Term,
    identity,
    letter_of,
    make,
    number,
    symbol,
)
from autograd.program.instructions import (
    BINARY,
    INPLACE,
    Attempt,
    Attribute,
    Constant,
    Extended,
    Guard,
    Instruction,
    Method,
    Variable,
    substituted,
)  # fmt: skip

#: Functions that make arrays without inputs: those of derivatives with respect to elements.
MAKING = frozenset(
    (
        np.zeros, np.ones, np.full, np.eye, np.identity, np.add.at, np.asarray, np.reshape,
        operator.getitem, operator.setitem, Method("reshape"), Attribute("T"), Method("copy"),
    )
)  # fmt: skip

#: Larger arrays are not computed while a program is read.
SMALL = 10_000

#: Kinds of real numbers, each of which contains those before it.
KINDS = "biuf"


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
    now : Instruction
        The instruction that is read.
    """

    def __init__(self, program: Any) -> None:
        self.terms: dict[Any, Term] = {}
        self.inputs: dict[Variable | Constant, Term] = {}
        self.conditions: list[tuple[Term, bool]] = []
        self.checked: list[Guard] = []
        self.same: dict[Variable, Variable] = {}
        self.now: Instruction
        self._views: dict[Variable, Instruction] = {}
        #: Arrays that do not depend on the inputs.
        self._fixed: dict[Variable, Any] = {}
        loads = [load.variable for load in program.loads if load.variable is not None]
        for x in (*program.inputs, *loads):
            self.inputs[x] = self.terms[x] = symbol(x.hint, x.shape, x)
        for item in program.items:
            if isinstance(item, Guard):
                self._guard(item)
            else:
                self._run(item)

    def of(self, x: Any) -> Term:
        """Return the term of a variable, a constant or a number."""
        if isinstance(x, Variable):
            return self.terms[x]
        if isinstance(x, Constant):
            if x not in self.terms:
                self.terms[x] = _uniform(x.value) or symbol(x.hint, x.value.shape, x)
                if _uniform(x.value) is None:
                    self.inputs[x] = self.terms[x]
            return self.terms[x]
        if isinstance(x, (bool, int, float, complex, np.generic)):
            return number(x)
        found = _uniform(np.asarray(x)) if isinstance(x, (list, tuple)) else None
        if found is None:
            raise Unwritten
        return found

    # -- instructions -----------------------------------------------------------------------

    def _run(self, instruction: Instruction) -> None:
        self.now, result = instruction, instruction.result
        self._compute(instruction)
        target = instruction.writes
        if target is not None and target.kind is not np.random.Generator:
            self._write(instruction, target)
            if isinstance(result, Variable) and result.shape == target.shape:
                self.terms[result] = self.terms[target]
                return
        if result is None:
            return
        if not isinstance(result, Variable):
            for path, variable in _paths(result):
                self.terms[variable] = self._call(instruction, variable.shape, path)
            return
        self.terms[result] = found = _plain(self._fixed.get(result)) or self._term(instruction)
        for x in instruction.arguments:
            if isinstance(x, Variable) and self.terms.get(x) is found:
                self.same[result] = x
        owner = instruction.arguments[0] if instruction.arguments else None
        if result.root is not result and getattr(owner, "root", None) is result.root:
            self._views[result] = instruction

    def _compute(self, instruction: Instruction) -> None:
        """Run an instruction that does not depend on the inputs."""
        result, target = instruction.result, instruction.writes
        sizes = [math.prod(x.shape) for x in (result, target) if isinstance(x, Variable)]
        try:
            if instruction.function not in MAKING or not sizes or max(sizes) > SMALL:
                raise KeyError
            arguments, keywords = substituted(
                (instruction.arguments, instruction.keywords),
                lambda x: self._fixed[x] if isinstance(x, Variable) else np.array(x.value),
            )
            with np.errstate(all="ignore"):
                found = instruction.function(*arguments, **keywords)
        except (KeyError, TypeError):  # an input, or a function that cannot be hashed
            root = getattr(target, "root", None)
            self._fixed = {x: value for x, value in self._fixed.items() if x.root is not root}
        else:
            if isinstance(result, Variable):
                self._fixed[result] = found

    def _term(self, instruction: Instruction) -> Term:
        self.now = instruction
        if _is_usual(instruction):
            try:
                found = self._apply(
                    instruction.function, instruction.arguments, instruction.keywords
                )
                if found.shape == instruction.result.shape:
                    return found
            except Unwritten:  # an unusual call
                pass
        return self._call(instruction, instruction.result.shape)

    def _apply(self, function: Any, arguments: Any, keywords: dict[str, Any]) -> Term:
        rule = rule_of(function)
        if rule is None:
            raise Unwritten
        try:
            inspect.signature(rule).bind(self, *arguments, **keywords)
        except TypeError:
            raise Unwritten from None
        return rule(self, *arguments, **keywords)

    def _call(self, instruction: Instruction, shape: Any, path: tuple[int, ...] = ()) -> Term:
        """Return a term for any call, written as in the program."""
        arguments, keywords = instruction.arguments, instruction.keywords
        pure = all(v.kind is not np.random.Generator for v in instruction.uses())
        once = None if pure else instruction
        call = Call(arguments, keywords, instruction.function, _name_of(instruction), path, once)
        return make(Kind.CALL, self.within((arguments, keywords)), call, shape)

    def within(self, arguments: Any) -> list[Term]:
        """Return the terms of the variables and constants in nested arguments."""
        parts: list[Term] = []
        substituted(arguments, lambda x: parts.append(self.of(x)))
        return parts

    # -- assignment -------------------------------------------------------------------------

    def _write(self, instruction: Instruction, target: Variable) -> None:
        """Change a variable, and what shares its memory."""
        function, arguments = instruction.function, instruction.arguments
        old = self.of(target)
        keywords = {k: v for k, v in instruction.keywords.items() if k != "out"}
        try:
            if function is operator.setitem or function == np.add.at:
                adds = function is not operator.setitem
                new = self._updated(old, arguments[1], self.of(arguments[2]), adds)
            elif function in _INPLACE or "out" in instruction.keywords:
                function = _INPLACE.get(function, function)
                new = algebra.spread(self._apply(function, arguments, keywords), old.shape)
            else:
                raise Unwritten
        except Unwritten:
            place = next((i for i, x in enumerate(arguments) if x is target), None)
            changed, keywords = _changing(function, place), instruction.keywords
            call = Call(arguments, keywords, changed, instruction.name, once=instruction)
            new = make(Kind.CALL, self.within((arguments, keywords)), call, old.shape)
        self._assign(target, new)

    def _assign(self, target: Any, new: Term) -> None:
        self.terms[target] = new
        while target in self._views:
            view, owner = self._views[target], self._views[target].arguments[0]
            self.terms[owner] = self._through(view, self.terms[owner], self.terms[target])
            target = owner
        for x, view in self._views.items():
            if view.arguments[0].root is getattr(target, "root", None) and x is not target:
                self.terms[x] = self._term(view)

    def _through(self, view: Instruction, old: Term, new: Term) -> Term:
        """Return what the owner of a view holds when the view holds something new."""
        if view.function is operator.getitem:
            return self._updated(old, view.arguments[1], new, False)
        where = positions(view.function, view.arguments[1:], view.keywords, old.shape)
        if where.size != math.prod(old.shape):
            raise Unwritten
        return arranged(new, np.argsort(where, axis=None).reshape(old.shape))

    def _updated(self, old: Term, index: Any, value: Term, adds: bool) -> Term:
        try:
            where = positions(operator.getitem, (index,), {}, old.shape)
        except Unwritten:
            where = np.empty(0)
        if where.size == math.prod(old.shape) and not adds:
            whole = algebra.spread(_dropped(value, where.ndim), where.shape)
            return arranged(whole, np.argsort(where, axis=None).reshape(old.shape))
        inside = self.within(index)
        call = Call(index)
        here = next((x for x in (value, *value.parts) if _is_element(x, old, call, inside)), None)
        if here is value:
            return old  # x[i] += y assigns x[i] to itself once more
        zero = algebra.spread(number(0), old.shape)
        if adds or (here is not None and value.kind == Kind.SUM):
            added = value if adds or here is None else algebra.minus(value, here)
            change = make(Kind.UPDATE, (zero, added, *inside), (call, adds), old.shape)
            return algebra.plus(old, change)
        return make(Kind.UPDATE, (old, value, *inside), (call, False), old.shape)

    # -- guards -----------------------------------------------------------------------------

    def _guard(self, guard: Guard) -> None:
        if guard.convert is not bool:
            self.checked.append(guard)
            return
        term = algebra.bare(self.of(guard.variable))
        if term.kind == Kind.NUMBER or (
            term.kind == Kind.CALL and isinstance(term.detail.function, Attempt)
        ):  # the shapes of the inputs decide whether a call raises an error
            return
        if (term, guard.expected) not in self.conditions:
            self.conditions.append((term, bool(guard.expected)))


def _uniform(value: Any) -> Term | None:
    """Return the term of an array that holds one number everywhere."""
    if value.dtype.kind in "biufc" and value.size and (value == value.flat[0]).all():
        return algebra.spread(number(value.flat[0]), value.shape)
    return None


def _plain(value: Any) -> Term | None:
    """Return the term of an array that is a multiple of the identity, or of ones."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return None
    if value.ndim == 2 and 1 < len(value) == value.shape[1]:
        factor = float(value[0, 0])
        if factor and np.array_equal(value, factor * np.eye(len(value))):
            return algebra.scaled(factor, identity(len(value)))
    return _uniform(value)


def _is_element(x: Term, old: Term, call: Call, inside: list[Term]) -> bool:
    """Return whether a term is what stands at an index."""
    return x.kind == Kind.INDEX and x.parts == (old, *inside) and x.detail == call


def _name_of(instruction: Instruction) -> str:
    """Return the name of a function, as it is called in mathematics."""
    function = instruction.function
    if isinstance(function, (Extended, Attempt)):
        function = function.scalar if isinstance(function, Extended) else function.function
    name = str(getattr(function, "__name__", getattr(function, "name", "f")))
    name = name.removesuffix("_of_float").removesuffix("_of_array")
    return name if name.isidentifier() else str(getattr(instruction.primitive, "name", "f"))


def _is_usual(instruction: Instruction) -> bool:
    """Return whether a call means what its rule says: it does not cut off or count bits."""
    function, kind = instruction.function, letter_of(instruction.result)
    known = FUNCTIONS.get(function, function)
    if known in (np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert):
        return kind == "b"
    if known in CONVERSIONS or instruction.name in ("astype", "view"):
        before = letter_of(instruction.arguments[0])
        if "c" in (before, kind):  # what is complex has other roots and logarithms
            return before == kind
        return before in KINDS and kind in KINDS and KINDS.index(before) <= KINDS.index(kind)
    return "out" not in instruction.keywords


CONVERSIONS = (np.astype, np.array, np.asarray, np.asanyarray)


def _paths(result: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Variable]]:
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


def _dropped(term: Term, ndim: int) -> Term:
    """Drop leading axes of length 1, as an assignment does."""
    return algebra.reshape(term, term.shape[term.ndim - ndim :]) if term.ndim > ndim else term


#: For operators such as ``+=``, the one that computes what is assigned.
_INPLACE = {
    inplace: plain
    for inplace, sign in INPLACE.items()
    for plain, symbol_ in BINARY.items()
    if sign == f"{symbol_}="
}
