"""`Kernel`: a region of a program that runs in C."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import stored_type
from autograd.program.backends.c.floats import raises
from autograd.program.backends.c.library import QUICK, Library
from autograd.program.backends.c.objects import KINDS, RAISED, UNDERFLOW
from autograd.program.backends.c.section import ALIGNMENT, Section
from autograd.program.instructions import Instruction, Variable
from autograd.program.native.built import calls
from autograd.program.passes.effects import reads
from autograd.program.passes.tiled import Tiled
from autograd.program.program import Program
from autograd.program.running import compiled


class Kernel(Tiled):
    """A region of a program, as a function of arrays and numbers that runs in C.

    If the memory layout of the arrays is not the expected one, or NumPy would warn, NumPy computes
    the region.
    """

    __name__ = "in_c"

    def __init__(
        self, section: Section, items: list[Instruction], filled: list[Instruction]
    ) -> None:
        items = _without_unused_views(items, section.results)
        super().__init__(items, section.inputs, section.results, ())
        #: What makes the arrays that are full of one number, which C does not need.
        self.filled = filled
        self.section = section
        #: Whether NumPy and Python decide whether there is an error, whatever NumPy's settings are.
        self.is_strict = self.may_fail = any(map(raises, items))
        self._call: Callable[[Any], int] | None = None
        self._slow: Callable[..., Any] | None = None

    def __repr__(self) -> str:
        return f"<{len(self.items)} instructions in C>"

    def load(self, library: Library, name: str) -> None:
        """Take the function with this name from a compiled library."""
        arrays = [x for x in (*self.inputs, *self.arrays) if not isinstance(x, Variable) or x.shape]
        sizes = [x.value.size if not isinstance(x, Variable) else _size(x) for x in arrays]
        self._call = library.function(name, sum(sizes) < QUICK)
        self._function = self._of_numbers() or self._written()

    def _of_numbers(self) -> Callable[..., Any] | None:
        """Return the function if it takes and returns nothing but Python's floats; else None."""
        numbers = [*self.inputs, *self.results]
        if calls is None or self.arrays or not self.sums:
            return None
        if not all(_is_variable(x) and x.kind is float for x in numbers):
            return None
        results = np.empty(len(self.sums))
        work = np.empty(self.section.workspace + ALIGNMENT, np.uint8)
        after = (results, work, KINDS)
        found: Callable[..., Any] = calls.Numbers(
            self._call, len(self.inputs), results, after, self._again
        )
        return found

    def _written(self) -> Callable[..., Any]:
        """Return the function of the inputs and of the arrays to fill."""
        types = self.section.number_types
        counts = dict.fromkeys(types, 0)
        found = ""
        for x in self.sums:
            kind = stored_type(x)
            number, at = f"z{types.index(kind)}", counts[kind]
            found += f"{number}.item({at}), " if x.dtype is None else f"{number}[{at}], "
            counts[kind] += 1
        inputs = "".join(f"x{k}, " for k in range(len(self.inputs)))
        arrays = "".join(f"y{k}, " for k in range(len(self.arrays)))
        work = "".join(f"z{k}, " for k in range(len(types))) + "work, "
        lines = [
            f"def in_c({inputs}{arrays}):",
            "    try: taken = take()",
            "    except IndexError: taken = new()",
            f"    {work} = taken",
            f"    code = call(({inputs}{arrays}{work}kinds))",
            f"    found = ({found})",
            "    give(taken)",
            f"    if code: return again(code, found, ({inputs}), ({arrays}))",
            "    return found",
        ]
        size = self.section.workspace + ALIGNMENT

        def new() -> tuple[Any, ...]:
            made = [np.empty(counts[kind], kind) for kind in types]
            return (*made, np.empty(size, np.uint8))

        pool: list[Any] = []
        environment: dict[str, Any] = {
            "call": self._call,
            "kinds": KINDS,
            "again": self._again,
            "take": pool.pop,
            "give": pool.append,
            "new": new,
        }
        source = "\n".join(lines) + "\n"
        exec(compile(source, "<c>", "exec"), environment)
        function = environment["in_c"]
        function.source = source
        return function  # type: ignore[no-any-return]

    def _again(self, code: int, found: Any, inputs: Any, arrays: Any) -> Any:
        """Compute the region with NumPy, if it would warn, or if C could not."""
        underflows = code == UNDERFLOW  # of which Python makes no error
        if code > 0 and (underflows or not self.is_strict):
            settings: Any = np.geterr()
            if all(settings[name] == "ignore" for bit, name in RAISED.items() if code & bit):
                return found
        given = [x for x, kind in zip(inputs, self.inputs, strict=True) if _is_variable(kind)]
        results = dict(zip(self.results, self.by_numpy(*given), strict=True))
        for x, array in zip(self.arrays, arrays, strict=True):
            array[...] = results[x]
        return tuple([results[x] for x in self.sums])

    def by_numpy(self, *inputs: Any) -> Any:
        """Return the results as NumPy computes them, for the variables among the inputs."""
        if self._slow is None:
            variables = [x for x in self.inputs if isinstance(x, Variable)]
            items = [*self.filled, *self.items]
            program = Program("in_c", variables, [], items, tuple(self.results), [])
            self._slow = compiled(program)
        return self._slow(*inputs)


def _is_variable(x: Any) -> bool:
    return isinstance(x, Variable)


def _size(x: Variable) -> int:
    return int(np.prod(x.shape, dtype=int))


def _without_unused_views(items: list[Instruction], results: list[Variable]) -> list[Instruction]:
    """Return the items of a region without views that only others use: their memory is no input."""
    needed: set[Any] = set(results)
    found = []
    for item in reversed(items):
        x = item.result
        is_view = isinstance(x, Variable) and x.root is not x
        if is_view and x not in needed:
            continue
        needed.update(reads(item))
        found.append(item)
    return found[::-1]
