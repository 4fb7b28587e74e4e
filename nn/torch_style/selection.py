"""Choosing and replacing elements: indices, masks, gather and scatter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd import Node
from autograd.errors import DataError, GradientLostError, OptionError, ShapeError
from nn.torch_style.arithmetic import pair
from nn.torch_style.base import apart, held, in_place, made, numbers, positions, store, tensor_held
from nn.torch_style.promotion import converted, operands
from nn.torch_style.shapes import Shapes
from nn.torch_style.types import Bool, Int

S = TypeVar("S", bound="Selection")


def places_along(dim: Int, index: Any) -> Any:
    """Return an index of all elements that `gather` and `scatter` name by places on one axis."""
    dim = normalize_axis_index(dim, index.ndim)
    grid = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    grid[dim] = index
    return tuple(grid)


def _source(src: Any, index: Any) -> Any:
    """Return the elements to scatter: those of a tensor that have an index, or a number."""
    src = held(src)
    if np.ndim(src) == 0:
        return src
    return src[tuple(slice(n) for n in index.shape)]


def _names_one(index: Any, ndim: int) -> bool:
    """Return whether an index consists of integers, one for each axis."""
    if type(index) is tuple:
        return len(index) == ndim and all(type(i) is int for i in index)
    return type(index) is int and ndim == 1


class Selection(Shapes):
    """Indices, masks, gather and scatter."""

    __slots__ = ()

    def __getitem__(self: S, index: Any) -> S:
        index = positions(index)
        if type(index) is tuple and (parts := apart(index)) is not None:
            return made(self._held[parts[0]][parts[1]])
        if _names_one(index, self._held.ndim):  # a view, of one element
            index = (*index, ...) if type(index) is tuple else (index, ...)
        return made(self._held[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        index = positions(index)
        if type(index) is tuple and (parts := apart(index)) is not None:
            self[parts[0]][parts[1]] = value
        else:
            store(self, value, index)

    def __len__(self) -> int:
        if not self._held.ndim:
            raise TypeError("len() of a tensor of shape ()")
        return len(self._held)

    def __iter__(self: S) -> Iterator[S]:
        return iter(self.unbind(0))

    def __contains__(self, item: Any) -> bool:
        return bool(np.any(np.equal(numbers(self), numbers(item))))

    def gather(self: S, dim: Int, index: Any) -> S:
        """Return the elements at the places that `index` names along an axis."""
        found = numbers(index)
        x = tensor_held(self, "gather")
        if found.ndim != x.ndim:
            raise ShapeError(
                f"gather: index has {found.ndim} axes, the tensor {x.ndim}; they must be the same. "
                f"Write index.unsqueeze({dim}) and, behind it, squeeze({dim})."
            )
        return made(x[places_along(dim, found)])

    def scatter(
        self: S, dim: Int, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None
    ) -> S:
        """Return a copy with elements of `src` at the places that `index` names along an axis."""
        return self.clone().scatter_(dim, index, src, value=value, reduce=reduce)

    def scatter_(
        self: S, dim: Int, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None
    ) -> S:
        """Assign elements of `src` to the places that `index` names along an axis.

        With ``reduce="add"`` or ``"multiply"`` the elements there are part of the result.
        """
        found = numbers(index)
        src = value if src is None else src
        if reduce is None:
            return store(self, _source(src, found), places_along(dim, found))
        if reduce not in ("add", "multiply"):
            raise OptionError(f'reduce={reduce!r} must be "add" or "multiply".')
        if np.ndim(held(src)) == 0:
            src = made(np.full(found.shape, src, self._held.dtype))
        return self.scatter_reduce_(dim, index, src, "sum" if reduce == "add" else "prod")

    def scatter_add(self: S, dim: Int, index: Any, src: Any) -> S:
        """Return a copy with elements of `src` added at the places that `index` names."""
        found = numbers(index)
        total = np.copy(tensor_held(self, "scatter_add"))
        source = converted(_source(src, found), total.dtype)
        return made(added(total, places_along(dim, found), source))

    scatter_add_ = in_place(scatter_add)

    def scatter_reduce(
        self: S, dim: Int, index: Any, src: Any, reduce: str, *, include_self: Bool = True
    ) -> S:
        """Return a copy with elements of `src` combined at the places that `index` names.

        They are combined by their "sum", "mean", "amax", "amin" or "prod".
        """
        found = numbers(index)
        x, places = tensor_held(self, "scatter_reduce"), places_along(dim, found)
        source = converted(_source(src, found), x.dtype)
        return made(reduced(x, places, source, reduce, include_self))

    scatter_reduce_ = in_place(scatter_reduce)

    def index_copy(self: S, dim: Int, index: Any, source: Any) -> S:
        """Return a copy with `source` at places along an axis."""
        copy = self.clone()
        before = (slice(None),) * normalize_axis_index(dim, copy.ndim)
        return store(copy, source, (*before, numbers(index)))

    index_copy_ = in_place(index_copy)

    def index_put(self: S, indices: Any, values: Any, accumulate: Bool = False) -> S:
        """Return a copy with `values` at places, or added there."""
        places = positions(tuple(indices))
        if accumulate:
            total = np.copy(tensor_held(self, "index_put"))
            return made(added(total, places, converted(held(values), total.dtype)))
        return store(self.clone(), values, places)

    index_put_ = in_place(index_put)

    def fill_diagonal_(self: S, fill_value: Any) -> S:
        """Assign a number to the diagonal; return the tensor."""
        count = np.arange(min(self._held.shape))
        return store(self, fill_value, (count,) * self._held.ndim)

    def index_select(self: S, dim: Int, index: Any) -> S:
        """Return the elements at places along an axis."""
        return made(np.take(tensor_held(self), numbers(index), axis=dim))

    def index_add(self: S, dim: Int, index: Any, source: Any, *, alpha: Any = 1) -> S:
        """Return a copy with `source` added at places along an axis."""
        total = np.copy(tensor_held(self, "index_add"))
        before = (slice(None),) * normalize_axis_index(dim, total.ndim)
        source = converted(held(source) * alpha, total.dtype)
        return made(added(total, (*before, numbers(index)), source))

    index_add_ = in_place(index_add)

    def index_fill(self: S, dim: Int, index: Any, value: Any) -> S:
        """Return a copy with a number at places along an axis."""
        copy = self.clone()
        before = (slice(None),) * normalize_axis_index(dim, copy.ndim)
        return store(copy, value, (*before, numbers(index)))

    index_fill_ = in_place(index_fill)

    def take_along_dim(self: S, indices: Any, dim: Any = None) -> S:
        """Return the elements at places along an axis, with shapes that broadcast."""
        return made(np.take_along_axis(tensor_held(self), numbers(indices), dim))

    def take(self: S, index: Any) -> S:
        """Return the elements at places of the flattened tensor."""
        return made(np.take(tensor_held(self, "take"), numbers(index)))

    def masked_fill(self: S, mask: Any, value: Any) -> S:
        """Return a copy with a number where a mask is true."""
        x = tensor_held(self, "masked_fill")
        if numbers(mask).dtype.kind not in "bu":
            raise DataError(f"A mask holds booleans, not {mask.dtype}: write mask.bool().")
        value = held(value)
        fill = np.asarray(value, x.dtype) if isinstance(value, (int, float)) else value
        return made(np.where(np.asarray(numbers(mask), bool), converted(fill, x.dtype), x))

    masked_fill_ = in_place(masked_fill)

    def masked_select(self: S, mask: Any) -> S:
        """Return the elements where a mask is true, along one axis."""
        x = tensor_held(self, "masked_select")
        mask = np.broadcast_to(numbers(mask), np.broadcast_shapes(x.shape, mask.shape))
        return made(np.broadcast_to(x, mask.shape)[mask])

    def masked_scatter(self: S, mask: Any, source: Any) -> S:
        """Return a copy with elements of `source`, in turn, where a mask is true."""
        mask = np.broadcast_to(numbers(mask), self._held.shape)
        flat = np.reshape(held(source), (-1,))
        return store(self.clone(), flat[: int(mask.sum())], mask)

    def where(self: S, condition: Any, other: Any) -> S:
        """Return the elements where a condition is true, else those of `other`."""
        x, y = pair(self, other)
        return made(np.where(numbers(condition), x, y))

    def nonzero(self: S, *, as_tuple: Bool = False) -> Any:
        """Return the places of the elements that are not 0, one in each row."""
        x = numbers(self)
        if not x.ndim and not as_tuple:
            return made(np.zeros((int(bool(x)), 0), np.int64))
        found = np.nonzero(np.atleast_1d(x))
        if as_tuple:
            return tuple([made(part) for part in found])
        return made(np.stack(found, -1))

    argwhere = nonzero

    def unique(
        self: S,
        sorted: Bool = True,
        return_inverse: Bool = False,
        return_counts: Bool = False,
        dim: Any = None,
    ) -> Any:
        """Return the different elements in order, where each was, and how often."""
        found: Any = np.unique(  # type: ignore[call-overload]
            numbers(self), return_inverse=return_inverse, return_counts=return_counts, axis=dim
        )
        return tuple(map(made, found)) if isinstance(found, tuple) else made(found)

    def bincount(self: S, weights: Any = None, minlength: Int = 0) -> S:
        """Return how often each integer appears."""
        x = numbers(self)
        if weights is None:
            return made(np.bincount(x, None, minlength))
        (source,) = operands(held(weights), floating=True)
        count = max(minlength, x.max(initial=-1) + 1)
        total = np.zeros_like(source, shape=(count,))
        return made(added(total, x, source))

    def searchsorted(
        self: S, values: Any, *, out_int32: Bool = False, right: Bool = False,
        side: str | None = None, sorter: Any = None,
    ) -> S:  # fmt: skip
        """Return where values would have to be inserted to keep the order."""
        side = side or ("right" if right else "left")
        order = None if sorter is None else numbers(sorter)
        found = np.searchsorted(numbers(self), numbers(values), side, order)  # type: ignore[call-overload]
        return made(np.asarray(found, np.int32 if out_int32 else np.int64))


def reduced(x: Any, places: Any, source: Any, reduce: str, include_self: bool) -> Any:
    """Return x with elements of `source` combined at places that may repeat."""
    named = np.zeros(x.shape, np.int64)
    np.add.at(named, places, 1)
    kept = x if include_self else np.where(named > 0, np.zeros((), x.dtype), x)
    if reduce == "sum":
        return added(np.copy(kept), places, source)
    if reduce == "mean":
        counts = np.maximum(np.where(named > 0, named + bool(include_self), 1), 1)
        total = added(np.copy(kept), places, source)
        return total // counts if x.dtype.kind in "iu" else total / counts.astype(x.dtype)
    if reduce not in ("amax", "amin", "prod"):
        raise OptionError(f"reduce={reduce!r} must be sum, mean, amax, amin or prod.")
    best = _extremes(x, places, source, reduce, named, include_self)
    if not _is_variable(x) and not _is_variable(source):
        return best
    if reduce == "prod":
        raise GradientLostError(
            'scatter_reduce with reduce="prod" has no derivative here: write the exponential of '
            "scatter_add of logarithms."
        )
    # Every element that is the extreme one has a part of the derivative.
    own = np.logical_and(numbers(x) == best, bool(include_self)) | (named == 0)
    theirs = (numbers(source) == best[places]).astype(x.dtype)
    shares = own.astype(x.dtype)
    np.add.at(shares, places, theirs)
    total = added(np.where(own, x, np.zeros((), x.dtype)), places, source * theirs) / shares
    return total - numbers(total) + best


def _extremes(x: Any, places: Any, source: Any, reduce: str, named: Any, include_self: bool) -> Any:
    """Return the largest, smallest or multiplied numbers."""
    best = numbers(x).copy()
    if not include_self:
        limits: Any = np.iinfo(best.dtype) if best.dtype.kind in "iu" else None
        low, high = (-np.inf, np.inf) if limits is None else (limits.min, limits.max)
        best[named > 0] = {"amax": low, "amin": high, "prod": 1}[reduce]
    {"amax": np.maximum, "amin": np.minimum, "prod": np.multiply}[reduce].at(
        best, places, numbers(source)
    )
    return best


def _is_variable(x: Any) -> bool:
    return isinstance(x, Node) and bool(getattr(x, "requires_grad", True))


def added(total: Any, places: Any, source: Any) -> Any:
    """Return `total` with elements of `source` added at places that may repeat."""
    np.add.at(total, places, source)
    return total
