"""Activations that are less common, as functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Primitive, define, elementwise, kernel, sigmoid, softmax, softplus
from autograd.errors import ShapeError
from nn.arrays import floating, plain, shape_of
from nn.layers.activations import elu

#: Up to so many numbers `where` is as fast as bits.
FEW = 1024

#: Fixed points of mean 0 and variance 1: the constants of SELU.
SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


@kernel(elementwise=True, tiled=True)
def replaced_below(x: Any, threshold: Any, value: Any) -> Any:
    """Return x where it is above the threshold or NaN, elsewhere the value."""
    if type(x) is not np.ndarray or x.dtype.char not in "fd":
        return np.where(x <= threshold, value, x)
    # The bits of both, chosen without a branch: `where` takes five times as long.
    whole = np.dtype(f"i{x.itemsize}")
    bits, other = x.view(whole), np.asarray(value, x.dtype).view(whole)
    chosen = (x <= threshold).astype(whole)
    chosen *= bits - other  # or 0; integers wrap
    return np.subtract(bits, chosen, out=chosen).view(x.dtype)


@kernel(elementwise=True)
def kept_within(g: Any, x: Any, low: Any, high: Any) -> Any:
    """Return g where x is between two numbers, elsewhere 0: also if g is infinite or NaN there."""
    if low == -math.inf:
        mask = x < high
    elif high == math.inf:
        mask = x > low
    else:
        mask = (x > low) & (x < high)
    is_usual = type(x) is type(g) is np.ndarray and x.dtype.char in "fd" and x.size > FEW
    if not is_usual or x.shape != g.shape or x.dtype != g.dtype:
        return np.where(mask, g, 0)
    whole = np.dtype(f"i{x.itemsize}")  # bits times 0 or 1: `where` takes many times as long
    found = np.empty_like(x)
    bits = found.view(whole)
    np.copyto(bits, mask)
    np.multiply(bits, g.view(whole), out=bits)
    return found


@kernel(elementwise=True, tiled=True)
def hardswish_of_array(x: Any) -> Any:
    """Return x · hardsigmoid(x)."""
    y = np.clip(x, -3.0, 3.0)
    y *= 1 / 6  # exactly 1/2 at the ends, and faster than a quotient
    y += 0.5
    y *= x
    return y


@kernel(elementwise=True, tiled=True)
def hardswish_slope_of_array(x: Any) -> Any:
    """Return x / 3 + 1/2 inside of -3 … 3, 0 below and 1 above."""
    y = np.clip(x, -3.0, 3.0)
    y *= 1 / 3
    ends = np.trunc(y)  # -1 and 1 where x is clipped, else 0
    ends *= 0.5
    y -= ends
    y += 0.5
    return y


# fmt: off
hardswish_slope: Primitive = elementwise(
    hardswish_slope_of_array, None,
    lambda s, x: (np.abs(x) < 3) / 3, fresh_results=True, name="hardswish_slope",
    c="fabs(x) < 3 ? x / 3 + (x * 0 + 1) / 2 : x != x ? x : x >= 3")
hard_swish: Primitive = elementwise(
    hardswish_of_array, None,
    lambda y, x: hardswish_slope(x), fresh_results=True, name="hardswish",
    c="((x < -3 ? -3 : x > 3 ? 3 : x) + 3) / 6 * x")
log_of_sigmoid: Primitive = elementwise(
    lambda x: -softplus(-x), None,
    lambda y, x: sigmoid(-x), fresh_results=True, name="logsigmoid")
# Chosen, as PyTorch does, and not multiplied: 0 also where the next function has an infinite slope.
selected: Primitive = elementwise(
    kept_within, lambda g, x, low, high: g if is_within(x, low, high) else 0.0,
    lambda y, g, x, low, high: of_slope(g, is_within(plain(x), low, high)), 0, 0, 0,
    fresh_results=True, name="within",
    c="(x > low || low == -INFINITY) && (x < high || high == INFINITY) ? g : 0")
limited: Primitive = define(
    lambda x, low, high: np.clip(x, low, high),
    lambda g, y, x, low, high: selected(g, plain(x), low, high),
    fresh_results=True, name="limit")
kept: Primitive = define(
    lambda x, size: times_mask(x, np.abs(x) > size),
    lambda g, y, x, size: times_mask(g, np.abs(plain(x)) > size),
    fresh_results=True, name="hardshrink")
shrunk: Primitive = define(
    lambda x, size: x - np.clip(x, -size, size),
    lambda g, y, x, size: times_mask(g, np.abs(plain(x)) > size),
    fresh_results=True, name="softshrink")
beyond: Primitive = elementwise(
    replaced_below, lambda x, threshold, value: value if x <= threshold else x,
    lambda y, x, threshold, value: of_slope(x, np.logical_not(plain(x) <= threshold)),
    0, lambda y, x, threshold, value: of_slope(x, plain(x) <= threshold),
    fresh_results=True, name="threshold",
    c="x <= threshold ? value : x")
# fmt: on


def is_within(x: Any, low: float, high: float) -> Any:
    """Return where x is between two numbers; an infinite one is no limit."""
    above, below = x > low if low > -math.inf else True, x < high if high < math.inf else True
    return above & below


def of_slope(x: Any, mask: Any) -> Any:
    """Return a mask as numbers of the type of x: a slope of 0 or 1."""
    is_array = hasattr(mask, "astype") and hasattr(x, "dtype")
    return mask.astype(x.dtype) if is_array else float(mask)


def times_mask(x: Any, mask: Any) -> Any:
    """Return the product with a mask, in the array of the mask's numbers if there is one."""
    y = of_slope(x, mask)
    if type(x) is not np.ndarray or type(y) is not np.ndarray or x.shape != y.shape:
        return x * y
    y *= x
    return y


