"""Special functions that NumPy lacks: activations, error function, gamma and Bessel functions."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.engine.foreign import by_numpy
from autograd.engine.primitive import Primitive
from autograd.rules.elementwise import exp, sharpened, where
from autograd.rules.error_function import erf_of_array
from autograd.rules.floats import floats
from autograd.rules.kernel import kernel, self_contained
from autograd.rules.table import elementwise

TWO_OVER_SQRT_PI = 2 / math.sqrt(math.pi)


@kernel(elementwise=True)
def each(scalar: Callable[..., float], x: Any, *constants: Any) -> Any:
    """Call a function of floats with each element, keeping the precision of the array."""
    x = floats(x)
    function = (lambda t: scalar(*constants, t)) if constants else scalar
    # Comparing NaN sets flags of the processor or not, as the interpreter has specialised the code.
    with np.errstate(all="ignore"):
        y = np.asarray(np.frompyfunc(function, 1, 1)(x), float)
    return y.astype(x.dtype if x.dtype.kind == "f" else float)[()]


@self_contained
def kind_of(x: Any) -> str:
    """Return "f" or "d" for an array of NumPy in single or double precision with axes, else ""."""
    is_usual = type(x) is np.ndarray and x.ndim and x.size and x.dtype.char in "fd"
    return x.dtype.char if is_usual else ""


@self_contained
def same_kind(x: Any, y: Any) -> str:
    """Return the kind of two arrays if it is the same, else ""."""
    return kind_of(x) if type(y) is np.ndarray and y.dtype == x.dtype else ""


#: By type: exp(x) is finite below these numbers.
HIGHEST = {"f": 88.0, "d": 709.0}


@self_contained
def below(x: Any) -> bool:
    """Return whether x is an array of NumPy without numbers so high that exp(x) might overflow."""
    kind = kind_of(x)
    return bool(kind and np.maximum.reduce(x, axis=None) < HIGHEST[kind])


def relu_of_array(x: Any) -> Any:
    """Return max(x, 0); the derivative at 0 is 0.

    Parameters
    ----------
    x : array_like or node
        Any real numbers.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return np.maximum(x, 0)


@self_contained
def relu_of_float(x: float) -> float:
    """Return max(x, 0); the sum makes 0 of -0, as NumPy does."""
    return max(x, 0.0) + 0.0


@self_contained
def log_of_sum(y: Any) -> Any:
    """Return log(1 + y) for an array of positive numbers, in half the time of `numpy.log1p` or less.

    What rounding takes from the sum, divided by the sum, is what it takes from the logarithm.
    """
    total = 1 + y
    rounding = total - 1
    rounding -= y
    rounding /= total
    np.log(total, out=total)
    total -= rounding
    return total


@kernel(elementwise=True, tiled=True)
def softplus_of_array(x: Any) -> Any:
    """Return log(1 + exp(x)), a smooth relu, without overflow.

    Parameters
    ----------
    x : array_like or node
        Any real numbers.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.softplus(np.array([-1000.0, 1000.0]))
    array([   0., 1000.])
    """
    if not kind_of(x):
        return np.logaddexp(floats(x), 0)
    if below(x):
        return log_of_sum(np.exp(x))
    y = np.abs(x)
    np.negative(y, out=y)
    np.exp(y, out=y)
    y = log_of_sum(y)
    y += np.maximum(x, np.zeros_like(x))  # faster than the maximum of an array and a number
    return y


@kernel(elementwise=True, tiled=True)
def sigmoid_of_array(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)) without overflow.

    Parameters
    ----------
    x : array_like or node
        Any numbers.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    x = floats(x)
    if np.iscomplexobj(x):
        return 1 / (1 + np.exp(-x))
    if below(x):
        y = np.exp(x)
        y /= 1 + y
        return y
    small = np.exp(-np.abs(x))
    return np.maximum(x >= 0, small) / (1 + small)  # where is three times slower than maximum


@self_contained
def logistic_density(x: Any) -> Any:
    """Return the derivative of the sigmoid, e / (1 + e)² for e = exp(-|x|)."""
    if np.iscomplexobj(x):
        return 1 / ((1 + np.exp(x)) * (1 + np.exp(-x)))
    e = math.exp(-abs(x)) if type(x) is float else np.exp(-abs(x))
    return e / ((1 + e) * (1 + e))


@self_contained
def sigmoid_of_float(x: float) -> float:
    """Compute 1 / (1 + exp(-x)) without overflow at either end."""
    small = math.exp(-abs(x))
    return (1.0 if x >= 0 else small) / (1 + small)


def sinc_slope(y: Any, x: Any) -> Any:
    """Return (cos(πx) - sinc(x)) / x; near zero by its series, which avoids cancellation."""
    near = np.abs(plain(x)) < 1e-3
    away = where(near, 1.0, x)
    u = np.pi * np.pi * x
    series = -u / 3 * (1 - u * x / 10)
    return where(near, series, (np.cos(np.pi * away) - y) / away)


