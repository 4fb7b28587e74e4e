"""The arguments of a differentiated function as nodes, and one call of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import Node, Tensor, Value, batching, dispatch, tracing
from autograd.engine.closures import begin_call, depends_on_older, end_call
from autograd.engine.cotangents import as_given
from autograd.engine.derivatives import derivatives, rows_of_derivatives
from autograd.engine.foreign import as_array, eye, full, is_foreign, like, ones
from autograd.engine.grad_mode import GRAD_MODE, enable_grad, is_recording
from autograd.engine.objects import joined
from autograd.engine.transform_calls import CALLS
from autograd.engine.transform_calls import arguments as arguments_of_call
from autograd.engine.wrapped import NODE_MAKERS as NODE_MAKERS
from autograd.engine.wrapped import refuse_other_rules
from autograd.errors import DataError, ShapeError
from autograd.graph import current
from autograd.rules.elementwise import positive

Argnum = int | Sequence[int]
Function = Callable[..., Any]


class Variable:
    """One argument of a function, or a tuple of several, as new nodes.

    Attributes
    ----------
    given : any
        The argument that was passed, or a tuple of several.
    nodes : list of Node
        A new node for each number and array in it.
    nested : bool
        Whether it contains nodes of an outer transform.
    what : str or list of str
        What messages call the argument, or each of several.
    """

    def __init__(self, given: Any, what: str | list[str]) -> None:
        self.given = given
        self.nodes: list[Any] = []
        self.nested = False
        self.what = what
        self.argument = tree.mapped(given, self._node)

    def _node(self, item: Any) -> Any:
        item = joined(item)
        in_batch = GRAD_MODE.batching != 0 and batching.levels()
        if isinstance(item, Node):
            self.nested = True
            node = positive(batching.lifted((item,))[0] if in_batch else item)
        elif type(tracing.concrete(item)) in (float, np.float64):
            # A Value holds one number, and its derivative may differ between the calls of a batch.
            node = Tensor(np.asarray(item)) if in_batch else Value(item)
        elif type(item) is not np.ndarray and type(item) in NODE_MAKERS:
            node = NODE_MAKERS[type(item)](item, 0, None)
        else:
            if type(item) is not np.ndarray:
                refuse_other_rules(item)
            array = as_array(item)
            # A Python 3 is usually a typo for 3.0.
            kinds = "fciu" if isinstance(item, np.ndarray) else "fc"
            if array.dtype.kind not in kinds:
                raise self._not_varying(array)
            node = Tensor(array)
        self.nodes.append(node)
        return node

    def _not_varying(self, array: Any) -> DataError:
        if isinstance(self.what, str):
            parts = [(self.given, self.what)]
        else:
            parts = list(zip(self.given, self.what, strict=True))
        found = [leaf for given, what in parts for leaf in tree.leaves(given, what)]
        path, item = found[len(self.nodes)]
        return DataError(
            f"{path} is {type(item).__name__} of type {array.dtype}, and derivatives need floating "
            "point numbers. Write 3.0 for 3, or np.array(x, dtype=float)."
        )

    def like(self, derivatives: Sequence[Any]) -> Any:
        """Return the derivatives in the structure of the argument, zeros for None."""
        found = iter(zip(derivatives, self.nodes, strict=True))

        def derivative(item: Any) -> Any:
            derivative, node = next(found)
            if derivative is None:
                return 0.0 if isinstance(node, Value) else np.zeros_like(node.data)
            if isinstance(derivative, Node):
                return derivative
            if not isinstance(node, Value):
                return as_array(derivative)
            is_float = type(tracing.concrete(item)) is not np.float64
            if isinstance(derivative, tracing.Followed):
                return derivative if is_float else np.asarray(derivative)[()]  # as np.float64 does
            return float(derivative) if is_float else np.float64(derivative)

        return tree.mapped(self.given, derivative)

    def flat(self, other: Any, what: str) -> list[Any]:
        """Return the leaves of a vector or tangent with the structure of the argument."""
        leaves = tree.aligned(other, self.given)
        for k, (leaf, node) in enumerate(zip(leaves, self.nodes, strict=True)):
            if isinstance(node, Tensor) and is_foreign(like(leaf, node)):
                leaves[k] = leaf = as_given(leaf, node.data, f"The {what}")
            refuse_other_rules(leaf)
            if np.shape(plain(leaf)) != node.shape:
                raise ShapeError(
                    f"The {what} has shape {np.shape(plain(leaf))}, the argument {node.shape}; "
                    "they must be the same."
                )
        return leaves


class Call:
    """One call of a function, with nodes for the differentiated arguments.

    Attributes
    ----------
    variable : Variable
        The differentiated arguments.
    result : any
        The result of the function.
    nested : bool
        Whether derivatives must be nodes, because of an outer transform or of nodes that the
        function closes over. False inside `no_grad`.
    shares_nodes : bool
        Whether the graph contains nodes from outside of this call.
    begun : float
        The number of the call, which the nodes made since store.
    """

    def __init__(self, f: Function, argnum: Argnum, arguments: Any, keywords: Any) -> None:
        single = type(argnum) is int or isinstance(argnum, np.integer)
        numbers = [argnum] if single else list(argnum)  # type: ignore[arg-type]
        self.begun = begin_call()
        name = getattr(f, "__name__", "the function")
        for number in numbers:
            if not -len(arguments) <= number < len(arguments):  # type: ignore[operator]
                raise DataError(
                    f"argnum={argnum} is out of range: {name} was called with {len(arguments)} "
                    "positional arguments. Pass the differentiated argument by position."
                )
        recording = is_recording()
        chosen = [arguments[number] for number in numbers]  # type: ignore[call-overload]
        if not recording:  # then nodes count as plain numbers
            chosen = plain(chosen)
        called = [f"argument {number} of {name}" for number in numbers]
        self.variable = Variable(
            chosen[0] if single else tuple(chosen), called[0] if single else called
        )
        replaced = list(arguments)
        parts = [self.variable.argument] if single else list(self.variable.argument)
        for number, part in zip(numbers, parts, strict=True):
            replaced[number] = part  # type: ignore[index, call-overload]
        with self.differentiating():
            if recording:
                self.result = f(*replaced, **keywords)
            else:
                with enable_grad():
                    self.result = f(*replaced, **keywords)
        if not isinstance(self.result, Node):
            self.result = tree.mapped(self.result, joined)
        end_call(self.variable.nodes)
        results = [self.result] if isinstance(self.result, Node) else tree.flat(self.result)
        self.shares_nodes = self.variable.nested or any(
            isinstance(x, Node) and depends_on_older(current(x), self.begun) for x in results
        )
        self.nested = self.shares_nodes and recording

    def pull_back(self, result: Any, cotangent: Any, again: bool = False) -> Any:
        """Return the vjp of a result, in the structure of the argument."""
        if not isinstance(result, Node):
            warn_of_independence(2)
            return self.variable.like([None] * len(self.variable.nodes))
        found = self.derivatives(result, cotangent, again)
        if all(derivative is None for derivative in found):
            warn_of_independence(2)
        return self.variable.like(found)

    def derivatives(self, result: Any, cotangent: Any, again: bool) -> list[Any]:
        """Return the derivative for each leaf of the argument; None if it is independent of it."""
        create = self.nested or isinstance(cotangent, Node)
        result, nodes, retain = current(result), self.variable.nodes, again or self.shares_nodes
        if not CALLS.running:  # the usual case: there are no nodes of outer calls
            outermost: list[Any] = derivatives(result, cotangent, nodes, retain, create)
            return outermost
        with self.differentiating():
            found: list[Any] = derivatives(result, cotangent, nodes, retain, create)
        return found

    def differentiating(self) -> arguments_of_call:
        """Mark the arguments as differentiated while the function or its derivatives run."""
        given = tree.flat(self.variable.given) if self.variable.nested else None
        return arguments_of_call(self.variable.nodes, given)

    def rows(self, result: Any) -> list[Any]:
        """Return the derivatives of each element of an array."""
        result = current(result)
        seeds = eye(result.size, result.dtype, result).reshape(result.size, *result.shape)
        with self.differentiating():
            found: list[Any] = rows_of_derivatives(result, seeds, self.variable.nodes, self.nested)
        return found


def warn_of_independence(depth: int) -> None:
    """Warn that a derivative is zero because the result does not depend on the argument.

    The user's code is this many calls above the caller.
    """
    warnings.warn(
        "The result does not depend on the argument: its derivative is zero.",
        UserWarning,
        stacklevel=depth + 2,
    )


def plain(x: Any) -> Any:
    """Replace nodes by their data, in nested containers."""
    return tree.mapped(x, dispatch.plain)


def value_of(call: Call, result: Any) -> Any:
    """Return plain numbers; nodes if there is an outer transform.

    Arrays are copied: derivatives that are computed later read those of the graph.
    """

    def value(x: Any) -> Any:
        if not isinstance(x, Node):
            return x
        data = dispatch.plain(x)
        return number(data.copy("K")) if isinstance(data, np.ndarray) else data

    return result if call.nested else tree.mapped(result, value)


def number(x: Any) -> Any:
    """Convert a 0-d array to a NumPy scalar, as NumPy's functions do."""
    return x[()] if isinstance(x, np.ndarray) else x


