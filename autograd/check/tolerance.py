"""Differences that are small everywhere: a mistake, or a tolerance inside the function.

A solver, a quadrature or an iteration returns its result to within a tolerance. The derivative of
what it returns then differs a little from the exact derivative, smoothly and without noise.
"""

from __future__ import annotations

import numpy as np

from autograd.check.state import Check
from autograd.check.verdicts import UNRESOLVED, WRONG
from autograd.program import trace

#: The largest relative difference that a tolerance may explain.
MOST = 2e-3


def largest_small(check: Check) -> float:
    """Return the largest relative difference of what is wrong; 0 if some are not small."""
    largest = 0.0
    for outcome in [batch.outcome for batch in check.report.batches]:
        wrong = outcome.verdict == WRONG
        size = np.maximum(np.abs(outcome.analytic), np.abs(outcome.numeric))[wrong]
        apart = np.abs(outcome.analytic - outcome.numeric)[wrong]
        if not np.all(apart <= MOST * size):
            return 0.0
        largest = max(largest, float(np.max(apart / size, initial=0.0)))
    return largest


def allow_for_tolerance(check: Check) -> None:
    """Leave small differences undecided, unless the function is known to have no tolerance."""
    largest = largest_small(check)
    asked = check.options.rtol is not None or check.recorded_call is not None
    if not largest or asked or _is_exact(check):
        return
    for outcome in [batch.outcome for batch in check.report.batches]:
        outcome.verdict[outcome.verdict == WRONG] = UNRESOLVED
    check.report.notes.append(
        f"The derivatives differ by at most {largest:.0e} of their size. If the function solves, "
        "integrates or iterates to a tolerance, that may be all, and rtol= says what to accept: "
        f"rtol={10.0 ** np.ceil(np.log10(largest)):.0e}. Otherwise the gradient is slightly wrong."
    )


def _is_exact(check: Check) -> bool:
    """Return whether the function is a fixed sequence of recorded operations."""
    function = check.reference
    try:
        program = trace(function.f)(*function.arguments(function.objects()))
    except Exception:  # it may not be written in NumPy
        return False
    return not program.guards
