"""The statements of a program: what is inlined, and what things are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.program.instructions import Constant, Guard, Variable
from autograd.program.python_code import Names
from autograd.program.source.constants import literal
from autograd.program.source.expressions import SourceWriter, quoted
from autograd.program.source.guards import PRIVATE, written_guard
from autograd.program.source.inlining import inlinable
from autograd.program.source.names import name_of_node, wanted_names
from autograd.program.source.signature import Signature
from autograd.program.structure import identifier

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
    signature : Signature
        The parameters, and how inputs are taken out of them.
    entries : list of Entry
        The statements.
    result : str
        The last statement, which returns the results.
    """

    def __init__(self, program: Any, reserved: tuple[str, ...] = ()) -> None:
        self.program = program
        self.names = Names()
        for name in reserved:
            self.names.new(name)
        self.writer = SourceWriter(self.names)
        self.wanted = wanted_names(program)
        self.entries: list[Entry] = []
        self._inlinable = inlinable(program, self.wanted)
        self._waiting: dict[int, list[Variable]] = {}
        self._entry: dict[Variable, Entry] = {}
        self._weight: dict[Variable, int] = {}
        self._temporaries = 0
        self._keys: dict[Any, str] = {}
        self.signature = Signature(program, self.names, self.writer, self.name)
        self._name_constants()
        for position, item in enumerate(program.items):
            self._add(position, item)
        self._fit(len(program.items), self._result, 0)
        self.result = self._result()

    def _name_constants(self) -> None:
        """Write small constants as literals, and name the others."""
        for count, constant in enumerate(self.program.constants, 1):
            text = literal(constant.value)
            if text is not None and len(text) <= WIDTH // 3:
                self.writer.literals[constant] = text
            else:
                self.names.give(constant, identifier(constant.hint or f"c{count}"))

    def constants(self) -> list[tuple[str, Constant]]:
        """Return the constants that the statements refer to by name."""
        used = self.writer.used
        return [(self.names.of(x), x) for x in self.program.constants if x in used]

    def name(self, x: Variable) -> str:
        """Return the name of a variable, which gets one if it has none."""
        if self.names.knows(x):
            return self.names.of(x)
        wanted = self.wanted.get(x)
        for target in reversed(x.gradients_of):
            if wanted is None and self.names.knows(target):
                wanted = target
        if isinstance(wanted, Variable):
            wanted = f"d_{self.names.of(wanted)}" if self.names.knows(wanted) else None
        if wanted is None:
            self._temporaries += 1
            wanted = chr(PRIVATE + self._temporaries)
        return self.names.give(x, wanted)

    def numbered(self, text: str) -> str:
        """Return the whole text with numbered temporaries: in it, each is a private character."""
        numbers: dict[int, str] = {}
        count = 0
        for character in text:
            if ord(character) > PRIVATE and ord(character) not in numbers:
                count += 1
                while f"t{count}" in self.names.taken or f"d_t{count}" in self.names.taken:
                    count += 1
                numbers[ord(character)] = f"t{count}"
        return text.translate(numbers)

    # -- statements -------------------------------------------------------------------------

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
            self.name(made)
        self.entries.append(Entry(item, self.writer.statement(item)))

    def _draft(self, item: Any) -> str:
        """Return a statement that is as long as the final one, before its target has a name."""
        if item.writes is not None:
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
        self._entry[x].text = f"{self.name(x)} = {text}"

    # -- results ----------------------------------------------------------------------------

    def _result(self) -> str:
        output = self.program.output
        text = self.writer.of(output).text
        if self.program.stores:
            stored = ", ".join(
                f"{quoted(self.key(store))}: {self.writer.of(store.value).text}"
                for store in self.program.stores
            )
            return f"return {text}, {{{stored}}}"
        if type(output) is tuple and len(output) > 1 and len(text) < WIDTH - 12:
            text = text[1:-1]
        return f"return {text}"

    def key(self, store: Any) -> str:
        """Return what the new numbers of a node are called in the result: as the parameter."""
        for load in self.program.loads:
            if load.node is store.node and load.what == store.what and load.variable is not None:
                return self.names.of(load.variable)
        known = self._keys.get((id(store.node), store.what))
        if known is None:
            known = self.names.new(name_of_node(store))
            self._keys[id(store.node), store.what] = known
        return known
