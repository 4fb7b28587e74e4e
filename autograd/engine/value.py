"""`Value`: one number in the graph. The hot path of scalar work.

Arithmetic computes the result and its partial derivatives at once, as C doubles, and stores
them beside the parents; going backward is then one multiply-add for each edge.
"""

from __future__ import annotations

import math
import numbers
from typing import TYPE_CHECKING, Any, final

import numpy as np

from autograd.engine import backward, dispatch, gc_tracking, value_backward
from autograd.engine.array_methods import ArrayMethods
from autograd.engine.grad_mode import RECORDING, is_recording, tell_made
from autograd.engine.metadata import own
from autograd.engine.node import (
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
    UNRECORDED,
    Node,
)
from autograd.engine.primitive import FLOAT64, Primitive
from autograd.engine.scopes import notes_here
from autograd.errors import DataError, GraphError, lost

if TYPE_CHECKING:
    from mypy_extensions import i32


@final
class Value(ArrayMethods):
    """One number that remembers how it was made.

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

    # A missing parent is None, and the slot of its partial then holds the constant that
    # stood in its place, so that `arguments` can be told in full. A leaf remembers in its left
    # one at which call of a transform it was made: see `ancestry`.
    __slots__ = (
        "_contents",
        "_grad",
        "_left",
        "_left_partial",
        "_pending",
        "_right",
        "_right_partial",
    )

    _contents: float
    _grad: float
    _left: Value | None
    _right: Value | None
    _left_partial: float
    _right_partial: float
    _pending: i32  # a number that `backward` writes here while it runs; zero between passes

    def __init__(
        self,
        data: Any,
        label: str = "",
        _primitive: Primitive | None = None,
        _left: Value | None = None,
        _left_partial: float = 0.0,
        _right: Value | None = None,
        _right_partial: float = 0.0,
    ) -> None:
        watched = False
        if _primitive is not None and RECORDING.blocks != 0:
            watched = is_recording()
            if not watched:
                _primitive, _left, _right = UNRECORDED, None, None
        self._contents = data if isinstance(data, float) else _as_float(data)
        self._grad = 0.0
        self._primitive = _primitive
        self._left = _left
        self._right = _right
        self._left_partial = RECORDING.calls if _primitive is None else _left_partial
        self._right_partial = _right_partial
        self._pending = 0
        self._notes = None if RECORDING.notes is None else notes_here()
        if label:
            self.label = label
        if watched:
            tell_made(self)

    # -- what it holds ----------------------------------------------------------------------

    @property
    def data(self) -> float:
        """The number.

        Assign to it between passes, as training does: what was computed from it before keeps its
        result, and its derivatives are those of the number it was computed from.
        """
        return self._contents

    @data.setter
    def data(self, data: Any) -> None:
        self._contents = _as_float(data)

    @property
    def grad(self) -> Any:
        """The derivative: a float, or a node after ``backward(create_graph=True)``.

        Leaves add up over calls of `backward`, until 0 (or None) is assigned.
        """
        notes = self._notes
        if notes is not None and notes.gradient is not None:
            return notes.gradient
        return self._grad

    @grad.setter
    def grad(self, gradient: Any) -> None:
        if isinstance(gradient, Node):
            self._take_gradient(gradient)
            return
        self._grad = 0.0 if gradient is None else _as_float(gradient)
        if self._notes is not None:
            self._notes.gradient = None

    def _take_gradient(self, gradient: Node) -> None:
        self._notes = own(self._notes)
        self._notes.gradient = gradient
        gc_tracking.track_below(gradient)
        self._grad = gradient._contents if isinstance(gradient, Value) else float(gradient.data)  # type: ignore[attr-defined]

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the primitive was called with, nodes and constants, in order."""
        primitive = self.primitive
        if primitive is None:
            return ()
        left: Any = self._left if self._left is not None else self._left_partial
        if primitive.arity == 1:
            return (left,)
        return (left, self._right if self._right is not None else self._right_partial)

    @property
    def keywords(self) -> dict[str, Any]:
        """Keyword arguments of the primitive: scalar primitives have none."""
        return {}

    @property
    def parents(self) -> tuple[Value, ...]:
        """The nodes this was computed from, in argument order."""
        return tuple(p for p in (self._left, self._right) if p is not None)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a number, as NumPy's scalars have it: the empty tuple."""
        return ()

    @property
    def ndim(self) -> int:
        """The number of axes of one number: none."""
        return 0

    @property
    def size(self) -> int:
        """The number of elements: one."""
        return 1

    @property
    def dtype(self) -> Any:
        """The type of the number."""
        return FLOAT64

    def backward(
        self, gradient: Any = 1.0, create_graph: Any = False, *, retain_graph: Any = True
    ) -> None:
        """Put into ``grad`` of every node below the derivative of this with respect to it.

        Leaves accumulate over calls; intermediate nodes start from zero at each call.

        Parameters
        ----------
        gradient : float
            The derivative of something further on with respect to this.
        create_graph : bool
            Make the derivatives nodes, so that they can be differentiated again.
        retain_graph : bool
            Accepted as by `Tensor.backward`: a graph of Values is kept in any case.

        Raises
        ------
        GraphError
            If this was computed inside `no_grad`.
        """
        if self._primitive is UNRECORDED:
            raise GraphError(
                "This Value was computed inside no_grad(), so there is no graph to go back through."
            )
        if create_graph:
            seed: Any = gradient if isinstance(gradient, Node) else _as_float(gradient)
            backward.differentiable_backward(self, seed)
        else:
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
        return restore_value, (self._contents, self._grad, self.label)

    # -- arithmetic -------------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Value):
            return Value(self._contents + other._contents, "", ADD, self, 1.0, other, 1.0)
        if isinstance(other, float) or isinstance(other, int):
            c = float(other)
            return Value(self._contents + c, "", ADD, self, 1.0, None, c)
        return dispatch.operator(ADD, self, other)

    def __radd__(self, other: Any) -> Any:
        if isinstance(other, float) or isinstance(other, int):
            c = float(other)
            return Value(c + self._contents, "", ADD, None, c, self, 1.0)
        return dispatch.operator(ADD, other, self)

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, Value):
            return Value(self._contents - other._contents, "", SUBTRACT, self, 1.0, other, -1.0)
        if isinstance(other, float) or isinstance(other, int):
            c = float(other)
            return Value(self._contents - c, "", SUBTRACT, self, 1.0, None, c)
        return dispatch.operator(SUBTRACT, self, other)

    def __rsub__(self, other: Any) -> Any:
        if isinstance(other, float) or isinstance(other, int):
            c = float(other)
            return Value(c - self._contents, "", SUBTRACT, None, c, self, -1.0)
        return dispatch.operator(SUBTRACT, other, self)

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
        if isinstance(other, float) or isinstance(other, int):
            c = float(other)
            return Value(self._contents * c, "", MULTIPLY, self, c, None, c)
        return dispatch.operator(MULTIPLY, self, other)

    def __rmul__(self, other: Any) -> Any:
        if isinstance(other, float) or isinstance(other, int):
            c = float(other)
            return Value(c * self._contents, "", MULTIPLY, None, c, self, c)
        return dispatch.operator(MULTIPLY, other, self)

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Value) and other._contents != 0.0:
            y = self._contents / other._contents
            return Value(y, "", DIVIDE, self, 1.0 / other._contents, other, -y / other._contents)
        if isinstance(other, float) or isinstance(other, int):
            c = float(other)
            if c != 0.0:
                return Value(self._contents / c, "", DIVIDE, self, 1.0 / c, None, c)
        return dispatch.operator(DIVIDE, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        if (isinstance(other, float) or isinstance(other, int)) and self._contents != 0.0:
            c = float(other)
            y = c / self._contents
            return Value(y, "", DIVIDE, None, c, self, -y / self._contents)
        return dispatch.operator(DIVIDE, other, self)

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, float) or isinstance(other, int):
            x, c = self._contents, float(other)
            if c == 2.0:
                return Value(x * x, "", POWER, self, 2.0 * x, None, c)
            size = abs(x)
            if -8.0 <= c <= 8.0 and 1e-30 < size < 1e30 and (x > 0.0 or c == math.floor(c)):
                y = math.pow(x, c)  # far from overflow and from every special case
                return Value(y, "", POWER, self, c * math.pow(x, c - 1.0), None, c)
        return dispatch.operator(POWER, self, other)

    def __rpow__(self, other: Any) -> Any:
        return dispatch.operator(POWER, other, self)

    def __floordiv__(self, other: Any) -> Any:
        return dispatch.operator(FLOOR_DIVIDE, self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return dispatch.operator(FLOOR_DIVIDE, other, self)

    def __mod__(self, other: Any) -> Any:
        return dispatch.operator(REMAINDER, self, other)

    def __rmod__(self, other: Any) -> Any:
        return dispatch.operator(REMAINDER, other, self)

    def __neg__(self) -> Value:
        return Value(-self._contents, "", NEGATIVE, self, -1.0, None, 0.0)

    def __pos__(self) -> Value:
        return Value(self._contents, "", POSITIVE, self, 1.0, None, 0.0)

    def __abs__(self) -> Any:
        return dispatch.unary(ABSOLUTE, self)

    def relu(self) -> Value:
        """Return max(x, 0); the derivative at 0 is taken to be 0."""
        x = self._contents
        if x > 0.0:
            return Value(x, "", RELU, self, 1.0, None, 0.0)
        return Value(0.0 if x <= 0.0 else x, "", RELU, self, 0.0, None, 0.0)  # NaN stays NaN

    # -- comparisons, by value: they have no derivative -------------------------------------

    def __eq__(self, other: Any) -> Any:
        mine: Any = self._contents
        return mine == (other._contents if isinstance(other, Value) else other)

    def __ne__(self, other: Any) -> Any:
        mine: Any = self._contents
        return mine != (other._contents if isinstance(other, Value) else other)

    def __lt__(self, other: Any) -> Any:
        mine: Any = self._contents
        return mine < (other._contents if isinstance(other, Value) else other)

    def __le__(self, other: Any) -> Any:
        mine: Any = self._contents
        return mine <= (other._contents if isinstance(other, Value) else other)

    def __gt__(self, other: Any) -> Any:
        mine: Any = self._contents
        return mine > (other._contents if isinstance(other, Value) else other)

    def __ge__(self, other: Any) -> Any:
        mine: Any = self._contents
        return mine >= (other._contents if isinstance(other, Value) else other)

    def __hash__(self) -> int:
        return id(self) >> 4

    def __bool__(self) -> bool:
        return bool(self._contents != 0.0)


def as_constant(x: Any) -> Any:
    """Return a real scalar as a float, and None for anything else."""
    if isinstance(x, (float, int)):
        return float(x)
    if isinstance(x, np.generic):
        return float(x) if x.dtype.kind in "fiub" else None
    return float(x) if isinstance(x, numbers.Real) else None


def _as_float(x: Any) -> float:
    if isinstance(x, float):
        return x
    if isinstance(x, Node):
        raise lost(
            f"A Value made of a {type(x).__name__}",
            "Use the node itself, or its .data for a number without history.",
        )
    number = as_constant(x[()] if isinstance(x, np.ndarray) and x.ndim == 0 else x)
    if number is None:
        raise DataError(
            f"A Value holds one real number, not {type(x).__name__} {x!r:.60}. "
            "For arrays and complex numbers use Tensor."
        )
    return float(number)


def restore_value(data: float, grad: float, label: str) -> Value:
    """Make a leaf again from what was pickled."""
    value = Value(data, label)
    value._grad = grad
    return value
