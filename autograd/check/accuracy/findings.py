"""What a precision check found: digits, the lines that lose them, and better formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.debugging import Place

#: How a line loses digits, as a sentence about it.
REASONS = {
    "overflow": "a number is too large for its type",
    "underflow": "a number is too small for its type",
    "undefined": "the result is not a number",
    "cancellation": "nearly equal numbers are subtracted",
    "amplifies": "it magnifies the rounding errors of its arguments",
    "rounding": "its rounding errors add up",
}


@dataclass(frozen=True)
class LosingLine:
    """A line that loses digits of the result.

    Attributes
    ----------
    place : Place or None
        The line; None if it is not known.
    operation : str
        The operation on that line.
    before, after : float
        The right decimal digits before and after it.
    reason : str
        "cancellation", "overflow", "underflow", "undefined", "rounding" or "amplifies".
    found, suggestion : str
        The formula that loses them and one that keeps them, with the expressions of the line if
        it is written there like that; empty if none is known. The suggestion was evaluated at the
        inputs.
    improved : float
        The right digits that the suggestion gives.
    gradient : bool
        Whether it is the gradient that loses them.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import check_precision
    >>> check_precision(lambda x: 1 - np.cos(x), 1e-6).lines[0].reason
    'cancellation'
    """

    place: Place | None
    operation: str
    before: float
    after: float
    reason: str
    found: str = ""
    suggestion: str = ""
    improved: float = float("nan")
    gradient: bool = False

    def __str__(self) -> str:
        where = str(self.place) if self.place is not None else self.operation
        text = f"{where}\n    {self.lost()}"
        if self.suggestion:
            text += f"\n    Instead of {self.found} write {self.suggestion}: "
            text += f"{self.improved:.1f} {self.unit}."
        return text

    @property
    def unit(self) -> str:
        """What is counted: digits, or digits of the gradient."""
        return "digits of the gradient" if self.gradient else "digits"

    def lost(self) -> str:
        """Return what the line loses, and how."""
        digits = f"{self.before:.1f} → {self.after:.1f} {self.unit}"
        return f"{self.operation}: {digits}; {REASONS[self.reason]}."


@dataclass
class PrecisionFindings:
    """How many digits are right, and where they are lost; see `PrecisionReport`."""

    results: dict[str, Any]
    gradient_digits: dict[str, Any]
    allowed: float
    full: float
    lines: list[LosingLine] = field(default_factory=list)
    gradient_lines: list[LosingLine] = field(default_factory=list)
    improved: float = float("nan")
    gradient_improved: float = float("nan")
    unknown: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def digits(self) -> float:
        """The fewest right digits in the result."""
        return min(float(np.min(d, initial=self.full)) for d in self.results.values())

    def __str__(self) -> str:
        lines = [f"  {line}" for line in (*self.lines, *self.gradient_lines)]
        return "\n".join([*_table(self.rows()), *lines, *self.remarks()])

    def rows(self) -> list[tuple[str, str, str]]:
        """Return for each result and input its name, the fewest digits and, for arrays, the median.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd import check_precision
        >>> check_precision(np.exp, 1.0).rows()
        [('result', '16.0', ''), ('∂/∂x', '16.0', '')]
        """
        arrays = [*self.results.items()]
        arrays += [(f"∂/∂{path}", digits) for path, digits in self.gradient_digits.items()]
        return [(name, *_summary(digits)) for name, digits in arrays]

    def remarks(self) -> list[str]:
        """Return what to say beside the digits and the lines."""
        lines = [*self.lines, *self.gradient_lines]
        found = []
        if self.improved == self.improved:
            several = len([line for line in lines if line.suggestion]) > 1
            text = (
                f"With {'these' if several else 'this'} the result has {self.improved:.1f} digits"
            )
            if self.gradient_improved == self.gradient_improved:
                text += f" and the gradient {self.gradient_improved:.1f}"
            found.append(f"{text}.")
        if self.lines and self.allowed < self.full - 2:
            found.append(
                f"If the inputs are rounded numbers, {self.allowed:.1f} digits are all that any "
                "formula gives."
            )
        if self.unknown:
            found.append(f"Taken as exact: {', '.join(self.unknown)}.")
        return found + self.notes


def _summary(digits: Any) -> tuple[str, str]:
    known = np.ravel(digits)[~np.isnan(np.ravel(digits))]
    if known.size == 0:
        return "-", ""
    return f"{np.min(known):.1f}", f"{np.median(known):.1f}" if known.size > 1 else ""


def _table(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return aligned rows."""
    width = max(len(name) for name, _, _ in rows)
    lines = [("", "digits", "median"), *rows]
    return [f"{name:{width}}  {least:>6}  {median:>6}".rstrip() for name, least, median in lines]