def between(x: Any, low: float, high: float) -> Any:
    """Return x limited to a range, outside and at the ends of which the derivative is 0.

    It stays 0 where the next function has an infinite slope: in ``sqrt(between(x, 0, inf))``.
    """
    return limited(floating(x), low, high)


def hardtanh(x: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """Return x limited to a range.

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.
    min_val, max_val : float
        The smallest and the largest result.

    Examples
    --------
    >>> hardtanh(np.array([-2.0, 0.5]))
    array([-1. ,  0.5])
    """
    return between(x, min_val, max_val)


def relu6(x: Any) -> Any:
    """Return x limited to 0 … 6.

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.

    Examples
    --------
    >>> relu6(np.array([-2.0, 8.0]))
    array([0., 6.])
    """
    return between(x, 0.0, 6.0)


def hardsigmoid(x: Any) -> Any:
    """Return x / 6 + 1/2 limited to 0 … 1, which is cheaper than `sigmoid`.

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.

    Examples
    --------
    >>> hardsigmoid(np.array([0.0, 9.0]))
    array([0.5, 1. ])
    """
    return between(x, -3.0, 3.0) / 6 + 0.5


def hardswish(x: Any) -> Any:
    """Return x · hardsigmoid(x).

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.

    Examples
    --------
    >>> hardswish(np.array([0.0, 9.0]))
    array([0., 9.])
    """
    return hard_swish(floating(x))


def mish(x: Any) -> Any:
    """Return x · tanh(softplus(x)).

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.

    Examples
    --------
    >>> mish(np.array([0.0, 50.0]))
    array([ 0., 50.])
    """
    x = floating(x)
    return x * np.tanh(softplus(x))


def selu(x: Any) -> Any:
    """Return `elu` scaled such that layers keep mean 0 and variance 1.

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.

    Examples
    --------
    >>> selu(np.array([0.0]))
    array([0.])
    """
    return SELU_SCALE * elu(x, SELU_ALPHA)


def celu(x: Any, alpha: float = 1.0) -> Any:
    """Return x where it is positive, elsewhere alpha · (exp(x / alpha) - 1).

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.
    alpha : float
        Minus the limit for large negative x.

    Examples
    --------
    >>> celu(np.array([-1000.0, 2.0]))
    array([-1.,  2.])
    """
    return elu(x) if alpha == 1 else elu(floating(x) / alpha) * alpha


def softsign(x: Any) -> Any:
    """Return x / (1 + |x|).

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.

    Examples
    --------
    >>> softsign(np.array([1.0, -3.0]))
    array([ 0.5 , -0.75])
    """
    x = floating(x)
    return x / (1 + np.abs(x))


def softshrink(x: Any, lambd: float = 0.5) -> Any:
    """Return x moved towards 0 by lambd, and 0 where |x| is smaller.

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.
    lambd : float
        By how much, or up to which size.

    Examples
    --------
    >>> softshrink(np.array([0.2, 2.0]))
    array([0. , 1.5])
    """
    return shrunk(floating(x), lambd)


def hardshrink(x: Any, lambd: float = 0.5) -> Any:
    """Return x, and 0 where |x| is at most lambd.

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.
    lambd : float
        By how much, or up to which size.

    Examples
    --------
    >>> hardshrink(np.array([0.2, 2.0]))
    array([0., 2.])
    """
    return kept(floating(x), lambd)


def tanhshrink(x: Any) -> Any:
    """Return x - tanh(x).

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.

    Examples
    --------
    >>> tanhshrink(np.array([0.0]))
    array([0.])
    """
    x = floating(x)
    return x - np.tanh(x)


def logsigmoid(x: Any) -> Any:
    """Return the logarithm of `sigmoid`.

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.

    Examples
    --------
    >>> logsigmoid(np.array([-1000.0]))
    array([-1000.])
    """
    return log_of_sigmoid(floating(x))


def above(x: Any, threshold: float, value: float) -> Any:
    """Return x where it is above the threshold, elsewhere the value.

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.
    threshold : float
        The threshold.
    value : float
        What to return below it.

    Examples
    --------
    >>> above(np.array([0.5, 2.0]), 1.0, 9.0)
    array([9., 2.])
    """
    return beyond(floating(x), threshold, value)


def softmin(x: Any, dim: int = -1) -> Any:
    """Return softmax(-x) along an axis.

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.
    dim : int
        The axis.

    Examples
    --------
    >>> softmin(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """
    return softmax(-floating(x), axis=dim)


def glu(x: Any, dim: int = -1) -> Any:
    """Return the first half of x along an axis times the sigmoid of the second half.

    Parameters
    ----------
    x : array_like or Tensor
        Any numbers.
    dim : int
        The axis.

    Examples
    --------
    >>> glu(np.array([4.0, 0.0]))
    array([2.])
    """
    x = floating(x)
    if not shape_of(x) or shape_of(x)[dim] % 2:
        raise ShapeError(
            f"GLU splits axis {dim} in two, but an input of shape {shape_of(x)} has no even length "
            "there."
        )
    a, b = np.split(x, 2, axis=dim)
    return a * sigmoid(b)
