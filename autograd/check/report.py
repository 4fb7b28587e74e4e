"""The result of a gradient check: comparisons, the worst first, and reasons."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.check.checked_function import Leaf
from autograd.check.compare import Outcome
from autograd.check.hints import hint
from autograd.check.page import page, table
from autograd.check.plot import plot
from autograd.check.verdicts import KINK, MEANING, OK, VERDICTS


@dataclass(frozen=True)
class Comparison:
    """One derivative and its finite difference.

    Attributes
    ----------
    where : str
        The input of the derivative, such as ``params['W1'][3, 0]``.
    output : str
        The result of the derivative; empty if there is only one.
    analytic, numeric : float
        The derivative under test and the numerical one.
    error : float
        The estimated error of the numerical one.
    tolerance : float
        The difference to accept.
    verdict : str
        "ok", "kink", "unresolved", "WRONG", "not finite", "discontinuous", "not deterministic"
        or "wrong shape".
    left, right : float
        The one-sided derivatives where they were computed; else NaN.
    mode : str
        How it was computed, if not by one `backward`: "forward", "order 2".

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import check_gradients
    >>> check_gradients(np.sin, 0.5).comparisons[0].verdict
    'ok'
    """

    where: str
    analytic: float
    numeric: float
    error: float
    tolerance: float
    verdict: str
    output: str = ""
    left: float = float("nan")
    right: float = float("nan")
    mode: str = ""

    @property
    def difference(self) -> float:
        """The absolute difference of the two."""
        return abs(self.analytic - self.numeric)

    @property
    def relative_error(self) -> float:
        """The difference relative to the larger of the two."""
        size = max(abs(self.analytic), abs(self.numeric))
        return self.difference / size if size else self.difference

    @property
    def ok(self) -> bool:
        """Whether the derivative is right, or acceptable at a kink."""
        return self.verdict in ("ok", "kink")

    @property
    def name(self) -> str:
        """The name of the derivative, such as ``∂result[0]/∂x[1]``."""
        of = f"({self.output})" if self.output.startswith("∂") else self.output
        name = f"∂{of}/∂{self.where}" if of else self.where
        return f"{name} ({self.mode})" if self.mode else name

    def cells(self) -> tuple[str, str, str, str, str]:
        """Return its row of the table."""
        numeric = f"{self.numeric:.10g}"
        if self.verdict == "kink":
            numeric = f"{self.left:.6g} | {self.right:.6g}"
        analytic, difference = f"{self.analytic:.10g}", f"{self.difference:.2g}"
        return self.name, analytic, numeric, difference, self.verdict


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


@dataclass
class Batch:
    """Comparisons of one kind, as matrices: a row for each result, a column for each input."""

    outcome: Outcome
    input_name: Callable[[int], str]
    output_name: Callable[[int], str]
    mode: str = ""
    scale: Any = 1.0  # a step of 1 along each column's line, in units of the input
    order: int = 1
    along_tie: bool = False  # whether inputs that tie were moved together

    def __len__(self) -> int:
        return int(self.outcome.verdict.size)

    def __iter__(self) -> Iterator[Comparison]:
        return (self[position] for position in range(len(self)))

    def __getitem__(self, position: int) -> Comparison:
        outcome = self.outcome
        row, column = divmod(position, outcome.verdict.shape[1])
        scale = 1.0 if np.ndim(self.scale) == 0 else float(self.scale[column])
        analytic, numeric, error, tolerance, left, right = (
            float(matrix[row, column]) / scale
            for matrix in (
                outcome.analytic,
                outcome.numeric,
                outcome.error,
                outcome.tolerance,
                outcome.left,
                outcome.right,
            )
        )
        return Comparison(
            self.input_name(column),
            analytic,
            numeric,
            error,
            tolerance,
            VERDICTS[outcome.verdict[row, column]],
            self.output_name(row),
            left,
            right,
            self.mode,
        )

    def badness(self) -> Any:
        """Return a rank of each comparison: above 1 if it is not ok, the worst highest."""
        outcome = self.outcome
        with np.errstate(all="ignore"):
            apart = np.abs(outcome.analytic - outcome.numeric)
            beyond = np.where(outcome.tolerance > 0, apart / outcome.tolerance, apart)
            size = np.maximum(np.abs(outcome.analytic), np.abs(outcome.numeric))
            relative = np.where(size > 0, apart / size, 0)
            largest = np.nanmax(apart, initial=0.0) or 1.0
            bad = 2 + np.nan_to_num(apart / largest + relative / 1e3, nan=0.0, posinf=1e3)
        fine = (outcome.verdict == OK) | (outcome.verdict == KINK)
        return np.where(fine, np.clip(np.nan_to_num(beyond), 0, 1), bad).reshape(-1)


@dataclass(repr=False)
class Report:
    """All comparisons of one check; prints as a table, the worst first.

    Attributes
    ----------
    batches : list of Batch
        The comparisons.
    method : str
        How the check was done, if not element by element.
    notes : list of str
        Further information, such as which inputs are constant.
    reasons : list of str
        Why derivatives are wrong; each reason was verified numerically.
    lines : list of WrongLine
        The lines of a hand-written derivative that are wrong, the likeliest first. Each alone, if
        corrected, makes the derivative right.
    evaluations : int
        The number of calls of the function for the comparisons; the search for reasons calls it
        more often.
    leaves : list of Leaf
        The inputs.
    faults : list of str
        Other errors that `check_primitive` found.
    hints : int or None
        The stage of `hint` up to which it is shown; None for everything.
    interrupted : bool
        Whether the user ended the check before all was known. What was compared is known; the
        verdict on the rest is "not compared", so the report is not `ok`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import check_gradients
    >>> check_gradients(np.sin, 0.5).ok
    True
    """

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

    # -- presentation -----------------------------------------------------------------------

    def __repr__(self) -> str:
        return self.table() if self.hints is None else self.hint(self.hints)

    def hint(self, stage: int) -> str:
        """Return what the report says up to a stage, for those who should find the mistake.

        Parameters
        ----------
        stage : int
            1: how many derivatives are wrong. 2: which elements. 3: the line. 4: the kind of
            mistake. 5: everything, with the correction.

        Raises
        ------
        DataError
            If there is no such stage.
        """
        return hint(self, stage)

    def html(self, title: str = "Gradient check") -> str:
        """Return a page of its own, with the wrong elements and lines marked.

        Parameters
        ----------
        title : str
            The title of the page.
        """
        return page(self, title)

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

    def _repr_html_(self) -> str:
        if self.hints is not None:
            return f"<pre>{html.escape(self.hint(self.hints))}</pre>"
        text = [*self.summary(20).split("\n"), *self.faults, *self.reasons, *self.notes]
        below = "".join(f"<p style='white-space:pre-line'>{html.escape(line)}</p>" for line in text)
        return table(self) + below

    def plot(self) -> Any:
        """Return a matplotlib figure of the errors, by the elements of each input.

        Raises
        ------
        MissingProgramError
            If matplotlib is not installed.
        """
        outcome = self.batches[0].outcome if self.batches else None
        return plot(outcome, [] if self.method else self.leaves)


class Comparisons(Sequence[Comparison]):
    """The comparisons of several batches as one sequence."""

    def __init__(self, batches: list[Batch]) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return sum(map(len, self.batches))

    def __iter__(self) -> Iterator[Comparison]:
        for batch in self.batches:
            yield from batch

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return [self[i] for i in range(*position.indices(len(self)))]
        if position < 0:
            position += len(self)
        for batch in self.batches:
            if 0 <= position < len(batch):
                return batch[position]
            position -= len(batch)
        raise IndexError("comparison index out of range")
