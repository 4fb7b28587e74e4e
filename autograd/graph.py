"""The operations recorded below some nodes, in an order in which they can run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from autograd.engine import Node, Tensor, Value, assignment, tracing
from autograd.engine.grad_mode import GRAD_MODE
from autograd.errors import DataError

#: ``pull(node, g)`` yields pairs of a node and the cotangent that reaches it from `node`.
Pull = Callable[[Any, Any], Iterable[tuple[Any, Any]]]


def current(node: Any) -> Any:
    """Return the node that a Tensor refers to after assignments to its elements."""
    return assignment.current(node) if isinstance(node, Tensor) else node


def contents(x: Any) -> Any:
    """Return the number or array of a node as it was computed, and anything else as it is.

    Use it for the arguments of recorded operations. `engine.dispatch.plain` is for what a user
    passes: it returns the current elements of a Tensor that was assigned to.
    """
    if GRAD_MODE.tracing != 0 and isinstance(x, Value):
        return tracing.here().number(x)  # a Value itself holds a plain number
    return x._contents if isinstance(x, Node) else x  # type: ignore[attr-defined]


class Graph:
    """A recorded computation: its nodes in topological order.

    Iterating yields every node once, arguments before results; ``reversed`` yields results first.
    The order follows the order of the arguments. Only nodes passed to a primitive directly are
    its arguments here, as in ``node.parents``.

    Attributes
    ----------
    outputs : tuple of Node
        The results, as they were given.
    nodes : list of Node
        All nodes the outputs depend on, and the outputs themselves.

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.graph import Graph
    >>> x = Value(3.0, label="x")
    >>> y = x * x + x
    >>> [node.op or node.label for node in Graph.of(y)]
    ['x', 'multiply', 'add']
    """

    __slots__ = ("nodes", "outputs")

    def __init__(self, outputs: tuple[Any, ...], nodes: list[Any]) -> None:
        self.outputs = outputs
        self.nodes = nodes

    @classmethod
    def of(cls, *outputs: Any, stop: Iterable[Node] = ()) -> Graph:
        """Collect what some nodes were computed from.

        Parameters
        ----------
        *outputs : Value, Tensor or Program
            The results, or programs of their graphs. A Tensor that was assigned to stands for its
            current elements.
        stop : iterable of Node
            Nodes to treat as leaves: what they were computed from is left out.

        Raises
        ------
        DataError
            If an output is not a node.
        """
        ends: list[Any] = []
        for x in outputs:
            graph = None if isinstance(x, Node) else getattr(x, "graph", None)
            if not isinstance(x, Node) and not isinstance(graph, Graph):
                raise DataError(f"A graph ends in a Value or a Tensor, not in {type(x).__name__}.")
            ends += [current(x)] if graph is None else graph.outputs
        return cls.as_recorded(*ends, stop=stop)

    @classmethod
    def as_recorded(cls, *outputs: Any, stop: Iterable[Node] = ()) -> Graph:
        """Like `of`, for nodes of a graph: ignore later assignments to their elements."""
        return cls(outputs, _topological_order(outputs, {id(node) for node in stop}))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.nodes)

    def __reversed__(self) -> Iterator[Any]:
        yield from reversed(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def leaves(self) -> list[Any]:
        """The nodes that no primitive made."""
        return [node for node in self.nodes if node.primitive is None]

    @property
    def operations(self) -> list[Any]:
        """The nodes that a primitive made."""
        return [node for node in self.nodes if node.primitive is not None]

    def edges(self) -> Iterator[tuple[Any, int, Any]]:
        """Yield ``(node, argnum, argument)`` for every argument that is a node."""
        for node in self.nodes:
            for argnum, argument in enumerate(node.arguments):
                if isinstance(argument, Node):
                    yield node, argnum, argument

    def consumers(self) -> dict[int, list[tuple[Any, int]]]:
        """Return where each node is an argument: ``(node, argnum)`` pairs by the node's id."""
        found: dict[int, list[tuple[Any, int]]] = {id(node): [] for node in self.nodes}
        for node, argnum, argument in self.edges():
            if id(argument) in found:
                found[id(argument)].append((node, argnum))
        return found

    def pull_back(self, seeds: Mapping[int, Any], pull: Pull) -> dict[int, Any]:
        """Carry cotangents from the outputs to the leaves.

        Parameters
        ----------
        seeds : mapping of int to array
            The cotangents to start with, by the id of their node.
        pull : callable
            ``pull(node, g)`` yields (argument, cotangent) pairs. It is called once per node, when
            all of the node's cotangent `g` has arrived, and not for nodes that none reaches.

        Returns
        -------
        dict
            The cotangent of each node that one reaches, by the node's id.
        """
        arrived: dict[int, Any] = dict(seeds)
        for node in reversed(self.nodes):
            g = arrived.get(id(node))
            if g is None:
                continue
            for argument, part in pull(node, g):
                before = arrived.get(id(argument))
                arrived[id(argument)] = part if before is None else before + part
        return arrived


def _topological_order(outputs: tuple[Any, ...], stop: set[int]) -> list[Any]:
    """Return the nodes below some outputs, arguments first. No recursion: graphs are deep."""
    order: list[Any] = []
    seen: set[int] = set()
    nothing: tuple[Any, ...] = ()
    for output in outputs:
        if id(output) in seen:
            continue
        seen.add(id(output))
        path = [(output, iter(nothing if id(output) in stop else output.parents))]
        while path:
            node, parents = path[-1]
            for parent in parents:
                key = id(parent)
                if key not in seen:
                    seen.add(key)
                    path.append((parent, iter(nothing if key in stop else parent.parents)))
                    break
            else:
                order.append(node)
                path.pop()
    return order
