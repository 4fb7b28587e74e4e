"""Identities of particular functions: the logistic function, softmax, logarithms of sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.formulas import algebra
from autograd.program.formulas.terms import Kind, Term, evaluate, in_order, make, number

#: Larger terms are not compared by their values.
COMPARED = 200

#: Functions of ``x`` that are written in others.
REWRITTEN: dict[str, Callable[[Term], Term]] = {
    "log1p": lambda x: algebra.function("log", algebra.linear([(1, number(1)), (1, x)])),
    "expm1": lambda x: algebra.linear([(1, algebra.function("exp", x)), (-1, number(1))]),
    "exp2": lambda x: algebra.function("power", number(2), x),
    "log2": lambda x: algebra.scaled(1 / math.log(2), algebra.function("log", x)),
    "log10": lambda x: algebra.scaled(1 / math.log(10), algebra.function("log", x)),
    "positive": lambda x: x,
    "fabs": lambda x: algebra.function("absolute", x),
}

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


def function(name: str, parts: list[Term]) -> Term | None:
    """Return what a call of a function is the same as; None if it stays as it is."""
    rewritten = REWRITTEN.get(name)
    if rewritten is not None:
        return rewritten(parts[0])
    if name == "cond":
        return _choice(*parts)
    if len(parts) == 2 and parts[0] is parts[1]:
        if name in SAME:
            return number(SAME[name])
        if name in ("maximum", "minimum", "fmax", "fmin"):
            return parts[0]
    if name in ("logical_and", "logical_or"):
        return _logical(name == "logical_and", *parts)
    if name == "log" and is_function(parts[0], "exp"):
        return parts[0].parts[0]
    if name == "exp":
        return _exponential(parts[0])
    if name == "logaddexp":
        return _logarithm_of_two(*parts)
    if name == "absolute":
        inner = parts[0]
        if inner.kind == Kind.SUM and len(inner.parts) == 1:
            inside = algebra.function("absolute", inner.parts[0])
            return algebra.scaled(abs(inner.detail[0]), inside)
    return None


def _exponential(x: Term) -> Term | None:
    """Write ``exp(log a)`` as a, and ``exp(x - log a)`` as exp(x) / a."""
    if is_function(x, "log"):
        return x.parts[0]
    if x.kind == Kind.SUM:
        for part, c in zip(x.parts, x.detail, strict=True):
            logarithm = core(part)
            if abs(c) == 1 and is_function(logarithm, "log") and len(x.parts) > 1:
                inner = logarithm.parts[0]
                if part.kind == Kind.RESHAPE:
                    inner = algebra.reshape(inner, part.shape)
                rest = algebra.linear([(1, x), (-c, part)])
                whole = algebra.spread(algebra.function("exp", rest), rest.shape)
                return algebra.monomial([(1, whole), (c, inner)])
    return None


def _logarithm_of_two(x: Term, y: Term) -> Term:
    exponentials = [(1, algebra.function("exp", each)) for each in (x, y)]
    return algebra.function("log", algebra.linear(exponentials))


def _logical(conjunction: bool, a: Term, b: Term) -> Term | None:
    for x, y in ((a, b), (b, a)):
        if x.kind == Kind.NUMBER:
            decides = bool(x.detail) != conjunction
            return x if decides else y
    return None


def _choice(condition: Term, x: Term, y: Term) -> Term | None:
    if condition.kind == Kind.NUMBER:
        return x if condition.detail else y
    if x is y:
        return x
    if {x, y} == {number(0), number(1)} and condition.detail in OPPOSITE:
        opposite = algebra.function(OPPOSITE[condition.detail], *condition.parts)
        return condition if x is number(1) else opposite
    if is_function(condition, "isfinite") and condition.parts[0] is x:
        return x  # formulas are for finite numbers
    tied = is_function(condition, "equal") and x.kind == Kind.NUMBER
    is_one_side = y.kind == Kind.FUNCTION and y.detail in ("greater", "less")
    if tied and is_one_side and y.parts == condition.parts:
        return algebra.linear([(1, y), (x.detail, condition)])
    if tied and condition.parts[0] is y and condition.parts[1].kind == Kind.NUMBER:
        return algebra.linear([(1, y), (x.detail - condition.parts[1].detail, condition)])
    # A more exact form where cancellation would cost digits is the same function.
    is_small = is_function(condition, "less") and condition.parts[1].kind == Kind.NUMBER
    return y if is_small and condition.parts[0] is y and same_function(x, y) else None


def same_function(a: Term, b: Term) -> bool:
    """Return whether two elementwise terms have the same values at random points."""
    leaves: list[Term] = []
    stop: set[Term] = set()
    terms = list(in_order(a, b))
    for term in terms:
        if term.kind not in (Kind.SUM, Kind.PRODUCT, Kind.FUNCTION, Kind.NUMBER):
            stop.add(term)
    for term in in_order(a, b, stop=stop):
        if term in stop:
            leaves.append(term)
    if len(terms) > COMPARED:
        return False
    rng = np.random.default_rng(0)
    for _ in range(3):
        values = {
            term: rng.uniform(-2, 2, [n if n < 2 else 5 for n in term.shape]) for term in leaves
        }
        one, other = evaluate([a, b], values)
        fine = np.isfinite(one) & np.isfinite(other)
        if not np.any(fine) or not np.allclose(one[fine], other[fine], 1e-7, 1e-9):
            return False
    return True


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
        x = algebra.linear([(1, exponential.parts[0]), (1, shift)])
        whole = algebra.function("exp", algebra.spread(x, exponential.shape))
        summed = algebra.reshape(algebra.reduce("sum", whole, axes), term.parts[0].shape)
        joined = algebra.function("log", summed)
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


def _others(found: dict[Term, Any], *left_out: Term) -> list[tuple[Any, Term]]:
    return [(e, term) for term, e in found.items() if term not in left_out]


def _softmax(found: dict[Term, Any]) -> Term | None:
    for outside, exponent in found.items():
        total = core(outside)
        if not (exponent < 0 and total.kind == Kind.REDUCE and total.detail[0] == "sum"):
            continue
        exponential, axes = total.parts[0], total.detail[1]
        if found.get(exponential, 0) >= 1 and is_function(exponential, "exp") and len(axes) == 1:
            x = exponential.parts[0]
            shift = _shift(exponential, axes)
            if shift is not None:
                x = algebra.linear([(1, x), (1, shift)])
            shape = exponential.shape
            softmax = make(Kind.SOFTMAX, (algebra.spread(x, shape),), axes[0], shape)
            powers = [(1, softmax), (found[exponential] - 1, exponential), (exponent + 1, outside)]
            return algebra.monomial([*powers, *_others(found, exponential, outside)])
    return None


def _logistic(found: dict[Term, Any]) -> Term | None:
    """Write ``1 / (1 + exp(-z))`` as sigmoid(z), and the rest to 1 as 1 - sigmoid(z)."""
    for base, exponent in found.items():
        if is_function(base, "sigmoid") and exponent >= 1:
            mirrored = algebra.function("exp", algebra.scaled(-1, base.parts[0]))
            both = min(exponent, found.get(mirrored, 0.0))
            if both >= 1:  # exp(-z) sigmoid(z) = 1 - sigmoid(z)
                rest = algebra.linear([(1, number(1)), (-1, base)])
                powers = [(exponent - both, base), (both, rest), (found[mirrored] - both, mirrored)]
                return algebra.monomial([*powers, *_others(found, base, mirrored)])
        if not (exponent < 0 and exponent == int(exponent) and base.kind == Kind.SUM):
            continue
        if base.detail != (1.0, 1.0) or number(1) not in base.parts:
            continue
        exponential = base.parts[1] if base.parts[0] is number(1) else base.parts[0]
        if not is_function(exponential, "exp"):
            continue
        z = exponential.parts[0]
        both = min(int(found.get(exponential, 0)), int(-exponent))
        falling = z.kind == Kind.SUM and z.detail[0] < 0
        if not falling and both < -exponent:
            continue
        size = algebra.scaled(-1 if falling else 1, z)
        sigmoid = make(Kind.FUNCTION, (size,), "sigmoid", size.shape)
        rest = algebra.linear([(1, number(1)), (-1, sigmoid)])
        rising = -exponent - both
        powers = [(rising if falling else both, sigmoid), (both if falling else rising, rest)]
        if exponential in found:
            powers.append((found[exponential] - both, exponential))
        return algebra.monomial([*powers, *_others(found, base, exponential)])
    return None


def _logistic_without_overflow(found: dict[Term, Any]) -> Term | None:
    """Write the forms in ``exp(-|x|)`` of the logistic function and its derivative in x."""
    for term in found:
        if not is_function(term, "sigmoid") or not is_function(term.parts[0], "absolute"):
            continue
        x = term.parts[0].parts[0]
        plain = make(Kind.FUNCTION, (x,), "sigmoid", x.shape)
        rest = algebra.linear([(1, number(1)), (-1, term)])
        for other, exponent in found.items():
            if _is_smaller_side(other, x) and exponent == 1:
                powers = [(1, plain), (found[term] - 1, term)]
                return algebra.monomial([*powers, *_others(found, term, other)])
            if other is rest and exponent == found[term]:
                mirrored = algebra.linear([(1, number(1)), (-1, plain)])
                powers = [(exponent, plain), (exponent, mirrored)]
                return algebra.monomial([*powers, *_others(found, term, other)])
    return None


def _is_smaller_side(term: Term, x: Term) -> bool:
    """Return whether a term is 1 for x ≥ 0 and exp(-|x|) elsewhere."""
    small = algebra.function("exp", algebra.scaled(-1, algebra.function("absolute", x)))
    rising = make(Kind.FUNCTION, (x, number(0)), "greater_equal", x.shape)
    if is_function(term, "maximum"):
        return set(term.parts) == {rising, small}
    return is_function(term, "cond") and term.parts == (rising, number(1), small)


def _distributed(found: dict[Term, Any]) -> Term | None:
    """Multiply out where that cancels: ``a (b / a - c)``."""
    for total, exponent in found.items():
        if total.kind != Kind.SUM or exponent != 1:
            continue
        for part in total.parts:
            if part.kind != Kind.PRODUCT:
                continue
            for base, e in zip(part.parts, part.detail, strict=True):
                if e < 0 and found.get(base, 0) >= 1:
                    return _multiplied_out(total, _others(found, total))
    return None


def _multiplied_out(total: Term, others: list[tuple[Any, Term]]) -> Term:
    return algebra.linear(
        [
            (c, algebra.monomial([*others, (1, part)]))
            for part, c in zip(total.parts, total.detail, strict=True)
        ]
    )


def expanded_over_softmax(term: Term, axes: tuple[int, ...]) -> list[tuple[Any, Term]] | None:
    """Multiply out what contains a softmax, whose sum along its axis is 1."""
    if term.kind == Kind.SUM and any(_has_softmax(part, axes) for part in term.parts):
        return list(zip(term.detail, term.parts, strict=True))
    if not _has_softmax(term, axes) or term.kind != Kind.PRODUCT:
        return None
    powers = dict(zip(term.parts, term.detail, strict=True))
    for total, exponent in powers.items():
        if total.kind == Kind.SUM and exponent == 1:
            others = _others(powers, total)
            return [
                (c, algebra.monomial([*others, (1, part)]))
                for part, c in zip(total.parts, total.detail, strict=True)
            ]
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
algebra.IN_FUNCTION.append(function)
algebra.SUMMED.extend([expanded_over_softmax, deviations])
