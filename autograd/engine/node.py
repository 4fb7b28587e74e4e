"""What numbers (`Value`) and arrays (`Tensor`) have in common: how they were made, and methods."""

from __future__ import annotations

import copy
import math
from typing import Any, Final

import numpy as np

from autograd.engine import dispatch
from autograd.engine.grad_mode import ARGUMENTS, CALLS
from autograd.engine.metadata import Notes, own
from autograd.engine.mypyc import mypyc_attr
from autograd.engine.primitive import USER_RULES, Primitive, declare
from autograd.errors import GradientLostError, lost

ADD: Final = declare("add")
SUBTRACT: Final = declare("subtract")
MULTIPLY: Final = declare("multiply")
DIVIDE: Final = declare("divide")
FLOOR_DIVIDE: Final = declare("floor_divide")
REMAINDER: Final = declare("remainder")
POWER: Final = declare("power")
NEGATIVE: Final = declare("negative")
POSITIVE: Final = declare("positive")

EXP: Final = declare("exp")
EXP2: Final = declare("exp2")
EXPM1: Final = declare("expm1")
LOG: Final = declare("log")
LOG2: Final = declare("log2")
LOG10: Final = declare("log10")
LOG1P: Final = declare("log1p")
SQRT: Final = declare("sqrt")
CBRT: Final = declare("cbrt")
SQUARE: Final = declare("square")
RECIPROCAL: Final = declare("reciprocal")
SIN: Final = declare("sin")
COS: Final = declare("cos")
TAN: Final = declare("tan")
ARCSIN: Final = declare("arcsin")
ARCCOS: Final = declare("arccos")
ARCTAN: Final = declare("arctan")
SINH: Final = declare("sinh")
COSH: Final = declare("cosh")
TANH: Final = declare("tanh")
ARCSINH: Final = declare("arcsinh")
ARCCOSH: Final = declare("arccosh")
ARCTANH: Final = declare("arctanh")
ABSOLUTE: Final = declare("absolute")
SIGN: Final = declare("sign")
SIGMOID: Final = declare("sigmoid")
RELU: Final = declare("relu")
SOFTPLUS: Final = declare("softplus")
ERF: Final = declare("erf")
LGAMMA: Final = declare("lgamma")
MAXIMUM: Final = declare("maximum")
MINIMUM: Final = declare("minimum")
HYPOT: Final = declare("hypot")
ARCTAN2: Final = declare("arctan2")
LOGADDEXP: Final = declare("logaddexp")


#: Stands for the primitive in a Value that was computed inside `no_grad`.
UNRECORDED: Final = Primitive("")


