"""Second derivatives at the kinks of lengths.

A length r = |x| (an absolute value, a norm, a standard deviation) has a kink where it is 0; the
derivative taken there is 0. A function of r may still be smooth, such as r² or exp(-r²), and
then its second derivative at 0 is not 0. The pullback of r is (g / r) x, where the cotangent g is 0
at r = 0; the second derivative is the limit of g / r, which is ∂g/∂r (L'Hôpital). When derivatives
are nodes, that slope is computed from their graph.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from autograd.engine import Node, Primitive, Value, tracing
from autograd.engine.batching import Batched
from autograd.engine.broadcasting import size_of, unbroadcast
from autograd.engine.derivatives import derivatives
from autograd.engine.dispatch import plain
from autograd.graph import Graph
from autograd.rules.elementwise import (
    absolute,
    conjugate,
    direction,
    fabs,
    fmax,
    fmin,
    hypot,
    maximum,
    minimum,
    nonzero,
    sign,
    where,
)
from autograd.rules.kernel import holds
from autograd.rules.table import define, elementwise

#: The primitives that are lengths.
LENGTHS: Final[list[Primitive]] = [absolute, fabs, hypot]


def occurs(mask: Any) -> bool:
    """Return whether a mask holds anywhere; False for data of other array libraries."""
    if isinstance(mask, Batched):
        return occurs(mask.array)
    is_numpy = isinstance(tracing.concrete(mask), (bool, np.bool_, np.ndarray))
    return is_numpy and bool(np.any(mask))


def _in_any_call(mask: Any) -> bool:
    """Return whether a mask holds anywhere, in any call of a batch."""
    return _in_any_call(mask.array) if isinstance(mask, Batched) else holds(mask)


def _hold_several(mask: Any) -> bool:
    """Return whether a mask holds at several places, those of all calls of a batch together."""
    if isinstance(mask, Batched):
        return _hold_several(mask.array)
    return bool(np.count_nonzero(mask) > 1)


def slopes(g: Any, y: Any, zero: Any) -> Any:
    """Return ∂g/∂y for each element where y is zero; NaN if g depends on other elements too.

    For a smooth function of lengths, g is 0 wherever its own length is, and does not change with
    the others. One pass then gives the slopes of all elements; a second, weighted one checks that.
    """
    if not isinstance(g, Node) or not isinstance(y, Node):
        return 0.0 * plain(y)
    numbers = np.asarray(plain(g))
    again, others = other_lengths(g, y)
    once: Any = 1.0 if isinstance(g, Value) else np.asarray(zero, numbers.dtype)
    own, *more = derivatives(g, once, [y, *again, *others], True, True)
    for found in more[: len(again)]:
        own = found if own is None else own if found is None else own + found
    mixed = np.zeros(np.shape(numbers), bool)
    for other, found in zip(others, more[len(again) :], strict=True):
        if found is not None:
            touched = (plain(other) == 0) & (plain(found) != 0)
            mixed = mixed | (touched if np.shape(touched) == mixed.shape else np.any(touched))
    if own is None:
        own = np.zeros_like(numbers) if numbers.ndim else 0.0
    elif _hold_several(zero):
        order = np.reshape(np.cumsum(zero), np.shape(zero)) / size_of(zero)
        weights = np.asarray(where(zero, 1 + order, 0.0), numbers.dtype)
        found = derivatives(g, weights, [y, *again], True, True)
        weighted = sum(plain(x) for x in found if x is not None)
        alone = plain(own) * weights
        largest = np.max(where(zero, np.abs(alone), 0.0))
        rounding = math.sqrt(np.finfo(numbers.dtype).eps) * largest
        mixed = mixed | (zero & ~(np.abs(weighted - alone) <= rounding))
    return where(mixed, math.nan, own) if _in_any_call(mixed) else own


def other_lengths(g: Any, y: Any) -> tuple[list[Any], list[Any]]:
    """Return the other lengths that g depends on: copies of y, and lengths that have zeros."""
    again, others = [], []
    for node in Graph.as_recorded(g, stop=(y,)):
        if node is y or not any(node.primitive is length for length in LENGTHS):
            continue
        same = (
            node.primitive is y.primitive
            and node.keywords == y.keywords
            and len(node.arguments) == len(y.arguments)
            and all(map(operator.is_, node.arguments, y.arguments))
        )
        if same:
            again.append(node)
        elif _in_any_call(plain(node) == 0):
            others.append(node)
    return again, others


def over(g: Any, y: Any) -> Any:
    """Return g / y, for a rule that multiplies it by a factor that is 0 where y is 0.

    There it is 0 for first derivatives. For higher ones it is the limit: infinite if g is not 0,
    else the slope of g.
    """
    length = plain(y)
    zero = length == 0
    if not (isinstance(g, Node) or isinstance(y, Node)) or not occurs(zero):
        return g / nonzero(y)
    numbers = plain(g)
    limit = where(numbers == 0, slopes(g, y, zero), np.copysign(math.inf, numbers))
    return where(zero, limit, g / nonzero(y))


def _vanishing_vjp(g: Any, z: Any, q: Any, x: Any) -> Any:
    return unbroadcast(_of_arrays(q, g), x)


def _product(q: Any, x: Any) -> Any:
    return np.where(x == 0, 0.0, q) * x


_of_numbers = elementwise(
    _product,
    lambda q, x: q * x if x != 0 else 0.0,
    lambda z, q, x: x,
    lambda z, q, x: q,
    name="vanishing",
)
_of_arrays = define(
    _product,
    lambda g, z, q, x: unbroadcast(g * x, q),
    _vanishing_vjp,
    multilinear=True,
    name="vanishing",
)


#: The primitives of `vanishing`.
VANISHING: Final[tuple[Primitive, ...]] = (_of_numbers, _of_arrays)


def vanishing(q: Any, x: Any) -> Any:
    """Return q x, and 0 where x is 0 even if q is infinite; its derivative by x is q there too."""
    if not (isinstance(q, Node) or isinstance(x, Node)):
        return q * x
    numbers = all(isinstance(z, (float, Value)) and not isinstance(z, Batched) for z in (q, x))
    return _of_numbers(q, x) if numbers else _of_arrays(q, x)


def absolute_again(g: Any, y: Any, x: Any) -> Any:
    """Return the vjp of |x| for higher derivatives.

    |x| is linear on both sides of its kink, so any curvature comes from g.
    """
    if np.iscomplexobj(plain(x)):
        return vanishing(over(g, y), conjugate(x))
    zero = plain(x) == 0
    if not occurs(zero):
        return g * sign(x)
    return where(zero, vanishing(slopes(g, y, zero), x), g * sign(x))


def slope_of_length(y: Any, x: Any) -> Any:
    """Return x / y, the derivative of a length y in forward mode.

    It is 0 where y is 0. Its own derivative is infinite there: forward mode does not know the
    functions applied later, so it cannot take the limit.
    """
    if not isinstance(y, Node) and not isinstance(x, Node):
        return x / nonzero(y)
    return vanishing(where(plain(y) == 0, math.inf, 1 / nonzero(y)), x)


def forward(argnum: int, tangent: Any, y: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Return the forward rule of |x| or `hypot`."""
    x = arguments[argnum]
    if len(arguments) > 1:
        return tangent * slope_of_length(y, x)
    slope = direction(y, x)
    if isinstance(y, Node):
        slope = slope + vanishing(where(plain(y) == 0, math.nan, 0.0), conjugate(x))
    return tangent * slope


