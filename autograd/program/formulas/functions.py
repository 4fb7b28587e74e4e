"""What functions of NumPy mean as mathematics: how a call of each becomes a term.

A rule takes the reader, which knows the terms of variables, and the arguments of the call.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.formulas import algebra, arranging
from autograd.program.formulas.algebra import (
    function,
    matmul,
    minus,
    over,
    plus,
    power,
    reduce,
    scaled,
    times,
)  # fmt: skip
from autograd.program.formulas.arranging import Unwritten
from autograd.program.formulas.terms import Call, Kind, Term, broadcast, letter_of, make, number
from autograd.program.instructions import OPERATORS, Attribute, Extended, Method, Variable, choose
from autograd.rules import activations, elementwise, reductions, softmax, special

Rule = Callable[..., Term]

#: The functions of NumPy that compute the same as operators, and as functions of floats.
FUNCTIONS: dict[Any, Any] = {
    **{
        each: getattr(np, name)
        for name, each in vars(math).items()
        if isinstance(getattr(np, name, None), np.ufunc)
    },
    **{each: ufunc for ufunc, each in OPERATORS.items()},
    operator.pow: np.power, operator.pos: np.positive, abs: np.absolute,
}  # fmt: skip

#: The arguments of a function of one array.
ONE = (Variable(0, np.zeros(())),)

#: Methods and attributes that have another name than the function.
METHODS = {
    "T": np.transpose, "mT": np.matrix_transpose, "conj": np.conjugate, "flatten": np.ravel,
}  # fmt: skip


def rule_of(call: Any) -> Rule | None:
    """Return the rule of a function; None if it has no notation."""
    if isinstance(call, Extended):
        call = call.scalar
    if isinstance(call, (Method, Attribute)):
        if call.name in ("item", "view"):
            return RULES[np.squeeze if call.name == "item" else np.positive]
        call = METHODS.get(call.name) or getattr(np, call.name, None)
    try:
        ufunc = FUNCTIONS.get(call, call)
        found = RULES.get(ufunc)
    except TypeError:
        return None
    if found is None and isinstance(ufunc, np.ufunc) and ufunc.nin <= 2:
        count, floats = ufunc.nin, "d" * ufunc.nin
        takes_floats = any(loop.startswith(f"{floats}->") for loop in ufunc.types)
        name: str = ufunc.__name__
        if ufunc.nout == 1 and ufunc.signature is None and getattr(np, name, None) is ufunc:
            return _elementwise(name, count) if takes_floats else None
    return found


def _of(compute: Callable[..., Term], count: int) -> Rule:
    """Return the rule of a function of some terms."""

    def rule(read: Any, *xs: Any) -> Term:
        if len(xs) != count:
            raise Unwritten
        return compute(*map(read.of, xs))

    return rule


def _elementwise(name: str, count: int = 1) -> Rule:
    return _of(lambda *xs: function(name, *xs), count)


def _same(read: Any, x: Any, *rest: Any, **keywords: Any) -> Term:
    found: Term = read.of(x)
    return found


def _dot(a: Term, b: Term) -> Term:
    if not a.ndim or not b.ndim:
        return times(a, b)
    if a.ndim > 2 or b.ndim > 2:
        raise Unwritten
    return matmul(a, b)


def _where(read: Any, condition: Any, x: Any, y: Any) -> Term:
    test, one, other = map(read.of, (condition, x, y))
    if read.now.backward and one is number(1) and _is_at_zero(algebra.bare(test)):
        return algebra.spread(other, broadcast(test.shape, other.shape))
    return function("cond", test, one, other)


def _is_at_zero(test: Term) -> bool:
    """Return whether a condition holds where numbers are 0: there a rule avoids 0 / 0."""
    if test.kind == Kind.FUNCTION and test.detail == "logical_and":
        return all(map(_is_at_zero, test.parts))
    return test.kind == Kind.FUNCTION and test.detail == "equal" and number(0) in test.parts


def _reduction(compute: Callable[..., Term], default: Any = None) -> Rule:
    """Return the rule of a function of a term, axes, and whether to keep them."""

    def rule(
        read: Any, x: Any, axis: Any = default, *, dtype: Any = None, keepdims: Any = False,
        initial: Any = None, ddof: Any = 0,
    ) -> Term:  # fmt: skip
        term: Term = read.of(x)
        if initial not in (None, -math.inf, math.inf):
            raise Unwritten
        axes = range(term.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        more = (ddof,) if ddof else ()
        return compute(term, [a % term.ndim for a in axes], bool(keepdims), *more)

    return rule


def _trace(a: Term) -> Term:
    if a.ndim != 2:
        raise Unwritten
    return make(Kind.CALL, (a,), Call(ONE, function=np.trace, name="tr"), ())


def _sum(term: Term, axes: list[int], keepdims: bool) -> Term:
    is_diagonal = term.kind == Kind.CALL and term.detail.function is np.diagonal
    if is_diagonal and term.parts[0].ndim == 2 and term.detail.arguments[1:] == (0, 0, 1):
        return _trace(term.parts[0])
    return reduce("sum", term, axes, keepdims)


def _inverse(a: Term) -> Term:
    if a.kind == Kind.TRANSPOSE and a.ndim == 2:
        return algebra.transpose(_inverse(a.parts[0]))
    return make(Kind.CALL, (a,), Call(ONE, function=np.linalg.inv, name="inv"), a.shape)


def _solution(a: Term, b: Term) -> Term:
    if a.ndim != 2 or b.ndim > 2:
        raise Unwritten
    return matmul(_inverse(a), b)


def _einsum(read: Any, subscripts: Any, *operands: Any, optimize: Any = False) -> Term:
    """Multiply what the letters align, and sum over those that are not in the result."""
    if not isinstance(subscripts, str) or "." in subscripts or "->" not in subscripts:
        raise Unwritten
    inputs, _, result = subscripts.replace(" ", "").partition("->")
    sources, terms = inputs.split(","), [read.of(x) for x in operands]
    letters = result + "".join(sorted(set(inputs) - {",", *result}))
    if len(terms) == 2 and len(letters) == len(result) + 1 <= 3:
        inner = letters[-1]
        if all(source.count(inner) == 1 for source in sources) and len(set(result)) == len(result):
            return _product(terms, sources, inner, result)
    aligned = []
    for term, source in zip(terms, sources, strict=True):
        if len(set(source)) != len(source):
            raise Unwritten
        order = [source.index(letter) for letter in letters if letter in source]
        shape = [term.shape[source.index(x)] if x in source else 1 for x in letters]
        aligned.append(algebra.reshape(algebra.transpose(term, order), shape))
    product = times(*aligned)
    return reduce("sum", product, range(len(result), len(letters)), keepdims=False)


def _product(terms: list[Term], sources: list[str], inner: str, result: str) -> Term:
    """Return a product of two matrices or vectors that share one letter."""
    if sum(map(len, sources)) != len(result) + 2:
        raise Unwritten
    if result[:1] not in sources[0]:
        terms, sources = terms[::-1], sources[::-1]
    a = algebra.transpose(terms[0]) if sources[0][-1] != inner else terms[0]
    b = algebra.transpose(terms[1]) if sources[1][0] != inner else terms[1]
    return matmul(a, b)


def _variance(term: Term, axes: list[int], keepdims: bool, ddof: float = 0) -> Term:
    count = math.prod(term.shape[a] for a in axes)
    if count == ddof:
        raise Unwritten
    squares = power(minus(term, reduce("mean", term, axes)), 2)
    return scaled(1 / (count - ddof), reduce("sum", squares, axes, keepdims))


def _deviation(*arguments: Any) -> Term:
    return power(_variance(*arguments), 0.5)


def _norm(read: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Term:
    one_axis = read.of(x).ndim == 1 if axis is None else np.size(axis) == 1
    if ord not in (None, 2) or (ord == 2 and not one_axis):
        raise Unwritten
    return _real(_reduction(_root_of_squares))(read, x, axis, keepdims=keepdims)


def _root_of_squares(term: Term, axes: list[int], keepdims: bool) -> Term:
    return power(reduce("sum", power(term, 2), axes, keepdims), 0.5)


def _real(rule: Rule, of_complex: Rule | None = None) -> Rule:
    """Return a rule for real numbers, and another one for complex ones."""

    def chosen(read: Any, x: Any, *rest: Any, **keywords: Any) -> Term:
        if letter_of(x) != "c":
            return rule(read, x, *rest, **keywords)
        if of_complex is None:
            raise Unwritten
        return of_complex(read, x)

    return chosen


def _clip(
    read: Any, x: Any, low: Any = None, high: Any = None, *, min: Any = None, max: Any = None
) -> Term:
    term: Term = read.of(x)
    for name, given, other in (("maximum", low, min), ("minimum", high, max)):
        limit = other if given is None else given
        if limit is not None:
            term = function(name, term, read.of(limit))
    return term


def _exp_weight(read: Any, exponential: Any, z: Any, x: Any, y: Any) -> Term:
    if exponential is not np.exp:
        raise Unwritten
    return function("sigmoid", minus(read.of(x), read.of(y)))


def _logistic_density(x: Term) -> Term:
    sigmoid = function("sigmoid", x)
    return times(sigmoid, minus(1, sigmoid))


def _softplus(x: Term) -> Term:
    return function("log", plus(1, function("exp", x)))


def _softmax(read: Any, x: Any, axis: Any = -1) -> Term:
    exponential = function("exp", read.of(x))
    return over(exponential, _total(exponential, axis))


def _softmax_vjp(read: Any, g: Any, y: Any, x: Any, axis: Any = -1) -> Term:
    weighted = times(read.of(g), read.of(y))
    return minus(weighted, times(read.of(y), _total(weighted, axis)))


def _total(term: Term, axis: Any) -> Term:
    return reduce("sum", term, axis if isinstance(axis, tuple) else (axis,))


def _kernel(function: Any) -> Any:
    """Return the function that a program calls for one of the library."""
    return getattr(function, "__wrapped__", function)


RULES: dict[Any, Rule] = {
    np.add: _of(plus, 2),
    np.subtract: _of(minus, 2),
    np.negative: _of(lambda x: scaled(-1, x), 1),
    np.multiply: _of(times, 2),
    np.divide: _of(over, 2),
    **dict.fromkeys([np.power, np.float_power], _of(power, 2)),
    np.square: _of(lambda x: power(x, 2), 1),
    np.reciprocal: _of(lambda x: over(1, x), 1),
    np.sqrt: _of(lambda x: power(x, 0.5), 1),
    np.matmul: _of(matmul, 2),
    **dict.fromkeys([np.dot, np.inner], _of(_dot, 2)),
    np.vdot: _real(_of(_dot, 2)),
    np.outer: _of(lambda x, y: times(algebra.reshape(x, (*x.shape, 1)), y), 2),
    **dict.fromkeys([np.positive, float, np.asarray, np.asanyarray], _same),
    **dict.fromkeys([np.array, np.copy, np.ascontiguousarray, np.astype], _same),
    np.bitwise_and: _elementwise("logical_and", 2),
    np.bitwise_or: _elementwise("logical_or", 2),
    np.invert: _elementwise("logical_not"),
    **dict.fromkeys([np.real, np.real_if_close], _real(_same, _elementwise("real"))),
    np.conjugate: _real(_same, _elementwise("conjugate")),
    np.clip: _clip,
    **dict.fromkeys([np.where, choose], _where),
    np.sum: _reduction(_sum),
    np.add.reduce: _reduction(_sum, 0),
    np.trace: _of(_trace, 1),
    np.linalg.inv: _of(_inverse, 1),
    np.linalg.solve: _of(_solution, 2),
    np.einsum: _einsum,
    np.mean: _reduction(functools.partial(reduce, "mean")),
    np.prod: _reduction(functools.partial(reduce, "prod")),
    **dict.fromkeys([np.max, np.amax], _reduction(functools.partial(reduce, "max"))),
    **dict.fromkeys([np.min, np.amin], _reduction(functools.partial(reduce, "min"))),
    np.var: _real(_reduction(_variance)),
    np.std: _real(_reduction(_deviation)),
    np.linalg.norm: _norm,
    **dict.fromkeys(
        [
            np.transpose, np.swapaxes, np.moveaxis, np.matrix_transpose, np.reshape, np.ravel,
            np.linalg.matrix_transpose, np.squeeze, np.expand_dims, np.atleast_1d, np.atleast_2d,
        ],
        arranging.arrange,
    ),
    np.broadcast_to: arranging.broadcast_to,
    np.full: lambda read, shape, value, **keywords: arranging.filled(value)(read),
    np.full_like: lambda read, x, value, **keywords: arranging.filled(value)(read),
    **dict.fromkeys([np.zeros_like, np.zeros], arranging.filled(0.0)),
    **dict.fromkeys([np.ones_like, np.ones], arranging.filled(1.0)),
    operator.getitem: arranging.getitem,
    # The other formula computes the same with more digits:
    _kernel(elementwise.sharpened): lambda read, slope, exact, x: read.of(slope),
    _kernel(elementwise.exp_weight): _exp_weight,
    _kernel(reductions.softmax_of_sum): lambda read, total, x, axis=None: function(
        "exp", minus(read.of(x), read.of(total))
    ),
    _kernel(reductions.product_without_self): lambda read, x, y, axes: over(read.of(y), read.of(x)),
    _kernel(elementwise.sign_of_float): _elementwise("sign"),
    _kernel(special.relu_of_float): _of(lambda x: function("maximum", x, number(0)), 1),
    _kernel(special.sigmoid_of_float): _elementwise("sigmoid"),
    _kernel(special.sigmoid_of_array): _elementwise("sigmoid"),
    _kernel(special.softplus_of_array): _of(_softplus, 1),
    _kernel(activations.silu_of_array): _of(lambda x: times(x, function("sigmoid", x)), 1),
    _kernel(softmax.softmax_of_array): _softmax,
    _kernel(softmax.softmax_vjp): _softmax_vjp,
    _kernel(special.softplus_of_float): _of(_softplus, 1),
    _kernel(special.logistic_density): _of(_logistic_density, 1),
}  # fmt: skip
