"""Check element by element: the whole gradient, or the whole Jacobian."""

from __future__ import annotations

import numpy as np

from autograd.check.arrays import Vector
from autograd.check.compare import Outcome, compare
from autograd.check.state import Check
from autograd.check.verdicts import KINK, MISSHAPEN, WRONG

#: Of this many tied inputs every pair is checked; of more, neighbours.
MOST_PAIRED = 6


def by_elements(check: Check) -> None:
    """Compare each derivative, and add the comparisons to the report."""
    function, scales, claims = check.function, check.lines.scales, check.claims
    along = [
        claim.matrix if mode == "forward" else claim.matrix * scales
        for mode, claim in claims.items()
    ]
    case = check.case(
        [check.lines.along_input(position) for position in range(function.x.size)],
        [
            np.nan_to_num(matrix) if claim.misshapen else matrix
            for matrix, claim in zip(along, claims.values(), strict=True)
        ],
        check.unit,
    )
    outcomes = compare(case, check.report.notes, begin=lambda found: check.add_all(found, scales))
    for claim, outcome, matrix in zip(claims.values(), outcomes, along, strict=True):
        for leaf in function.inputs:
            if leaf.path in claim.misshapen:
                outcome.verdict[:, leaf.slice] = MISSHAPEN
                outcome.analytic = matrix
    _check_ties(check, outcomes[0], along[0])


def _check_ties(check: Check, outcome: Outcome, along: Vector) -> None:
    """At kinks in several inputs, compare along directions in which these move together.

    Each derivative may lie between left and right, and their sum still be wrong where the function
    is smooth along such a direction.
    """
    kinked = [int(c) for c in np.flatnonzero((outcome.verdict == KINK).any(axis=0))]
    groups = _groups(kinked)
    if not groups:
        return
    directions = [np.sum([s * check.unit(c) for c, s in group], axis=0) for group in groups]
    claimed = [np.sum([s * along[:, c] for c, s in group], axis=0) for group in groups]
    case = check.case(
        [check.lines.along(direction) for direction in directions],
        [np.array(claimed).T],
        lambda column: directions[column],
    )
    found = compare(case)[0]
    wrong = np.flatnonzero((found.verdict == WRONG).any(axis=0))
    if wrong.size:
        names = [_group_name(check, group) for group in groups]
        matrices = [np.asarray(matrix)[:, wrong] for matrix in vars(found).values()]
        check.add(
            Outcome(*matrices),
            "along a tie",
            input_name=lambda i: names[wrong[i]],
            along_tie=True,
        )


def _groups(kinked: list[int]) -> list[list[tuple[int, int]]]:
    """Return groups of columns that move together, each with its sign."""
    few = kinked[:MOST_PAIRED]
    pairs = [(a, b) for i, b in enumerate(few) for a in few[:i]]
    pairs += list(zip(kinked[MOST_PAIRED - 1 :], kinked[MOST_PAIRED:], strict=False))[:50]
    groups = [[(a, 1), (b, sign)] for a, b in pairs for sign in (1, -1)]
    return [*groups, [(column, 1) for column in kinked]] if len(kinked) > 2 else groups


def _group_name(check: Check, group: list[tuple[int, int]]) -> str:
    if len(group) > 4:
        return f"all {len(group)} that tie"
    first, *others = group
    text = check.function.input_name(first[0])
    for column, sign in others:
        text += f" {'+' if sign > 0 else '-'} {check.function.input_name(column)}"
    return text
