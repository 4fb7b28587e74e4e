"""Jumps of functions of one number at places that depend on nodes.

A comparison such as ``x > a`` has no derivative, though the place where it changes moves with `a`: what
jumps there has a derivative that no rule sees. So the places are searched for, between the points that
a solver has asked for, and moved.
"""

from __future__ import annotations

import contextlib
import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import Node, Tensor, objects, tracing
from autograd.engine.assignment import current
from autograd.engine.fields import replace_contents
from autograd.errors import NoDerivativeError

Function = Callable[[float], Any]

#: How much larger than on both sides of it a difference must be, to look like a jump.
OUTSTANDING = 2.0

#: The share of it that must be left where the points meet.
LEFT = 0.4

#: Relative to the values, what may be rounding or noise.
SMALL = 1e-6

#: By how much nodes are moved, relative to their size.
MOVE = 1e-4


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
    if not nodes or tracing.tracer() is not None:
        return
    for left, right, component in _suspects(samples):
        found = _narrowed(function, left, right, component)
        if found is not None and _moves(beside or function, *found, component, nodes):
            raise NoDerivativeError(
                f"{what} jumps at {at} = {found[1]:.6g}, a place that depends on a node: that "
                "changes the result too, and comparisons have no derivative. Split it there: "
                "compute up to the place and from there on, with the place as a limit that is a "
                "node (for a differential equation the time of an event)."
            )


def _suspects(samples: list[tuple[float, Any]]) -> Iterator[tuple[Any, Any, int]]:
    """Yield pairs of neighbours and the component whose difference stands out between them."""
    ordered = sorted(dict(samples).items())
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
    with _moved(nodes):
        values = [float(np.ravel(function(x))[component]) for x in (a, b)]
    return not abs(values[1] - values[0]) > abs(jump) / 2


@contextlib.contextmanager
def _moved(nodes: list[Any]) -> Iterator[None]:
    """Give nodes slightly other numbers for a while, each by a share of its own."""
    before = []
    try:
        for i, node in enumerate(nodes):
            node = current(node) if isinstance(node, Tensor) else node
            share = MOVE * (1 + 0.37 * i)
            before.append((node, node._contents))
            _put(node, node._contents + share * (np.abs(node._contents) + (node._contents == 0)))
        yield
    finally:
        for node, contents in reversed(before):
            _put(node, contents)


def _put(node: Any, contents: Any) -> None:
    if isinstance(node, Tensor):
        replace_contents(node, contents)
    else:
        node.data = float(contents)


def nodes_held(*holders: Any) -> list[Any]:
    """Return the nodes in arguments, and those that functions among them close over."""
    found: dict[int, Any] = {}
    seen: set[int] = set()
    left = list(holders)
    while left:
        holder = left.pop()
        if id(holder) in seen:
            continue
        seen.add(id(holder))
        if isinstance(holder, Node):
            found[id(holder)] = holder
        elif isinstance(holder, functools.partial):
            left += [holder.func, holder.args, holder.keywords]
        elif isinstance(holder, types.FunctionType):
            left += [*(holder.__defaults__ or ())]
            for cell in holder.__closure__ or ():
                with contextlib.suppress(ValueError):  # still empty
                    left.append(cell.cell_contents)
        elif isinstance(holder, types.MethodType):
            left += [holder.__func__, holder.__self__]
        elif isinstance(holder, (list, tuple, dict)):
            left += tree.flat(holder)
        elif objects.holds_nodes(holder):
            left += [x for x in holder.ravel() if isinstance(x, Node)]
        elif not isinstance(holder, (type, types.ModuleType)):
            left += [x for x in getattr(holder, "__dict__", {}).values() if isinstance(x, Node)]
    return [node for node in found.values() if np.size(node._contents)]
