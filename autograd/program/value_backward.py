"""The backward pass through Values, recorded as instructions.

It follows `autograd.engine.value_backward` step by step, so that the program adds the same numbers
in the same order.
"""

from __future__ import annotations

import operator
from typing import Any

from autograd.engine import Value
from autograd.program.places import place_of_caller
from autograd.program.traced import Traced


def pull_back(recorder: Any, roots: list[Any], seeds: list[Any], targets: Any) -> Any:
    """Record the derivatives of Values.

    Parameters
    ----------
    recorder : Recorder
        Records the instructions.
    roots : list of Value
        The results.
    seeds : list of float or Traced
        Their cotangents.
    targets : list of Node or None
        The nodes whose derivatives are wanted; None to add derivatives to ``grad``.

    Returns
    -------
    list or None
        For each target its derivative, None where no root depends on it.
    """
    pending, leaves = _count_edges(roots)
    found = {id(x): recorder.value_gradient(x) if targets is None else 0.0 for x in leaves}
    order = _walk_edges(recorder, roots, seeds, pending, found)
    recorder.reached(None, None)
    if targets is None:
        for node in order:
            recorder.store_gradient(node, found[id(node)])
        return None
    reached = {id(leaf) for leaf in leaves}
    return [
        _rounded_zero(found[id(target)]) if id(target) in reached else None for target in targets
    ]


def _walk_edges(
    recorder: Any,
    roots: list[Any],
    seeds: list[Any],
    pending: dict[int, int],
    found: dict[int, Any],
) -> list[Any]:
    """Record the sums of `found`, by the identity of the node; return the nodes as visited."""
    order: list[Any] = []
    stack: list[Any] = []
    place = place_of_caller()

    def computed(function: Any, x: Any, y: Any) -> Any:
        if isinstance(x, Traced) or isinstance(y, Traced):
            return recorder.arithmetic(function, (x, y), None, place)
        return function(x, y)

    def add(node: Any, part: Any) -> None:
        total = found.get(id(node), 0.0)
        is_first = type(total) is float and total == 0.0
        found[id(node)] = part if is_first else computed(operator.add, total, part)
        pending[id(node)] -= 1
        if pending[id(node)] == 0:
            stack.append(node)

    for root, seed in zip(roots, seeds, strict=True):
        add(root, _as_float(seed))
    while stack:
        node = stack.pop()
        order.append(node)
        g = found[id(node)]
        recorder.reached(node, g)
        arguments = node.arguments
        for argnum, parent in enumerate(arguments):
            if isinstance(parent, Value):
                partial = _partial(recorder, node, argnum, arguments)
                if partial is None or partial is _MINUS:
                    add(parent, g if partial is None else -g)
                else:
                    is_one = type(g) is float and g == 1.0
                    add(parent, partial if is_one else computed(operator.mul, g, partial))
    return order


#: Instead of a partial derivative of -1.
_MINUS = object()


def _count_edges(roots: list[Any]) -> tuple[dict[int, int], list[Any]]:
    """Count the edges that lead to each node, and list the leaves, in the engine's order."""
    pending: dict[int, int] = {}
    leaves: list[Any] = []
    stack: list[Any] = []

    def reach(node: Any) -> None:
        if pending.get(id(node), 0) == 0:
            stack.append(node)
        pending[id(node)] = pending.get(id(node), 0) + 1

    for root in roots:
        reach(root)
    while stack:
        node = stack.pop()
        if node.primitive is None:
            leaves.append(node)
            continue
        for parent in node.parents:
            reach(parent)
    return pending, leaves


def _partial(recorder: Any, node: Any, argnum: int, arguments: Any) -> Any:
    """Return a traced partial derivative; None for 1."""
    primitive = node.primitive
    constant = primitive.partials[argnum]
    if isinstance(constant, (int, float)):
        return None if constant == 1 else _MINUS if constant == -1 else float(constant)
    plain = [recorder.number(x) if isinstance(x, Value) else x for x in arguments]
    partial = primitive.slope(argnum, recorder.number(node), plain)
    return _as_float(partial)


def _as_float(x: Any) -> Any:
    if not isinstance(x, Traced):
        return float(x)
    return x if type(x._value) is bool else x.as_float()  # products with it are floats


def _rounded_zero(x: Any) -> Any:
    """Add zero, as the engine does at first: it turns -0 into 0."""
    return x + 0.0
