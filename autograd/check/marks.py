"""The verdict on each element of the inputs, to list and to draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.check.checked_function import Leaf
from autograd.check.findings import Findings
from autograd.check.verdicts import KINK, OK


def marks(report: Findings) -> list[tuple[Leaf, Any]]:
    """Return each input with an array of verdicts, the worst of all results for each element.

    Empty if the inputs were compared along random directions, or not at all.
    """
    size = sum(leaf.size for leaf in report.leaves)
    tables = [b.outcome.verdict for b in report.batches if not b.along_tie]
    tables = [table for table in tables if table.ndim == 2 and table.shape[1] == size]
    if report.method or not tables or not size or not sum(map(len, tables)):
        return []
    worst = np.array([_worst(column) for column in np.concatenate(tables).T])
    return [(leaf, _of_elements(worst[leaf.slice], leaf)) for leaf in report.leaves]


def _worst(verdicts: Any) -> int:
    """Return the first verdict that is not ok; else a kink, if there is one."""
    bad = verdicts[(verdicts != OK) & (verdicts != KINK)]
    return int(bad[0]) if bad.size else int(verdicts.max())


def _of_elements(verdicts: Any, leaf: Leaf) -> Any:
    if leaf.complex:  # a real and an imaginary part
        verdicts = np.array([_worst(pair) for pair in verdicts.reshape(-1, 2)], int)
    return verdicts.reshape(leaf.data.shape)


def listed(report: Findings, most: int = 8) -> list[str]:
    """Return for each input with wrong derivatives how many elements they belong to, and which."""
    lines = []
    for leaf, verdicts in marks(report):
        wrong = np.argwhere((verdicts != OK) & (verdicts != KINK))
        if not len(wrong):
            continue
        of = f"{leaf.path}: {len(wrong)} of {verdicts.size} elements"
        if not verdicts.ndim:
            lines.append(leaf.path)
        elif len(wrong) == verdicts.size:
            lines.append(f"{leaf.path}: all {verdicts.size} elements")
        else:
            lines.append(f"{of}: {_indices(wrong, most)}")
    return lines


def _indices(wrong: Any, most: int) -> str:
    shown = [f"[{', '.join(str(int(i)) for i in index)}]" for index in wrong[:most]]
    return ", ".join(shown) + (", …" if len(wrong) > most else "")
