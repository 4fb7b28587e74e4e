"""Methods of ufuncs: `reduce`, `accumulate`, `outer`, `reduceat` and `at`.

Every binary ufunc has them. Sums, products and extremes use the rules of `numpy.sum`,
`numpy.cumsum` and so on; the others combine one element after the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node, Primitive
from autograd.engine.broadcasting import size_of
from autograd.engine.dispatch import plain
from autograd.engine.foreign import beside, is_foreign, like, to_numpy
from autograd.engine.registry import DISPATCH
from autograd.errors import NoRuleError, ShapeError
from autograd.rules.inplace import at
from autograd.rules.kernel import followed_with, kernel
from autograd.rules.reductions import axes_of, logsumexp, restore_axes
from autograd.rules.shapes import along_axis, arrays, numbered, put, rearrangement, slices
from autograd.rules.table import as_in_numpy, implements, linear

# -- reduce -----------------------------------------------------------------------------------


def as_function(function: Any) -> Callable[..., Any]:
    """Reduce by a NumPy function, over the first axis by default."""

    def reduce(a: Any, axis: Any = 0, dtype: Any = None, **keywords: Any) -> Any:
        more = {} if dtype is None else {"dtype": dtype}
        if dtype is not None and function in (np.max, np.min):
            a, more = a.astype(dtype), {}
        return function(a, axis=axis, **more, **keywords)

    return reduce


def rows_of(ufunc: Any, a: Any, axis: Any) -> Any:
    """Move the axes of a reduction to the front and merge them."""
    ndim = np.ndim(a)
    if ndim == 0:
        return np.reshape(a, 1)
    first = sorted(i % ndim for i in axes_of(axis, ndim))
    if len(first) > 1 and ufunc.identity is None and ufunc not in (np.fmax, np.fmin):
        raise ShapeError(
            f"numpy.{ufunc.__name__}.reduce depends on the order of the elements, so it reduces "
            f"one axis, not {tuple(first)}. Flatten the array, or reduce twice."
        )
    rest = [i for i in range(ndim) if i not in first]
    moved = np.transpose(a, first + rest)
    shape = np.shape(moved)
    return np.reshape(moved, (math.prod(shape[: len(first)]), *shape[len(first) :]))


def in_turn(ufunc: Any) -> Callable[..., Any]:
    """Reduce by combining one element after the other."""

    def reduce(
        a: Any, axis: Any = 0, dtype: Any = None, keepdims: Any = False, initial: Any = None,
        where: Any = True,
    ) -> Any:  # fmt: skip
        if where is not True:
            raise NoRuleError(
                f"numpy.{ufunc.__name__}.reduce of a node has no rule for where=. "
                "Select the elements first, a[mask]."
            )
        a = a if dtype is None else a.astype(dtype)
        if size_of(plain(a)) == 0 and initial is None:
            return ufunc.reduce(plain(a), axis=axis, keepdims=keepdims)
        rows = rows_of(ufunc, a, axis)
        if initial is not None:
            if not isinstance(initial, Node):
                initial = np.asarray(initial, dtype=plain(a).dtype, like=like(a))
            first = np.broadcast_to(initial, (1, *np.shape(rows)[1:]))
            rows = np.concatenate([first, rows])
        y = together(ufunc, rows)
        return restore_axes(y, np.ndim(a), axis) if keepdims else y

    return reduce


def together(ufunc: Any, rows: Any) -> Any:
    """Combine rows: ((r0 ∘ r1) ∘ r2) ∘ ..."""
    rest = rows[1:]
    if np.shape(rest)[0] == 0:  # NumPy begins with the identity: hypot gives |x|
        return rows[0] if ufunc.identity is None else ufunc(ufunc.identity, rows[0])
    if ufunc is np.subtract:
        return rows[0] - np.sum(rest, axis=0)
    if ufunc is np.divide:
        return rows[0] / np.prod(rest, axis=0)
    if ufunc is np.logaddexp:
        return logsumexp(rows, axis=0)
    y = rows[0]
    for i in range(np.shape(rest)[0]):
        y = ufunc(y, rest[i])
    return y


# -- accumulate -------------------------------------------------------------------------------


def places_of_records(ufunc: Any) -> Callable[..., Any]:
    """Return a function for the flat indices of a running extreme; ties take the first."""

    def sources(x: Any, axis: int = 0) -> Any:
        values = np.moveaxis(plain(x), axis, 0)
        if values.size == 0:
            return np.zeros(np.shape(x), dtype=int, like=like(x))
        y = ufunc.accumulate(values, 0)
        same = (y[1:] == y[:-1]) | ((y[1:] != y[1:]) & (y[:-1] != y[:-1]))
        turn = along_axis(np.arange(1, values.shape[0], like=like(x)), 0, values.ndim)
        first = np.zeros((1, *values.shape[1:]), dtype=int, like=like(x))
        steps = np.concatenate([first, np.where(same, 0, turn)])
        latest = np.maximum.accumulate(steps, axis=0)
        flat = np.moveaxis(numbered(x), axis, 0)
        return np.moveaxis(np.take_along_axis(flat, latest, axis=0), 0, axis)

    return sources


def running(ufunc: Any) -> Primitive:
    """Return the row of a running maximum or minimum."""

    def accumulate(x: Any, axis: int = 0) -> Any:
        return ufunc.accumulate(x, axis)

    accumulate.__name__ = f"{ufunc.__name__}.accumulate"
    return rearrangement(accumulate, places_of_records(ufunc))


# fmt: off
running_maximum = running(np.maximum)
running_minimum = running(np.minimum)
# fmt: on


def accumulating(ufunc: Any) -> Callable[..., Any]:
    """Accumulate by combining one element after the other."""

    def accumulate(a: Any, axis: Any = 0, dtype: Any = None) -> Any:
        rows = np.moveaxis(a if dtype is None else a.astype(dtype), axis, 0)
        found = [rows[i] for i in range(np.shape(rows)[0])]
        for i in range(1, len(found)):
            found[i] = ufunc(found[i - 1], found[i])
        return np.moveaxis(np.stack(found), 0, axis) if found else a

    return accumulate


def extreme_so_far(primitive: Primitive) -> Callable[..., Any]:
    """Accept the arguments of ``np.maximum.accumulate``."""

    def accumulate(a: Any, axis: Any = 0, dtype: Any = None) -> Any:
        return primitive(a if dtype is None else a.astype(dtype), axis)

    return accumulate


# -- outer, reduceat --------------------------------------------------------------------------


def outer(ufunc: Any) -> Callable[..., Any]:
    """Call a function on each pair of elements of two arrays."""

    def every_pair(a: Any, b: Any, **keywords: Any) -> Any:
        return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b, **keywords)

    return every_pair


def segments(indices: Any, n: int) -> list[Any]:
    """Return the ranges that `reduceat` reduces; an index not below the next is one element."""
    starts = to_numpy(indices).tolist()
    return [range(i, max(i + 1, j)) for i, j in zip(starts, [*starts[1:], n], strict=True)]


@kernel()
def elements_of_ranges(indices: Any, n: int) -> Any:
    """Return, for each element of the ranges of `reduceat`, its range and its position."""
    lengths = np.maximum(np.append(indices[1:], n) - indices, 1)
    owners = np.repeat(np.arange(len(indices)), lengths)
    first = np.cumsum(lengths) - lengths
    return owners, np.arange(len(owners)) + (indices - first)[owners]


def sums_transpose(g: Any, x: Any, indices: Any, axis: int = 0) -> Any:
    """Sum `g` over the ranges that contain each element."""
    axis = axis % np.ndim(x)
    if is_foreign(indices):  # NumPy counts how often to repeat
        found = elements_of_ranges(to_numpy(indices), np.shape(x)[axis])
        owners, elements = (beside(places, indices) for places in found)
    else:
        owners, elements = elements_of_ranges(indices, np.shape(x)[axis])
    taken = np.take(followed_with(g, (owners,)), owners, axis=axis)
    return put(taken, np.shape(x), (slice(None),) * axis + (elements,))


# fmt: off
sums_of_ranges = linear(lambda x, indices, axis=0: np.add.reduceat(x, indices, axis), sums_transpose, name="add.reduceat")
# fmt: on


def add_reduceat(a: Any, indices: Any, /, axis: Any = 0, dtype: Any = None, **_: Any) -> Any:
    """Sum ranges along an axis; NumPy passes ``indices=`` among the keywords as well."""
    return sums_of_ranges(
        a if dtype is None else a.astype(dtype), arrays(plain(indices), a)[0], axis
    )


def reduceat(ufunc: Any) -> Callable[..., Any]:
    """Reduce ranges along an axis, one after the other."""

    def by_range(a: Any, indices: Any, /, axis: Any = 0, dtype: Any = None, **_: Any) -> Any:
        a = a if dtype is None else a.astype(dtype)
        parts = segments(plain(indices), np.shape(a)[axis])
        reduced = []
        for part in parts:
            rows = slices(a, axis, part.start, part.stop)
            alone = len(part) == 1  # and without the identity
            reduced.append(rows if alone else ufunc.reduce(rows, axis=axis, keepdims=True))
        return np.concatenate(reduced, axis=axis)

    return by_range


def like_numpy(ufunc: Any, method: str, handler: Callable[..., Any]) -> None:
    """Register a method of a ufunc, with NumPy's errors and, where right, its values."""
    function = getattr(ufunc, method)
    if method == "reduceat":  # the protocol passes the indices twice

        def function(a: Any, indices: Any, /, axis: Any = 0, dtype: Any = None, **_: Any) -> Any:
            return ufunc.reduceat(a, indices, axis, dtype)

    implements((ufunc, method))(as_in_numpy(function, handler, ufunc not in WRONG_IN_NUMPY))


