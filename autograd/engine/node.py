"""What numbers (`Value`) and arrays (`Tensor`) have in common."""

from __future__ import annotations

import copy
import math
from typing import Any, ClassVar, Final

import numpy as np

from autograd.engine import callers, calls
from autograd.engine.grad_mode import GRAD_MODE, is_recording
from autograd.engine.metadata import Notes, own
from autograd.engine.mypyc import mypyc_attr
from autograd.engine.operations import (
    ABSOLUTE,
    ARCCOS,
    ARCCOSH,
    ARCSIN,
    ARCSINH,
    ARCTAN,
    ARCTAN2,
    ARCTANH,
    CBRT,
    COS,
    COSH,
    ERF,
    EXP,
    EXP2,
    EXPM1,
    HYPOT,
    LGAMMA,
    LOG,
    LOG1P,
    LOG2,
    LOG10,
    LOGADDEXP,
    MAXIMUM,
    MINIMUM,
    RECIPROCAL,
    RELU,
    SIGMOID,
    SIN,
    SINH,
    SOFTPLUS,
    SQRT,
    SQUARE,
    TAN,
    TANH,
)
from autograd.engine.primitive import Primitive
from autograd.engine.recorded import Recorded
from autograd.engine.registry import USER_RULES
from autograd.engine.transform_calls import ARGUMENTS, CALLS
from autograd.errors import AutogradError, GradientLostError

#: The primitive of a Value that was computed inside `no_grad`.
UNRECORDED: Final = Primitive("")


