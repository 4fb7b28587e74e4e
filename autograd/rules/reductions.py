"""Reductions and running sums: sum, mean, variance, extremes, cumsum and their relatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node, Primitive
from autograd.engine.batching import Batched
from autograd.engine.broadcasting import shape_of, size_of
from autograd.engine.dispatch import plain, refuse_out
from autograd.engine.foreign import as_array, full
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.tracing import Followed
from autograd.rules.elementwise import conjugate, nonzero
from autograd.rules.floats import floats
from autograd.rules.kernel import full_of, holds, kernel, may_hold
from autograd.rules.kinks import LENGTHS, over, slope_of_length, vanishing
from autograd.rules.shapes import arrays
from autograd.rules.table import (
    composition_of,
    define,
    giving_numbers,
    implements,
    linear,
    with_values,
)

_add_reduce: Any = np.add.reduce


def axes_of(axis: Any, ndim: int) -> Any:
    """Return the axes that ``axis=`` names, as an iterable of integers, which may be negative.

    A 0-d array has none; NumPy accepts ``axis=0`` there.
    """
    if axis is None or ndim == 0:
        return range(ndim)
    return (axis,) if isinstance(axis, int) or np.ndim(axis) == 0 else axis


def restore_axes(x: Any, ndim: int, axis: Any) -> Any:
    """Insert the axes that a reduction over `axis` of an array with `ndim` axes has removed."""
    reduced = {a % ndim for a in axes_of(axis, ndim)}
    lengths = iter(x.shape)
    return x.reshape(tuple([1 if a in reduced else next(lengths) for a in range(ndim)]))


def spread(g: Any, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Broadcast `g`, which has the shape of a reduction of `x` over `axis`, to the shape of `x`."""
    shape = shape_of(x)
    if axis is not None and not keepdims:
        g = restore_axes(g, len(shape), axis)
    if isinstance(x, np.ndarray) and not isinstance(g, Node):
        if GRAD_MODE.tracing != 0 and (isinstance(x, Followed) or isinstance(g, Followed)):
            return full_of(shape, g)
        if type(x) is not np.ndarray or isinstance(g, Batched):
            return np.broadcast_to(g, shape) if np.ndim(g) else np.full_like(g, g, shape=shape)
        full = np.empty(shape, g.dtype)
        if g.ndim:
            full[...] = g
        else:
            full.fill(g)
        return full
    return np.broadcast_to(np.reshape(g, (1,) * len(shape)) if axis is None else g, shape)


def count(x: Any, axis: Any) -> int:
    """Return how many elements a reduction over `axis` combines into one."""
    shape = shape_of(x)
    if axis is None:
        return math.prod(shape)
    return math.prod([shape[a] for a in axes_of(axis, len(shape))])


def divided(g: Any, n: int) -> Any:
    """Return g / n; in single precision if n overflows half precision."""
    if n > 65504 and g.dtype == np.float16:
        return g.astype(np.float32) / n
    return g / n


def divisor(x: Any, axis: Any, ddof: Any) -> Any:
    """Return the divisor of a variance, n - ddof, which NumPy never lets fall below 0."""
    n = count(x, axis) - ddof
    return n if n > 0 else 0


