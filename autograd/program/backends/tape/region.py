"""`Region`: consecutive scalar instructions and guards, on the way to a tape."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.backends.tape.built import machine
from autograd.program.backends.tape.operations import (
    ARITHMETIC,
    COMPARISONS,
    COUNTS,
    FUNCTIONS,
    LIMIT,
    LOGIC,
    SHARPENED,
    function_of,
    with_exact_form,
)
from autograd.program.instructions import Constant, Guard, Instruction, Variable, choose, same
from autograd.program.passes.dead_code import may_raise
from autograd.program.passes.effects import is_pure
from autograd.program.running import GuardFailed

#: Types of the numbers that a tape holds, as doubles.
KINDS = frozenset((float, bool, np.float64))

#: Larger integers are not exact as doubles.
EXACT = 1 << 53

_NUMBERS = frozenset((float, int, bool))

#: Stands for the type of a number whose type varies.
MIXED = object()


class Region:
    """Scalar instructions and guards, as records of a tape.

    Attributes
    ----------
    items : list of Instruction and Guard
        What is in it.
    inputs : list of Variable
        What it reads.
    made : dict
        For each variable that it computes, the number of its record.
    mixed : dict
        Those whose type varies, with the instructions that compute them.
    guards : list of Guard
        The guards among the items.
    is_fallible : bool
        Whether it may raise an error, or a guard may fail.
    """

    def __init__(self, first_guard: int = 0) -> None:
        self.items: list[Any] = []
        self.inputs: list[Variable] = []
        self.made: dict[Variable, int] = {}
        self.mixed: dict[Variable, Instruction] = {}
        self.guards: list[Guard] = []
        self.is_fallible = False
        #: How many operations C computes.
        self.native = 0
        #: The functions that are called in Python for all numbers.
        self.called: list[Any] = []
        self.first_guard = first_guard
        self._leaves: dict[Any, int] = {}
        self._constants: list[float] = []
        self._is_input: list[bool] = []
        self._records = array("i")
        self._arguments = array("i")
        self._calls: list[Callable[..., Any]] = []
        self._called: dict[Any, int] = {}
        self._exact: dict[Any, Callable[..., Any]] = {}

    # -- what goes in -----------------------------------------------------------------------

    def take(self, items: list[Any], start: int) -> int:
        """Add arithmetic from a position on; return the position of the first other item.

        This is what `add` does for most items of a large program, in half the time.
        """
        made, known, extend = self.made, self._leaves.get, self._records.extend
        first = number = len(self._records) // 5
        for position in range(start, start if self.mixed else len(items)):
            item = items[position]
            result: Any = item.result if type(item) is Instruction else None
            op = ARITHMETIC.get(item.function) if type(result) is Variable else None
            if op is None or result.kind is not float or item.keywords or item.writes is not None:
                break
            x, *others = item.arguments
            a = made.get(x)
            if a is None:
                a = known(x) or self._leaf(x)  # no leaf has the number 0
            b: int | None = 0
            for x in others:
                b = made.get(x)
                if b is None:
                    b = known(x) or self._leaf(x)
            if a is None or b is None:
                break
            extend((op, a, b, 0, 0))
            made[result] = number
            number += 1
        self.items += items[start : start + number - first]
        self.native += number - first
        return start + number - first

    def add(self, item: Any) -> bool:
        """Add an item and return True, or return False if a tape cannot run it."""
        if type(item) is Guard:
            return self._add_guard(item)
        result = item.result
        if item.keywords or item.writes is not None or type(result) is not Variable:
            return False
        function, kind = function_of(item), result.kind
        if kind is float:
            if function in ARITHMETIC:
                return self._add_arithmetic(item, ARITHMETIC[function])
            if function in FUNCTIONS:
                return self._add_function(item, function)
            if function is SHARPENED:
                return self._add_sharpened(item)
        elif kind is bool:
            if function in COMPARISONS:
                return self._add_record(item, COMPARISONS[function], item.arguments)
            if function in LOGIC:
                is_bool = all(self._kind(x) is bool for x in item.arguments)
                return is_bool and self._add_record(item, LOGIC[function], item.arguments)
        if function is choose:
            return self._add_choice(item)
        return kind in KINDS and self._add_call(item)

    def _add_arithmetic(self, item: Instruction, op: int) -> bool:
        if not self._add_record(item, op, item.arguments):
            return False
        if self.mixed and item.function is not float:
            kinds = [self._kind(x) for x in item.arguments]
            if MIXED in kinds and float not in kinds:
                self.mixed[item.result] = item  # True * True is an integer
        return True

    def _add_function(self, item: Instruction, function: Any) -> bool:
        """Add a function that may raise errors."""
        arguments = item.arguments
        if len(arguments) != COUNTS.get(function, len(arguments)):
            return self._add_call(item)
        if self.mixed and MIXED in map(self._kind, arguments):
            return False
        op = FUNCTIONS[function] | (machine.KEEP if may_raise(item) else 0)
        return self._add_record(item, op, arguments, item.function)

    def _add_sharpened(self, item: Instruction) -> bool:
        slope, exact, x = item.arguments
        if self._kind(slope) is not float or self._kind(x) is not float:
            return False
        call = self._exact.get(exact)  # one function for each, so that equal ones are merged
        if call is None:
            call = self._exact[exact] = with_exact_form(exact)
        return self._add_record(item, machine.LIMIT, (slope, x), call)

    def _add_choice(self, item: Instruction) -> bool:
        kinds = [self._kind(x) for x in item.arguments]
        if not KINDS.issuperset([kind for kind in kinds if kind is not MIXED and kind is not int]):
            return False
        if not self._add_record(item, machine.CHOOSE, item.arguments):
            return False
        if kinds[1] is not kinds[2] or kinds[1] is MIXED or kinds[1] is int:
            self.mixed[item.result] = item
        return True

    def _add_record(self, item: Instruction, op: int, arguments: Any, call: Any = None) -> bool:
        """Add an operation that C computes; `call` is what is called where it does not."""
        numbers = []
        made = self.made
        for x in arguments:
            number = made.get(x) if type(x) is Variable else None
            if number is None:
                number = self._leaf(x)
                if number is None:
                    return False
            numbers.append(number)
        a, b, c = (*numbers, 0, 0)[:3]
        self._append(item, op, a, b, c, 0 if call is None else self._call(call))
        self.is_fallible = self.is_fallible or call is not None
        self.native += 1
        return True

    def _add_call(self, item: Instruction) -> bool:
        """Add the call of a function of Python."""
        variables = [x for x in item.arguments if type(x) is Variable]
        kinds = [x.kind for x in variables]
        if not KINDS.issuperset(kinds) or any(x in self.mixed for x in variables):
            return False
        if not is_pure(item) or any(
            type(x) in (tuple, list, dict, Constant) for x in item.arguments
        ):
            return False
        numbers = [self._operand(x) for x in variables]
        call = item.function
        if kinds != [float] * len(item.arguments) or item.quiet:
            call = _of_numbers(item, kinds)
        start = len(self._arguments)
        self._arguments.extend(numbers)
        self.is_fallible = True
        self.called.append(item.function)
        op = machine.CALL | (machine.KEEP if may_raise(item) else 0)
        self._append(item, op, start, len(numbers), 0, self._call(call))
        return True

    def _add_guard(self, guard: Guard) -> bool:
        x = guard.variable
        if x.kind not in KINDS or x in self.mixed:
            return False
        number = self._operand(x)
        condition, expected = number, bool(guard.expected)
        if guard.convert is not bool:
            start = len(self._arguments)
            self._arguments.append(number)
            self.called.append(guard.convert)
            call = self._call(_condition(guard))
            condition, expected = len(self._records) // 5, True
            self._records.extend((machine.CALL, start, 1, 0, call))
        self._append(guard, machine.GUARD, condition, number, int(expected), len(self.guards))
        self.guards.append(guard)
        self.is_fallible = True
        return True

    # -- how it is written ------------------------------------------------------------------

    def _append(self, item: Any, op: int, a: int, b: int, c: int, call: int) -> None:
        if type(item) is not Guard:
            self.made[item.result] = len(self._records) // 5
        self._records.extend((op, a, b, c, call))
        self.items.append(item)

    def _kind(self, x: Any) -> Any:
        if type(x) is Variable:
            return MIXED if x in self.mixed else None if x.is_array else x.kind
        return type(x)

    def _operand(self, x: Variable) -> int:
        number = self.made.get(x)
        if number is None:
            number = self._leaf(x)
            assert number is not None
        return number

    def _leaf(self, x: Any) -> int | None:
        """Return the number of an input or of a constant, below zero; None if it is neither."""
        key: Any = x
        if type(x) is Variable:
            if x.kind not in KINDS:
                return None
        elif type(x) not in _NUMBERS or (type(x) is int and abs(x) > EXACT):
            return None
        else:
            x = float(x)
            key = x if x else (x, math.copysign(1.0, x))  # the two zeros are equal
            key = key if x == x else math.nan
        number = self._leaves.get(key)
        if number is None:
            number = self._leaves[key] = -1 - len(self._leaves)
            is_input = type(x) is Variable
            self._is_input.append(is_input)
            if is_input:
                self.inputs.append(x)
            else:
                self._constants.append(x)
        return number

    def _call(self, function: Callable[..., Any]) -> int:
        number = self._called.get(function)
        if number is None:
            number = self._called[function] = len(self._calls)
            self._calls.append(function)
        return number

    def tape(self, results: list[Variable]) -> Any:
        """Return the tape that computes some of the variables."""
        is_input = np.array(self._is_input, bool)
        places = np.where(is_input, np.cumsum(is_input) - 1 + len(self._constants), 0)
        places[~is_input] = np.arange(len(self._constants))
        first = len(self._constants) + len(self.inputs)

        def placed(numbers: Any) -> None:
            leaves = numbers < 0
            numbers[~leaves] += first
            numbers[leaves] = places[-1 - numbers[leaves]]

        records = np.array(self._records, np.int32).reshape(-1, 5)
        arguments = np.array(self._arguments, np.int32)
        op = records[:, 0] & ~machine.KEEP
        operands = records[:, 1:4].copy()
        placed(operands)
        records[:, 1][op != machine.CALL] = operands[:, 0][op != machine.CALL]
        records[:, 2][op != machine.CALL] = operands[:, 1][op != machine.CALL]
        records[:, 3][op == machine.CHOOSE] = operands[:, 2][op == machine.CHOOSE]
        placed(arguments)
        outputs = np.array([self.made[x] + first for x in results], np.int32)
        return machine.Tape(
            records, arguments, np.array(self._constants, float), len(self.inputs), outputs,
            tuple([None if x.kind is float else x.kind for x in results]), tuple(self._calls),
            self._failed, LIMIT,
        )  # fmt: skip

    def _failed(self, number: int, value: float) -> None:
        guard = self.guards[number]
        raise GuardFailed(self.first_guard + number, guard.convert(guard.variable.kind(value)))


def _condition(guard: Guard) -> Callable[[float], bool]:
    """Return a function that checks the condition of a guard for a number."""
    kind, convert, expected = guard.variable.kind, guard.convert, guard.expected
    return lambda number: same(convert(kind(number)), expected)


def _of_numbers(item: Instruction, kinds: list[Any]) -> Callable[..., Any]:
    """Return an instruction as a function of floats: those among its arguments."""
    function, arguments = item.function, item.arguments
    quiet = item.quiet

    def call(*numbers: float) -> Any:
        given = map(_box, kinds, numbers)
        plain = [next(given) if type(x) is Variable else x for x in arguments]
        if quiet:
            with np.errstate(all="ignore"):
                return function(*plain)
        return function(*plain)

    return call


def _box(kind: Any, number: float) -> Any:
    return number if kind is float else kind(number)
