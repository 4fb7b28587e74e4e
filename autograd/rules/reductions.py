"""Functions that turn many numbers into few: sums, averages, extremes, and running sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node, Primitive
from autograd.engine.broadcasting import shape_of
from autograd.engine.dispatch import plain, refuse_out
from autograd.rules.elementwise import nonzero
from autograd.rules.kinks import LENGTHS, over, slope_of_length, vanishing
from autograd.rules.table import composition_of, define, implements, linear, with_values

_add_reduce: Any = np.add.reduce


def axes_of(axis: Any, ndim: int) -> Any:
    """Return the axes that ``axis=`` names, as an iterable of integers, maybe negative.

    A single number has none: NumPy takes ``axis=0`` of it all the same.
    """
    if axis is None or ndim == 0:
        return range(ndim)
    return (axis,) if isinstance(axis, int) or np.ndim(axis) == 0 else axis


def kept(x: Any, ndim: int, axis: Any) -> Any:
    """Put back the axes that a reduction over `axis` of an array of `ndim` axes has left out."""
    reduced = {a % ndim for a in axes_of(axis, ndim)}
    lengths = iter(x.shape)
    return x.reshape(tuple([1 if a in reduced else next(lengths) for a in range(ndim)]))


def spread(g: Any, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Repeat `g`, which has the shape of a reduction of `x` over `axis`, to the shape of `x`."""
    shape = shape_of(x)
    if axis is not None and not keepdims:
        g = kept(g, len(shape), axis)
    if type(x) is np.ndarray and not isinstance(g, Node):
        full = np.empty(shape, g.dtype)
        if g.ndim:
            full[...] = g
        else:
            full.fill(g)
        return full
    return np.broadcast_to(np.reshape(g, (1,) * len(shape)) if axis is None else g, shape)


def count(x: Any, axis: Any) -> int:
    """Return how many elements a reduction over `axis` puts together."""
    shape = shape_of(x)
    if axis is None:
        return math.prod(shape)
    return math.prod([shape[a] for a in axes_of(axis, len(shape))])


def divided(g: Any, n: int) -> Any:
    """Return g / n, in single precision where n is too large for half precision."""
    if n > 65504 and g.dtype == np.float16:
        return g.astype(np.float32) / n
    return g / n


def freedom(x: Any, axis: Any, ddof: Any) -> Any:
    """Return what the sum of squared deviations is divided by, as NumPy does never below 0."""
    n = count(x, axis) - ddof
    return n if n > 0 else 0


