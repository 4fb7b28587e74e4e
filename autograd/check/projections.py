"""Check many inputs at once, along random directions.

If a gradient is wrong by a vector e, its component along a direction u of independent normal
numbers is wrong by e·u, a normal number of standard deviation ‖e‖. So a few directions find any
error, up to a probability that can be computed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.check.analytic import RecordedCall
from autograd.check.arrays import Vector
from autograd.check.budget import Budget
from autograd.check.candidate import Claim
from autograd.check.compare import Outcome, compare
from autograd.check.state import Check, Projected
from autograd.check.verdicts import KINK, MISSHAPEN, UNRESOLVED, WRONG
from autograd.check.wrong_inputs import MOST_FOUND, GroupSearch, Meter, Mismatch
from autograd.engine.grad_mode import is_recording

#: How many of the inputs that were held fixed are checked one by one.
MOST_SINGLE = 50

#: For how many seconds inputs are compared one by one.
SECONDS = 5.0


def by_projections(check: Check) -> None:
    """Compare derivatives along random directions, and find the elements that are wrong."""
    directions, claims = check.directions(), check.claims
    check.report.method = _method(check)
    outcomes = _compare(check, claims, directions)
    held = np.flatnonzero(check.function.x == 0)
    kinked = held.size and _meets_kinks(outcomes[0])
    if kinked:
        directions[:, held] = 0.0
        outcomes = _compare(check, claims, directions)
    for outcome in outcomes:
        # Across many kinks, a derivative between left and right proves nothing.
        outcome.verdict[outcome.verdict == KINK] = UNRESOLVED
    for claim, outcome in zip(claims.values(), outcomes, strict=True):
        if claim.misshapen:
            outcome.verdict[:] = MISSHAPEN
    check.projected = Projected(directions, outcomes[0])
    check.report.method = _method_and_risk(check, outcomes[0], next(iter(claims.values())))
    if kinked:
        _check_single(check, claims, held)
    if not check.options.narrows:
        return
    if "" in claims and (outcomes[0].verdict == WRONG).any():
        _narrow_down(check, claims[""], directions, outcomes[0])
    elif "" in claims and not claims[""].misshapen:
        _look_closer(check, claims[""], directions, outcomes[0])


def _compare(check: Check, claims: dict[str, Claim], directions: Vector) -> list[Outcome]:
    along = [
        check.pushed(directions)
        if mode == "forward"
        else np.nan_to_num(claim.matrix) @ directions.T
        if claim.misshapen
        else claim.matrix @ directions.T
        for mode, claim in claims.items()
    ]
    lines = [check.lines.along(direction) for direction in directions]
    return compare(
        check.case(lines, along, lambda column: directions[column]),
        begin=lambda found: check.add_all(found, input_name=lambda i: f"direction {i}"),
    )


def _meets_kinks(outcome: Outcome) -> bool:
    return bool((np.isfinite(outcome.left) & (outcome.left != outcome.right)).any())


def _check_single(check: Check, claims: dict[str, Claim], held: Any) -> None:
    """Compare some of the inputs that were held fixed at their kinks, one by one."""
    random = np.random.default_rng(check.options.seed)
    some = np.sort(random.choice(held, min(MOST_SINGLE, held.size), replace=False))
    check.report.notes.append(
        f"The function has kinks where inputs are zero. Those {held.size} were held fixed; "
        f"{some.size} of them were checked one by one."
    )
    if "" in claims and not claims[""].misshapen:
        _add_single(check, claims[""], [int(position) for position in some])


def _add_single(check: Check, claim: Claim, positions: list[int], thorough: bool = False) -> None:
    """Compare inputs one by one, the first ones first, as many as there is time for."""
    budget = Budget(SECONDS)
    _add(check, claim, positions[:1], thorough)
    fitting = int(budget.left / max(budget.seconds - budget.left, 1e-3))
    others = positions[1 : 1 + fitting]
    if others:
        _add(check, claim, sorted(others), thorough)
    if len(others) < len(positions) - 1:
        check.report.notes.append(
            f"{1 + len(others)} of these {len(positions)} inputs were compared, in {SECONDS:g} s."
        )


def _add(check: Check, claim: Claim, positions: list[int], thorough: bool) -> None:
    scales = check.lines.scales[positions]
    case = check.case(
        [check.lines.along_input(position) for position in positions],
        [claim.matrix[:, positions] * scales],
        lambda i: check.unit(positions[i]),
    )
    function = check.function

    def begin(outcomes: list[Outcome]) -> None:
        check.add(outcomes[0], "", scales, lambda i: function.input_name(positions[i]))

    compare(case, thorough=thorough, begin=begin)


def _method(check: Check) -> str:
    size, count = check.function.x.size, check.options.projections
    return f"{size} inputs, checked together along {count} random directions."


def _method_and_risk(check: Check, outcome: Outcome, claim: Claim) -> str:
    """Describe the check, with the probability that it missed an error."""
    size = check.function.x.size
    method = _method(check)
    several = check.weights is not None
    tolerances = np.diag(outcome.tolerance) if several else outcome.tolerance[0]
    if claim.matrix.shape[1] != size or not np.isfinite(tolerances).all():
        return method
    norms = np.linalg.norm(claim.matrix * check.lines.scales, axis=1)
    norm = float(np.max(norms, initial=0.0))
    if not norm or not np.isfinite(norm):
        return method
    missed = probability_of_missing(tolerances / (1e-4 * norm), several)
    chance = "below 1e-30" if missed < 1e-30 else f"{missed:.0e}"
    risk = f"an error of 1e-4 of the gradient's norm goes unseen with probability {chance}"
    return f"{method[:-1]}; {risk}."


def _narrow_down(check: Check, claim: Claim, directions: Vector, outcome: Outcome) -> None:
    """Find inputs whose derivative is wrong, and compare those element by element."""
    row, column = (int(i) for i in np.argwhere(outcome.verdict == WRONG)[0])
    positions, note = _by_own_derivative(check, claim, directions, outcome, row)
    if not positions:
        meter = Meter(check, directions[column], claim.matrix[row], row)
        search = GroupSearch(check.function.x.size, meter.measure, check.progress)
        off = float(outcome.analytic[row, column] - outcome.numeric[row, column])
        search.run(Mismatch(off, float(outcome.tolerance[row, column])))
        positions = search.found
        several = f"The {len(positions)} wrong inputs" if len(positions) > 1 else "The wrong input"
        note = (
            f"{several} compared one by one: no more can be seen along direction {column}."
            if search.is_complete
            else f"More inputs are wrong than the {len(positions)} that were compared one by one."
        )
    if positions:
        check.report.notes.append(note)
        _add_single(check, claim, positions, thorough=True)


def _look_closer(check: Check, claim: Claim, directions: Vector, outcome: Outcome) -> None:
    """Find single wrong inputs that are too small to show along random directions.

    What differs from this library's derivative is only shown if differences contradict it too.
    """
    positions, note = _by_own_derivative(check, claim, directions, outcome, 0)
    if positions:
        report, before = check.report, (len(check.report.batches), len(check.report.notes))
        _add_single(check, claim, positions, thorough=True)
        if any((batch.outcome.verdict == WRONG).any() for batch in report.batches[before[0] :]):
            report.notes.insert(before[1], note)
        else:
            del report.batches[before[0] :], report.notes[before[1] :]


def _by_own_derivative(
    check: Check, claim: Claim, directions: Vector, outcome: Outcome, row: int
) -> tuple[list[int], str]:
    """Return the inputs whose derivative differs most from this library's, if that is right."""
    function = check.function
    if function.on_nodes or not is_recording():
        return [], ""
    try:
        call = RecordedCall(function.with_nodes())
        own = call.reverse(check.rows()[row : row + 1])[0]
    except Exception:  # it may not be written in NumPy
        return [], ""
    apart = np.abs(directions @ own - outcome.numeric[row])
    if not np.all(apart <= outcome.tolerance[row]):
        return [], ""
    given = claim.matrix[row]
    sizes = np.maximum(np.abs(given), np.abs(own))
    rounding = 64 * function.precision * float(np.max(sizes * check.lines.scales, initial=0.0))
    off = np.abs(given - own) * check.lines.scales
    different = np.flatnonzero(off > 1e-7 * sizes * check.lines.scales + rounding)
    largest = different[np.argsort(-off[different], kind="stable")[:MOST_FOUND]]
    where = "from this library's, which is right along the directions"
    note = (
        f"{different.size} elements of the gradient differ {where}. The {largest.size} that differ "
        "most were compared one by one."
        if different.size > largest.size
        else f"Only the elements compared one by one differ {where}."
    )
    return [int(position) for position in largest], note


def probability_of_missing(ratios: Vector, of_sums: bool = False) -> float:
    """Return the probability that all projections miss an error.

    Parameters
    ----------
    ratios : ndarray
        For each projection, its tolerance divided by the norm of the error.
    of_sums : bool
        Whether the results are weighted at random as well. An error then shows as a product of
        two normal numbers, which is more often small.
    """
    return math.prod(_probability_within(float(ratio), of_sums) for ratio in ratios)


def _probability_within(ratio: float, of_sums: bool) -> float:
    if not of_sums:
        return math.erf(ratio / math.sqrt(2))
    # The product xy has density K₀(|z|)/π, and K₀(z) = ln(2/z) - γ + O(z² ln z) near zero.
    if ratio > 0.5:
        return 1.0
    return 2 / math.pi * ratio * (math.log(2 / ratio) + 1 - np.euler_gamma) if ratio else 0.0
