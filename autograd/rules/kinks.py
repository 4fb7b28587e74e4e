"""Second derivatives at the kink of a length, of which a smooth function may be made.

A length r = |x| (an absolute value, a norm, a standard deviation) has a kink where it is 0, and
the derivative taken there is 0. Of a function of r that is smooth all the same, such as r² or
exp(-r²), the second derivative at 0 is not 0. Going backward through r gives (g / r) x, where the
cotangent g is 0 at r = 0; the second derivative is the limit of g / r, which is the slope of g
by r (L'Hôpital). When derivatives are nodes, that slope is read from their graph.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from autograd.engine import Node, Primitive, Value
from autograd.engine.broadcasting import unbroadcast
from autograd.engine.derivatives import derivatives
from autograd.engine.dispatch import plain
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
from autograd.rules.table import define, elementwise

#: The primitives that are lengths.
LENGTHS: Final[list[Primitive]] = [absolute, fabs, hypot]


def occurs(mask: Any) -> bool:
    """Return whether a mask holds anywhere; arrays of other libraries are not looked into."""
    return isinstance(mask, (bool, np.bool_, np.ndarray)) and bool(np.any(mask))


def slopes(g: Any, y: Any, zero: Any) -> Any:
    """Return ∂g/∂y for each element where y is zero; NaN where it is not all that g changes with.

    Of a smooth function of lengths g is 0 wherever its own length is, so that it does not change
    with the others. Then one pass gives the slopes of all; a second one, with weights, shows
    whether that was so.
    """
    if not isinstance(g, Node) or not isinstance(y, Node):
        return 0.0 * plain(y)
    numbers = np.asarray(plain(g))
    again, others = other_lengths(g, y)
    weights = np.zeros_like(numbers)
    weights[zero] = np.linspace(1, 2, np.count_nonzero(zero))
    once: Any = 1.0 if isinstance(g, Value) else np.asarray(zero, numbers.dtype)
    own, *more = derivatives(g, once, [y, *again, *others], True, True)
    for found in more[: len(again)]:
        own = found if own is None else own if found is None else own + found
    mixed = np.zeros(np.shape(numbers), bool)
    for other, found in zip(others, more[len(again) :], strict=True):
        if found is not None:
            touched = (plain(other) == 0) & (plain(found) != 0)
            mixed |= touched if touched.shape == mixed.shape else touched.any()
    if own is None:
        own = np.zeros_like(numbers) if numbers.ndim else 0.0
    elif np.count_nonzero(zero) > 1:
        found = derivatives(g, weights, [y, *again], True, True)
        weighted = sum(plain(x) for x in found if x is not None)
        alone = plain(own) * weights
        rounding = math.sqrt(np.finfo(numbers.dtype).eps) * np.max(np.abs(alone[zero]))
        mixed |= zero & ~(np.abs(weighted - alone) <= rounding)
    return where(mixed, math.nan, own) if mixed.any() else own


def other_lengths(g: Any, y: Any) -> tuple[list[Any], list[Any]]:
    """Find the lengths that g depends on besides y: the same once more, and others with zeros."""
    again, others = [], []
    seen = {id(g), id(y)}
    stack = [g]
    while stack:
        node = stack.pop()
        if node is not y and any(node.primitive is length for length in LENGTHS):
            same = (
                node.primitive is y.primitive
                and node.keywords == y.keywords
                and len(node.arguments) == len(y.arguments)
                and all(map(operator.is_, node.arguments, y.arguments))
            )
            if same:
                again.append(node)
            elif np.any(plain(node) == 0):
                others.append(node)
        for parent in node.parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                stack.append(parent)
    return again, others


def over(g: Any, y: Any) -> Any:
    """Return g / y, for a rule that multiplies it by what is 0 where y is.

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


def vanishing(q: Any, x: Any) -> Any:
    """Return q x, and 0 where x is 0, however large q is; the derivative by x is q there too."""
    if not (isinstance(q, Node) or isinstance(x, Node)):
        return q * x
    numbers = isinstance(q, (float, Value)) and isinstance(x, (float, Value))
    return _of_numbers(q, x) if numbers else _of_arrays(q, x)


def absolute_again(g: Any, y: Any, x: Any) -> Any:
    """Go backward through |x|, to be differentiated again.

    On either side of its kink |x| is straight: what bends is only the function that g belongs to.
    """
    if np.iscomplexobj(plain(x)):
        return vanishing(over(g, y), conjugate(x))
    zero = plain(x) == 0
    if not occurs(zero):
        return g * sign(x)
    return where(zero, vanishing(slopes(g, y, zero), x), g * sign(x))


def slope_of_length(y: Any, x: Any) -> Any:
    """Return x / y, the derivative of a length y that goes forward.

    It is 0 where y is 0. Its own derivative is infinite there, because nothing is known of what
    comes later and no limit can be taken.
    """
    if not isinstance(y, Node) and not isinstance(x, Node):
        return x / nonzero(y)
    return vanishing(where(plain(y) == 0, math.inf, 1 / nonzero(y)), x)


def forward(argnum: int, tangent: Any, y: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Go forward through |x| or `hypot`."""
    x = arguments[argnum]
    if len(arguments) > 1:
        return tangent * slope_of_length(y, x)
    slope = direction(y, x)
    if isinstance(y, Node):
        slope = slope + vanishing(where(plain(y) == 0, math.nan, 0.0), conjugate(x))
    return tangent * slope


def through_extreme(extreme: Primitive, argnum: int) -> Callable[..., Any]:
    """Return how to go backward through `maximum` or its like, to be differentiated again.

    At a tie the second derivative is the mean of those on both sides. The extreme is
    (x + y ± |x - y|) / 2: of a function of it without a kink g is 0 there, and half of g times the
    sign of x - y goes on as x - y does.
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
        if not bent.any():
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
