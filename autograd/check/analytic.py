"""Derivatives of a function by this library, as matrices: a row for each result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import tree
from autograd.check.checked_function import Subject, Vector, as_array, as_reals
from autograd.engine import Node, Tensor, Value
from autograd.engine.objects import joined
from autograd.errors import DataError
from autograd.forward import push_forward
from autograd.topology import current, nodes_below


class Recording:
    """One recorded call of a function on nodes, to be gone through in either direction.

    Raises
    ------
    DataError
        If the function does not return a node.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.leaves = subject.objects()
        self.result = subject.call(self.leaves)
        subject.learn_outputs(self.result)
        self.outputs: list[Any] = []
        for _, item in tree.leaves(self.result):
            if as_array(item) is not None:
                self.outputs.append(current(item))
        if not any(isinstance(output, Node) for output in self.outputs):
            raise DataError(
                f"The function returned {type(self.result).__name__}, not a node: nothing in it "
                "depends on the inputs, or the derivative was lost on the way. To check a "
                "derivative that comes from elsewhere, pass it: gradient=..."
            )

    def reverse(self, weights: Vector) -> Vector:
        """Return ``weights @ Jacobian``, by one `backward` for each row of weights."""
        with np.errstate(all="ignore"), others_untouched(self.outputs, self.leaves):
            rows = np.array([self._row(row) for row in weights])
        return rows.reshape(len(weights), self.subject.x.size)

    def _row(self, weights: Vector) -> Vector:
        cotangents = self.subject.cotangents(weights)
        for leaf, output in zip(self.subject.outputs, self.outputs, strict=True):
            cotangent = cotangents[leaf.path]
            if not isinstance(output, Node) or not np.any(cotangent):
                continue
            if isinstance(output, Tensor):
                if output.requires_grad:
                    output.backward(cotangent, retain_graph=True)
            elif isinstance(output, Value):
                output.backward(float(cotangent))
        return self._collect()

    def _collect(self) -> Vector:
        parts = []
        for leaf, node in zip(self.subject.inputs, self.leaves, strict=True):
            gradient = node.grad
            node.grad = None
            if gradient is None:
                parts.append(np.zeros(leaf.size))
            else:
                data = gradient.data if isinstance(gradient, Node) else gradient  # type: ignore[attr-defined]
                parts.append(as_reals(np.conj(np.asarray(data))))
        return np.concatenate(parts) if parts else np.zeros(0)

    def forward(self, directions: Vector) -> Vector:
        """Return ``Jacobian @ directions.T``, by pushing each direction through the graph."""
        columns = []
        nodes = [output for output in self.outputs if isinstance(output, Node)]
        with np.errstate(all="ignore"):
            for direction in directions:
                tangents = {
                    node: leaf.from_reals(direction[leaf.slice])
                    for leaf, node in zip(self.subject.inputs, self.leaves, strict=True)
                }
                pushed = iter(push_forward(nodes, tangents))
                columns.append(
                    np.concatenate(
                        [
                            as_reals(np.asarray(next(pushed)))
                            if isinstance(output, Node)
                            else np.zeros(leaf.size)
                            for leaf, output in zip(self.subject.outputs, self.outputs, strict=True)
                        ]
                    )
                )
        return np.array(columns).reshape(len(directions), self.subject.size).T


@contextmanager
def others_untouched(outputs: Sequence[Any], leaves: Sequence[Any]) -> Iterator[None]:
    """Give back their derivatives to leaves that belong to somebody else."""
    ours = {id(leaf) for leaf in leaves}
    below = nodes_below(*[output for output in outputs if isinstance(output, Node)])
    others = [n for n in below if n.primitive is None and id(n) not in ours]
    before = [node.grad for node in others]
    try:
        yield
    finally:
        for node, gradient in zip(others, before, strict=True):
            node.grad = gradient


def gradient_of(f: Callable[..., Any], subject: Subject) -> Callable[..., dict[str, Any]]:
    """Return a function of nodes that gives the gradient of `f`, as nodes, leaf by leaf.

    Of several results it is their sum, each with a fixed random weight, that is differentiated.
    """

    def gradient(*arguments: Any) -> dict[str, Any]:
        leaves = {
            path: item
            for name, argument in zip(subject.names, arguments, strict=True)
            for path, item in tree.leaves(argument, name)
            if isinstance(item, Node)
        }
        random = np.random.default_rng(1)
        outputs = [joined(output) for _, output in tree.leaves(f(*arguments))]
        with others_untouched(outputs, list(leaves.values())):
            for output in outputs:
                if isinstance(output, Value):
                    output.backward(1.0, create_graph=True)
                elif isinstance(output, Tensor) and output.requires_grad:
                    output.backward(random_weights(random, output), create_graph=True)
        return {path: _taken(leaf) for path, leaf in leaves.items()}

    return gradient


def random_weights(random: np.random.Generator, output: Any) -> Any:
    """Return weights between 0.5 and 1.5 for each element of a result; 1 for a single number."""
    if output.size == 1 and output.dtype.kind != "c":
        return np.ones(output.shape, output.dtype)
    weights = random.uniform(0.5, 1.5, output.shape)
    if output.dtype.kind == "c":
        weights = weights + 1j * random.uniform(0.5, 1.5, output.shape)
    return weights.astype(output.dtype)


def _taken(leaf: Any) -> Any:
    """Take the derivative off a leaf: zeros if none has arrived."""
    gradient = leaf.grad
    leaf.grad = None
    if isinstance(gradient, Node):
        return gradient
    if isinstance(leaf, Value):
        return Value(gradient)
    return Tensor(np.zeros_like(leaf.data), requires_grad=False)
