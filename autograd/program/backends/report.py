"""What runs a program, in words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from autograd.program.program import Program


class Report:
    """Which backends run the parts of a program, and why others do not.

    Attributes
    ----------
    runs : dict
        By the name of a backend, what it runs.
    refusals : dict
        By the name of a backend, why it runs nothing, or not all that it could.

    Examples
    --------
    >>> from autograd.program.backends.report import Report
    >>> report = Report()
    >>> report.refuses("tape", "the program has no scalar operations")
    >>> print(report)
    NumPy runs it
    no tape: the program has no scalar operations
    >>> report.runs_in("C kernels", "2 loops over arrays")
    >>> print(report)
    C kernels: 2 loops over arrays; NumPy runs the rest
    no tape: the program has no scalar operations
    """

    def __init__(self) -> None:
        self.runs: dict[str, list[str]] = {}
        self.refusals: dict[str, list[str]] = {}
        #: What runs what is left.
        self.rest = "NumPy"
        #: Whether backends run all of the program.
        self.is_all = False

    def runs_in(self, backend: str, what: str) -> None:
        """Note what a backend runs."""
        _note(self.runs, backend, what)

    def refuses(self, backend: str, why: str) -> None:
        """Note why a backend does not run something."""
        _note(self.refusals, backend, why)

    def __str__(self) -> str:
        parts = [f"{name}: {', '.join(what)}" for name, what in self.runs.items()]
        if not parts:
            parts = [f"{self.rest} runs it"]
        elif not self.is_all:
            parts.append(f"{self.rest} runs the rest")
        lines = ["; ".join(parts)]
        lines += [f"no {name}: {'; '.join(why)}" for name, why in self.refusals.items()]
        return "\n".join(lines)


def in_words(name: str, programs: Iterable[tuple[Program, Report]], refusals: Iterable[str]) -> str:
    """Return what runs the programs of a function, and why there is none for some arguments."""
    parts = []
    for program, report in programs:
        sizes = (len(program.instructions), "instruction"), (len(program.guards), "guard")
        size = ", ".join(f"{count:,} {what}{'s' * (count != 1)}" for count, what in sizes if count)
        parts.append(f"{name}: {size}\n{textwrap.indent(str(report), ' ' * 4)}")
    parts += [f"{name}: runs without a program, because {why}" for why in refusals]
    return "\n".join(parts) or f"{name}: no program yet"


def _note(notes: dict[str, list[str]], backend: str, text: str) -> None:
    known = notes.setdefault(backend, [])
    if text not in known:
        known.append(text)
