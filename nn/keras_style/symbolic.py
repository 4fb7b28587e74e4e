"""Symbolic tensors: what a functional model is written with before there are data.

A call with a `KerasTensor` computes nothing; it records a `Node`. The shape of its result is found
by calling the function with zeros, twice: axes of unknown length are those that differ.
"""

from __future__ import annotations

import functools
import operator
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from autograd import no_grad
from autograd.errors import DataError, ShapeError
from nn.arrays import plain
from nn.keras_style.naming import new_name

Shape = tuple[int | None, ...]

#: The lengths to try for an axis of unknown length: the first one, and the others.
TRIED = ((1, 64), (2, 128))


class KerasTensor(NDArrayOperatorsMixin):
    """A tensor without numbers: its shape, in which None is a length that is not known yet.

    NumPy's functions and operators can be applied to it, and layers.

    Parameters
    ----------
    shape : tuple of int or None
        The shape, with the axis of the batch.
    dtype : dtype
        The type.
    name : str
        A name.
    node : Node, optional
        The call whose result it is; None for an input.
    place : tuple of int or str
        Where it is in the result.

    Examples
    --------
    >>> x = KerasTensor((None, 3), "float32")
    >>> (2 * x[:, :2] + 1).shape
    (None, 2)
    """

    def __init__(
        self, shape: Shape, dtype: Any, name: str = "", node: Node | None = None, place: Any = ()
    ) -> None:
        self.shape, self.dtype, self.name = tuple(shape), np.dtype(dtype), name
        self.node, self.place = node, place

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return applied(getattr(ufunc, method) if method != "__call__" else ufunc, inputs, options)

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Any:
        return applied(function, inputs, options)

    def __array__(self, *arguments: Any, **options: Any) -> Any:
        raise DataError(
            f"{self!r} has no numbers: call NumPy's functions and layers with it, and make a "
            "keras.Model(inputs, outputs) of the results."
        )

    def __getitem__(self, index: Any) -> Any:
        return applied(operator.getitem, (self, index), {})

    def __len__(self) -> int:
        raise DataError(f"{self!r} has no length that is known.")

    def __iter__(self) -> Iterator[Any]:
        raise DataError(f"{self!r} cannot be iterated over; write x[:, i].")

    def __bool__(self) -> bool:
        raise DataError(f"{self!r} has no numbers to decide by; write numpy.where.")

    def __repr__(self) -> str:
        name = f", name={self.name}" if self.name else ""
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}{name}>"


class Node:
    """A call that is not computed yet.

    Parameters
    ----------
    function : callable
        What is called: a layer, or a function.
    arguments : tuple
        Its arguments, among which are symbolic tensors.
    options : dict
        Its options.
    """

    def __init__(self, function: Any, arguments: Any, options: Any) -> None:
        self.function, self.arguments, self.options = function, arguments, options
        self.inputs: list[KerasTensor] = list(tensors_in((arguments, options)))
        self.outputs: Any = None

    def computed(self, known: dict[int, Any]) -> Any:
        """Return the result, given what is known of its inputs by their identity."""
        arguments, options = mapped(lambda t: known[id(t)], (self.arguments, self.options))
        return self.function(*arguments, **options)


