"""Operators, comparisons, and functions of each element."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

import autograd
from autograd.errors import OptionError
from nn.layers.activation_functions import between
from nn.torch_style.base import (
    TensorBase,
    in_place,
    made,
    numbers,
    store,
    tensor_held,
    unary,
)
from nn.torch_style.promotion import is_number, operands, result_type
from nn.torch_style.types import Bool, Number

S = TypeVar("S", bound="Arithmetic")

_PLAIN = (int, float, bool, complex)
_OPERANDS = (TensorBase, np.ndarray, np.generic, autograd.Node, *_PLAIN)


def pair(a: Any, b: Any, floating: bool = False) -> list[Any]:
    """Return two operands, at least one of them a tensor, as what they hold, of one type."""
    x = a._held if isinstance(a, TensorBase) else a
    y = b._held if isinstance(b, TensorBase) else b
    if isinstance(x, np.generic):  # a number, also where it is a float64
        x = x.item()
    if isinstance(y, np.generic):
        y = y.item()
    if type(y) is float or type(y) is int:
        kind = x.dtype.kind
        if kind == "f" or kind == "c" or (kind != "b" and type(y) is int and not floating):
            return [x, y]
    elif hasattr(x, "dtype") and hasattr(y, "dtype") and x.dtype == y.dtype and not floating:
        return [x, y]
    return operands(x, y, floating=floating)


def binary(
    function: Callable[[Any, Any], Any], does: str, floating: bool = False
) -> Callable[[S, Any], S]:
    """Return a method of a tensor and another one or a number."""

    def method(self: S, other: Any) -> S:
        if not isinstance(other, _OPERANDS) and not hasattr(other, "__array_ufunc__"):
            return NotImplemented
        return made(function(*pair(self, other, floating)))

    method.__doc__ = f"Return {does}."
    return method


def swapped(method: Callable[[Any, Any], Any]) -> Callable[[S, Any], S]:
    """Return the method that calls another one, a function of both, with the operands swapped."""

    def reflected(self: S, other: Any) -> S:
        return method(other, self)

    return reflected


def _boolean(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a function of the numbers of two operands, with a result without derivative."""
    return lambda x, y: function(numbers(x), numbers(y))


