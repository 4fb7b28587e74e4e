"""Write terms in LaTeX: matrices and vectors as wholes, or element by element with indices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from autograd.program.formulas.latex import (
    ADDED,
    ATOM,
    CHOICE,
    FORMS,
    HADAMARD,
    JUXTAPOSED,
    OPEN,
    RAISED,
    RELATIONS,
    Written,
    fraction,
    function_name,
    with_index,
)  # fmt: skip
from autograd.program.formulas.named import NamedTerms
from autograd.program.formulas.terms import Kind, Term, make, number

#: The indices of a term: a letter for each axis, None where it has one element; or None without.
Indices = tuple[str | None, ...] | None

LETTERS = "ijklmnpqrst"
ONES = r"\mathbf{1}"


class NeedsIndices(Exception):  # noqa: N818 - not an error: the line is written with indices
    """A term has no notation as a whole matrix."""


class Writer:
    """Writes terms.

    Parameters
    ----------
    named : NamedTerms
        The terms that have names.
    sizes : iterable of int
        Numbers of elements that occur.
    """

    def __init__(self, named: NamedTerms, sizes: Iterable[int]) -> None:
        self.named = named
        self.names = named.names
        self.sizes = frozenset(sizes)
        self.used: list[str] = []

    # -- lines ------------------------------------------------------------------------------

    def line(self, text: str, term: Term) -> str:
        """Return the definition of a term under a name."""
        self.used = []
        if term.kind == Kind.SPREAD and term.parts[0] is number(0):
            return rf"{text} &= \mathbf{{0}}"
        try:
            return f"{text} &= {self.write(term, None).text}"
        except NeedsIndices:
            indices = self._new(term.shape)
            left = with_index(text, joined(indices))
            return f"{left} &= {self.write(term, indices).text}"

    def is_whole(self, term: Term) -> bool:
        """Return whether a term has a notation without indices."""
        self.used = []
        try:
            self.write(term, None)
        except NeedsIndices:
            return False
        return True

    def entry(self, term: Term) -> Written:
        """Write a term as a whole: if need be, as the matrix of its elements."""
        if term.kind == Kind.SPREAD and term.parts[0].shape == ():
            term = term.parts[0]
        try:
            return self.write(term, None)
        except NeedsIndices:
            before, indices = self.used[:], self._new(term.shape)
            written = self.write(term, indices)
            self.used = before
            return self._at(written, indices)

    def _new(self, shape: Iterable[int]) -> tuple[str | None, ...]:
        """Return unused letters for the axes of a shape."""
        taken = {*self.used, *self.names.values()}
        free = iter([x for x in (*LETTERS, *[f"i_{{{n}}}" for n in range(99)]) if x not in taken])
        found = tuple([None if n == 1 else next(free) for n in shape])
        self.used += [letter for letter in found if letter is not None]
        return found

    # -- terms ------------------------------------------------------------------------------

    def write(self, term: Term, indices: Indices) -> Written:
        """Write a term: as a whole, or its element with some indices."""
        known = self.names.get(term)
        if known is not None:
            text = known if indices is None else with_index(known, joined(indices))
            return Written(text, RAISED if text.startswith(r"\frac") else ATOM)
        if term.kind == Kind.NUMBER:
            return self._number(term.detail)
        if term.kind == Kind.SYMBOL:  # the only one without a name
            return self._at(Written(r"\mathbf{I}"), indices)
        if term.kind in (Kind.SUM, Kind.PRODUCT, Kind.FUNCTION):
            if term.kind == Kind.PRODUCT or (term.kind == Kind.SUM and len(term.parts) == 1):
                return self._scaled(1.0, term, indices)
            parts = self.named.parts(term)
            fits = all(part.shape in ((), term.shape) for part in parts)
            if indices is None and not fits and (term.kind != Kind.SUM or term.ndim != 2):
                raise NeedsIndices
        return self.form(term, indices)

    def form(self, term: Term, indices: Indices) -> Written:
        """Write a term that has no name."""
        raise NotImplementedError

    def _added(self, c: Any, part: Term, whole: Term, indices: Indices) -> Written:
        """Write a number times a part of a sum, which is broadcast to the shape of the sum."""
        if indices is not None or part.shape in ((), whole.shape):
            place = aligned(indices, part)
            return self.write(part, place) if c == 1 else self._scaled(c, part, place)
        vector = part.parts[0] if part.kind == Kind.RESHAPE else part
        if vector.ndim != 1 or (vector not in self.names and vector.kind != Kind.MATMUL):
            raise NeedsIndices
        if part.shape == whole.shape[1:]:
            return self._times(c, Written(rf"{ONES} {self._row(part)}", JUXTAPOSED))
        return self._times(c, self.write(vector, None).followed_by(rf"{ONES}^{{\top}}"))

    def _row(self, vector: Term) -> str:
        return rf"{self.entry(vector).within(ATOM)}^{{\top}}"

    def _at(self, whole: Written, indices: Indices) -> Written:
        """Write an element of what is written as a whole."""
        index = joined(indices) if indices is not None else ""
        if not index:
            return whole
        simple = re.match(r"\\operatorname\{softmax\}|\\mathbf\{I\}|\\begin", whole.text)
        text = whole.text if simple else rf"\left({whole.text}\right)"
        return Written(f"{text}_{{{index}}}")

    def _number(self, x: Any) -> Written:
        negative = not isinstance(x, complex) and x < 0
        top, bottom = fraction(-x if negative else x, self.sizes)
        text = rf"\frac{{{top}}}{{{bottom}}}" if bottom else top
        return Written(f"-{text}", ADDED) if negative else Written(text)

    # -- sums -------------------------------------------------------------------------------

    def _sum(self, term: Term, indices: Indices) -> Written:
        pairs = self.named.sums(term)
        if len(pairs) == 1:
            return self._scaled(*pairs[0], indices)
        common = {abs(c) for c, _ in pairs}
        size = common.pop() if len(common) == 1 else 1.0
        text = ""
        for c, part in _ordered([(c / size, part) for c, part in pairs]):
            negative = _is_negative(c)
            c = -c if negative else c
            if part.kind == Kind.NUMBER:
                written = self._number(c * part.detail)
            else:
                written = self._added(c, part, term, indices)
            body = written.within(HADAMARD)
            if body.startswith("-") or (text and written.strength == ADDED):
                body = rf"\left({written.text}\right)"
            text += (" - " if negative else " + ") if text else ("-" if negative else "")
            text += body
        return self._times(size, Written(text, ADDED))

    # -- products ---------------------------------------------------------------------------

    def _scaled(self, coefficient: Any, term: Term, indices: Indices) -> Written:
        """Write a number times a term."""
        if term in self.names or term.kind not in (Kind.PRODUCT, Kind.SUM):
            powers: list[tuple[Any, Term]] = [(1.0, term)]
        elif term.kind == Kind.PRODUCT:
            powers = self.named.products(term)
        else:
            pairs = self.named.sums(term)
            if len(pairs) == 1:
                return self._scaled(coefficient * pairs[0][0], pairs[0][1], indices)
            powers = [(1.0, term)]
        if _is_negative(coefficient):
            for position, (exponent, part) in enumerate(powers):
                opposite = self._opposite(part) if exponent == 1 else None
                if opposite is not None:
                    powers[position] = (1.0, opposite)
                    return self._fraction(-coefficient, powers, indices, term)
            positive = self._fraction(-coefficient, powers, indices, term)
            return Written(f"-{positive.text}", ADDED)
        return self._fraction(coefficient, powers, indices, term)

    def _fraction(
        self, coefficient: Any, powers: list[tuple[Any, Term]], indices: Indices, term: Term
    ) -> Written:
        """Write a positive number times powers of terms."""
        outer = self._outer(powers, term) if indices is None and term.ndim == 2 else None
        if outer is not None:
            return self._times(coefficient, outer)
        if indices is None and any(p.shape not in ((), term.shape) for _, p in powers):
            raise NeedsIndices
        above = self._factors([(e, t) for e, t in powers if e > 0], indices)
        below = [(-e, t) for e, t in powers if e < 0]
        if not below:
            return self._times(coefficient, above)
        under = self._factors(below, indices)
        top, bottom = fraction(coefficient, self.sizes)
        if above.text == "1":
            above = Written(top)
        elif top != "1":
            above = _beside(top, above)
        denominator = f"{bottom} {under.within(HADAMARD)}" if bottom else under.text
        return Written(rf"\frac{{{above.text}}}{{{denominator}}}")

    def _times(self, coefficient: Any, body: Written) -> Written:
        """Write a positive number times a product."""
        if coefficient == 1:
            return body
        top, bottom = fraction(coefficient, self.sizes)
        return _beside(rf"\frac{{{top}}}{{{bottom}}}" if bottom else top, body)

    def _outer(self, powers: list[tuple[Any, Term]], term: Term) -> Written | None:
        """Write a product of a column and a row; None if it is another one."""
        rows = [(e, p) for e, p in powers if p.shape == term.shape[1:]]
        others = [(e, p) for e, p in powers if p.shape in ((), (term.shape[0], 1))]
        columns = any(p.shape for _, p in others)
        if 1 in term.shape or not rows or not columns or len(rows) + len(others) < len(powers):
            return None
        left = self._fraction(1.0, others, None, _like(term, (term.shape[0], 1)))
        right = self._fraction(1.0, rows, None, _like(term, term.shape[1:]))
        return left.followed_by(rf"{right.within(ATOM)}^{{\top}}")

    def _opposite(self, term: Term) -> Term | None:
        """Return a term with the opposite sign, if a difference in it takes it up: not 1 - x."""
        if term in self.names:
            return None
        if term.kind == Kind.SUM:
            pairs = self.named.sums(term)
            signs = [_is_negative(c) for c, _ in pairs]
            if sorted(signs) != [False, True] or any(p.kind == Kind.NUMBER for _, p in pairs):
                return None
            return make(Kind.SUM, term.parts, tuple(-c for c in term.detail), term.shape)
        if term.kind not in (Kind.PRODUCT, Kind.MATMUL, Kind.TRANSPOSE):
            return None
        parts = self.named.parts(term)
        for position, part in enumerate(parts):
            changed = self._opposite(part)
            if changed is not None and (term.kind != Kind.PRODUCT or term.detail[position] == 1):
                parts[position] = changed
                return make(term.kind, parts, term.detail, term.shape)
        return None

    def _factors(self, powers: list[tuple[Any, Term]], indices: Indices) -> Written:
        """Write a product of positive powers."""
        scalars: list[Written] = []
        arrays: list[Written] = []
        for exponent, term in sorted(powers, key=lambda power: self._rank(*power)):
            place = aligned(indices, term)
            written = (
                self.write(term, place) if exponent == 1 else self._raised(term, exponent, place)
            )
            if term.kind == Kind.MATMUL and not term.shape and len(powers) > 1:
                written = Written(written.within(ATOM))  # (xᵀy) z is another product than xᵀyz
            (arrays if term.shape and indices is None else scalars).append(written)
        if len(arrays) > 1:
            product = r" \circ ".join(x.within(RAISED) for x in arrays)
            return Written(" ".join([_juxtaposed(scalars), product]).strip(), HADAMARD)
        if not arrays:  # a sum sign reaches to the end of its product
            scalars.sort(key=lambda x: x.strength == OPEN)
        factors = [*scalars, *arrays]
        if len(factors) == 1:
            return factors[0]
        strength = OPEN if factors and factors[-1].strength == OPEN else JUXTAPOSED
        return Written(_juxtaposed(factors), strength) if factors else Written("1")

    def _rank(self, exponent: Any, term: Term) -> int:
        """Order factors: names, then roots, sums, then the rest."""
        if term in self.names:
            return 2 if exponent == 0.5 else 1
        return {Kind.NUMBER: 0, Kind.SUM: 3}.get(term.kind, 4)

    def _raised(self, term: Term, exponent: float, indices: Indices) -> Written:
        if exponent == 0.5:
            return self._length(term) or Written(rf"\sqrt{{{self.write(term, indices).text}}}")
        base = self.write(term, indices)
        top, bottom = fraction(exponent)
        text = rf"{top}/{bottom}" if bottom else top
        if indices is None and term.ndim > 1:
            text = rf"\circ {text}"
        inside = base.within(ATOM) if base.strength != RAISED else rf"\left({base.text}\right)"
        return Written(rf"{inside}^{{{text}}}", RAISED)

    def _length(self, term: Term) -> Written | None:
        """Write the root of a sum of squares; None if a term is not a sum of squares."""
        while term.kind == Kind.RESHAPE and term.shape == ():
            term = term.parts[0]
        if term.kind != Kind.REDUCE or term in self.names or term.detail[0] != "sum":
            return None
        body = term.parts[0]
        if len(term.detail[1]) != body.ndim or body.kind != Kind.PRODUCT or body in self.names:
            return None
        (exponent, base), *others = self.named.products(body)
        if exponent != 2 or others or not self.is_whole_here(base):
            return None
        mark = "_F" if body.ndim > 1 else ""
        return Written(rf"\left\|{self.write(base, None).text}\right\|{mark}")

    def is_whole_here(self, term: Term) -> bool:
        """Return whether a term has a notation without indices, in the middle of a line."""
        before = self.used[:]
        found = self.is_whole(term)
        self.used = before
        return found

    # -- functions --------------------------------------------------------------------------

    def _function(self, term: Term, indices: Indices) -> Written:
        name = term.detail
        parts = [self.write(part, aligned(indices, part)) for part in term.parts]
        texts = [part.text for part in parts]
        if name in RELATIONS:
            sign, least = RELATIONS[name]
            text = f" {sign} ".join(part.within(least) for part in parts)
            return Written(rf"\left[{text}\right]") if least == ADDED else Written(text, HADAMARD)
        if name == "logical_not":
            return Written(rf"\neg {parts[0].within(ATOM)}", JUXTAPOSED)
        if name == "cond":
            first = rf"{texts[1]} & \text{{if }} {without_brackets(texts[0])}"
            rows = rf"{first} \\ {texts[2]} & \text{{otherwise}}"
            return Written(rf"\begin{{cases}} {rows} \end{{cases}}", CHOICE)
        if name == "exp":
            short = len(texts[0]) < 40 and r"\sum" not in texts[0]
            if short and "e" not in self.names.values():
                return Written(rf"e^{{{texts[0]}}}", RAISED)
        if name == "power":
            return Written(f"{parts[0].within(ATOM)}^{{{texts[1]}}}", RAISED)
        if name in FORMS:
            return Written(FORMS[name].replace("x", texts[0]))
        return Written(rf"{function_name(name)}\left({', '.join(texts)}\right)")

    def _softmax(self, term: Term, indices: Indices) -> Written:
        if term.detail == term.ndim - 1 and (indices is None or self.is_whole_here(term.parts[0])):
            inside = self.write(term.parts[0], None).text
            return self._at(Written(rf"\operatorname{{softmax}}\left({inside}\right)"), indices)
        if indices is None:
            raise NeedsIndices
        inside = self.write(term.parts[0], indices).text
        return Written(rf"\operatorname{{softmax}}_{{{indices[term.detail]}}}\left({inside}\right)")


def without_brackets(text: str) -> str:
    """Return a condition without the brackets that make a number of it."""
    return re.sub(r"^\\left\[((?:(?!\\left\[).)*)\\right\]$", r"\1", text)


def joined(indices: tuple[str | None, ...]) -> str:
    """Write the letters of an index."""
    letters = [letter for letter in indices if letter is not None]
    return ("" if all(len(x) == 1 for x in letters) else ",").join(letters)


def aligned(indices: Indices, part: Term) -> Indices:
    """Return the indices of an operand that is broadcast."""
    if indices is None:
        return None
    own = indices[len(indices) - part.ndim :] if part.ndim else ()
    return tuple(None if n == 1 else i for i, n in zip(own, part.shape, strict=True))


def _like(term: Term, shape: tuple[int, ...]) -> Term:
    return make(Kind.SYMBOL, (), "", shape)


def _is_negative(x: Any) -> bool:
    return not isinstance(x, complex) and x < 0


def _beside(factor: str, body: Written) -> Written:
    text = body.within(HADAMARD)
    joint = r" \cdot " if text[:1].isdigit() else " "
    return Written(f"{factor}{joint}{text}", min(max(body.strength, HADAMARD), JUXTAPOSED))


def _ordered(pairs: list[tuple[Any, Term]]) -> list[tuple[Any, Term]]:
    """Order the terms of a sum: begin with a positive one, and with 1 in 1 - x."""
    positive = {term.kind for c, term in pairs if not _is_negative(c)} - {Kind.NUMBER}
    is_sum = not any(_is_negative(c) for c, _ in pairs)
    last = Kind.PRODUCT in positive or (is_sum and Kind.FUNCTION not in positive)
    plain = all(term.kind in (Kind.SYMBOL, Kind.PRODUCT, Kind.MATMUL) for _, term in pairs)

    def rank(pair: tuple[Any, Term]) -> tuple[bool, int]:
        c, term = pair
        if term.kind == Kind.NUMBER and last:
            return True, 2
        return _is_negative(c), (term.kind != Kind.NUMBER) + (plain and term.kind == Kind.SYMBOL)

    return sorted(pairs, key=rank)


def _juxtaposed(factors: list[Written]) -> str:
    last = len(factors) - 1
    texts = [x.within(JUXTAPOSED if n < last else OPEN) for n, x in enumerate(factors)]
    wide = any(text.startswith(r"\mathrm") for text in texts)
    return (r" \, " if wide else " ").join(texts)
