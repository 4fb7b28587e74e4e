"""Comparing two programs: the first instruction in which they differ."""

from __future__ import annotations

import difflib
import linecache
from typing import Any

import numpy as np

from autograd.program.calling import inputs_of
from autograd.program.instructions import (
    OPERATORS,
    Constant,
    Guard,
    Instruction,
    Variable,
    substituted,
)
from autograd.program.interpreting import Listing, Run
from autograd.program.naming import function_name
from autograd.program.program import Program


class Pair:
    """Instructions of two programs that stand side by side.

    Attributes
    ----------
    first, second : Instruction, Guard or None
        What the programs do here; None where only the other one does something.
    equal : bool
        Whether both compute the same from the same.
    """

    __slots__ = ("equal", "first", "second")

    def __init__(self, first: Any, second: Any, equal: bool) -> None:
        self.first = first
        self.second = second
        self.equal = equal


class Comparison:
    """How two programs differ.

    Attributes
    ----------
    programs : tuple of Program
        The programs.
    pairs : list of Pair
        The instructions of both, aligned.
    position : int or None
        The number of the first pair that differs; None if there is none.
    same_results : bool
        Whether they return the same, computed in the same way.
    largest : float or None
        The largest difference between the numbers that they return; None if they were not run.
    """

    def __init__(
        self, programs: tuple[Program, Program], pairs: list[Pair], same: bool, largest: Any
    ) -> None:
        self.programs = programs
        self.pairs = pairs
        self.same_results = same
        self.largest: float | None = largest
        different = (number for number, pair in enumerate(pairs) if not pair.equal)
        self.position = next(different, None)

    def __bool__(self) -> bool:
        """Return whether the programs are the same."""
        return self.position is None and self.same_results

    def __str__(self) -> str:
        names = [
            f"{function_name(program.name)} ({number})"
            for number, program in enumerate(self.programs, 1)
        ]
        if self:
            return f"The programs are the same: {len(self.pairs)} instructions." + self._numbers()
        if self.position is None:
            return "The instructions are the same, but the results differ." + self._numbers()
        listings = (Listing(), Listing())
        for pair in self.pairs[: self.position]:
            for listing, item in zip(listings, (pair.first, pair.second), strict=True):
                if item is not None:
                    listing.line(item)
        pair = self.pairs[self.position]
        lines = [f"The programs differ after {self.position} equal instructions."]
        for name, listing, item in zip(names, listings, (pair.first, pair.second), strict=True):
            text = "nothing" if item is None else listing.line(item)
            lines.append(f"  {name}: {text}{_place(item)}")
        equal = sum(pair.equal for pair in self.pairs)
        lines.append(f"  {equal} of {len(self.pairs)} instructions are the same.")
        return "\n".join(lines) + self._numbers()

    __repr__ = __str__

    def _numbers(self) -> str:
        if self.largest is None:
            return ""
        if self.largest == 0.0:
            return "\n  Both return the same numbers."
        return f"\n  What they return differs by up to {self.largest:.3g}."


