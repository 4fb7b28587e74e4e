"""Where in a program a NaN, an infinity or a zero derivative begins."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.program.calling import inputs_of
from autograd.program.instructions import Guard, Instruction, Variable
from autograd.program.interpreting import Listing, Run, variables_of
from autograd.program.program import METHODS, Program

NAN, INFINITY, ZERO = "NaN", "infinity", "zero derivative"


class Finding:
    """One instruction at which such numbers begin.

    Attributes
    ----------
    what : str
        "NaN", "infinity" or "zero derivative".
    number : int
        Counts the instructions and guards of the program; -1 for an input.
    instruction : Instruction or None
        The instruction; None for an input.
    text : str
        The instruction as Python code, or the name of the input.
    place : tuple of (str, int) or None
        File and line of the user's code; in a backward pass, of what is differentiated.
    operands : dict
        The numbers that it was given, by the names in `text`.
    result : any
        What it computed.
    """

    def __init__(
        self, what: str, number: int, instruction: Instruction | None, text: str,
        operands: dict[str, Any], result: Any, place: Any = None,
    ) -> None:  # fmt: skip
        self.what = what
        self.number = number
        self.instruction = instruction
        self.text = text
        self.place = place
        self.operands = operands
        self.result = result

    def __str__(self) -> str:
        where = f"instruction {self.number}" if self.instruction is not None else "an input"
        lines = [f"The first {self.what} is in {where}: {self.text}"]
        if self.place is not None:
            file, line = self.place
            lines.append(f"  {file}, line {line}: {linecache.getline(file, line).strip()}")
        lines += [f"  {name} = {_short(x)}" for name, x in self.operands.items()]
        lines.append(f"  result = {_short(self.result)}{_count(self.what, self.result)}")
        return "\n".join(lines)

    __repr__ = __str__


class Findings(list[Finding]):
    """What was found, in the order of the program; as text, one paragraph each."""

    def __str__(self) -> str:
        if not self:
            return "All numbers are finite, and no derivative is zero."
        return "\n".join(map(str, self))

    __repr__ = __str__


def nan_origin(program: Program, arguments: Any, keywords: Any) -> Findings:
    """Return the first instructions with such numbers; see `Program.nan_origin`."""
    listing = Listing()
    run = Run(program, inputs_of(program, arguments, keywords))
    places = {x: item.place for item in program.instructions for x in item.makes()}
    found: dict[str, Finding] = {}
    for x, value in run.values.items():
        for what in (NAN, INFINITY):
            if what not in found and _has(what, value):
                name = listing.names.of(x)
                found[what] = Finding(what, -1, None, name, {}, value)
    with np.errstate(all="ignore"):
        for number, (item, before) in enumerate(run.steps()):
            if isinstance(item, Guard) or not (item.result or item.writes):
                continue
            for what, result in _begins(run, item, found):
                named = zip(item.arguments, before, strict=True)
                operands = {
                    listing.names.of(x): value for x, value in named if isinstance(x, Variable)
                }
                for x in variables_of(item):
                    operands.setdefault(listing.names.of(x), run.values[x])
                text, place = listing.line(item), places.get(item.derives, item.place)
                found[what] = Finding(what, number, item, text, operands, result, place)
            listing.line(item)
    return Findings(sorted(found.values(), key=lambda finding: finding.number))


METHODS["nan_origin"] = nan_origin


def _begins(run: Run, item: Instruction, found: Any) -> Iterator[tuple[str, Any]]:
    """Yield what begins at an instruction, with its result."""
    results = [item.writes] if item.writes is not None else list(item.makes())
    for x in results:
        value = run.values[x]
        for what in (NAN, INFINITY):
            if what not in found and _has(what, value):
                yield what, value
        if ZERO not in found and item.backward and _is_zero(value):
            operands = [run.values[y] for y in variables_of(item)]
            numbers = [_is_zero(y) for y in operands if _is_float(y)]
            if not numbers or not all(numbers):
                yield ZERO, value


def _is_float(x: Any) -> bool:
    return (
        isinstance(x, (float, complex)) or getattr(getattr(x, "dtype", None), "kind", "-") in "fc"
    )


def _has(what: str, x: Any) -> bool:
    if not _is_float(x):
        return False
    return bool(np.any(np.isnan(x) if what == NAN else np.isinf(x)))


def _is_zero(x: Any) -> bool:
    return _is_float(x) and np.size(x) > 0 and not np.any(x)


def _short(x: Any) -> str:
    if isinstance(x, np.ndarray) and x.size > 6:
        return f"{x.dtype} array of shape {x.shape}"
    return np.array2string(np.asarray(x), precision=6, separator=", ").replace("\n", "")


def _count(what: str, x: Any) -> str:
    array = np.asarray(x)
    if array.ndim == 0 or what == ZERO:
        return ""
    bad = np.isnan(array) if what == NAN else np.isinf(array)
    index = [int(i) for i in np.argwhere(bad)[0]]
    return f" ({int(bad.sum())} of {array.size} elements, the first at {index})"
