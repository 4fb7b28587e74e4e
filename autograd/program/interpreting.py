"""Running a program one instruction at a time, to look at what it computes."""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.program.instructions import Constant, Guard, Variable, substituted
from autograd.program.program import Program
from autograd.program.python_code import Names, Writer


class Run:
    """The values of all variables during one run.

    Parameters
    ----------
    program : Program
        The program.
    inputs : iterable
        The inputs. Arrays and generators are copied, so that the run leaves them unchanged.

    Attributes
    ----------
    values : dict
        What each variable holds now.
    seconds : float
        The time that the last instruction has taken.
    """

    def __init__(self, program: Program, inputs: Any) -> None:
        self.program = program
        self.seconds = 0.0
        self.values: dict[Any, Any] = {}
        for x, given in zip(program.inputs, inputs, strict=True):
            self.values[x] = _copied(given)
        for load in program.loads:
            if load.variable is not None:
                self.values[load.variable] = _copied(getattr(load.node, load.what))

    def steps(self) -> Iterator[tuple[Any, tuple[Any, ...]]]:
        """Run; after each instruction or guard yield it, with the operands that it was given."""
        constants = {x: x.value.copy() for x in self.program.constants}
        self.values.update(constants)
        for item in self.program.items:
            if isinstance(item, Guard):
                yield item, (self.values[item.variable],)
                continue
            arguments = substituted(item.arguments, self.of)
            keywords = substituted(item.keywords, self.of)
            before = tuple([x.copy() if isinstance(x, np.ndarray) else x for x in arguments])
            quiet = np.errstate(all="ignore") if item.quiet else contextlib.nullcontext()
            with quiet:
                begun = time.perf_counter()
                found = item.function(*arguments, **keywords)
                self.seconds = time.perf_counter() - begun
            bind(self.values, item.result, found)
            yield item, before

    def of(self, x: Any) -> Any:
        """Return the value of a variable or constant."""
        return self.values[x]


def bind(values: dict[Any, Any], result: Any, found: Any) -> None:
    """Note what an instruction has computed: the values of the variables in its result."""
    if isinstance(result, Variable):
        values[result] = found
    elif isinstance(result, (tuple, list)):
        for one, value in zip(result, found, strict=True):
            bind(values, one, value)


class Listing:
    """Writes instructions of a program as lines of text, with the same names in all of them."""

    def __init__(self) -> None:
        self.names = Names()
        self.writer = Writer(self.names)

    def line(self, item: Any) -> str:
        """Return an instruction or a guard as one line of Python."""
        if isinstance(item, Guard):
            name = getattr(item.convert, "__name__", "guard")
            return f"assert {name}({self.names.of(item.variable)}) == {item.expected!r:.60}"
        return self.writer.statement(item)


def _copied(x: Any) -> Any:
    if isinstance(x, np.random.Generator):
        return copy.deepcopy(x)
    return x.copy("K") if isinstance(x, np.ndarray) else x


def variables_of(item: Any) -> list[Any]:
    """Return the variables and constants among the operands of an instruction, in order."""
    found: dict[Any, None] = {}

    def note(x: Any) -> None:
        if isinstance(x, (Variable, Constant)):
            found[x] = None

    if isinstance(item, Guard):
        return [item.variable]
    substituted(item.arguments, note)
    substituted(item.keywords, note)
    return list(found)
