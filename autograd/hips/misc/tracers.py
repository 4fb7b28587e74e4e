"""`autograd.misc.tracers`: graphs that are recorded once and replayed with other numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd.errors import GraphError
from autograd.hips.shared import subvals, toposort
from autograd.hips.tracer import Node, trace


class ConstGraphNode(Node):
    """An operation that can be replayed."""

    __slots__ = ["parents", "partial_fun"]

    def __init__(
        self, value: Any, fun: Any, args: Any, kwargs: Any, parent_argnums: Any, parents: Any
    ) -> None:
        def partial_fun(values: Any) -> Any:
            return fun(*subvals(args, zip(parent_argnums, values, strict=True)), **kwargs)

        self.parents = parents
        self.partial_fun = partial_fun

    def initialize_root(self) -> None:
        """Set no parents."""
        self.parents = []


def const_graph(fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """Return a function like `fun` that calls it once and afterwards replays its operations.

    Only correct if the operations do not depend on the values of the arguments: `fun` must not
    branch on them.

    Examples
    --------
    >>> import numpy as np
    >>> f = const_graph(lambda x, y: np.sin(x) * y)
    >>> f(0.0, 1.0), f(np.pi / 2, 3.0)
    (0.0, 3.0)
    """
    graph: list[Any] = []

    @functools.wraps(fun)
    def replayed(*given: Any) -> Any:
        if not graph:
            start = ConstGraphNode.new_root()
            value, end = trace(start, lambda x: fun(*args, *x, **kwargs), given)
            if end is None:
                raise GraphError(
                    "const_graph needs a function whose result depends on its arguments."
                )
            graph.extend(list(toposort(end))[::-1])
            return value
        values = {graph[0]: given}
        for node in graph[1:]:
            values[node] = node.partial_fun([values[parent] for parent in node.parents])
        return values[graph[-1]]

    return replayed


class FullGraphNode(Node):
    """An operation with its value and recipe: function, arguments, keywords, parents."""

    __slots__ = ["recipe", "value"]

    def __init__(
        self, value: Any, fun: Any, args: Any, kwargs: Any, parent_argnums: Any, parents: Any
    ) -> None:
        self.value = value
        self.recipe = (fun, args, kwargs, list(zip(parent_argnums, parents, strict=True)))

    def initialize_root(self) -> None:
        """Set the recipe of the argument: it computes nothing."""
        self.value = None
        self.recipe = (lambda x: x, (), {}, [])


def full_graph(fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return the last node of the graph of ``fun(*args)``; None for a constant result."""
    return trace(FullGraphNode.new_root(), lambda x: fun(*x, **kwargs), args)[1]
