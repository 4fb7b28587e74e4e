"""Norms of vectors and of matrices, of every order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.engine.dispatch import plain
from autograd.errors import ShapeError
from autograd.rules.elementwise import nonzero
from autograd.rules.kernel import holds, kernel, may_hold
from autograd.rules.kinks import LENGTHS, slopes, vanishing
from autograd.rules.reductions import forward_by, restore_axes, root_of_squares, spread
from autograd.rules.singular_values import svdvals
from autograd.rules.table import define, elementwise, giving_numbers, implements


def power_norm(x: Any, order: float, axis: Any = None, keepdims: Any = False) -> Any:
    """Compute (Σ xᵖ)^(1/p) of nonnegative numbers."""
    return np.sum(x**order, axis=axis, keepdims=keepdims) ** (1.0 / order)


def shares(y: Any, x: Any, order: float) -> Any:
    """Return (x / y)^(p - 1), the derivative of a norm y that is not 0."""
    return (where_length(y, x, 1.0) / nonzero(y)) ** (order - 1)


@kernel()
def where_length(y: Any, x: Any, other: Any) -> Any:
    """Replace numbers whose norm is 0."""
    zero = y == 0
    return np.where(zero, other, x) if may_hold(zero) else x


@kernel()
def flat_without_length(y: Any, slope: Any, x: Any) -> Any:
    """Return the derivative of a norm, 0 where the norm is 0."""
    zero = y == 0
    return np.where(zero, 0.0 * x, slope) if may_hold(zero) else slope


def power_norm_vjp(
    g: Any, y: Any, x: Any, order: float, axis: Any = None, keepdims: Any = False
) -> Any:
    """Return g (x / y)^(p - 1), and 0 where the norm is 0.

    A power above 2 of the norm has the second derivative 0 there; other functions of it have none.
    """
    long = y if keepdims else restore_axes(y, np.ndim(x), axis)
    found = spread(g, x, axis, keepdims) * shares(long, x, order)
    if not isinstance(g, Node) and not isinstance(y, Node):
        return flat_without_length(long, found, x)
    zero = plain(y) == 0
    if not holds(zero):
        return found
    flat = (plain(g) == 0) & (plain(slopes(g, y, zero)) == 0)
    limit = np.where(flat | ~zero, 0.0, math.nan).astype(plain(y).dtype)
    return where_length(long, found, vanishing(spread(limit, x, axis, keepdims), x))


is_nonzero = elementwise(lambda x: (x != 0).astype(np.real(x).dtype), None, 0, name="is_nonzero")
norm_of_powers = define(power_norm, power_norm_vjp, name="norm_of_powers")
LENGTHS.append(norm_of_powers)
giving_numbers(norm_of_powers)
norm_of_powers.jvp = forward_by(
    lambda y, x, options: where_length(
        y,
        shares(y, x, options["order"]),
        vanishing(math.nan, x) if isinstance(y, Node) else 0.0,
    )
)


def largest(x: Any, axis: Any, keepdims: Any = False) -> Any:
    """Return the largest of nonnegative numbers; 0 for an empty array."""
    reduce: Any = np.max if np.shape(x)[axis] else np.sum
    return reduce(x, axis=axis, keepdims=keepdims)


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """Return norms of vectors and of matrices, of every order."""
    if axis is None:
        if ord is None:
            return root_of_squares(x, keepdims=keepdims)
        axis = tuple(range(np.ndim(x)))
    axes = (axis,) if np.ndim(axis) == 0 else tuple(axis)
    if len(axes) == 1:
        return vector_norm(x, 2 if ord is None else ord, axes[0], keepdims)
    if len(axes) != 2:
        raise ShapeError("Improper number of dimensions to norm.")
    return matrix_norm(x, ord, axes, keepdims)


def vector_norm(x: Any, order: Any, axis: Any, keepdims: Any) -> Any:
    """Return (Σ|x|ᵖ)^(1/p) along an axis, or its limit."""
    if isinstance(order, str):
        raise ShapeError(f"Invalid norm order {order!r} for vectors.")
    if order == 2:
        return root_of_squares(x, axis, keepdims=keepdims)
    if order == 0:
        return np.sum(is_nonzero(x), axis=axis, keepdims=keepdims)
    size = np.abs(x)
    if order == math.inf:
        return largest(size, axis, keepdims)
    if order == -math.inf:
        return np.min(size, axis=axis, keepdims=keepdims)
    if order == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    return norm_of_powers(size, order=float(order), axis=axis, keepdims=keepdims)


def matrix_norm(x: Any, order: Any, axes: Any, keepdims: Any) -> Any:
    """Return norms of matrices along two axes."""
    last = np.moveaxis(x, axes, (-2, -1))
    extreme: Any = np.min if order in (-2, -1, -math.inf) else largest
    if order in (None, "fro", "f"):
        y = root_of_squares(last, (-2, -1))
    elif order == "nuc":
        y = np.sum(np.abs(svdvals(last)), axis=-1)
    elif order in (2, -2):
        y = extreme(np.abs(svdvals(last)), axis=-1)
    elif order in (1, -1):
        y = extreme(np.sum(np.abs(last), axis=-2), axis=-1)
    elif order in (math.inf, -math.inf):
        y = extreme(np.sum(np.abs(last), axis=-1), axis=-1)
    else:
        raise ShapeError(f"Invalid norm order {order!r} for matrices.")
    return restore_axes(y, np.ndim(x), axes) if keepdims else y


@implements(np.linalg.vector_norm)
def norm_of_vectors(x: Any, /, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Any:
    """Return norms of vectors along one or several axes."""
    ndim = np.ndim(x)
    axes = range(ndim) if axis is None else (axis,) if np.ndim(axis) == 0 else axis
    last = sorted(a % ndim for a in axes)
    rest = [i for i in range(ndim) if i not in last]
    shape = tuple(np.shape(x)[i] for i in rest)
    size = math.prod(np.shape(x)[i] for i in last)
    y = vector_norm(np.reshape(np.transpose(x, rest + last), (*shape, size)), ord, -1, False)
    return restore_axes(y, ndim, last) if keepdims else y


@implements(np.linalg.matrix_norm)
def norm_of_matrices(x: Any, /, *, keepdims: Any = False, ord: Any = "fro") -> Any:
    """Return norms of matrices in the last two axes."""
    return matrix_norm(x, ord, (-2, -1), keepdims)