def scalar_cotangent(result: Any, name: str) -> Any:
    """Return the cotangent 1 of a result that is one real number; raise for any other."""
    if isinstance(result, Value):
        return 1.0
    if isinstance(result, Tensor) and result.size == 1 and result.dtype.kind == "f":
        return ones(result.data)
    nested = isinstance(result, (tuple, list, dict))
    data = np.zeros(0) if nested else as_array(plain(result))
    if data.size != 1:
        what = type(result).__name__ if nested else f"an array of shape {data.shape}"
        raise ShapeError(
            f"{name} needs a function that returns one number, but it returned {what}. "
            "Sum the result, or use jacobian or elementwise_grad."
        )
    if data.dtype.kind not in "iufc":
        raise DataError(
            f"{name} needs a function that returns a number, but it returned {result!r} of type "
            f"{type(result).__name__}."
        )
    if np.iscomplexobj(data):
        raise DataError(
            f"{name} needs a function that returns a real number, but it returned a complex one. "
            "Take its real part, or use holomorphic_grad."
        )
    return full(data.shape, 1, data.dtype, data)


def refuse_no_function(f: Any, name: str) -> None:
    """Raise unless a transform got a function.

    Raises
    ------
    DataError
        If it got something else, such as the result of a call.
    """
    if not callable(f):
        raise DataError(f"{name} takes a function, not {f!r:.60}. Write {name}(f)(x).")
