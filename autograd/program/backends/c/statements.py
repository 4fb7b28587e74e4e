"""What a saved program does besides steps, as text of C: products, indexing, assignments."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

from autograd.program.backends.c.dtypes import TYPES, stored_type
from autograd.program.backends.c.numbers import literal
from autograd.program.backends.c.places import Place

#: Returns the pointer to the memory of a variable or constant.
Names = Callable[[Any], str]


def loops(shape: tuple[int, ...], body: Callable[[list[str]], list[str]]) -> list[str]:
    """Return nested loops over a shape, around what is returned for the indices.

    Examples
    --------
    >>> loops((2,), lambda k: [f"x[{k[0]}] = 0;"])
    ['for (long i0 = 0; i0 < 2; i0++) {', '    x[i0] = 0;', '}']
    """
    indices = [f"i{axis}" for axis in range(len(shape))]
    lines, indent = [], ""
    for index, length in zip(indices, shape, strict=True):
        lines.append(f"{indent}for (long {index} = 0; {index} < {length}; {index}++) {{")
        indent += "    "
    lines += [indent + line for line in body(indices)]
    for _ in shape:
        indent = indent[4:]
        lines.append(f"{indent}}}")
    return lines


def element(place: Place, indices: list[str], name: str) -> str:
    """Return an element of an operand, which is broadcast to the axes of the indices."""
    terms = [
        f"{index} * {stride}"
        for index, length, stride in zip(
            reversed(indices), reversed(place.shape), reversed(place.strides), strict=False
        )
        if length != 1 and stride  # also axes of length 1 that an assignment leaves out
    ][::-1]
    if place.offset or not terms:
        terms.append(str(place.offset))
    return f"{name}[{' + '.join(terms)}]"


def fill(target: Any, number: Any, name: str) -> list[str]:
    """Return the statements that set all elements of new memory to a number."""
    size = math.prod(target.shape)
    return [f"for (long k = 0; k < {size}; k++) {name}[k] = {literal(number, target.dtype)};"]


def assignment(target: Place, value: Any, names: Names) -> list[str]:
    """Return the statements that copy elements to a part of memory."""
    kind = TYPES[stored_type(target.base)]

    def body(indices: list[str]) -> list[str]:
        if isinstance(value, Place):
            text = element(value, indices, names(value.base))
        else:
            text = literal(value, stored_type(target.base))
        return [f"{element(target, indices, names(target.base))} = ({kind}){text};"]

    return loops(target.shape, body)


def product(result: Any, a: Place, b: Place, names: Names) -> list[str]:
    """Return the statements that multiply matrices or vectors, also stacks of them."""
    if len(a.shape) == 1:
        a = Place(a.base, (1, *a.shape), (0, *a.strides), a.offset)
    if len(b.shape) == 1:
        b = Place(b.base, (*b.shape, 1), (*b.strides, 0), b.offset)
    rows, common, columns = a.shape[-2], a.shape[-1], b.shape[-1]
    stack = result.shape[: len(result.shape) - (rows != 1) - (columns != 1)]
    stack = _broadcast(a.shape[:-2], b.shape[:-2])
    kind, target = TYPES[stored_type(result)], names(result)

    def body(indices: list[str]) -> list[str]:
        first = " + ".join(
            f"{index} * {math.prod(stack[axis + 1 :]) * rows * columns}"
            for axis, index in enumerate(indices)
        )
        x = element(a, [*indices, "i", "k"], names(a.base))
        y = element(b, [*indices, "k", "j"], names(b.base))
        return [
            f"{kind} *to = {target}{' + ' + first if first else ''};",
            f"for (long i = 0; i < {rows}; i++) {{",
            f"    for (long j = 0; j < {columns}; j++) to[i * {columns} + j] = 0;",
            f"    for (long k = 0; k < {common}; k++) {{",
            f"        const {kind} factor = {x};",
            f"        for (long j = 0; j < {columns}; j++)",
            f"            to[i * {columns} + j] += factor * {y};",
            "    }",
            "}",
        ]

    return loops(stack, body)


def _broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    pairs = itertools.zip_longest(reversed(a), reversed(b), fillvalue=1)
    return tuple([max(m, n) for m, n in pairs][::-1])


def indexed(
    base: Place, chosen: list[Any], write: Callable[[str, list[str]], str], names: Names, error: int
) -> list[str]:
    """Return the statements that go through elements chosen by arrays of integers.

    Parameters
    ----------
    base : Place
        What is indexed; the arrays choose along its first axes.
    chosen : list of Place and int
        The indices along these axes, broadcast to one shape.
    write : callable
        Returns the statement for an element, given its text and the indices of the loops.
    names : callable
        Returns the name of memory.
    error : int
        What is returned if an index is out of range.
    """
    shape: tuple[int, ...] = ()
    for x in chosen:
        if isinstance(x, Place):
            shape = _broadcast(shape, x.shape)
    count = len(chosen)
    rest = base.shape[count:]

    def body(indices: list[str]) -> list[str]:
        outer, inner = indices[: len(shape)], indices[len(shape) :]
        lines = []
        for axis, x in enumerate(chosen):
            text = str(x)
            if isinstance(x, Place):
                text = element(x, outer, names(x.base))
            n = base.shape[axis]
            lines.append(f"long n{axis} = (long){text};")
            lines.append(f"if (n{axis} < 0) n{axis} += {n};")
            lines.append(f"if (n{axis} < 0 || n{axis} >= {n}) return {error};")
        at = element(base, [*(f"n{axis}" for axis in range(count)), *inner], names(base.base))
        lines.append(write(at, indices))
        return lines

    return loops((*shape, *rest), body)
