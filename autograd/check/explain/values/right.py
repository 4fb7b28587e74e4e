"""Right values: what the record of a function computes, and the derivatives with respect to it.

A right value has a key that says what it is, so that the same one can be found at another point.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from autograd.check.analytic import RecordedCall
from autograd.check.arrays import as_cotangent
from autograd.check.checked_function import CheckedFunction
from autograd.check.explain.replay import Edge, pull_back
from autograd.debugging import Place, Trace
from autograd.graph import contents

#: ("value", node), ("slope", node, argnum), ("adjoint", node), ("part", node, (edge, ...)); nodes
#: by their position. Then ("row", key, axes, index), ("stack", keys), ("times", factor, key), and
#: ("T", key).
Key = tuple[Any, ...]


def origin(key: Key) -> tuple[str, int]:
    """Return whether a key is a value, a slope or a derivative, and of which node."""
    kind = key[0]
    if kind in ("value", "slope", "zero"):
        return kind, key[1]
    if kind in ("adjoint", "part"):
        return "adjoint", key[1]
    if kind == "stack":
        return origin(key[1][0])
    return origin(key[2] if kind == "times" else key[1])


class CallSites(Trace):
    """Record in addition from where each node was made: the calls that led there."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[int, Any] = {}

    def made(self, node: Any) -> None:
        """Record the line and the calls."""
        super().made(node)
        frame: Any = sys._getframe(1)
        calls = []
        for _ in range(12):
            if frame is None:
                break
            calls.append((frame.f_code, frame.f_lasti))
            frame = frame.f_back
        self.calls[id(node)] = tuple(calls)


class RightValues:
    """All right values at a point.

    Parameters
    ----------
    function : CheckedFunction
        The function, which runs on nodes.
    x : ndarray
        The point.
    weights : ndarray
        The weights of the results in their sum, whose derivatives are the right ones.

    Attributes
    ----------
    nodes : list of Node
        What was computed, arguments first.
    """

    def __init__(self, function: CheckedFunction, x: Any, weights: Any) -> None:
        with CallSites() as trace, np.errstate(all="ignore"):
            self.record = RecordedCall(function.with_nodes(x))
        self.trace: CallSites = trace  # it keeps the nodes alive
        self.nodes = self.record.graph.nodes
        self.position = {id(node): i for i, node in enumerate(self.nodes)}
        self.edges: dict[Edge, Any] = {}
        seeds = self.record.seeds(weights)
        arrived = pull_back(self.record.graph, seeds, edges=self.edges)
        self.adjoints = {self.position[k]: g for k, g in arrived.items() if k in self.position}
        self._known: dict[Key, Any] = {}

    # -- values by key ----------------------------------------------------------------------

    def of(self, key: Key) -> Any:
        """Return the array of a key; None if there is none at this point."""
        if key not in self._known:
            try:
                found = self._compute(key)
                self._known[key] = None if found is None else np.asarray(found)
            except (ValueError, TypeError, IndexError, KeyError, ArithmeticError):
                self._known[key] = None
        return self._known[key]

    def _compute(self, key: Key) -> Any:
        kind = key[0]
        if kind == "value":
            return contents(self.nodes[key[1]])
        if kind == "adjoint":
            return self.adjoints.get(key[1])
        if kind == "part":
            parts = [self.edges[id(self.nodes[n]), argnum] for n, argnum in key[2]]
            return (
                sum(parts[1:], parts[0]) if parts else np.zeros_like(contents(self.nodes[key[1]]))
            )
        if kind == "slope":
            return self._slope(*key[1:])
        if kind == "stack":
            return np.stack([self.of(part) for part in key[1]])
        inner = self.of(key[2] if kind == "times" else key[1])
        if inner is None:
            return None
        if kind == "times":
            return key[1] * inner
        if kind == "T":
            return inner.T
        _, _, count, index = key  # "row": an index into the first axes, flattened
        return inner.reshape(-1, *inner.shape[count:])[index]

    def _slope(self, node: int, argnum: int) -> Any:
        """Return the derivative of an elementwise operation, before the chain rule."""
        made = self.nodes[node]
        arguments = [contents(argument) for argument in made.arguments]
        y = contents(made)
        ones = np.ones_like(y) if isinstance(y, np.ndarray) else 1.0
        rule = made.primitive.pullback
        return as_cotangent(rule(argnum, ones, y, arguments, made.keywords), arguments[argnum])

    # -- which keys there are ---------------------------------------------------------------

    @cached_property
    def consumers(self) -> Mapping[int, list[tuple[int, int]]]:
        """Where each node is an argument, by position: (node, argnum)."""
        found: dict[int, list[tuple[int, int]]] = {i: [] for i in range(len(self.nodes))}
        for node, argnum, argument in self.record.graph.edges():
            if (id(node), argnum) in self.edges and id(argument) in self.position:
                found[self.position[id(argument)]].append((self.position[id(node)], argnum))
        return found

    @cached_property
    def keys(self) -> list[Key]:
        """The keys of whole arrays: derivatives first."""
        adjoints = [("adjoint", i) for i in self.adjoints]
        return [
            *adjoints,
            *self._parts(),
            *self._slopes(),
            *(("value", i) for i in range(len(self.nodes))),
        ]

    def _parts(self) -> Iterator[Key]:
        for node, edges in self.consumers.items():
            if len(edges) > 1:
                for edge in edges:
                    yield ("part", node, (edge,))
                if len(edges) > 2:
                    for edge in edges:
                        yield ("part", node, tuple(e for e in edges if e != edge))

    def _slopes(self) -> Iterator[Key]:
        for position, node in enumerate(self.nodes):
            if node.primitive is None or node.primitive.partials is None:
                continue
            for argnum, argument in enumerate(node.arguments):
                if id(argument) in self.position:
                    yield ("slope", position, argnum)

    @cached_property
    def families(self) -> list[list[int]]:
        """Nodes made by the same call in a loop, and nodes of the same operation."""
        by_call: dict[Any, list[int]] = {}
        by_operation: dict[Any, list[int]] = {}
        order = {id(node): i for i, node in enumerate(self.trace.nodes)}
        made = sorted(
            (i for i, n in enumerate(self.nodes) if n.primitive is not None),
            key=lambda i: order.get(id(self.nodes[i]), 0),
        )
        for i in made:
            node = self.nodes[i]
            by_call.setdefault(self.trace.calls.get(id(node)), []).append(i)
            by_operation.setdefault((node.primitive, np.ndim(contents(node))), []).append(i)
        leaves = [
            self.position[id(leaf)] for leaf in self.record.leaves if id(leaf) in self.position
        ]
        found: dict[tuple[int, ...], None] = {}
        for group in [*by_call.values(), *by_operation.values(), leaves]:
            if len(group) > 1:
                found[tuple(group)] = None
        return [list(group) for group in found]

    def caller(self, node: int) -> Any:
        """Return what made a node: the same for each turn of a loop."""
        return self.trace.calls.get(id(self.nodes[node]))

    def place(self, node: int) -> Place | None:
        """Return the line that made a node; None for an input."""
        return self.trace.where(self.nodes[node])

    def name(self, node: int) -> str:
        """Return the name of an input; empty for other nodes."""
        for leaf, made in zip(self.record.function.inputs, self.record.leaves, strict=True):
            if made is self.nodes[node]:
                return leaf.path
        return ""
