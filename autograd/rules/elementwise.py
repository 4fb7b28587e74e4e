"""Elementwise functions and their partial derivatives.

In each row ``y`` (or ``z``) is the result and ``x`` (or ``x, y``) are the arguments. A partial that
is a number is constant. `docs/kinks.md` lists the derivatives taken at kinks.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node, Primitive, Value, tracing
from autograd.engine.batching import Batched
from autograd.engine.dispatch import refuse_out
from autograd.engine.tracing import Followed
from autograd.rules.kernel import kernel, may_hold, self_contained
from autograd.rules.table import elementwise, implements, linear

#: By type: below this, cancellation costs a slope so many digits that the exact form pays off. In
#: single precision only where the slope is 0, because large networks saturate all the time.
CANCELLED = {"e": 0.03, "f": 1e-7, "d": 1e-10, "g": 3e-10}
LN2, LN10, DEGREE = math.log(2), math.log(10), math.pi / 180


def where(condition: Any, x: Any, y: Any) -> Any:
    """Choose `x` or `y`; the condition may be a bool or an array."""
    if isinstance(condition, (bool, np.bool_)) and not isinstance(condition, Batched):
        return x if condition else y
    if isinstance(condition, Followed) and not isinstance(condition, np.ndarray):
        if isinstance(x, Node) or isinstance(y, Node):
            return x if condition else y
        return tracing.here().choice(condition, x, y)
    return np.where(condition, x, y)


def nonzero(x: Any) -> Any:
    """Replace zeros by ones, in a denominator whose numerator is zero there as well."""
    return where(x == 0, 1.0, x)


def share(x: Any, y: Any) -> Any:
    """Return 1 where x > y, 0 where x < y, and 1/2 on ties."""
    return where(x == y, 0.5, x > y)


@kernel(elementwise=True)
def exp_weight(exponential: Any, z: Any, x: Any, y: Any) -> Any:
    """Return exp(x - z), the weight of x in z = log(exp(x) + exp(y)), with its limits at infinity."""
    if type(z) is float:
        exponential = getattr(math, exponential.__name__)
    infinite = np.isinf(z)
    if not may_hold(infinite):
        return exponential(x - z)
    total = np.where(infinite, 0.0, z)
    finite = exponential(np.where(infinite, -math.inf, x) - total)
    larger = np.where(x == y, 0.5, total * 0.0 + (x > y))  # of the type of the total
    found = np.where(infinite & (z > 0), larger, finite)
    return float(found) if type(z) is float else found


@kernel(elementwise=True)
def sharpened(slope: Any, exact: Callable[[Any], Any], x: Any) -> Any:
    """Return a slope, in its exact but more expensive form where cancellation has made it small.

    For complex numbers, whose slopes cancel anywhere, always use the exact form.
    """
    if type(slope) is float:
        return exact(x) if slope < CANCELLED["d"] else slope
    limit = CANCELLED.get(slope.dtype.char if hasattr(slope, "dtype") else "d")
    if limit is None:
        return exact(x)
    if type(slope) is np.ndarray and slope.size and slope.item(slope.argmin()) >= limit:
        return slope  # argmin is twice as fast as min
    small = slope < limit
    if type(slope) is not np.ndarray and issubclass(small.__class__, (bool, np.bool_)):
        return exact(x) if small else slope
    if type(slope) is np.ndarray and type(x) is np.ndarray:
        slope = slope.copy()
        slope[small] = exact(x[small])
        return slope
    return np.where(small, exact(x), slope)


@self_contained
def product(x: Any) -> Any:
    """Return 1 - x² as a product, which avoids cancellation."""
    return (1 - x) * (1 + x)


@self_contained
def sech2(x: Any) -> Any:
    """Return 1 / cosh(x)²; for real numbers without overflow."""
    if np.iscomplexobj(x):
        return 1 / (np.cosh(x) * np.cosh(x))
    e = math.exp(-2 * abs(x)) if type(x) is float else np.exp(-2 * abs(x))
    return 4 * e / ((1 + e) * (1 + e))


def root_of_square(x: Any) -> Any:
    """Return √(1 + x²); for real numbers without x², which may overflow."""
    return sqrt(1 + x * x) if np.iscomplexobj(x) else hypot(1.0, x)


def direction(y: Any, x: Any) -> Any:
    """Return the derivative of y = |x|: sign(x) for real x, conj(x) / |x| for complex x."""
    if type(x) is float or not np.iscomplexobj(x):
        return sign(x)
    return conjugate(x) / nonzero(y)


@self_contained
def cathetus(x: Any) -> Any:
    """Return √(1 - x²); for complex x on the branch of `arcsin`."""
    if type(x) is float:
        return math.sqrt((1 - x) * (1 + x))
    if not np.iscomplexobj(x):
        return np.sqrt((1 - x) * (1 + x))
    return np.sqrt(-(x - 1)) * np.sqrt(1 + x)


@self_contained
def sign_of_float(x: float) -> float:
    """Return -1, 0 or 1, and NaN for NaN."""
    return float(x > 0) - float(x < 0) if x == x else x


@self_contained
def ldexp_of_floats(x: Any, n: Any) -> Any:
    """Return ``x * 2**n``; the constants beside a Value are floats, and NumPy wants an integer."""
    return np.ldexp(x, int(n) if n == n // 1 else n)


def clip_of_array(x: Any, low: float, high: float) -> Any:
    """Limit to an interval, faster than `numpy.clip` for arrays."""
    return np.minimum(np.maximum(x, low), high)


def conjugate(x: Any) -> Any:
    """Return the complex conjugate; real numbers are returned as they are."""
    return x.conjugate() if hasattr(x, "conjugate") else np.conjugate(x)


# Defined further down.
log: Primitive
cos: Primitive
cosh: Primitive
exp: Primitive
sqrt: Primitive
hypot: Primitive
absolute: Primitive
sign: Primitive
trunc: Primitive
copysign: Primitive
floor_divide: Primitive

# fmt: off
# -- arithmetic ---------------------------------------------------------------------------------------------------
add          = elementwise(np.add,          operator.add,      1,                        1)
subtract     = elementwise(np.subtract,     operator.sub,      1,                        -1)
multiply     = elementwise(np.multiply,     operator.mul,      lambda z, x, y: y,        lambda z, x, y: x)
divide       = elementwise(np.divide,       operator.truediv,  lambda z, x, y: 1 / y,    lambda z, x, y: -z / y)
power        = elementwise(np.power,        math.pow,          lambda z, x, y: y * x ** where((y == 0) & (x == 0), 1, y - 1),
                                                               lambda z, x, y: z * log(nonzero(x)))
float_power  = elementwise(np.float_power,  math.pow,          lambda z, x, y: y * x ** where((y == 0) & (x == 0), 1, y - 1),
                                                               lambda z, x, y: z * log(nonzero(x)))
remainder    = elementwise(np.remainder,    operator.mod,      1,                        lambda z, x, y: -floor_divide(x, y))
fmod         = elementwise(np.fmod,         math.fmod,         1,                        lambda z, x, y: -trunc(x / y))
floor_divide = elementwise(np.floor_divide, operator.floordiv, 0,                        0)
negative     = elementwise(np.negative,     operator.neg,      -1)
positive     = elementwise(np.positive,     operator.pos,      1)
square       = elementwise(np.square,       lambda x: x * x,   lambda y, x: 2 * x)
reciprocal   = elementwise(np.reciprocal,   lambda x: 1 / x,   lambda y, x: -y * y)

# -- exponentials, logarithms, roots ------------------------------------------------------------------------------
exp          = elementwise(np.exp,          math.exp,          lambda y, x: y)
exp2         = elementwise(np.exp2,         math.exp2,         lambda y, x: y * LN2)
expm1        = elementwise(np.expm1,        math.expm1,        lambda y, x: exp(x))
log          = elementwise(np.log,          math.log,          lambda y, x: 1 / x)
log2         = elementwise(np.log2,         math.log2,         lambda y, x: 1 / (x * LN2))
log10        = elementwise(np.log10,        math.log10,        lambda y, x: 1 / (x * LN10))
log1p        = elementwise(np.log1p,        math.log1p,        lambda y, x: 1 / (1 + x))
sqrt         = elementwise(np.sqrt,         math.sqrt,         lambda y, x: 1 / (2 * y))
cbrt         = elementwise(np.cbrt,         math.cbrt,         lambda y, x: 1 / (3 * y * y))

# -- angles -------------------------------------------------------------------------------------------------------
sin          = elementwise(np.sin,          math.sin,          lambda y, x: cos(x))
cos          = elementwise(np.cos,          math.cos,          lambda y, x: -sin(x))
tan          = elementwise(np.tan,          math.tan,          lambda y, x: 1 + y * y)
arcsin       = elementwise(np.arcsin,       math.asin,         lambda y, x: 1 / sharpened(sqrt(1 - x * x), cathetus, x))
arccos       = elementwise(np.arccos,       math.acos,         lambda y, x: -1 / sharpened(sqrt(1 - x * x), cathetus, x))
arctan       = elementwise(np.arctan,       math.atan,         lambda y, x: 1 / (1 + x * x))
degrees      = elementwise(np.degrees,      math.degrees,      1 / DEGREE)
rad2deg      = elementwise(np.rad2deg,      math.degrees,      1 / DEGREE)
radians      = elementwise(np.radians,      math.radians,      DEGREE)
deg2rad      = elementwise(np.deg2rad,      math.radians,      DEGREE)
arctan2      = elementwise(np.arctan2,      math.atan2,        lambda z, y, x: x / hypot(x, y) / hypot(x, y),
                                                               lambda z, y, x: -y / hypot(x, y) / hypot(x, y))
hypot        = elementwise(np.hypot,        math.hypot,        lambda z, x, y: x / nonzero(z),
                                                               lambda z, x, y: y / nonzero(z))

# -- hyperbolic ---------------------------------------------------------------------------------------------------
sinh         = elementwise(np.sinh,         math.sinh,         lambda y, x: cosh(x))
cosh         = elementwise(np.cosh,         math.cosh,         lambda y, x: sinh(x))
tanh         = elementwise(np.tanh,         math.tanh,         lambda y, x: sharpened(1 - y * y, sech2, x))
arcsinh      = elementwise(np.arcsinh,      math.asinh,        lambda y, x: 1 / root_of_square(x))
arccosh      = elementwise(np.arccosh,      math.acosh,        lambda y, x: 1 / (sqrt(x - 1) * sqrt(x + 1)))
arctanh      = elementwise(np.arctanh,      math.atanh,        lambda y, x: 1 / sharpened(1 - x * x, product, x))

# -- with kinks ---------------------------------------------------------------------------------------------------
absolute     = elementwise(np.absolute,     abs,               lambda y, x: direction(y, x))
fabs         = elementwise(np.fabs,         abs,               lambda y, x: sign(x))
maximum      = elementwise(np.maximum,      None,              lambda z, x, y: share(x, y),  lambda z, x, y: share(y, x))
minimum      = elementwise(np.minimum,      None,              lambda z, x, y: share(y, x),  lambda z, x, y: share(x, y))
fmax         = elementwise(np.fmax,         None,              lambda z, x, y: where(y != y, 1.0, share(x, y)),
                                                               lambda z, x, y: where(x != x, 1.0, share(y, x)))
fmin         = elementwise(np.fmin,         None,              lambda z, x, y: where(y != y, 1.0, share(y, x)),
                                                               lambda z, x, y: where(x != x, 1.0, share(x, y)))
copysign     = elementwise(np.copysign,     math.copysign,     lambda z, x, y: copysign(1.0, x) * copysign(1.0, y),  0)
limited      = elementwise(clip_of_array,   None,              lambda y, x, low, high: 0.5 * ((x >= low) & (x <= high)) + 0.5 * ((x > low) & (x < high)), name="clip")

# -- step functions: the derivative is zero ------------------------------------------------------------------------
sign         = elementwise(np.sign,         sign_of_float,    0)
floor        = elementwise(np.floor,        None,              0)
ceil         = elementwise(np.ceil,         None,              0)
trunc        = elementwise(np.trunc,        None,              0)
rint         = elementwise(np.rint,         None,              0)
around       = elementwise(np.round,        None,              0, name="round")
ldexp        = elementwise(np.ldexp,        ldexp_of_floats,   lambda z, x, n: exp2(n),  0)
nextafter    = elementwise(np.nextafter,    None,              1,                        0)
spacing      = elementwise(np.spacing,      None,              0)
heaviside    = elementwise(np.heaviside,    None,              0,                        lambda z, x, y: where(x == 0, 1.0, 0.0))

# -- log-sum-exp --------------------------------------------------------------------------------------------------
logaddexp    = elementwise(np.logaddexp,    None,              lambda z, x, y: exp_weight(np.exp, z, x, y),
                                                               lambda z, x, y: exp_weight(np.exp, z, y, x))
logaddexp2   = elementwise(np.logaddexp2,   None,              lambda z, x, y: exp_weight(np.exp2, z, x, y),
                                                               lambda z, x, y: exp_weight(np.exp2, z, y, x))

# -- complex numbers: the gradient of a real L is dL/dRe - i dL/dIm, as in HIPS autograd and JAX --------------------
conj         = linear(np.conjugate,         lambda g, x: conjugate(g))
real         = linear(np.real,              lambda g, x: g)
imag         = linear(np.imag,              lambda g, x: -1j * g)
# fmt: on

implements(np.around)(around)


@implements(np.sign)
def sign_or_phase(x: Any) -> Any:
    """Return the sign; for complex numbers x / |x|, which is not constant."""
    if not np.iscomplexobj(x):
        return sign(x)
    y = absolute(x)
    return where(y == 0, 0.0, x / nonzero(y))


@implements(np.clip)
def clip(
    a: Any,
    a_min: Any = None,
    a_max: Any = None,
    out: None = None,
    *,
    min: Any = None,
    max: Any = None,
    dtype: Any = None,
) -> Any:
    """Limit to an interval; the lower bound first, as NumPy does."""
    refuse_out(out, "clip")
    if dtype is not None:
        return clip(np.astype(a, dtype), a_min, a_max, min=min, max=max)
    lowest = a_min if min is None else min
    highest = a_max if max is None else max
    limits = tracing.concrete(lowest), tracing.concrete(highest)
    numbers = all(isinstance(x, (int, float)) and not isinstance(x, Batched) for x in limits)
    if numbers and not isinstance(a, Value):
        return limited(a, lowest, highest)
    if lowest is None:  # a copy even if there is no limit at all
        return np.positive(a) if highest is None else minimum(a, highest)
    a = maximum(a, lowest)
    return a if highest is None else minimum(a, highest)