@mypyc_attr(allow_interpreted_subclasses=True)
class Node(Recorded):
    """A number or an array that records how it was computed.

    `Value` and `Tensor` are the two kinds of nodes. A node without a primitive is a leaf: a program
    created it in order to differentiate with respect to it.

    Examples
    --------
    >>> import autograd
    >>> x = autograd.Value(2.0)
    >>> isinstance(x, autograd.Node), x.exp().op
    (True, 'exp')
    """

    __slots__ = ("_notes", "_primitive")

    #: Labelled arrays of pandas, whose priority is at most 4000, leave operators to nodes.
    __pandas_priority__: ClassVar[int] = 5000

    _primitive: Primitive | None
    _notes: Notes | None

    @property
    def primitive(self) -> Primitive | None:
        """The primitive that made this node; None for a leaf."""
        return None if self._primitive is UNRECORDED else self._primitive

    @property
    def op(self) -> str:
        """The name of the primitive that made this node; empty for a leaf."""
        primitive = self._primitive
        return "" if primitive is None else primitive.name

    @property
    def label(self) -> str:
        """A name for pictures and tables."""
        return "" if self._notes is None else self._notes.label

    @label.setter
    def label(self, label: str) -> None:
        self._notes = own(self._notes)
        self._notes.label = label

    @property
    def scope(self) -> str:
        """The path of the `scope` in which this was made; empty outside of any scope."""
        return "" if self._notes is None else self._notes.scope

    @property
    def place(self) -> Any:
        """The source line that made this, recorded inside `trace` and `debug`; else None."""
        return None if self._notes is None else self._notes.place

    @place.setter
    def place(self, place: Any) -> None:
        self._notes = own(self._notes)
        self._notes.place = place

    @property
    def _value(self) -> Any:
        """The number or array without history, under the name that HIPS autograd gives it.

        Of a node that depends on arguments of several nested transforms: the node without its
        dependence on the argument of the innermost one.
        """
        return calls.INSTALLED.dispatcher.outer_value(self) if CALLS.nested else self._plain()

    @property
    def _trace(self) -> float:
        """The number of the newest call of a transform that this depends on."""
        return calls.INSTALLED.dispatcher.newest_call(self)

    @property
    def _node(self) -> Node:
        """The node in the graph, which HIPS autograd separates from the value."""
        return self

    def __hash__(self) -> int:
        return id(self) >> 4

    # -- what Value and Tensor implement ----------------------------------------------------

    def _unary(self, primitive: Primitive) -> Any:
        """Call an elementwise primitive on this."""
        raise NotImplementedError

    def _plain(self) -> Any:
        """Return the number or array without its history."""
        raise NotImplementedError

    def _needs_derivative(self) -> bool:
        """Return whether derivatives flow to this."""
        raise NotImplementedError

    def _bare_parents(self) -> tuple[Node, ...]:
        """Return the parents, for walks that read none of their numbers."""
        raise NotImplementedError

    def _call(self) -> float:
        """Return the number of the call of a transform in which this leaf was made."""
        raise NotImplementedError

    def _end_call(self) -> None:
        """Note, in a leaf, that this call has ended."""
        raise NotImplementedError

    def _begun(self) -> float:
        """Return how many calls of transforms had begun when this leaf or Tensor was made."""
        raise NotImplementedError

    def _is_constant(self) -> bool:
        """Return whether no derivative flows to this; inside `no_grad` none flows to any node."""
        if GRAD_MODE.interventions != 0 and not is_recording():
            return True
        return not self._needs_derivative()

    # -- copies -----------------------------------------------------------------------------

    def __copy__(self) -> Any:
        """Return a copy that depends on this; of a leaf, another leaf with the same data."""
        if self._is_differentiated():
            return np.copy(self)  # type: ignore[call-overload]
        restore, state = self._parts()
        return restore(*state)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """Return a copy that depends on this; of a leaf, another leaf with a copy of the data."""
        if self._is_differentiated():
            return np.copy(self)  # type: ignore[call-overload]
        restore, state = self._parts()
        return restore(*copy.deepcopy(state, memo))

    def _parts(self) -> Any:
        """Return a function that restores a leaf, and its arguments."""
        return self.__reduce__()

    def _is_differentiated(self) -> bool:
        """Return whether this was computed, or is an argument of a running transform."""
        return self.primitive is not None or id(self) in ARGUMENTS

    def _origin(self) -> str:
        """Describe where this comes from, for messages."""
        return f"was computed by {self.op!r}" if self.op else "is being differentiated"

    # -- elementwise functions, named as in NumPy -------------------------------------------

    def exp(self) -> Any:
        """Return e to the power of this."""
        return self._unary(EXP)

    def exp2(self) -> Any:
        """Return 2 to the power of this."""
        return self._unary(EXP2)

    def expm1(self) -> Any:
        """Return exp(x) - 1, exact for small x."""
        return self._unary(EXPM1)

    def log(self) -> Any:
        """Return the natural logarithm."""
        return self._unary(LOG)

    def log2(self) -> Any:
        """Return the logarithm to base 2."""
        return self._unary(LOG2)

    def log10(self) -> Any:
        """Return the logarithm to base 10."""
        return self._unary(LOG10)

    def log1p(self) -> Any:
        """Return log(1 + x), exact for small x."""
        return self._unary(LOG1P)

    def sqrt(self) -> Any:
        """Return the square root."""
        return self._unary(SQRT)

    def cbrt(self) -> Any:
        """Return the cube root."""
        return self._unary(CBRT)

    def square(self) -> Any:
        """Return the square."""
        return self._unary(SQUARE)

    def reciprocal(self) -> Any:
        """Return 1 / x."""
        return self._unary(RECIPROCAL)

    def sin(self) -> Any:
        """Return the sine of an angle in radians."""
        return self._unary(SIN)

    def cos(self) -> Any:
        """Return the cosine of an angle in radians."""
        return self._unary(COS)

    def tan(self) -> Any:
        """Return the tangent of an angle in radians."""
        return self._unary(TAN)

    def arcsin(self) -> Any:
        """Return the angle in radians whose sine this is."""
        return self._unary(ARCSIN)

    def arccos(self) -> Any:
        """Return the angle in radians whose cosine this is."""
        return self._unary(ARCCOS)

    def arctan(self) -> Any:
        """Return the angle in radians whose tangent this is."""
        return self._unary(ARCTAN)

    def sinh(self) -> Any:
        """Return the hyperbolic sine."""
        return self._unary(SINH)

    def cosh(self) -> Any:
        """Return the hyperbolic cosine."""
        return self._unary(COSH)

    def tanh(self) -> Any:
        """Return the hyperbolic tangent."""
        return self._unary(TANH)

    def arcsinh(self) -> Any:
        """Return the inverse hyperbolic sine."""
        return self._unary(ARCSINH)

    def arccosh(self) -> Any:
        """Return the inverse hyperbolic cosine."""
        return self._unary(ARCCOSH)

    def arctanh(self) -> Any:
        """Return the inverse hyperbolic tangent."""
        return self._unary(ARCTANH)

    def abs(self) -> Any:
        """Return the absolute value; the derivative at 0 is 0 by convention."""
        return self._unary(ABSOLUTE)

    def degrees(self) -> Any:
        """Return an angle in radians in degrees."""
        return np.degrees(self)  # type: ignore[call-overload]

    def rad2deg(self) -> Any:
        """Return an angle in radians in degrees."""
        return np.rad2deg(self)  # type: ignore[call-overload]

    def radians(self) -> Any:
        """Return an angle in degrees in radians."""
        return np.radians(self)  # type: ignore[call-overload]

    def deg2rad(self) -> Any:
        """Return an angle in degrees in radians."""
        return np.deg2rad(self)  # type: ignore[call-overload]

    def fabs(self) -> Any:
        """Return the absolute value of a real number; the derivative at 0 is 0 by convention."""
        return np.fabs(self)  # type: ignore[call-overload]

    def rint(self) -> Any:
        """Return the nearest integer; the derivative is 0 everywhere."""
        return np.rint(self)  # type: ignore[call-overload]

    def sign(self) -> Any:
        """Return -1, 0 or 1; the derivative is 0 everywhere."""
        return np.sign(self)  # type: ignore[call-overload]

    def sigmoid(self) -> Any:
        """Return 1 / (1 + exp(-x))."""
        return self._unary(SIGMOID)

    def relu(self) -> Any:
        """Return max(x, 0); the derivative at 0 is 0 by convention."""
        return self._unary(RELU)

    def softplus(self) -> Any:
        """Return log(1 + exp(x)), a smooth relu."""
        return self._unary(SOFTPLUS)

    def erf(self) -> Any:
        """Return the error function."""
        return self._unary(ERF)

    def lgamma(self) -> Any:
        """Return the logarithm of the absolute value of the gamma function."""
        return self._unary(LGAMMA)

    def maximum(self, other: Any) -> Any:
        """Return the larger of the two; if they are equal, each gets half the derivative."""
        return MAXIMUM(self, other)

    def minimum(self, other: Any) -> Any:
        """Return the smaller of the two; if they are equal, each gets half the derivative."""
        return MINIMUM(self, other)

    def hypot(self, other: Any) -> Any:
        """Return sqrt(x² + y²)."""
        return HYPOT(self, other)

    def arctan2(self, other: Any) -> Any:
        """Return the angle in radians of the point (other, self)."""
        return ARCTAN2(self, other)

    def logaddexp(self, other: Any) -> Any:
        """Return log(exp(x) + exp(y)), without overflow."""
        return LOGADDEXP(self, other)

    def clip(self, min: Any = None, max: Any = None, out: Any = None, *, dtype: Any = None) -> Any:
        """Limit to the interval from `min` to `max`; either may be None."""
        if out is not None or dtype is not None:
            keywords = {"out": out} if dtype is None else {"out": out, "dtype": dtype}
            return np.clip(self, min, max, **keywords)
        if np.clip in USER_RULES:
            return np.clip(self, min, max)  # type: ignore[call-overload]
        if min is None and max is None:
            return np.positive(self)  # type: ignore[call-overload]
        result: Any = self
        if min is not None:
            result = MAXIMUM(result, min)
        if max is not None:
            result = MINIMUM(result, max)
        return result

    def conjugate(self) -> Any:
        """Return the complex conjugate: of a real number, itself."""
        return self

    # -- NumPy's protocols, NEP 13 and NEP 18 -----------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        return calls.INSTALLED.dispatcher.ufunc(ufunc, method, inputs, keywords)

    def __array_function__(
        self, function: Any, types: Any, arguments: Any, keywords: dict[str, Any]
    ) -> Any:
        return calls.INSTALLED.dispatcher.function(function, arguments, keywords)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return calls.INSTALLED.dispatcher.array_of(self, dtype, copy)

    # -- conversions that would lose the derivative -----------------------------------------

    def __float__(self) -> float:
        return float(self._number("float"))

    def __int__(self) -> int:
        return int(self._number("int"))

    def __complex__(self) -> complex:
        return complex(self._number("complex"))

    def __index__(self) -> int:
        raise self._lost("Use as an index or an integer:", "int")

    def __round__(self, digits: Any = None) -> Any:
        return round(self._number("round"), digits)

    def __trunc__(self) -> Any:
        return math.trunc(self._number("math.trunc"))

    def __floor__(self) -> Any:
        return math.floor(self._number("math.floor"))

    def __ceil__(self) -> Any:
        return math.ceil(self._number("math.ceil"))

    def _number(self, function: str) -> Any:
        """Return the bare number of a constant, which has no derivative to lose."""
        if not self._is_constant():
            raise self._lost(function)
        number = self._plain()
        return number if isinstance(number, float) else number[()]

    def _refuse_in_transform(self, method: str) -> None:
        """Raise if a method of bare numbers is called on what a running transform differentiates.

        After a backward pass, ``loss.item()`` is how people read a number. In a function that is
        being differentiated, what follows would have no derivative, without a word.
        """
        if CALLS.running == 0 or self._is_constant():
            return
        if calls.INSTALLED.dispatcher.is_asked_for(self):
            kind = type(self).__name__
            raise GradientLostError(
                f"{method} of a {kind} that is being differentiated would lose its derivative. "
                f"For bare numbers, to print them for example, write {_bare(kind, method)}."
                + ("" if kind == "Value" else " Elements with derivatives are x[i] and list(x).")
            )

    def _lost(self, function: str, convert: str = "") -> AutogradError:
        kind = type(self).__name__
        what = f"{function}({kind})" if not convert else f"{function} {convert}({kind})"
        return callers.lost_in(
            callers.numerical_caller(),
            what,
            f"For the bare number write {_bare(kind, 'item()')}. "
            "Functions of the math module take floats only: instead of math.sin(x) write "
            "np.sin(x), which is recorded. Elements are assigned to a Tensor, not to an array: "
            "start from np.zeros_like(node) or t = Tensor(np.zeros(n)), then t[i] = x.",
        )


def _bare(kind: str, method: str) -> str:
    """Return how to write the bare numbers of a node."""
    return "x.data" if kind == "Value" else f"x.data.{method}"


def plain(x: Any) -> Any:
    """Replace nodes by their numbers, in any nesting of lists, tuples and dicts."""
    if isinstance(x, Node):
        return x._plain()
    if isinstance(x, tuple):
        return tuple([plain(item) for item in x])
    if isinstance(x, list):
        return [plain(item) for item in x]
    if isinstance(x, dict):
        return {key: plain(item) for key, item in x.items()}
    return x
