"""NumPy functions written as compositions of functions that have rules."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.engine import Node, Tensor
from autograd.engine.broadcasting import size_of
from autograd.engine.dispatch import plain
from autograd.engine.foreign import beside, full, like
from autograd.errors import ShapeError
from autograd.rules.kernel import taken
from autograd.rules.shapes import along_axis, arrays, grids, setitem, slices
from autograd.rules.table import composition_of, implements

# -- numbers ----------------------------------------------------------------------------------


@composition_of(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    """Return the angle of complex numbers."""
    y = np.arctan2(np.imag(z), np.real(z))
    return np.degrees(y) if deg else y


@implements(np.divmod)
def divmod_(x: Any, y: Any) -> tuple[Any, Any]:
    """Return the quotient and the remainder."""
    return np.floor_divide(x, y), np.remainder(x, y)


@composition_of(np.modf)
def modf(x: Any) -> tuple[Any, Any]:
    """Return the fractional and the integral part."""
    whole = np.trunc(x)
    return x - whole, whole


@composition_of(np.frexp)
def frexp(x: Any) -> tuple[Any, Any]:
    """Return the mantissa and the exponent of base two, which is a plain integer."""
    exponent = np.frexp(plain(x))[1]
    return x * np.ldexp(1.0, -exponent), exponent


@composition_of(np.fix)
def fix(x: Any) -> Any:
    """Round towards zero."""
    return np.trunc(x)


@implements(np.nan_to_num)
def nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """Replace NaN and infinities by constants."""
    replaced = np.nan_to_num(plain(x), nan=nan, posinf=posinf, neginf=neginf)
    finite = np.where(np.isfinite(plain(x)), x, replaced)
    if copy or not isinstance(x, Tensor):
        return finite
    x[...] = finite
    return x


@composition_of(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    """Return the real part if all imaginary parts are close to zero."""
    same = np.iscomplexobj(plain(a)) == np.iscomplexobj(np.real_if_close(plain(a), tol))
    return a if same else np.real(a)


@composition_of(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: float = 2 * np.pi) -> Any:
    """Unwrap angles by adding multiples of the period."""
    return p + (np.unwrap(plain(p), discont, axis, period=period) - plain(p))


def real_type(*arguments: Any) -> Any:
    """Return the real floating point type of the arguments."""
    found = np.result_type(*[np.real(plain(x)) for x in arguments])
    return found.type if found.kind == "f" else np.float64


@composition_of(np.linspace)
def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False,
    dtype: Any = None, axis: int = 0,
) -> Any:  # fmt: skip
    """Return evenly spaced numbers."""
    start, stop = arrays(start, stop)
    step = (stop - start) / max(num - 1 if endpoint else num, 1)
    shape = (num,) + (1,) * max(np.ndim(start), np.ndim(stop))
    y = (
        start
        + np.arange(num, dtype=real_type(start, stop), like=like(start, stop)).reshape(shape) * step
    )
    y = np.moveaxis(y, 0, axis) if axis else y
    y = y if dtype is None else y.astype(dtype)
    return (y, step) if retstep else y


@composition_of(np.geomspace)
def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    """Return numbers in a geometric progression."""
    start, stop = arrays(start, stop)
    ndim = max(np.ndim(start), np.ndim(stop))
    part = np.arange(num, dtype=float, like=like(start, stop)) / max(
        num - 1 if endpoint else num, 1
    )
    part = part.reshape((num,) + (1,) * ndim)
    y = start * (stop / start) ** part.astype(real_type(start, stop))
    y = np.moveaxis(y, 0, axis) if axis else y
    return y if dtype is None else y.astype(dtype)


@composition_of(np.logspace)
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, **keywords: Any
) -> Any:
    """Return numbers evenly spaced on a log scale."""
    if np.ndim(base):
        ndim = max(np.ndim(x) for x in (start, stop, base))
        start, stop, base = (
            np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x)) for x in (start, stop, base)
        )
        base = np.expand_dims(base, keywords.get("axis", 0))
    dtype = keywords.pop("dtype", None)
    y = base ** np.linspace(start, stop, num, endpoint, **keywords)
    return y if dtype is None else y.astype(dtype)


# -- choosing and arranging -------------------------------------------------------------------


@composition_of(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Choose elements by the first condition that holds."""
    y = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        y = np.where(plain(condition), choice, y)
    return y


