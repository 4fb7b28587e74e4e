"""The derivative under test, as a matrix: a row for each result, a column for each input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import tree
from autograd.check.subject import Leaf, Subject, Vector, as_array, as_reals
from autograd.engine import Node, Tensor, Value
from autograd.errors import DataError
from autograd.forward import push_forward


@dataclass
class Claim:
    """A derivative that somebody claims: its matrix, and what is wrong with its form."""

    matrix: Vector  # rows × inputs; NaN where nothing of the right shape was given
    misshapen: dict[str, str] = field(default_factory=dict)  # path of a leaf -> what is wrong
    arrays: dict[str, Any] = field(default_factory=dict)  # path of a leaf -> what was given


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
                self.outputs.append(item)
        if not any(isinstance(output, Node) for output in self.outputs):
            raise DataError(
                f"The function returned {type(self.result).__name__}, not a node: nothing in it "
                "depends on the inputs, or the derivative was lost on the way. To check a "
                "derivative that comes from elsewhere, pass it: gradient=..."
            )

    def reverse(self, weights: Vector) -> Vector:
        """Return ``weights @ Jacobian``, by one `backward` for each row of weights."""
        with np.errstate(all="ignore"):
            return np.array([self._row(row) for row in weights]).reshape(
                len(weights), self.subject.x.size
            )

    def _row(self, weights: Vector) -> Vector:
        for leaf, output in zip(self.subject.outputs, self.outputs, strict=True):
            part = weights[leaf.slice]
            if not part.any() or not isinstance(output, Node):
                continue
            # Re(w · dy) is to weigh real and imaginary parts as asked, so w is conjugate.
            cotangent = np.conj(leaf.from_reals(part))
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
                            for leaf, output in zip(
                                self.subject.outputs, self.outputs, strict=True
                            )
                        ]
                    )
                )
        return np.array(columns).reshape(len(directions), self.subject.size).T


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
        for _, output in tree.leaves(f(*arguments)):
            if isinstance(output, Value):
                output.backward(1.0, create_graph=True)
            elif isinstance(output, Tensor) and output.requires_grad:
                weights = random_weights(random, output)
                output.backward(weights, create_graph=True)
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
    if gradient is None:
        return np.zeros_like(leaf.data)
    return gradient


def claimed_jacobian(subject: Subject, given: Any) -> Claim:
    """Lay out a gradient or Jacobian that was given as arrays.

    Parameters
    ----------
    subject : Subject
        The function, its results known.
    given : array_like, or containers of them
        For one input its derivative, for several a sequence of them or a dict by name, each in
        the structure of the input; of an array-valued function each has the shape of the result
        followed by that of the input.
    """
    claim = Claim(np.full((subject.size, subject.x.size), np.nan))
    outputs = subject.outputs
    for leaf, item in zip(subject.inputs, _by_leaf(subject, given), strict=True):
        array = np.asarray(0.0) if item is None else as_array(item)
        if array is None:
            array = np.asarray(item, np.float64)
        claim.arrays[leaf.path] = array
        wanted = leaf.data.shape if subject.size == 1 else outputs[0].data.shape + leaf.data.shape
        if len(outputs) > 1:
            wanted = (subject.size, *leaf.data.shape)
        if _squeezed(array.shape, wanted):
            claim.matrix[:, leaf.slice] = _matrix(array, leaf, outputs)
        else:
            claim.misshapen[leaf.path] = (
                f"has shape {array.shape}, but {leaf.path} "
                + (f"has shape {wanted}" if subject.size == 1 else f"needs {wanted}")
            )
    return claim


def _squeezed(given: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Say whether a shape will do: the right one, or that of a single number written otherwise."""
    return given == wanted or (np.prod(given) == np.prod(wanted) == 1)


def _matrix(array: Any, leaf: Leaf, outputs: Sequence[Leaf]) -> Vector:
    """Make rows of a Jacobian: the derivatives of Re(w f), w = 1 for a real part, -i for an imaginary."""
    elements = leaf.data.size
    flat = array.reshape(-1, elements)
    rows = []
    start = 0
    for output in outputs:
        for row in flat[start : start + output.data.size]:
            for weight in (1, -1j) if output.complex else (1,):
                rows.append(_real_row(weight * row, leaf))
        start += output.data.size
    return np.array(rows).reshape(len(rows), leaf.size)


def _real_row(row: Any, leaf: Leaf) -> Vector:
    """Return Re(row · dz) for dz = 1 and dz = i, or for real inputs dz = 1 alone."""
    return as_reals(np.conj(np.asarray(row, np.complex128))) if leaf.complex else np.real(row)


def _by_leaf(subject: Subject, given: Any) -> list[Any]:
    """Take apart what was given, one item for each leaf of the inputs."""
    names = subject.names
    if isinstance(given, dict) and set(given) <= set(names) and len(names) > 0:
        parts = [given.get(name) for name in names]
    elif len(names) == 1:
        single = isinstance(given, (tuple, list)) and len(given) == 1
        nested = isinstance(subject.template[0], (tuple, list))
        parts = [given[0] if single and not nested else given]
    elif isinstance(given, (tuple, list)) or (
        isinstance(given, np.ndarray) and given.dtype == object
    ):
        parts = list(given)
        differentiable = [n for n in names if any(_belongs(leaf, n) for leaf in subject.inputs)]
        if len(parts) == len(differentiable) != len(names):
            by_name = dict(zip(differentiable, parts, strict=True))
            parts = [by_name.get(name) for name in names]
    elif sum(1 for n in names if any(_belongs(leaf, n) for leaf in subject.inputs)) == 1:
        parts = [
            given if any(_belongs(leaf, name) for leaf in subject.inputs) else None
            for name in names
        ]
    else:
        parts = [given]
    if len(parts) != len(names):
        raise DataError(
            f"The gradient has {len(parts)} part{'' if len(parts) == 1 else 's'}, the function "
            f"{len(names)} inputs ({', '.join(names)}). Return a tuple with the derivative "
            "for each, None where there is none."
        )
    found: list[Any] = []
    for name, part in zip(names, parts, strict=True):
        mine = [leaf for leaf in subject.inputs if _belongs(leaf, name)]
        if len(mine) == 1 and mine[0].path == name:
            found.append(part)
            continue
        items = dict(tree.leaves(part, name)) if part is not None else {}
        missing = [leaf.path for leaf in mine if leaf.path not in items]
        if missing and part is not None:
            raise DataError(
                f"The gradient has nothing for {', '.join(missing[:5])}; give it the structure "
                f"of {name}."
            )
        found.extend(items.get(leaf.path) for leaf in mine)
    return found


def _belongs(leaf: Leaf, name: str) -> bool:
    return leaf.path == name or leaf.path.startswith((f"{name}[", f"{name}."))