# -- the table --------------------------------------------------------------------------------

#: NumPy 2.4 reduces these wrongly with AVX-512.
WRONG_IN_NUMPY = (np.power, np.float_power, np.arctan2)
REDUCTIONS = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min}

for ufunc in [f for f in DISPATCH if isinstance(f, np.ufunc) and hasattr(np, f.__name__)]:
    if ufunc.nin == 2 and ufunc.nout == 1 and ufunc.signature is None:
        methods = {
            "reduce": in_turn(ufunc),
            "accumulate": accumulating(ufunc),
            "outer": outer(ufunc),
            "reduceat": reduceat(ufunc),
        }
        for method, handler in methods.items():
            like_numpy(ufunc, method, handler)
    if ufunc.nin <= 2 and ufunc.nout == 1 and ufunc.signature is None:
        implements((ufunc, "at"))(at(ufunc))
for ufunc, function in REDUCTIONS.items():
    implements((ufunc, "reduce"))(as_function(function))
like_numpy(np.add, "accumulate", as_function(np.cumsum))
like_numpy(np.multiply, "accumulate", as_function(np.cumprod))
like_numpy(np.maximum, "accumulate", extreme_so_far(running_maximum))
like_numpy(np.minimum, "accumulate", extreme_so_far(running_minimum))
like_numpy(np.add, "reduceat", add_reduceat)