def through_extreme(extreme: Primitive, argnum: int) -> Callable[..., Any]:
    """Return the vjp of `maximum` or a relative for higher derivatives.

    At a tie the second derivative is the mean of both sides. The extreme is (x + y ± |x - y|) / 2:
    if a function of it has no kink, g is 0 at the tie, and g sign(x - y) / 2 behaves like x - y.
    """
    assert extreme.partials is not None
    partial = extreme.partials[argnum]

    def vjp(g: Any, z: Any, *both: Any) -> Any:
        own, other = both[argnum], both[1 - argnum]
        found = g * partial(z, *both)
        tie = plain(own) == plain(other)
        if not occurs(tie):
            return found
        slope = slopes(g, z, np.broadcast_to(tie, np.shape(plain(z))))
        bent = tie & ~np.isnan(plain(slope))
        if not _in_any_call(bent):
            return found
        return found + vanishing(where(bent, slope, 0.0) / 4, own - other)

    return vjp


for primitive in (maximum, minimum, fmax, fmin):
    primitive.again = (through_extreme(primitive, 0), through_extreme(primitive, 1))
for primitive in LENGTHS:
    primitive.jvp = forward
absolute.again = fabs.again = (absolute_again,)
hypot.again = (
    lambda g, z, x, y: vanishing(over(g, z), x),
    lambda g, z, x, y: vanishing(over(g, z), y),
)
