"""Indexing, reshaping and rearranging: functions that move elements without changing them.

All are linear. The transpose of moving an element somewhere is to take it from there, and to sum if
it was moved to several places.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node, Primitive, Tensor
from autograd.engine.batching import holding
from autograd.engine.broadcasting import unbroadcast
from autograd.engine.dispatch import plain, refuse_out
from autograd.engine.foreign import as_array, index_beside, is_foreign, like
from autograd.engine.memoryless import in_chunks_of
from autograd.engine.objects import as_item, joined
from autograd.rules.kernel import followed_with, taken, zeros
from autograd.rules.table import composition_of, define, giving_numbers, implements, linear

#: From how many elements on it takes less time to compute their places than to add them one by one.
MANY = 32

#: From how many elements for each row of the sum on it takes less time to sort them by their rows.
MANY_FOR_EACH = 1 << 12

# -- indexing ---------------------------------------------------------------------------------


def selects_once(index: Any) -> bool:
    """Return whether an index selects no element twice: integers and slices, or one mask."""
    if type(index) is slice or type(index) is int:
        return True
    if isinstance(index, np.ndarray) or is_foreign(index):
        return bool(index.dtype == bool)
    parts = index if isinstance(index, tuple) else (index,)
    return all(p is None or p is Ellipsis or isinstance(p, (int, np.integer, slice)) for p in parts)


def rows_in_zeros(g: Any, shape: tuple[int, ...], index: Any) -> Any:
    """Return zeros of a shape, with the rows of `g` added to the rows of these numbers."""
    whole = np.zeros(shape, g.dtype)
    add_rows(whole, index, g)
    return whole


def add_rows(whole: Any, index: Any, g: Any) -> None:
    """Add the rows of `g` to the rows of these numbers, which exist, of a contiguous array.

    NumPy adds elements one by one five times as fast in an array with a single axis.
    """
    length = math.prod(whole.shape[1:])
    index = index.astype(np.intp, copy=False)  # in a small type, places would wrap around
    rows = np.where(index < 0, index + len(whole), index)
    is_usual = length > 1 and g.dtype.char in "fd" and g.dtype == whole.dtype
    if is_usual and g.size >= MANY_FOR_EACH * len(whole) > 0:
        add_sorted_rows(whole.reshape((-1, length)), rows.reshape(-1), g.reshape((-1, length)))
        return
    places = np.add.outer(rows * length, np.arange(length))
    np.add.at(whole.reshape(-1), places.reshape(-1), g.reshape(-1))


def add_sorted_rows(whole: Any, numbers: Any, g: Any) -> None:
    """Add rows to those of these numbers, all of one number at once but in the same order."""
    kind = np.uint16 if len(whole) <= 1 << 16 else np.intp  # two bytes are sorted by counting
    order = np.argsort(numbers.astype(kind), kind="stable")
    counts = np.bincount(numbers)
    ends = [0, *np.cumsum(counts).tolist()]
    g, taken = np.ascontiguousarray(g), np.empty((counts.max(), g.shape[1]), g.dtype)
    for number, (start, end) in enumerate(itertools.pairwise(ends)):
        rows = g.take(order[start:end], 0, taken[: end - start], "clip")  # faster than an index
        whole[number] += np.add.reduce(rows, axis=0)


def numbers_rows(index: Any, shape: tuple[int, ...]) -> bool:
    """Return whether an index is a plain array of the numbers of rows; not if it is traced."""
    return type(index) is np.ndarray and index.dtype.kind in "iu" and len(shape) > 1


def numbers_elements(index: Any, whole: Any) -> bool:
    """Return whether an index has the numbers of many elements of an array along each axis."""
    if type(whole) is not np.ndarray or type(index) is not tuple or len(index) != whole.ndim:
        return False
    parts = [p for p in index if type(p) is np.ndarray and p.dtype.kind in "iu"]
    return len(parts) == len(index) and max(p.size for p in parts) >= MANY


def put_in_zeros(g: Any, shape: tuple[int, ...], index: Any, x: Any = None) -> Any:
    """Return zeros of a shape, with `g` added where `index` points; in the chunks of `x`, if any."""
    if numbers_rows(index, shape) and type(g) is np.ndarray:
        return rows_in_zeros(g, shape, index)
    whole = in_chunks_of(zeros(shape, np.result_type(g), g, index), x)
    given, index = index, index_beside(index, whole)
    if is_foreign(whole):
        index, g = _without_new_axes(whole, index, g)
    if selects_once(index) or (is_foreign(whole) and _selects_rows_once(given)):
        whole[index] = g
    elif numbers_elements(index, whole) and type(g) is np.ndarray:
        places = np.ravel_multi_index(index, whole.shape, mode="wrap")  # -1 is the last
        np.add.at(whole.reshape(-1), places, g)  # as in `add_rows`
    else:
        np.add.at(whole, index, g)
    return whole


def _selects_rows_once(index: Any) -> bool:
    """Return whether an index is a list without repetition, which is not on a device."""
    if not isinstance(index, (list, np.ndarray)) or np.ndim(index) != 1:
        return False
    numbers = np.asarray(index)
    if numbers.dtype.kind not in "iu" or np.any(numbers < 0):
        return False
    return len(set(numbers.tolist())) == len(numbers)


def _without_new_axes(whole: Any, index: Any, g: Any) -> Any:
    """Return an index without None, and `g` without these axes: Dask assigns to no such index."""
    parts = index if isinstance(index, tuple) else (index,)
    if 0 in np.shape(g):
        return (slice(0, 0),), 0  # nor to no elements
    if not selects_once(index) or not any(part is None for part in parts):
        return index, g
    index = tuple([part for part in parts if part is not None])
    return index, g.reshape(whole[index].shape)


def elements_put(g: Any, x: Any, index: Any) -> Any:
    """Return the cotangent of the whole array, given that of some elements."""
    if isinstance(g, Node):
        return put(g, x.shape, index)
    return put_in_zeros(g, x.shape, index, x)


def no_derivative(g: Any, *_: Any) -> float:
    """Return 0 as the cotangent of an index."""
    return 0.0


def with_elements(x: Any, index: Any, item: Any) -> Any:
    """Return a copy of an array with other elements at an index."""
    y = holding(_copied(x), index, item)
    y[index_beside(index, y)] = item
    return y


def without_elements(g: Any, index: Any) -> Any:
    """Set the cotangents of overwritten elements to zero."""
    if isinstance(g, Node):
        assigned = zeros(np.shape(g), bool, index, g)
        assigned[index_beside(index, assigned)] = True
        return np.where(assigned, 0.0, g)
    g = holding(_copied(g), index, 0)
    g[index_beside(index, g)] = 0
    return g


def _copied(x: Any) -> Any:
    """Return a copy to assign to: of a NumPy scalar an array of shape ()."""
    return np.array(x) if isinstance(x, (np.generic, float)) or type(x) is np.ndarray else x.copy()


def elements_of(g: Any, index: Any, item: Any) -> Any:
    """Return the cotangents of the assigned elements; at repeated indices the last one counts."""
    if is_foreign(index) and index.dtype == bool and np.ndim(item) == 0:  # no library counts them
        mask = index.reshape(index.shape + (1,) * (np.ndim(g) - index.ndim))
        return unbroadcast(np.where(mask, g, zeros((), g.dtype, g)), item)
    taken = g[index]
    if not selects_once(index):
        order = numbered(plain(taken))
        last = zeros(np.shape(g), int, index, g)
        index = index_beside(index, last)
        last[index] = order
        taken = np.where(last[index] == order, taken, 0.0)
    extra = np.ndim(item) - np.ndim(taken)
    if extra > 0:  # NumPy allows extra leading axes of length one
        taken = np.reshape(taken, (1,) * extra + np.shape(taken))
    return unbroadcast(taken, item)


def numbered(x: Any) -> Any:
    """Return an array of the shape of `x` that numbers its elements."""
    shape = np.shape(x)
    return np.arange(math.prod(shape), like=like(x)).reshape(shape)


# -- rearrangements ---------------------------------------------------------------------------


def sources(function: Callable[..., Any], x: Any, *arguments: Any, **keywords: Any) -> Any:
    """Return the flat index in `x` of each element of ``function(x)``; -1 if it has none."""
    return function(followed_with(numbered(x), arguments), *arguments, **keywords)


def scatter_elements(g: Any, shape: tuple[int, ...], indices: Any) -> Any:
    """Add each element of `g` to an array of zeros at its flat index."""
    flat = zeros(int(np.prod(shape, dtype=int)) + 1, np.result_type(g), g, indices)
    np.add.at(flat, indices, g)  # index -1, "no element", is the extra last place
    return flat[:-1].reshape(shape)


def gather_elements(x: Any, shape: tuple[int, ...], indices: Any) -> Any:
    """Return the elements of `x` at these flat indices; 0 for index -1."""
    return np.append(x, np.zeros(1, dtype=np.result_type(x), like=like(x)))[indices]


def rearrangement(
    function: Callable[..., Any], where_from: Callable[..., Any] | None = None
) -> Primitive:
    """Return the row of a function that copies elements of its argument.

    `where_from` returns their flat indices, if these depend on the values, as for sorting.
    """
    if where_from is None:

        def back(g: Any, x: Any, *arguments: Any, **keywords: Any) -> Any:
            """Add each element of g to the one it was copied from."""
            indices = sources(function, x, *arguments, **keywords)
            return scatter(g, np.shape(x), indices)

        return linear(function, back)

    def back_to_chosen(g: Any, y: Any, x: Any, *arguments: Any, **keywords: Any) -> Any:
        """Add each element of g to the one it was copied from."""
        indices = where_from(x, *arguments, **keywords)
        return scatter(g, np.shape(x), indices)

    return define(function, back_to_chosen)


def sources_of_sort(x: Any, axis: Any = -1, kind: Any = None, **keywords: Any) -> Any:
    """Return the flat indices of the elements of ``np.sort(x)``; ties stay in order."""
    values: Any = plain(x)
    flat = numbered(values)
    if axis is None:
        values, flat, axis = np.ravel(values), flat.ravel(), 0
    return np.take_along_axis(flat, np.argsort(values, axis=axis, kind="stable"), axis)


def sources_of_partition(
    x: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", **keywords: Any
) -> Any:
    """Return the flat indices of the elements of ``np.partition(x)``."""
    values: Any = plain(x)
    flat = numbered(values)
    if axis is None:
        values, flat, axis = np.ravel(values), flat.ravel(), 0
    how = {} if kind == "introselect" else {"kind": kind}  # CuPy's function does not have it
    return np.take_along_axis(flat, np.argpartition(values, kth, axis=axis, **how), axis)


def inverse(axes: Any) -> Any:
    """Return the inverse of a permutation of axes."""
    if axes is None:
        return None
    return tuple(sorted(range(len(axes)), key=lambda axis: axes[axis] % len(axes)))


# Defined further down.
put: Primitive
gather: Primitive


def in_order(x: Any, shape: tuple[int, ...], order: Any) -> Any:
    """Reshape; not every library has the keyword ``order=``."""
    return np.reshape(x, shape) if order == "C" else np.reshape(x, shape, order=order)


def negative(shift: Any) -> Any:
    """Return the opposite of a shift along one axis or several."""
    return tuple([-by for by in shift]) if isinstance(shift, (tuple, list)) else -shift


def converted(x: Any, dtype: Any) -> Any:
    """Convert an array, or the number in a Value, to another type."""
    return (np.float64(x) if type(x) is float else x).astype(dtype)


# fmt: off
getitem      = linear(operator.getitem, lambda g, x, index: elements_put(g, x, index),                     name="getitem", replaces=())
setitem      = linear(with_elements,    lambda g, x, index, item: without_elements(g, index), no_derivative,
                                        lambda g, x, index, item: elements_of(g, index, item),                     name="setitem", replaces=())
put          = linear(put_in_zeros,     lambda g, x, shape, index: taken(g, index),                          name="put",     replaces=())
scatter      = linear(scatter_elements, lambda g, x, shape, indices: gather(g, shape, indices),            name="scatter", replaces=())
gather       = linear(gather_elements,  lambda g, x, shape, indices: scatter(g, shape, indices),           name="gather",  replaces=())

reshape      = linear(np.reshape,       lambda g, x, shape=None, order="C", **_: in_order(g, np.shape(x), order))
ravelled     = linear(np.ravel,         lambda g, x, order="C": in_order(g, np.shape(x), order),      name="ravel",   replaces=())
transpose    = linear(np.transpose,     lambda g, x, axes=None: np.transpose(g, inverse(axes)))
moveaxis     = linear(np.moveaxis,      lambda g, x, source, destination: np.moveaxis(g, destination, source))
swapaxes     = linear(np.swapaxes,      lambda g, x, axis1, axis2: np.swapaxes(g, axis1, axis2))
expand_dims  = linear(np.expand_dims,   lambda g, x, axis: np.reshape(g, np.shape(x)))
squeeze      = linear(np.squeeze,       lambda g, x, axis=None: np.reshape(g, np.shape(x)))
flip         = linear(np.flip,          lambda g, x, axis=None: np.flip(g, axis))
roll         = linear(np.roll,          lambda g, x, shift, axis=None: np.roll(g, negative(shift), axis))
rot90        = linear(np.rot90,         lambda g, x, k=1, axes=(0, 1): np.rot90(g, -k, axes))
tril         = linear(np.tril,          lambda g, x, k=0: unbroadcast(np.tril(g, k), x))
triu         = linear(np.triu,          lambda g, x, k=0: unbroadcast(np.triu(g, k), x))
copy         = linear(np.copy,          lambda g, x, *_, **__: g)
astype       = linear(converted,        lambda g, x, dtype: g,                             name="astype")
broadcast_to = linear(np.broadcast_to,  lambda g, x, shape, *_, **__: unbroadcast(g, x))
where        = linear(np.where,         lambda g, c, x, y: np.zeros(np.shape(c), like=like(c)),
                                        lambda g, c, x, y: unbroadcast(np.where(c, g, 0), x),
                                        lambda g, c, x, y: unbroadcast(np.where(c, 0, g), y),              replaces=())

take         = rearrangement(np.take)
repeat       = rearrangement(np.repeat)
tile         = rearrangement(np.tile)
diagonal     = rearrangement(np.diagonal)
sort         = rearrangement(np.sort, sources_of_sort)
partition    = rearrangement(np.partition, sources_of_partition)
# fmt: on
giving_numbers(getitem, take)


def arrays(*things: Any) -> list[Any]:
    """Convert lists, tuples and numbers to arrays like the others, or to nodes if they hold some."""
    home = like(*things)

    def array(x: Any) -> Any:
        if isinstance(x, Node):
            return x
        is_moved = home is not None and not hasattr(x, "__array_function__")
        return joined(np.asarray(x, like=home) if is_moved else as_array(x))

    return [array(x) for x in things]


def slices(x: Any, axis: int, start: Any, stop: Any) -> Any:
    """Return a slice along an axis."""
    return x[(slice(None),) * (axis % np.ndim(x)) + (slice(start, stop),)]


def along_axis(vector: Any, axis: int, ndim: int) -> Any:
    """Return a vector as an array of `ndim` axes, all but one of length 1."""
    shape = [1] * ndim
    shape[axis] = -1
    return np.reshape(vector, tuple(shape))


def grids(shape: tuple[int, ...], *others: Any) -> tuple[Any, ...]:
    """Return indices along each axis that broadcast to a shape: `numpy.indices`, sparse."""
    home = like(*others)
    return tuple(
        along_axis(np.arange(n, like=home), axis, len(shape)) for axis, n in enumerate(shape)
    )


# -- other names and options -------------------------------------------------------------------


@implements(np.where)
def where_or_nonzero(condition: Any, *choices: Any) -> Any:
    """Choose elements by a condition; without choices return the indices where it is not zero."""
    return where(condition, *choices) if choices else np.nonzero(condition)


@implements(np.reshape)
def reshape_in_order(a: Any, shape: Any, order: Any = "C", *, copy: Any = None) -> Any:
    """Reshape; order "A" is the order in memory."""
    if copy is False:
        np.reshape(plain(a), shape, order=order, copy=False)  # raises NumPy's error if it copies
    a = np.copy(a) if copy else a
    if order == "A":
        order = "F" if np.isfortran(plain(a)) else "C"
    return reshape(a, shape) if order == "C" else reshape(a, shape, order=order)


def to_be_filled(array: Any) -> Any:
    """Return a new array as a constant Tensor, so that nodes can be assigned to its elements.

    Arrays of integers or booleans, such as masks, stay arrays: they cannot hold a node.
    """
    return Tensor(array, requires_grad=False) if array.dtype.kind in "fc" else array


def making(function: Any) -> None:
    """Register `numpy.zeros_like`, `ones_like` or `empty_like`."""

    @implements(function)
    @functools.wraps(function)
    def like(a: Any, *arguments: Any, **keywords: Any) -> Any:
        return to_be_filled(function(plain(a), *arguments, **keywords))


making(np.zeros_like)
making(np.ones_like)
making(np.empty_like)


@implements(np.full_like)
def full_like(a: Any, fill_value: Any, dtype: Any = None, **keywords: Any) -> Any:
    """Fill the shape of an array with one number, which may be a node."""
    fill_value = as_item(fill_value)
    if not isinstance(fill_value, Node):
        return to_be_filled(np.full_like(plain(a), fill_value, dtype=dtype, **keywords))
    wanted = np.shape(a) if keywords.get("shape") is None else keywords["shape"]
    full = np.broadcast_to(fill_value, wanted)
    return full.astype(dtype or np.result_type(plain(a)))


@implements(np.take)
def take_elements(
    a: Any, indices: Any, axis: Any = None, out: None = None, mode: Any = "raise"
) -> Any:
    """Take elements by index."""
    refuse_out(out)
    how = {} if mode == "raise" else {"mode": mode}  # CuPy's function does not have it
    return take(a, indices, axis=axis, **how)


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """Flatten; orders "K" and "A" are the order in memory."""
    if order == "K":
        strides = np.abs(getattr(plain(a), "strides", ()))
        return ravelled(np.transpose(a, np.argsort(-strides, kind="stable")))
    if order == "A":
        order = "F" if np.isfortran(plain(a)) else "C"
    return ravelled(a) if order == "C" else ravelled(a, order)


@implements(np.flipud)
def flipud(m: Any) -> Any:
    """Reverse the first axis."""
    return np.flip(m, 0)


@implements(np.fliplr)
def fliplr(m: Any) -> Any:
    """Reverse the second axis."""
    return np.flip(m, 1)


@implements(np.matrix_transpose)
def matrix_transpose(x: Any) -> Any:
    """Swap the last two axes."""
    return np.swapaxes(x, -1, -2)


implements(np.linalg.matrix_transpose)(matrix_transpose)


@implements(np.linalg.diagonal)
def diagonal_of_matrices(x: Any, /, *, offset: int = 0) -> Any:
    """Return the diagonals of matrices in the last two axes."""
    return np.diagonal(x, offset, -2, -1)


@implements(np.linalg.trace)
def trace_of_matrices(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """Sum the diagonals of matrices in the last two axes."""
    return np.sum(np.diagonal(x, offset, -2, -1), axis=-1, dtype=dtype)


@implements(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    """Sum a diagonal."""
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


@composition_of(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """Return the diagonal of a matrix, or a matrix with this diagonal."""
    if np.ndim(v) == 2:
        return np.diagonal(v, k)
    n = len(v)
    first = np.arange(n, like=like(v))
    return put(v, (n + abs(k), n + abs(k)), (first + max(-k, 0), first + max(k, 0)))


@implements(np.astype)
def astype_function(x: Any, dtype: Any, /, *, copy: bool = True, **_: Any) -> Any:
    """Convert to another type."""
    return x if copy is False and x.dtype == dtype else x.astype(dtype)