def sum_of_array(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Sum over `axis`: `numpy.sum` without its detours."""
    if type(x) is np.ndarray:
        return _add_reduce(x, axis, None, None, keepdims)
    return np.sum(x, axis=axis, keepdims=keepdims)


def mean_of_array(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Average over `axis`: `numpy.mean` without its detours."""
    if type(x) is np.ndarray and x.size and x.ndim and x.dtype.char in "dfDF":
        return _add_reduce(x, axis, None, None, keepdims) / count(x, axis)
    return np.mean(x, axis=axis, keepdims=keepdims)


def share_of_ties(y: Any, x: Any, axis: Any, keepdims: Any) -> Any:
    """Return for each element its share of an extreme `y`: equal elements have equal shares."""
    if not keepdims:
        y = kept(y, np.ndim(x), axis)
    chosen = x == y
    return chosen / nonzero(np.sum(chosen, axis=axis, keepdims=True))


def extreme_vjp(
    g: Any, y: Any, x: Any, axis: Any = None, out: None = None, keepdims: Any = False
) -> Any:
    """Give the derivative to the elements that are the extreme, in equal shares."""
    return spread(g, x, axis, keepdims) * share_of_ties(y, x, axis, keepdims)


def deviation(x: Any, axis: Any) -> Any:
    """Return the conjugate of how far each element is from the mean."""
    return (x - np.mean(x, axis=axis, keepdims=True)).conjugate()


def length_of_array(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Return the root of the sum of the squares of absolute values."""
    return np.sqrt(sum_of_array(np.real(x * np.conjugate(x)), axis, keepdims))


def std_vjp(g: Any, y: Any, x: Any, axis: Any = None, ddof: Any = 0, keepdims: Any = False) -> Any:
    """Return g (x - mean)* / (n - ddof) / y, and 0 where all elements are equal."""
    if count(x, axis) == 1:  # of one number it is 0, whatever the number
        return np.zeros_like(plain(x))
    each = divided(over(g, y), freedom(x, axis, ddof))
    return vanishing(spread(each, x, axis, keepdims), deviation(x, axis))


def length_vjp(g: Any, y: Any, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Return g x* / y, and 0 where the length is 0."""
    return vanishing(spread(over(g, y), x, axis, keepdims), np.conjugate(x))


def forward_by(direction: Callable[..., Any]) -> Callable[..., Any]:
    """Return how a tangent goes forward through a length.

    ``direction(y, x, axis, **keywords)`` is its derivative.
    """

    def jvp(argnum: int, tangent: Any, y: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        x, *positional = arguments
        options = {**dict(zip(("axis", "ddof", "keepdims"), positional, strict=False)), **keywords}
        y = y if isinstance(y, Node) else np.asarray(y)
        long = y if options.get("keepdims") else kept(y, np.ndim(x), options.get("axis"))
        moved = np.real(tangent * direction(long, x, options))
        return sum_of_array(moved, options.get("axis"), bool(options.get("keepdims")))

    return jvp


def others_product(x: Any, y: Any, axis: Any, keepdims: Any) -> Any:
    """Return for each element the product of all others along `axis`."""
    if not np.any(x == 0) and np.isfinite(y).all() and not np.any(y == 0):
        return spread(y, x, axis, keepdims) / x
    ndim = np.ndim(x)
    last = sorted(a % ndim for a in axes_of(axis, ndim))
    order = [a for a in range(ndim) if a not in last] + last
    moved = np.transpose(x, order)
    rows = np.reshape(moved, (*moved.shape[: ndim - len(last)], -1))
    n = rows.shape[-1]
    without_own = np.where(np.eye(n, dtype=bool), 1.0, rows[..., None, :])
    others = np.reshape(np.prod(without_own, axis=-1), moved.shape)
    return np.transpose(others, np.argsort(order))


def backwards_cumsum(g: Any, x: Any, axis: Any = None) -> Any:
    """Sum the tails: the transpose of the running sum."""
    along = 0 if axis is None else axis
    return np.reshape(np.flip(np.cumsum(np.flip(g, along), along), along), np.shape(x))


def cumprod_vjp(g: Any, y: Any, x: Any, axis: Any = None) -> Any:
    """Sum over all products that an element is a factor of, without that factor."""
    along = 0 if axis is None else axis
    if g.dtype == np.float16:  # the sums may be too large for half precision
        g = g.astype(np.float32)
    if axis is None:
        g, y = np.ravel(g), np.ravel(y)
    flat = np.ravel(x) if axis is None or np.ndim(x) == 0 else x
    weighted = np.flip(np.cumsum(np.flip(g * y, along), along), along)
    zero = flat == 0
    if not np.any(zero):
        return np.reshape(weighted / flat, np.shape(x))
    # Beyond a zero all products vanish; the derivative by it is that of the products without it.
    n = np.shape(flat)[along]
    found = []
    for i in range(n):
        index = np.arange(n).reshape(
            [-1 if a == along % np.ndim(flat) else 1 for a in range(np.ndim(flat))]
        )
        others = np.cumprod(np.where(index == i, 1.0, flat), axis=along)
        found.append(np.sum(np.where(index >= i, g * others, 0.0), axis=along))
    return np.reshape(np.stack(found, axis=along), np.shape(x))


# fmt: off
sum    = linear(sum_of_array,  lambda g, x, axis=None, keepdims=False: spread(g, x, axis, keepdims),                  name="sum",  replaces=())
mean   = linear(mean_of_array, lambda g, x, axis=None, keepdims=False: spread(divided(g, count(x, axis)), x, axis, keepdims), name="mean", replaces=())
var    = define(np.var,  lambda g, y, x, axis=None, ddof=0, keepdims=False:
                         spread(divided(2 * g, freedom(x, axis, ddof)), x, axis, keepdims) * deviation(x, axis),      replaces=())
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
        y * freedom(x, options.get("axis"), options.get("ddof", 0)),
        deviation(x, options.get("axis")),
    )
)


def std_jvp(argnum: int, tangent: Any, y: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Push a tangent forward; of one number the result is 0, whatever the number."""
    axis = keywords.get("axis", arguments[1] if len(arguments) > 1 else None)
    if count(arguments[0], axis) == 1:
        return np.zeros_like(plain(y))
    return std_forward(argnum, tangent, y, arguments, keywords)


std.jvp = std_jvp
LENGTHS.extend([std, root_of_squares])
root_of_squares.jvp = forward_by(lambda y, x, options: slope_of_length(y, np.conjugate(x)))


def reduction(primitive: Primitive, function: Any, *parameters: str, over_nan: Any = None) -> None:
    """Let a primitive stand for a NumPy reduction whose parameters after the array are these.

    The function `over_nan` is the same without NaN.
    """

    def steps(a: Any, positional: Any, keywords: dict[str, Any], chosen: Any = True) -> Any:
        keywords = {**dict(zip(parameters, positional, strict=False)), **keywords}
        where = plain(keywords.pop("where", True))
        if where is not True:
            chosen = chosen & np.asarray(where, bool)
        refuse_out(keywords.pop("out", None), primitive.name)
        given = {k: v for k, v in keywords.items() if v is not None and v is not False}
        if "correction" in given:
            given["ddof"] = given.pop("correction")
        axis, initial = given.pop("axis", None), given.pop("initial", None)
        if "dtype" in given:
            a = np.astype(a, given.pop("dtype"))
        if chosen is not True or "mean" in given or (initial is not None and not count(a, axis)):
            return _of_chosen(primitive, a, axis, chosen, initial, given)
        y = primitive(a, **given) if axis is None else primitive(a, axis, **given)
        return y if initial is None else TOGETHER[primitive.name](y, initial)

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


#: How a reduction puts its result together with ``initial=``, and what changes nothing there.
TOGETHER: dict[str, Any] = {
    "sum": np.add,
    "prod": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
}
NEUTRAL = {"sum": 0.0, "prod": 1.0, "max": -math.inf, "min": math.inf}


def _of_chosen(
    primitive: Primitive, a: Any, axis: Any, chosen: Any, initial: Any, keywords: dict[str, Any]
) -> Any:
    """Reduce only the elements for which ``where=`` holds."""
    if primitive.name in NEUTRAL:
        neutral = NEUTRAL[primitive.name]
        if count(a, axis) == 0:  # NumPy knows no largest of nothing
            y = np.full(np.shape(np.sum(plain(a), axis=axis, **keywords)), neutral)
        else:
            y = primitive(np.where(chosen, a, neutral), axis, **keywords)
        return y if initial is None else TOGETHER[primitive.name](y, initial)
    axis = axis if np.ndim(a) else None
    number = np.sum(np.broadcast_to(chosen, np.shape(a)), axis=axis, keepdims=True, dtype=float)
    mean_ = keywords.get("mean")
    if mean_ is None:
        mean_ = np.sum(np.where(chosen, a, 0.0), axis=axis, keepdims=True) / nonzero(number)
    y = mean_
    if primitive.name != "mean":
        centred = np.where(chosen, a - mean_, 0.0)
        squares = np.sum(np.real(centred * np.conjugate(centred)), axis=axis, keepdims=True)
        divisor = np.maximum(number - keywords.get("ddof", 0), 0.0)
        divisor = np.where(number == 0, 1.0, divisor)
        if primitive.name == "std":
            y = root_of_squares(centred, axis, keepdims=True) / np.sqrt(divisor)
        else:
            y = squares / divisor
    return y if keywords.get("keepdims", False) else np.squeeze(y, axis=axis)


# fmt: off
reduction(sum,  np.sum,  "axis", "dtype", "out", "keepdims", "initial", "where", over_nan=np.nansum)
reduction(prod, np.prod, "axis", "dtype", "out", "keepdims", "initial", "where", over_nan=np.nanprod)
reduction(mean, np.mean, "axis", "dtype", "out", "keepdims",                     over_nan=np.nanmean)
reduction(var,  np.var,  "axis", "dtype", "out", "ddof", "keepdims",             over_nan=np.nanvar)
reduction(std,  np.std,  "axis", "dtype", "out", "ddof", "keepdims",             over_nan=np.nanstd)
reduction(max,  np.max,  "axis", "out", "keepdims", "initial", "where",          over_nan=np.nanmax)
reduction(min,  np.min,  "axis", "out", "keepdims", "initial", "where",          over_nan=np.nanmin)
reduction(max,  np.amax, "axis", "out", "keepdims", "initial", "where")
reduction(min,  np.amin, "axis", "out", "keepdims", "initial", "where")
reduction(cumsum,  np.cumsum,  "axis", "dtype", "out")
reduction(cumprod, np.cumprod, "axis", "dtype", "out")
# fmt: on


def cumulative(function: Any, first: float) -> Any:
    """Return `cumulative_sum` or `cumulative_prod`, which may begin with the empty sum or product."""

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
        return np.concatenate([np.full(shape, first, y.dtype), y], axis=axis)

    return handler


composition_of(np.cumulative_sum)(cumulative(np.cumsum, 0.0))
composition_of(np.cumulative_prod)(cumulative(np.cumprod, 1.0))


def over_nan(function: Any, neutral: float) -> Any:
    """Return a running sum or product that passes over NaN."""

    def handler(a: Any, *positional: Any, **keywords: Any) -> Any:
        return function(np.where(np.isnan(plain(a)), neutral, a), *positional, **keywords)

    return handler


composition_of(np.nancumsum)(over_nan(np.cumsum, 0.0))
composition_of(np.nancumprod)(over_nan(np.cumprod, 1.0))


# -- exponentials of many numbers -------------------------------------------------------------


def logsumexp_of_array(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Compute log(sum(exp(x))) shifted by the largest element."""
    largest = np.max(x, axis=axis, keepdims=True, initial=-math.inf)
    shift = np.where(np.isfinite(largest), largest, 0.0).astype(largest.dtype)
    with np.errstate(divide="ignore"):  # log(0) is -inf, as it should be
        y = np.log(np.sum(np.exp(x - shift), axis=axis, keepdims=True)) + shift
    return y if keepdims else np.squeeze(y, axis=axis)


def softmax_of_array(x: Any, axis: Any = -1) -> Any:
    """Compute exp(x) / sum(exp(x)) shifted by the largest element."""
    exponentials = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return exponentials / np.sum(exponentials, axis=axis, keepdims=True)


def softmax_vjp(g: Any, y: Any, x: Any, axis: Any = -1) -> Any:
    """Multiply by the Jacobian diag(y) - y yT."""
    weighted = g * y
    return weighted - y * np.sum(weighted, axis=axis, keepdims=True)


def parts(total: Any, x: Any, axis: Any) -> Any:
    """Return softmax(x) = exp(x - total), with its limit where the total is infinite."""
    infinite = np.abs(plain(total)) == math.inf
    if not np.any(infinite):
        return np.exp(x - total)
    finite = np.exp(np.where(infinite, -math.inf, x) - np.where(infinite, 0.0, total))
    largest = np.where(infinite, plain(x) == math.inf, 0.0)
    return finite + largest / nonzero(np.sum(largest, axis=axis, keepdims=True))


def logsumexp_vjp(g: Any, y: Any, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Multiply by softmax(x)."""
    total = y if keepdims else kept(y, np.ndim(x), axis)
    return spread(g, x, axis, keepdims) * parts(total, x, axis)


logsumexp = define(logsumexp_of_array, logsumexp_vjp, name="logsumexp")
softmax = define(softmax_of_array, softmax_vjp, name="softmax")
