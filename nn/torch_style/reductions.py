"""Functions that combine the elements along axes: sums, extremes, softmax."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np

import autograd
from autograd.errors import DataError, OptionError
from nn.torch_style.arithmetic import pair
from nn.torch_style.base import TensorBase, made, numbers, tensor_held
from nn.torch_style.elementwise import Elementwise
from nn.torch_style.promotion import operands
from nn.torch_style.types import Bool, Dims, Int, Number, array_type

S = TypeVar("S", bound="Reductions")
Method = TypeVar("Method", bound=Callable[..., Any])


class Extreme(NamedTuple):
    """Elements and their places: the result of ``x.max(dim)``, ``x.sort()`` and the like."""

    values: Any
    indices: Any


def axes(dim: Any) -> Any:
    """Return axes as NumPy takes them: a list as a tuple, none at all as None."""
    if isinstance(dim, (list, tuple)):
        return tuple(dim) if dim else None
    return dim


def _typed(x: Any, dtype: Any) -> Any:
    return x if dtype is None else x.astype(array_type(dtype))


def _float(x: Any, what: str) -> Any:
    if x.dtype.kind in "iub":
        raise DataError(f"{what} of {x.dtype} is not defined: write x.float().{what}().")
    return x


def of_scalars(method: Method) -> Method:
    """Return a method that also takes a tensor without axes, as if it had one of length 1."""

    @functools.wraps(method)
    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        if tensor_held(self, method.__name__).ndim:
            return method(self, *arguments, **options)
        found = method(self.reshape(1), *arguments, **options)
        if isinstance(found, tuple):
            return type(found)(*[part.reshape(()) for part in found])
        return found.reshape(())

    return call  # type: ignore[return-value]


def summable(x: Any) -> Any:
    """Return unsigned integers as int64, which their sums and products are."""
    return x.astype(np.int64) if x.dtype.kind == "u" else x


def picked(x: Any, places: Any, dim: Int) -> Any:
    """Return the elements at places along an axis; derivatives go there and nowhere else."""
    return np.take_along_axis(x, places, axis=dim)


def _extreme(self: Any, dim: Any, keepdim: Any, reduce: Any, choose: Any, both: Any) -> Any:
    """Return the extreme of all, along an axis with its places, or of two tensors."""
    x = tensor_held(self, reduce.__name__)
    if dim is None:
        return made(reduce(x))
    if isinstance(dim, (TensorBase, np.ndarray)):
        return made(both(*pair(self, dim)))
    if not x.ndim:
        return Extreme(made(x), made(np.asarray(0)))
    places = np.expand_dims(choose(numbers(x), axis=dim), dim)
    found = picked(x, places, dim)
    if not keepdim:
        found, places = np.squeeze(found, dim), np.squeeze(places, dim)
    return Extreme(made(found), made(places))


def _spread(self: Any, function: Any, dim: Any, unbiased: Any, keepdim: Any, more: Any) -> Any:
    """Return variance or standard deviation."""
    if isinstance(dim, bool):  # the old form x.var(unbiased)
        dim, unbiased = None, dim
    correction = more.pop("correction", 1 if unbiased else 0)
    if more:
        raise OptionError(f"There is no option {', '.join(more)} of std and var.")
    x = _float(tensor_held(self, function.__name__), function.__name__)
    return made(function(x, axis=axes(dim), ddof=correction, keepdims=keepdim))


class Reductions(Elementwise):
    """Functions that combine elements."""

    __slots__ = ()

    @of_scalars
    def sum(self: S, dim: Dims = None, keepdim: Bool = False, *, dtype: Any = None) -> S:
        """Return the sum, of all elements or along axes."""
        x = summable(_typed(tensor_held(self, "sum"), dtype))
        return made(x.sum(axis=axes(dim), keepdims=keepdim))

    @of_scalars
    def mean(self: S, dim: Dims = None, keepdim: Bool = False, *, dtype: Any = None) -> S:
        """Return the average, of all elements or along axes."""
        x = _float(_typed(tensor_held(self, "mean"), dtype), "mean")
        return made(x.mean(axis=axes(dim), keepdims=keepdim))

    @of_scalars
    def nansum(self: S, dim: Dims = None, keepdim: Bool = False, *, dtype: Any = None) -> S:
        """Return the sum without NaN."""
        x = summable(_typed(tensor_held(self), dtype))
        return made(np.nansum(x, axis=axes(dim), keepdims=keepdim))

    @of_scalars
    def nanmean(self: S, dim: Dims = None, keepdim: Bool = False, *, dtype: Any = None) -> S:
        """Return the average without NaN."""
        return made(np.nanmean(_typed(tensor_held(self), dtype), axis=axes(dim), keepdims=keepdim))

    @of_scalars
    def prod(self: S, dim: Any = None, keepdim: Bool = False, *, dtype: Any = None) -> S:
        """Return the product, of all elements or along an axis."""
        x = summable(_typed(tensor_held(self, "prod"), dtype))
        return made(np.prod(x, axis=dim, keepdims=keepdim))

    @of_scalars
    def std(
        self: S, dim: Any = None, unbiased: Bool = True, keepdim: Bool = False, **more: Any
    ) -> S:
        """Return the standard deviation, which divides by n - 1; by n with ``unbiased=False``."""
        return _spread(self, np.std, dim, unbiased, keepdim, more)

    @of_scalars
    def var(
        self: S, dim: Any = None, unbiased: Bool = True, keepdim: Bool = False, **more: Any
    ) -> S:
        """Return the variance, which divides by n - 1; by n with ``unbiased=False``."""
        return _spread(self, np.var, dim, unbiased, keepdim, more)

    def std_mean(
        self: S, dim: Any = None, unbiased: Bool = True, keepdim: Bool = False, **more: Any
    ) -> tuple[S, S]:
        """Return the standard deviation and the average."""
        return self.std(dim, unbiased, keepdim, **more), self.mean(dim, keepdim)

    def var_mean(
        self: S, dim: Any = None, unbiased: Bool = True, keepdim: Bool = False, **more: Any
    ) -> tuple[S, S]:
        """Return the variance and the average."""
        return self.var(dim, unbiased, keepdim, **more), self.mean(dim, keepdim)

    @overload
    def max(self: S) -> S: ...
    @overload
    def max(self: S, dim: TensorBase) -> S: ...
    @overload
    def max(self, dim: Int, keepdim: Bool = ...) -> Extreme: ...
    def max(self, dim: Any = None, keepdim: Any = False) -> Any:
        """Return the largest element; along an axis with its place; or the larger of two."""
        return _extreme(self, dim, keepdim, np.max, np.argmax, np.maximum)

    @overload
    def min(self: S) -> S: ...
    @overload
    def min(self: S, dim: TensorBase) -> S: ...
    @overload
    def min(self, dim: Int, keepdim: Bool = ...) -> Extreme: ...
    def min(self, dim: Any = None, keepdim: Any = False) -> Any:
        """Return the smallest element; along an axis with its place; or the smaller of two."""
        return _extreme(self, dim, keepdim, np.min, np.argmin, np.minimum)

    def amax(self: S, dim: Dims = None, keepdim: Bool = False) -> S:
        """Return the largest elements; equal ones share the derivative."""
        return made(np.max(tensor_held(self), axis=axes(dim), keepdims=keepdim))

    def amin(self: S, dim: Dims = None, keepdim: Bool = False) -> S:
        """Return the smallest elements; equal ones share the derivative."""
        return made(np.min(tensor_held(self), axis=axes(dim), keepdims=keepdim))

    def argmax(self: S, dim: Any = None, keepdim: Bool = False) -> S:
        """Return the place of the largest element, of all or along an axis."""
        return made(np.argmax(numbers(self), axis=dim, keepdims=keepdim))

    def argmin(self: S, dim: Any = None, keepdim: Bool = False) -> S:
        """Return the place of the smallest element, of all or along an axis."""
        return made(np.argmin(numbers(self), axis=dim, keepdims=keepdim))

    def median(self, dim: Any = None, keepdim: Bool = False) -> Any:
        """Return the median, of two the lower one; along an axis with its place."""
        if dim is None:
            flat = self.reshape(-1)  # type: ignore[attr-defined]
            return flat.median(0).values
        x = numbers(self)
        if not x.ndim:
            return self.kthvalue(1, dim, keepdim)
        found = self.kthvalue((x.shape[dim] + 1) // 2, dim, keepdim)
        if x.dtype.kind != "f" or not np.isnan(x).any():
            return found
        places = np.argmax(np.isnan(x), axis=dim, keepdims=True)  # a NaN is the median
        has_nan = np.isnan(np.take_along_axis(x, places, dim))
        shape = numbers(found.indices).shape
        indices = np.where(has_nan.reshape(shape), places.reshape(shape), numbers(found.indices))
        values = picked(tensor_held(self), np.reshape(indices, places.shape), dim)
        return Extreme(made(np.reshape(values, shape)), made(indices))

    @of_scalars
    def kthvalue(self, k: Int, dim: Int = -1, keepdim: Bool = False) -> Extreme:
        """Return the k-th smallest elements along an axis, counted from 1, and their places."""
        x = tensor_held(self, "kthvalue")
        order = np.argsort(numbers(x), axis=dim, kind="stable")
        places = np.take(order, [k - 1], axis=dim)
        found = picked(x, places, dim)
        if not keepdim:
            found, places = np.squeeze(found, dim), np.squeeze(places, dim)
        return Extreme(made(found), made(places))

    @of_scalars
    def sort(self, dim: Int = -1, descending: Bool = False, stable: Bool = False) -> Extreme:
        """Return the elements in order along an axis, and the places where they were."""
        x = tensor_held(self, "sort")
        places = _ordered(numbers(x), dim, descending)
        return Extreme(made(picked(x, places, dim)), made(places))

    @of_scalars
    def argsort(self: S, dim: Int = -1, descending: Bool = False, stable: Bool = False) -> S:
        """Return the places of the elements in order along an axis."""
        return made(_ordered(numbers(self), dim, descending))

    @of_scalars
    def topk(self, k: Int, dim: Int = -1, largest: Bool = True, sorted: Bool = True) -> Extreme:
        """Return the k largest elements along an axis, and their places."""
        x = tensor_held(self, "topk")
        if not 0 <= k <= x.shape[dim]:
            raise OptionError(f"topk: k={k} is not from 0 to the {x.shape[dim]} elements.")
        places = np.take(_ordered(numbers(x), dim, largest), range(k), axis=dim)
        return Extreme(made(picked(x, places, dim)), made(places))

    @of_scalars
    def cumsum(self: S, dim: Int, *, dtype: Any = None) -> S:
        """Return the running sum along an axis."""
        return made(np.cumsum(summable(_typed(tensor_held(self), dtype)), axis=dim))

    @of_scalars
    def cumprod(self: S, dim: Int, *, dtype: Any = None) -> S:
        """Return the running product along an axis."""
        return made(np.cumprod(summable(_typed(tensor_held(self), dtype)), axis=dim))

    @of_scalars
    def logsumexp(self: S, dim: Dims, keepdim: Bool = False) -> S:
        """Return log Σ exp(x) along axes."""
        (x,) = operands(tensor_held(self, "logsumexp"), floating=True)
        return made(autograd.logsumexp(x, axis=axes(dim), keepdims=keepdim))

    @of_scalars
    def softmax(self: S, dim: Int, dtype: Any = None) -> S:
        """Return exp(x) / Σ exp(x) along an axis."""
        x = _typed(tensor_held(self), dtype)
        return made(autograd.softmax(x, axis=dim) if x.size else x)

    @of_scalars
    def log_softmax(self: S, dim: Int, dtype: Any = None) -> S:
        """Return the logarithm of `softmax`."""
        x = _typed(tensor_held(self), dtype)
        return made(autograd.log_softmax(x, axis=dim) if x.size else x)

    def norm(
        self: S, p: Any = "fro", dim: Any = None, keepdim: Bool = False, dtype: Any = None
    ) -> S:
        """Return the p-norm of all elements, or along axes."""
        (x,) = operands(_typed(tensor_held(self, "norm"), dtype), floating=True)
        p = 2 if p == "fro" else p
        if dim is None:
            found = np.linalg.norm(np.reshape(x, (-1,)), ord=p)
            return made(np.reshape(found, (1,) * x.ndim) if keepdim else found)
        dim = axes(dim)
        if isinstance(dim, tuple) and len(dim) > 1:
            total = np.sum(np.absolute(x) ** p, axis=dim, keepdims=keepdim)
            return made(total ** (1 / p))
        return made(np.linalg.norm(x, ord=p, axis=dim, keepdims=keepdim))

    def dist(self: S, other: Any, p: Number = 2) -> S:
        """Return the p-norm of the difference."""
        return (self - other).norm(p)

    def all(self: S, dim: Any = None, keepdim: Bool = False) -> S:
        """Return whether no element is 0, of all or along an axis."""
        return made(np.all(numbers(self), axis=axes(dim), keepdims=keepdim))

    def any(self: S, dim: Any = None, keepdim: Bool = False) -> S:
        """Return whether an element is not 0, of all or along an axis."""
        return made(np.any(numbers(self), axis=axes(dim), keepdims=keepdim))

    def count_nonzero(self: S, dim: Dims = None) -> S:
        """Return how many elements are not 0."""
        return made(np.asarray(np.count_nonzero(numbers(self), axis=axes(dim))))

    def quantile(
        self: S, q: Any, dim: Any = None, keepdim: Bool = False, *, interpolation: str = "linear"
    ) -> S:
        """Return a quantile, interpolated between the two elements next to it."""
        x = tensor_held(self, "quantile")
        return made(np.quantile(x, numbers(q), axis=dim, keepdims=keepdim, method=interpolation))  # type: ignore[call-overload]

    def renorm(self: S, p: Any, dim: Int, maxnorm: Any) -> S:
        """Return slices along an axis, shortened where their p-norm is above a number."""
        x = tensor_held(self, "renorm")
        others = tuple(axis for axis in range(x.ndim) if axis != dim % x.ndim)
        sizes = np.abs(x)
        if p == math.inf:
            norms = np.max(sizes, axis=others, keepdims=True)
        else:
            norms = np.sum(sizes**p, axis=others, keepdims=True) ** (1 / p)
        return made(x * np.where(norms > maxnorm, maxnorm / (norms + 1e-7), 1.0).astype(x.dtype))


def _ordered(x: Any, dim: Int, descending: Any) -> Any:
    """Return the places of the elements in order; equal ones keep theirs."""
    if not x.ndim:
        return np.asarray(0)
    if not descending:
        return np.argsort(x, axis=dim, kind="stable")
    backwards = np.argsort(np.flip(x, dim), axis=dim, kind="stable")
    return x.shape[dim] - 1 - np.flip(backwards, dim)
