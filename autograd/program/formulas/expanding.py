"""Multiply out sums to see what cancels, and find what the terms of a sum have in common."""

from __future__ import annotations

from typing import Any

from autograd.program.formulas.terms import Kind, Term, number


def powers_of(term: Term) -> dict[Term, Any]:
    """Return the factors of a term with their exponents."""
    if term.kind == Kind.PRODUCT:
        return dict(zip(term.parts, term.detail, strict=True))
    return {term: 1.0}


def common_factors(found: dict[Term, Any]) -> list[tuple[float, Term]]:
    """Return the denominators, and the calls of functions, that all terms of a sum contain."""
    if len(found) < 2:
        return []
    powers = [powers_of(term) for term in found]
    common = []
    for base in powers[0]:
        exponents = [each.get(base, 0.0) for each in powers]
        if all(e < 0 for e in exponents):
            common.append((max(exponents), base))
        elif base.kind in (Kind.FUNCTION, Kind.SOFTMAX) and all(e > 0 for e in exponents):
            common.append((min(exponents), base))
    return common


#: A sum is multiplied out, to see what cancels, if it has at most this many terms then.
MULTIPLIED_OUT = 12


def multiplied_out(
    found: dict[Term, Any],
) -> list[tuple[Any, list[tuple[Any, Term]]]] | None:
    """Multiply out the products of a sum, if it has fewer terms then; else return None.

    A term is returned as its coefficient, and its factors with their exponents.
    """
    terms: list[tuple[Any, dict[Term, Any]]] = []
    for term, coefficient in found.items():
        terms += [(coefficient * c, powers) for c, powers in _expanded(powers_of(term))]
        if len(terms) > MULTIPLIED_OUT:
            return None
    total: dict[Any, Any] = {}
    for coefficient, powers in terms:
        key = frozenset((base, e) for base, e in powers.items() if e and base is not number(1))
        total[key] = total.get(key, 0.0) + coefficient
    left = {key: c for key, c in total.items() if abs(c) > 1e-12}
    if len(left) > max(1, len(found) - 1, len(terms) - 2):
        return None
    if len(left) > len(found):
        return None
    return [(c, [(e, base) for base, e in key]) for key, c in left.items()]


def _expanded(powers: dict[Term, Any]) -> list[tuple[Any, dict[Term, Any]]]:
    """Multiply out the sums among the factors of a product."""
    found: list[tuple[Any, dict[Term, Any]]] = [(1.0, {})]
    for base, exponent in powers.items():
        parts = [(1.0, {base: exponent})]
        if base.kind == Kind.SUM and exponent in (1, 2) and len(base.parts) <= 4:
            one = [(c, powers_of(part)) for c, part in zip(base.detail, base.parts, strict=True)]
            parts = (
                one if exponent == 1 else [(a * b, _joined(x, y)) for a, x in one for b, y in one]
            )
        found = [(a * b, _joined(x, y)) for a, x in found for b, y in parts]
        if len(found) > MULTIPLIED_OUT:
            break
    return found


def _joined(x: dict[Term, Any], y: dict[Term, Any]) -> dict[Term, Any]:
    return {base: x.get(base, 0.0) + y.get(base, 0.0) for base in (*x, *y)}
