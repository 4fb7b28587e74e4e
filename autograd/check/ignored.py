"""Inputs that a result does not depend on in any way: checking them would prove nothing."""

from __future__ import annotations

import numpy as np

from autograd.check.analytic import RecordedCall
from autograd.check.checked_function import CheckedFunction, Leaf
from autograd.check.state import Check
from autograd.check.verdicts import IGNORED, OK

#: How many inputs are looked at, and by how much they are moved relative to their size.
MOST_LEAVES, MOVES = 20, (0.5, 3.0, -2.0, 1e3, -1e3, np.nan)


def find_ignored(check: Check) -> None:
    """Say which inputs are ignored; if all are, the comparisons get that verdict."""
    function = check.function
    leaves = [leaf for leaf in function.inputs if leaf.size]
    silent = [leaf for leaf in leaves if _is_zero(check, leaf)]
    ignored = [leaf for leaf in silent[:MOST_LEAVES] if _is_ignored(check, leaf)]
    if not ignored:
        return
    names = ", ".join(leaf.path for leaf in ignored)
    text = f"The result does not depend on {names} in any way."
    everything = len(ignored) == min(len(leaves), MOST_LEAVES)
    if everything and not function.on_nodes:  # a recorded result depends on what it comes from
        text = (
            f"The result does not depend on these inputs ({names}), so nothing was checked. Does "
            "the function use something else in their place, such as the parameters of a model? "
            "Then pass the model, or use the arguments."
        )
        for batch in check.report.batches:
            batch.outcome.verdict[batch.outcome.verdict == OK] = IGNORED
    check.report.notes.append(text)


def _is_zero(check: Check, leaf: Leaf) -> bool:
    """Return whether all claimed derivatives with respect to an input are zero."""
    return all(
        claim.matrix.shape[1] == check.function.x.size and not np.any(claim.matrix[:, leaf.slice])
        for mode, claim in check.claims.items()
        if mode != "forward"
    )


def _is_ignored(check: Check, leaf: Leaf) -> bool:
    """Return whether the result stays the same wherever an input moves, even to NaN."""
    function = check.function
    position = next(i for i, other in enumerate(function.inputs) if other is leaf)
    random = np.random.default_rng(5)
    size = float(np.max(np.abs(leaf.reals()), initial=0.0)) or 1.0
    for move in MOVES:
        moved = leaf.reals() + move * size * random.uniform(0.5, 1.0, leaf.size)
        try:
            found = function.leaf_moved(position, leaf.from_reals(moved), function.objects())
        except Exception:  # it refuses that input, so it looks at it
            return False
        if not np.array_equal(found, check.center, equal_nan=True):
            return False
    return not _is_recorded(function, position)


def _is_recorded(function: CheckedFunction, position: int) -> bool:
    """Return whether a result is computed from an input even so, as ``x**0`` is."""
    try:
        call = RecordedCall(function.with_nodes())
    except Exception:  # it is not written in NumPy, or its result is not a node
        return False
    return any(leaf is call.leaves[position] for leaf in call.graph.leaves)
