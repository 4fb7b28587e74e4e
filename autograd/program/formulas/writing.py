"""Write terms in LaTeX: matrices and vectors as wholes, or element by element with indices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd.program.formulas.numerals import fraction, with_index
from autograd.program.formulas.signs import (
    ADDED,
    ATOM,
    CHOICE,
    COMPARISONS,
    HADAMARD,
    JUXTAPOSED,
    LETTERS,
    LOGIC,
    OPEN,
    RAISED,
    NeedsIndices,
    Written,
    function_name,
)
from autograd.program.formulas.terms import Kind, Term, number

#: The indices of a term: a letter for each axis, None where it has one element; or None without.
Indices = tuple[str | None, ...] | None


class Writer:
    """Writes terms.

    Parameters
    ----------
    names : dict
        Names of terms, in LaTeX.
    sums, products, chains : callable
        Split a sum into pairs of coefficient and term, a product into pairs of exponent and term,
        and a product of matrices into factors, so that named terms are among them.
    sizes : iterable of int
        Numbers of elements that occur.
    """

    def __init__(
        self,
        names: dict[Term, str],
        sums: Callable[[Term], list[tuple[Any, Term]]],
        products: Callable[[Term], list[tuple[Any, Term]]],
        chains: Callable[[Term], list[Term]],
        sizes: Iterable[int],
    ) -> None:
        self.names = names
        self.sums = sums
        self.products = products
        self.chains = chains
        self.sizes = frozenset(sizes)
        self.choose_letters()
        self.used: list[str] = []
        #: A sum that is written with the opposite sign.
        self.flipped: Term | None = None

    def choose_letters(self) -> None:
        """Choose the letters of indices: those that are no names."""
        taken = set(self.names.values())
        self.letters = [letter for letter in LETTERS if letter not in taken]

    # -- lines ------------------------------------------------------------------------------

    def line(self, text: str, term: Term) -> str:
        """Return the definition of a term under a name."""
        self.used, self.flipped = [], None
        if term.kind == Kind.SPREAD and term.parts[0] is number(0):
            return rf"{text} &= \mathbf{{0}}"
        try:
            return f"{text} &= {self.write(term, None).text}"
        except NeedsIndices:
            self.used, self.flipped = [], None
            indices = self._new(term.shape)
            left = with_index(text, joined(indices))
            return f"{left} &= {self.write(term, indices).text}"

    def _new(self, shape: tuple[int, ...]) -> tuple[str | None, ...]:
        """Return unused letters for the axes of a shape."""
        free = [letter for letter in self.letters if letter not in self.used]
        free += [f"i_{{{n}}}" for n in range(1, len(shape) + 20)]
        found: list[str | None] = []
        for n in shape:
            found.append(None if n == 1 else free.pop(0))
        self.used += [letter for letter in found if letter is not None]
        return tuple(found)

    # -- terms ------------------------------------------------------------------------------

    def write(self, term: Term, indices: Indices) -> Written:
        """Write a term: as a whole, or its element with some indices."""
        known = self.names.get(term)
        if known is not None:
            return self._named(known, term, indices)
        if term is self.flipped:
            self.flipped = None
            return self._sum(term, indices, -1.0)
        if term.kind == Kind.NUMBER:
            return self._number(term.detail)
        if indices is None and term.kind in (Kind.SUM, Kind.PRODUCT, Kind.FUNCTION):
            self._require_whole(term)
        return self.form(term, indices)

    def form(self, term: Term, indices: Indices) -> Written:
        """Write a term that has no name."""
        raise NotImplementedError

    def _named(self, text: str, term: Term, indices: Indices) -> Written:
        written = text if indices is None else with_index(text, joined(indices))
        return Written(written, RAISED if text.startswith(r"\frac") else ATOM)

    def _number(self, x: Any) -> Written:
        negative = not isinstance(x, complex) and x < 0
        top, bottom = fraction(-x if negative else x, self.sizes)
        text = rf"\frac{{{top}}}{{{bottom}}}" if bottom else top
        return Written(f"-{text}", ADDED) if negative else Written(text)

    def _require_whole(self, term: Term) -> None:
        """Raise an error if a term combines arrays of different shapes."""
        if term.kind == Kind.PRODUCT and self._outer(term) is not None:
            return
        pairs = (
            self.sums(term) if term.kind == Kind.SUM
            else self.products(term) if term.kind == Kind.PRODUCT
            else [(1.0, part) for part in term.parts]
        )  # fmt: skip
        if any(part.shape not in ((), term.shape) for _, part in pairs):
            raise NeedsIndices

    # -- sums -------------------------------------------------------------------------------

    def _sum(self, term: Term, indices: Indices, flip: float = 1.0) -> Written:
        pairs = [(flip * c if not isinstance(c, complex) else c, t) for c, t in self.sums(term)]
        if len(pairs) == 1:
            return self._scaled(pairs[0][0], [(1.0, pairs[0][1])], indices)
        common = {abs(c) for c, _ in pairs}
        if len(common) == 1 and common != {1.0}:
            size = common.pop()
            inner = self._added([(c / size, t) for c, t in pairs], indices)
            top, bottom = fraction(size, self.sizes)
            factor = rf"\frac{{{top}}}{{{bottom}}}" if bottom else top
            return Written(f"{factor} {inner.within(JUXTAPOSED)}", JUXTAPOSED)
        return self._added(pairs, indices)

    def _added(self, pairs: list[tuple[Any, Term]], indices: Indices) -> Written:
        text = ""
        for c, part in _ordered(pairs):
            negative = not isinstance(c, complex) and c < 0
            if part.kind == Kind.NUMBER:
                written = self._number(c * part.detail if not negative else -c * part.detail)
            else:
                written = self._scaled(-c if negative else c, [(1.0, part)], indices, part)
            body = written.within(HADAMARD)
            if body.startswith("-") or (text and written.strength == ADDED):
                body = rf"\left({written.text}\right)"
            text += (" - " if negative else " + ") if text else ("-" if negative else "")
            text += body
        return Written(text, ADDED)

    # -- products ---------------------------------------------------------------------------

    def _product(self, term: Term, indices: Indices) -> Written:
        if indices is None:
            outer = self._outer(term)
            if outer is not None:
                return outer
        return self._scaled(1.0, self.products(term), indices, term)

    def _outer(self, term: Term) -> Written | None:
        """Write a product of a column and a row; None if it is another one."""
        if term.ndim != 2 or 1 in term.shape:
            return None
        columns: list[tuple[Any, Term]] = []
        rows: list[tuple[Any, Term]] = []
        scalars: list[tuple[Any, Term]] = []
        for exponent, part in self.products(term):
            if part.shape == ():
                scalars.append((exponent, part))
            elif part.shape == (term.shape[0], 1):
                columns.append((exponent, part))
            elif part.shape == term.shape[1:]:
                rows.append((exponent, part))
            else:
                return None
        if not columns or not rows:
            return None
        try:
            inner = [(e, self._as_vector(part)) for e, part in columns]
            left = self._scaled(1.0, [*scalars, *inner], None).within(JUXTAPOSED)
            right = self._scaled(1.0, rows, None).within(ATOM)
        except NeedsIndices:
            return None
        return Written(rf"{left} {right}^{{\top}}", JUXTAPOSED)

    def _as_vector(self, column: Term) -> Term:
        if column.kind == Kind.RESHAPE and column.parts[0].shape == column.shape[:1]:
            return column.parts[0]
        raise NeedsIndices

    def _scaled(
        self,
        coefficient: Any,
        powers: list[tuple[Any, Term]],
        indices: Indices,
        whole: Term | None = None,
    ) -> Written:
        """Write a number times a product of powers."""
        if len(powers) == 1 and powers[0][0] == 1 and powers[0][1] is whole:
            only = powers[0][1]
            if coefficient == 1:
                return self.write(only, aligned(indices, only))
            if only.kind == Kind.PRODUCT and only not in self.names:
                if indices is None:
                    self._require_whole(only)
                    outer = self._outer(only)
                    if outer is not None:
                        return self._prefixed(coefficient, outer)
                powers = self.products(only)
        elif len(powers) == 1 and powers[0][0] == 1:
            only = powers[0][1]
            if only.kind == Kind.PRODUCT and only not in self.names and coefficient != 1:
                return self._scaled(coefficient, [(1.0, only)], indices, only)
        coefficient, powers = self._without_signs(coefficient, powers)
        sign, before = "", self.flipped
        if not isinstance(coefficient, complex) and coefficient < 0:
            self.flipped = self._difference(powers)
            sign, coefficient = "" if self.flipped is not None else "-", -coefficient
        above = [(e, t) for e, t in powers if e > 0]
        below = [(-e, t) for e, t in powers if e < 0]
        numerator = self._factors(above, indices)
        if below:
            found = self._quotient(coefficient, numerator, self._factors(below, indices))
        else:
            found = self._multiple(coefficient, numerator)
        self.flipped = before
        return Written(sign + found.text, ADDED) if sign else found

    def _multiple(self, coefficient: Any, body: Written) -> Written:
        """Write a number times a product."""
        if coefficient == 1:
            return body
        top, bottom = fraction(coefficient, self.sizes)
        factor = rf"\frac{{{top}}}{{{bottom}}}" if bottom else top
        joint = r" \cdot " if body.text[:1].isdigit() else " "
        strength = min(max(body.strength, HADAMARD), JUXTAPOSED)
        return Written(f"{factor}{joint}{body.within(HADAMARD)}", strength)

    def _quotient(self, coefficient: Any, over: Written, under: Written) -> Written:
        """Write a number times a fraction, with the number inside of it."""
        top, bottom = fraction(coefficient, self.sizes)
        if over.text == "1":
            numerator = top
        elif top == "1":
            numerator = over.text
        else:
            joint = r" \cdot " if over.text[:1].isdigit() else " "
            numerator = f"{top}{joint}{over.within(HADAMARD)}"
        denominator = f"{bottom} {under.within(HADAMARD)}" if bottom else under.text
        return Written(rf"\frac{{{numerator}}}{{{denominator}}}")

    def _prefixed(self, coefficient: Any, body: Written) -> Written:
        if isinstance(coefficient, complex) or coefficient > 0:
            sign = ""
        else:
            sign, coefficient = "-", -coefficient
        top, bottom = fraction(coefficient, self.sizes)
        factor = rf"\frac{{{top}}}{{{bottom}}}" if bottom else top
        text = body.text if coefficient == 1 else f"{factor} {body.within(JUXTAPOSED)}"
        return Written(sign + text, ADDED if sign else JUXTAPOSED)

    def _without_signs(
        self, coefficient: Any, powers: list[tuple[Any, Term]]
    ) -> tuple[Any, list[tuple[Any, Term]]]:
        """Move the coefficients of factors such as -a, for a named sum a, to the front."""
        found = []
        for exponent, term in powers:
            if term.kind == Kind.SUM and term not in self.names and exponent == int(exponent):
                pairs = self.sums(term)
                if len(pairs) == 1:
                    coefficient = coefficient * pairs[0][0] ** int(exponent)
                    term = pairs[0][1]
            found.append((exponent, term))
        return coefficient, found

    def _difference(self, powers: list[tuple[Any, Term]]) -> Term | None:
        """Return a difference among the factors, which takes up a minus sign."""
        seen: list[Term] = []
        stack = [(exponent, term, True) for exponent, term in reversed(powers)]
        found: list[Term] = []
        while stack and len(seen) < 100:
            exponent, term, is_factor = stack.pop()
            seen.append(term)
            if term in self.names:
                continue
            is_factor = is_factor and exponent == 1
            if term.kind == Kind.SUM:
                signs = [not isinstance(c, complex) and c < 0 for c, _ in self.sums(term)]
                if is_factor and len(signs) == 2 and signs[0] != signs[1]:
                    found.append(term)
            pairs = [(1.0, part) for part in term.parts]
            if term.kind == Kind.PRODUCT:
                pairs = self.products(term)
            passes = is_factor and term.kind in (Kind.PRODUCT, Kind.MATMUL, Kind.TRANSPOSE)
            stack += [(e, part, passes) for e, part in reversed(pairs)]
        once = [term for term in found if seen.count(term) == 1]
        return max(once, key=self._prefers_sign) if once else None

    def _prefers_sign(self, term: Term) -> bool:
        """Return whether a difference looks better with the other sign: not 1 - x."""
        return all(part.kind != Kind.NUMBER for _, part in self.sums(term))

    def _factors(self, powers: list[tuple[Any, Term]], indices: Indices) -> Written:
        """Write a product of positive powers."""
        scalars: list[Written] = []
        arrays: list[Written] = []
        for exponent, term in sorted(powers, key=lambda power: self._rank(power[1])):
            place = aligned(indices, term)
            if exponent == 1:
                written = self.write(term, place)
            else:
                written = self._raised(term, exponent, place)
            (arrays if term.shape and indices is None else scalars).append(written)
        if not scalars and not arrays:
            return Written("1")
        if len(arrays) > 1:
            joined = r" \circ ".join(x.within(RAISED) for x in arrays)
            if scalars:
                joined = f"{_juxtaposed(scalars)} {joined}"
            return Written(joined, HADAMARD)
        if len(scalars) + len(arrays) == 1:
            return (scalars or arrays)[0]
        everything = [*scalars, *arrays]
        if not arrays:  # a sum sign reaches to the end of its product
            everything.sort(key=lambda x: x.strength == OPEN)
        return Written(
            _juxtaposed(everything), OPEN if everything[-1].strength == OPEN else JUXTAPOSED
        )

    def _rank(self, term: Term) -> int:
        """Order factors: names, then sums, then the rest."""
        return 1 if term in self.names else {Kind.NUMBER: 0, Kind.SUM: 2}.get(term.kind, 3)

    def _raised(self, term: Term, exponent: float, indices: Indices) -> Written:
        if exponent == 0.5:
            length = self._length(term, indices)
            return length or Written(rf"\sqrt{{{self.write(term, indices).text}}}")
        base = self.write(term, indices)
        top, bottom = fraction(exponent)
        text = rf"{top}/{bottom}" if bottom else top
        if indices is None and term.ndim > 1:
            text = rf"\circ {text}"
        if base.strength == RAISED:
            base = Written(base.text, JUXTAPOSED)
        return Written(rf"{base.within(ATOM)}^{{{text}}}", RAISED)

    def _length(self, term: Term, indices: Indices) -> Written | None:
        """Write the root of a sum of squares; None if a term is not a sum of squares."""
        while term.kind == Kind.RESHAPE and term.shape == ():
            term = term.parts[0]
        if term.kind != Kind.REDUCE or term in self.names:
            return None
        operation, axes, _ = term.detail
        body = term.parts[0]
        if operation != "sum" or len(axes) != body.ndim or body.kind != Kind.PRODUCT:
            return None
        if body.detail != (2.0,) or body in self.names:
            return None
        try:
            inner = self.write(body.parts[0], None).text
        except NeedsIndices:
            return None
        mark = "_F" if body.ndim > 1 else ""
        return Written(rf"\left\|{inner}\right\|{mark}")

    # -- functions --------------------------------------------------------------------------

    def _function(self, term: Term, indices: Indices) -> Written:
        detail = term.detail
        parts = [self.write(part, aligned(indices, part)) for part in term.parts]
        if detail in COMPARISONS:
            left, right = (part.within(ADDED) for part in parts)
            return Written(rf"\left[{left} {COMPARISONS[detail]} {right}\right]")
        if detail in LOGIC:
            return Written(f" {LOGIC[detail]} ".join(p.within(JUXTAPOSED) for p in parts), HADAMARD)
        if detail == "logical_not":
            return Written(rf"\neg {parts[0].within(ATOM)}", JUXTAPOSED)
        if detail == "cond":
            first = rf"{parts[1].text} & \text{{if }} {parts[0].text}"
            rows = rf"{first} \\ {parts[2].text} & \text{{otherwise}}"
            return Written(rf"\begin{{cases}} {rows} \end{{cases}}", CHOICE)
        if detail == "absolute":
            return Written(rf"\left|{parts[0].text}\right|")
        if detail == "conjugate":
            return Written(rf"\overline{{{parts[0].text}}}")
        if detail == "exp":
            short = len(parts[0].text) < 40 and r"\sum" not in parts[0].text
            if short and "e" not in self.names.values():
                return Written(rf"e^{{{parts[0].text}}}", RAISED)
            return Written(rf"\exp\left({parts[0].text}\right)")
        if detail == "power":
            base = parts[0].within(ATOM)
            return Written(f"{base}^{{{parts[1].text}}}", RAISED)
        if detail == "cbrt":
            return Written(rf"\sqrt[3]{{{parts[0].text}}}")
        if detail == "floor":
            return Written(rf"\left\lfloor {parts[0].text} \right\rfloor")
        if detail == "ceil":
            return Written(rf"\left\lceil {parts[0].text} \right\rceil")
        inside = ", ".join(part.text for part in parts)
        return Written(rf"{function_name(detail)}\left({inside}\right)")

    def _softmax(self, term: Term, indices: Indices) -> Written:
        last = term.detail == term.ndim - 1
        if indices is None:
            if not last:
                raise NeedsIndices
            return Written(
                rf"\operatorname{{softmax}}\left({self.write(term.parts[0], None).text}\right)"
            )
        if last:
            try:
                whole = self._softmax(term, None).text
                return Written(f"{whole}_{{{joined(indices)}}}")
            except NeedsIndices:
                pass
        inside = self.write(term.parts[0], indices).text
        along = indices[term.detail]
        return Written(rf"\operatorname{{softmax}}_{{{along}}}\left({inside}\right)")


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


def _ordered(pairs: list[tuple[Any, Term]]) -> list[tuple[Any, Term]]:
    """Order the terms of a sum: begin with a positive one, and with 1 in 1 - x."""
    alone = all(
        c > 0 and t.kind != Kind.FUNCTION
        for c, t in pairs
        if t.kind != Kind.NUMBER and not isinstance(c, complex)
    )

    def rank(pair: tuple[Any, Term]) -> tuple[bool, int]:
        c, term = pair
        negative = not isinstance(c, complex) and c < 0
        place = (2 if alone else 0) if term.kind == Kind.NUMBER else 1
        return negative, place

    ordered = sorted(pairs, key=rank)
    if all(term.kind in (Kind.SYMBOL, Kind.PRODUCT, Kind.MATMUL) for _, term in ordered):
        ordered.sort(key=lambda pair: (rank(pair)[0], pair[1].kind == Kind.SYMBOL))
    return ordered


def _juxtaposed(factors: list[Written]) -> str:
    last = len(factors) - 1
    texts = []
    for position, factor in enumerate(factors):
        least = JUXTAPOSED if position < last else OPEN
        texts.append(factor.within(least))
    wide = any(text.startswith(r"\mathrm") for text in texts)
    return (r" \, " if wide else " ").join(texts)
