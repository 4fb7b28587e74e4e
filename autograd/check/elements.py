"""Checking element by element: the whole gradient, or the whole Jacobian."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.check.candidate import Claim
from autograd.check.checked_function import Vector
from autograd.check.compare import Judgement, judge
from autograd.check.verdicts import KINK, MISSHAPEN, WRONG

if TYPE_CHECKING:
    from autograd.check.pipeline import Procedure

#: Among so many inputs that tie every pair is looked at; of more, neighbours.
MOST_PAIRED = 6


def by_elements(procedure: Procedure, claims: dict[str, Claim]) -> None:
    """Compare each derivative, and report."""
    subject, scales = procedure.subject, procedure.lines.scales
    along = [
        claim.matrix if mode == "forward" else claim.matrix * scales
        for mode, claim in claims.items()
    ]
    case = procedure.case(
        [procedure.lines.along_input(position) for position in range(subject.x.size)],
        [
            np.nan_to_num(matrix) if claim.misshapen else matrix
            for matrix, claim in zip(along, claims.values(), strict=True)
        ],
        procedure.unit,
    )
    judgements = judge(case, procedure.report.notes)
    for (mode, claim), judgement, matrix in zip(claims.items(), judgements, along, strict=True):
        for leaf in subject.inputs:
            if leaf.path in claim.misshapen:
                judgement.verdict[:, leaf.slice] = MISSHAPEN
                judgement.analytic = matrix
        procedure.add(judgement, mode, scales)
    _look_along_ties(procedure, judgements[0], along[0])


def _look_along_ties(procedure: Procedure, judgement: Judgement, along: Vector) -> None:
    """At kinks in several inputs, look where those move together: there it may be smooth.

    Each derivative by itself may lie between left and right, and their sum be wrong.
    """
    kinked = [int(c) for c in np.flatnonzero((judgement.verdict == KINK).any(axis=0))]
    groups = _groups(kinked)
    if not groups:
        return
    directions = [np.sum([s * procedure.unit(c) for c, s in group], axis=0) for group in groups]
    claimed = [np.sum([s * along[:, c] for c, s in group], axis=0) for group in groups]
    case = procedure.case(
        [procedure.lines.along(direction) for direction in directions],
        [np.array(claimed).T],
        lambda column: directions[column],
    )
    found = judge(case)[0]
    wrong = np.flatnonzero((found.verdict == WRONG).any(axis=0))
    if wrong.size:
        names = [_told(procedure, group) for group in groups]
        matrices = [np.asarray(matrix)[:, wrong] for matrix in vars(found).values()]
        procedure.add(Judgement(*matrices), "along a tie", input_name=lambda i: names[wrong[i]])


def _groups(kinked: list[int]) -> list[list[tuple[int, int]]]:
    """Return groups of columns, each with the sign in which it moves along."""
    few = kinked[:MOST_PAIRED]
    pairs = [(a, b) for i, b in enumerate(few) for a in few[:i]]
    pairs += list(zip(kinked[MOST_PAIRED - 1 :], kinked[MOST_PAIRED:], strict=False))[:50]
    groups = [[(a, 1), (b, sign)] for a, b in pairs for sign in (1, -1)]
    return [*groups, [(column, 1) for column in kinked]] if len(kinked) > 2 else groups


def _told(procedure: Procedure, group: list[tuple[int, int]]) -> str:
    if len(group) > 4:
        return f"all {len(group)} that tie"
    first, *others = group
    text = procedure.subject.input_name(first[0])
    for column, sign in others:
        text += f" {'+' if sign > 0 else '-'} {procedure.subject.input_name(column)}"
    return text
