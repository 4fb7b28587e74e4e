"""Derivatives and their finite differences: one, a matrix of one kind, all of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.check.compare import Outcome
from autograd.check.verdicts import KINK, OK, VERDICTS


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
