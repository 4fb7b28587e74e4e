"""Activation functions: SiLU, GELU, ELU and leaky ReLU.

Most arrays are of NumPy and in single or double precision. For these, each function takes few steps,
and each step is one of NumPy's fast loops. All other numbers take the formula of the docstring.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.engine.dispatch import plain
from autograd.rules.error_function import LAST, erf_of_array, polynomial, tail_factor
from autograd.rules.floats import floats
from autograd.rules.kernel import kernel, self_contained
from autograd.rules.special import HIGHEST, below, kind_of, same_kind, sigmoid, sigmoid_of_array
from autograd.rules.table import elementwise

ROOT_HALF = math.sqrt(0.5)
ROOT_TWO_PI = math.sqrt(2 * math.pi)

#: Squares of smaller numbers than these lose digits, and so may quotients of the numbers.
SMALLEST = {"f": 1e-30, "d": 1e-290}

#: The elements of a part of an array on which tens of steps stay in the cache.
PART = 1 << 15

#: Coefficients of log(Φ(-x) / Φ(x)) / x as a function of x²: the error of Φ is 3e-8.
SINGLE_LOGIT = (
    -1.595769882, -0.0726661692, 6.5189945e-05, 0.000110612390, -7.9294894e-06, 2.64526728e-07,
    -3.51230094e-09,
)  # fmt: skip


@kernel(elementwise=True, tiled=True)
def silu_of_array(x: Any) -> Any:
    """Return x · sigmoid(x), also known as swish.

    Source: Elfwing, Uchibe & Doya, "Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning", 2018.

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
    >>> autograd.silu(np.array([-1000.0, 0.0, 1000.0])) + 0.0
    array([   0.,    0., 1000.])
    """
    kind = kind_of(x)
    if not (kind and np.minimum.reduce(x, axis=None) > -HIGHEST[kind]):
        x = floats(x)
        return x * sigmoid_of_array(x)
    y = np.negative(x)
    np.exp(y, out=y)
    y += 1
    return np.divide(x, y, out=y)


@kernel(elementwise=True, tiled=True)
def silu_slope_of_arrays(y: Any, x: Any) -> Any:
    """Return s + y · (1 - s) for s = sigmoid(x) and y = x · s."""
    if not same_kind(x, y) or not below(x):
        y = y if np.iscomplexobj(y) else np.minimum(y, 1e4)  # where sigmoid(-x) is 0
        return sigmoid_of_array(x) + y * sigmoid_of_array(-x)
    slope = np.exp(x)
    total = 1 + slope
    slope += y
    slope /= total
    return slope


def silu_curvature(x: Any) -> Any:
    """Return the second derivative of x · sigmoid(x)."""
    s, rest = sigmoid(x), sigmoid(-x)
    return s * rest * (2 + x * (rest - s))


@kernel(elementwise=True, tiled=True)
def gelu_of_array(x: Any) -> Any:
    """Return x · Φ(x), where Φ is the distribution function of the standard normal distribution.

    Source: Hendrycks & Gimpel, "Gaussian error linear units", 2016.

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
    >>> np.round(autograd.gelu(np.array([-1.0, 0.0, 1.0])), 4)
    array([-0.1587,  0.    ,  0.8413])
    """
    kind = kind_of(x)
    if not kind:
        x = floats(x)
        return x * (1 + erf_of_array(x * ROOT_HALF)) / 2
    return single_gelu(x) if kind == "f" else in_parts(double_gelu, x)


@self_contained
def in_parts(function: Any, x: Any) -> Any:
    """Return an elementwise function of an array, computed in parts for its tens of steps."""
    if x.size <= PART or not x.flags.c_contiguous:
        return function(x)
    found = np.empty_like(x)
    flat, y = x.reshape(-1), found.reshape(-1)
    for start in range(0, x.size, PART):
        y[start : start + PART] = function(flat[start : start + PART])
    return found


@self_contained
def double_gelu(x: Any) -> Any:
    """Return max(x, 0) - |x| · P(X > |x|) for a standard normal variable X."""
    size, near = np.abs(x), x
    if not np.maximum.reduce(size, axis=None) < LAST:
        size, near = np.minimum(size, LAST), np.clip(x, -LAST, LAST)
    y = tail_factor(size)
    square = size * size
    square *= -0.5
    y *= np.exp(square, out=square)
    y *= size
    size += near
    size *= 0.5
    np.subtract(size, y, out=y)
    if near is not x:
        np.copyto(y, x, where=x > LAST)
    return y


@self_contained
def single_gelu(x: Any) -> Any:
    """Return x / (1 + exp(-logit)), where the logit of Φ(x) is x times a polynomial of x²."""
    inside = x
    if not (np.minimum.reduce(x, None) > -6 and np.maximum.reduce(x, None) < 6):  # Φ(-6) is 1e-9
        x = np.maximum(x, -6)
        inside = np.minimum(x, 6)
    y = polynomial(SINGLE_LOGIT, inside * inside)
    y *= inside
    np.exp(y, out=y)
    y += 1
    return np.divide(x, y, out=y)


@kernel(elementwise=True, tiled=True)
def gelu_slope_of_arrays(y: Any, x: Any) -> Any:
    """Return Φ(x) + x · φ(x), where y = x · Φ(x) and φ is the density."""
    kind = kind_of(x)
    if not same_kind(x, y):
        return (1 + erf_of_array(x * ROOT_HALF)) / 2 + x * np.exp(x * x * -0.5) / ROOT_TWO_PI
    inside = np.minimum.reduce(x, axis=None) > -LAST and np.maximum.reduce(x, axis=None) < LAST
    if not inside:
        x, y = np.minimum(np.maximum(x, -LAST), LAST), np.minimum(y, LAST)
    square = x * x
    if np.minimum.reduce(square, axis=None) > SMALLEST[kind]:
        share = y / x
    else:
        near = square <= SMALLEST[kind]
        share = np.where(near, x.dtype.type(0.5), y / np.where(near, x.dtype.type(1), x))
    square *= -0.5
    np.exp(square, out=square)
    square *= 1 / ROOT_TWO_PI
    square *= x
    square += share
    return square


@self_contained
def gelu_of_float(x: float) -> float:
    """Return x · Φ(x)."""
    return x * math.erfc(-x * ROOT_HALF) / 2 if x > -math.inf else -0.0


@kernel(elementwise=True, tiled=True)
def elu_of_array(x: Any, alpha: Any = 1.0) -> Any:
    """Return x where it is positive, elsewhere alpha · (exp(x) - 1).

    Source: Clevert, Unterthiner & Hochreiter, "Fast and accurate deep network learning by
    exponential linear units", 2016.

    Parameters
    ----------
    x : array_like or node
        Any numbers.
    alpha : float
        Minus the limit for large negative x.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.elu(np.array([-1000.0, 2.0]), 1.0)
    array([-1.,  2.])
    """
    if not kind_of(x) or type(alpha) is not float:
        x = floats(x)
        return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))
    zeros = np.zeros_like(x)  # much faster than the minimum of an array and a number
    y = np.minimum(x, zeros)
    if kind_of(x) == "f":  # 2t / (1 - t) for t = tanh(x / 2) takes a third of the time
        y *= 0.5
        np.tanh(y, out=y)
        y /= 1 - y
        y *= 2 * alpha
    else:
        np.expm1(y, out=y)
        y *= alpha
    y += np.maximum(x, zeros, out=zeros)
    return y


@kernel(elementwise=True, tiled=True)
def elu_slope_of_arrays(x: Any, alpha: Any) -> Any:
    """Return 1 where x is positive, elsewhere alpha · exp(x)."""
    if not kind_of(x) or type(alpha) is not float or not 0.5 <= alpha <= 2:
        return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0.0)))
    y = np.minimum(x, np.zeros_like(x))
    np.exp(y, out=y)
    if alpha != 1.0:  # times alpha or 1: alpha - 1 has no rounding error here
        factor = (x <= 0).astype(x.dtype)
        factor *= alpha - 1
        factor += 1
        y *= factor
    return y


@kernel(elementwise=True)
def leaky_relu_of_array(x: Any, slope: Any = 0.01) -> Any:
    """Return x where it is positive, elsewhere slope · x.

    Source: Maas, Hannun & Ng, "Rectifier nonlinearities improve neural network acoustic models",
    2013.

    Parameters
    ----------
    x : array_like or node
        Any numbers.
    slope : float
        The slope where x is negative.

    Returns
    -------
    array or node
        Of the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.leaky_relu(np.array([-100.0, 2.0]), 0.01)
    array([-1.,  2.])
    """
    if not kind_of(x) or type(slope) is not float or not 0 < slope <= 1:
        x = floats(x)
        return np.where(x > 0, x, slope * x)
    y = x * slope
    return np.maximum(x, y, out=y)


@kernel(elementwise=True)
def leaky_slope_of_arrays(x: Any, slope: Any) -> Any:
    """Return 1 where x is positive, elsewhere the slope."""
    is_fast = kind_of(x) and type(slope) is float and (1 - slope) + slope == 1
    if not is_fast:
        found = np.where(x > 0, 1.0, slope)
        own = floats(x).dtype
        return found.astype(own, copy=False) if type(slope) is float else found
    y = (x > 0).astype(x.dtype)
    y *= 1 - slope
    y += slope
    return y


# fmt: off
# -- slopes: primitives, because their own derivatives are simpler than those of their steps ----------------------
silu_slope  = elementwise(silu_slope_of_arrays,  None,           0,  lambda s, y, x: silu_curvature(x),  name="silu_slope")
gelu_slope  = elementwise(gelu_slope_of_arrays,  None,           0,  lambda s, y, x: np.exp(x * x * -0.5) * (2 - x * x) / ROOT_TWO_PI,  name="gelu_slope")
elu_slope   = elementwise(elu_slope_of_arrays,   None,           lambda s, x, alpha: np.where(x > 0, 0.0, s),  lambda s, x, alpha: np.where(x > 0, 0.0, np.exp(np.minimum(x, 0.0))),  name="elu_slope")
leaky_slope = elementwise(leaky_slope_of_arrays, None,           0,  lambda s, x, slope: 1.0 * (x <= 0),  name="leaky_slope")

# -- activations --------------------------------------------------------------------------------------------------
silu        = elementwise(silu_of_array,         None,           lambda y, x: silu_slope(plain(y), x),  name="silu")
gelu        = elementwise(gelu_of_array,         gelu_of_float,  lambda y, x: gelu_slope(plain(y), x),  name="gelu")
elu         = elementwise(elu_of_array,          None,           lambda y, x, alpha=1.0: elu_slope(x, alpha),  lambda y, x, alpha: np.expm1(np.minimum(x, 0.0)),  name="elu")
leaky_relu  = elementwise(leaky_relu_of_array,   None,           lambda y, x, slope=0.01: leaky_slope(x, slope),  lambda y, x, slope: np.minimum(x, 0.0),  name="leaky_relu")
# fmt: on
