"""Statistics, running extremes, differences, and what is counted."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from nn.torch_style.base import made, numbers, tensor_held
from nn.torch_style.promotion import operands
from nn.torch_style.reductions import Extreme, of_scalars, picked
from nn.torch_style.selection import Selection
from nn.torch_style.types import Bool, Int

S = TypeVar("S", bound="Statistics")


class Limits(NamedTuple):
    """The smallest and the largest element: the result of ``x.aminmax()``."""

    min: Any
    max: Any


def _running(self: Any, dim: Int, function: Any) -> Extreme:
    """Return the extremes of the elements so far, and the last place of each."""
    x = tensor_held(self, function.__name__)
    dim = normalize_axis_index(dim, x.ndim)
    array = numbers(x)
    best = function.accumulate(array, axis=dim)
    shape = [-1 if axis == dim else 1 for axis in range(x.ndim)]
    is_best = (array == best) | ((array != array) & (best != best))
    places = np.where(is_best, np.arange(x.shape[dim]).reshape(shape), 0)
    places = np.maximum.accumulate(places, axis=dim)
    return Extreme(made(picked(x, places, dim)), made(places))


def _most_frequent(row: Any) -> Any:
    """Return the element that is most frequent, of several the smallest, and its last place."""
    found, counts = np.unique(row, return_counts=True)
    return np.flatnonzero(row == found[np.argmax(counts)])[-1]


class Statistics(Selection):
    """Statistics of tensors."""

    __slots__ = ()

    def cov(self: S, *, correction: Int = 1, fweights: Any = None, aweights: Any = None) -> S:
        """Return the covariances of the rows, whose columns are observations.

        Observations count as often as `fweights` says, or as much as `aweights`.
        """
        (x,) = operands(tensor_held(self, "cov"), floating=True)
        often, much = numbers(fweights), numbers(aweights)
        return made(np.cov(x, ddof=correction, fweights=often, aweights=much).astype(x.dtype))

    def corrcoef(self: S) -> S:
        """Return the correlations of the rows, whose columns are observations."""
        (x,) = operands(tensor_held(self, "corrcoef"), floating=True)
        return made(np.corrcoef(x).astype(x.dtype))

    def nanquantile(
        self: S, q: Any, dim: Any = None, keepdim: Bool = False, *, interpolation: Any = "linear"
    ) -> S:
        """Return quantiles of the elements that are not NaN."""
        x = tensor_held(self, "nanquantile")
        found = np.nanquantile(x, numbers(q), axis=dim, keepdims=keepdim, method=interpolation)
        return made(found)

    def aminmax(self, *, dim: Any = None, keepdim: Bool = False) -> Limits:
        """Return the smallest and the largest elements."""
        x = tensor_held(self, "aminmax")
        low, high = (f(x, axis=dim, keepdims=keepdim) for f in (np.min, np.max))
        return Limits(made(low), made(high))

    @of_scalars
    def cummax(self, dim: Int) -> Extreme:
        """Return the largest element so far, along an axis, and its place."""
        return _running(self, dim, np.maximum)

    @of_scalars
    def cummin(self, dim: Int) -> Extreme:
        """Return the smallest element so far, along an axis, and its place."""
        return _running(self, dim, np.minimum)

    @of_scalars
    def logcumsumexp(self: S, dim: Int) -> S:
        """Return log of the running sums of exp(x)."""
        (x,) = operands(tensor_held(self, "logcumsumexp"), floating=True)
        return made(np.logaddexp.accumulate(x, axis=dim))

    @of_scalars
    def diff(self: S, n: Int = 1, dim: Int = -1, prepend: Any = None, append: Any = None) -> S:
        """Return the differences of neighbours, n times."""
        parts = [tensor_held(part) for part in (prepend, self, append) if part is not None]
        x = np.concatenate(parts, dim) if len(parts) > 1 else parts[0]
        return made(np.diff(x, n, dim))

    @of_scalars
    def mode(self, dim: Int = -1, keepdim: Bool = False) -> Extreme:
        """Return the most frequent elements along an axis, and their places."""
        x = tensor_held(self, "mode")
        places = np.expand_dims(np.apply_along_axis(_most_frequent, dim, numbers(x)), dim)
        found = picked(x, places, dim)
        if not keepdim:
            found, places = np.squeeze(found, dim), np.squeeze(places, dim)
        return Extreme(made(found), made(places))

    @of_scalars
    def msort(self) -> Any:
        """Return the elements sorted along the first axis."""
        return self.sort(0).values

    def unique_consecutive(
        self: S, return_inverse: Bool = False, return_counts: Bool = False, dim: Any = None
    ) -> Any:
        """Return the elements, of equal neighbours one; where each went; and how many they were."""
        x = numbers(self) if dim is not None else numbers(self).reshape(-1)
        rows = np.moveaxis(x, 0 if dim is None else dim, 0)
        flat = rows.reshape(len(rows), rows[:1].size)
        starts = np.flatnonzero(np.r_[len(rows) > 0, (flat[1:] != flat[:-1]).any(1)][: len(rows)])
        found = [np.take(x, starts, axis=0 if dim is None else dim)]
        if return_inverse:
            places = np.zeros(len(rows), np.int64)
            places[starts[1:]] = 1
            inverse = np.cumsum(places)
            found.append(inverse.reshape(numbers(self).shape) if dim is None else inverse)
        if return_counts:
            found.append(np.diff(np.r_[starts, len(rows)]))
        return made(found[0]) if len(found) == 1 else tuple(map(made, found))

    def trapezoid(self: S, x: Any = None, *, dx: Any = 1.0, dim: Int = -1) -> S:
        """Return the integral by the trapezoidal rule along an axis."""
        places = None if x is None else tensor_held(x)
        (y,) = operands(tensor_held(self, "trapezoid"), floating=True)
        return made(np.trapezoid(y, places, dx, dim).astype(y.dtype))

    trapz = trapezoid

    def bucketize(self: S, boundaries: Any, *, out_int32: Bool = False, right: Bool = False) -> S:
        """Return the number of the interval between boundaries that each element is in."""
        side = "right" if right else "left"
        found = np.searchsorted(numbers(boundaries), numbers(self), side)  # type: ignore[call-overload]
        return made(np.asarray(found, np.int32 if out_int32 else np.int64))

    def histc(self: S, bins: Int = 100, min: Any = 0, max: Any = 0) -> S:
        """Return how many elements are in each of some intervals of equal length."""
        x = numbers(self)
        limits = (float(x.min()), float(x.max())) if min == max == 0 else (min, max)
        return made(np.histogram(x, bins, limits)[0].astype(x.dtype))

    def isin(
        self: S, test_elements: Any, *, assume_unique: Bool = False, invert: Bool = False
    ) -> S:
        """Return where the elements are among others."""
        del assume_unique  # only faster
        return made(np.isin(numbers(self), numbers(test_elements), invert=invert))
