"""What functions of NumPy mean as mathematics: how a call of each becomes a term.

A rule takes the reader, which knows the terms of variables, and the arguments of the call.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.formulas import algebra
from autograd.program.formulas.terms import FUNCTION, INDEX, SPREAD, Term, broadcast, make, number
from autograd.program.instructions import (
    Attribute,
    Constant,
    Extended,
    Method,
    Variable,
    choose,
    variables_in,
)
from autograd.rules import elementwise, reductions, special

Rule = Callable[..., Term]


def _term(read: Any, x: Any) -> Term:
    found: Term = read.of(x)
    return found


class Unwritten(Exception):  # noqa: N818 - not an error: the call is written as it stands
    """There is no notation for a call."""


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
        name = function.__name__
        if function.nout == 1 and getattr(np, name, None) is function:
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


def _outer(read: Any, x: Any, y: Any) -> Term:
    a, b = read.of(x), read.of(y)
    return algebra.times(algebra.reshape(a, (*a.shape, 1)), b)


def _same(read: Any, x: Any, *rest: Any, **keywords: Any) -> Term:
    return _term(read, x)


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


def _axes(term: Term, axis: Any) -> Any:
    if axis is None:
        return range(term.ndim)
    return axis if isinstance(axis, tuple) else (axis,)


def _reduction(operation: str) -> Rule:
    def rule(
        read: Any, x: Any, axis: Any = None, dtype: Any = None, out: Any = None,
        keepdims: Any = False,
    ) -> Term:  # fmt: skip
        term = read.of(x)
        return algebra.reduce(operation, term, _axes(term, axis), bool(keepdims))

    return rule


def _extreme(operation: str) -> Rule:
    def rule(
        read: Any, x: Any, axis: Any = None, out: Any = None, keepdims: Any = False,
        initial: Any = None,
    ) -> Term:  # fmt: skip
        term = read.of(x)
        if initial not in (None, -math.inf if operation == "max" else math.inf):
            raise Unwritten
        return algebra.reduce(operation, term, _axes(term, axis), bool(keepdims))

    return rule


def _add_reduce(
    read: Any, x: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: Any = False
) -> Term:
    return _reduction("sum")(read, x, axis, keepdims=keepdims)


def _norm(read: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Term:
    term = read.of(x)
    if ord not in (None, 2) or (ord == 2 and axis is None and term.ndim != 1):
        raise Unwritten
    squares = algebra.power(term, 2)
    total = algebra.reduce("sum", squares, _axes(term, axis), bool(keepdims))
    return algebra.power(total, 0.5)


def _variance(root: bool) -> Rule:
    def rule(
        read: Any, x: Any, axis: Any = None, dtype: Any = None, out: Any = None,
        ddof: Any = 0, keepdims: Any = False,
    ) -> Term:  # fmt: skip
        term = read.of(x)
        axes = [a % term.ndim for a in _axes(term, axis)]
        mean = algebra.reduce("mean", term, axes)
        squares = algebra.power(algebra.linear([(1, term), (-1, mean)]), 2)
        count = math.prod(term.shape[a] for a in axes)
        if count == ddof:
            raise Unwritten
        total = algebra.reduce("sum", squares, axes, bool(keepdims))
        found = algebra.scaled(1 / (count - ddof), total)
        return algebra.power(found, 0.5) if root else found

    return rule


def _transpose(read: Any, x: Any, *axes: Any, **keywords: Any) -> Term:
    if keywords:
        axes = tuple(keywords.values())
    if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list))):
        axes = tuple(axes[0] or ())
    return algebra.transpose(read.of(x), axes or None)


def _swapaxes(read: Any, x: Any, first: int, second: int) -> Term:
    term = read.of(x)
    order = list(range(term.ndim))
    order[first], order[second] = order[second], order[first]
    return algebra.transpose(term, order)


def _matrix_transpose(read: Any, x: Any) -> Term:
    return _swapaxes(read, x, -1, -2)


def _moveaxis(read: Any, x: Any, source: Any, destination: Any) -> Term:
    term = read.of(x)
    if not isinstance(source, int) or not isinstance(destination, int):
        raise Unwritten
    order = list(range(term.ndim))
    order.remove(source % term.ndim)
    order.insert(destination % term.ndim, source % term.ndim)
    return algebra.transpose(term, order)


def _reshape(read: Any, x: Any, *shape: Any, **keywords: Any) -> Term:
    term = read.of(x)
    if keywords.get("order", "C") != "C":
        raise Unwritten
    shape = (keywords["shape"],) if "shape" in keywords else shape
    wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    return algebra.reshape(term, _completed(term, tuple(wanted)))


def _completed(term: Term, shape: tuple[Any, ...]) -> tuple[int, ...]:
    if any(isinstance(n, Variable) for n in shape):
        raise Unwritten
    size = math.prod(term.shape)
    known = math.prod(n for n in shape if n >= 0)
    return tuple(n if n >= 0 else size // known for n in shape)


def _flat(read: Any, x: Any, *order: Any) -> Term:
    term = read.of(x)
    return algebra.reshape(term, (math.prod(term.shape),))


def _squeeze(read: Any, x: Any, axis: Any = None) -> Term:
    term = read.of(x)
    axes = [a % term.ndim for a in _axes(term, axis)]
    kept = [n for a, n in enumerate(term.shape) if n != 1 or a not in axes]
    return algebra.reshape(term, kept)


def _expand_dims(read: Any, x: Any, axis: Any) -> Term:
    term = read.of(x)
    new = [axis] if isinstance(axis, int) else list(axis)
    ndim = term.ndim + len(new)
    places = {a % ndim for a in new}
    lengths = iter(term.shape)
    return algebra.reshape(term, [1 if a in places else next(lengths) for a in range(ndim)])


def _broadcast_to(read: Any, x: Any, shape: Any, **keywords: Any) -> Term:
    return algebra.spread(read.of(x), (shape,) if isinstance(shape, int) else tuple(shape))


def _full(read: Any, shape: Any, value: Any, **keywords: Any) -> Term:
    return _broadcast_to(read, value, shape)


def _full_like(read: Any, x: Any, value: Any, **keywords: Any) -> Term:
    return algebra.spread(read.of(value), read.of(x).shape)


def _filled(value: float) -> Rule:
    def rule(read: Any, x: Any, *rest: Any, **keywords: Any) -> Term:
        shape = keywords.get("shape")
        return algebra.spread(number(value), read.of(x).shape if shape is None else shape)

    return rule


def _getitem(read: Any, x: Any, index: Any) -> Term:
    term = read.of(x)
    plain = index if isinstance(index, tuple) else (index,)
    if not any(True for _ in variables_in(plain)) and not has_arrays(plain):
        shape = np.empty(term.shape, np.bool_)[index].shape
        if algebra.kept_axes(term.shape, shape) is not None and takes_all(plain, term):
            return algebra.reshape(term, shape)
        if term.kind == SPREAD and term.parts[0].shape == ():
            return algebra.spread(term.parts[0], shape)
        parts = [term]
        return make(INDEX, parts, read.template(index, parts), shape)
    parts = [term]
    detail = read.template(index, parts)
    if _has_masks(plain):
        raise Unwritten
    shape = _indexed_shape(term, plain)
    return make(INDEX, parts, detail, shape)


def has_arrays(index: Any) -> bool:
    """Return whether an index selects by arrays."""
    return any(isinstance(part, (Constant, list)) for part in index)


def _has_masks(index: Any) -> bool:
    parts = [p.value if isinstance(p, Constant) else p for p in index]
    return any(getattr(p, "dtype", None) == np.bool_ for p in parts)


def _indexed_shape(term: Term, index: Any) -> tuple[int, ...]:
    def stand_in(part: Any) -> Any:
        if isinstance(part, Variable):
            return np.zeros(part.shape, int) if part.is_array else 0
        if isinstance(part, Constant):
            return np.zeros(part.value.shape, int)
        if isinstance(part, slice) and any(True for _ in variables_in(part)):
            raise Unwritten
        return part

    shape: tuple[int, ...] = np.empty(term.shape, np.bool_)[tuple(map(stand_in, index))].shape
    return shape


def takes_all(index: Any, term: Term) -> bool:
    """Return whether an index only adds and removes axes of length 1."""
    position = 0
    used = sum(1 for part in index if part is not None and part is not Ellipsis)
    for part in index:
        if part is Ellipsis:
            position += term.ndim - used
        elif part is None:
            continue
        elif isinstance(part, slice):
            if part.indices(term.shape[position]) != (0, term.shape[position], 1):
                return False
            position += 1
        else:
            if term.shape[position] != 1:
                return False
            position += 1
    return True


def _absolute(read: Any, x: Any) -> Term:
    """Write |x|; x itself or -x, where a guard has decided its sign."""
    term = read.of(x)
    for condition, holds in read.conditions:
        is_sign = condition.kind == FUNCTION and condition.detail in ("greater", "greater_equal")
        if is_sign and condition.parts == (algebra.bare(term), number(0)):
            return term if holds else algebra.scaled(-1, term)
    return algebra.function("absolute", term)


def _item(read: Any, x: Any, *index: Any) -> Term:
    return _getitem(read, x, index) if index else _term(read, x)


def _attribute_real(read: Any, x: Any) -> Term:
    if getattr(x, "dtype", None) is not None and x.dtype.kind == "c":
        return algebra.function("real", read.of(x))
    return _term(read, x)


def _conjugate(read: Any, x: Any) -> Term:
    if getattr(x, "dtype", None) is not None and x.dtype.kind == "c":
        return algebra.function("conjugate", read.of(x))
    return _term(read, x)


def _made(value: float) -> Rule:
    """Return the rule of ``np.zeros`` or ``np.ones``."""

    def rule(read: Any, shape: Any, dtype: Any = None, order: Any = None) -> Term:
        whole = (shape,) if isinstance(shape, int) else tuple(shape)
        return algebra.spread(number(value), whole)

    return rule


def _sharpened(read: Any, slope: Any, exact: Any, x: Any) -> Term:
    return _term(read, slope)  # the other formula computes the same with more digits


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
    np.vdot: _dot,
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
    np.transpose: _transpose,
    np.swapaxes: _swapaxes,
    np.moveaxis: _moveaxis,
    **dict.fromkeys([np.matrix_transpose, np.linalg.matrix_transpose], _matrix_transpose),
    np.reshape: _reshape,
    np.ravel: _flat,
    np.squeeze: _squeeze,
    np.expand_dims: _expand_dims,
    np.broadcast_to: _broadcast_to,
    np.full: _full,
    np.full_like: _full_like,
    np.zeros_like: _filled(0.0),
    np.ones_like: _filled(1.0),
    operator.getitem: _getitem,
}  # fmt: skip


def _kernel(function: Any) -> Any:
    """Return the function that a program calls for one of the library."""
    return getattr(function, "__wrapped__", function)


RULES.update(
    {
        np.zeros: _made(0.0),
        np.ones: _made(1.0),
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
    "T": _transpose,
    "mT": _matrix_transpose,
    "transpose": _transpose,
    "swapaxes": _swapaxes,
    "reshape": _reshape,
    "ravel": _flat,
    "flatten": _flat,
    "squeeze": _squeeze,
    "copy": _same,
    "astype": _same,
    "item": _item,
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