@self_contained
def softplus_of_float(x: float) -> float:
    """Compute log(1 + exp(x)) without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@self_contained
def lgamma_of_float(x: float) -> float:
    """Return log |Γ(x)|, infinite at the poles 0, -1, -2, ..."""
    if math.isinf(x) or x > 1e305 or (x <= 0 and x == math.floor(x)):
        return math.inf
    return math.lgamma(x)


def lgamma_of_array(x: Any) -> Any:
    """Return log |Γ(x)|, infinite at the poles 0, -1, -2, ...

    Parameters
    ----------
    x : array_like or node
        Any real numbers.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> round(float(autograd.lgamma(3.0)), 4)
    0.6931
    """
    return by_numpy(functools.partial(each, lgamma_of_float), x)


@self_contained
def polygamma_of_float(order: int, x: float) -> float:
    """Compute the polygamma function: the derivative of digamma of this order.

    The recurrence shifts x to where the asymptotic series is accurate (Abramowitz & Stegun 6.3.18,
    6.4.11).
    """
    if x != x or x == -math.inf or (x <= 0 and x == math.floor(x)):
        return math.nan
    if x == math.inf:
        return math.inf if order == 0 else 0.0
    if order == 0 and x < -20:  # by reflection: the recurrence would be very long
        return polygamma_of_float(0, 1 - x) - math.pi / math.tan(math.pi * (x - math.floor(x)))
    if order == 1 and x < -20:
        sine = math.sin(math.pi * (x - math.floor(x)))
        return (math.pi / sine) ** 2 - polygamma_of_float(1, 1 - x)
    sign = -1.0 if order % 2 == 0 else 1.0
    try:
        return sign * _polygamma_series(order, x)
    except ArithmeticError:  # at a pole
        return sign * math.copysign(math.inf, x) ** (order + 1)


@self_contained
def _polygamma_series(order: int, x: float) -> float:
    """Return the sum of the recurrence and the asymptotic series."""
    factorial = float(math.factorial(order))
    total = 0.0
    while x < 15 + order:
        total += factorial / x ** (order + 1)
        x += 1
    inverse = 1 / x
    if order == 0:
        total += inverse / 2 - math.log(x)
    else:
        total += factorial * (inverse**order / order + inverse ** (order + 1) / 2)
    numbers = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
    for k, bernoulli in enumerate(numbers, start=1):  # of Bernoulli: B₂, B₄, ...
        rising = math.factorial(2 * k + order - 1) / math.factorial(2 * k)
        total += bernoulli * rising * inverse ** (2 * k + order)
    return total


@functools.cache
def polygamma(order: int) -> Primitive:
    """Return the polygamma function of an order; its derivative is the one of the next order."""

    def function(x: Any) -> Any:
        return by_numpy(lambda x: each(polygamma_of_float, x, order), x)

    name = "digamma" if order == 0 else f"polygamma{order}"
    return elementwise(
        function,
        functools.partial(polygamma_of_float, order),
        lambda y, x: polygamma(order + 1)(x),
        name=name,
    )


@kernel(elementwise=True)
def bessel_of_array(order: int, x: Any) -> Any:
    """Compute the modified Bessel function of the first kind.

    By the power series, whose terms have one sign, up to 30, and by the asymptotic series beyond
    (Abramowitz & Stegun 9.6.10, 9.7.1).
    """
    x = floats(x)
    numbers = x.astype(np.float64)
    size = np.abs(numbers)
    is_small = size < 30
    half = np.where(is_small, size, 0.0) / 2
    term = half**order / math.factorial(order)
    series = term
    for k in range(1, 80):
        term = term * half * half / (k * (k + order))
        series = series + term
    large = np.where(is_small, 30.0, size)
    factor = np.ones_like(large)
    asymptotic = factor
    for k in range(1, 30):
        factor = factor * ((2 * k - 1) ** 2 - 4 * order * order) / (8 * k * large)
        asymptotic = asymptotic + factor
    with np.errstate(over="ignore", invalid="ignore"):
        asymptotic = asymptotic * np.exp(large) / np.sqrt(2 * np.pi * large)
    y = np.where(is_small, series, asymptotic)
    y = np.where((numbers < 0) & (order % 2 == 1), -y, y)
    return y.astype(x.dtype)


@functools.cache
def modified_bessel(order: int) -> Primitive:
    """Return the modified Bessel function of the first kind; I(-n) = I(n)."""
    if order == 0:
        return i0
    return elementwise(
        lambda x: bessel_of_array(order, x), None,
        lambda y, x: (modified_bessel(order - 1)(x) + modified_bessel(order + 1)(x)) / 2,
        name=f"i{order}",
    )  # fmt: skip


# fmt: off
sigmoid  = elementwise(sigmoid_of_array,                sigmoid_of_float,  lambda y, x: sharpened(y * (1 - y), logistic_density, x),  name="sigmoid")
relu     = elementwise(relu_of_array,                   relu_of_float,     lambda y, x: x > 0,                            name="relu")
sinc     = elementwise(np.sinc,                         None,              sinc_slope)
softplus = elementwise(softplus_of_array,               softplus_of_float, lambda y, x: sigmoid(x),                       name="softplus")
erf      = elementwise(erf_of_array,                    math.erf,          lambda y, x: TWO_OVER_SQRT_PI * exp(-x * x),   name="erf")
lgamma   = elementwise(lgamma_of_array,                 lgamma_of_float,   lambda y, x: polygamma(0)(x),                  name="lgamma")
i0       = elementwise(np.i0,                           None,              lambda y, x: modified_bessel(1)(x))
# fmt: on
i0.gives_numbers = False
