"""Jumps of functions of one number at places that depend on nodes.

A comparison such as ``x > a`` has no derivative, though the place where it changes moves with `a`: what
jumps there has a derivative that no rule sees. So the places are searched for, between the points that
a solver has asked for, and moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import no_grad, tracing
from autograd.engine.dispatch import plain
from autograd.errors import NoDerivativeError
from autograd.scipy.held import moved, untraced

Function = Callable[[float], Any]

#: How much larger than on both sides of it a difference must be, to look like a jump.
OUTSTANDING = 2.0

#: The share of it that must be left where the points meet.
LEFT = 0.4

#: By how much nodes are moved to see whether they matter at a solution, which solvers find to a
#: thousandth or better.
NEAR = 1e-3

#: By how much they are moved where a solver has stopped anywhere.
FAR = (NEAR, -NEAR, 0.1, -0.1, 1.0, -1.0)

#: Relative to the values, what may be rounding or noise.
SMALL = 1e-6


def assert_no_moving_jump(
    function: Function,
    samples: list[tuple[float, Any]],
    nodes: list[Any],
    what: str,
    at: str = "x",
    beside: Function | None = None,
) -> None:
    """Raise `NoDerivativeError` if a function jumps at a place that depends on nodes.

    Parameters
    ----------
    function : callable
        Returns a number or an array of numbers.
    samples : list of pairs
        Points, and the results there.
    nodes : list of Node
        What the function may depend on.
    what : str
        The name of the function.
    at : str
        The name of its argument.
    beside : callable, optional
        The function where what it depends on besides nodes has moved too.
    """
    if not nodes:
        return
    with untraced(nodes):
        for left, right, component in _suspects(samples):
            found = _narrowed(function, left, right, component)
            if found is not None and _moves(beside or function, *found, component, nodes):
                raise NoDerivativeError(
                    f"{what} jumps at {at} = {found[1]:.6g}, a place that depends on a node: that "
                    "changes the result too, and comparisons have no derivative. Split it there: "
                    "compute up to the place and from there on, with the place as a limit that is "
                    "a node (for a differential equation the time of an event)."
                )


def assert_same_when_moved(compute: Callable[[], Any], nodes: list[Any], what: Any) -> None:
    """Raise `NoDerivativeError` if what a function returns at a solution depends on nodes after all.

    It has returned plain numbers: nodes decide there which, but are in none of them. So the solution
    may be the place of a jump, which moves with the nodes.

    Parameters
    ----------
    compute : callable
        Calls the function at the solution.
    nodes : list of Node
        What it may depend on.
    what : callable
        The function.
    """
    if changes_when_moved(compute, nodes, (NEAR, -NEAR)):
        name = getattr(what, "__name__", type(what).__name__)
        raise NoDerivativeError(
            f"{name} jumps at the solution, or next to it, where comparisons with a node "
            "decide. The solution moves with the node, and comparisons have no derivative: "
            "if the solution is the place of the jump, compute that place from the node "
            "instead; otherwise pass node.data to the comparison."
        )


def changes_when_moved(compute: Callable[[], Any], nodes: list[Any], moves: Any) -> bool:
    """Return whether what a function returns is different once nodes have other numbers.

    Parameters
    ----------
    compute : callable
        Calls the function.
    nodes : list of Node
        What it may depend on.
    moves : iterable of float
        By what parts of their size the nodes are moved.
    """
    if not nodes:
        return False
    with no_grad(), untraced(nodes):
        before = _numbers(compute)
        if not _same(before, _numbers(compute)):
            return False  # it is different each time
        for by in moves:
            with moved(nodes, by):
                after = _numbers(compute)
            if not _same(before, after):
                return True
    return False


def _numbers(compute: Callable[[], Any]) -> list[Any] | None:
    """Return the numbers that a function returns; None if it raises where it was not asked to."""
    try:
        with np.errstate(all="ignore"):
            return [np.asarray(plain(part)) for part in tree.flat(compute())]
    except Exception:  # out of its domain
        return None


def _same(before: list[Any] | None, after: list[Any] | None) -> bool:
    if before is None or after is None or len(before) != len(after):
        return before is None or after is None
    return all(
        np.array_equal(x, y, equal_nan=x.dtype.kind in "fc" and y.dtype.kind in "fc")
        for x, y in zip(before, after, strict=True)
    )


def _suspects(samples: list[tuple[float, Any]]) -> Iterator[tuple[Any, Any, int]]:
    """Yield pairs of neighbours and the component whose difference stands out between them."""
    known = {float(tracing.concrete(x)): tracing.concrete(y) for x, y in samples}
    ordered = sorted(known.items())
    x = np.array([place for place, _ in ordered])
    y = np.array([np.ravel(value) for _, value in ordered], float)
    keep = np.isfinite(x) & np.all(np.isfinite(y), axis=1) if y.size else np.zeros(0, bool)
    x, y = x[keep], y[keep]
    if len(x) < 4:
        return
    steps = np.abs(np.diff(y, axis=0))
    around = np.zeros((len(steps) + 2, y.shape[1]))
    around[1:-1] = steps
    beside = np.maximum(around[:-2], around[2:])
    sizes = np.maximum(np.abs(y[1:]), np.abs(y[:-1]))
    for i, component in np.argwhere((steps > OUTSTANDING * beside) & (steps > SMALL * sizes)):
        pair = [(float(x[k]), float(y[k, component])) for k in (i, i + 1)]
        yield pair[0], pair[1], int(component)


def _narrowed(
    function: Function, left: Any, right: Any, component: int
) -> tuple[float, float, float] | None:
    """Return two points next to each other between which a function jumps, and by how much."""
    (a, at_a), (b, at_b) = left, right
    least = LEFT * abs(at_b - at_a)
    closest = 8 * np.finfo(float).eps * max(abs(a), abs(b))
    while True:
        middle = (a + b) / 2
        if not a < middle < b or b - a <= closest:
            return a, b, at_b - at_a
        at = float(np.ravel(function(middle))[component])
        if abs(at - at_a) >= abs(at_b - at):
            b, at_b = middle, at
        else:
            a, at_a = middle, at
        if not abs(at_b - at_a) >= least:
            return None


def _moves(
    function: Function, a: float, b: float, jump: float, component: int, nodes: list[Any]
) -> bool:
    """Return whether a jump between two points is elsewhere once the nodes have other values."""
    with moved(nodes):
        values = [float(np.ravel(function(x))[component]) for x in (a, b)]
    return not abs(values[1] - values[0]) > abs(jump) / 2
