"""Guards as conditions in Python and in words."""

from __future__ import annotations

import ast
import operator

import numpy as np

from autograd.program.instructions import Guard, contents_of, shape_of
from autograd.program.python_code import ATOM, COMPARISON, Writer
from autograd.program.source.statements import location, origin_of, printable

#: Names that are given later are characters from here on.
PRIVATE = 0xF0000


def written_guard(writer: Writer, guard: Guard) -> list[str]:
    """Return the lines that check a guard."""
    test, words = condition(writer, guard)
    origin = origin_of(guard.place)
    if origin is not None and guard.convert is bool and isinstance(origin.expression, ast.expr):
        words = printable(ast.unparse(origin.expression))
        words = words if guard.expected else f"not {words}"
    where = "" if guard.place is None else f", {location(guard.place)}"
    message = in_quotes(f"this program was recorded for {words}{where}")
    test = test.removeprefix("not ") if test.startswith("not ") else f"not {test}"
    return [f"if {test}:", f"    raise ValueError({message})"]


def in_quotes(text: str) -> str:
    """Return a literal of a message, whose quotes and backslashes it replaces."""
    text = " ".join(text.split()).replace("\\", "/").replace('"', "'")
    return '"' + "".join(c for c in text if c.isprintable() or ord(c) > PRIVATE) + '"'


def condition(writer: Writer, guard: Guard) -> tuple[str, str]:
    """Return the condition of a guard as an expression, and in words."""
    x = writer.of(guard.variable)
    expected = guard.expected
    if guard.convert is bool:
        text = x.within(COMPARISON) if expected else f"not {x.within(COMPARISON)}"
        return text, text
    if guard.convert is shape_of:
        text = f"{x.within(ATOM)}.shape == {expected!r}"
        return f"({text})", text
    if guard.convert is contents_of:
        shape, dtype, data = expected
        found = np.frombuffer(data, dtype).reshape(shape)
        name = writer.names.object(found, "expected")
        text = f"np.array_equal({x.text}, {name}, equal_nan=True)"
        writer.names.imports.add("np")
        return text, f"{x.text} with the numbers it had"
    convert = "int" if guard.convert is operator.index else writer.names.function(guard.convert)
    value = writer.of(expected)
    text = f"{convert}({x.text}) == {value.text}"
    if expected != expected:
        text = f"{x.within(ATOM)} != {x.within(ATOM)}"
    return f"({text})", text