def sum_of_array(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Sum over `axis`: `numpy.sum`, faster for arrays."""
    if type(x) is np.ndarray:
        return _add_reduce(x, axis, None, None, keepdims)
    return np.sum(x, axis=axis, keepdims=keepdims)


def mean_of_array(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Average over `axis`: `numpy.mean`, faster for arrays."""
    if type(x) is np.ndarray and x.size and x.ndim and x.dtype.char in "dfDF":
        return _add_reduce(x, axis, None, None, keepdims) / count(x, axis)
    return np.mean(x, axis=axis, keepdims=keepdims)


def share_of_ties(y: Any, x: Any, axis: Any, keepdims: Any) -> Any:
    """Return the weight of each element in the extreme `y`; ties share it equally."""
    if not keepdims:
        y = restore_axes(y, np.ndim(x), axis)
    chosen = x == y
    return chosen / nonzero(np.sum(chosen, axis=axis, keepdims=True))


def extreme_vjp(
    g: Any, y: Any, x: Any, axis: Any = None, out: None = None, keepdims: Any = False
) -> Any:
    """Pass the cotangent to the elements that attain the extreme, in equal shares."""
    return spread(g, x, axis, keepdims) * share_of_ties(y, x, axis, keepdims)


def deviation(x: Any, axis: Any) -> Any:
    """Return the conjugate of x - mean(x)."""
    return conjugate(x - np.mean(x, axis=axis, keepdims=True))


def length_of_array(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Return the square root of the sum of |x|²."""
    return np.sqrt(sum_of_array(np.real(x * np.conjugate(x)), axis, keepdims))


def std_vjp(g: Any, y: Any, x: Any, axis: Any = None, ddof: Any = 0, keepdims: Any = False) -> Any:
    """Return g (x - mean)* / (n - ddof) / y, and 0 where all elements are equal."""
    if count(x, axis) == 1:  # the deviation of a single number is constantly 0
        return np.zeros_like(plain(x))
    each = divided(over(g, y), divisor(x, axis, ddof))
    return vanishing(spread(each, x, axis, keepdims), deviation(x, axis))


def length_vjp(g: Any, y: Any, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Return g x* / y, and 0 where the length is 0."""
    return vanishing(spread(over(g, y), x, axis, keepdims), np.conjugate(x))


def forward_by(direction: Callable[..., Any]) -> Callable[..., Any]:
    """Return the forward rule of a length whose derivative is ``direction(y, x, options)``."""

    def jvp(argnum: int, tangent: Any, y: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        x, *positional = arguments
        options = {**dict(zip(("axis", "ddof", "keepdims"), positional, strict=False)), **keywords}
        y = y if isinstance(y, Node) else as_array(y)
        long = y if options.get("keepdims") else restore_axes(y, np.ndim(x), options.get("axis"))
        moved = np.real(tangent * direction(long, x, options))
        return sum_of_array(moved, options.get("axis"), bool(options.get("keepdims")))

    return jvp


def others_product(x: Any, y: Any, axis: Any, keepdims: Any) -> Any:
    """Return for each element the product of the others along `axis`."""
    ndim = np.ndim(x)
    long = y if keepdims else restore_axes(y, ndim, axis)
    return product_without_self(x, long, sorted(a % ndim for a in axes_of(axis, ndim)))


@kernel()
def product_without_self(x: Any, y: Any, axes: Any) -> Any:
    """Return the product y of elements along some axes, without each element itself."""
    if not may_hold((x == 0) | ~np.isfinite(y) | (y == 0)):
        return y / x
    order = [a for a in range(np.ndim(x)) if a not in axes] + axes
    moved = np.transpose(x, order)
    rows = np.reshape(moved, (*moved.shape[: np.ndim(x) - len(axes)], -1))
    number = np.cumsum(np.ones_like(x, int, shape=rows.shape[-1:]))
    others = np.where(number[:, None] == number, 1.0, rows[..., None, :])
    found = np.reshape(np.prod(others, axis=-1), moved.shape)
    return np.transpose(found, sorted(range(len(order)), key=order.__getitem__))


def backwards_cumsum(g: Any, x: Any, axis: Any = None) -> Any:
    """Return running sums from the end, the transpose of `cumsum`."""
    along = 0 if axis is None else axis
    return np.reshape(np.flip(np.cumsum(np.flip(g, along), along), along), np.shape(x))


@kernel()
def cumprod_vjp(g: Any, y: Any, x: Any, axis: Any = None) -> Any:
    """Sum, for each element, the products that contain it, without that factor."""
    along = 0 if axis is None else axis
    if g.dtype == np.float16:  # the sums may be too large for half precision
        g = g.astype(np.float32)
    if axis is None:
        g, y = np.ravel(g), np.ravel(y)
    flat = np.ravel(x) if axis is None or np.ndim(x) == 0 else x
    weighted = np.flip(np.cumsum(np.flip(g * y, along), along), along)
    zero = flat == 0
    if not holds(zero):
        return np.reshape(weighted / flat, np.shape(x))
    # All products after a zero vanish; their derivative with respect to it is the product of the rest.
    n = np.shape(flat)[along]
    found = []
    for i in range(n):
        index = np.cumsum(np.ones_like(flat, int, shape=n)).reshape(
            [-1 if a == along % np.ndim(flat) else 1 for a in range(np.ndim(flat))]
        )
        others = np.cumprod(np.where(index == i + 1, 1.0, flat), axis=along)
        found.append(np.sum(np.where(index > i, g * others, 0.0), axis=along))
    return np.reshape(np.stack(found, axis=along), np.shape(x))


# fmt: off
sum    = linear(sum_of_array,  lambda g, x, axis=None, keepdims=False: spread(g, x, axis, keepdims),                  name="sum",  replaces=())
mean   = linear(mean_of_array, lambda g, x, axis=None, keepdims=False: spread(divided(g, count(x, axis)), x, axis, keepdims), name="mean", replaces=())
var    = define(np.var,  lambda g, y, x, axis=None, ddof=0, keepdims=False:
                         spread(divided(2 * g, divisor(x, axis, ddof)), x, axis, keepdims) * deviation(x, axis),      replaces=())
std    = define(np.std,  std_vjp, replaces=())
root_of_squares = define(length_of_array, length_vjp, name="root_of_squares")
prod   = define(np.prod, lambda g, y, x, axis=None, keepdims=False:
                         spread(g, x, axis, keepdims) * others_product(x, y, axis, keepdims),                         replaces=())
max    = define(np.max,  extreme_vjp, replaces=())
min    = define(np.min,  extreme_vjp, replaces=())
cumsum = linear(np.cumsum, backwards_cumsum, replaces=())
cumprod = define(np.cumprod, cumprod_vjp, replaces=())
# fmt: on


std_forward = forward_by(
    lambda y, x, options: slope_of_length(
        y * divisor(x, options.get("axis"), options.get("ddof", 0)),
        deviation(x, options.get("axis")),
    )
)


def std_jvp(argnum: int, tangent: Any, y: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Push a tangent forward; the deviation of a single number is constantly 0."""
    axis = keywords.get("axis", arguments[1] if len(arguments) > 1 else None)
    if count(arguments[0], axis) == 1:
        return np.zeros_like(plain(y))
    return std_forward(argnum, tangent, y, arguments, keywords)


std.jvp = std_jvp
LENGTHS.extend([std, root_of_squares])
giving_numbers(sum, mean, var, std, prod, max, min, root_of_squares)
root_of_squares.jvp = forward_by(lambda y, x, options: slope_of_length(y, np.conjugate(x)))


# -- NumPy's reductions: where=, initial=, dtype= and NaN ---------------------------------------


def reduction(
    primitive: Primitive,
    function: Any,
    *parameters: str,
    over_nan: Any = None,
    masked: Any = None,
    combine: Any = None,
) -> None:
    """Register a primitive for a NumPy reduction.

    Parameters
    ----------
    primitive : Primitive
        Reduces an array; takes only ``axis``, ``keepdims`` and ``ddof``.
    function : callable
        The NumPy function.
    *parameters : str
        The positional parameters of `function` after the array.
    over_nan : callable, optional
        The NumPy function that does the same without NaN.
    masked : callable, optional
        Reduces only chosen elements: ``masked(a, axis, chosen, **keywords)``.
    combine : callable, optional
        Combines the result with ``initial=``.
    """

    def steps(a: Any, positional: Any, keywords: dict[str, Any], chosen: Any = True) -> Any:
        keywords = {**dict(zip(parameters, positional, strict=False)), **keywords}
        where = plain(keywords.pop("where", True))
        if where is not True:
            chosen = chosen & arrays(where)[0].astype(bool)
        refuse_out(keywords.pop("out", None), primitive.name)
        given = {k: v for k, v in keywords.items() if v is not None and v is not False}
        if "correction" in given:
            given["ddof"] = given.pop("correction")
        axis, initial = given.pop("axis", None), given.pop("initial", None)
        if "dtype" in given:
            a = np.astype(a, given.pop("dtype"))
        if chosen is not True or "mean" in given or (initial is not None and not count(a, axis)):
            y = masked(a, axis, chosen, **given)
        else:
            y = primitive(a, **given) if axis is None else primitive(a, axis, **given)
        return y if initial is None else combine(y, initial)

    def handler(a: Any, *positional: Any, **keywords: Any) -> Any:
        if not positional and not keywords:
            return primitive(a)
        found = steps(a, positional, keywords)
        changing = keywords.keys() & {"where", "mean", "dtype"}
        if changing or len(positional) == len(parameters):
            return with_values(found, function(plain(a), *plain(positional), **plain(keywords)))
        return found

    implements(function)(handler)
    if over_nan is not None:

        @composition_of(over_nan)
        def of_numbers(a: Any, *positional: Any, **keywords: Any) -> Any:
            present = ~np.isnan(plain(a))
            return steps(a, positional, keywords, present)


def filled(primitive: Primitive, neutral: float) -> Callable[..., Any]:
    """Return a masked reduction that replaces the other elements by the neutral one."""

    def masked(a: Any, axis: Any, chosen: Any, **keywords: Any) -> Any:
        if count(a, axis) == 0:  # NumPy has no largest element of an empty array
            empty = np.sum(plain(a), axis=axis, **keywords)
            return full(np.shape(empty), neutral, type(neutral), a)
        return primitive(np.where(chosen, a, neutral), axis, **keywords)

    return masked


def chosen_count(a: Any, axis: Any, chosen: Any) -> Any:
    """Return how many elements are chosen along `axis`, with the axes kept."""
    return np.sum(np.broadcast_to(chosen, np.shape(a)), axis=axis, keepdims=True, dtype=float)


def without_axes(y: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Remove the axes of length one that a reduction has kept, unless `keepdims` is set."""
    return y if keepdims else np.squeeze(y, axis=axis if np.ndim(a) else None)


def masked_mean(a: Any, axis: Any, chosen: Any, keepdims: bool = False) -> Any:
    """Average the chosen elements."""
    along = axis if np.ndim(a) else None
    total = np.sum(np.where(chosen, a, 0.0), axis=along, keepdims=True)
    y = total / nonzero(chosen_count(a, along, chosen))
    return without_axes(y, a, axis, keepdims)


def masked_deviations(a: Any, axis: Any, chosen: Any, mean: Any, ddof: Any) -> tuple[Any, Any, Any]:
    """Return the deviations of the chosen elements, the axis, and n - ddof."""
    along = axis if np.ndim(a) else None
    mean = masked_mean(a, along, chosen, keepdims=True) if mean is None else mean
    number = chosen_count(a, along, chosen)
    n = np.where(number == 0, 1.0, np.maximum(number - ddof, 0.0))
    return np.where(chosen, a - mean, 0.0), along, n


def masked_var(
    a: Any, axis: Any, chosen: Any, mean: Any = None, ddof: Any = 0, keepdims: bool = False
) -> Any:
    """Return the variance of the chosen elements."""
    centred, along, n = masked_deviations(a, axis, chosen, mean, ddof)
    squares = np.sum(np.real(centred * np.conjugate(centred)), axis=along, keepdims=True)
    return without_axes(squares / n, a, axis, keepdims)


def masked_std(
    a: Any, axis: Any, chosen: Any, mean: Any = None, ddof: Any = 0, keepdims: bool = False
) -> Any:
    """Return the standard deviation of the chosen elements."""
    centred, along, n = masked_deviations(a, axis, chosen, mean, ddof)
    y = root_of_squares(centred, along, keepdims=True) / np.sqrt(n)
    return without_axes(y, a, axis, keepdims)


# fmt: off
masked_sum  = {"masked": filled(sum,  0.0),       "combine": np.add}
masked_prod = {"masked": filled(prod, 1.0),       "combine": np.multiply}
masked_max  = {"masked": filled(max,  -math.inf), "combine": np.maximum}
masked_min  = {"masked": filled(min,  math.inf),  "combine": np.minimum}

reduction(sum,  np.sum,  "axis", "dtype", "out", "keepdims", "initial", "where", over_nan=np.nansum,  **masked_sum)
reduction(prod, np.prod, "axis", "dtype", "out", "keepdims", "initial", "where", over_nan=np.nanprod, **masked_prod)
reduction(max,  np.max,  "axis", "out", "keepdims", "initial", "where",          over_nan=np.nanmax,  **masked_max)
reduction(min,  np.min,  "axis", "out", "keepdims", "initial", "where",          over_nan=np.nanmin,  **masked_min)
reduction(max,  np.amax, "axis", "out", "keepdims", "initial", "where",                               **masked_max)
reduction(min,  np.amin, "axis", "out", "keepdims", "initial", "where",                               **masked_min)
reduction(mean, np.mean, "axis", "dtype", "out", "keepdims",                     over_nan=np.nanmean, masked=masked_mean)
reduction(var,  np.var,  "axis", "dtype", "out", "ddof", "keepdims",             over_nan=np.nanvar,  masked=masked_var)
reduction(std,  np.std,  "axis", "dtype", "out", "ddof", "keepdims",             over_nan=np.nanstd,  masked=masked_std)
reduction(cumsum,  np.cumsum,  "axis", "dtype", "out")
reduction(cumprod, np.cumprod, "axis", "dtype", "out")
# fmt: on


def cumulative(function: Any, first: float) -> Any:
    """Return `cumulative_sum` or `cumulative_prod`; `first` is the empty sum or product."""

    def handler(
        x: Any, /, *, axis: Any = None, dtype: Any = None, out: None = None,
        include_initial: bool = False,
    ) -> Any:  # fmt: skip
        axis = 0 if axis is None else axis
        y = function(x, axis=axis, dtype=dtype)
        if not include_initial:
            return y
        shape = list(np.shape(y))
        shape[axis] = 1
        return np.concatenate([full(shape, first, y.dtype, y), y], axis=axis)

    return handler


composition_of(np.cumulative_sum)(cumulative(np.cumsum, 0.0))
composition_of(np.cumulative_prod)(cumulative(np.cumprod, 1.0))


def over_nan(function: Any, neutral: float) -> Any:
    """Return a running sum or product that treats NaN as the neutral element."""

    def handler(a: Any, *positional: Any, **keywords: Any) -> Any:
        return function(np.where(np.isnan(plain(a)), neutral, a), *positional, **keywords)

    return handler


composition_of(np.nancumsum)(over_nan(np.cumsum, 0.0))
composition_of(np.nancumprod)(over_nan(np.cumprod, 1.0))


# -- logarithms of sums of exponentials ---------------------------------------------------------


def logsumexp_of_array(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Return log(Σ exp(x)) without overflow.

    Parameters
    ----------
    x : array_like or node
        Any real numbers.
    axis : int or tuple of int, optional
        The axes to sum over; by default all.
    keepdims : bool
        Whether to keep these axes, with length 1.

    Returns
    -------
    array or node

    Examples
    --------
    >>> import autograd
    >>> float(autograd.logsumexp(np.array([0.0, 1000.0])))
    1000.0
    """
    x = floats(x)
    empty: Any = {} if size_of(x) else {"initial": -math.inf}  # which CuPy does not have
    largest = np.max(x, axis=axis, keepdims=True, **empty)
    shift = np.where(np.isfinite(largest), largest, 0.0).astype(largest.dtype)
    with np.errstate(divide="ignore"):  # log(0) is -inf, as it should be
        y = np.log(np.sum(np.exp(x - shift), axis=axis, keepdims=True)) + shift
    return y if keepdims else np.squeeze(y, axis=axis)


@kernel()
def softmax_of_sum(total: Any, x: Any, axis: Any) -> Any:
    """Return softmax(x) = exp(x - total), with its limit where the total is infinite."""
    infinite = np.isinf(total)
    if not may_hold(infinite):
        return np.exp(x - total)
    found = np.where(infinite, 0.0, total)
    finite = np.exp(np.where(infinite, -math.inf, x) - found)
    largest = np.where(infinite, x == math.inf, found * 0.0)  # of the type of the total
    number = np.sum(largest, axis=axis, keepdims=True)
    return finite + largest / np.where(number == 0, 1.0, number)


def logsumexp_vjp(g: Any, y: Any, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Multiply by softmax(x)."""
    total = y if keepdims else restore_axes(y, np.ndim(x), axis)
    return spread(g, x, axis, keepdims) * softmax_of_sum(total, x, axis)


logsumexp = define(logsumexp_of_array, logsumexp_vjp, name="logsumexp")
