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
    test = test.removeprefix("not ") if test.startswith("not ") else f"not {test}"
    return [f"if {test}:", refusal(guard, [words])]


def refusal(guard: Guard, words: list[str]) -> str:
    """Return the indented statement that raises an error, with the conditions in words."""
    origin = origin_of(guard.place)
    if origin is not None and guard.convert is bool and isinstance(origin.expression, ast.expr):
        plain = printable(ast.unparse(origin.expression))
        words = [plain if guard.expected else f"not {plain}"]
    where = "" if guard.place is None else f", {location(guard.place)}"
    message = in_quotes(f"this program was recorded for {' or '.join(words)}{where}")
    return f"    raise ValueError({message})"


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
        writer.names.imports.add("np")
        same = f"np.asarray({x.text}).tobytes() == {name}.tobytes()"
        return f"(np.shape({x.text}) == {name}.shape and {same})", f"these numbers of {x.text}"
    convert = "int" if guard.convert is operator.index else writer.names.function(guard.convert)
    text = f"{convert}({x.text}) == {writer.of(expected).text}"
    exact = text
    if isinstance(expected, complex) or (isinstance(expected, float) and not expected):
        exact = f"repr({convert}({x.text})) == {writer.of(repr(expected)).text}"  # signs of zeros
    elif expected != expected:
        exact = text = f"{convert}({x.text}) != {convert}({x.text})"
    return f"({exact})", text
