"""Right values: what the record of a function computes, and the derivatives with respect to it.

A right value has a key that says what it is, so that the same one can be found at another point.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from autograd.check.analytic import RecordedCall
from autograd.check.arrays import as_cotangent
from autograd.check.checked_function import CheckedFunction, as_derivative
from autograd.check.explain.replay import Edge, pull_back
from autograd.debugging import Trace
from autograd.forward import push_forward
from autograd.graph import contents

#: ("value", node), ("slope", node, argnum), ("adjoint", node), ("part", node, (edge, ...)), with
#: nodes by their position; ("gradient", path), and ("tangent", node, path), the derivative of a
#: node with respect to an input, where these are few. Made of others: ("at", key), the part that is
#: assigned; ("row", key, axes, index), ("stack", keys), ("times", factor, key), and ("T", key).
Key = tuple[Any, ...]


def origin(key: Key) -> tuple[str, Any]:
    """Return whether a key is a value, a slope or a derivative, and of what."""
    kind = key[0]
    if kind in ("value", "slope", "zero", "gradient", "tangent"):
        return kind, key[1]
    if kind in ("adjoint", "part"):
        return "adjoint", key[1]
    if kind == "stack":
        return origin(key[1][0])
    return origin(key[2] if kind == "times" else key[1])


#: For how many inputs, and in how large a graph, the derivatives of all nodes are computed.
MOST_TANGENTS, MOST_PUSHED = 12, 500

#: How many paths from a result to that of the turn before are followed.
MOST_PATHS = 200


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


class RightValues(ABC):
    """All right values at a point.

    Attributes
    ----------
    tolerance : float
        The relative error of the derivatives, generously.
    gradients : dict
        The right derivative of each leaf, by path.
    """

    tolerance: float
    gradients: dict[str, Any]

    def __init__(self) -> None:
        self._known: dict[Key, Any] = {}

    def of(self, key: Key) -> Any:
        """Return the array of a key; None if there is none at this point."""
        if key not in self._known:
            try:
                found = self._compute(key)
                array = None if found is None else np.asarray(found)
                usable = array is not None and array.dtype.kind in "fcbiu"
                self._known[key] = array if usable else None
            except (ValueError, TypeError, IndexError, KeyError, ArithmeticError):
                self._known[key] = None
        return self._known[key]

    def _compute(self, key: Key) -> Any:
        kind = key[0]
        if kind in ("value", "adjoint", "slope", "tangent"):
            return self._basic(key)
        if kind == "gradient":
            return self.gradients[key[1]]
        if kind == "part":
            parts = [self._part(key[1], edge) for edge in key[2]]
            return sum(parts[1:], parts[0]) if parts else np.zeros_like(self.of(("value", key[1])))
        if kind == "stack":
            return np.stack([self.of(part) for part in key[1]])
        inner = self.of(key[2] if kind == "times" else key[1])
        if inner is None or kind == "at":
            return inner
        if kind == "times":
            return key[1] * inner
        if kind == "T":
            return inner.T
        _, _, count, index = key  # "row": an index into the first axes, flattened
        return inner.reshape(-1, *inner.shape[count:])[index]

    @cached_property
    def keys(self) -> list[Key]:
        """The keys of whole arrays: derivatives first."""
        nodes = range(self.count)
        adjoints = [("adjoint", i) for i in nodes]
        slopes = [("slope", i, argnum) for i in nodes for argnum in self.slopes(i)]
        wholes = [("gradient", path) for path in self.gradients]
        tangents = [("tangent", i, path) for i in nodes for path in self.tangents(i)]
        return [
            *wholes,
            *adjoints,
            *self._parts(),
            *tangents,
            *slopes,
            *(("value", i) for i in nodes),
        ]

    def _parts(self) -> Iterator[Key]:
        for node, edges in self.consumers.items():
            if len(edges) > 1:
                for edge in edges:
                    yield ("part", node, (edge,))
                if len(edges) > 2:
                    for edge in edges:
                        yield ("part", node, tuple(e for e in edges if e != edge))

    def tangents(self, node: int) -> Iterable[str]:
        """Return the inputs with respect to which the derivative of a node is known."""
        return ()

    def leaf(self, path: str) -> int | None:
        """Return the node of an input, if that is known."""
        return None

    @property
    @abstractmethod
    def count(self) -> int:
        """The number of nodes."""

    @property
    @abstractmethod
    def signature(self) -> Any:
        """What is computed: the same at another point if its keys mean the same there."""

    @property
    @abstractmethod
    def consumers(self) -> Mapping[int, list[tuple[int, int]]]:
        """Where each node is used: (node, argnum)."""

    @property
    @abstractmethod
    def families(self) -> list[list[int]]:
        """Nodes that belong together: made in the turns of a loop, or by the same operation."""

    @abstractmethod
    def _basic(self, key: Key) -> Any: ...

    @abstractmethod
    def _part(self, node: int, edge: tuple[int, int]) -> Any: ...

    @abstractmethod
    def slopes(self, node: int) -> Iterable[int]:
        """Return the arguments that a node is an elementwise function of."""

    @abstractmethod
    def caller(self, node: int) -> Any:
        """Return what made a node: the same for each turn of a loop."""

    @abstractmethod
    def made(self, node: int) -> str:
        """Return what made a node, in words: the name of an input, or an operation and its line."""

    def reader(self, edge: tuple[int, int]) -> str:
        """Return what reads a node, in words."""
        return self.made(edge[0])


class RecordedValues(RightValues):
    """The values and derivatives of a function that runs on nodes.

    Parameters
    ----------
    function : CheckedFunction
        The function.
    x : ndarray
        The point.
    weights : ndarray
        The weights of the results in the sum whose derivatives are the right ones.
    jacobian : bool
        Whether `gradients` are the derivatives of all results.
    """

    def __init__(self, function: CheckedFunction, x: Any, weights: Any, jacobian: bool) -> None:
        super().__init__()
        with CallSites() as trace, np.errstate(all="ignore"):
            self.record = RecordedCall(function.with_nodes(x))
        self.trace: CallSites = trace  # it keeps the nodes alive
        self.tolerance = 1e-7 if function.precision < 1e-12 else 1e-3
        self.nodes = self.record.graph.nodes
        self.position = {id(node): i for i, node in enumerate(self.nodes)}
        self.edges: dict[Edge, Any] = {}
        arrived = pull_back(self.record.graph, self.record.seeds(weights[0]), edges=self.edges)
        self.adjoints = {self.position[k]: g for k, g in arrived.items() if k in self.position}
        matrix = self.record.reverse(np.eye(function.size) if jacobian else weights)
        self.gradients = {
            leaf.path: as_derivative(matrix[:, leaf.slice], leaf) for leaf in function.inputs
        }

    @property
    def count(self) -> int:
        """The number of nodes."""
        return len(self.nodes)

    @property
    def signature(self) -> Any:
        """The operations."""
        return [node.primitive for node in self.nodes]

    def _basic(self, key: Key) -> Any:
        if key[0] == "value":
            return contents(self.nodes[key[1]])
        if key[0] == "adjoint":
            return self.adjoints.get(key[1])
        if key[0] == "tangent":
            return self._pushed[key[2]][key[1]]
        slope = self._slope(*key[1:])
        return slope if np.ptp(slope) > 0 or np.size(slope) == 1 else None  # a constant says little

    def _part(self, node: int, edge: tuple[int, int]) -> Any:
        return self.edges[id(self.nodes[edge[0]]), edge[1]]

    def _slope(self, node: int, argnum: int) -> Any:
        """Return the derivative of an elementwise operation, before the chain rule."""
        made = self.nodes[node]
        arguments = [contents(argument) for argument in made.arguments]
        y = contents(made)
        ones = np.ones_like(y) if isinstance(y, np.ndarray) else 1.0
        rule = made.primitive.pullback
        return as_cotangent(rule(argnum, ones, y, arguments, made.keywords), arguments[argnum])

    @cached_property
    def consumers(self) -> Mapping[int, list[tuple[int, int]]]:
        """Where each node is an argument, by position: (node, argnum)."""
        found: dict[int, list[tuple[int, int]]] = {i: [] for i in range(len(self.nodes))}
        for node, argnum, argument in self.record.graph.edges():
            if (id(node), argnum) in self.edges and id(argument) in self.position:
                found[self.position[id(argument)]].append((self.position[id(node)], argnum))
        return found

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
        for leaf in self.record.leaves:
            if id(leaf) in self.position:
                key = None, np.ndim(contents(leaf))
                by_operation.setdefault(key, []).append(self.position[id(leaf)])
        found: dict[tuple[int, ...], None] = {}
        for group in [*by_call.values(), *by_operation.values()]:
            if len(group) > 1:
                found[tuple(group)] = None
        for group in by_call.values():
            start = self._start(group) if len(group) > 1 else None
            if start is not None:
                found[start, *group] = None
        return [list(group) for group in found]

    def _start(self, group: list[int]) -> int | None:
        """Return what stands for the results of a loop in its first turn: the initial state."""
        first, second = (self.nodes[i] for i in group[:2])
        paths: list[tuple[Any, tuple[int, ...]]] = [(second, ())]
        for node, path in paths:  # it grows meanwhile
            if node is first and path:
                for argnum in path:
                    if argnum >= len(first.arguments):
                        return None
                    first = first.arguments[argnum]
                    if id(first) not in self.position:
                        return None
                return self.position[id(first)]
            if len(paths) < MOST_PATHS and node.primitive is not None:
                steps = enumerate(node.arguments)
                paths += [(a, (*path, i)) for i, a in steps if id(a) in self.position]
        return None

    def caller(self, node: int) -> Any:
        """Return what made a node: the same for each turn of a loop."""
        return self.trace.calls.get(id(self.nodes[node]))

    def tangents(self, node: int) -> Iterable[str]:
        """Return the inputs, if there are few."""
        few = self.record.function.x.size <= MOST_TANGENTS and self.count <= MOST_PUSHED
        if not few or self.nodes[node].primitive is None:
            return ()
        return [leaf.path for leaf in self.record.function.inputs if not leaf.complex]

    @cached_property
    def _pushed(self) -> dict[str, list[Any]]:
        """The derivatives of all nodes with respect to each input: axes of the input last."""
        found = {}
        for leaf, start in zip(self.record.function.inputs, self.record.leaves, strict=True):
            units = np.eye(leaf.data.size).reshape(-1, *leaf.data.shape)
            with np.errstate(all="ignore"):
                pushed = [push_forward(self.nodes, {start: unit}) for unit in units]
            found[leaf.path] = [
                np.stack(parts, axis=-1).reshape(*np.shape(parts[0]), *leaf.data.shape)
                for parts in zip(*pushed, strict=True)
            ]
        return found

    def leaf(self, path: str) -> int | None:
        """Return the node of an input."""
        pairs = zip(self.record.function.inputs, self.record.leaves, strict=True)
        node = next((made for leaf, made in pairs if leaf.path == path), None)
        return self.position.get(id(node))

    def slopes(self, node: int) -> Iterable[int]:
        """Return the arguments of an elementwise operation that are nodes."""
        made = self.nodes[node]
        if made.primitive is None or made.primitive.partials is None:
            return []
        return [i for i, argument in enumerate(made.arguments) if id(argument) in self.position]

    def made(self, node: int) -> str:
        """Return the name of an input, or an operation and its line."""
        for leaf, made in zip(self.record.function.inputs, self.record.leaves, strict=True):
            if made is self.nodes[node]:
                return leaf.path
        where, operation = self.trace.where(self.nodes[node]), self.nodes[node].op
        return f"{operation} in line {where.line}, `{where.text}`" if where else operation
