"""The result of a gradient check, as it is shown: in stages, as a page, as a plot."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from autograd.check.findings import Findings
from autograd.check.hints import hint
from autograd.check.page import page, table
from autograd.check.plot import plot


@dataclass(repr=False)
class Report(Findings):
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
