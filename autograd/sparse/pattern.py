"""The pattern of a derivative: which of its entries may be other than zero, from a program.

The program computes the product of the derivative with a tangent. What a result depends on, among
the elements of the tangent, are the entries of its row that may be other than zero. Each
instruction passes on the sets of its operands: a rule says how, for each kind of function. Other
functions written in Python have programs of their own; for the rest, everything depends on
everything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.program.instructions import Attempt, Constant, Guard, Instruction, Variable
from autograd.program.passes.dead_code import without_dead_code
from autograd.program.passes.effects import is_pure
from autograd.program.program import Program
from autograd.rules.own_sparsity import Claim
from autograd.sparse import axes, claims, contractions, elements, scipy_functions, writing
from autograd.sparse.inside import traced_inside
from autograd.sparse.memory import Memories
from autograd.sparse.operands import Operand, Step, Unknown, plain, sets_of
from autograd.sparse.sets import Sets, joined

#: Functions that look only at shapes and types: their results are known, whatever the numbers.
_LIKE = frozenset((np.zeros_like, np.ones_like, np.empty_like, np.shape, np.ndim, np.size))


@dataclass
class Pattern:
    """Which entries of a derivative may be other than zero.

    Attributes
    ----------
    sets : Sets
        The columns of the entries, for each element of the result.
    dense : set of str
        The functions for which every result counts as depending on every operand.
    claimed : set of str
        The functions whose pattern the user has written.
    """

    sets: Sets
    dense: set[str]
    claimed: set[str]

    def with_entries_of(self, other: Pattern) -> Pattern:
        """Return the pattern of both; itself, if the other one has no more entries."""
        sets = self.sets.union(other.sets)
        if sets is self.sets:
            return self
        return Pattern(sets, self.dense | other.dense, self.claimed | other.claimed)


def pattern_of(program: Program, count: int) -> Pattern:
    """Return the pattern of a derivative.

    Parameters
    ----------
    program : Program
        Computes the product of the derivative with a tangent.
    count : int
        How many of its first inputs are the tangent.
    """
    sizes = [math.prod(x.shape) for x in program.inputs[:count]]
    width = sum(sizes)
    inputs = [Operand(x.shape, None) for x in program.inputs]
    first = 0
    for operand, size in zip(inputs, sizes, strict=False):
        operand.sets = Sets.identity(first, size, width)
        first += size
    found = _Propagation(without_dead_code(program), inputs, width)
    parts = found.results() or [Sets.empty(1, width)]  # or a number that depends on nothing
    return Pattern(joined(parts), found.dense, found.claimed)


class _Propagation:
    """The sets of all variables, while the instructions of a program are carried out."""

    def __init__(self, program: Program, inputs: list[Operand], width: int) -> None:
        self.program = program
        self.width = width
        self.memories = Memories(program, width)
        self.dense: set[str] = set()
        self.claimed: set[str] = set()
        for x, operand in zip(program.inputs, inputs, strict=True):
            self.memories.take(x, operand)
        for load in program.loads:
            if load.variable is not None:
                self.memories.depend(load.variable, None)

    def results(self) -> list[Sets]:
        """Carry out all instructions, and return the sets of what the program returns."""
        for item in self.program.items:
            if not isinstance(item, Guard):
                self.carry_out(item)
        operands = map(self.memories.operand, self.program.outputs)
        return [sets_of(x, self.width) for x in operands]

    def carry_out(self, item: Instruction) -> None:
        """Note what the results of an instruction depend on."""
        arguments = self.memories.substituted(item.arguments)
        keywords = self.memories.substituted(item.keywords)
        results = list(item.makes())
        step = Step(item.function, arguments, keywords, results, self.width, item.primitive)
        operands = step.operands()
        depends = any(x.sets is not None for x in operands)
        if item.writes is not None:
            self._write(step, item.writes, depends)
            return
        if not depends:
            self._evaluate(item, step, all(x.known for x in operands))
            return
        if isinstance(item.function, Attempt):
            sets = [Sets.empty(1, self.width)] * len(results)
        else:
            sets = self._sets(step)
        for x, found in zip(results, sets, strict=True):
            self.memories.depend(x, found)
            self.memories.show(item, x)

    def _evaluate(self, item: Instruction, step: Step, known: bool) -> None:
        """Note the results of an instruction that does not depend on the tangent."""
        x = item.result
        try:
            if isinstance(x, Variable) and (item.function in _LIKE or (known and is_pure(item))):
                with np.errstate(all="ignore"):
                    self.memories.define(x, _value(step))
                    self.memories.show(item, x)
                return
        except Exception:
            pass  # it raises the error, or warns, when the program runs
        for x in step.results:
            self.memories.depend(x, None)
            self.memories.show(item, x)

    def _sets(self, step: Step) -> list[Sets]:
        """Return the sets of the results of an instruction."""
        try:
            rule = _rule_of(step)
            if rule is None:
                raise Unknown
            found: list[Sets] = rule(step)
            sizes = [math.prod(x.shape) for x in step.results]
            if [sets.size for sets in found] != sizes:
                raise Unknown
            if isinstance(step.function, Claim):
                self.claimed.add(step.name)
            return found
        except Unknown:
            pass
        try:
            return self._inside(step)
        except Unknown:
            self.dense.add(step.name)
            union = _union(step)
            return [union.take(np.zeros(math.prod(x.shape), int)) for x in step.results]

    def _inside(self, step: Step) -> list[Sets]:
        """Return the sets of the results of a function of Python, from a program of its own."""
        program, inputs = traced_inside(step)
        found = _Propagation(without_dead_code(program), inputs, self.width)
        sets = found.results()
        if [x.size for x in sets] != [math.prod(x.shape) for x in step.results]:
            raise Unknown
        self.dense |= found.dense
        self.claimed |= found.claimed
        return sets

    def _write(self, step: Step, target: Any, depends: bool) -> None:
        """Note what an array depends on after an instruction has changed it."""
        memories = self.memories
        if isinstance(target, Constant):
            memories.operand(target)
        if not depends:
            if all(x.known for x in step.operands()) and memories.written(target).known:
                try:
                    with np.errstate(all="ignore"):
                        _value(step)
                    return
                except Exception:
                    pass
            memories.forget(target)
            return
        try:
            writing.write(step, target, memories, self._sets)
        except Unknown:
            self.dense.add(step.name)
            memories.add_anywhere(target, _union(step))


def _value(step: Step) -> Any:
    """Call a function whose operands are known, or whose result does not depend on their values."""
    if step.function in _LIKE:
        x, *rest = step.arguments
        like = np.broadcast_to(np.zeros((), step.results[0].dtype), x.shape)
        return step.function(like, *plain(tuple(rest)), **plain(step.keywords))
    return step.function(*plain(step.arguments), **plain(step.keywords))


def _union(step: Step) -> Sets:
    """Return the union of all sets of all operands."""
    return joined([x.sets for x in step.operands() if x.sets is not None]).all()


def _rule_of(step: Step) -> Any:
    """Return the rule for a function; None if there is none."""
    function = step.function
    if isinstance(function, Claim):
        return claims.claimed
    for rules in (elements.RULES, axes.RULES, contractions.RULES):
        rule = rules.get(function)
        if rule is not None:
            return rule
    if elements.is_elementwise(step):
        return elements.elementwise
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        return axes.OF_UFUNC.get(getattr(np.ufunc, function.__name__))
    return scipy_functions.rule_of(function)
