"""Derivatives of a node that has been computed, with respect to chosen nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.engine import Node, Value
from autograd.engine.derivatives import derivatives
from autograd.errors import DataError, GraphError
from autograd.graph import current
from autograd.variables import plain


def gradients(
    result: Any,
    nodes: Sequence[Any],
    gradient: Any = None,
    *,
    create_graph: bool = False,
    retain_graph: bool = False,
) -> list[Any]:
    """Return the derivatives of a result with respect to some nodes, leaving every ``grad``.

    Parameters
    ----------
    result : Node
        What was computed.
    nodes : sequence of Node
        What to differentiate with respect to: leaves, or nodes computed on the way.
    gradient : array_like or node, optional
        The derivative of a later result with respect to this one, of the same shape. Optional if
        `result` is one real number.
    create_graph : bool
        Make the derivatives nodes, so that they can be differentiated again.
    retain_graph : bool
        Keep the graph for another pass. `create_graph` keeps it in any case.

    Returns
    -------
    list
        For each node its derivative: a float or an array, with `create_graph` a node, and None
        where the result does not depend on it.

    Raises
    ------
    DataError
        If `result` or one of `nodes` is no node.
    GraphError
        If `result` is a constant, or `create_graph` is asked for inside `no_grad`.
    ShapeError
        If `gradient` has another shape, or is missing and `result` is not one number.
    FreedGraphError
        If an earlier pass has freed part of the graph.

    Examples
    --------
    >>> from autograd import Value, gradients
    >>> x = Value(3.0)
    >>> square = x * x
    >>> y = square * x
    >>> gradients(y, [x, square])
    [27.0, 3.0]
    >>> (slope,) = gradients(y, [x], create_graph=True)
    >>> gradients(slope, [x]), x.grad
    ([18.0], 0.0)
    """
    targets = list(nodes)
    for node in (result, *targets):
        if not isinstance(node, Node):
            raise DataError(
                f"gradients takes nodes, which record how they were computed, not {node!r:.60} "
                f"of type {type(node).__name__}."
            )
    if not getattr(result, "requires_grad", True):
        raise GraphError(
            "The result is a constant: it was detached, computed inside no_grad(), or made of "
            "constants only, so it has no graph."
        )
    if gradient is None and isinstance(result, Value):
        gradient = 1.0
    again = create_graph or any(isinstance(x, Value) and x.primitive for x in targets)
    result, targets = current(result), [current(node) for node in targets]
    # A pass ends at its targets, so one that others are computed from needs a pass of its own.
    leaves = [place for place, node in enumerate(targets) if node.primitive is None]
    passes = [[place] for place, node in enumerate(targets) if node.primitive is not None]
    passes += [leaves] if leaves else []
    found: list[Any] = [None] * len(targets)
    for number, places in enumerate(passes):
        kept = retain_graph or number < len(passes) - 1
        parts = derivatives(result, gradient, [targets[i] for i in places], kept, again, True)
        for place, part in zip(places, parts, strict=True):
            found[place] = part if create_graph or part is None else plain(part)
    return found
