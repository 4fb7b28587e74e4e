"""The parameters of the written function, and how inputs are taken out of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from autograd.program.instructions import Variable
from autograd.program.python_code import Writer
from autograd.program.structure import identifier

#: Types of arguments that a written function takes and compares.
FIXED = (bool, int, str, bytes, type(None))


class Signature:
    """The parameters of a function.

    Attributes
    ----------
    parameters : list of str
        As they are written between the parentheses.
    names : list of str
        Their names.
    lines : list of str
        Statements that take the inputs out of nested arguments.
    fixed : list of (str, any)
        Parameters whose value the program depends on, with that value.
    nested : list of (str, any)
        Parameters with nested arguments, with what was passed for them.
    plain : list of Variable
        The arrays and numbers among the arguments, and what is read from nodes.
    """

    def __init__(self, program: Any, writer: Writer, name_of: Callable[[Variable], str]) -> None:
        self.writer = writer
        self.name_of = name_of
        self.parameters: list[str] = []
        self.names: list[str] = []
        self.lines: list[str] = []
        self.fixed: list[tuple[str, Any]] = []
        self.nested: list[tuple[str, Any]] = []
        self.plain: list[Variable] = []
        self._keywords = False
        for parameter in program.parameters:
            self._parameter(parameter)
        loads = [load.variable for load in program.loads if load.variable is not None]
        self.plain += loads
        if loads and not self._keywords:
            self._begin_keywords()
        self.parameters += [name_of(x) for x in loads]
        self.parameters.sort(key=lambda text: text.startswith("**"))
        self.names = [text.lstrip("*") for text in self.parameters]

    def _begin_keywords(self) -> None:
        self._keywords = True
        if not any(text.startswith("*") for text in self.parameters):
            self.parameters.append("*")

    def _parameter(self, parameter: Any) -> None:
        value, kind = parameter.value, parameter.kind
        if type(value) not in FIXED and not has_variables(value):
            return
        if kind is inspect.Parameter.KEYWORD_ONLY and not self._keywords:
            self._begin_keywords()
        if isinstance(value, Variable):
            name = self.name_of(value)
            self.plain.append(value)
        else:
            name = self.writer.names.new(identifier(parameter.name))
            if type(value) in FIXED:
                self.fixed.append((name, value))
            else:
                self.nested.append((name, value))
                self.lines += self.taken(name, value)
        star = {
            inspect.Parameter.VAR_POSITIONAL: "*",
            inspect.Parameter.VAR_KEYWORD: "**",
        }.get(kind, "")
        self._keywords = self._keywords or bool(star)
        self.parameters.append(f"{star}{name}")

    def taken(self, whole: str, x: Any) -> Iterator[str]:
        """Yield the statements that take the inputs out of a nested argument."""
        if isinstance(x, (tuple, list)) and all(isinstance(item, Variable) for item in x):
            targets = ", ".join(self.name_of(item) for item in x)
            targets = f"({targets},)" if len(x) == 1 else targets
            yield f"({targets}) = {whole}" if len(targets) > 60 else f"{targets} = {whole}"
            return
        for step, item in steps(x, self.writer):
            if isinstance(item, Variable):
                yield f"{self.name_of(item)} = {whole}{step}"
            elif has_variables(item):
                yield from self.taken(f"{whole}{step}", item)


def steps(x: Any, writer: Writer) -> Iterator[tuple[str, Any]]:
    """Yield how to get each item of a container, and the item."""
    if isinstance(x, dict):
        for key, item in x.items():
            yield f"[{writer.of(key).text}]", item
    elif isinstance(x, tuple) and hasattr(x, "_fields"):
        for field, item in zip(x._fields, x, strict=True):
            yield f".{field}", item
    else:
        for position, item in enumerate(x):
            yield f"[{position}]", item


def has_variables(x: Any) -> bool:
    """Return whether there is a variable in a nested argument."""
    if isinstance(x, dict):
        return any(has_variables(item) for item in x.values())
    if isinstance(x, (tuple, list)):
        return any(has_variables(item) for item in x)
    return isinstance(x, Variable)
