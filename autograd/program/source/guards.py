"""Guards as conditions in Python and in words."""

from __future__ import annotations

import ast
import operator
from typing import Any

import numpy as np

from autograd.program.instructions import Attempt, Guard, contents_of, dtype_of, shape_of
from autograd.program.python_code import ATOM, COMPARISON, Writer
from autograd.program.source.statements import location, origin_of, printable

#: What asks for an attribute of an array.
_ATTRIBUTES: dict[Any, str] = {shape_of: "shape", dtype_of: "dtype"}

#: Names that are given later are characters from here on.
PRIVATE = 0xF0000


def written_guard(writer: Writer, guard: Guard) -> list[str]:
    """Return the lines that check a guard."""
    return [f"if {condition(writer, guard, False)}:", refusal(writer, guard, [guard.expected])]


def refusal(writer: Writer, guard: Guard, expected: list[Any]) -> str:
    """Return the indented statement that raises an error, with the condition in words."""
    where = "" if guard.place is None else location(guard.place)
    where = f", {where}" if where else ""
    message = in_quotes(f"this program was recorded for {_words(writer, guard, expected)}{where}")
    return f"    raise ValueError({message})"


def _words(writer: Writer, guard: Guard, expected: list[Any]) -> str:
    """Return the condition in words: the user's own, if they are known."""
    x = writer.of(guard.variable)
    origin = origin_of(guard.place)
    if guard.convert is bool:
        text = x.within(COMPARISON)
        if origin is not None and isinstance(origin.expression, ast.expr):
            text = printable(ast.unparse(origin.expression))
        return text if guard.expected else f"not {text}"
    if guard.convert is contents_of:
        return f"these numbers of {x.text}"
    if guard.convert in _ATTRIBUTES:
        values = " or ".join(writer.of(value).text for value in expected)
        return f"{x.within(ATOM)}.{_ATTRIBUTES[guard.convert]} == {values}"
    values = " or ".join(writer.of(value).text for value in expected)
    return f"{_converted(writer, guard)} == {values}"


def in_quotes(text: str) -> str:
    """Return a literal of a message, whose quotes and backslashes it replaces."""
    text = " ".join(text.split()).replace("\\", "/").replace('"', "'")
    return '"' + "".join(c for c in text if c.isprintable() or ord(c) > PRIVATE) + '"'


def condition(writer: Writer, guard: Guard, holds: bool = True) -> str:
    """Return an expression for a guard: whether it holds, or whether it does not."""
    x = writer.of(guard.variable)
    expected = guard.expected
    if guard.convert is bool:
        return x.text if bool(expected) is holds else f"not {x.within(COMPARISON)}"
    sign = "==" if holds else "!="
    if guard.convert in _ATTRIBUTES:
        return f"{x.within(ATOM)}.{_ATTRIBUTES[guard.convert]} {sign} {writer.of(expected).text}"
    if guard.convert is contents_of:
        shape, dtype, data = expected
        name = writer.names.object(np.frombuffer(data, dtype).reshape(shape), "expected")
        same_shape = f"np.shape({x.text}) {sign} {name}.shape"
        same_bytes = f"np.asarray({x.text}).tobytes() {sign} {name}.tobytes()"
        return f"{same_shape} {'and' if holds else 'or'} {same_bytes}"
    converted = _converted(writer, guard)
    if isinstance(guard.convert, Attempt):
        return converted if holds else f"not {converted}"
    if isinstance(expected, complex) or (isinstance(expected, float) and not expected):
        return f"repr({converted}) {sign} {writer.of(repr(expected)).text}"  # signs of zeros
    if expected != expected:
        return f"{converted} {'!=' if holds else '=='} {converted}"
    return f"{converted} {sign} {writer.of(expected).text}"


def _converted(writer: Writer, guard: Guard) -> str:
    """Return the expression for what Python asked for."""
    convert = guard.convert
    if isinstance(convert, Attempt):
        name = writer.names.object(convert, "fails")
    else:
        name = "int" if convert is operator.index else writer.names.function(convert)
    return f"{name}({writer.of(guard.variable).text})"
