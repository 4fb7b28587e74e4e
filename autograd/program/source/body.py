"""The statements of a program: what is inlined, and what things are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.program.instructions import Guard, Variable
from autograd.program.source.expressions import SourceWriter
from autograd.program.source.guards import written_guard
from autograd.program.source.inlining import inlinable
from autograd.program.source.names import Naming

#: The longest line.
WIDTH = 88

#: The most operations in one expression.
OPERATIONS = 5


class Entry:
    """A statement, or room for one.

    Attributes
    ----------
    item : Instruction or Guard
        What it does.
    text : str or None
        Its lines; None if it became a part of another statement.
    """

    def __init__(self, item: Any, text: str | None = None) -> None:
        self.item = item
        self.text = text


class Body:
    """The statements of a program, as they are being written.

    Attributes
    ----------
    program : Program
        The program.
    entries : list of Entry
        The statements.
    """

    def __init__(self, program: Any, naming: Naming, writer: SourceWriter) -> None:
        self.program = program
        self.naming = naming
        self.writer = writer
        self.entries: list[Entry] = []
        naming.look_at(program)
        self._inlinable = inlinable(program, naming.wanted)
        self._waiting: dict[int, list[Variable]] = {}
        self._entry: dict[Variable, Entry] = {}
        self._weight: dict[Variable, int] = {}
        for position, item in enumerate(program.items):
            self._add(position, item)

    def end(self, text: Callable[[], str]) -> str:
        """Return the statement that uses the results, when it is short enough."""
        self._fit(len(self.program.items), text, 0)
        return text()

    def separate_all(self, guard: Guard) -> None:
        """Give a statement to every result, but not to a condition that only a branch asks for."""
        last = len(self.program.items)
        asked = guard.variable if guard.convert is bool else None
        for x in self._waiting.get(last, []):
            if x is not asked:
                self._separate(x)
        self._waiting[last] = [x for x in self._waiting.get(last, []) if x is asked]
        self._fit(last, lambda: f"if {self.writer.of(guard.variable).text}:", 0)

    def _add(self, position: int, item: Any) -> None:
        if isinstance(item, Guard):
            self._fit(position, lambda: written_guard(self.writer, item)[0], 0)
            self.entries.append(Entry(item, "\n".join(written_guard(self.writer, item))))
            return
        x = item.result
        if isinstance(x, Variable) and x in self._inlinable:
            self._waiting.setdefault(self._inlinable[x], []).append(x)
            self._weight[x] = 1
        self._fit(position, lambda: self._draft(item), 1)
        if isinstance(x, Variable) and x in self._inlinable:
            self._weight[x] = 1 + sum(self._weight.get(used, 0) for used in item.uses())
            self.writer.inlined[x] = self.writer.expression(item)
            self._entry[x] = Entry(item)
            self.entries.append(self._entry[x])
            return
        for made in item.makes():
            self.naming.name(made)
        self.entries.append(Entry(item, self.writer.statement(item)))

    def _draft(self, item: Any) -> str:
        """Return a statement that is as long as the final one, before its target has a name."""
        if item.writes is not None and item.result is None:
            return self.writer.statement(item)
        return f"{'x' * 8} = {self.writer.expression(item).text}"

    def _fit(self, position: int, text: Callable[[], str], own: int) -> None:
        """Give statements of their own to parts of a statement that would be too long."""
        parts = self._waiting.pop(position, [])
        while parts:
            weight = own + sum(self._weight[x] for x in parts)
            if weight <= OPERATIONS and len(text()) + 4 <= WIDTH:
                break
            heaviest = max(parts, key=lambda x: (self._weight[x], self._length(x)))
            parts.remove(heaviest)
            self._separate(heaviest)

    def _length(self, x: Variable) -> int:
        return len(self.writer.inlined[x].text)

    def _separate(self, x: Variable) -> None:
        """Write a statement for a variable that was to be inlined."""
        text = self.writer.inlined.pop(x).text
        self._weight[x] = 0
        self._entry[x].text = f"{self.naming.name(x)} = {text}"
