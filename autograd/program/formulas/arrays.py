"""Write products of matrices, sums over axes, elements and calls in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from autograd.program.formulas.algebra import kept_axes
from autograd.program.formulas.signs import (
    ATOM,
    JUXTAPOSED,
    OPEN,
    RAISED,
    REDUCTIONS,
    NeedsIndices,
    Written,
    escaped,
    function_name,
)
from autograd.program.formulas.terms import Call, Kind, Term, make
from autograd.program.formulas.writing import Indices, Writer, aligned, joined
from autograd.program.instructions import Constant, Variable


class ArrayWriter(Writer):
    """Writes all kinds of terms."""

    def form(self, term: Term, indices: Indices) -> Written:
        """Write a term that has no name."""
        written: Written = _FORMS[term.kind](self, term, indices)
        return written

    # -- matrices ---------------------------------------------------------------------------

    def _matmul(self, term: Term, indices: Indices) -> Written:
        if indices is None:
            texts = []
            parts = self.chains(term)
            for position, part in enumerate(parts):
                text = self.write(part, None).within(RAISED)
                if part.ndim == 1 and position < len(parts) - 1:
                    text = rf"{self.write(part, None).within(ATOM)}^{{\top}}"
                texts.append(text)
            return Written(" ".join(texts), JUXTAPOSED)
        if not joined(indices) or all(part.ndim < 3 for part in term.parts):
            try:
                whole = self._matmul(term, None)
                index = joined(indices)
                return Written(rf"\left({whole.text}\right)_{{{index}}}") if index else whole
            except NeedsIndices:
                pass
        return self._summed_product(term, indices)

    def _summed_product(self, term: Term, indices: tuple[str | None, ...]) -> Written:
        """Write an element of a product of matrices as a sum."""
        first, *others = term.parts
        inner: list[str | None] = []
        before = self.used[:]
        for part in others:
            inner += self._new((part.shape[-2 if part.ndim > 1 else 0],))
        rows = list(indices)
        last = rows.pop() if others[-1].ndim > 1 else None
        row = rows.pop() if first.ndim > 1 else None
        texts = []
        for position, part in enumerate(term.parts):
            left = row if position == 0 else inner[position - 1]
            right = last if position == len(others) else inner[position]
            own: tuple[str | None, ...] = (left, right)
            if part.ndim == 1:
                own = (right,) if position == 0 else (left,)
            stack = rows[len(rows) - (part.ndim - 2) :] if part.ndim > 2 else []
            texts.append(self.write(part, (*stack, *own)).within(JUXTAPOSED))
        self.used = before
        lengths = [part.shape[-2 if part.ndim > 1 else 0] for part in others]
        return _over("sum", zip(inner, lengths, strict=True), " ".join(texts))

    def _transpose(self, term: Term, indices: Indices) -> Written:
        part = term.parts[0]
        if indices is None:
            order = (*range(term.ndim - 2), term.ndim - 1, term.ndim - 2)
            if term.detail != order:
                raise NeedsIndices
            return Written(rf"{self.write(part, None).within(ATOM)}^{{\top}}", RAISED)
        inner: list[str | None] = [None] * term.ndim
        for position, axis in enumerate(term.detail):
            inner[axis] = indices[position]
        return self.write(part, tuple(inner))

    def _reduce(self, term: Term, indices: Indices) -> Written:
        operation, axes, _ = term.detail
        body = term.parts[0]
        if (
            indices is None
            and len(axes) < body.ndim
            and any(body.shape[a] != 1 for a in range(body.ndim) if a not in axes)
        ):
            raise NeedsIndices
        if operation == "sum":
            length = self._length(term, None)
            if length is not None:
                return Written(rf"{length.text}^{{2}}", RAISED)
        before = self.used[:]
        new = iter(self._new([body.shape[a] for a in axes]))  # type: ignore[arg-type]
        outside = indices or (None,) * body.ndim
        inner = tuple(next(new) if a in axes else outside[a] for a in range(body.ndim))
        text = self.write(body, inner).within(OPEN)
        self.used = before
        return _over(operation, [(inner[a], body.shape[a]) for a in axes], text)

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
            return self._with_indices(
                Written(rf"\operatorname{{reshape}}_{{{shape}}}\left({inside}\right)"), indices
            )
        if term.shape == () or (indices is None and _is_column(part, term)):
            return self.write(part, None if part.ndim == 0 else (None,) * part.ndim)
        if indices is None:
            raise NeedsIndices
        inner: list[str | None] = [None] * part.ndim
        for position, axis in enumerate(axes):
            if axis is not None:
                inner[axis] = indices[position]
        return self.write(part, tuple(inner))

    # -- elements, assignments and calls ----------------------------------------------------

    def entry(self, term: Term) -> Written:
        """Write a term as a whole: if need be, as the matrix of its elements."""
        if term.kind == Kind.SPREAD and term.parts[0].shape == ():
            term = term.parts[0]
        try:
            return self.write(term, None)
        except NeedsIndices:
            before = self.used[:]
            indices = self._new(term.shape)
            text = self.write(term, indices).text
            self.used = before
            index = joined(indices)
            return Written(rf"\left({text}\right)_{{{index}}}" if index else text)

    def is_whole(self, term: Term) -> bool:
        """Return whether a term has a notation without indices."""
        self.used, self.flipped = [], None
        try:
            self.write(term, None)
        except NeedsIndices:
            return False
        return True

    def _with_indices(self, written: Written, indices: Indices) -> Written:
        index = joined(indices) if indices is not None else ""
        return Written(rf"\left({written.text}\right)_{{{index}}}") if index else written

    def _index(self, term: Term, indices: Indices) -> Written:
        base = self.entry(term.parts[0]).within(ATOM)
        where = self._places(term.detail, term.parts[1:])
        return self._with_indices(Written(f"{_grouped(base)}_{{[{where}]}}"), indices)

    def _update(self, term: Term, indices: Indices) -> Written:
        index, adds = term.detail
        base, value = term.parts[:2]
        if base.kind == Kind.SPREAD and base.parts[0].kind == Kind.NUMBER:
            text = rf"\mathbf{{{self._number(base.parts[0].detail).text}}}"
        else:
            text = _grouped(self.entry(base).within(ATOM))
        arrow = r"\mathrel{+}=" if adds else r"\leftarrow"
        change = f"[{self._places(index, term.parts[2:])}] {arrow} {self.entry(value).text}"
        return self._with_indices(Written(f"{text}_{{{change}}}"), indices)

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
        if isinstance(x, (int, float)) and not isinstance(x, bool):
            return self._number(x).text
        return rf"\text{{{escaped(getattr(x, '__name__', None) or str(x))}}}"

    def _call(self, term: Term, indices: Indices) -> Written:
        call, left = term.detail, iter(term.parts)
        written = [self._argument(x, left) for x in call.arguments]
        written += [
            rf"\text{{{escaped(k)}}}={self._argument(x, left)}" for k, x in call.keywords.items()
        ]
        if call.name == "inv" and len(written) == 1:
            base = self.entry(term.parts[0]).within(ATOM)
            found = Written(rf"{base}^{{-1}}", RAISED)
        else:
            found = Written(rf"{function_name(call.name)}\left({', '.join(written)}\right)")
        for position in call.path:
            found = Written(rf"{_grouped(found.text)}_{{[{position}]}}")
        return self._with_indices(found, indices)


_SUBSCRIPT = re.compile(r"_\{((?:[^{}]|\{[^{}]*\})*)\}")


def _over(operation: str, indices: Iterable[tuple[str | None, int]], text: str) -> Written:
    """Write a reduction over indices of some lengths.

    The length of an axis is that of what the index stands at. An index that occurs nowhere gets
    its limits.
    """
    symbol, found, limited = REDUCTIONS[operation], "", ""
    subscripts = _SUBSCRIPT.findall(text)
    for letter, length in indices:
        if letter is None:
            continue
        if any(letter in subscript for subscript in subscripts) or operation not in ("sum", "prod"):
            found += f", {letter}" if found else letter
        else:
            limited += rf"{symbol}_{{{letter}=1}}^{{{length}}} "
    return Written(f"{limited}{symbol}_{{{found}}} {text}" if found else limited + text, OPEN)


def transposed(term: Term) -> Term:
    """Return the transpose of a matrix as it stands, not simplified."""
    return make(Kind.TRANSPOSE, (term,), (1, 0), term.shape[::-1])


_FORMS: dict[Kind, Any] = {
    Kind.SUM: ArrayWriter._sum,
    Kind.PRODUCT: ArrayWriter._product,
    Kind.FUNCTION: ArrayWriter._function,
    Kind.SOFTMAX: ArrayWriter._softmax,
    Kind.MATMUL: ArrayWriter._matmul,
    Kind.TRANSPOSE: ArrayWriter._transpose,
    Kind.REDUCE: ArrayWriter._reduce,
    Kind.SPREAD: ArrayWriter._spread,
    Kind.RESHAPE: ArrayWriter._reshape,
    Kind.INDEX: ArrayWriter._index,
    Kind.UPDATE: ArrayWriter._update,
    Kind.CALL: ArrayWriter._call,
}


def _is_column(part: Term, term: Term) -> bool:
    """Return whether a change of shape only makes a vector a column, which it is anyway."""
    return part.ndim == 1 and term.shape == (*part.shape, 1)


def _grouped(text: str) -> str:
    return f"{{{text}}}" if "_" in text or "^" in text else text