def compare(first: Program, second: Program, *arguments: Any, **keywords: Any) -> Comparison:
    """Compare two programs, such as one before and after passes, or a new one and a reference.

    Two instructions are the same if they call the same function on what was computed in the same
    way from the same inputs.

    Parameters
    ----------
    first, second : Program
        The programs.
    *arguments, **keywords : any
        If there are any, both programs are run with them, and the results compared.

    Returns
    -------
    Comparison
        True if the programs are the same. As text it shows the first instruction that differs.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import trace
    >>> from autograd.program import compare
    >>> x = np.ones(3)
    >>> print(compare(trace(lambda x: np.sin(x) * x)(x), trace(lambda x: np.cos(x) * x)(x)))
    ... # doctest: +ELLIPSIS
    The programs differ after 0 equal instructions.
      program (1): v1 = np.sin(x)   # ...
      program (2): v1 = np.cos(x)   # ...
      0 of 2 instructions are the same.
    """
    table: dict[Any, int] = {}
    one, other = _Keys(first, table), _Keys(second, table)
    shown = [[x for x in program.items if not _is_memory(x)] for program in (first, second)]
    pairs = []
    matcher = difflib.SequenceMatcher(None, one.items, other.items, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        left, right = shown[0][a:b], shown[1][c:d]
        for k in range(max(len(left), len(right))):
            pair = [items[k] if k < len(items) else None for items in (left, right)]
            pairs.append(Pair(pair[0], pair[1], kind == "equal"))
    largest = None
    if arguments or keywords:
        largest = _difference(first, second, arguments, keywords)
    return Comparison((first, second), pairs, one.output == other.output, largest)


class _Keys:
    """A number for each instruction: the same one for what is computed in the same way."""

    def __init__(self, program: Program, table: dict[Any, int]) -> None:
        self._table = table
        self._of: dict[Any, int] = {}
        self._sharing: dict[Any, list[Variable]] = {}  # by what owns their memory
        for position, x in enumerate(program.inputs):
            self._set(x, ("input", position, x.shape, str(x.dtype)))
        for load in program.loads:
            if load.variable is not None:
                self._set(load.variable, ("load", id(load.node), load.what))
        self.items = [self._item(item) for item in program.items if not _is_memory(item)]
        self.output = repr(substituted(program.output, self._operand))

    def _number(self, key: Any) -> int:
        return self._table.setdefault(key, len(self._table))

    def _set(self, x: Variable, key: Any) -> None:
        """Say how a variable is computed."""
        if x not in self._of:
            self._sharing.setdefault(x.root, []).append(x)
        self._of[x] = self._number(key)

    def _operand(self, x: Any) -> Any:
        if isinstance(x, Constant):
            return ("constant", str(x.value.dtype), x.value.shape, x.value.tobytes())
        if x not in self._of:
            self._set(x, ("unknown", id(x)))
        return self._of[x]

    def _item(self, item: Any) -> int:
        if isinstance(item, Guard):
            asked = getattr(item.convert, "__name__", repr(item.convert))
            return self._number(("guard", self._operand(item.variable), asked, repr(item.expected)))
        function = OPERATORS.get(item.function, item.function)
        arguments = repr(substituted(item.arguments, self._operand))
        out = item.keywords.get("out")
        rest = {name: x for name, x in item.keywords.items() if name != "out"}
        keywords = repr(substituted(rest, self._operand))
        name = getattr(function, "__module__", ""), getattr(function, "__name__", repr(function))
        number = self._number((name, arguments, keywords))
        for position, x in enumerate(item.makes()):
            self._set(x, ("result", number, position))
        if item.writes is not None:  # from now on, all that shares this memory is another thing
            root = item.writes.root if isinstance(item.writes, Variable) else item.writes
            for x in self._sharing.get(root, ()):
                self._of[x] = self._number(("written", self._of[x], number))
            if isinstance(out, Variable):  # all of it is new
                self._set(out, ("result", number, 0))
        return number


def _is_memory(item: Any) -> bool:
    """Return whether an instruction only makes memory that others write to."""
    return isinstance(item, Instruction) and item.function in (np.empty, np.empty_like)


def _difference(first: Program, second: Program, arguments: Any, keywords: Any) -> float:
    """Return the largest difference between what two programs return."""
    found = []
    for program in (first, second):
        run = Run(program, inputs_of(program, arguments, keywords))
        for _ in run.steps():
            pass
        found.append([_floating(run.of(x)) for x in program.outputs])
    if [x.shape for x in found[0]] != [x.shape for x in found[1]]:
        return float("inf")
    largest = 0.0
    for a, b in zip(*found, strict=True):
        differ = (a != b) & ~(np.isnan(a) & np.isnan(b))  # equal infinities have no difference
        if differ.any():
            change = np.max(np.abs(a[differ] - b[differ]))
            largest = max(largest, float(change)) if change == change else float("inf")
    return largest


def _floating(x: Any) -> Any:
    """Return numbers that can be subtracted: not those of small integers or truth values."""
    array = np.asarray(x)
    return array if array.dtype.kind in "fc" else array.astype(float)


def _place(item: Instruction | Guard | None) -> str:
    if item is None or item.place is None:
        return ""
    file, line = item.place
    return f"   # line {line}: {linecache.getline(file, line).strip()}"
