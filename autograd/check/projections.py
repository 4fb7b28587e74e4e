"""Checking many inputs at once, along random directions.

If a gradient is off by a vector e, then along a direction u of independent normal numbers it is
off by e·u, a normal number of standard deviation ‖e‖: a few directions find any error, wherever it
sits, except with a probability that can be stated.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.check.candidate import Claim
from autograd.check.checked_function import Vector
from autograd.check.compare import Judgement, judge
from autograd.check.verdicts import KINK, MISSHAPEN, UNRESOLVED, WRONG

if TYPE_CHECKING:
    from autograd.check.pipeline import Procedure


#: How many of the inputs that had to be held still are looked at one by one.
MOST_SINGLE = 50


def by_projections(procedure: Procedure, claims: dict[str, Claim]) -> None:
    """Compare derivatives along random directions, narrow down what is wrong, and report."""
    directions = procedure.directions()
    judgements = _judged(procedure, claims, directions)
    held = np.flatnonzero(procedure.subject.x == 0)
    if held.size and _meets_kinks(judgements[0]):
        directions[:, held] = 0.0
        judgements = _judged(procedure, claims, directions)
        _look_at_single(procedure, claims, held)
    for judgement in judgements:
        # Along a line across many kinks a derivative between left and right proves nothing.
        judgement.verdict[judgement.verdict == KINK] = UNRESOLVED
    for (mode, claim), judgement in zip(claims.items(), judgements, strict=True):
        if claim.misshapen:
            judgement.verdict[:] = MISSHAPEN
        procedure.add(judgement, mode, input_name=lambda i: f"direction {i}")
    procedure.projected = Projected(directions, judgements[0])
    procedure.report.method = _method(procedure, judgements[0], next(iter(claims.values())))
    if "" in claims and (judgements[0].verdict == WRONG).any():
        _narrow_down(procedure, claims[""], directions, judgements[0])


@dataclass
class Projected:
    """The directions that were taken, and what was found along them."""

    directions: Vector
    judgement: Judgement


def _judged(procedure: Procedure, claims: dict[str, Claim], directions: Vector) -> list[Judgement]:
    along = [
        procedure.pushed(directions)
        if mode == "forward"
        else np.nan_to_num(claim.matrix) @ directions.T
        if claim.misshapen
        else claim.matrix @ directions.T
        for mode, claim in claims.items()
    ]
    lines = [procedure.lines.along(direction) for direction in directions]
    return judge(procedure.case(lines, along, lambda column: directions[column]))


def _meets_kinks(judgement: Judgement) -> bool:
    return bool((np.isfinite(judgement.left) & (judgement.left != judgement.right)).any())


def _look_at_single(procedure: Procedure, claims: dict[str, Claim], held: Any) -> None:
    """Compare some inputs one by one, that were held still because there are kinks."""
    random = np.random.default_rng(procedure.options.seed)
    some = np.sort(random.choice(held, min(MOST_SINGLE, held.size), replace=False))
    procedure.report.notes.append(
        f"There are kinks where inputs are zero; those {held.size} were held still, and "
        f"{some.size} of them looked at one by one."
    )
    if "" in claims and not claims[""].misshapen:
        _add_single(procedure, claims[""], [int(position) for position in some])


def _add_single(procedure: Procedure, claim: Claim, positions: list[int]) -> None:
    scales = procedure.lines.scales[positions]
    case = procedure.case(
        [procedure.lines.along_input(position) for position in positions],
        [claim.matrix[:, positions] * scales],
        lambda i: procedure.unit(positions[i]),
    )
    subject = procedure.subject
    procedure.add(judge(case)[0], "", scales, lambda i: subject.input_name(positions[i]))


def _method(procedure: Procedure, judgement: Judgement, claim: Claim) -> str:
    """Say what was done, and how likely it is that an error was missed."""
    count, size = len(judgement.tolerance[0]), procedure.subject.x.size
    method = f"{size} inputs, checked together along {count} random directions"
    several = procedure.weights is not None
    tolerances = np.diag(judgement.tolerance) if several else judgement.tolerance[0]
    if claim.matrix.shape[1] != size or not np.isfinite(tolerances).all():
        return f"{method}."
    norms = np.linalg.norm(claim.matrix * procedure.lines.scales, axis=1)
    norm = float(np.max(norms, initial=0.0))
    if not norm or not np.isfinite(norm):
        return f"{method}."
    missed = probability_of_missing(tolerances / (1e-4 * norm), several)
    told = "below 1e-30" if missed < 1e-30 else f"{missed:.0e}"
    return f"{method}; an error of 1e-4 of the gradient's norm goes unseen with probability {told}."


def _narrow_down(
    procedure: Procedure, claim: Claim, directions: Vector, judgement: Judgement
) -> None:
    """Find single inputs that are wrong, and compare those element by element."""
    row, column = (int(i) for i in np.argwhere(judgement.verdict == WRONG)[0])

    def mismatch(direction: Vector) -> tuple[float, float]:
        case = procedure.case(
            [procedure.lines.along(direction)],
            [claim.matrix @ direction[:, None]],
            lambda _: direction,
        )
        found = judge(case)[0]
        off = abs(float(found.analytic[row, 0] - found.numeric[row, 0]))
        accepted = float(found.tolerance[row, 0])
        return (off, accepted) if np.isfinite(off) else (0.0, 1.0)

    positions = narrow_down(np.arange(procedure.subject.x.size), mismatch, directions[column])
    if positions:
        _add_single(procedure, claim, positions)


def probability_of_missing(ratios: Vector, of_sums: bool = False) -> float:
    """Return how likely an error goes unseen by all projections.

    Parameters
    ----------
    ratios : ndarray
        For each projection its tolerance over the norm of the error.
    of_sums : bool
        Whether each projection is random on the side of the results as well: then an error
        shows as a product of two normal numbers, which is more often small.
    """
    return math.prod(_likely_within(float(ratio), of_sums) for ratio in ratios)


def _likely_within(ratio: float, of_sums: bool) -> float:
    if not of_sums:
        return math.erf(ratio / math.sqrt(2))
    # The product xy has density K₀(|z|)/π, and K₀(z) = ln(2/z) - γ + O(z² ln z) near zero.
    if ratio > 0.5:
        return 1.0
    return 2 / math.pi * ratio * (math.log(2 / ratio) + 1 - np.euler_gamma) if ratio else 0.0


def narrow_down(
    candidates: Any,
    mismatch: Callable[[Vector], tuple[float, float]],
    direction: Vector,
    most: int = 10,
    budget: int = 400,
) -> list[int]:
    """Find single inputs whose derivative is off, by halving where the sum is off.

    Parameters
    ----------
    candidates : ndarray of int
        The positions to look among.
    mismatch : callable
        Takes a direction; returns by how much analytic and numerical derivative differ along it,
        and the difference that is still accepted.
    direction : ndarray
        A random direction; parts of it are asked about.
    most, budget : int
        How many to find, and how often to ask at most.

    Returns
    -------
    list of int
        Positions, in the order in which they were found: largest parts of the error first.
    """

    def ask(positions: Any) -> float:
        part = np.zeros_like(direction)
        part[positions] = direction[positions]
        off, accepted = mismatch(part)
        return off if off > accepted else 0.0

    found: list[int] = []
    heap: list[tuple[float, int, Any]] = [(-math.inf, 0, np.asarray(candidates))]
    asked = 0
    while heap and len(found) < most and asked < budget:
        _, _, positions = heapq.heappop(heap)
        if len(positions) == 1:
            found.append(int(positions[0]))
            continue
        for half in np.array_split(positions, 2):
            asked += 1
            off = ask(half)
            if off > 0:
                heapq.heappush(heap, (-off, asked, half))
    return found
