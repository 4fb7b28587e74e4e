"""Derivatives of a function by this library, as matrices: a row for each result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np

from autograd import tree
from autograd.check.arrays import Vector, as_array, as_reals, plain, random_weights
from autograd.check.checked_function import CheckedFunction
from autograd.engine import Node, Tensor, Value
from autograd.engine.foreign import beside
from autograd.engine.objects import joined
from autograd.errors import DataError
from autograd.forward import push_forward
from autograd.graph import Graph, current


class NothingRecordedError(DataError):
    """A function did not return a node."""


class RecordedCall:
    """A recorded call of a function, to differentiate in either direction.

    Raises
    ------
    NothingRecordedError
        If the function does not return a node.
    """

    def __init__(self, function: CheckedFunction) -> None:
        self.function = function
        self.leaves = function.objects()
        self.result = function.call(self.leaves)
        function.learn_outputs(self.result)
        self.outputs: list[Any] = []
        for _, item in tree.leaves(self.result):
            if as_array(item) is not None:
                self.outputs.append(current(item))
        if not any(isinstance(output, Node) for output in self.outputs):
            raise NothingRecordedError(
                f"The function returned {type(self.result).__name__}, not a node: it does not "
                "depend on the inputs, or its derivative was lost (.data, float()?). To check a "
                "gradient from elsewhere, pass gradient=..."
            )

    @cached_property
    def graph(self) -> Graph:
        """The recorded operations."""
        return _program_of(self.outputs)

    def seeds(self, weights: Vector) -> dict[int, Any]:
        """Return the cotangents of the outputs, by the id of their node."""
        cotangents = self.function.cotangents(weights)
        found: dict[int, Any] = {}
        for leaf, node in zip(self.function.outputs, self.outputs, strict=True):
            if isinstance(node, Node):  # it may be several outputs
                found[id(node)] = found.get(id(node), 0.0) + beside(cotangents[leaf.path], node)
        return found

    def reverse(self, weights: Vector) -> Vector:
        """Return ``weights @ Jacobian``, with one `backward` per row of weights."""
        with np.errstate(all="ignore"), others_untouched(self.graph, self.leaves):
            rows = np.array([self._row(row) for row in weights])
        return rows.reshape(len(weights), self.function.x.size)

    def _row(self, weights: Vector) -> Vector:
        cotangents = self.function.cotangents(weights)
        for leaf, output in zip(self.function.outputs, self.outputs, strict=True):
            cotangent = cotangents[leaf.path]
            if not isinstance(output, Node) or not np.any(cotangent):
                continue
            if isinstance(output, Tensor):
                if output.requires_grad:
                    output.backward(beside(cotangent, output), retain_graph=True)
            elif isinstance(output, Value):
                output.backward(float(cotangent))
        return self._collect()

    def _collect(self) -> Vector:
        parts = []
        for leaf, node in zip(self.function.inputs, self.leaves, strict=True):
            gradient = node.grad
            node.grad = None
            if gradient is None:
                parts.append(np.zeros(leaf.size))
            else:
                parts.append(as_reals(np.conj(np.asarray(plain(gradient)))))
        return np.concatenate(parts) if parts else np.zeros(0)

    def forward(self, directions: Vector) -> Vector:
        """Return ``Jacobian @ directions.T``, in forward mode."""
        columns = []
        with np.errstate(all="ignore"):
            for direction in directions:
                tangents = {
                    node: beside(leaf.from_reals(direction[leaf.slice]), node)
                    for leaf, node in zip(self.function.inputs, self.leaves, strict=True)
                }
                pushed = iter(push_forward(self.graph.outputs, tangents))
                columns.append(
                    np.concatenate(
                        [
                            as_reals(np.asarray(plain(next(pushed))))
                            if isinstance(output, Node)
                            else np.zeros(leaf.size)
                            for leaf, output in zip(
                                self.function.outputs, self.outputs, strict=True
                            )
                        ]
                    )
                )
        return np.array(columns).reshape(len(directions), self.function.size).T


def _program_of(outputs: Sequence[Any]) -> Graph:
    """Return the recorded operations of the outputs that are nodes."""
    return Graph.of(*[output for output in outputs if isinstance(output, Node)])


@contextmanager
def others_untouched(graph: Graph, leaves: Sequence[Any]) -> Iterator[None]:
    """Restore the gradients of other leaves that the function uses."""
    own = {id(leaf) for leaf in leaves}
    others = [leaf for leaf in graph.leaves if id(leaf) not in own]
    before = [node.grad for node in others]
    try:
        yield
    finally:
        for node, gradient in zip(others, before, strict=True):
            node.grad = gradient


def gradient_of(f: Callable[..., Any], function: CheckedFunction) -> Callable[..., dict[str, Any]]:
    """Return a function of nodes that returns the gradient of `f`, as nodes, by leaf.

    It differentiates the sum of all results, each with a fixed random weight.
    """

    def gradient(*arguments: Any) -> dict[str, Any]:
        leaves = {
            path: item
            for name, argument in zip(function.names, arguments, strict=True)
            for path, item in tree.leaves(argument, name)
            if isinstance(item, Node)
        }
        random = np.random.default_rng(1)
        outputs = [joined(output) for _, output in tree.leaves(f(*arguments))]
        with others_untouched(_program_of(outputs), list(leaves.values())):
            for output in outputs:
                if isinstance(output, Value):
                    output.backward(1.0, create_graph=True)
                elif isinstance(output, Tensor) and output.requires_grad:
                    output.backward(_weights(random, output), create_graph=True)
        return {path: _take_gradient(leaf) for path, leaf in leaves.items()}

    return gradient


def _weights(random: np.random.Generator, output: Any) -> Any:
    """Return random weights for the elements of a result; 1 for a single number."""
    if output.size == 1 and output.dtype.kind != "c":
        return np.ones(output.shape, output.dtype)
    return random_weights(random, output)


def _take_gradient(leaf: Any) -> Any:
    """Return the gradient of a leaf, zeros if it has none, and reset it."""
    gradient = leaf.grad
    leaf.grad = None
    if isinstance(gradient, Node):
        return gradient
    if isinstance(leaf, Value):
        return Value(gradient)
    return Tensor(np.zeros_like(leaf.data), requires_grad=False)
