"""The cost of a program: time and memory of each instruction, before and after the passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.drawing.columns import aligned, html_table
from autograd.drawing.numbers import bytes_of, seconds_of
from autograd.program.calling import inputs_of
from autograd.program.instructions import Instruction, Variable, substituted
from autograd.program.interpreting import Listing, Run, variables_of
from autograd.program.naming import function_name
from autograd.program.program import Program

TITLES = ("instruction", "shape", "new memory", "time", "share")
#: The longest instruction that is shown.
LONGEST = 60


@dataclass(slots=True)
class ProgramRow:
    """One instruction of a program.

    Attributes
    ----------
    instruction : str
        The instruction in Python.
    shape : tuple of int
        The shape of its result.
    nbytes : int
        The memory that it takes: 0 for a view, a number, or a result that is written into memory
        that is there.
    seconds : float
        The time it takes, the shortest of several runs.
    backward : bool
        Whether it belongs to a backward pass.
    """

    instruction: str
    shape: tuple[int, ...]
    nbytes: int
    seconds: float
    backward: bool


@dataclass(slots=True)
class Costs:
    """The costs of one form of a program.

    Attributes
    ----------
    rows : list of ProgramRow
        One for each instruction.
    peak : int
        The most bytes in use at one time, without the inputs: each array is kept until its last
        use.
    """

    rows: list[ProgramRow]
    peak: int

    @property
    def seconds(self) -> float:
        """The sum of all times."""
        return sum(row.seconds for row in self.rows)

    @property
    def nbytes(self) -> int:
        """The sum of all memory that is taken."""
        return sum(row.nbytes for row in self.rows)

    def cells(self) -> Iterator[tuple[str, ...]]:
        """Yield the lines of a table."""
        total = self.seconds or 1.0
        for row in self.rows:
            text = row.instruction
            yield (
                text if len(text) <= LONGEST else text[: LONGEST - 1] + "…",
                "×".join(map(str, row.shape)),
                bytes_of(row.nbytes) if row.nbytes else "",
                seconds_of(row.seconds),
                f"{row.seconds / total:.0%}",
            )


@dataclass(slots=True)
class ProgramSummary:
    """What a program costs, as it was recorded and after the passes, for ``print`` and Jupyter.

    Attributes
    ----------
    before, after : Costs
        The costs of its instructions, as recorded and after the passes.
    name : str
        The name of the program.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import summary, trace
    >>> x = np.ones(1000)
    >>> table = summary(trace(lambda x: np.exp(x) * x)(x), x)
    >>> [(row.instruction, row.nbytes) for row in table.before.rows]
    [('v1 = np.exp(x)', 8000), ('v2 = v1 * x', 8000)]
    """

    before: Costs
    after: Costs
    name: str = field(default="program")

    def __str__(self) -> str:
        parts = []
        for caption, costs in self._forms():
            lines = aligned([TITLES, *costs.cells()], 1)
            parts.append("\n".join([caption, "─" * max(map(len, lines)), *lines]))
        return "\n\n".join(parts)

    __repr__ = __str__

    def _forms(self) -> Iterator[tuple[str, Costs]]:
        for title, costs in (("As recorded", self.before), ("After the passes", self.after)):
            caption = (
                f"{title}: {len(costs.rows)} instructions, {seconds_of(costs.seconds)}, "
                f"{bytes_of(costs.nbytes)} of new memory, "
                f"{bytes_of(costs.peak)} at most at one time"
            )
            yield caption, costs

    def _repr_html_(self) -> str:
        return "".join(
            html_table(TITLES, costs.cells(), caption) for caption, costs in self._forms()
        )


def program_summary(program: Program, arguments: tuple[Any, ...], repeats: int) -> ProgramSummary:
    """Measure the instructions of a program, and those of the program after the passes."""
    inputs = inputs_of(program, arguments, {})
    before = _costs(program, inputs, repeats)
    after = _costs(program.optimised(), inputs, repeats)
    return ProgramSummary(before, after, function_name(program.name))


def _costs(program: Program, inputs: list[Any], repeats: int) -> Costs:
    _times(program, inputs)  # without counting its times: it fills caches
    best = [
        min(times) for times in zip(*[_times(program, inputs) for _ in range(repeats)], strict=True)
    ]
    listing = Listing()
    rows = [
        ProgramRow(listing.line(item), _shape(item), _new_bytes(item), seconds, item.backward)
        for item, seconds in zip(program.instructions, best, strict=True)
    ]
    return Costs(rows, _peak(program))


def _times(program: Program, inputs: list[Any]) -> list[float]:
    """Run a program once, and return the time of each instruction."""
    run = Run(program, inputs)
    with np.errstate(all="ignore"):
        return [run.seconds for item, _ in run.steps() if isinstance(item, Instruction)]


def _shape(item: Instruction) -> tuple[int, ...]:
    for x in item.makes():
        return x.shape
    return item.writes.shape if isinstance(item.writes, Variable) else ()


def _new_bytes(item: Instruction) -> int:
    return sum(x.nbytes for x in item.makes() if x.root is x)


def _peak(program: Program) -> int:
    """Return the most memory in use at one time, if each array is kept until its last use."""
    last: dict[Any, int] = {}
    for position, item in enumerate(program.items):
        for x in [*variables_of(item), *item.makes()]:
            if isinstance(x, Variable):
                last[x.root] = position
    kept: list[Any] = []
    substituted([program.output, *[store.value for store in program.stores]], kept.append)
    for x in kept:
        if isinstance(x, Variable):
            last[x.root] = len(program.items)
    ends: dict[int, list[Variable]] = {}
    for x, position in last.items():
        ends.setdefault(position, []).append(x)
    inputs = {*program.inputs, *[load.variable for load in program.loads]}
    used = most = 0
    for position, item in enumerate(program.items):
        used += sum(x.nbytes for x in item.makes() if x.root is x)
        most = max(most, used)
        used -= sum(x.nbytes for x in ends.get(position, ()) if x not in inputs)
    return most