@implements(np.piecewise)
def piecewise(
    x: Any, condlist: Any, funclist: Sequence[Any], *arguments: Any, **keywords: Any
) -> Any:
    """Evaluate each function on the elements for which its condition holds."""
    (flat,) = arrays(x)
    flat = np.reshape(flat, -1) if np.ndim(x) == 0 else flat
    conditions = as_conditions(condlist, np.ndim(x))
    if len(funclist) == len(conditions) + 1:
        conditions.append(~functools.reduce(np.logical_or, conditions))
    elif len(funclist) != len(conditions):
        raise ShapeError(
            f"piecewise got {len(conditions)} conditions and {len(funclist)} functions; it takes one "
            "function for each condition, and optionally one more for all other elements."
        )
    kind = real_type(flat) if np.isrealobj(plain(flat)) else complex
    y: Any = np.zeros(np.shape(flat), dtype=kind, like=like(flat))
    for condition, function in zip(conditions, funclist, strict=True):
        if callable(function) and not isinstance(function, Node):
            chosen = flat[condition]
            if size_of(plain(chosen)):
                y = setitem(y, condition, function(chosen, *arguments, **keywords))
        else:
            y = setitem(y, condition, function)
    return np.reshape(y, np.shape(x))


def as_conditions(given: Any, ndim: int) -> list[Any]:
    """Return the conditions of `numpy.piecewise`, or the single one, as masks."""
    given = plain(given)
    has_parts = isinstance(given, (list, tuple)) or np.ndim(given) > 0
    alone = not has_parts or (np.ndim(given[0]) == 0 and ndim > 0)
    masks = [arrays(condition)[0].astype(bool) for condition in ([given] if alone else given)]
    return masks if ndim else [np.reshape(mask, -1) for mask in masks]


@composition_of(np.choose)
def choose(a: Any, choices: Any, out: None = None, mode: str = "raise") -> Any:
    """Choose from a list of arrays by index."""
    (number,) = arrays(plain(a))
    wrapped = {"wrap": lambda n: n % len(choices), "clip": lambda n: n.clip(0, len(choices) - 1)}
    number = wrapped[mode](number) if mode in wrapped else number
    return select([number == i for i in range(len(choices))], list(choices))


@composition_of(np.compress)
def compress(condition: Any, a: Any, axis: Any = None, out: None = None) -> Any:
    """Select the slices for which a condition holds."""
    chosen = beside(np.flatnonzero(plain(condition)), a)
    return np.take(np.ravel(a) if axis is None else a, chosen, axis=0 if axis is None else axis)


