"""Terms that have names, and how sums and products are split so that these stay together."""

from __future__ import annotations

import math
from typing import Any

from autograd.program.formulas import algebra
from autograd.program.formulas.latex import with_number
from autograd.program.formulas.terms import Kind, Term, make


class NamedTerms:
    """The names of terms.

    Attributes
    ----------
    names : dict
        Names of terms, in LaTeX.
    taken : set of str
        All names.
    """

    def __init__(self) -> None:
        self.names: dict[Term, str] = {}
        self.taken: set[str] = set()
        self._counts: dict[str, int] = {}
        #: Named sums and products, by their kind and first part.
        self._by_part: dict[tuple[Kind, Term], list[Term]] = {}

    def give(self, term: Term, text: str) -> None:
        """Name a term, with a number if the name is taken."""
        wanted = text
        while text in self.taken:
            count = self._counts[wanted] = self._counts.get(wanted, 1) + 1
            text = with_number(wanted, count)
        self.taken.add(text)
        self.names[term] = text
        if term.kind in (Kind.SUM, Kind.PRODUCT, Kind.MATMUL) and len(term.parts) > 1:
            self._by_part.setdefault((term.kind, term.parts[0]), []).append(term)
            if term.kind == Kind.MATMUL and term.ndim == 2:
                first = algebra.transpose(term)
                start = first.parts[0] if first.kind == Kind.MATMUL else first
                self._by_part.setdefault((Kind.MATMUL, start), []).append(term)

    def parts(self, term: Term) -> list[Term]:
        """Return what a formula for a term consists of."""
        if term.kind == Kind.SUM:
            return [part for _, part in self.sums(term)]
        if term.kind == Kind.PRODUCT:
            return [part for _, part in self.products(term)]
        return self.chains(term) if term.kind == Kind.MATMUL else list(term.parts)

    def sums(self, term: Term) -> list[tuple[Any, Term]]:
        """Split a sum into coefficients and terms; a named sum among them stays together."""
        left = dict(zip(term.parts, term.detail, strict=True))
        found: list[tuple[Any, Term]] = []
        for named in self._named(Kind.SUM, term):
            first = named.parts[0]
            if first not in left:
                continue
            ratio = left[first] / named.detail[0]
            if all(
                part in left and math.isclose(left[part].real, (ratio * c).real, rel_tol=1e-14)
                and left[part].imag == (ratio * c).imag
                for part, c in zip(named.parts, named.detail, strict=True)
            ):  # fmt: skip
                found.append((ratio, named))
                for part in named.parts:
                    del left[part]
        return [*found, *((c, part) for part, c in left.items())]

    def products(self, term: Term) -> list[tuple[Any, Term]]:
        """Split a product into exponents and terms; a named product among them stays together."""
        left = dict(zip(term.parts, term.detail, strict=True))
        found: list[tuple[Any, Term]] = []
        for named in self._named(Kind.PRODUCT, term):
            pairs = list(zip(named.parts, named.detail, strict=True))
            times = [left.get(part, 0.0) / e for part, e in pairs]
            whole = min(times, key=abs)
            if abs(whole) < 1 or any(t * whole < abs(whole) for t in times):
                continue
            whole = math.trunc(whole)
            found.append((float(whole), named))
            for part, e in pairs:
                left[part] -= whole * e
                if left[part] == 0:
                    del left[part]
        return [*found, *((e, part) for part, e in left.items())]

    def chains(self, term: Term) -> list[Term]:
        """Split a product of matrices into factors; a named product among them stays together."""
        left = list(term.parts)
        for named in self._named(Kind.MATMUL, term):
            for whole in (named, algebra.transpose(named) if named.ndim == 2 else named):
                parts = whole.parts if whole.kind == Kind.MATMUL else ()
                for start in range(len(left) - len(parts) + 1) if parts else ():
                    if tuple(left[start : start + len(parts)]) == parts:
                        turned = make(Kind.TRANSPOSE, (named,), (1, 0), named.shape[::-1])
                        left[start : start + len(parts)] = [named if whole is named else turned]
                        break
        return left

    def _named(self, kind: Kind, term: Term) -> list[Term]:
        """Return named terms that may be contained in another one, longest first."""
        named = {
            other
            for part in term.parts
            for other in self._by_part.get((kind, part), ())
            if other is not term
            and other in self.names
            and len(other.parts) <= len(term.parts)
            and other.number < term.number
        }
        return sorted(named, key=lambda other: (-len(other.parts), other.number))
