"""Adding rows to those rows of an array that other arrays choose, `numpy.add.at`, in C."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import FLOATS, TYPES, stored_type
from autograd.program.backends.c.library import Library
from autograd.program.backends.c.objects import KINDS, condition_of_array
from autograd.program.backends.c.section import NAME
from autograd.program.instructions import Constant, Instruction, Variable
from autograd.program.passes.buffers import is_c_contiguous
from autograd.program.passes.effects import root


class Scatter:
    """A call of `numpy.add.at` with arrays of integers for the first axes.

    All indices are checked before anything is added; if one is out of range, or an array is not as
    expected, NumPy carries out the call.
    """

    __name__ = "add_at"

    def __init__(self, target: Variable, indices: list[Any], values: Any) -> None:
        self.text = _text(target, indices, values)
        self._call: Callable[[Any], int] | None = None

    def load(self, library: Library, name: str) -> None:
        """Take the function with this name from a compiled library."""
        self._call = library.function(name, True)

    def __call__(self, target: Any, values: Any, *indices: Any) -> None:
        """Add the values to the elements that the indices choose."""
        assert self._call is not None
        if self._call((target, values, *indices, KINDS)):
            np.add.at(target, indices, values)


def scatter_of(item: Any, made: set[Any]) -> tuple[Instruction, Scatter] | None:
    """Return an instruction that adds rows in C instead of this one; None if it cannot.

    Parameters
    ----------
    item : Instruction or Guard
        Any item of a program.
    made : set of Variable
        New arrays of the program itself.
    """
    if not isinstance(item, Instruction) or item.function != np.add.at or item.keywords:
        return None
    target, index, values = item.arguments
    indices = list(index) if type(index) is tuple else [index]
    if target not in made or not isinstance(values, (Variable, Constant)):
        return None
    arrays = [x for x in indices if isinstance(x, (Variable, Constant))]
    if len(arrays) != len(indices) or len(indices) > len(target.shape) or not indices:
        return None
    shape = _shape(indices[0])
    if any(_shape(x) != shape or stored_type(x) != np.int64 for x in indices):
        return None
    if stored_type(target) not in FLOATS or stored_type(values) != stored_type(target):
        return None
    if _shape(values) != (*shape, *target.shape[len(indices) :]) or root(values) is target:
        return None
    if not all(map(_in_order, (target, values, *indices))) or math.prod(_shape(values)) == 0:
        return None
    found = Scatter(target, indices, values)
    return replace(item, function=found, arguments=(target, values, *indices)), found


def _shape(x: Any) -> tuple[int, ...]:
    shape: tuple[int, ...] = x.shape if isinstance(x, Variable) else x.value.shape
    return shape


def _in_order(x: Any) -> bool:
    if isinstance(x, Constant):
        return bool(x.value.flags.c_contiguous)
    return x.is_array and is_c_contiguous(x)


def _text(target: Variable, indices: list[Any], values: Any) -> str:
    """Return the function; `NAME` stands for its name."""
    kind = TYPES[stored_type(target)]
    count, rest = math.prod(_shape(indices[0])), target.shape[len(indices) :]
    length = math.prod(rest)
    arrays = [target, values, *indices]
    checks = " && ".join(
        condition_of_array(f"given[{k}]", _shape(x), None, stored_type(x))
        for k, x in enumerate(arrays)
    )
    lines = [
        "void **given = ITEMS(arguments);",
        f"void **kinds = ITEMS(given[{len(arrays)}]);",
        f"if (!({checks})) return -1;",
        f"{kind} *target = DATA(given[0]);",
        f"const {kind} *values = DATA(given[1]);",
        *(f"const int64_t *x{k} = DATA(given[{k + 2}]);" for k in range(len(indices))),
        f"for (long k = 0; k < {count}; k++)",
        "    if ("
        + " || ".join(f"x{k}[k] < -{n} || x{k}[k] >= {n}" for k, n in _lengths(target, indices))
        + ") return -1;",
        f"for (long k = 0; k < {count}; k++) {{",
        *(
            f"    const long i{k} = x{k}[k] < 0 ? x{k}[k] + {n} : x{k}[k];"
            for k, n in _lengths(target, indices)
        ),
        f"    {kind} *restrict to = target + {_offset(target, indices)};",
        f"    const {kind} *restrict from = values + k * {length};",
        "    INDEPENDENT",
        f"    for (long j = 0; j < {length}; j++) to[j] += from[j];",
        "}",
        "return 0;",
    ]
    body = "\n    ".join(lines)
    return f"int {NAME}(void *arguments) {{\n    {body}\n}}\n"


def _lengths(target: Variable, indices: list[Any]) -> list[tuple[int, int]]:
    return list(enumerate(target.shape[: len(indices)]))


def _offset(target: Variable, indices: list[Any]) -> str:
    terms = [f"i{k} * {math.prod(target.shape[k + 1 :])}" for k, _ in _lengths(target, indices)]
    return " + ".join(terms)