@composition_of(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """Select the elements for which a condition holds."""
    return np.ravel(arr)[beside(np.flatnonzero(plain(condition)), arr)]


@composition_of(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """Join at the end."""
    if axis is None:
        return np.concatenate([np.ravel(arr), np.ravel(values)])
    return np.concatenate([arr, values], axis=axis)


@composition_of(np.delete)
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """Delete slices."""
    arr, axis = (np.ravel(arr), 0) if axis is None else (arr, axis)
    kept = np.delete(np.arange(np.shape(arr)[axis]), obj)
    return np.take(arr, beside(kept, arr), axis=axis)


@composition_of(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """Insert slices."""
    arr, axis = (np.ravel(arr), 0) if axis is None else (arr, axis)
    axis = normalize_axis_index(axis, np.ndim(arr))
    n = np.shape(arr)[axis]
    if not isinstance(obj, slice) and np.size(obj) == 1:  # all values go before one element
        missing = max(np.ndim(arr) - np.ndim(values), 0)
        values = np.reshape(values, (1,) * missing + np.shape(values))
        values = values if np.ndim(obj) else np.moveaxis(values, 0, axis)
        obj = np.repeat(np.ravel(obj), np.shape(values)[axis])
    spots = np.insert(np.arange(n), obj, -1)
    count = len(spots) - n
    shape = tuple(count if i == axis else m for i, m in enumerate(np.shape(arr)))
    joined = np.concatenate([arr, np.broadcast_to(values, shape)], axis=axis)
    order = np.insert(np.arange(n), obj, n + np.arange(count))
    return np.take(joined, beside(order, arr), axis=axis)


@composition_of(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    """Repeat the elements to fill a shape."""
    size = int(np.prod(new_shape, dtype=int))
    if size_of(plain(a)) == 0:
        return np.zeros(new_shape, like=like(a))
    places = np.arange(size, like=like(a)) % size_of(plain(a))
    return np.reshape(np.ravel(a)[places], new_shape)


@implements(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """Move an axis in front of another one."""
    axis = normalize_axis_index(axis, np.ndim(a))
    start = start + np.ndim(a) if start < 0 else start
    return np.moveaxis(a, axis, start - (axis < start))


@implements(np.unstack)
def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    """Return the slices along an axis."""
    return tuple(np.moveaxis(x, axis, 0))


@composition_of(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """Take elements along an axis, each by its own index."""
    if axis is None:
        return np.ravel(arr)[indices]
    places = list(grids(np.shape(arr), arr))
    places[normalize_axis_index(axis, np.ndim(arr))] = indices
    return arr[tuple(places)]


@implements(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """Return coordinate arrays of a grid."""
    count = len(xi)
    shapes = [[1] * count for _ in xi]
    for i, shape in enumerate(shapes):
        shape[i] = -1
    if indexing == "xy" and count > 1:
        shapes[0][:2], shapes[1][:2] = [1, -1], [-1, 1]
    grids = [np.reshape(x, tuple(s)) for x, s in zip(xi, shapes, strict=True)]
    grids = grids if sparse else list(np.broadcast_arrays(*grids))
    return tuple([np.copy(x, order="C") for x in grids] if copy else grids)


@implements(np.block)
def block(arrays: Any) -> Any:
    """Assemble an array from nested lists of blocks."""

    def depth(x: Any) -> int:
        return 1 + max(map(depth, x)) if isinstance(x, list) else 0

    deepest = depth(arrays)
    least = max(deepest, *[np.ndim(x) for x in _flat(arrays)])

    def join(x: Any, level: int) -> Any:
        if not isinstance(x, list):
            return np.reshape(x, (1,) * (least - np.ndim(x)) + np.shape(plain(x)))
        return np.concatenate([join(item, level - 1) for item in x], axis=-level)

    return join(arrays, deepest) if deepest else np.copy(arrays, order="C")


def _flat(x: Any) -> list[Any]:
    return [leaf for item in x for leaf in _flat(item)] if isinstance(x, list) else [x]


@implements(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    """Return a matrix with this diagonal."""
    return np.diag(np.ravel(v), k)


@implements(np.apply_along_axis)
def apply_along_axis(
    func1d: Callable[..., Any], axis: int, arr: Any, *arguments: Any, **keywords: Any
) -> Any:
    """Apply a function to each vector along an axis."""
    axis = normalize_axis_index(axis, np.ndim(arr))
    moved = np.moveaxis(arr, axis, -1)
    shape = np.shape(moved)[:-1]
    rows = np.reshape(moved, (math.prod(shape), np.shape(moved)[-1]))
    results = np.stack([func1d(row, *arguments, **keywords) for row in rows])
    whole = np.reshape(results, shape + np.shape(results)[1:])
    extra = np.ndim(results) - 1
    source = range(len(shape), len(shape) + extra)
    return np.moveaxis(whole, list(source), [axis + i for i in range(extra)])


@implements(np.apply_over_axes)
def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    """Apply a reduction to one axis after the other."""
    for axis in (axes,) if np.ndim(axes) == 0 else axes:
        y = func(a, axis)
        a = y if np.ndim(y) == np.ndim(a) else np.expand_dims(y, axis)
    return a


# -- differences, sums along a curve ----------------------------------------------------------


@composition_of(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Return differences of adjacent elements."""
    a = arrays(a)[0]
    one = tuple(1 if i == axis % np.ndim(a) else m for i, m in enumerate(np.shape(a)))
    ends = [
        np.broadcast_to(e, one) if np.ndim(e) == 0 else e
        for e in arrays(a, *[e for e in (prepend, append) if e is not None])[1:]
    ]
    if ends:
        parts = (
            ([ends[0]] if prepend is not None else [])
            + [a]
            + ([ends[-1]] if append is not None else [])
        )
        a = np.concatenate(parts, axis=axis)
    for _ in range(n):
        a = slices(a, axis, 1, None) - slices(a, axis, None, -1)
    return a


@composition_of(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Return differences of adjacent elements of the flattened array."""
    middle = diff(np.ravel(ary))
    ends = [None if e is None else np.ravel(arrays(e, middle)[0]) for e in (to_begin, to_end)]
    parts = [part for part in (ends[0], middle, ends[1]) if part is not None]
    return np.concatenate(parts) if len(parts) > 1 else middle


@composition_of(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Integrate by the trapezoidal rule."""
    width = dx
    (y,) = arrays(y)
    if x is not None:
        (x,) = arrays(x)
        width = diff(x) if np.ndim(x) == 1 else diff(x, axis=axis)
        if np.ndim(x) == 1:
            width = along_axis(width, axis, np.ndim(y))
    return np.sum(width * (slices(y, axis, 1, None) + slices(y, axis, None, -1)) / 2, axis=axis)


@composition_of(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Return central differences, one-sided at the edges."""
    (f,) = arrays(f)
    axes = range(np.ndim(f)) if axis is None else (axis,) if np.ndim(axis) == 0 else tuple(axis)
    spacings = list(varargs) * (len(axes) if len(varargs) == 1 else 1) or [1.0] * len(axes)
    found = [_gradient_along(f, h, a, edge_order) for a, h in zip(axes, spacings, strict=True)]
    return found[0] if len(found) == 1 else tuple(found)


def _gradient_along(f: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    n = np.shape(f)[axis]
    f, spacing = arrays(f, spacing)
    steps = diff(spacing) if np.ndim(spacing) else full(n - 1, 1, real_type(f), f) * spacing
    steps = along_axis(steps, axis, np.ndim(f))
    before, after = slices(steps, axis, None, -1), slices(steps, axis, 1, None)
    lower, here, upper = (slices(f, axis, i, n - 2 + i) for i in range(3))
    middle = (
        before**2 * upper + (after**2 - before**2) * here - after**2 * lower
    ) / (before * after * (before + after))  # fmt: skip
    slopes = diff(f, axis=axis) / steps
    first, last = slices(slopes, axis, 0, 1), slices(slopes, axis, -1, None)
    if edge_order == 2:
        first = 2 * first - _weighted_slope(slopes, steps, axis, 0)
        last = 2 * last - _weighted_slope(slopes, steps, axis, -1)
    return np.concatenate([first, middle, last], axis=axis)


def _weighted_slope(slopes: Any, steps: Any, axis: int, end: int) -> Any:
    """Return the slope at an edge, extrapolated from a parabola through three points."""
    near, next_ = (0, 1) if end == 0 else (-1, -2)

    def one(x: Any, i: int) -> Any:
        return slices(x, axis, i, i + 1 if i != -1 else None)

    h, k = one(steps, near), one(steps, next_)
    return one(slopes, near) + h / (h + k) * (one(slopes, next_) - one(slopes, near))


def within_period(x: Any, xp: Any, fp: Any, period: Any) -> tuple[Any, Any, Any]:
    """Map points into one period, sorted, with a point of the next period at each end."""
    if plain(period) == 0:
        raise ShapeError("numpy.interp needs a period other than 0.")
    x, xp, fp = arrays(x, xp, fp)
    x, xp = (v.astype(np.float64) if np.iscomplexobj(v) else v for v in (x, xp))
    xp = np.mod(xp, period)
    order = np.argsort(plain(xp))
    xp, fp = xp[order], fp[order]
    points = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
    return np.mod(x, period), points, np.concatenate([fp[-1:], fp, fp[:1]])


@composition_of(np.interp)
def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    """Interpolate linearly; beyond the ends the result is constant."""
    if period is not None:
        x, xp, fp = within_period(x, xp, fp, abs(period))
        left = right = None
    x, xp, fp = arrays(x, xp, fp)
    points, places = plain(xp), plain(x)
    last = len(points) - 1
    i = np.clip(np.searchsorted(points, places, side="right") - 1, 0, max(last - 1, 0))
    j = np.minimum(i + 1, last)
    width = np.where(taken(points, j) == taken(points, i), 1.0, taken(xp, j) - taken(xp, i))
    inside = np.clip(places, points[0], points[-1])
    slope = (taken(fp, j) - taken(fp, i)) / width
    y = taken(fp, i) + slope * (np.where(inside == places, x, inside) - taken(xp, i))
    y = np.where(places < points[0], fp[0] if left is None else left, y)
    return np.where(places > points[-1], fp[-1] if right is None else right, y)
