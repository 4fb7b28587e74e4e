"""The primitives of losses, with their derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, define, elementwise, kernel, sigmoid, softmax, softplus
from nn.arrays import plain
from nn.notation import CROSS_ENTROPY, VIOLATIONS, WEIGHTED_SUM


def log_at_least(x: Any) -> Any:
    """Return log(x), but at least -100, PyTorch's limit for the loss of one example."""
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(x), -100.0)


@kernel()
def weighted_sum_of_arrays(x: Any, weights: Any, axis: int) -> Any:
    """Sum weights · x along an axis; x may be infinite where its weight is zero."""
    if type(x) is np.ndarray and type(weights) is np.ndarray:
        with np.errstate(invalid="ignore"):
            y = np.vecdot(weights, x, axis=axis)  # type: ignore[call-overload]
        if np.isfinite(np.add.reduce(y, axis=None)):
            return y
        x = np.where(weights == 0, 0.0, x)  # takes longer than the rest
    return np.sum(weights * x, axis=axis)


class Kept:
    """What the forward pass found out about one input, for the backward pass."""

    def __init__(self) -> None:
        self.x: Any = None
        self.found: Any = None

    def put(self, x: Any, *found: Any) -> None:
        """Keep what was found out about x."""
        self.x, self.found = x, found

    def take(self, x: Any) -> Any:
        """Return what is known about x, once, because its memory may be used again; or None."""
        found = self.found if self.x is x else None
        self.x = self.found = None
        return found


def largest(x: Any, axis: int) -> Any:
    """Return the largest numbers along an axis; of rows in half the time of `numpy.max`."""
    if type(x) is not np.ndarray:
        return np.max(x, axis=axis, keepdims=True)
    if axis != x.ndim - 1 or not x.flags.c_contiguous or not x.size:
        return np.maximum.reduce(x, axis=axis, keepdims=True)
    starts = np.arange(0, x.size, x.shape[axis])
    return np.maximum.reduceat(x.reshape(-1), starts).reshape((*x.shape[:-1], 1))


def surprisal_of_arrays(x: Any, axis: int, index: Any, weights: Any, kept: Kept) -> Any:
    """Return -log softmax(x) at some elements, times their weights.

    The exponentials of the others are summed by themselves: next to a large one they would be lost.
    """
    shifted = x - largest(x, axis)
    right = shifted[index]
    exponentials = np.exp(shifted, out=shifted if shifted.dtype.kind == "f" else None)
    picked = exponentials[index]
    exponentials[index] = 0.0
    others = np.add.reduce(exponentials, axis)
    exponentials[index] = picked
    total = others + picked
    kept.put(x, exponentials, total, others)
    surprisals = np.where(right == 0, np.log1p(others), np.log(total) - right)
    # They may be infinite or NaN where the weight is 0.
    return weights * np.where(weights == 0, 0.0, surprisals)


def surprisal_vjp(g: Any, y: Any, x: Any, axis: int, index: Any, weights: Any, kept: Any) -> Any:
    """Return g · weights · (softmax(x) − 1 at the selected elements)."""
    g = g * weights
    along = (slice(None),) * axis + (None,)
    if isinstance(g, Tensor) or isinstance(x, Tensor):
        rest = np.ones_like(plain(x))
        rest[index] = 0
        others = softmax(x, axis=axis) * rest
        return (others - (1 - rest) * np.sum(others, axis=axis, keepdims=True)) * g[along]
    found = kept.take(x)
    if found is None:  # in a second backward pass, or a gradient check
        surprisal_of_arrays(x, axis, index, weights, kept)
        found = kept.take(x)
    exponentials, total, others = found
    of_each = g / total
    slope = np.multiply(exponentials, of_each[along], out=exponentials)
    slope[index] = 0.0 - of_each * others
    return slope


@kernel()
def violations_of_array(x: Any, index: Any, margin: float) -> Any:
    """Return max(0, margin - x at the index + x) in each row, and 0 at the index."""
    y = x - x[index][..., None]
    y += margin
    y[index] = 0.0
    return np.maximum(y, 0.0)


def violations_vjp(g: Any, y: Any, x: Any, index: Any, margin: float) -> Any:
    """Return g where there is a violation, and minus the sum of these at the index."""
    slope = g * (plain(y) > 0)
    slope[index] = -np.sum(slope, axis=-1)
    return slope


@kernel(elementwise=True, tiled=True)
def huber_of_array(d: Any, delta: Any) -> Any:
    """Return d²/2 where |d| ≤ delta, else delta · (|d| - delta / 2)."""
    inside = np.clip(d, -delta, delta)
    y = inside * -0.5
    y += d
    y *= inside
    return y


@kernel(elementwise=True, tiled=True)
def logit_slope_of_arrays(z: Any, t: Any) -> Any:
    """Return sigmoid(z) - t, with all digits where they are nearly the same."""
    is_plain = type(z) is np.ndarray and z.ndim and z.size and z.dtype.char in "fd"
    if is_plain and np.maximum.reduce(z, axis=None) < (88 if z.dtype.char == "f" else 709):
        e = np.exp(z)
        y = e * (1 - t)
        y -= t
        e += 1
        y /= e
        return y
    small = np.exp(-np.abs(z))
    of_z, of_minus_z = np.where(z < 0, small, 1), np.where(z < 0, 1, small)
    return ((1 - t) * of_z - t * of_minus_z) / (1 + small)


#: In C: d limited to -delta … delta.
INSIDE = "((d < -delta ? -delta : d) > delta ? delta : d < -delta ? -delta : d)"

# fmt: off
logit_slope = elementwise(
    logit_slope_of_arrays, None,
    lambda y, z, t: sigmoid(z) * sigmoid(-z),
    lambda y, z, t: -np.ones_like(z), fresh_results=True, name="logit_slope",
    c="((1 - t) * (z < 0 ? exp(-fabs(z)) : 1) - t * (z < 0 ? 1 : exp(-fabs(z))))"
      " / (1 + exp(-fabs(z)))")
huber_of_difference = elementwise(
    huber_of_array, None,
    lambda y, d, delta: np.clip(d, -delta, delta),
    lambda y, d, delta: np.maximum(np.abs(d) - delta, 0.0), fresh_results=True, name="huber",
    c=f"{INSIDE} * (d - {INSIDE} / 2)")
cross_entropy_of_bits = elementwise(
    lambda p, t: -(t * log_at_least(p) + (1 - t) * log_at_least(1 - p)), None,
    lambda y, p, t: (p - t) / np.maximum(p * (1 - p), 1e-12),
    lambda y, p, t: np.maximum(np.log(1 - p), -100.0) - np.maximum(np.log(p), -100.0),
    fresh_results=True, name="binary_cross_entropy")
cross_entropy_of_logits = elementwise(
    lambda z, t: np.maximum(z, 0) - z * t + softplus(-np.abs(z)), None,
    lambda y, z, t: logit_slope(z, t),
    lambda y, z, t: -z, fresh_results=True, name="binary_cross_entropy_with_logits")
surprisal = define(surprisal_of_arrays, surprisal_vjp,
    fresh_results=True, name="cross_entropy", notation=CROSS_ENTROPY)
violations = define(violations_of_array, violations_vjp,
    fresh_results=True, name="violations", notation=VIOLATIONS)
weighted_sum = define(weighted_sum_of_arrays,
    lambda g, y, x, weights, axis: np.expand_dims(g, axis) * weights,
    lambda g, y, x, weights, axis: np.expand_dims(g, axis) * x,
    fresh_results=True, name="weighted_sum", notation=WEIGHTED_SUM)
# fmt: on
