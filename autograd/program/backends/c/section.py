"""Steps as one function of C, called with the objects of Python."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

from autograd.program.backends.c.dtypes import TYPES, stored_type
from autograd.program.backends.c.loops import NestWriter
from autograd.program.backends.c.nests import ACCUMULATED, Nest, nests_of
from autograd.program.backends.c.objects import condition_of_array, condition_of_number
from autograd.program.backends.c.places import Place
from autograd.program.backends.c.steps import View
from autograd.program.backends.c.tasks import Tasks
from autograd.program.instructions import Constant, Variable
from autograd.program.passes.buffers import is_c_contiguous

#: The memory of nests begins at multiples of so many bytes.
ALIGNMENT = 64

#: Sections that compute the same have the same text, up to their names.
NAME = "@NAME@"


@dataclass
class Section:
    """Steps, and what they read and leave.

    Attributes
    ----------
    inputs : list of Variable and Constant
        What it is given first, in this order.
    results : list of Variable
        What is used elsewhere: the arrays that it fills, and then numbers.
    steps : list of Element, Reduction and View
        What it computes.
    threads : int
        How many threads may carry out large loops.
    threaded : int
        How many loops they carry out, known when it has been written.
    workspace : int
        The bytes that it needs to work, known when it has been written.
    """

    inputs: list[Any]
    results: list[Variable]
    steps: list[Any]
    threads: int = 1
    threaded: int = 0
    workspace: int = 0

    @property
    def arrays(self) -> list[Variable]:
        """The results that are arrays."""
        return [x for x in self.results if x.is_array]

    @property
    def numbers(self) -> list[Variable]:
        """The results that are numbers."""
        return [x for x in self.results if not x.is_array]

    @property
    def number_types(self) -> list[Any]:
        """The types of the arrays in which numbers are returned, one of each type."""
        return list(dict.fromkeys(map(stored_type, self.numbers)))

    @functools.cached_property
    def text(self) -> str:
        """The function and those that it calls; `NAME` stands for its name."""
        nests = nests_of([step for step in self.steps if not isinstance(step, View)])
        memory: dict[Any, str] = {}
        numbers: dict[Any, str] = {}
        lines = [*self._inputs(memory, numbers), *self._outputs(memory)]
        lines += [*self._scratch(nests, memory), "int raised = 0;"]
        functions, calls, base = [], [], self.workspace
        for number, nest in enumerate(nests):
            writer = NestWriter(nest, f"{NAME}_{number}", memory, numbers, self.threads)
            functions.append(writer.text())
            if writer.division:
                tasks = Tasks(writer, self.threads, base, _aligned)
                functions.append(tasks.functions())
                calls += tasks.calls()
                self.threaded += tasks.threads > 1
                self.workspace = max(self.workspace, tasks.end)
                continue
            tiles, at = [], base
            for dtype in writer.plan.tiles:
                tiles.append(f"({TYPES[dtype]} *)(work + {at})")
                at += _aligned(writer.plan.width * dtype.itemsize)
            self.workspace = max(self.workspace, at)
            calls.append(writer.call(tiles))
        body = "\n    ".join([*lines, "START", *calls, "return RAISED | raised;"])
        return "".join(functions) + f"int {NAME}(void *arguments) {{\n    {body}\n}}\n"

    def _inputs(self, memory: dict[Any, str], numbers: dict[Any, str]) -> list[str]:
        """Return the lines that find the inputs, and note how they are called."""
        count = len(self.inputs) + len(self.arrays) + len(self.number_types)
        lines = ["void **given = ITEMS(arguments);", f"void **kinds = ITEMS(given[{count + 1}]);"]
        for k, x in enumerate(self.inputs):
            given, kind = f"given[{k}]", TYPES[stored_type(x)]
            if isinstance(x, Variable) and not x.is_array:
                numbers[x] = f"x{k}"
                lines.append(f"if (!({condition_of_number(given, stored_type(x))})) return -1;")
                lines.append(f"const {kind} x{k} = *(const {kind} *)VALUE({given});")
                continue
            memory[x] = f"x{k}"
            array = x.value if isinstance(x, Constant) else x
            lies = array.flags.c_contiguous if isinstance(x, Constant) else is_c_contiguous(x)
            strides = None if lies else array.strides
            condition = condition_of_array(given, array.shape, strides, array.dtype)
            lines.append(f"if (!({condition})) return -1;")
            lines.append(f"const {kind} *x{k} = DATA({given});")
        return lines

    def _outputs(self, memory: dict[Any, str]) -> list[str]:
        """Return the lines that find the memory for results and for work."""
        lines = []
        at = len(self.inputs)
        for k, x in enumerate(self.arrays):
            memory[x] = f"y{k}"
            lines.append(f"{TYPES[x.dtype]} *y{k} = DATA(given[{at + k}]);")
        at += len(self.arrays)
        counts = dict.fromkeys(self.number_types, 0)
        for k, x in enumerate(self.numbers):
            kind = stored_type(x)
            memory[x] = f"z{k}"
            where = f"DATA(given[{at + self.number_types.index(kind)}])"
            lines.append(f"{TYPES[kind]} *z{k} = ({TYPES[kind]} *){where} + {counts[kind]};")
            counts[kind] += 1
        lines.append(f"char *work = ALIGNED(DATA(given[{at + len(self.number_types)}]));")
        lines.append("(void)work;")
        return lines

    def _scratch(self, nests: list[Nest], memory: dict[Any, str]) -> list[str]:
        """Give memory to what one nest computes and another one reads, and to sums of rows."""
        maker = {x: nest for nest in nests for x in nest.levels}
        kept: dict[Any, None] = {}
        for nest in nests:
            for step in nest.steps:
                places = [place for place in step.places if isinstance(place, Place)]
                kept |= {x.base: None for x in places if maker.get(x.base, nest) is not nest}
                if nest.levels[step.result] == ACCUMULATED:
                    kept[step.result] = None
        lines: list[str] = []
        for x in kept:
            if x not in memory:
                name, kind = f"w{len(lines)}", stored_type(x)
                memory[x] = name
                at = self.workspace
                lines.append(f"{TYPES[kind]} *{name} = ({TYPES[kind]} *)(work + {at});")
                self.workspace += _aligned(math.prod(x.shape) * kind.itemsize)
        return lines


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
