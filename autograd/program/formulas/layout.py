"""A program as a list of formulas: which terms get names, and in which order they are defined."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd.program.formulas import algebra, latex
from autograd.program.formulas.arrays import ArrayWriter
from autograd.program.formulas.latex import escaped
from autograd.program.formulas.named import NamedTerms
from autograd.program.formulas.reading import Reader
from autograd.program.formulas.recognising import OPPOSITE, core
from autograd.program.formulas.terms import Kind, Term
from autograd.program.formulas.writing import without_brackets
from autograd.program.instructions import Constant, Instruction, Variable, substituted
from autograd.program.source.description import transformed
from autograd.program.source.names import naming_of

#: A term that is used again is named if its uses save this much.
SAVED = 3

#: A longer formula is divided.
LONGEST = 26

LETTERS = {0: "stuvrqpc", 1: "uvrstqpcg", 2: "ABCDEFGHMNPRSTUVWXYZ"}


class Line(NamedTuple):
    """One formula: a name, what it stands for, and both in LaTeX with ``&=`` between them."""

    name: str
    term: Term
    text: str


class Formulas(NamedTerms):
    """The formulas of a program.

    Attributes
    ----------
    lines : list of Line
        Definitions before what uses them, the results last.
    conditions : list of str
        For which inputs they hold, in LaTeX.
    """

    def __init__(self, program: Any) -> None:
        self.program = program
        self.reader = Reader(program)
        super().__init__()
        self.lines: list[Line] = []
        naming = naming_of(program)
        self._gradients = naming.gradients
        self._user: dict[Any, str] = {
            x: name
            for x, name in naming.wanted.items()
            if type(name) is str and x not in naming.gradients
        }
        self._name_inputs()
        self.results = list(self._named_results())
        self._name_results()
        self._name_variables()
        self.writer = ArrayWriter(self, _sizes(program))
        self._name_repeated()
        self._define()
        self.conditions = list(self._conditions())

    # -- names ------------------------------------------------------------------------------

    def _name_inputs(self) -> None:
        count = 0
        for x, term in self.reader.inputs.items():
            text = self._user.get(x) or x.hint
            if not text:
                count += 1
                text = f"c{count}" if isinstance(x, Constant) else f"x{count}"
            self.give(term, latex.name(text))

    def _named_results(self) -> Iterator[tuple[str, Term]]:
        """Yield names and terms of what the program returns and stores."""
        outputs: list[tuple[str, Any]] = []
        _labelled(self.program.output, "", outputs)
        roots = [x for x in self.program.derived if x not in self.reader.inputs]
        root = roots[0] if len(roots) == 1 else None
        targets = self._targets([x for _, x in outputs])
        if len(set(roots)) > 1:  # a derivative of a derivative, or of two functions
            targets = [None] * len(outputs)
        is_derived = any(targets) or any(store.what == "grad" for store in self.program.stores)
        self._loss = self._name_of_value(root, is_derived)
        value = self.reader.terms.get(root) if any(targets) else None
        if value is not None and all(self.reader.of(x) is not value for _, x in outputs):
            yield self._loss, value
        plain = targets.count(None)
        for (place, x), target in zip(outputs, targets, strict=True):
            if target is not None:
                yield self._derivative(target), self.reader.of(x)
                continue
            text = self._user.get(x, "") if isinstance(x, Variable) else ""
            text = self._unique(latex.name(text)) if text else self._loss
            if not self._user.get(x, "") and plain > 1:
                text = f"{text}_{{{place or 1}}}"
            yield text, self.reader.of(x)
        for store in self.program.stores:
            if isinstance(store.value, (Variable, Constant)):
                yield self._stored(store), self.reader.of(store.value)

    def _unique(self, text: str) -> str:
        """Return a name for a result that is not the name of an input."""
        wanted, count = text, 1
        while text in self.taken:
            count += 1
            text = latex.with_number(wanted, count)
        return text

    def _stored(self, store: Any) -> str:
        """Return a name for what the program stores in a node."""
        loads = (x.variable for x in self.program.loads if x.node is store.node)
        loaded = next((x for x in loads if x in self.reader.inputs), None)
        label = latex.name(store.node.label or "w")
        if loaded is not None:
            label = self.names[self.reader.inputs[loaded]]
        if store.what == "data":
            return rf"{label}^{{\text{{new}}}}"
        return rf"\frac{{\partial {self._loss}}}{{\partial {label}}}"

    def _targets(self, outputs: list[Any]) -> list[Variable | None]:
        """Return for each result what it is the derivative with respect to."""
        found = [self._target(x) for x in outputs]
        known = transformed(self.program)
        if known is None:
            return found
        what, _, chosen, _ = known
        expected: list[tuple[str, Any]] = []
        for position in chosen:
            _labelled(self.program.parameters[position].value, "", expected)
        plain = len(outputs) - len(expected)
        if plain != (what == "value_and_grad"):
            return found
        found[:plain] = [None] * plain  # exp(x) is its own derivative
        wanted = [None] * plain + [x if isinstance(x, Variable) else None for _, x in expected]
        return [a or b for a, b in zip(found, wanted, strict=True)]

    def _target(self, x: Any) -> Variable | None:
        """Return what a result is the derivative by; None if it is not a derivative."""
        while isinstance(x, Variable):
            found = self._gradients.get(x)
            if found:
                known = [target for target in found if target in self.reader.inputs]
                return known[-1] if known else found[-1]
            x = self.reader.same.get(x)
        return None

    def _name_of_value(self, root: Variable | None, is_derived: bool) -> str:
        """Return a name for the value: the user's, L where something is derived, else y."""
        while root is not None and root not in self._user:
            root = self.reader.same.get(root)
        if root is not None:
            return self._unique(latex.name(self._user[root]))
        inputs = {latex.name(x.hint) for x in self.reader.inputs if x.hint}
        for text in ("L", "f", r"\mathcal{L}") if is_derived else ("y", "z", "f"):
            if text not in inputs:
                return text
        return r"\ell"

    def _derivative(self, target: Any) -> str:
        name = self._user.get(target) or target.hint or "x"
        return rf"\frac{{\partial {self._loss}}}{{\partial {latex.name(name)}}}"

    def _name_results(self) -> None:
        names = Counter(name for name, _ in self.results)
        for name, term in self.results:
            inner = core(term)
            if inner not in self.names and inner.kind != Kind.NUMBER and names[name] == 1:
                self.give(inner, name)

    def _name_variables(self) -> None:
        """Give terms the names that the user gave their variables."""
        for x, text in self._user.items():
            term = self.reader.terms.get(x)
            if term is None:
                continue
            inner = core(term)
            if inner not in self.names and inner.kind not in (Kind.SYMBOL, Kind.NUMBER):
                self.give(inner, latex.name(text))

    def _name_repeated(self) -> None:
        """Name what is used again and again, and parts of what is long."""
        derivatives = {
            core(self.reader.terms[x]): x
            for x in _variables(self.program)
            if x in self._gradients
            and x in self.reader.terms
            and self._user.get(self._gradients[x][-1])
        }
        roots = [term for _, term in self.results]
        used: Counter[Term] = Counter()
        order = list(self._visible(roots, used))
        weights: dict[Term, int] = {}
        for term in order:
            if term.kind in (Kind.MATMUL, Kind.TRANSPOSE, Kind.CALL, Kind.INDEX, Kind.UPDATE):
                self._name_elements(term, weights, derivatives)
            weights[term] = self._weight(term, weights)
            while weights[term] > LONGEST:
                parts = [
                    p for p in map(core, self._contents(term)) if self._nameable(p, weights, 3)
                ]
                if not parts:
                    break
                self._name_new(max(parts, key=lambda p: weights[p]), derivatives)
                weights[term] = self._weight(term, weights)
            saved = (used[term] - 1) * (weights[term] - 1)
            if saved >= SAVED and self._nameable(term, weights, 2):
                self._name_new(term, derivatives)

    def _contents(self, term: Term) -> Iterator[Term]:
        """Yield the parts of a term, and in the place of arrays with few elements, these."""
        for part in self.parts(term):
            yield part.parts[1] if part.kind == Kind.UPDATE and term.kind == Kind.SUM else part

    def _name_elements(self, term: Term, weights: Any, derivatives: Any) -> None:
        """Name the operands of a product of matrices that are written with indices."""
        for part in term.parts:
            inner = core(part)
            if self._nameable(inner, weights, 2) and not self.writer.is_whole(part):
                self._name_new(inner, derivatives)

    def _nameable(self, term: Term, weights: dict[Term, int], least: int) -> bool:
        """Return whether a term is worth a name."""
        if term in self.names or term.kind in (
            Kind.SYMBOL,
            Kind.NUMBER,
            Kind.TRANSPOSE,
            Kind.RESHAPE,
            Kind.SPREAD,
        ):
            return False
        if term.kind == Kind.SUM and (len(term.parts) == 1 or self._is_small(term)):
            return False
        if term.kind == Kind.FUNCTION and term.detail in ("equal", "greater", "less"):
            return False
        if term.kind == Kind.CALL and term.detail.function is np.linalg.inv:
            return False
        return weights.get(term, 0) >= least

    def _is_small(self, term: Term) -> bool:
        """Return whether a term is a sum like 1 - x."""
        return len(term.parts) == 2 and all(
            part.kind in (Kind.NUMBER, Kind.SYMBOL) or part in self.names for part in term.parts
        )

    def _name_new(self, term: Term, derivatives: dict[Term, Variable]) -> None:
        x = derivatives.get(term)
        if x is not None:
            self.give(term, self._derivative(self._gradients[x][-1]))
            return
        shape = [n for n in term.shape if n != 1]
        letters = LETTERS[min(len(shape), 2)]
        for letter in letters:
            if letter not in self.taken:
                self.give(term, letter)
                return
        count = 1
        while f"{letters[0]}_{{{count}}}" in self.taken:
            count += 1
        self.give(term, f"{letters[0]}_{{{count}}}")

    # -- what a formula shows ---------------------------------------------------------------

    def _visible(self, roots: list[Term], used: Counter[Term]) -> Iterator[Term]:
        """Yield the terms that are written, parts first, and count where each is used."""
        seen: set[Term] = set()
        stack: list[tuple[Term, bool]] = [(root, False) for root in reversed(roots)]
        used.update(roots)
        while stack:
            term, done = stack.pop()
            if done:
                yield term
                continue
            if term in seen:
                continue
            seen.add(term)
            stack.append((term, True))
            for part in reversed(self.parts(term)):
                used[part] += 1
                stack.append((part, False))

    def _weight(self, term: Term, weights: dict[Term, int]) -> int:
        """Return about how long a formula is."""
        total = 0
        for part in self.parts(term):
            total += 1 if part in self.names else weights.get(part, 1)
        if term.kind in (Kind.SYMBOL, Kind.NUMBER):
            return 1
        if term.kind in (Kind.FUNCTION, Kind.CALL):
            total += 1
        return max(
            1,
            total
            + (term.kind not in (Kind.SUM, Kind.PRODUCT, Kind.MATMUL, Kind.RESHAPE, Kind.SPREAD)),
        )

    # -- lines ------------------------------------------------------------------------------

    def _define(self) -> None:
        """Add the definitions of the results, each after those that it needs."""
        done: set[Term] = set()
        stack = [(*result, False) for result in reversed(self.results)]
        while stack:
            name, term, ready = stack.pop()
            key = core(term)
            own = self.names.get(key) == name and key.kind != Kind.SYMBOL
            if ready:
                if own:
                    del self.names[key]
                self.lines.append(Line(name, term, self.writer.line(name, term)))
                if own:
                    self.names[key] = name
            elif not own or key not in done:
                done.update([key] if own else [])
                stack.append((name, term, True))
                for used in reversed(self._named_within(self.parts(key) if own else [term])):
                    if used not in done and used.kind != Kind.SYMBOL:
                        stack.append((self.names[used], used, False))

    def _named_within(self, terms: list[Term]) -> list[Term]:
        """Return the named terms in a formula, in the order in which they are written."""
        found: dict[Term, None] = {}
        stack, seen = terms[::-1], set[Term]()
        while stack:
            term = stack.pop()
            if term in self.names:
                found[term] = None
            elif term not in seen:
                stack.extend(reversed(self.parts(term)))
            seen.add(term)
        return list(found)

    def _conditions(self) -> Iterator[str]:
        for term, holds in self.reader.conditions:
            if not holds and term.kind == Kind.FUNCTION and term.detail in OPPOSITE:
                term, holds = algebra.function(OPPOSITE[term.detail], *term.parts), True
            text = without_brackets(self.writer.entry(term).text)
            yield text if holds else rf"\neg\left({text}\right)"
        for guard in self.reader.checked:
            kind = getattr(guard.convert, "__name__", "value")
            inside = self.writer.entry(self.reader.of(guard.variable)).text
            expected = escaped(str(guard.expected)[:40])
            yield rf"\operatorname{{{escaped(kind)}}}\left({inside}\right) = \text{{{expected}}}"

    # -- text -------------------------------------------------------------------------------

    def latex(self) -> str:
        """Return all lines as an ``aligned`` block of LaTeX."""
        lines = [line.text for line in self.lines]
        if self.conditions:
            lines.append(r"&\text{for } " + r",\ ".join(self.conditions))
        inside = " \\\\\n".join(lines)
        return f"\\begin{{aligned}}\n{inside}\n\\end{{aligned}}"


def _variables(program: Any) -> Iterator[Variable]:
    yield from program.inputs
    for load in program.loads:
        if load.variable is not None:
            yield load.variable
    for item in program.items:
        if isinstance(item, Instruction):
            yield from item.makes()


def _labelled(x: Any, place: str, found: list[tuple[str, Any]]) -> None:
    """List the results with a text that says where each stands."""
    if isinstance(x, (Variable, Constant, float, int, complex, np.generic)):
        found.append((place, x))
    elif isinstance(x, dict):
        for key, item in x.items():
            _labelled(item, f"{place},{key}".strip(","), found)
    elif isinstance(x, (tuple, list)):
        for position, item in enumerate(x):
            _labelled(item, f"{place},{position + 1}".strip(","), found)
    else:
        parts: list[Any] = []
        substituted(x, parts.append)
        found.extend((place, part) for part in parts)


def _sizes(program: Any) -> set[int]:
    """Return numbers of elements that occur in a program."""
    found: set[int] = set()
    for x in _variables(program):
        found.update(x.shape)
        found.add(math.prod(x.shape))
    return found - {1}
