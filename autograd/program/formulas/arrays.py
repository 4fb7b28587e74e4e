"""Write products of matrices, sums over axes, elements and calls in LaTeX."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograd.program.formulas.algebra import kept_axes
from autograd.program.formulas.arranging import positions
from autograd.program.formulas.latex import (
    ATOM,
    JUXTAPOSED,
    OPEN,
    RAISED,
    REDUCTIONS,
    Written,
    escaped,
    function_name,
)
from autograd.program.formulas.terms import Call, Kind, Term
from autograd.program.formulas.writing import ONES, Indices, NeedsIndices, Writer, aligned
from autograd.program.instructions import Constant, Variable


class ArrayWriter(Writer):
    """Writes all kinds of terms."""

    def form(self, term: Term, indices: Indices) -> Written:
        """Write a term that has no name."""
        written: Written = _FORMS[term.kind](self, term, indices)
        return written

    # -- matrices ---------------------------------------------------------------------------

    def _matmul(self, term: Term, indices: Indices) -> Written:
        parts, texts = self.named.chains(term), []
        for position, part in enumerate(parts):
            is_row = part.ndim == 1 and position < len(parts) - 1
            texts.append(self._row(part) if is_row else self.entry(part).within(RAISED))
        return self._at(Written(" ".join(texts), JUXTAPOSED), indices)

    def _transpose(self, term: Term, indices: Indices) -> Written:
        part = term.parts[0]
        if indices is None:
            if term.detail != (*range(term.ndim - 2), term.ndim - 1, term.ndim - 2):
                raise NeedsIndices
            is_named = part in self.names or part.kind != Kind.CALL
            if not is_named and part.detail.function is np.linalg.inv:
                return Written(rf"{self._base(part)}^{{-\top}}", RAISED)
            return Written(self._row(part), RAISED)
        inner: list[str | None] = [None] * term.ndim
        for position, axis in enumerate(term.detail):
            inner[axis] = indices[position]
        return self.write(part, tuple(inner))

    def _reduce(self, term: Term, indices: Indices) -> Written:
        operation, axes, _ = term.detail
        body = term.parts[0]
        if indices is None and any(body.shape[a] != 1 for a in range(body.ndim) if a not in axes):
            simple = body in self.names or body.kind in (Kind.SUM, Kind.SYMBOL)
            if operation != "sum" or body.ndim != 2 or not simple:
                raise NeedsIndices
            if axes == (0,):
                return Written(rf"{self._row(body)} {ONES}", JUXTAPOSED)
            return Written(rf"{self.write(body, None).within(JUXTAPOSED)} {ONES}", JUXTAPOSED)
        length = self._length(term)
        if length is not None:
            return Written(rf"{length.text}^{{2}}", RAISED)
        before = self.used[:]
        new = iter(self._new([body.shape[a] for a in axes]))
        outside = indices or (None,) * body.ndim
        inner = tuple(next(new) if a in axes else outside[a] for a in range(body.ndim))
        text = self.write(body, inner).within(OPEN)
        self.used = before
        letters = ", ".join(filter(None, [inner[a] for a in axes]))
        return Written(f"{REDUCTIONS[operation]}_{{{letters}}} {text}", OPEN)

    def _spread(self, term: Term, indices: Indices) -> Written:
        if indices is None:
            raise NeedsIndices
        return self.write(term.parts[0], aligned(indices, term.parts[0]))

    def _reshape(self, term: Term, indices: Indices) -> Written:
        part = term.parts[0]
        axes = kept_axes(part.shape, term.shape)
        if axes is None:
            shape = r" \times ".join(map(str, term.shape)) or "1"
            inside = self.entry(part).text
            whole = Written(rf"\operatorname{{reshape}}_{{{shape}}}\left({inside}\right)")
            return self._at(whole, indices)
        if indices is None:
            if term.shape == ():
                return self.write(part, (None,) * part.ndim or None)
            is_matrix = part.kind == Kind.REDUCE and part.ndim == 2
            columns = (*part.shape, 1) == term.shape or (*term.shape, 1) == part.shape
            if columns or (is_matrix and term.ndim == 1):
                return self.write(part, None)  # a vector is a column
            if term.ndim == 2 and _is_vector(part) and 1 in term.shape:
                return Written(self._row(part), RAISED)
            raise NeedsIndices
        inner: list[str | None] = [None] * part.ndim
        for position, axis in enumerate(axes):
            if axis is not None:
                inner[axis] = indices[position]
        return self.write(part, tuple(inner))

    # -- elements, assignments and calls ----------------------------------------------------

    def _index(self, term: Term, indices: Indices) -> Written:
        base = self.entry(term.parts[0]).within(ATOM)
        where = self._places(term.detail, term.parts[1:])
        return self._at(Written(f"{_grouped(base)}_{{[{where}]}}"), indices)

    def _update(self, term: Term, indices: Indices) -> Written:
        call, adds = term.detail
        base, value, *inside = term.parts
        if base.kind == Kind.SPREAD and base.parts[0].kind == Kind.NUMBER:
            text = rf"\mathbf{{{self._number(base.parts[0].detail).text}}}"
        else:
            text = _grouped(self.entry(base).within(ATOM))
        arrow = r"\mathrel{+}=" if adds else r"\leftarrow"
        change = f"[{self._places(call, inside)}] {arrow} {self.entry(value).text}"
        return self._at(Written(f"{text}_{{{change}}}"), indices)

    def _places(self, call: Call, parts: Iterable[Term]) -> str:
        index, left = call.arguments, iter(parts)
        places = index if isinstance(index, tuple) else (index,)
        return ", ".join(self._argument(place, left) for place in places)

    def _argument(self, x: Any, left: Iterator[Term]) -> str:
        """Write an argument of a call, or a part of an index; variables are the next parts."""
        if isinstance(x, (Variable, Constant)):
            return self.entry(next(left)).text
        if isinstance(x, slice):
            ends = ["" if e is None else self._argument(e, left) for e in (x.start, x.stop, x.step)]
            return ":".join(ends if ends[2] else ends[:2])
        if x is Ellipsis:
            return r"\dots"
        if isinstance(x, (list, tuple)):
            return rf"\left({', '.join(self._argument(item, left) for item in x)}\right)"
        if isinstance(x, (int, float, np.integer)) and not isinstance(x, bool):
            return self._number(float(x)).text
        return rf"\text{{{escaped(getattr(x, '__name__', None) or str(x))}}}"

    def _call(self, term: Term, indices: Indices) -> Written:
        call, left = term.detail, iter(term.parts)
        if call.function is np.linalg.inv:
            return self._at(Written(f"{self._base(term)}^{{-1}}", RAISED), indices)
        joined = self._joined(term) if call.function is np.concatenate else None
        if joined is not None:
            return self._at(joined, indices)
        written = [self._argument(x, left) for x in call.arguments]
        written += [
            rf"\text{{{escaped(k)}}}={self._argument(x, left)}" for k, x in call.keywords.items()
        ]
        found = Written(rf"{function_name(call.name)}\left({', '.join(written)}\right)")
        for position in call.path:
            found = Written(rf"{_grouped(found.text)}_{{[{position}]}}")
        return self._at(found, indices)

    def _sum(self, term: Term, indices: Indices) -> Written:
        blocks = self._blocks(term)
        return super()._sum(term, indices) if blocks is None else self._at(blocks, indices)

    def _base(self, inverse: Term) -> str:
        return self.entry(inverse.parts[0]).within(ATOM)

    def _joined(self, term: Term) -> Written | None:
        """Write arrays that are joined as a matrix of blocks."""
        arguments, axis = term.detail.arguments, term.detail.keywords.get("axis", 0)
        axis = arguments[1] if len(arguments) > 1 else axis
        if term.ndim > 2 or axis is None or len(arguments[0]) != len(term.parts):
            return None
        if any(part.kind == Kind.SPREAD for part in term.parts):
            return None
        return self._matrix(term.parts, axis % term.ndim, term)

    def _matrix(self, parts: Iterable[Term], axis: int, term: Term) -> Written:
        texts = [
            self._row(part) if axis == 0 and part.ndim < term.ndim == 2 else self.entry(part).text
            for part in parts
        ]
        inside = (r" & " if axis else r" \\ ").join(texts)
        return Written(rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}")

    def _blocks(self, term: Term) -> Written | None:
        """Write a sum of arrays, each 0 except for a slice, as a matrix of these slices."""
        pieces = []
        for c, part in self.named.sums(term):
            if c != 1 or part.kind != Kind.UPDATE or len(part.parts) != 2 or part in self.names:
                return None
            index = (part.detail[0].arguments,)
            where, value = positions(operator.getitem, index, {}, part.shape), part.parts[1]
            if not where.size or value.shape != where.shape or value.kind == Kind.SPREAD:
                return None
            pieces.append((where, value))
        pieces.sort(key=lambda piece: int(piece[0].flat[0]))
        for axis in range(min(term.ndim, 2)):
            tiles = [w if w.ndim == term.ndim else np.expand_dims(w, axis) for w, _ in pieces]
            try:
                tiled = np.concatenate(tiles, axis)
            except ValueError:
                continue
            if tiled.shape == term.shape and np.array_equal(tiled.ravel(), np.arange(tiled.size)):
                return self._matrix([value for _, value in pieces], axis, term)
        return None


_FORMS: dict[Kind, Any] = {
    kind: getattr(ArrayWriter, f"_{kind.name.lower()}")
    for kind in Kind
    if kind not in (Kind.SYMBOL, Kind.NUMBER, Kind.PRODUCT)
}


def _is_vector(term: Term) -> bool:
    return term.ndim == 1 or (term.ndim == 2 and 1 in term.shape)


def _grouped(text: str) -> str:
    return f"{{{text}}}" if "_" in text or "^" in text else text
