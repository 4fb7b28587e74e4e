"""Graphs that are recorded once and computed again with other numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd.errors import GraphError
from autograd.tracer import Node, trace
from autograd.util import subvals, toposort


class ConstGraphNode(Node):
    """An operation of a graph that can be computed again."""

    __slots__ = ["parents", "partial_fun"]

    def __init__(
        self, value: Any, fun: Any, args: Any, kwargs: Any, parent_argnums: Any, parents: Any
    ) -> None:
        def partial_fun(values: Any) -> Any:
            return fun(*subvals(args, zip(parent_argnums, values, strict=True)), **kwargs)

        self.parents = parents
        self.partial_fun = partial_fun

    def initialize_root(self) -> None:
        """Have no parents."""
        self.parents = []


def const_graph(fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """Return a function like `fun` that runs it once, and then only the operations it did.

    Right for functions whose operations do not depend on their arguments: no branches on them.

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
                raise GraphError("const_graph is for functions that depend on their arguments.")
            graph.extend(list(toposort(end))[::-1])
            return value
        values = {graph[0]: given}
        for node in graph[1:]:
            values[node] = node.partial_fun([values[parent] for parent in node.parents])
        return values[graph[-1]]

    return replayed


class FullGraphNode(Node):
    """An operation with all that is known of it: its value, and the recipe that gave it."""

    __slots__ = ["recipe", "value"]

    def __init__(
        self, value: Any, fun: Any, args: Any, kwargs: Any, parent_argnums: Any, parents: Any
    ) -> None:
        self.value = value
        self.recipe = (fun, args, kwargs, list(zip(parent_argnums, parents, strict=True)))

    def initialize_root(self) -> None:
        """Be the argument itself."""
        self.value = None
        self.recipe = (lambda x: x, (), {}, [])


def full_graph(fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return the last node of the graph of ``fun(*args)``; None if it does not depend on them."""
    return trace(FullGraphNode.new_root(), lambda x: fun(*x, **kwargs), args)[1]
