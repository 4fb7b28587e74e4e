"""Primitives whose C the user has written: as formulas of elements, and as calls of their own."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import astuple, is_dataclass, replace
from typing import Any

import numpy as np

from autograd.program.backends.c import cache
from autograd.program.backends.c.dtypes import FLOATS, TYPES, has_type, stored_type
from autograd.program.backends.c.library import QUICK, Library
from autograd.program.backends.c.numbers import literal
from autograd.program.backends.c.objects import KINDS, condition_of_array, condition_of_number
from autograd.program.backends.c.own_checks import compare, slightly_moved
from autograd.program.backends.c.section import NAME
from autograd.program.instructions import Constant, Instruction, Variable
from autograd.program.passes.buffers import is_c_contiguous
from autograd.program.passes.tiled import Filling
from autograd.rules.in_c import CText

#: What describes each array to C, with its type.
_DESCRIBED = (("long", "size"), ("long", "ndim"), ("long *", "shape"))

#: Calls with arguments of the same types share one function, which gcc compiles once.
_BODY = """\
#ifndef DEFINED_{name}
#define DEFINED_{name}
static SHARED void {name}({parameters}) {{
    {unused}
    {{
{text}
    }}
}}
#endif
"""


class OwnCall(Filling):
    """The call of a function of whole arrays, with C that the user has written.

    If an array is not as expected, or C leaves it, the function of Python is called. At the first
    call both are, and their results are compared.

    Parameters
    ----------
    text : CText
        The C.
    item : Instruction
        The call.
    bound : BoundArguments
        The arguments.
    """

    __name__ = "own_in_c"

    def __init__(self, text: CText, item: Instruction, bound: inspect.BoundArguments) -> None:
        self.name = item.written_as
        self.result = item.result
        #: What it fills, in order; None where the function returns None.
        self.filled: tuple[Any, ...] = results_of(item)
        self.made: list[Variable] = [x for x in self.filled if x is not None]
        self.arrays = [x for x in self.made if x.is_array]
        self.sums = [x for x in self.made if not x.is_array]
        self.text = text
        self.bound = bound
        self.given = list(bound.arguments.values())
        self.operands = [x for x in self.given if isinstance(x, (Variable, Constant))]
        self.sorted = [k for k, x in enumerate(self.operands) if not _in_order(x)]
        self.is_compared = False
        self._call: Callable[[Any], int] | None = None
        #: The function that computes the results, and what it is called.
        self.body, self.function = self._written()

    def source(self) -> str:
        """Return the function that Python calls, and its body; `NAME` stands for its name."""
        first = len(self.made)
        count = first + len(self.operands)
        checks = [_condition(f"given[{k}]", x) for k, x in enumerate(self.operands, first)]
        lines = [
            "void **given = ITEMS(arguments);",
            f"void **kinds = ITEMS(given[{count}]);",
            "(void)kinds;",
            *(f"if (!({check})) return -1;" for check in checks),
        ]
        numbers = iter(range(first, count))
        passed = []
        for one in self.given:
            if isinstance(one, (Variable, Constant)):
                where, kind = f"given[{next(numbers)}]", TYPES[stored_type(one)]
                is_array = isinstance(one, Constant) or one.is_array
                passed.append(f"DATA({where})" if is_array else f"*(const {kind} *)VALUE({where})")
        results = [f"({TYPES[stored_type(x)]} *)DATA(given[{k}])" for k, x in enumerate(self.made)]
        lines += self.statements(passed, results, "return 1;")
        lines.append("return 0;")
        body = "\n    ".join(lines)
        return f"{self.body}int {NAME}(void *arguments) {{\n    {body}\n}}\n"

    def referenced(self) -> str:
        """Return the function that computes the results, and a use of it: for a check."""
        return f"{self.body}void *{NAME}(void) {{ return (void *){self.function}; }}\n"

    def _written(self) -> tuple[str, str]:
        """Return the function that computes the results, and what it is called."""
        parameters, unused = [], []
        kind = TYPES[stored_type(self.made[0])]
        for parameter, x in zip(self.text.names, self.given, strict=True):
            unused.append(parameter)
            if integers_of(x) is not None:
                parameters.append(f"const long *{parameter}, const long {parameter}_size")
                unused.append(f"{parameter}_size")
                continue
            if x is not None and not is_array(x):
                parameters.append(f"const {_type_of_number(x)} {parameter}")
                continue
            parameters.append(f"const {_pointed(x, kind)} *{parameter}")
            parameters += [f"const {text} {parameter}_{what}" for text, what in _DESCRIBED]
            unused += [f"{parameter}_{what}" for _, what in _DESCRIBED]
        for k, x in enumerate(self.filled):
            parameter = f"result_{k}" if type(self.result) is tuple else "result"
            parameters.append(f"{_pointed(x, kind)} *{parameter}")
            parameters += [f"const {text} {parameter}_{what}" for text, what in _DESCRIBED]
            unused += [parameter, *(f"{parameter}_{what}" for _, what in _DESCRIBED)]
        if self.text.may_leave:
            parameters.append("int *_is_left")
        text = f"typedef {kind} real;\n" * self.text.has_one_type + self.text.text
        declared = ", ".join(parameters)
        name = f"own_{cache.key_of(declared, text)[:16]}"
        unused_ones = " ".join(f"(void){one};" for one in unused)
        body = _BODY.format(name=name, parameters=declared, unused=unused_ones, text=text)
        return body, name

    def statements(self, operands: list[str], results: list[str], leaving: str) -> list[str]:
        """Return the call of that function, given the texts of operands and results.

        `leaving` is what to do if it leaves the work to Python.
        """
        texts = iter([*operands, *results])
        given = []
        made = set(self.made)
        for x in (*self.given, *self.filled):
            if x is None:
                given += ["0"] * (1 + len(_DESCRIBED))
                continue
            integers = integers_of(x)
            if integers is not None:
                given += [f"(const long[]){{{', '.join(map(str, integers))}}}", str(len(integers))]
                continue
            if not is_array(x) and x not in made:
                is_variable = isinstance(x, (Variable, Constant))
                given.append(next(texts) if is_variable else literal(x, _type_in_memory(x)))
                continue
            shape = _shape(x)
            lengths = ", ".join(map(str, shape)) or "0"
            given += [next(texts), str(math.prod(shape)), str(len(shape))]
            given.append(f"(const long[]){{{lengths}}}")
        if not self.text.may_leave:
            return [f"{self.function}({', '.join(given)});"]
        call = f"{self.function}({', '.join([*given, '&_is_left'])});"
        return ["int _is_left = 0;", call, f"if (_is_left) {leaving}"]

    def load(self, library: Library, name: str) -> None:
        """Take the function with this name from a compiled library."""
        sizes = [math.prod(_shape(x)) for x in (*self.operands, *self.made)]
        self._call = library.function(name, sum(sizes) < QUICK)

    def __call__(self, *operands: Any) -> Any:
        """Compute the results, in new arrays."""
        arrays = [np.empty(x.shape, x.dtype) for x in self.arrays]
        numbers = iter(self._fill(*operands, *arrays))
        rest = iter(arrays)
        found = [None if x is None else next(rest if x.is_array else numbers) for x in self.filled]
        return tuple(found) if type(self.result) is tuple else found[0]

    @property
    def run(self) -> Callable[..., Any]:
        """The function of the operands, and of the arrays to fill, that returns the numbers."""
        return self._fill

    def _fill(self, *given: Any) -> tuple[Any, ...]:
        """Fill arrays, which follow the operands; return the numbers."""
        assert self._call is not None
        operands, arrays = given[: len(self.operands)], iter(given[len(self.operands) :])
        found = [next(arrays) if x.is_array else np.empty((), x.dtype) for x in self.made]
        used = operands
        if self.sorted:
            parts = [*operands]
            for k in self.sorted:
                parts[k] = np.ascontiguousarray(parts[k])
            used = tuple(parts)
        if self._call((*found, *used, KINDS)):
            for array, result in zip(found, self._results_by_python(operands), strict=True):
                array[...] = result
        elif not self.is_compared:
            self._compare(found, operands)
            self.is_compared = True
        return tuple([a[()] for a, x in zip(found, self.made, strict=True) if not x.is_array])

    def _compare(self, found: list[Any], operands: Any) -> None:
        """Raise an error if the function of Python computes something else."""
        wanted = self._results_by_python(operands)

        def moved() -> list[Any]:
            return self._results_by_python(map(slightly_moved, operands))

        for k, array in enumerate(found):
            compare(self.name, array, wanted[k], moved=lambda k=k: moved()[k])  # type: ignore[misc]

    def _results_by_python(self, operands: Any) -> list[Any]:
        """Return what the function of Python computes, without None."""
        found = self._by_python(operands)
        return [x for x in found if x is not None] if type(self.result) is tuple else [found]

    def _by_python(self, operands: Any) -> Any:
        values = iter(operands)
        is_operand = (Variable, Constant)
        named = self.bound.arguments.items()
        given = {key: next(values) if isinstance(x, is_operand) else x for key, x in named}
        bound = inspect.BoundArguments(self.bound.signature, given)
        return self.text.function(*bound.args, **bound.kwargs)


def own_call(item: Any) -> OwnCall | None:
    """Return an instruction as a call of what the user has written in C; None if it is none."""
    text = item.in_c if isinstance(item, Instruction) else None
    if text is None or text.is_expression or not _are_filled(results_of(item)):
        return None
    bound = inspect.signature(text.function).bind(*item.arguments, **item.keywords)
    bound.apply_defaults()
    real = next(stored_type(x) for x in results_of(item) if x is not None)
    for name, one in zip(text.names, bound.arguments.values(), strict=True):
        if isinstance(one, Variable) and not has_type(one):
            return None
        if text.has_one_type and is_array(one) and not text.accepts(name, stored_type(one), real):
            return None
        if isinstance(one, Constant) and stored_type(one) not in TYPES:
            return None
        if one is None or integers_of(one) is not None:
            continue
        if not isinstance(one, (Variable, Constant)) and type(one) not in (bool, int, float):
            return None
        if type(one) is int and not -(1 << 63) < one < 1 << 63:
            return None
    return OwnCall(text, item, bound)


def results_of(item: Instruction) -> tuple[Any, ...]:
    """Return what a call returns, one after the other."""
    return item.result if type(item.result) is tuple else (item.result,)


def _are_filled(results: tuple[Any, ...]) -> bool:
    """Return whether results are numbers in memory of their own, or None, but not all of them."""
    for x in results:
        if x is None:
            continue
        if not isinstance(x, Variable) or x.root is not x or not has_type(x):
            return False
        if x.dtype not in FLOATS or (x.shape and not is_c_contiguous(x)):
            return False
    return any(x is not None for x in results)


def with_call(item: Instruction, found: OwnCall) -> Instruction:
    """Return an instruction that calls the C instead."""
    return replace(item, function=found, arguments=tuple(found.operands), keywords={})


def integers_of(x: Any) -> list[int] | None:
    """Return the integers of a tuple, or of the fields of a dataclass, one after the other.

    None if there is anything else in it, or nothing.
    """
    parts = astuple(x) if is_dataclass(x) and not isinstance(x, (Variable, Constant, type)) else x
    if type(parts) is not tuple:
        return None
    found: list[int] = []
    for part in parts:
        inside = [part] if type(part) is int else integers_of(part)
        if inside is None:
            return None
        found += inside
    return found if found and all(-(1 << 63) < n < 1 << 63 for n in found) else None


def _condition(text: str, x: Any) -> str:
    """Return the condition that an operand is as expected."""
    if is_array(x):
        return condition_of_array(text, _shape(x), None, stored_type(x))
    return condition_of_number(text, stored_type(x))


def _shape(x: Any) -> tuple[int, ...]:
    shape: tuple[int, ...] = x.value.shape if isinstance(x, Constant) else x.shape
    return shape


def is_array(x: Any) -> bool:
    """Return whether C gets a pointer for an argument, and not a number."""
    return isinstance(x, Constant) or (isinstance(x, Variable) and x.is_array)


def _pointed(x: Any, otherwise: str) -> str:
    """Return the type of the elements of an array; another one for None."""
    return otherwise if x is None else TYPES[stored_type(x)]


def _in_order(x: Any) -> bool:
    if isinstance(x, Constant):
        return bool(x.value.flags.c_contiguous)
    return not x.is_array or is_c_contiguous(x)


def _type_in_memory(x: Any) -> Any:
    """Return the type of a number that does not change."""
    return np.dtype(np.float64 if type(x) is float else np.int64)


def _type_of_number(x: Any) -> str:
    """Return the type of C of a number."""
    if isinstance(x, Variable):
        return TYPES[stored_type(x)]
    return "double" if type(x) is float else "long"