@mypyc_attr(allow_interpreted_subclasses=True)
class Node:
    """A number or an array that remembers how it was made.

    `Value` and `Tensor` are its two kinds. A node without a primitive is a leaf: somebody
    wrapped it in order to have the derivative with respect to it.
    """

    __slots__ = ("_notes", "_primitive")

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
        """The path of the `scope` in which this was made; empty outside of all."""
        return "" if self._notes is None else self._notes.scope

    @property
    def place(self) -> Any:
        """The line of the program that made this, noted inside `trace` and `debug`; or None."""
        return None if self._notes is None else self._notes.place

    @place.setter
    def place(self, place: Any) -> None:
        self._notes = own(self._notes)
        self._notes.place = place

    @property
    def _value(self) -> Any:
        """The number or array alone, under the name that programs written for HIPS autograd use.

        Of a node that depends on the arguments of several nested transforms, what it is to the
        outer ones: a node that no longer depends on the argument of the innermost.
        """
        if not CALLS.nested:
            return dispatch.plain(self)
        from autograd.engine.closures import outer_value

        return outer_value(self)

    @property
    def _trace(self) -> float:
        """The number of the newest call of a transform that this depends on."""
        from autograd.engine.closures import newest_call

        return newest_call(self)

    @property
    def _node(self) -> Node:
        """The place in the graph, which HIPS autograd keeps apart from the value."""
        return self

    def __hash__(self) -> int:
        return id(self) >> 4

    # -- copies -----------------------------------------------------------------------------

    def __copy__(self) -> Any:
        """Return a copy that depends on this; of a leaf, another leaf of the same data."""
        if self._is_differentiated():
            return np.copy(self)  # type: ignore[call-overload]
        restore, state = self._parts()
        return restore(*state)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """Return a copy that depends on this; of a leaf, another leaf of a copy of the data."""
        if self._is_differentiated():
            return np.copy(self)  # type: ignore[call-overload]
        restore, state = self._parts()
        return restore(*copy.deepcopy(state, memo))

    def _parts(self) -> Any:
        """Return a function that makes a leaf again, and its arguments."""
        return self.__reduce__()

    def _is_differentiated(self) -> bool:
        """Return whether this was computed, or is an argument that is being differentiated."""
        return self.primitive is not None or id(self) in ARGUMENTS

    def _origin(self) -> str:
        """Tell where this comes from, for messages."""
        return f"was computed by {self.op!r}" if self.op else "is being differentiated"

    # -- elementwise functions, by NumPy's names -------------------------------------------

    def exp(self) -> Any:
        """Return e to the power of this."""
        return dispatch.unary(EXP, self)

    def exp2(self) -> Any:
        """Return 2 to the power of this."""
        return dispatch.unary(EXP2, self)

    def expm1(self) -> Any:
        """Return exp(x) - 1, exact for small x."""
        return dispatch.unary(EXPM1, self)

    def log(self) -> Any:
        """Return the natural logarithm."""
        return dispatch.unary(LOG, self)

    def log2(self) -> Any:
        """Return the logarithm to base 2."""
        return dispatch.unary(LOG2, self)

    def log10(self) -> Any:
        """Return the logarithm to base 10."""
        return dispatch.unary(LOG10, self)

    def log1p(self) -> Any:
        """Return log(1 + x), exact for small x."""
        return dispatch.unary(LOG1P, self)

    def sqrt(self) -> Any:
        """Return the square root."""
        return dispatch.unary(SQRT, self)

    def cbrt(self) -> Any:
        """Return the cube root."""
        return dispatch.unary(CBRT, self)

    def square(self) -> Any:
        """Return the square."""
        return dispatch.unary(SQUARE, self)

    def reciprocal(self) -> Any:
        """Return 1 / x."""
        return dispatch.unary(RECIPROCAL, self)

    def sin(self) -> Any:
        """Return the sine of an angle in radians."""
        return dispatch.unary(SIN, self)

    def cos(self) -> Any:
        """Return the cosine of an angle in radians."""
        return dispatch.unary(COS, self)

    def tan(self) -> Any:
        """Return the tangent of an angle in radians."""
        return dispatch.unary(TAN, self)

    def arcsin(self) -> Any:
        """Return the angle in radians whose sine this is."""
        return dispatch.unary(ARCSIN, self)

    def arccos(self) -> Any:
        """Return the angle in radians whose cosine this is."""
        return dispatch.unary(ARCCOS, self)

    def arctan(self) -> Any:
        """Return the angle in radians whose tangent this is."""
        return dispatch.unary(ARCTAN, self)

    def sinh(self) -> Any:
        """Return the hyperbolic sine."""
        return dispatch.unary(SINH, self)

    def cosh(self) -> Any:
        """Return the hyperbolic cosine."""
        return dispatch.unary(COSH, self)

    def tanh(self) -> Any:
        """Return the hyperbolic tangent."""
        return dispatch.unary(TANH, self)

    def arcsinh(self) -> Any:
        """Return the inverse hyperbolic sine."""
        return dispatch.unary(ARCSINH, self)

    def arccosh(self) -> Any:
        """Return the inverse hyperbolic cosine."""
        return dispatch.unary(ARCCOSH, self)

    def arctanh(self) -> Any:
        """Return the inverse hyperbolic tangent."""
        return dispatch.unary(ARCTANH, self)

    def abs(self) -> Any:
        """Return the absolute value; the derivative at 0 is taken to be 0."""
        return dispatch.unary(ABSOLUTE, self)

    def sign(self) -> Any:
        """Return -1, 0 or 1; the derivative is 0 everywhere."""
        return np.sign(self)  # type: ignore[call-overload]

    def sigmoid(self) -> Any:
        """Return 1 / (1 + exp(-x))."""
        return dispatch.unary(SIGMOID, self)

    def relu(self) -> Any:
        """Return max(x, 0); the derivative at 0 is taken to be 0."""
        return dispatch.unary(RELU, self)

    def softplus(self) -> Any:
        """Return log(1 + exp(x)), a smooth relu."""
        return dispatch.unary(SOFTPLUS, self)

    def erf(self) -> Any:
        """Return the error function."""
        return dispatch.unary(ERF, self)

    def lgamma(self) -> Any:
        """Return the logarithm of the absolute value of the gamma function."""
        return dispatch.unary(LGAMMA, self)

    def maximum(self, other: Any) -> Any:
        """Return the larger of the two; where they are equal each gets half the derivative."""
        return MAXIMUM(self, other)

    def minimum(self, other: Any) -> Any:
        """Return the smaller of the two; where they are equal each gets half the derivative."""
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
        result: Any = self
        if min is not None:
            result = MAXIMUM(result, min)
        if max is not None:
            result = MINIMUM(result, max)
        return result

    def conjugate(self) -> Any:
        """Return the complex conjugate: of a real number, itself."""
        return dispatch.conjugate(self)

    # -- NumPy's protocols, NEP 13 and NEP 18 -----------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        return dispatch.ufunc(ufunc, method, inputs, keywords)

    def __array_function__(
        self, function: Any, types: Any, arguments: Any, keywords: dict[str, Any]
    ) -> Any:
        return dispatch.function(function, arguments, keywords)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return dispatch.objects.array_of(self, dtype, copy)

    # -- what would lose the derivative -----------------------------------------------------

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
        if not dispatch.objects.is_constant(self):
            raise self._lost(function)
        number = dispatch.plain(self)
        return number if isinstance(number, float) else number[()]

    def _lost(self, function: str, convert: str = "") -> GradientLostError:
        kind = type(self).__name__
        what = f"{function}({kind})" if not convert else f"{function} {convert}({kind})"
        return lost(
            what,
            f"For the bare number write {'x.data' if kind == 'Value' else 'x.item()'}. "
            "Functions of the math module take floats only: instead of math.sin(x) write "
            "np.sin(x), which is recorded. Elements are assigned to a Tensor, not to an array: "
            "start from np.zeros_like(node) or t = Tensor(np.zeros(n)), then t[i] = x."
            + dispatch.objects.hint_for_caller(),
        )
