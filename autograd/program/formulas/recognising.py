"""Identities of particular functions: the logistic function, softmax, logarithms of sums."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from autograd.program.formulas import algebra
from autograd.program.formulas.algebra import (
    function,
    linear,
    minus,
    monomial,
    over,
    plus,
    scaled,
)
from autograd.program.formulas.terms import Kind, Term, make, number

#: Comparisons of a number with itself.
SAME = {
    "equal": 1, "less_equal": 1, "greater_equal": 1, "not_equal": 0, "less": 0, "greater": 0,
}  # fmt: skip

#: Comparisons, and what holds where they do not: formulas are for numbers, not for NaN.
OPPOSITE = {
    "less": "greater_equal", "less_equal": "greater", "greater": "less_equal",
    "greater_equal": "less", "equal": "not_equal", "not_equal": "equal",
}  # fmt: skip


def core(term: Term) -> Term:
    """Return a term without axes of length 1 that it has gained or lost."""
    while term.kind in (Kind.RESHAPE, Kind.SPREAD):
        inner = term.parts[0]
        if [n for n in inner.shape if n != 1] != [n for n in term.shape if n != 1]:
            break
        term = inner
    return term


def is_function(term: Term, name: str) -> bool:
    """Return whether a term is a call of an elementwise function."""
    return term.kind == Kind.FUNCTION and bool(term.detail == name)


# -- elementwise functions -------------------------------------------------------------------------


def log(x: Term) -> Term:
    """Return the logarithm of a term."""
    return function("log", x)


def exp(x: Term) -> Term:
    """Return the exponential of a term."""
    return function("exp", x)


def identity_of(name: str, parts: list[Term]) -> Term | None:
    """Return what a call of a function is the same as; None if it stays as it is."""
    if len(parts) == 2 and parts[0] is parts[1]:
        if name in SAME:
            return number(SAME[name])
        if name in ("maximum", "minimum", "fmax", "fmin"):
            return parts[0]
    rule = IDENTITIES.get(name)
    return None if rule is None else rule(*parts)


def _log(x: Term) -> Term | None:
    return x.parts[0] if is_function(x, "exp") else None


def _exp(x: Term) -> Term | None:
    """Write ``exp(log a)`` as a, and ``exp(x - log a)`` as exp(x) / a."""
    if is_function(x, "log"):
        return x.parts[0]
    for part, c in zip(x.parts, x.detail, strict=True) if x.kind == Kind.SUM else ():
        inner = core(part)
        if abs(c) == 1 and is_function(inner, "log") and len(x.parts) > 1:
            rest = linear([(1, x), (-c, part)])
            inner = algebra.reshape(inner.parts[0], part.shape)
            return monomial([(1, algebra.spread(exp(rest), rest.shape)), (c, inner)])
    return None


def _absolute(x: Term) -> Term | None:
    is_multiple = x.kind == Kind.SUM and len(x.parts) == 1
    return scaled(abs(x.detail[0]), function("absolute", x.parts[0])) if is_multiple else None


def _logical(conjunction: bool, a: Term, b: Term) -> Term | None:
    for x, y in ((a, b), (b, a)):
        if x.kind == Kind.NUMBER:
            return x if bool(x.detail) != conjunction else y
    return None


def _choice(condition: Term, x: Term, y: Term) -> Term | None:
    if condition.kind == Kind.NUMBER:
        return x if condition.detail else y
    if x is y or (is_function(condition, "isfinite") and condition.parts[0] is x):
        return x  # formulas are for finite numbers
    if {x, y} == {number(0), number(1)} and condition.detail in OPPOSITE:
        opposite = function(OPPOSITE[condition.detail], *condition.parts)
        return condition if x is number(1) else opposite
    if is_function(condition, "equal") and x.kind == Kind.NUMBER:
        is_one_side = y.kind == Kind.FUNCTION and y.detail in ("greater", "less")
        if is_one_side and y.parts == condition.parts:
            return linear([(1, y), (x.detail, condition)])
    return None


#: What functions are written as, and where they cancel.
IDENTITIES: dict[str, Callable[..., Term | None]] = {
    "log": _log,
    "exp": _exp,
    "log1p": lambda x: log(plus(1, x)),
    "expm1": lambda x: minus(exp(x), 1),
    "exp2": lambda x: function("power", number(2), x),
    "log2": lambda x: over(log(x), math.log(2)),
    "log10": lambda x: over(log(x), math.log(10)),
    "logaddexp": lambda x, y: log(plus(exp(x), exp(y))),
    "positive": lambda x: x,
    "fabs": lambda x: function("absolute", x),
    "absolute": _absolute,
    "cond": _choice,
    "logical_and": functools.partial(_logical, True),
    "logical_or": functools.partial(_logical, False),
}


# -- sums ------------------------------------------------------------------------------------------


def join_logarithms(found: dict[Term, Any]) -> None:
    """Write ``m + log Σ exp(x - m)`` as ``log Σ exp(x)``."""
    for term, coefficient in list(found.items()):
        total = core(term.parts[0]) if is_function(term, "log") else term
        if total is term or total.kind != Kind.REDUCE or total.detail[0] != "sum":
            continue
        exponential, axes = total.parts[0], total.detail[1]
        shift = _shift(exponential, axes)
        outside = next((other for other in found if shift and core(other) is core(shift)), None)
        if shift is None or outside is None:
            continue
        left = found[outside] - coefficient
        if abs(left) >= abs(found[outside]):
            continue
        x = linear([(1, exponential.parts[0]), (1, shift)])
        whole = function("exp", algebra.spread(x, exponential.shape))
        summed = algebra.reshape(algebra.reduce("sum", whole, axes), term.parts[0].shape)
        joined = function("log", summed)
        del found[term], found[outside]
        if left:
            found[outside] = left
        found[joined] = found.get(joined, 0.0) + coefficient


def _shift(exponential: Term, axes: tuple[int, ...]) -> Term | None:
    """Return the maximum along axes that is subtracted within an exponential; else None."""
    if not is_function(exponential, "exp") or exponential.parts[0].kind != Kind.SUM:
        return None
    x = exponential.parts[0]
    for part, c in zip(x.parts, x.detail, strict=True):
        peak = core(part)
        if c == -1 and peak.kind == Kind.REDUCE and peak.detail[:2] == ("max", axes):
            return part
    return None


# -- products --------------------------------------------------------------------------------------


def _with(found: dict[Term, Any], without: tuple[Term, ...], *added: tuple[Any, Term]) -> Term:
    """Return a product with other powers in the place of some terms."""
    return monomial([*added, *[(e, term) for term, e in found.items() if term not in without]])


def _softmax(found: dict[Term, Any]) -> Term | None:
    for outside, exponent in found.items():
        total = core(outside)
        if not (exponent < 0 and total.kind == Kind.REDUCE and total.detail[0] == "sum"):
            continue
        exponential, axes = total.parts[0], total.detail[1]
        power = found.get(exponential, 0)
        if power >= 1 and is_function(exponential, "exp") and len(axes) == 1:
            x, shift, shape = exponential.parts[0], _shift(exponential, axes), exponential.shape
            x = x if shift is None else plus(x, shift)
            softmax = make(Kind.SOFTMAX, (algebra.spread(x, shape),), axes[0], shape)
            changed = (1, softmax), (power - 1, exponential), (exponent + 1, outside)
            return _with(found, (exponential, outside), *changed)
    return None


def _logistic(found: dict[Term, Any]) -> Term | None:
    """Write ``1 / (1 + exp(-z))`` as sigmoid(z), and the rest to 1 as 1 - sigmoid(z)."""
    for base, exponent in found.items():
        if is_function(base, "sigmoid") and exponent >= 1:
            mirrored = exp(scaled(-1, base.parts[0]))
            both = min(exponent, found.get(mirrored, 0.0))
            if both >= 1:  # exp(-z) sigmoid(z) = 1 - sigmoid(z)
                changed = (exponent - both, base), (both, minus(1, base))
                left = (found[mirrored] - both, mirrored)
                return _with(found, (base, mirrored), *changed, left)
        exponential = next((part for part in base.parts if is_function(part, "exp")), None)
        is_sum = base.kind == Kind.SUM and base.detail == (1.0, 1.0) and number(1) in base.parts
        if exponential is None or not is_sum or exponent >= 0 or exponent != int(exponent):
            continue
        z, power = exponential.parts[0], found.get(exponential, 0)
        both = min(int(power), int(-exponent))
        falling = z.kind == Kind.SUM and z.detail[0] < 0
        if falling or both == -exponent:
            size = scaled(-1, z) if falling else z
            sigmoid = make(Kind.FUNCTION, (size,), "sigmoid", size.shape)
            sides = (sigmoid, minus(1, sigmoid)) if falling else (minus(1, sigmoid), sigmoid)
            changed = (-exponent - both, sides[0]), (both, sides[1])
            return _with(found, (base, exponential), *changed, (power - both, exponential))
    return None


def _logistic_without_overflow(found: dict[Term, Any]) -> Term | None:
    """Write the forms in ``exp(-|x|)`` of the logistic function and its derivative in x."""
    for term in found:
        if not is_function(term, "sigmoid") or not is_function(term.parts[0], "absolute"):
            continue
        x = term.parts[0].parts[0]
        plain = make(Kind.FUNCTION, (x,), "sigmoid", x.shape)
        small = exp(scaled(-1, term.parts[0]))
        rising = make(Kind.FUNCTION, (x, number(0)), "greater_equal", x.shape)
        numerators = (
            function("maximum", rising, small), function("maximum", small, rising),
            function("cond", rising, number(1), small),
        )  # fmt: skip
        for other, exponent in found.items():
            if other in numerators and exponent == 1:
                return _with(found, (term, other), (1, plain), (found[term] - 1, term))
            if other is minus(1, term) and exponent == found[term]:
                changed = (exponent, plain), (exponent, minus(1, plain))
                return _with(found, (term, other), *changed)
    return None


def _distributed(found: dict[Term, Any]) -> Term | None:
    """Multiply out where that cancels: ``a (b / a - c)``."""
    for total, exponent in found.items():
        if total.kind == Kind.SUM and exponent == 1:
            products = [part for part in total.parts if part.kind == Kind.PRODUCT]
            powers = [pair for p in products for pair in zip(p.parts, p.detail, strict=True)]
            if any(e < 0 and found.get(base, 0) >= 1 for base, e in powers):
                return linear(_multiplied_out(total, found))
    return None


def _multiplied_out(total: Term, powers: dict[Term, Any]) -> list[tuple[Any, Term]]:
    """Multiply the terms of a sum by the other factors of a product."""
    pairs = zip(total.parts, total.detail, strict=True)
    return [(c, _with(powers, (total,), (1, part))) for part, c in pairs]


def expanded_over_softmax(term: Term, axes: tuple[int, ...]) -> list[tuple[Any, Term]] | None:
    """Multiply out what contains a softmax, whose sum along its axis is 1."""
    if term.kind == Kind.SUM and any(_has_softmax(part, axes) for part in term.parts):
        return list(zip(term.detail, term.parts, strict=True))
    if not _has_softmax(term, axes) or term.kind != Kind.PRODUCT:
        return None
    powers = dict(zip(term.parts, term.detail, strict=True))
    for total, exponent in powers.items():
        if total.kind == Kind.SUM and exponent == 1:
            return _multiplied_out(total, powers)
    return None


def deviations(term: Term, axes: tuple[int, ...]) -> list[tuple[Any, Term]] | None:
    """Sum a difference from a mean term by term: the sum is 0."""
    if term.kind != Kind.SUM:
        return None
    for part in term.parts:
        total = core(part)
        is_sum = total.kind == Kind.REDUCE and total.detail[:2] == ("sum", axes)
        if is_sum and total.parts[0] in term.parts:
            return list(zip(term.detail, term.parts, strict=True))
    return None


def _has_softmax(term: Term, axes: tuple[int, ...]) -> bool:
    """Return whether a term is a softmax along an axis, or a product with one."""
    if term.kind == Kind.PRODUCT:
        pairs = zip(term.parts, term.detail, strict=True)
        return any(e == 1 and _has_softmax(part, axes) for part, e in pairs)
    return term.kind == Kind.SOFTMAX and (term.detail,) == axes


algebra.IN_SUM.append(join_logarithms)
algebra.IN_PRODUCT.extend([_softmax, _logistic, _logistic_without_overflow, _distributed])
algebra.IN_FUNCTION.append(identity_of)
algebra.SUMMED.extend([expanded_over_softmax, deviations])
