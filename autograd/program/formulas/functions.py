"""What functions of NumPy mean as mathematics: how a call of each becomes a term.

A rule takes the reader, which knows the terms of variables, and the arguments of the call.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from autograd.program.formulas import algebra, arranging
from autograd.program.formulas.arranging import Rule, Unwritten, axes_of, term_of
from autograd.program.formulas.terms import FUNCTION, Term, broadcast, number
from autograd.program.instructions import (
    Attribute,
    Extended,
    Method,
    choose,
)
from autograd.rules import elementwise, reductions, special


def rule_of(function: Any) -> Rule | None:
    """Return the rule of a function; None if it has no notation."""
    if isinstance(function, Extended):
        return rule_of(function.scalar)
    if isinstance(function, (Method, Attribute)):
        return METHODS.get(function.name)
    try:
        found = RULES.get(function)
    except TypeError:
        return None
    if found is None and isinstance(function, np.ufunc) and function.nin <= 2:
        name, floats = function.__name__, "d" * function.nin
        takes_floats = any(loop.startswith(f"{floats}->") for loop in function.types)
        is_elementwise = function.nout == 1 and function.signature is None and takes_floats
        if is_elementwise and getattr(np, name, None) is function:
            return _elementwise(name)
    return found


def _elementwise(name: str) -> Rule:
    return lambda read, *xs: algebra.function(name, *map(read.of, xs))


def _linear(*coefficients: float) -> Rule:
    def rule(read: Any, *xs: Any) -> Term:
        return algebra.linear(zip(coefficients, map(read.of, xs), strict=True))

    return rule


def _powers(*exponents: float) -> Rule:
    def rule(read: Any, *xs: Any) -> Term:
        return algebra.monomial(zip(exponents, map(read.of, xs), strict=True))

    return rule


def _power(read: Any, x: Any, y: Any) -> Term:
    return algebra.power(read.of(x), read.of(y))


def _matmul(read: Any, x: Any, y: Any) -> Term:
    return algebra.matmul(read.of(x), read.of(y))


def _dot(read: Any, x: Any, y: Any) -> Term:
    a, b = read.of(x), read.of(y)
    if not a.ndim or not b.ndim:
        return algebra.times(a, b)
    if a.ndim > 2 or b.ndim > 2:
        raise Unwritten
    return algebra.matmul(a, b)


def _real(read: Any, x: Any) -> Term:
    """Return the term of real numbers; there is no notation for the same of complex ones."""
    dtype = getattr(getattr(x, "value", x), "dtype", None)
    if (dtype is not None and dtype.kind == "c") or getattr(x, "kind", None) is complex:
        raise Unwritten
    return term_of(read, x)


def _vdot(read: Any, x: Any, y: Any) -> Term:
    a, b = _real(read, x), read.of(y)
    if a.ndim != 1 or b.ndim != 1:
        raise Unwritten
    return algebra.matmul(a, b)


def _outer(read: Any, x: Any, y: Any) -> Term:
    a, b = read.of(x), read.of(y)
    return algebra.times(algebra.reshape(a, (*a.shape, 1)), b)


def _same(read: Any, x: Any, *rest: Any, **keywords: Any) -> Term:
    return term_of(read, x)


def _where(read: Any, condition: Any, x: Any, y: Any) -> Term:
    test, one, other = map(read.of, (condition, x, y))
    if read.is_backward and one is number(1) and _is_at_zero(algebra.bare(test)):
        return algebra.spread(other, broadcast(test.shape, other.shape))
    return algebra.function("cond", test, one, other)


def _is_at_zero(test: Term) -> bool:
    """Return whether a condition holds where numbers are 0: there a rule avoids 0 / 0."""
    if test.kind == FUNCTION and test.detail == "logical_and":
        return all(map(_is_at_zero, test.parts))
    return test.kind == FUNCTION and test.detail == "equal" and number(0) in test.parts


def _reduction(operation: str) -> Rule:
    def rule(
        read: Any, x: Any, axis: Any = None, dtype: Any = None, out: Any = None,
        keepdims: Any = False,
    ) -> Term:  # fmt: skip
        term = read.of(x)
        return algebra.reduce(operation, term, axes_of(term, axis), bool(keepdims))

    return rule


def _extreme(operation: str) -> Rule:
    def rule(
        read: Any, x: Any, axis: Any = None, out: Any = None, keepdims: Any = False,
        initial: Any = None,
    ) -> Term:  # fmt: skip
        term = read.of(x)
        if initial not in (None, -math.inf if operation == "max" else math.inf):
            raise Unwritten
        return algebra.reduce(operation, term, axes_of(term, axis), bool(keepdims))

    return rule


def _add_reduce(
    read: Any, x: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: Any = False
) -> Term:
    return _reduction("sum")(read, x, axis, keepdims=keepdims)


def _norm(read: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Term:
    term = _real(read, x)
    of_vectors = term.ndim == 1 if axis is None else not isinstance(axis, tuple) or len(axis) == 1
    if ord not in (None, 2) or (ord == 2 and not of_vectors):
        raise Unwritten
    squares = algebra.power(term, 2)
    total = algebra.reduce("sum", squares, axes_of(term, axis), bool(keepdims))
    return algebra.power(total, 0.5)


def _variance(root: bool) -> Rule:
    def rule(
        read: Any, x: Any, axis: Any = None, dtype: Any = None, out: Any = None,
        ddof: Any = 0, keepdims: Any = False,
    ) -> Term:  # fmt: skip
        term = _real(read, x)
        axes = [a % term.ndim for a in axes_of(term, axis)]
        mean = algebra.reduce("mean", term, axes)
        squares = algebra.power(algebra.linear([(1, term), (-1, mean)]), 2)
        count = math.prod(term.shape[a] for a in axes)
        if count == ddof:
            raise Unwritten
        total = algebra.reduce("sum", squares, axes, bool(keepdims))
        found = algebra.scaled(1 / (count - ddof), total)
        return algebra.power(found, 0.5) if root else found

    return rule


def _absolute(read: Any, x: Any) -> Term:
    """Write |x|; x itself or -x, where a guard has decided its sign."""
    term = read.of(x)
    for condition, holds in read.conditions:
        is_sign = condition.kind == FUNCTION and condition.detail in ("greater", "greater_equal")
        if is_sign and condition.parts == (algebra.bare(term), number(0)):
            return term if holds else algebra.scaled(-1, term)
    return algebra.function("absolute", term)


def _attribute_real(read: Any, x: Any) -> Term:
    if getattr(x, "dtype", None) is not None and x.dtype.kind == "c":
        return algebra.function("real", read.of(x))
    return term_of(read, x)


def _conjugate(read: Any, x: Any) -> Term:
    if getattr(x, "dtype", None) is not None and x.dtype.kind == "c":
        return algebra.function("conjugate", read.of(x))
    return term_of(read, x)


def _sharpened(read: Any, slope: Any, exact: Any, x: Any) -> Term:
    return term_of(read, slope)  # the other formula computes the same with more digits


def _exp_of_difference(read: Any, total: Any, x: Any, axis: Any = None) -> Term:
    difference = algebra.linear([(1, read.of(x)), (-1, read.of(total))])
    return algebra.function("exp", difference)


def _exp_weight(read: Any, exponential: Any, z: Any, x: Any, y: Any) -> Term:
    if exponential is not np.exp:
        raise Unwritten
    return algebra.function("sigmoid", algebra.linear([(1, read.of(x)), (-1, read.of(y))]))


def _without_self(read: Any, x: Any, y: Any, axes: Any) -> Term:
    return algebra.monomial([(1, read.of(y)), (-1, read.of(x))])


def _relu(read: Any, x: Any) -> Term:
    return algebra.function("maximum", read.of(x), number(0))


def _softplus(read: Any, x: Any) -> Term:
    exponential = algebra.function("exp", read.of(x))
    return algebra.function("log", algebra.linear([(1, number(1)), (1, exponential)]))


def _logistic_density(read: Any, x: Any) -> Term:
    sigmoid = algebra.function("sigmoid", read.of(x))
    return algebra.times(sigmoid, algebra.linear([(1, number(1)), (-1, sigmoid)]))


def _clip(read: Any, x: Any, low: Any = None, high: Any = None, **keywords: Any) -> Term:
    low, high = keywords.get("min", low), keywords.get("max", high)
    term = read.of(x)
    if low is not None:
        term = algebra.function("maximum", term, read.of(low))
    return term if high is None else algebra.function("minimum", term, read.of(high))


RULES: dict[Any, Rule] = {
    **dict.fromkeys([operator.add, np.add], _linear(1, 1)),
    **dict.fromkeys([operator.sub, np.subtract], _linear(1, -1)),
    **dict.fromkeys([operator.neg, np.negative], _linear(-1)),
    **dict.fromkeys([operator.mul, np.multiply], _powers(1, 1)),
    **dict.fromkeys([operator.truediv, np.divide], _powers(1, -1)),
    **dict.fromkeys([operator.pow, np.power, math.pow, np.float_power], _power),
    **dict.fromkeys([operator.matmul, np.matmul], _matmul),
    **dict.fromkeys([operator.pos, np.positive, float, np.asarray, np.asanyarray], _same),
    **dict.fromkeys([np.array, np.copy, np.ascontiguousarray, np.astype], _same),
    **dict.fromkeys([operator.lt, np.less], _elementwise("less")),
    **dict.fromkeys([operator.le, np.less_equal], _elementwise("less_equal")),
    **dict.fromkeys([operator.gt, np.greater], _elementwise("greater")),
    **dict.fromkeys([operator.ge, np.greater_equal], _elementwise("greater_equal")),
    **dict.fromkeys([operator.eq, np.equal], _elementwise("equal")),
    **dict.fromkeys([operator.ne, np.not_equal], _elementwise("not_equal")),
    **dict.fromkeys([operator.and_, np.bitwise_and], _elementwise("logical_and")),
    **dict.fromkeys([operator.or_, np.bitwise_or], _elementwise("logical_or")),
    **dict.fromkeys([abs, math.fabs, np.absolute, np.fabs], _absolute),
    **dict.fromkeys([operator.invert, np.invert], _elementwise("logical_not")),
    operator.mod: _elementwise("remainder"),
    operator.floordiv: _elementwise("floor_divide"),
    np.square: _powers(2),
    np.reciprocal: _powers(-1),
    **dict.fromkeys([np.sqrt, math.sqrt], _powers(0.5)),
    **dict.fromkeys([math.asin], _elementwise("arcsin")),
    **dict.fromkeys([math.acos], _elementwise("arccos")),
    **dict.fromkeys([math.atan], _elementwise("arctan")),
    **dict.fromkeys([math.asinh], _elementwise("arcsinh")),
    **dict.fromkeys([math.acosh], _elementwise("arccosh")),
    **dict.fromkeys([math.atanh], _elementwise("arctanh")),
    math.atan2: _elementwise("arctan2"),
    **{
        getattr(math, name): _elementwise(name)
        for name in (
            "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "sinh", "cosh",
            "tanh", "hypot", "copysign", "exp2", "cbrt",
        )
    },
    **dict.fromkeys([np.real, np.real_if_close], _attribute_real),
    **dict.fromkeys([np.conjugate], _conjugate),
    np.clip: _clip,
    np.dot: _dot,
    np.inner: _dot,
    np.outer: _outer,
    np.vdot: _vdot,
    np.where: _where,
    np.sum: _reduction("sum"),
    np.add.reduce: _add_reduce,
    np.mean: _reduction("mean"),
    np.prod: _reduction("prod"),
    **dict.fromkeys([np.max, np.amax], _extreme("max")),
    **dict.fromkeys([np.min, np.amin], _extreme("min")),
    np.var: _variance(False),
    np.std: _variance(True),
    np.linalg.norm: _norm,
    np.transpose: arranging.transpose,
    np.swapaxes: arranging.swapaxes,
    np.moveaxis: arranging.moveaxis,
    **dict.fromkeys([np.matrix_transpose, np.linalg.matrix_transpose], arranging.matrix_transpose),
    np.reshape: arranging.reshape,
    np.ravel: arranging.flat,
    np.squeeze: arranging.squeeze,
    np.expand_dims: arranging.expand_dims,
    np.broadcast_to: arranging.broadcast_to,
    np.full: arranging.full,
    np.full_like: arranging.full_like,
    np.zeros_like: arranging.filled(0.0),
    np.ones_like: arranging.filled(1.0),
    operator.getitem: arranging.getitem,
}  # fmt: skip


def _kernel(function: Any) -> Any:
    """Return the function that a program calls for one of the library."""
    return getattr(function, "__wrapped__", function)


RULES.update(
    {
        np.zeros: arranging.made(0.0),
        np.ones: arranging.made(1.0),
        choose: _where,
        _kernel(elementwise.sharpened): _sharpened,
        _kernel(elementwise.exp_weight): _exp_weight,
        _kernel(reductions.softmax_of_sum): _exp_of_difference,
        _kernel(reductions.product_without_self): _without_self,
        _kernel(elementwise.sign_of_float): _elementwise("sign"),
        _kernel(special.relu_of_float): _relu,
        _kernel(special.sigmoid_of_float): _elementwise("sigmoid"),
        _kernel(special.softplus_of_float): _softplus,
        _kernel(special.logistic_density): _logistic_density,
    }
)

METHODS: dict[str, Rule] = {
    "T": arranging.transpose,
    "mT": arranging.matrix_transpose,
    "transpose": arranging.transpose,
    "swapaxes": arranging.swapaxes,
    "reshape": arranging.reshape,
    "ravel": arranging.flat,
    "flatten": arranging.flat,
    "squeeze": arranging.squeeze,
    "copy": _same,
    "astype": _same,
    "item": arranging.item,
    "view": _same,
    "sum": _reduction("sum"),
    "mean": _reduction("mean"),
    "prod": _reduction("prod"),
    "max": _extreme("max"),
    "min": _extreme("min"),
    "var": _variance(False),
    "std": _variance(True),
    "dot": _dot,
    "clip": _clip,
    "real": _attribute_real,
    "conj": _conjugate,
    "conjugate": _conjugate,
}
