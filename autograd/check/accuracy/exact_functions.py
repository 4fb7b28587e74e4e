"""What primitives compute, on arrays of mpmath's numbers: a row for each primitive.

``m`` is the context of mpmath, which holds the precision. Functions of numbers are applied to each
element; functions of arrays get object arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.check.accuracy.exact_matrices import OF_MATRICES
from autograd.check.accuracy.exact_special import of_scipy
from autograd.engine import Primitive, operations
from autograd.rules import (
    elementwise,
    histograms,
    joining,
    kinks,
    norms,
    padding,
    products,
    reductions,
    shapes,
    softmax,
    special,
    table,
    ufunc_methods,
)


def _truncated(m: Any, x: Any) -> Any:
    return m.floor(x) if x >= 0 else m.ceil(x)


def _logaddexp(m: Any, x: Any, y: Any) -> Any:
    large, small = (x, y) if x > y else (y, x)
    return large + m.log1p(m.exp(small - large)) if m.isfinite(large) else large


def _softplus(m: Any, x: Any) -> Any:
    return _logaddexp(m, x, m.mpf(0))


def _sinc(m: Any, x: Any) -> Any:
    return m.sinc(m.pi * x)


def _clip(m: Any, x: Any, low: Any, high: Any) -> Any:
    return min(max(x, low), high)


#: Primitive -> the function of numbers.
OF_NUMBERS: dict[Primitive, Callable[..., Any]] = {
    elementwise.add: lambda m, x, y: x + y,
    elementwise.subtract: lambda m, x, y: x - y,
    elementwise.multiply: lambda m, x, y: x * y,
    elementwise.divide: lambda m, x, y: x / y,
    elementwise.power: lambda m, x, y: m.power(x, y),
    elementwise.float_power: lambda m, x, y: m.power(x, y),
    elementwise.remainder: lambda m, x, y: x - y * m.floor(x / y),
    elementwise.negative: lambda m, x: -x,
    elementwise.positive: lambda m, x: x,
    elementwise.square: lambda m, x: x * x,
    elementwise.reciprocal: lambda m, x: 1 / x,
    elementwise.exp: lambda m, x: m.exp(x),
    elementwise.exp2: lambda m, x: m.power(2, x),
    elementwise.ldexp: lambda m, x, n: x * m.power(2, n),
    elementwise.expm1: lambda m, x: m.expm1(x),
    elementwise.log: lambda m, x: m.log(x),
    elementwise.log2: lambda m, x: m.log(x) / m.ln2,
    elementwise.log10: lambda m, x: m.log(x) / m.ln10,
    elementwise.log1p: lambda m, x: m.log1p(x),
    elementwise.sqrt: lambda m, x: m.sqrt(x),
    elementwise.cbrt: lambda m, x: m.sign(x) * m.cbrt(abs(x)),
    elementwise.sin: lambda m, x: m.sin(x),
    elementwise.cos: lambda m, x: m.cos(x),
    elementwise.tan: lambda m, x: m.tan(x),
    elementwise.arcsin: lambda m, x: m.asin(x),
    elementwise.arccos: lambda m, x: m.acos(x),
    elementwise.arctan: lambda m, x: m.atan(x),
    elementwise.arctan2: lambda m, x, y: m.atan2(x, y),
    elementwise.degrees: lambda m, x: x * 180 / m.pi,
    elementwise.rad2deg: lambda m, x: x * 180 / m.pi,
    elementwise.radians: lambda m, x: x * m.pi / 180,
    elementwise.deg2rad: lambda m, x: x * m.pi / 180,
    elementwise.hypot: lambda m, x, y: m.sqrt(x * x + y * y),
    elementwise.sinh: lambda m, x: m.sinh(x),
    elementwise.cosh: lambda m, x: m.cosh(x),
    elementwise.tanh: lambda m, x: m.tanh(x),
    elementwise.arcsinh: lambda m, x: m.asinh(x),
    elementwise.arccosh: lambda m, x: m.acosh(x),
    elementwise.arctanh: lambda m, x: m.atanh(x),
    elementwise.absolute: lambda m, x: abs(x),
    elementwise.fabs: lambda m, x: abs(x),
    elementwise.maximum: lambda m, x, y: x if x >= y or m.isnan(x) else y,
    elementwise.minimum: lambda m, x, y: x if x <= y or m.isnan(x) else y,
    elementwise.fmax: lambda m, x, y: x if x >= y or m.isnan(y) else y,
    elementwise.fmin: lambda m, x, y: x if x <= y or m.isnan(y) else y,
    elementwise.copysign: lambda m, x, y: abs(x) if y >= 0 else -abs(x),
    elementwise.fmod: lambda m, x, y: x - y * _truncated(m, x / y),
    elementwise.limited: _clip,
    elementwise.logaddexp: _logaddexp,
    elementwise.logaddexp2: lambda m, x, y: _logaddexp(m, x * m.ln2, y * m.ln2) / m.ln2,
    elementwise.conj: lambda m, x: m.conj(x),
    elementwise.real: lambda m, x: m.re(x),
    elementwise.imag: lambda m, x: m.im(x),
    special.sigmoid: lambda m, x: 1 / (1 + m.exp(-x)),
    special.relu: lambda m, x: max(x, m.mpf(0)),
    special.softplus: _softplus,
    special.erf: lambda m, x: m.erf(x),
    special.lgamma: lambda m, x: m.log(abs(m.gamma(x))),
    special.sinc: _sinc,
    table.as_numpy: lambda m, x, value: x,
    **{special.polygamma(n): lambda m, x, n=n: m.psi(n, x) for n in range(5)},
    **{special.modified_bessel(n): lambda m, x, n=n: m.besseli(n, x) for n in range(5)},
}


#: Primitives whose exact result takes longer to compute for larger numbers.
GROWING: frozenset[Primitive] = frozenset(
    {
        elementwise.power,
        elementwise.float_power,
        elementwise.exp,
        elementwise.exp2,
        elementwise.expm1,
        elementwise.ldexp,
        elementwise.sin,
        elementwise.cos,
        elementwise.tan,
        elementwise.sinh,
        elementwise.cosh,
        elementwise.tanh,
        elementwise.logaddexp,
        elementwise.logaddexp2,
        special.sigmoid,
        special.softplus,
        special.erf,
        special.lgamma,
        special.sinc,
    }
)


def of_numbers(primitive: Primitive) -> Callable[..., Any] | None:
    """Return the function of numbers of a primitive; None if there is none."""
    found = OF_NUMBERS.get(primitive)
    return of_scipy(primitive.function) if found is None else found


def _sum(m: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.sum(x, axis=axis, keepdims=keepdims)


def _mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.sum(x, axis=axis, keepdims=keepdims) / reductions.count(x, axis)


def _var(m: Any, x: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False) -> Any:
    sizes = np.abs(x - _mean(x, axis, True)) ** 2
    return np.sum(sizes, axis=axis, keepdims=keepdims) / reductions.divisor(x, axis, ddof)


def _each(function: Callable[..., Any], *arrays: Any) -> Any:
    return np.frompyfunc(function, len(arrays), 1)(*arrays)


def _std(m: Any, x: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False) -> Any:
    return _each(m.sqrt, _var(m, x, axis, ddof, keepdims))


def _length(m: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _each(m.sqrt, np.sum(np.abs(x) ** 2, axis=axis, keepdims=keepdims))


def _power_norm(m: Any, x: Any, order: Any, axis: Any = None, keepdims: bool = False) -> Any:
    total = np.sum(_each(lambda a: m.power(a, order), x), axis=axis, keepdims=keepdims)
    return _each(lambda a: m.power(a, m.one / order), total)


def _logsumexp(m: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _each(m.log, np.sum(_each(m.exp, x), axis=axis, keepdims=keepdims))


def _softmax(m: Any, x: Any, axis: Any = -1) -> Any:
    exponentials = _each(m.exp, x)
    return exponentials / np.sum(exponentials, axis=axis, keepdims=True)


def _in_bins(m: Any, weights: Any, x: Any, minlength: int = 0) -> Any:
    found = np.full(max(minlength, np.max(x, initial=-1) + 1), m.zero, dtype=object)
    np.add.at(found, x, weights)
    return found


#: Primitive -> the function of arrays.
OF_ARRAYS: dict[Primitive, Callable[..., Any]] = {
    reductions.sum: _sum,
    reductions.mean: lambda m, x, *a, **k: _mean(x, *a, **k),
    reductions.var: _var,
    reductions.std: _std,
    reductions.root_of_squares: _length,
    norms.norm_of_powers: _power_norm,
    reductions.logsumexp: _logsumexp,
    softmax.softmax: _softmax,
    products.contraction: lambda m, *a, subscripts, optimize=False: np.einsum(subscripts, *a),
    shapes.astype: lambda m, x, *rest, **options: x,
    histograms.in_bins: _in_bins,
    **OF_MATRICES,
}


def of_arrays(primitive: Primitive) -> Callable[..., Any] | None:
    """Return the function of arrays of a primitive; None if there is none."""
    found = OF_ARRAYS.get(primitive)
    return of_scipy(primitive.function, arrays=True) if found is None else found


#: Primitives that compare elements: not exact on arrays with NaN, which is not in any order.
ORDERING: tuple[Primitive, ...] = (
    reductions.max,
    reductions.min,
    ufunc_methods.running_maximum,
    ufunc_methods.running_minimum,
    shapes.sort,
    shapes.partition,
)

#: Primitives whose own function computes exactly on object arrays: it only moves elements, or adds,
#: multiplies and compares them.
AS_THEY_ARE: frozenset[Primitive] = frozenset(
    {
        reductions.prod,
        *ORDERING,
        reductions.cumsum,
        reductions.cumprod,
        ufunc_methods.sums_of_ranges,
        products.matmul,
        shapes.put,
        joining.concatenate_arrays,
        joining.stack_arrays,
        operations.GETITEM,
        shapes.setitem,
        shapes.scatter,
        shapes.gather,
        shapes.reshape,
        shapes.ravelled,
        shapes.transpose,
        shapes.moveaxis,
        shapes.swapaxes,
        shapes.expand_dims,
        shapes.squeeze,
        shapes.flip,
        shapes.roll,
        shapes.rot90,
        shapes.tril,
        shapes.triu,
        shapes.copy,
        shapes.broadcast_to,
        shapes.where,
        shapes.take,
        shapes.repeat,
        shapes.tile,
        shapes.diagonal,
        padding.pad,
        padding.sliding_windows,
        *kinks.VANISHING,
    }
)

#: Primitives constant between jumps: the record keeps the value that the program found.
STEPS: frozenset[Primitive] = frozenset(
    {
        elementwise.sign,
        elementwise.floor,
        elementwise.ceil,
        elementwise.trunc,
        elementwise.rint,
        elementwise.around,
        elementwise.floor_divide,
        elementwise.heaviside,
        norms.is_nonzero,
    }
)