class Operation:
    """A call of a function in a functional model, under a name as layers have one.

    Parameters
    ----------
    function : callable
        The function.
    """

    def __init__(self, function: Any) -> None:
        self.function = function
        words = getattr(function, "__name__", "function").strip("_").split("_")
        self.kind = "".join(word.capitalize() for word in words)
        self.name = new_name(self.kind)
        self.symbolic_calls: list[Node] = []

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function."""
        return self.function(*arguments, **options)

    def add_node(self, node: Node) -> None:
        """Note the call."""
        self.symbolic_calls.append(node)

    @property
    def output_shape(self) -> Any:
        """The shape of the result."""
        return mapped(lambda tensor: tensor.shape, self.symbolic_calls[0].outputs)


def mapped(change: Callable[[KerasTensor], Any], structure: Any) -> Any:
    """Return tuples, lists and dicts with something else in place of each symbolic tensor."""
    if isinstance(structure, KerasTensor):
        return change(structure)
    if isinstance(structure, (list, tuple)):
        return type(structure)([mapped(change, part) for part in structure])
    if isinstance(structure, dict):
        return {name: mapped(change, part) for name, part in structure.items()}
    return structure


def leaves(structure: Any) -> Iterator[Any]:
    """Yield what is in tuples, lists and dicts; in dicts, as in Keras, by the order of names.

    Examples
    --------
    >>> list(leaves([1, {"b": 2, "a": (3, 4)}]))
    [1, 3, 4, 2]
    """
    if isinstance(structure, dict):
        structure = [structure[name] for name in sorted(structure, key=str)]
    if isinstance(structure, (list, tuple)):
        for part in structure:
            yield from leaves(part)
    else:
        yield structure


def tensors_in(structure: Any) -> Iterator[KerasTensor]:
    """Yield the symbolic tensors in tuples, lists and dicts."""
    return (leaf for leaf in leaves(structure) if isinstance(leaf, KerasTensor))


def is_symbolic(structure: Any) -> bool:
    """Return whether there is a symbolic tensor in tuples, lists and dicts."""
    return next(tensors_in(structure), None) is not None


def applied(function: Any, arguments: Any, options: Any) -> Any:
    """Record a call; return symbolic tensors for its result.

    Examples
    --------
    >>> x = KerasTensor((None, 3), "float32")
    >>> applied(np.sum, (x,), {"axis": 1}).shape
    (None,)
    """
    function = function if hasattr(function, "add_node") else Operation(function)
    node = Node(function, arguments, options)
    found = []
    for batch, length in TRIED:
        known = {id(t): zeros_of(t, batch, length) for t in node.inputs}
        quiet = Node(function, arguments, {k: v for k, v in options.items() if k != "training"})
        with tried(), np.errstate(all="ignore"):  # zeros are no numbers of the user's
            found.append(quiet.computed(known))
    node.outputs = _described(node, found[0], found[1], ())
    function.add_node(node)
    return node.outputs


class _Trials(threading.local):
    """How many calls that find shapes are under way."""

    depth = 0


_TRIALS = _Trials()


@contextmanager
def tried() -> Iterator[None]:
    """Let layers be called only to find shapes: nothing is recorded, added or assigned."""
    _TRIALS.depth += 1
    try:
        with no_grad():
            yield
    finally:
        _TRIALS.depth -= 1


def is_tried() -> bool:
    """Return whether layers are called only to find the shapes of their weights and outputs."""
    return _TRIALS.depth > 0


def zeros_of(tensor: KerasTensor, batch: int = 1, length: int = 64) -> Any:
    """Return an array of zeros in place of a symbolic tensor."""
    shape = [(batch if axis == 0 else length) if n is None else n
             for axis, n in enumerate(tensor.shape)]  # fmt: skip
    return np.zeros(shape, tensor.dtype)


def _described(node: Node, one: Any, other: Any, place: Any) -> Any:
    """Return symbolic tensors for a result, which is given for two sizes."""
    if isinstance(one, (list, tuple)):
        pairs = enumerate(zip(one, other, strict=True))
        return type(one)([_described(node, a, b, (*place, i)) for i, (a, b) in pairs])
    if isinstance(one, dict):
        return {key: _described(node, one[key], other[key], (*place, key)) for key in one}
    one, other = np.asarray(plain(one)), np.asarray(plain(other))
    if one.ndim != other.ndim:
        raise ShapeError("The number of axes of the result depends on the size of the batch.")
    shape = tuple(n if n == m else None for n, m in zip(one.shape, other.shape, strict=True))
    return KerasTensor(shape, one.dtype, "", node, place)


def lifted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that takes symbolic tensors as well."""

    @functools.wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        if is_symbolic((arguments, options)):
            return applied(call, arguments, options)
        return function(*arguments, **options)

    return call
