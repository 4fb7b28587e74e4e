"""A nest as text of C: a function with one loop after the other for each row.

A function of C's library has a loop of its own, because compilers vectorise such loops best; what
later loops need is kept for one row, or for a tile of it.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from autograd.program.backends.c.division import (
    division_of_rows,
    division_of_tiles,
    joined,
    start_of,
)
from autograd.program.backends.c.dtypes import BOOL, SINGLE, TYPES, stored_type
from autograd.program.backends.c.long_rows import LongRow, has_parts
from autograd.program.backends.c.nests import ACCUMULATED, FULL, REDUCED, ROW, Nest
from autograd.program.backends.c.numbers import literal, suffix
from autograd.program.backends.c.places import Place, contiguous
from autograd.program.backends.c.plan import Loop, Plan
from autograd.program.backends.c.steps import REDUCTIONS, Element, Reduction


@dataclasses.dataclass(frozen=True)
class _Stream:
    """What is read or written one element after the other: a pointer that moves with the row."""

    name: str
    base: str
    dtype: Any
    strides: tuple[int, ...]
    offset: int
    is_written: bool


class NestWriter:
    """Writes one nest.

    Parameters
    ----------
    nest : Nest
        The nest.
    name : str
        The name of the function.
    memory : dict
        The names of the pointers to what has memory, by variable or constant.
    numbers : dict
        The names of numbers among the arguments.
    threads : int
        How many threads may carry it out; 0 for a function that is never called for a part.

    Attributes
    ----------
    plan : Plan
        What the loops compute.
    used : dict
        The variables and constants whose memory is used, in the order of the parameters.
    division : Division or None
        How the loop is divided, known when it has been written.
    """

    def __init__(
        self,
        nest: Nest,
        name: str,
        memory: dict[Any, str],
        numbers: dict[Any, str],
        threads: int = 0,
    ) -> None:
        self.nest = nest
        self.name = name
        self.memory = memory
        self.numbers = numbers
        self.plan = Plan(nest, memory)
        self.threads = threads
        self.division = division_of_tiles(self.plan, threads)
        self.used: dict[Any, str] = {}
        self.used_numbers: dict[Any, str] = {}
        self.streams: dict[Any, _Stream] = {}
        self.definitions: dict[str, None] = {}

    def text(self) -> str:
        """Return the function, after those that it calls."""
        body = self._rows()
        split = self.nest.split or 0
        groups = self._outer_axes(split)
        if groups:
            self.division = division_of_rows(self.plan, groups[0][1], self.threads)
        lines, indent = [*self._starts(), "long row = 0;"], ""
        for number, (_, length) in enumerate(groups):
            begin, end = "0", str(length)
            if number == 0 and self.division:
                begin, end = "from", "to"
                lines.append(f"row = from * {math.prod(n for _, n in groups[1:])};")
            loop = f"for (long i{number} = {begin}; i{number} < {end}; i{number}++) {{"
            lines.append(indent + loop)
            indent += "    "
        for stream in self.streams.values():
            moved = "".join(
                f" + i{number} * {stream.strides[axis]}"
                for number, (axis, _) in enumerate(groups)
                if stream.strides[axis]
            )
            offset = f" + {stream.offset}" if stream.offset else ""
            const = "" if stream.is_written else "const "
            lines.append(
                f"{indent}{const}{TYPES[stream.dtype]} *{stream.name}_row = "
                f"{stream.base}{offset}{moved};"
            )
        lines += [indent + line for line in body]
        lines.append(f"{indent}row++;")
        for _ in groups:
            indent = indent[4:]
            lines.append(f"{indent}}}")
        lines.append("(void)row;")
        last = LongRow(self).end() if self.of_tiles else []  # it may need further parameters
        found = "".join(self.definitions) + self._function(self.name, lines)
        return found + (self._function(f"{self.name}_end", last) if last else "")

    @property
    def of_tiles(self) -> bool:
        """Whether the loop over the tiles of a row is divided."""
        return self.division is not None and self.division.of_tiles

    def _function(self, name: str, lines: list[str]) -> str:
        text = "\n    ".join(lines)
        parameters = [f"{kind}{parameter}" for kind, parameter in self.parameters()]
        if self.division:
            parameters += ["const long from", "const long to"]
        is_short = self.threads and not self.nest.shape  # numbers: no slower, if compiled faster
        plain = "PLAIN " if is_short else ""
        head = f"static {plain}NOINLINE void {name}({', '.join(parameters) or 'void'})"
        return f"{head} {{\n    {text}\n}}\n"

    def call(self, tiles: list[str]) -> str:
        """Return the call of the function, with the memory for tiles."""
        given = [*self.used.values(), *tiles, *self.used_numbers.values()]
        return f"{self.name}({', '.join(given)});"

    def parameters(self) -> list[tuple[str, str]]:
        """Return the types and names of the parameters, apart from those that bound a block."""
        written = {x for x in self.used if x in self.plan.levels}
        parameters = [
            (f"{'' if x in written else 'const '}{TYPES[self._type(x)]} *restrict ", name)
            for x, name in self.used.items()
        ]
        parameters += [(f"{TYPES[t]} *restrict ", f"t{k}") for k, t in enumerate(self.plan.tiles)]
        parameters += [(f"{TYPES[stored_type(x)]} ", name) for x, name in self.used_numbers.items()]
        if self.division and self.of_tiles:
            parameters += [
                (f"{TYPES[step.dtype]} *restrict ", self.blocks_of(step))
                for step in self.division.sums
            ]
        return parameters

    def blocks_of(self, step: Any) -> str:
        """Return the name of the pointer to the sums of blocks."""
        return f"{self.name_of(step.result)}_blocks"

    def _type(self, x: Any) -> Any:
        return self.plan.dtypes[x] if x in self.plan.dtypes else stored_type(x)

    def _outer_axes(self, split: int) -> list[tuple[int, int]]:
        """Return the loops over rows: the axis of each, and how often it runs."""
        shape = self.nest.shape
        strides = [stream.strides for stream in self.streams.values()]
        groups: list[tuple[int, int]] = []
        for axis in reversed(range(split)):
            if groups:
                inner, length = groups[0]
                if all(one[axis] == one[inner] * length for one in strides):
                    groups[0] = (inner, length * shape[axis])
                    continue
            groups.insert(0, (axis, shape[axis]))
        return groups

    def _starts(self) -> list[str]:
        """Return the lines that set what is accumulated to its first value."""
        lines = []
        for step in self.plan.steps:
            if self.plan.levels[step.result] != ACCUMULATED:
                continue
            shape = enumerate(self.nest.shape)
            size = math.prod(n for axis, n in shape if axis not in step.axes)
            name = self._memory(step.result)
            lines.append(f"for (long k = 0; k < {size}; k++) {name}[k] = {start_of(step)};")
        return lines

    def _memory(self, x: Any) -> str:
        """Return the pointer to the memory of a variable or constant."""
        self.used[x] = self.memory[x]
        return self.memory[x]

    def _rows(self) -> list[str]:
        """Return what is done for each row."""
        lines: list[str] = []
        if self.plan.is_long:
            lines += LongRow(self).tiles()
        if not self.of_tiles:
            lines += self.stages()
        pointers = [] if self.plan.is_long else self.pointers("")
        return [*self._single_loads(), *pointers, *lines]

    def stages(self) -> list[str]:
        """Return what is computed for each row, and the loops between, if it is in one piece."""
        lines: list[str] = []
        stages = max(self.plan.stages.values(), default=0) + 2
        for stage in range(stages):
            lines += self._row_elements(stage)
            if not self.plan.is_long:
                for loop in self.plan.loops:
                    if loop.stage == stage:
                        lines += self.loop(loop, str(self.plan.width))
        return lines

    def pointers(self, start: str) -> list[str]:
        """Return the lines that define the pointers of a row or tile."""
        lines = []
        for stream in self.streams.values():
            step = stream.strides[-1] if self._inner() else int(stream.is_written)
            if not step:
                continue
            moved = f" + {start} * {step}" if start and step else ""
            const = "" if stream.is_written else "const "
            lines.append(
                f"{const}{TYPES[stream.dtype]} *restrict {stream.name} = {stream.name}_row{moved};"
            )
        return lines

    def _single_loads(self) -> list[str]:
        """Return the lines that load what stays the same in a row."""
        return [
            f"const {SINGLE[stream.dtype]} {stream.name}_one = "
            f"{_loaded(f'*{stream.name}_row', stream.dtype)};"
            for stream in self.streams.values()
            if not stream.is_written and not (self._inner() and stream.strides[-1])
        ]

    def _inner(self) -> int:
        """Return the number of inner axes."""
        return len(self.nest.shape) - (self.nest.split or 0)

    def _row_elements(self, stage: int) -> list[str]:
        """Return what is computed once for each row, between two loops."""
        lines = []
        for step in self.plan.steps:
            if self.plan.levels[step.result] != ROW or self.plan.stages[step.result] != stage:
                continue
            operands = [
                self._row_operand(x, step, t)
                for x, t in zip(step.places, step.formula.types, strict=True)
            ]
            lines += self._statement(step, operands)
            lines += self.stored(step)
        return lines

    def _row_operand(self, place: Any, step: Element, dtype: Any) -> str:
        if not isinstance(place, Place):
            return literal(place, dtype)
        base = place.base
        if base in self.numbers:
            return self._number(base, dtype)
        if base in self.plan.levels:
            return _converted(self.name_of(base), self.plan.dtypes[base], dtype)
        moves = any(place.along(step.shape))
        at = f"{place.offset} + row" if moves else str(place.offset)
        kind = self._type(base)
        return _converted(_loaded(f"{self._memory(base)}[{at}]", kind), kind, dtype)

    def _number(self, x: Any, dtype: Any) -> str:
        """Return a number among the arguments as text."""
        self.used_numbers[x] = self.numbers[x]
        return _converted(self.numbers[x], stored_type(x), dtype)

    def stored(self, step: Any) -> list[str]:
        """Return the line that stores a number of each row."""
        if step.result not in self.memory:
            return []
        return [f"{self._memory(step.result)}[row] = {self.name_of(step.result)};"]

    def loop(self, loop: Loop, count: str) -> list[str]:
        """Return one loop over a row or tile, and the reductions after it."""
        number = self.plan.loops.index(loop)
        body: list[str] = []
        loads: dict[str, str] = {}
        for step in loop.elements:
            pairs = list(zip(step.places, step.formula.types, strict=True))
            if step is loop.rare:
                del pairs[1:]  # the others are read where they are needed
            operands = [self._operand(x, step, t, number, loads, body) for x, t in pairs]
            body += self._statement(step, operands)
            target = self._target(step.result)
            if target:
                body.append(f"{target}[j] = {self.name_of(step.result)};")
        for one in loop.reductions:
            if self.plan.adds_each(one):
                value = self._operand(one.places[0], one, one.dtype, number, loads, body)
                body.append(joined(one, f"{self._accumulator(one)}[j]", value))
        lines = []
        rare = loop.rare
        if rare is not None:
            lines.append("int rare = 0;")
            body.append(f"rare |= {self._condition(rare, self.name_of(rare.result))};")
        if body:
            lines += [
                "INDEPENDENT",
                f"for (long j = 0; j < {count}; j++) {{",
                *("    " + line for line in body),
                "}",
            ]
        if rare is not None:
            lines += self._corrected(rare, count)
        for one in loop.reductions:
            lines += self._reduced(one, count)
        if rare is not None:
            lines = ["{", *("    " + line for line in lines), "}"]
        return lines

    def _corrected(self, step: Element, count: str) -> list[str]:
        """Return the loop that computes some elements by another expression."""
        target = self._target(step.result)
        x = self._operand(step.places[1], step, step.formula.types[1], -1, {}, [])
        texts = {"s": "f" if step.formula.loop.itemsize == 4 else "", "t": TYPES[step.dtype]}
        instead = step.formula.formula.instead.format("", x, **texts)
        return [
            f"if (rare) for (long j = 0; j < {count}; j++)",
            f"    if ({self._condition(step, f'{target}[j]')}) {target}[j] = {instead};",
        ]

    def _condition(self, step: Element, y: str) -> str:
        mark = "f" if step.formula.loop.itemsize == 4 else ""
        return step.formula.formula.rare.format(y=y, l=mark)

    def _statement(self, step: Element, operands: list[str]) -> list[str]:
        """Return the line that computes one element."""
        formula = step.formula
        kind = TYPES[formula.loop]
        mark = "f" if formula.loop.itemsize == 4 else ""
        if formula.formula.definition is not None:
            self.definitions[formula.formula.definition(kind, mark)] = None
        template = formula.formula.inlined if step.is_inlined else formula.formula.text
        text = template.format(
            *operands,
            s=mark,
            t=kind,
            k=suffix(formula.loop),
            max="FLT_MAX" if formula.loop.itemsize == 4 else "DBL_MAX",
        )
        name = self.name_of(step.result)
        kept = [f"KEEP({name});"] if step.raises else []
        if step.raises and formula.formula.check:
            kept.append(formula.formula.check.format(*operands))
        return [f"const {SINGLE[step.dtype]} {name} = {text};", *kept]

    def _operand(
        self,
        place: Any,
        step: Any,
        dtype: Any,
        number: int,
        loads: dict[str, str],
        body: list[str],
    ) -> str:
        """Return an operand of an element as text, loaded once in each loop."""
        if not isinstance(place, Place):
            return literal(place, dtype)
        base = place.base
        if base in self.numbers:
            return self._number(base, dtype)
        level = self.plan.levels.get(base)
        if level in (ROW, REDUCED):
            return _converted(self.name_of(base), self.plan.dtypes[base], dtype)
        if level == FULL and self.plan.loop_of[base] == number:
            return _converted(self.name_of(base), self.plan.dtypes[base], dtype)
        text = f"{self._target(base)}[j]" if level == FULL else self._loaded(place, step)
        if number >= 0 and text.endswith("]"):
            if text not in loads:
                loads[text] = f"l{len(loads)}"
                kind = self._type(base)
                body.append(f"const {SINGLE[kind]} {loads[text]} = {_loaded(text, kind)};")
            text = loads[text]
        return _converted(text, self._type(base), dtype)

    def _loaded(self, place: Place, step: Any) -> str:
        """Return an element of other memory."""
        stream = self._stream(place.base, place.along(step.shape), place.offset, False)
        stride = stream.strides[-1] if self._inner() else 0
        if not stride:
            return f"{stream.name}_one"
        return f"{stream.name}[j]" if stride == 1 else f"{stream.name}[j * {stride}]"

    def _stream(self, base: Any, strides: Any, offset: int, is_written: bool) -> _Stream:
        key = (base, strides, offset)
        if key not in self.streams:
            name = f"p{len(self.streams)}"
            memory = self._memory(base)
            self.streams[key] = _Stream(name, memory, self._type(base), strides, offset, is_written)
        return self.streams[key]

    def _target(self, x: Any) -> str:
        """Return the pointer to where elements are kept; "" if they are not."""
        if x in self.memory:
            return self._stream(x, contiguous(self.nest.shape), 0, True).name
        return self.plan.kept.get(x, "")

    def _accumulator(self, step: Reduction) -> str:
        """Return the pointer to the elements of a result to which those of a row are added."""
        kept = [n for axis, n in enumerate(self.nest.shape) if axis not in step.axes]
        steps = iter(contiguous(tuple(kept)))
        strides = tuple(
            [0 if axis in step.axes else next(steps) for axis in range(len(self.nest.shape))]
        )
        return self._stream(step.result, strides, 0, True).name

    def _reduced(self, step: Reduction, count: str) -> list[str]:
        """Return the lines that reduce a row or tile, after its loop."""
        if self.plan.adds_each(step):
            return []
        kind, name = suffix(step.dtype), REDUCTIONS[step.ufunc]
        (place,) = step.places
        if self.plan.levels.get(place.base) == FULL:
            pointer = self._target(place.base)
        else:
            pointer = self._stream(place.base, place.along(step.shape), place.offset, False).name
        found = f"{name}_{kind}({pointer}, {count})"
        x = self.name_of(step.result)
        if self.plan.levels[step.result] == ACCUMULATED:
            return [joined(step, f"*{self._accumulator(step)}_row", found)]
        if self.plan.is_long:
            if has_parts(step):
                return [f"part_{kind}({x}_parts, {x}_count++, {found});"]
            return [joined(step, x, found)]
        return [f"const {TYPES[step.dtype]} {x} = {found};", *self.stored(step)]

    def name_of(self, x: Any) -> str:
        """Return what the number is called that is computed for an element, a row, or all."""
        return f"v{self.plan.order[x]}"


def _loaded(text: str, dtype: Any) -> str:
    """Return what is read from memory: truth values may be any byte there."""
    return f"({text} != 0)" if dtype == BOOL else text


def _converted(text: str, given: Any, wanted: Any) -> str:
    if given == wanted:
        return text
    if wanted == BOOL:
        return f"({text} != 0)"
    return f"({TYPES[wanted]}){text}"
