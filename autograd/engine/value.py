"""`Value`: one number in the graph. The hot path of scalar work.

Arithmetic computes the result and its partial derivatives at once, as C doubles, and stores
them beside the parents; the backward pass is then one multiply-add for each edge.
"""

from __future__ import annotations

import math
import numbers
from typing import Any, final

import numpy as np

from autograd.engine import backward, calls, tracing, value_backward
from autograd.engine.batching import Batched
from autograd.engine.fields import NumberNode
from autograd.engine.grad_mode import GRAD_MODE, is_recording
from autograd.engine.metadata import own
from autograd.engine.node import UNRECORDED, Node
from autograd.engine.observers import tell_made
from autograd.engine.operations import (
    ABSOLUTE,
    ADD,
    DIVIDE,
    FLOOR_DIVIDE,
    MULTIPLY,
    NEGATIVE,
    POSITIVE,
    POWER,
    RELU,
    REMAINDER,
    SUBTRACT,
)
from autograd.engine.primitive import NO_KEYWORDS, Primitive
from autograd.errors import BareNumberError, DataError, GraphError, lost


@final
class Value(NumberNode):
    """A number that records how it was computed.

    Parameters
    ----------
    data : real number
        A float, or anything that `float` takes. Infinities and NaN propagate as in NumPy.
    label : str, optional
        A name for graphs and tables.

    Raises
    ------
    DataError
        If `data` is not one real number.

    Examples
    --------
    >>> from autograd import Value
    >>> x = Value(3.0, label="x")
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> y.data, x.grad
    (15.0, 8.0)
    """

    __slots__ = ()

    def __init__(
        self,
        data: Any,
        label: str = "",
        _primitive: Primitive | None = None,
        _left: NumberNode | None = None,
        _left_partial: float = 0.0,
        _right: NumberNode | None = None,
        _right_partial: float = 0.0,
    ) -> None:
        if GRAD_MODE.interventions == 0:
            contents: float = data if type(data) is float else _as_float(data)
            super().__init__(contents, _primitive, _left, _left_partial, _right, _right_partial)
        else:
            number: float = _as_float(tracing.concrete(data))
            is_recorded = _primitive is None or is_recording()
            if is_recorded:
                super().__init__(number, _primitive, _left, _left_partial, _right, _right_partial)
            else:
                super().__init__(number, UNRECORDED, None, _left_partial, None, _right_partial)
            if GRAD_MODE.tracing != 0:
                made = (data, _primitive, _left, _left_partial, _right, _right_partial)
                tracing.note_value(self, made)
            if is_recorded and _primitive is not None:
                tell_made(self)
        if label:
            self.label = label

    # -- what it holds ----------------------------------------------------------------------

    @property
    def data(self) -> Any:
        """The number.

        Assign to it between passes, as training does: what was computed from it before keeps its
        result, and its derivatives are those of the number it was computed from.
        """
        return self._contents if GRAD_MODE.tracing == 0 else tracing.here().number(self)

    @data.setter
    def data(self, data: Any) -> None:
        if GRAD_MODE.tracing != 0:
            data = tracing.here().store_number(self, data, False)
        self._contents = _as_float(data)

    @property
    def grad(self) -> Any:
        """The derivative: a float, or a node after ``backward(create_graph=True)``.

        Leaves accumulate over calls of `backward`, until 0 (or None) is assigned.
        """
        notes = self._notes
        if notes is not None and notes.gradient is not None:
            return notes.gradient
        return self._grad if GRAD_MODE.tracing == 0 else tracing.here().value_gradient(self)

    @grad.setter
    def grad(self, gradient: Any) -> None:
        if isinstance(gradient, Node):
            backward.take_gradient(self, gradient)
            return
        if GRAD_MODE.tracing != 0:
            gradient = tracing.here().store_number(self, gradient, True)
        self._grad = 0.0 if gradient is None else _as_float(gradient)
        if self._notes is not None:
            self._notes.gradient = None

    @property
    def is_parameter(self) -> bool:
        """Whether this is a weight of a model, which pictures show in green."""
        return self._notes is not None and self._notes.is_parameter

    @is_parameter.setter
    def is_parameter(self, wanted: Any) -> None:
        self._notes = own(self._notes)
        self._notes.is_parameter = bool(wanted)

    def backward(
        self, gradient: Any = 1.0, create_graph: Any = False, *, retain_graph: Any = True
    ) -> None:
        """Store in ``grad`` of every node of the graph the derivative of this with respect to it.

        Leaves accumulate over calls; intermediate nodes start from zero at each call.

        Parameters
        ----------
        gradient : float
            The derivative of a later result with respect to this.
        create_graph : bool
            Make the derivatives nodes, so that they can be differentiated again.
        retain_graph : bool
            Accepted for compatibility with `Tensor.backward`: a graph of Values is never freed.

        Raises
        ------
        GraphError
            If this was computed inside `no_grad`.
        """
        if self._primitive is UNRECORDED:
            raise GraphError("This Value was computed inside no_grad(), so it has no graph.")
        if create_graph:
            seed: Any = gradient if isinstance(gradient, Node) else _as_float(gradient)
            backward.differentiable_backward(self, seed)
        else:
            if GRAD_MODE.tracing != 0:
                tracing.here().pull_back([self], [gradient], None)
                gradient = tracing.concrete(gradient)
            value_backward.backward_values([self], [_as_float(gradient)])

    # -- how it looks -----------------------------------------------------------------------

    def __repr__(self) -> str:
        parts = [repr(self._contents)]
        if self.label:
            parts.append(f"label={self.label!r}")
        if self.op:
            parts.append(f"op={self.op!r}")
        if self._grad:
            parts.append(f"grad={self._grad!r}")
        return f"Value({', '.join(parts)})"

    def __format__(self, specification: str) -> str:
        return format(self._contents, specification) if specification else repr(self)

    def __reduce__(self) -> Any:
        if self._is_differentiated():
            raise GraphError(
                "Only leaves can be pickled, and this Value "
                f"{self._origin()}. Write Value(v.data) for a leaf of the same number."
            )
        return restore_value, (self._contents, self._grad, self.label, self.is_parameter)

    # -- arithmetic -------------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Value):
            return Value(self._contents + other._contents, "", ADD, self, 1.0, other, 1.0)
        if _is_number(other):
            c = float(other)
            return Value(self._contents + c, "", ADD, self, 1.0, None, c)
        return calls.operator(ADD, self, other)

    def __radd__(self, other: Any) -> Any:
        if _is_number(other):
            c = float(other)
            return Value(c + self._contents, "", ADD, None, c, self, 1.0)
        return calls.operator(ADD, other, self)

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, Value):
            return Value(self._contents - other._contents, "", SUBTRACT, self, 1.0, other, -1.0)
        if _is_number(other):
            c = float(other)
            return Value(self._contents - c, "", SUBTRACT, self, 1.0, None, c)
        return calls.operator(SUBTRACT, self, other)

    def __rsub__(self, other: Any) -> Any:
        if _is_number(other):
            c = float(other)
            return Value(c - self._contents, "", SUBTRACT, None, c, self, -1.0)
        return calls.operator(SUBTRACT, other, self)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Value):
            return Value(
                self._contents * other._contents,
                "",
                MULTIPLY,
                self,
                other._contents,
                other,
                self._contents,
            )
        if _is_number(other):
            c = float(other)
            return Value(self._contents * c, "", MULTIPLY, self, c, None, c)
        return calls.operator(MULTIPLY, self, other)

    def __rmul__(self, other: Any) -> Any:
        if _is_number(other):
            c = float(other)
            return Value(c * self._contents, "", MULTIPLY, None, c, self, c)
        return calls.operator(MULTIPLY, other, self)

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Value) and other._contents != 0.0:
            y = self._contents / other._contents
            return Value(y, "", DIVIDE, self, 1.0 / other._contents, other, -y / other._contents)
        if _is_number(other):
            c = float(other)
            if c != 0.0:
                return Value(self._contents / c, "", DIVIDE, self, 1.0 / c, None, c)
        return calls.operator(DIVIDE, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        if _is_number(other) and self._contents != 0.0:
            c = float(other)
            y = c / self._contents
            return Value(y, "", DIVIDE, None, c, self, -y / self._contents)
        return calls.operator(DIVIDE, other, self)

    def __pow__(self, other: Any) -> Any:
        if _is_number(other):
            x, c = self._contents, float(other)
            if c == 2.0:
                return Value(x * x, "", POWER, self, 2.0 * x, None, c)
            size = abs(x)
            if -8.0 <= c <= 8.0 and 1e-30 < size < 1e30 and (x > 0.0 or c == math.floor(c)):
                y = math.pow(x, c)  # far from overflow and from every special case
                return Value(y, "", POWER, self, c * math.pow(x, c - 1.0), None, c)
        return calls.operator(POWER, self, other)

    def __rpow__(self, other: Any) -> Any:
        return calls.operator(POWER, other, self)

    def __floordiv__(self, other: Any) -> Any:
        return calls.operator(FLOOR_DIVIDE, self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return calls.operator(FLOOR_DIVIDE, other, self)

    def __mod__(self, other: Any) -> Any:
        return calls.operator(REMAINDER, self, other)

    def __rmod__(self, other: Any) -> Any:
        return calls.operator(REMAINDER, other, self)

    def __neg__(self) -> Value:
        return Value(-self._contents, "", NEGATIVE, self, -1.0, None, 0.0)

    def __pos__(self) -> Value:
        return Value(self._contents, "", POSITIVE, self, 1.0, None, 0.0)

    def __abs__(self) -> Any:
        return self._unary(ABSOLUTE)

    def _unary(self, primitive: Primitive) -> Any:
        if primitive.partials is None:
            return calls.apply(primitive, (self,), NO_KEYWORDS)
        x = self._contents
        try:
            y: float = float(primitive.scalar(x))
            partial: float = _partial(primitive, 0, y, x)
        except (ValueError, OverflowError, ZeroDivisionError):
            # Outside the domain, or overflow: infinity or NaN, as in NumPy.
            y, partial = _exceptional(primitive, (x,))[:2]
        return Value(y, "", primitive, self, partial)

    def relu(self) -> Value:
        """Return max(x, 0); the derivative at 0 is taken to be 0."""
        x = self._contents
        if x > 0.0:
            return Value(x, "", RELU, self, 1.0, None, 0.0)
        return Value(0.0 if x <= 0.0 else x, "", RELU, self, 0.0, None, 0.0)  # NaN stays NaN

    # -- comparisons, by value: they have no derivative -------------------------------------

    def __eq__(self, other: Any) -> Any:
        mine: Any = self.data
        return mine == (other.data if isinstance(other, Value) else other)

    def __ne__(self, other: Any) -> Any:
        mine: Any = self.data
        return mine != (other.data if isinstance(other, Value) else other)

    def __lt__(self, other: Any) -> Any:
        mine: Any = self.data
        return mine < (other.data if isinstance(other, Value) else other)

    def __le__(self, other: Any) -> Any:
        mine: Any = self.data
        return mine <= (other.data if isinstance(other, Value) else other)

    def __gt__(self, other: Any) -> Any:
        mine: Any = self.data
        return mine > (other.data if isinstance(other, Value) else other)

    def __ge__(self, other: Any) -> Any:
        mine: Any = self.data
        return mine >= (other.data if isinstance(other, Value) else other)

    def __hash__(self) -> int:
        return id(self) >> 4

    def __bool__(self) -> bool:
        return bool(self.data != 0.0)


def as_constant(x: Any) -> Any:
    """Return a real scalar as a float, and None for anything else."""
    if isinstance(x, Batched):
        return None
    if isinstance(x, (float, int)):
        return float(x)
    if isinstance(x, np.generic):
        return float(x) if x.dtype.kind in "fiub" else None
    return float(x) if isinstance(x, numbers.Real) else None


def _is_number(x: Any) -> bool:
    """Return whether this is a float or an integer; a batched number only says so."""
    return (isinstance(x, float) or isinstance(x, int)) and not isinstance(x, Batched)


def _as_float(x: Any) -> float:
    if isinstance(x, float) and not isinstance(x, Batched):
        return x
    if isinstance(x, Node):
        raise lost(
            f"A Value made of a {type(x).__name__}",
            "Use the node itself, or its .data for a number without history.",
        )
    if isinstance(x, Batched):
        raise BareNumberError(
            "A Value holds one number, and this batched array has one for each call of the batch. "
            "Use Tensor, or pass only floats to the function that vmap calls, one for each call."
        )
    number = as_constant(x[()] if isinstance(x, np.ndarray) and x.ndim == 0 else x)
    if number is None:
        raise DataError(
            f"A Value holds one real number, not {type(x).__name__} {x!r:.60}. "
            "For arrays and complex numbers use Tensor."
        )
    return float(number)


def _partial(primitive: Primitive, argnum: int, *arguments: Any) -> float:
    assert primitive.partials is not None
    partial = primitive.partials[argnum]
    return float(partial(*arguments)) if callable(partial) else float(partial)


def binary(primitive: Primitive, a: Any, b: Any) -> Any:
    """Call an elementwise primitive on two scalars, at least one of them a Value."""
    left = a if isinstance(a, Value) else None
    right = b if isinstance(b, Value) else None
    x: float = left._contents if left is not None else as_constant(a)
    z: float = right._contents if right is not None else as_constant(b)
    if left is not None and right is None and primitive is POWER and z == 2.0:
        return left.__pow__(2.0)  # a product, as in the operator
    try:
        y: float = float(primitive.scalar(x, z))
        left_partial = x if left is None else _partial(primitive, 0, y, x, z)
        right_partial = z if right is None else _partial(primitive, 1, y, x, z)
    except (ValueError, OverflowError, ZeroDivisionError):
        y, left_partial, right_partial = _exceptional(primitive, (x, z))
        left_partial = x if left is None else left_partial
        right_partial = z if right is None else right_partial
    return Value(y, "", primitive, left, left_partial, right, right_partial)


def _exceptional(primitive: Primitive, arguments: Any) -> Any:
    """Return result and partials; NumPy computes those for which Python's floats raise errors."""
    with np.errstate(all="ignore"):
        scalars = [np.float64(argument) for argument in arguments]
        try:
            y = np.float64(primitive.scalar(*arguments))
        except (ValueError, OverflowError, ZeroDivisionError):
            y = np.float64(primitive.function(*scalars))
        found = [float(y)]
        for argnum in range(len(arguments)):
            found.append(_partial(primitive, argnum, y, *scalars))
    return found


def restore_value(data: float, grad: float, label: str, parameter: bool = False) -> Value:
    """Restore a pickled leaf."""
    value = Value(data, label)
    value._grad = grad
    if parameter:
        leaf: Any = value  # compiled, the setter takes an object, and would get a C truth value
        leaf.is_parameter = True
    return value


# -- many at once: what programs do, which would take longer through the properties ---------------


def read_data(values: list[Value]) -> list[Any]:
    """Return the numbers of Values."""
    found: list[Any] = []
    for value in values:
        found.append(value._contents)
    return found


def read_gradients(values: list[Value]) -> list[Any] | None:
    """Return the derivatives in ``grad``; None if one of them is a node."""
    found: list[Any] = []
    for value in values:
        notes = value._notes
        if notes is not None and notes.gradient is not None:
            return None
        found.append(value._grad)
    return found


def store_data(values: list[Value], numbers: tuple[Any, ...]) -> None:
    """Store a number in the ``data`` of each Value."""
    for i in range(len(values)):
        number: Any = numbers[i]
        values[i]._contents = number if type(number) is float else _as_float(number)


def store_gradients(values: list[Value], numbers: tuple[Any, ...]) -> None:
    """Store a number in the ``grad`` of each Value."""
    for i in range(len(values)):
        number: Any = numbers[i]
        value = values[i]
        value._grad = number if type(number) is float else _as_float(number)
        if value._notes is not None:
            value._notes.gradient = None