def _by_some(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a division that raises for integers by 0, for which NumPy returns 0."""

    def divide(x: Any, y: Any) -> Any:
        divisor = numbers(y)
        are_whole = all(np.result_type(z).kind in "iub" for z in (numbers(x), divisor))
        if are_whole and np.any(np.equal(divisor, 0)):
            raise ZeroDivisionError("Integers are divided by 0: write x.float() before.")
        return function(x, y)

    return divide


def _divided(x: Any, y: Any, rounding_mode: Any) -> Any:
    if rounding_mode is None:
        return operator.truediv(*pair(x, y, floating=True))
    a, b = pair(x, y)
    if rounding_mode == "floor":
        return _by_some(operator.floordiv)(a, b)
    if rounding_mode == "trunc":
        found = np.trunc(np.true_divide(a, b))
        wanted = result_type(a, b)
        return found.astype(wanted) if wanted.kind in "iu" else found
    raise OptionError(f"rounding_mode= must be None, 'floor' or 'trunc', not {rounding_mode!r}.")


def _scaled(other: Any, alpha: Any) -> Any:
    return other if alpha == 1 else other * alpha


class Arithmetic(TensorBase):
    """Operators, comparisons, and functions of two tensors."""

    __slots__ = ()

    # -- operators --------------------------------------------------------------------------

    __add__ = binary(operator.add, "the sum")
    __sub__ = binary(operator.sub, "the difference")
    __mul__ = binary(operator.mul, "the product")
    __truediv__ = binary(operator.truediv, "the quotient", floating=True)
    __floordiv__ = binary(_by_some(operator.floordiv), "the quotient, rounded down")
    __mod__ = binary(_by_some(operator.mod), "the rest of the division")
    __pow__ = binary(operator.pow, "the power")
    __matmul__ = binary(operator.matmul, "the matrix product")

    __radd__ = swapped(lambda a, b: made(operator.add(*pair(a, b))))
    __rsub__ = swapped(lambda a, b: made(operator.sub(*pair(a, b))))
    __rmul__ = swapped(lambda a, b: made(operator.mul(*pair(a, b))))
    __rtruediv__ = swapped(lambda a, b: made(operator.truediv(*pair(a, b, floating=True))))
    __rfloordiv__ = swapped(lambda a, b: made(_by_some(operator.floordiv)(*pair(a, b))))
    __rmod__ = swapped(lambda a, b: made(_by_some(operator.mod)(*pair(a, b))))
    __rpow__ = swapped(lambda a, b: made(operator.pow(*pair(a, b))))
    __rmatmul__ = swapped(lambda a, b: made(operator.matmul(*pair(a, b))))

    __iadd__ = in_place(__add__)
    __isub__ = in_place(__sub__)
    __imul__ = in_place(__mul__)
    __itruediv__ = in_place(__truediv__)
    __ifloordiv__ = in_place(__floordiv__)
    __imod__ = in_place(__mod__)
    __ipow__ = in_place(__pow__)

    __neg__ = unary(operator.neg, "the elements with the other sign", floating=False)

    def __pos__(self: S) -> S:
        return self

    __abs__ = unary(abs, "the absolute values", floating=False)

    eq = binary(_boolean(operator.eq), "where the elements are equal")
    ne = binary(_boolean(operator.ne), "where the elements differ")
    lt = binary(_boolean(operator.lt), "where the elements are smaller")
    le = binary(_boolean(operator.le), "where the elements are not larger")
    gt = binary(_boolean(operator.gt), "where the elements are larger")
    ge = binary(_boolean(operator.ge), "where the elements are not smaller")
    less, less_equal, greater, greater_equal, not_equal = lt, le, gt, ge, ne

    __lt__, __le__, __gt__, __ge__ = lt, le, gt, ge

    def __eq__(self: S, other: object) -> S:  # type: ignore[override]
        found = Arithmetic.eq(self, other)
        return found

    def __ne__(self: S, other: object) -> S:  # type: ignore[override]
        return Arithmetic.ne(self, other)

    def __hash__(self) -> int:
        return id(self) >> 4

    __and__ = binary(_boolean(operator.and_), "where both are true; of integers the common bits")
    __or__ = binary(_boolean(operator.or_), "where one is true; of integers the bits of both")
    __xor__ = binary(_boolean(operator.xor), "where one of both is true")
    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__
    __lshift__ = binary(_boolean(operator.lshift), "the bits shifted to the left")
    __rshift__ = binary(_boolean(operator.rshift), "the bits shifted to the right")
    __invert__ = unary(lambda x: ~numbers(x), "where it is false", floating=False)
    __iand__ = in_place(__and__)
    __ior__ = in_place(__or__)
    bitwise_and, bitwise_or, bitwise_xor, bitwise_not = __and__, __or__, __xor__, __invert__

    # -- functions --------------------------------------------------------------------------

    def add(self: S, other: Any, *, alpha: Number = 1) -> S:
        """Return self + alpha·other."""
        return made(operator.add(*pair(self, _scaled(other, alpha))))

    def sub(self: S, other: Any, *, alpha: Number = 1) -> S:
        """Return self - alpha·other."""
        return made(operator.sub(*pair(self, _scaled(other, alpha))))

    def div(self: S, other: Any, *, rounding_mode: str | None = None) -> S:
        """Return the quotient, rounded down with "floor" and towards zero with "trunc"."""
        return made(_divided(self, other, rounding_mode))

    mul = __mul__
    subtract, multiply, divide, true_divide = sub, mul, div, div
    floor_divide, remainder = __floordiv__, __mod__
    fmod = binary(_by_some(np.fmod), "the rest of the division, with the sign of the first")
    maximum = binary(np.maximum, "the larger elements; equal ones share the derivative")
    minimum = binary(np.minimum, "the smaller elements; equal ones share the derivative")
    atan2 = binary(np.arctan2, "the angles of the points (other, self)", floating=True)
    arctan2 = atan2
    hypot = binary(np.hypot, "√(self² + other²)", floating=True)
    logaddexp = binary(np.logaddexp, "log(exp(self) + exp(other))", floating=True)

    logaddexp2 = binary(np.logaddexp2, "log₂(2^self + 2^other)", floating=True)
    fmax = binary(np.fmax, "the larger elements; a number rather than NaN")
    fmin = binary(np.fmin, "the smaller elements; a number rather than NaN")
    copysign = binary(np.copysign, "|self| with the sign of other", floating=True)
    nextafter = binary(np.nextafter, "the next numbers towards others", floating=True)
    gcd = binary(_boolean(np.gcd), "the greatest common divisors")
    lcm = binary(_boolean(np.lcm), "the least common multiples")

    def heaviside(self: S, values: Any) -> S:
        """Return 0 for negative elements, 1 for positive ones, and `values` for 0."""
        x, y = pair(self, values)
        found = np.heaviside(x, y).astype(result_type(x, y))
        return made(np.where(np.isnan(numbers(x)), np.zeros((), found.dtype), found))

    def ldexp(self: S, other: Any) -> S:
        """Return self · 2^other."""
        return self * 2.0**other

    def float_power(self: S, exponent: Any) -> S:
        """Return the power in double precision."""
        return made(np.float_power(*pair(self, exponent)))

    def xlogy(self: S, other: Any) -> S:
        """Return self·log(other), and 0 where self is 0."""
        x, y = pair(self, other, floating=True)
        x, y = (np.asarray(n, m.dtype) if is_number(n) else n for n, m in ((x, y), (y, x)))
        # Where the logarithm is finite, its product with 0 is 0, and has a derivative.
        is_infinite = np.logical_or(numbers(y) <= 0, np.isposinf(numbers(y)))
        is_zero = np.logical_and(numbers(x) == 0, is_infinite)
        return made(
            np.where(is_zero, x * 0, x * np.log(np.where(is_zero, np.ones((), y.dtype), y)))
        )

    def pow(self: S, exponent: Any) -> S:
        """Return the power; the base may be a number, as in ``torch.pow(2, x)``."""
        return made(operator.pow(*pair(self, exponent)))

    def rsub(self: S, other: Any) -> S:
        """Return other - self."""
        return made(operator.sub(*pair(other, self)))

    def lerp(self: S, end: Any, weight: Any) -> S:
        """Return self + weight·(end - self), computed from the nearer end."""
        weight = weight.item() if isinstance(weight, np.generic) else weight
        if isinstance(weight, TensorBase):
            near = self + weight * (end - self)
            far: Any = end - (end - self) * (1 - weight)  # type: ignore[operator]
            return near.where(numbers(weight) < 0.5, far)  # type: ignore[attr-defined, no-any-return]
        if abs(weight) < 0.5:
            return self + weight * (end - self)
        return end - (end - self) * (1 - weight)  # type: ignore[no-any-return]

    def addcmul(self: S, tensor1: Any, tensor2: Any, *, value: Number = 1) -> S:
        """Return self + value·tensor1·tensor2."""
        return self + value * tensor1 * tensor2

    def addcdiv(self: S, tensor1: Any, tensor2: Any, *, value: Number = 1) -> S:
        """Return self + value·tensor1/tensor2."""
        return self + value * (tensor1 / tensor2)

    def logical_not(self: S) -> S:
        """Return where the elements are 0."""
        return made(np.logical_not(numbers(self)))

    def logical_and(self: S, other: Any) -> S:
        """Return where neither is 0."""
        return made(np.logical_and(numbers(self), numbers(other)))

    def logical_or(self: S, other: Any) -> S:
        """Return where one is not 0."""
        return made(np.logical_or(numbers(self), numbers(other)))

    def logical_xor(self: S, other: Any) -> S:
        """Return where exactly one is not 0."""
        return made(np.logical_xor(numbers(self), numbers(other)))

    def equal(self, other: TensorBase) -> Bool:
        """Return whether both have the same shape and elements."""
        return bool(np.array_equal(numbers(self), numbers(other)))

    def isclose(
        self: S, other: Any, rtol: Number = 1e-05, atol: Number = 1e-08, equal_nan: Bool = False
    ) -> S:
        """Return where |self - other| ≤ atol + rtol·|other|."""
        return made(np.isclose(numbers(self), numbers(other), rtol, atol, equal_nan))

    def allclose(
        self, other: Any, rtol: Number = 1e-05, atol: Number = 1e-08, equal_nan: Bool = False
    ) -> Bool:
        """Return whether `isclose` holds everywhere."""
        return bool(np.allclose(numbers(self), numbers(other), rtol, atol, equal_nan))

    def clamp(self: S, min: Any = None, max: Any = None) -> S:
        """Return the elements limited to an interval."""
        x: Any = tensor_held(self, "clamp")
        if not x.ndim and isinstance(x, np.ndarray):
            return self.reshape(1).clamp(min, max).reshape(())  # type: ignore[attr-defined, no-any-return]
        if min is None and max is None:
            raise OptionError("clamp needs min= or max=.")
        are_numbers = all(isinstance(limit, (int, float, type(None))) for limit in (min, max))
        if are_numbers and x.dtype.kind == "f" and isinstance(x, autograd.Node):
            low, high = -math.inf if min is None else min, math.inf if max is None else max
            return made(between(x, low, high))
        if min is not None:
            x = np.maximum(*pair(x, min))
        if max is not None:
            x = np.minimum(*pair(x, max))
        return made(x)

    clip = clamp

    def clamp_min(self: S, min: Any) -> S:
        """Return the elements, not smaller than `min`."""
        return self.clamp(min)

    def clamp_max(self: S, max: Any) -> S:
        """Return the elements, not larger than `max`."""
        return self.clamp(None, max)

    # -- in place ---------------------------------------------------------------------------

    add_ = in_place(add)
    sub_ = in_place(sub)
    mul_ = in_place(mul)
    div_ = in_place(div)
    pow_ = in_place(pow)
    clamp_ = in_place(clamp)
    clamp_min_ = in_place(clamp_min)
    clamp_max_ = in_place(clamp_max)
    lerp_ = in_place(lerp)
    addcmul_ = in_place(addcmul)
    addcdiv_ = in_place(addcdiv)
    clip_ = clamp_

    def zero_(self: S) -> S:
        """Set all elements to 0; return the tensor."""
        return store(self, 0)

    def fill_(self: S, value: Any) -> S:
        """Set all elements to a number; return the tensor."""
        return store(self, value)

    def copy_(self: S, src: Any, non_blocking: Bool = False) -> S:
        """Overwrite the elements with those of another tensor; return the tensor."""
        return store(self, src)
