"""What a gradient check found, and its account in plain text."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from autograd.check.checked_function import Leaf
from autograd.check.comparisons import Batch, Comparison, Comparisons
from autograd.check.verdicts import KINK, MEANING, OK, VERDICTS


@dataclass(frozen=True)
class WrongLine:
    """A line of a hand-written derivative that is wrong, and what makes it right.

    The derivative was run with the correction, or with the right value in place of the wrong one,
    and was right at several points.

    Attributes
    ----------
    path : str
        The file, or what stands for it in a notebook or doctest.
    line : int
        The number of the line, counted from 1.
    variable : str
        The variable whose value is wrong after the line; empty if it has none.
    turn : int or None
        The first turn of the innermost loop, counted from 0, in which that value is wrong; None
        outside of loops.
    statement, correction : str
        The statement as it is, and as it should be; empty if only its right value is known. What
        is forgotten is an empty statement.
    text : str
        The sentence of the report.
    kind : str
        What is wrong, as a noun: "a sign", "an axis"; empty if only the right value is known.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import check_gradients
    >>> check_gradients(np.sin, 0.5, gradient=np.cos).lines
    []
    """

    path: str
    line: int
    variable: str
    turn: int | None
    statement: str
    correction: str
    text: str
    kind: str = ""


@dataclass(repr=False)
class Findings:
    """All comparisons of one check, and the reasons; `Report` describes its attributes."""

    batches: list[Batch] = field(default_factory=list)
    method: str = ""
    notes: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    lines: list[WrongLine] = field(default_factory=list)
    evaluations: int = 0
    leaves: list[Leaf] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    interrupted: bool = False
    hints: int | None = None

    @property
    def ok(self) -> bool:
        """Whether all derivatives are right, or acceptable at kinks."""
        return not self.faults and all(
            bool(np.isin(batch.outcome.verdict, (OK, KINK)).all()) for batch in self.batches
        )

    @property
    def comparisons(self) -> Comparisons:
        """All comparisons, as a sequence."""
        return Comparisons(self.batches)

    @property
    def worst(self) -> Comparison | None:
        """The worst comparison relative to its tolerance; None if there is none."""
        ranked = self.ranked(1)
        return ranked[0] if ranked else None

    @property
    def counts(self) -> dict[str, int]:
        """The number of comparisons with each verdict."""
        found: dict[str, int] = {}
        for batch in self.batches:
            codes, numbers = np.unique(batch.outcome.verdict, return_counts=True)
            for code, number in zip(codes, numbers, strict=True):
                found[VERDICTS[code]] = found.get(VERDICTS[code], 0) + int(number)
        return found

    def ranked(self, most: int) -> list[Comparison]:
        """Return the worst comparisons first; equal ones in their order.

        Parameters
        ----------
        most : int
            How many to return.
        """
        candidates: list[tuple[float, int, int]] = []
        for number, batch in enumerate(self.batches):
            badness = batch.badness()
            for position in np.argsort(-badness, kind="stable")[:most]:
                candidates.append((-float(badness[position]), number, int(position)))
        if all(-badness <= 1 for badness, _, _ in candidates):
            candidates = [(0.0, number, position) for _, number, position in candidates]
            if len(self.comparisons) <= most:
                candidates.sort()
        else:
            candidates.sort()
        return [self.batches[n][p] for _, n, p in candidates[:most]]

    def table(self, rows: int = 10) -> str:
        """Return the worst comparisons as a table, followed by counts, reasons and notes.

        Parameters
        ----------
        rows : int
            How many comparisons to show.
        """
        cells = [("", "analytic", "numerical", "difference", "")]
        cells += [comparison.cells() for comparison in self.ranked(rows)]
        widths = [max(len(row[i]) for row in cells) for i in range(4)]
        lines = [
            "  ".join(
                [row[0].ljust(widths[0])] + [row[i].rjust(widths[i]) for i in (1, 2, 3)] + [row[4]]
            ).rstrip()
            for row in cells
        ]
        return "\n".join([*lines, self.summary(rows), *self.faults, *self.reasons, *self.notes])

    def summary(self, rows: int = 10) -> str:
        """Return one line with the number of derivatives and of each verdict.

        Parameters
        ----------
        rows : int
            How many comparisons the table shows.
        """
        total = len(self.comparisons)
        counts = self.counts
        more = f", {rows} shown" if total > rows else ""
        if "WRONG" in counts:
            parts = [f"{counts['WRONG']} wrong"]
        else:  # none is wrong only if all could be compared
            parts = (
                ["none wrong"] if self.ok else [f"{counts['ok']} right"] if "ok" in counts else []
            )
        parts += [
            f"{counts[verdict]} {verdict} ({MEANING[verdict]})"
            for verdict in MEANING
            if verdict in counts
        ]
        noun = "projection" if self.method else "derivative"
        plural = "" if total == 1 else "s"
        lines = f"{total} {noun}{plural} checked{more}: {', '.join(parts)}"
        return f"{lines}\n{self.method}" if self.method else lines
