"""The pattern of a derivative: which of its entries may be other than zero, from a program.

The program computes the product of the derivative with a tangent. What a result depends on, among
the elements of the tangent, are the entries of its row that may be other than zero. Each
instruction passes on the sets of its operands: a rule says how, for each kind of function. For any
other function, everything depends on everything.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.program.instructions import Attempt, Constant, Guard, Instruction, Variable
from autograd.program.passes.dead_code import without_dead_code
from autograd.program.passes.effects import is_pure
from autograd.program.program import Program
from autograd.sparse import axes, contractions, elements, writing
from autograd.sparse.memory import Memories
from autograd.sparse.operands import Step, Unknown, plain
from autograd.sparse.sets import Sets, joined

#: Functions that look only at shapes and types: their results are known, whatever the numbers.
_LIKE = frozenset((np.zeros_like, np.ones_like, np.empty_like, np.shape, np.ndim, np.size))


def structure_of(program: Program, count: int) -> tuple[Sets, list[str]]:
    """Return the entries of a derivative that may be other than zero.

    Parameters
    ----------
    program : Program
        Computes the product of the derivative with a tangent.
    count : int
        How many of its first inputs are the tangent.

    Returns
    -------
    sets : Sets
        The columns of the entries, for each element of the result.
    dense : list of str
        The functions for which every result counts as depending on every operand.
    """
    found = _Propagation(without_dead_code(program), count)
    for item in found.program.items:
        if not isinstance(item, Guard):
            found.carry_out(item)
    parts = []
    for x in program.outputs:
        operand = found.memories.operand(x)
        parts.append(operand.sets or Sets.empty(operand.size, found.width))
    if not parts:  # the result is a number that depends on nothing
        parts = [Sets.empty(1, found.width)]
    return joined(parts), sorted(found.dense)


class _Propagation:
    """The sets of all variables, while the instructions of a program are carried out."""

    def __init__(self, program: Program, count: int) -> None:
        self.program = program
        tangents = program.inputs[:count]
        sizes = [int(np.prod(x.shape, dtype=int)) for x in tangents]
        self.width = sum(sizes)
        self.memories = Memories(program, self.width)
        self.dense: set[str] = set()
        first = 0
        for x, size in zip(tangents, sizes, strict=True):
            self.memories.depend(x, Sets.identity(first, size, self.width))
            first += size
        for x in program.inputs[count:]:
            self.memories.depend(x, None)
        for load in program.loads:
            if load.variable is not None:
                self.memories.depend(load.variable, None)

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
            sizes = [int(np.prod(x.shape, dtype=int)) for x in step.results]
            if [sets.size for sets in found] != sizes:
                raise Unknown
            return found
        except Unknown:
            self.dense.add(step.name)
            union = _union(step)
            return [
                union.take(np.zeros(int(np.prod(x.shape, dtype=int)), int)) for x in step.results
            ]

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
    for rules in (elements.RULES, axes.RULES, contractions.RULES):
        rule = rules.get(function)
        if rule is not None:
            return rule
    if elements.is_elementwise(step):
        return elements.elementwise
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        return axes.OF_UFUNC.get(getattr(np.ufunc, function.__name__))
    return None
