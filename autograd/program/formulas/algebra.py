"""Build terms, and simplify them by identities that hold wherever both sides are defined."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd.program.formulas.expanding import common_factors, multiplied_out
from autograd.program.formulas.terms import Kind, Term, broadcast, evaluate, identity, make, number

#: Sums and products of more parts are not joined with others.
LONGEST = 60

#: A coefficient this much smaller than what it is the sum of is zero.
ROUNDING = 4e-16

ELEMENTWISE = (Kind.SUM, Kind.PRODUCT, Kind.FUNCTION)

#: Identities, which `recognising` adds. Each takes the parts of a sum (to change), of a product,
#: or of a function's call, and returns what it is the same as, or None.
IN_SUM: list[Callable[[dict[Term, Any]], None]] = []
IN_PRODUCT: list[Callable[[dict[Term, Any]], Term | None]] = []
IN_FUNCTION: list[Callable[[str, list[Term]], Term | None]] = []
SUMMED: list[Callable[[Term, tuple[int, ...]], list[tuple[Any, Term]] | None]] = []


# -- shapes ----------------------------------------------------------------------------------------


def spread(term: Term, shape: Any) -> Term:
    """Broadcast a term to a shape."""
    shape = tuple(shape)
    if term.shape == shape:
        return term
    if term.kind == Kind.SPREAD:
        term = term.parts[0]
    return term if term.shape == shape else make(Kind.SPREAD, (term,), None, shape)


def bare(term: Term) -> Term:
    """Return the part that broadcasting makes a term from, where it needs no help for that."""
    while True:
        if term.kind == Kind.SPREAD:
            term = term.parts[0]
            continue
        if term.kind == Kind.RESHAPE:
            inner = term.parts[0]
            short = _without_leading_ones(term.shape)
            if inner.shape == short:
                term = inner
                continue
            if inner.shape == () and math.prod(term.shape) == 1:
                term = inner
                continue
        elif term.shape and math.prod(term.shape) == 1 and term.kind in (Kind.REDUCE, *ELEMENTWISE):
            term = reshape(term, ())
            continue
        return term


def _without_leading_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    start = 0
    while start < len(shape) and shape[start] == 1:
        start += 1
    return shape[start:]


def reshape(term: Term, shape: Any) -> Term:
    """Give a term another shape with as many elements."""
    shape = tuple(shape)
    if term.shape == shape:
        return term
    if term.kind == Kind.RESHAPE:
        return reshape(term.parts[0], shape)
    if term.kind == Kind.SPREAD and term.parts[0].shape == ():
        return spread(term.parts[0], shape)
    factor, rest = coefficient_of(term)
    if factor != 1 and term.kind == Kind.SUM:
        return scaled(factor, reshape(rest, shape))
    axes = kept_axes(term.shape, shape)
    if axes is None:
        return make(Kind.RESHAPE, (term,), None, shape)
    if term.kind == Kind.SPREAD:
        return spread(_reshaped_part(term.parts[0], term.ndim, axes), shape)
    if term.kind in ELEMENTWISE and (len(shape) < term.ndim or _regains_axes(term)):
        parts = [_reshaped_part(part, term.ndim, axes) for part in term.parts]
        return spread(rebuilt(term, parts), shape)
    return make(Kind.RESHAPE, (term,), None, shape)


def _regains_axes(term: Term) -> bool:
    """Return whether the parts of a term have lost axes that they may regain."""
    if term.kind == Kind.SUM and len(term.parts) == 1:
        return True
    return all(
        part.shape == ()
        or part.kind == Kind.RESHAPE
        or (part.kind in ELEMENTWISE and _regains_axes(part))
        for part in term.parts
    )


def kept_axes(old: tuple[int, ...], new: tuple[int, ...]) -> list[int | None] | None:
    """Return for each new axis the old one, None for a new one; None if more than ones differ."""
    if [n for n in old if n != 1] != [n for n in new if n != 1]:
        return None
    found: list[int | None] = []
    position = 0
    for n in new:
        if n == 1:
            if position < len(old) and old[position] == 1:
                found.append(position)
                position += 1
            else:
                found.append(None)
            continue
        while old[position] == 1:
            position += 1
        found.append(position)
        position += 1
    return found


def _reshaped_part(part: Term, ndim: int, axes: list[int | None]) -> Term:
    if part.shape == ():
        return part
    padded = (1,) * (ndim - part.ndim) + part.shape
    return reshape(part, [1 if axis is None else padded[axis] for axis in axes])


def rebuilt(term: Term, parts: list[Term]) -> Term:
    """Return an elementwise term with other parts."""
    if term.kind == Kind.SUM:
        return linear(zip(term.detail, parts, strict=True))
    if term.kind == Kind.PRODUCT:
        return monomial(zip(term.detail, parts, strict=True))
    return function(term.detail, *parts)


def transpose(term: Term, order: Any = None) -> Term:
    """Permute the axes of a term; reverse them by default."""
    order = tuple(range(term.ndim))[::-1] if order is None else tuple(a % term.ndim for a in order)
    if order == tuple(range(term.ndim)) or term.detail == "identity":
        return term
    if term.kind == Kind.TRANSPOSE:
        return transpose(term.parts[0], [term.detail[a] for a in order])
    shape = [term.shape[a] for a in order]
    if term.kind == Kind.SPREAD:
        inner = reshape(
            term.parts[0], (1,) * (term.ndim - term.parts[0].ndim) + term.parts[0].shape
        )
        if inner.kind != Kind.SPREAD:
            return spread(transpose(inner, order), shape)
    last = (*range(term.ndim - 2), term.ndim - 1, term.ndim - 2)
    if term.kind == Kind.MATMUL and order == last and all(p.ndim == term.ndim for p in term.parts):
        return matmul(*[transpose(part, order) for part in reversed(term.parts)])
    factor, rest = coefficient_of(term)
    if factor != 1 and term.kind == Kind.SUM:
        return scaled(factor, transpose(rest, order))
    if term.kind == Kind.RESHAPE and [n for n in shape if n != 1] == [
        n for n in term.shape if n != 1
    ]:
        moved = [a for a in order if term.shape[a] != 1]
        if moved == sorted(moved):
            return reshape(term.parts[0], shape)
    return make(Kind.TRANSPOSE, (term,), order, shape)


# -- sums and products -----------------------------------------------------------------------------


def linear(pairs: Iterable[tuple[Any, Term]]) -> Term:
    """Return a sum of terms with coefficients."""
    pairs = list(pairs)
    shape = broadcast(*[term.shape for _, term in pairs])
    found: dict[Term, Any] = {}
    sizes: dict[Term, float] = {}
    for coefficient, term in pairs:
        term = bare(term)
        if term.kind == Kind.NUMBER:
            coefficient, term = coefficient * term.detail, number(1)
        is_short = term.kind == Kind.SUM and len(term.parts) <= LONGEST
        inner = zip(term.detail, term.parts, strict=True) if is_short else [(1.0, term)]
        for factor, part in inner:
            added = coefficient * factor
            if part.kind == Kind.UPDATE and added != 1 and bare(part.parts[0]) is number(0):
                zero, value, *index = part.parts
                part = make(
                    Kind.UPDATE, (zero, scaled(added, value), *index), part.detail, part.shape
                )
                added = 1.0
            found[part] = found.get(part, 0.0) + added
            sizes[part] = max(sizes.get(part, 0.0), abs(added))
    found = {t: c for t, c in found.items() if not abs(c) <= ROUNDING * sizes[t]}
    for join in IN_SUM:
        join(found)
    if (
        sum(
            any(p.kind == Kind.SUM for p in term.parts)
            for term in found
            if term.kind == Kind.PRODUCT
        )
        > 1
    ):
        shorter = multiplied_out(found)
        if shorter is not None:
            products = [(c, monomial(p or [(1, number(1))])) for c, p in shorter]
            return spread(linear(products or [(0, number(1))]), shape)
    common = common_factors(found)
    if common:
        rest = [(c, monomial([(1, t), *((-e, b) for e, b in common)])) for t, c in found.items()]
        return spread(monomial([(1, linear(rest)), *common]), shape)
    ordered = sorted(found, key=lambda term: term.number)
    if not ordered:
        return spread(number(0), shape)
    if len(ordered) == 1:
        only = ordered[0]
        if only.kind == Kind.NUMBER:
            return spread(number(found[only]), shape)
        if found[only] == 1:
            return spread(only, shape)
    inner_shape = broadcast(*[term.shape for term in ordered])
    total = make(Kind.SUM, ordered, tuple(found[term] for term in ordered), inner_shape)
    return spread(total, shape)


def scaled(coefficient: Any, term: Term) -> Term:
    """Multiply a term by a number."""
    return linear([(coefficient, term)])


def _leads(term: Term) -> int:
    """Return how much a term of a sum wants to have a positive sign: 1 - x, f(x) - y."""
    return {Kind.NUMBER: 3, Kind.SYMBOL: 0, Kind.RESHAPE: -1, Kind.REDUCE: -1}.get(term.kind, 1)


def coefficient_of(term: Term) -> tuple[Any, Term]:
    """Split a term into a number and the rest, whose sums begin with a coefficient of 1 or so."""
    if term.kind == Kind.NUMBER:
        return term.detail, number(1)
    if term.kind != Kind.SUM:
        return 1.0, term
    if any(isinstance(c, complex) for c in term.detail):
        return 1.0, term
    sizes = {abs(c) for c in term.detail}
    size = sizes.pop() if len(sizes) == 1 else 1.0
    leading = max(zip(term.parts, term.detail, strict=True), key=lambda pair: _leads(pair[0]))[1]
    factor = -size if leading < 0 else size
    if factor == 1:
        return 1.0, term
    rest = tuple(c / factor for c in term.detail)
    if len(rest) == 1:
        return factor, term.parts[0]
    return factor, make(Kind.SUM, term.parts, rest, term.shape)


def monomial(pairs: Iterable[tuple[Any, Term]]) -> Term:
    """Return a product of powers of terms, given as (exponent, term)."""
    pairs = list(pairs)
    shape = broadcast(*[term.shape for _, term in pairs])
    coefficient: Any = 1.0
    found: dict[Term, Any] = {}
    waiting = [(exponent, bare(term)) for exponent, term in reversed(pairs)]
    while waiting:
        exponent, term = waiting.pop()
        whole = exponent == int(exponent)
        is_multiple = (
            term.kind == Kind.SUM and len(term.parts) == 1 and _is_positive(term.detail[0])
        )
        if (term.kind == Kind.SUM and (whole or is_multiple)) or term.kind == Kind.NUMBER:
            factor, term = coefficient_of(term)
            raised = _raised(factor, exponent)
            if raised is None:
                found[number(factor)] = found.get(number(factor), 0.0) + exponent
            else:
                coefficient *= raised
            term = bare(term)
            if term.kind == Kind.NUMBER:
                continue
        if term.kind == Kind.PRODUCT and whole and len(term.parts) <= LONGEST:
            waiting += [(e * exponent, p) for e, p in zip(term.detail, term.parts, strict=True)]
            continue
        found[term] = found.get(term, 0.0) + exponent
    found = {term: e for term, e in found.items() if e != 0}
    if coefficient == 0:
        return spread(number(0), shape)
    for rule in IN_PRODUCT:
        again = rule(found)
        if again is not None:
            return spread(linear([(coefficient, again)]), shape)
    if not found:
        return spread(number(coefficient), shape)
    ordered = sorted(found, key=lambda term: term.number)
    if len(ordered) == 1 and found[ordered[0]] == 1:
        return spread(linear([(coefficient, ordered[0])]), shape)
    inner = broadcast(*[term.shape for term in ordered])
    product = make(Kind.PRODUCT, ordered, tuple(float(found[t]) for t in ordered), inner)
    return spread(linear([(coefficient, product)]), shape)


def _is_positive(x: Any) -> bool:
    return not isinstance(x, complex) and x > 0


def _raised(factor: Any, exponent: Any) -> Any:
    """Return a power of a number; None if it is not finite."""
    try:
        raised = factor ** (int(exponent) if exponent == int(exponent) else exponent)
    except (ArithmeticError, ValueError):
        return None
    if isinstance(raised, complex) and not isinstance(factor, complex):
        return None
    return raised if np.isfinite(raised) else None


def _term(x: Any) -> Term:
    return x if isinstance(x, Term) else number(x)


def plus(*terms: Any) -> Term:
    """Add terms and numbers."""
    return linear([(1, _term(term)) for term in terms])


def minus(a: Any, b: Any) -> Term:
    """Subtract terms or numbers."""
    return linear([(1, _term(a)), (-1, _term(b))])


def times(*terms: Any) -> Term:
    """Multiply terms and numbers element by element."""
    return monomial([(1.0, _term(term)) for term in terms])


def over(a: Any, b: Any) -> Term:
    """Divide terms or numbers."""
    return monomial([(1.0, _term(a)), (-1.0, _term(b))])


def power(base: Term, exponent: Any) -> Term:
    """Raise a term to a power: a number, or another term."""
    if isinstance(exponent, Term):
        plain = bare(exponent)
        if plain.kind != Kind.NUMBER or isinstance(plain.detail, complex):
            return function("power", base, exponent)
        return spread(power(base, plain.detail), broadcast(base.shape, exponent.shape))
    if exponent == 0:
        return spread(number(1), base.shape)
    return monomial([(float(exponent), base)])


# -- functions -------------------------------------------------------------------------------------


def function(name: str, *parts: Term) -> Term:
    """Apply an elementwise function."""
    shape = broadcast(*[part.shape for part in parts])
    plain = [bare(part) for part in parts]
    if all(part.kind == Kind.NUMBER for part in plain):
        folded = evaluate([make(Kind.FUNCTION, plain, name, ())], {})[0]
        if np.isfinite(folded) and (name == "cond" or folded == int(np.real(folded))):
            return spread(number(folded), shape)
    for same in IN_FUNCTION:
        known = same(name, plain)
        if known is not None:
            return spread(known, shape)
    return spread(make(Kind.FUNCTION, plain, name, broadcast(*[p.shape for p in plain])), shape)


def reduce(operation: str, term: Term, axes: Any, keepdims: bool = True) -> Term:
    """Reduce a term along axes: ``sum``, ``mean``, ``max``, ``min`` or ``prod``."""
    axes = tuple(sorted({a % term.ndim for a in axes})) if term.ndim else ()
    kept = tuple(1 if a in axes else n for a, n in enumerate(term.shape))
    if not keepdims:
        short = [n for a, n in enumerate(term.shape) if a not in axes]
        return reshape(reduce(operation, term, axes), short)
    count = math.prod(term.shape[a] for a in axes)
    if operation == "mean":
        return scaled(1 / count, reduce("sum", term, axes)) if count else reduce("sum", term, axes)
    if all(term.shape[a] == 1 for a in axes):
        return term
    if term.kind == Kind.SPREAD:
        inner = term.parts[0]
        offset = term.ndim - inner.ndim
        own = [a for a in axes if a >= offset and inner.shape[a - offset] == term.shape[a]]
        total = reduce(operation, inner, [a - offset for a in own]) if own else inner
        copies = count // math.prod(term.shape[a] for a in own) if count else 0
        if operation in ("sum", "prod"):
            total = scaled(copies, total) if operation == "sum" else power(total, copies)
        return spread(total, kept)
    if operation == "sum":
        return spread(_summed(term, axes, kept), kept)
    return make(Kind.REDUCE, (term,), (operation, axes, True), kept)


def _summed(term: Term, axes: tuple[int, ...], kept: tuple[int, ...]) -> Term:
    """Sum along axes: move what does not depend on them before the sum."""
    whole = term.shape
    if term.kind in (Kind.RESHAPE, Kind.REDUCE) and math.prod(kept) == 1:
        inner = term.parts[0] if term.kind == Kind.RESHAPE else term
        if inner.kind == Kind.REDUCE and inner.detail[0] == "sum":
            body = inner.parts[0]
            return reshape(reduce("sum", body, range(body.ndim)), kept)
    factor, rest = coefficient_of(term)
    if factor != 1 and rest.shape == whole:
        return scaled(factor, reduce("sum", rest, axes))
    for expand in SUMMED:
        expanded = expand(term, axes)
        if expanded is not None:
            return linear([(c, reduce("sum", spread(t, whole), axes)) for c, t in expanded])
    if term.kind == Kind.PRODUCT:
        outside: list[tuple[Any, Term]] = []
        inside: list[tuple[Any, Term]] = []
        for exponent, part in zip(term.detail, term.parts, strict=True):
            offset = len(whole) - part.ndim
            varies = any(a >= offset and part.shape[a - offset] > 1 for a in axes)
            (inside if varies else outside).append((exponent, part))
        if outside:
            inner = monomial(inside)
            if inner.shape != whole:
                inner = spread(inner, whole)
            return monomial([*outside, (1.0, reduce("sum", inner, axes))])
    if term.kind == Kind.SOFTMAX and axes == (term.detail,):
        return number(1)
    return make(Kind.REDUCE, (term,), ("sum", axes, True), kept)


def matmul(*factors: Term) -> Term:
    """Multiply matrices; a vector is a column."""
    return functools.reduce(_matmul, factors)


def _matmul(a: Term, b: Term) -> Term:
    if a.ndim == 1 and b.ndim == 2:
        return _matmul(transpose(b), a)
    left, a = _coefficient_of_factor(a)
    right, b = _coefficient_of_factor(b)
    if left * right != 1:
        return scaled(left * right, _matmul(a, b))
    for one, other in ((a, b), (b, a)):
        if one.shape and one is identity(one.shape[0]):
            return other
    if a.ndim == b.ndim == 1:
        return reduce("sum", power(a, 2), [0], False) if a is b else _chain(a, b, ())
    rows, columns = a.shape[-2:-1], b.shape[-1:] if b.ndim > 1 else ()
    shape = (*broadcast(a.shape[:-2], b.shape[:-2]), *rows, *columns)
    if max(a.ndim, b.ndim) > 2:
        return _chain(a, b, shape)
    if a.shape[1] == 1:  # a column times a row
        return spread(times(reshape(a, (*rows, *[1 for _ in columns])), reshape(b, columns)), shape)
    row = _row_of(a)
    if row is not None:  # all rows of a are the same
        return spread(reshape(_matmul(transpose(b), row), (1, *columns)[-b.ndim :]), shape)
    if a.kind == Kind.SPREAD:
        total = reduce("sum", b, [0], keepdims=b.ndim > 1)
        column = reshape(a.parts[0], (math.prod(a.parts[0].shape), 1)[: b.ndim])
        return spread(times(column, total), shape)
    if b.kind == Kind.SPREAD and b.ndim == 1:
        return times(b.parts[0], reduce("sum", a, [1], False))
    if b.ndim == 2 and (b.kind == Kind.SPREAD or _row_of(transpose(b)) is not None):
        return transpose(_matmul(transpose(b), transpose(a)))
    return _chain(a, b, shape)


def _row_of(a: Term) -> Term | None:
    """Return the vector that all rows of a matrix are, if they are the same for a reason."""
    inner = a.parts[0] if a.kind in (Kind.SPREAD, Kind.RESHAPE) else a
    if inner is a or inner.ndim > 2 or math.prod(inner.shape) != a.shape[1]:
        return None
    is_row = a.shape[0] == 1 if a.kind == Kind.RESHAPE else inner.shape[-1] == a.shape[1]
    return reshape(inner, a.shape[1:]) if is_row else None


def _chain(a: Term, b: Term, shape: tuple[int, ...]) -> Term:
    """Return a product of matrices, joined with the products among its factors."""
    if a.ndim == b.ndim == 1 and a.kind == Kind.MATMUL:  # (M v)ᵀ b = vᵀ Mᵀ b
        return make(Kind.MATMUL, [*map(transpose, reversed(a.parts)), b], None, shape)
    flat = [p for x in (a, b) for p in (x.parts if x.kind == Kind.MATMUL else (x,))]
    if any(part.ndim < 2 for part in flat[:-1]) or not flat[-1].ndim:
        flat = [a, b]
    return make(Kind.MATMUL, flat, None, shape)


def _coefficient_of_factor(term: Term) -> tuple[Any, Term]:
    if term.kind == Kind.SPREAD:
        coefficient, rest = coefficient_of(term.parts[0])
        return coefficient, spread(rest, term.shape)
    return coefficient_of(term)
