"""`check_precision`: how many digits a function has, and where it loses the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.check.accuracy.digits import digits_of_type, log10, right_digits
from autograd.check.accuracy.exact import Arithmetic, Record, settled
from autograd.check.accuracy.gradient import ExactGradient
from autograd.check.accuracy.gradient_lines import GradientLosses
from autograd.check.accuracy.lines import losing_lines
from autograd.check.accuracy.losses import Losses
from autograd.check.accuracy.report import PrecisionReport
from autograd.check.analytic import RecordedCall
from autograd.check.checked_function import CheckedFunction
from autograd.check.given import Given
from autograd.debugging import Trace
from autograd.engine import Node
from autograd.errors import DataError

#: The largest number of elements that an evaluation may compute: some ten to thirty seconds.
LIMIT = 200_000


def check_precision(
    f: Callable[..., Any],
    *inputs: Any,
    names: Sequence[str] | None = None,
    wrt: str | int | Sequence[str | int] | None = None,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> PrecisionReport:
    """Count the right digits of a function and its gradient, and find where the others are lost.

    The operations that `f` records at these inputs are evaluated again with mpmath, with as many
    digits as they need. Needs the extra ``precision``.

    Parameters
    ----------
    f : callable
        A function of floats, arrays and containers of them, as for `check_gradients`.
    *inputs : float, array_like or containers of them
        The point at which to check. They count as exact.
    names, wrt, args, kwargs
        As for `check_gradients`.
    seed : int
        The seed of the random weights and of the sample of derivatives.

    Returns
    -------
    PrecisionReport
        The digits, the lines that lose them, and formulas that keep them. A formula is suggested
        only if it gives more right digits at these inputs.

    Raises
    ------
    DataError
        If `f` records nothing, or too much to compute exactly.
    ImportError
        If mpmath is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.check import check_precision
    >>> report = check_precision(lambda x: np.log(1 + x), 1e-10)
    >>> round(report.digits), report.lines[0].suggestion
    (7, 'np.log1p(x)')
    >>> round(check_precision(np.log1p, 1e-10).digits)
    16
    """
    given = Given(f, inputs, None, None, names, args, kwargs)
    function = CheckedFunction(given.f, inputs, True, given.names, data=given.data(wrt))
    with Trace(), np.errstate(all="ignore"):
        call = RecordedCall(function)
    record = Record(call.graph)
    if record.work > LIMIT:
        raise DataError(
            f"The function computes {record.work:,} numbers, too many to compute with mpmath: "
            f"pass smaller arrays, for at most {LIMIT:,}."
        )
    arithmetic, exact = settled(record)
    losses = Losses(record, arithmetic, exact)
    results = {
        leaf.path: right_digits(record.computed[id(output)], exact[id(output)])
        for leaf, output in zip(function.outputs, call.outputs, strict=True)
        if isinstance(output, Node)
    }
    full = min(digits_of_type(record.computed[id(output)].dtype) for output in call.graph.outputs)
    report = PrecisionReport(results, {}, full, full)
    report.allowed = _allowed(call, record, arithmetic, exact, seed)
    gradient = ExactGradient(call, record, seed)
    report.notes += gradient.notes
    _explain(report, call, losses, gradient)
    report.unknown = sorted({primitive.name for primitive in record.unknown})
    return report


def _explain(
    report: PrecisionReport, call: RecordedCall, losses: Losses, gradient: ExactGradient
) -> None:
    """Fill in the lines, and the digits with all formulas, if these help."""
    backward = GradientLosses(call, losses, gradient)
    report.gradient_digits = backward.digits
    report.lines, chosen = losing_lines(losses, call, report.full)
    if chosen and not backward.helps(chosen):
        chosen = []
        report.lines = [
            replace(line, found="", suggestion="", improved=math.nan) for line in report.lines
        ]
    lines, at_fault = backward.lines()
    best = backward.best_formula(at_fault, chosen) if at_fault else None
    if best is not None:
        formula, (found, better), digits = best
        chosen.append(formula)
        at = next((i for i, line in enumerate(lines) if line.place == formula.place), 0)
        lines[at] = replace(lines[at], found=found, suggestion=better, improved=digits)
    if chosen:
        report.improved, report.gradient_improved = backward.with_formulas(chosen)
        lines += backward.lines(chosen)[0]
    report.notes += backward.notes
    known = {(line.place, line.operation) for line in report.lines}
    for line in lines:
        if (line.place, line.operation) not in known:
            known.add((line.place, line.operation))
            report.gradient_lines.append(line)


def _allowed(
    call: RecordedCall, record: Record, arithmetic: Arithmetic, exact: Any, seed: int
) -> float:
    """Return the digits that remain where each input is changed by half its rounding unit."""
    random = np.random.default_rng(seed)
    fewest = math.inf
    for _ in range(2):
        moved = {}
        for leaf, node in zip(call.function.inputs, call.leaves, strict=True):
            half = float(np.finfo(leaf.data.dtype).eps) / 2
            signs = half * random.choice([-1.0, 1.0], leaf.data.shape)
            values = arithmetic.exact(leaf.data)
            moved[id(node)] = values + values * arithmetic.exact(signs)
        values = record.evaluate(arithmetic, moved)
        for output in call.graph.outputs:
            before, after = exact[id(output)].ravel(), values[id(output)].ravel()
            for a, b in zip(before, after, strict=True):
                if a != b and a == a and b == b and a != 0:
                    ratio = abs((b - a) / a)
                    digits = -log10(ratio) if ratio < 1 else 0.0
                    fewest = min(fewest, digits)
    full = [digits_of_type(record.computed[id(output)].dtype) for output in call.graph.outputs]
    return min(fewest, *full) if len(full) > 1 else min(fewest, full[0])
