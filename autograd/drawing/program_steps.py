"""A program step by step: each instruction with the numbers it computes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.drawing.columns import aligned, html_table
from autograd.drawing.files import save
from autograd.drawing.graph import GUARD, Item
from autograd.drawing.numbers import FEW, check_format, numbers_of, short, spread
from autograd.drawing.program_graph import is_backward, program_graph
from autograd.drawing.step_sequence import StepSequence
from autograd.program.naming import function_name
from autograd.program.program import Program

#: The most steps to display.
MOST = 200
MOST_CHARACTERS = 44

TITLES = ("", "instruction", "result", "type", "line")


@dataclass(slots=True)
class ProgramStep:
    """One instruction of a program.

    Attributes
    ----------
    name : str
        What it computes.
    text : str
        The instruction in Python.
    value : number, array or None
        What it has computed; None for a guard.
    backward : bool
        Whether it belongs to a backward pass.
    place : str
        File and line of the code of the user.
    """

    name: str
    text: str
    value: Any
    backward: bool
    place: str

    def said(self) -> str:
        """Return the instruction; for a guard, the condition that holds."""
        return f"{self.name}, as when it was recorded" if self.value is None else self.text


class ProgramSteps(StepSequence[ProgramStep]):
    """The instructions of a program in order, with the numbers of one run.

    ``print`` and Jupyter show them as a table. `save` writes text or Markdown.

    Parameters
    ----------
    name : str
        The name of the program.
    steps : list of ProgramStep
        The steps.
    number_format : str
        How to format numbers, such as ``".4g"``.

    Attributes
    ----------
    steps : list of ProgramStep
        One for each instruction and guard: its `name`, `text`, `value`, `backward` and `place`.

    Examples
    --------
    >>> from autograd import steps, trace
    >>> steps(trace(lambda x: x * x + 1.0)(3.0), 3.0)  # doctest: +ELLIPSIS
      v1 = x * x     9   float  ...
      v2 = v1 + 1.0  10  float  ...
    """

    def __init__(self, name: str, steps: list[ProgramStep], number_format: str) -> None:
        self.name = name
        self.steps = steps
        self.number_format = number_format

    def _rows(self, most: int) -> Iterator[tuple[str, ...]]:
        for step in self.steps[:most]:
            mark = "∂" if step.backward else ""
            yield mark, step.text, self._number(step.value), _type(step.value), step.place

    def _number(self, x: Any) -> str:
        if x is None:
            return "holds"
        if isinstance(x, np.ndarray) and (
            x.size > FEW or len(numbers_of(x, self.number_format)) > MOST_CHARACTERS
        ):
            return spread(x) if x.dtype.kind in "fc" and x.size else "…"
        return short(x.item() if isinstance(x, np.generic) else x, 40, self.number_format)

    def text(self, most: int = MOST) -> str:
        """Return the first steps as text; ``∂`` marks the backward pass.

        Parameters
        ----------
        most : int
            The number of steps.
        """
        lines = aligned(list(self._rows(most)), len(TITLES))
        if len(self.steps) > most:
            lines.append(f"… and {len(self.steps) - most:,} more; .text(most=…) shows them.")
        return "\n".join(lines)

    def markdown(self, most: int = MOST) -> str:
        """Return the first steps as a table in Markdown.

        Parameters
        ----------
        most : int
            The number of steps.
        """
        lines = ["| | instruction | result | type | line |", "|---|---|---|---|---|"]
        for mark, made, value, kind, place in self._rows(most):
            cells = (mark, f"`{made}`", value, kind, place)
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
        return "\n".join(lines) + "\n"

    def _repr_html_(self) -> str:
        return html_table(TITLES, self._rows(MOST))

    def save(self, path: str | os.PathLike[str]) -> str:
        """Save the steps as ``.txt`` or ``.md``.

        Parameters
        ----------
        path : str or path-like
            Where to; an existing file is replaced once the new one is complete.

        Returns
        -------
        str
            The path.

        Raises
        ------
        FormatError
            If the extension is another one.
        """

        def content(kind: str) -> bytes:
            written = self.markdown if kind == ".md" else self.text
            return (written(len(self.steps)).rstrip("\n") + "\n").encode()

        return save(path, (".txt", ".md"), content)


def program_steps(program: Program, arguments: tuple[Any, ...], number_format: str) -> ProgramSteps:
    """Run a program, and return each of its instructions with what it computes."""
    check_format(number_format)
    graph = program_graph(program, arguments, run=True)
    steps = [step_of(item) for item in graph.items if item.op]
    return ProgramSteps(function_name(program.name), steps, number_format)


def step_of(item: Item) -> ProgramStep:
    """Return the step of an item of a program."""
    if item.kind == GUARD:
        value, text = None, f"if {item.name}:"
    else:
        value = item.data
        text = item.formula if item.node.writes else f"{item.name} = {item.formula}"
    return ProgramStep(item.name, text, value, is_backward(item), item.node.place)


def _type(x: Any) -> str:
    if x is None:
        return ""
    if isinstance(x, np.ndarray):
        return f"{x.dtype} {'×'.join(map(str, x.shape)) or '()'}"
    return type(x).__name__
