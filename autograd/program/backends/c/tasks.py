"""The calls of a nest whose loop is divided: block after block, or by several threads at once.

Threads begin with each such nest and end with it, so that no process that forks has any.
"""

from __future__ import annotations

from typing import Any

from autograd.program.backends.c.division import Division, blocks_joined, summed_size
from autograd.program.backends.c.dtypes import TYPES
from autograd.program.backends.c.loops import NestWriter

#: Declares and defines what begins threads.
THREADS = """\
#include <pthread.h>
static void run_tasks(void *(*run)(void *), char *tasks, long size, long count) {
    pthread_t threads[count];
    char is_running[count];
    for (long k = 1; k < count; k++)
        is_running[k] = pthread_create(&threads[k], 0, run, tasks + k * size) == 0;
    run(tasks);
    for (long k = 1; k < count; k++)
        if (is_running[k]) pthread_join(threads[k], 0);
        else run(tasks + k * size);
}
"""

_TASK = """\
struct {name}_task {{ {fields} long first, last; int raised; }};
static void *{name}_run(void *given) {{
    struct {name}_task *task = given;
    START
    for (long b = task->first; b < task->last; b++) {name}({given});
    task->raised = RAISED;
    return 0;
}}
"""
_CALL = """\
{{
        struct {name}_task tasks[{threads}];
        for (long t = 0; t < {threads}; t++)
            tasks[t] = (struct {name}_task){{
                {given},
                t * {blocks} / {threads}, (t + 1) * {blocks} / {threads}, 0}};
        raised |= RAISED;
        run_tasks({name}_run, (char *)tasks, sizeof tasks[0], {threads});
        for (long t = 0; t < {threads}; t++) raised |= tasks[t].raised;
    }}"""


class Tasks:
    """Calls the function of a nest for all blocks.

    Parameters
    ----------
    writer : NestWriter
        The nest, which has been written.
    threads : int
        How many threads call it.
    begin : int
        Where its memory begins, in bytes.
    align : callable
        Returns the bytes that are set aside for some.

    Attributes
    ----------
    end : int
        Where its memory ends.
    """

    def __init__(self, writer: NestWriter, threads: int, begin: int, align: Any) -> None:
        assert writer.division is not None
        self.writer = writer
        self.division: Division = writer.division
        self.threads = min(threads, self.division.blocks)
        self.sizes = {
            step.result: 1 if self.division.of_tiles else summed_size(writer.plan, step)
            for step in self.division.sums
        }
        self.sums: dict[str, tuple[str, int]] = {}
        at = begin
        for step in self.division.sums:
            size = self.sizes[step.result]
            name = writer.blocks_of(step) if self.division.of_tiles else writer.memory[step.result]
            self.sums[name] = (f"({TYPES[step.dtype]} *)(work + {at})", size)
            at += align(size * self.division.blocks * step.dtype.itemsize)
        self.tiles: dict[str, str] = {}
        offset = 0
        for number, dtype in enumerate(writer.plan.tiles):
            self.tiles[f"t{number}"] = f"({TYPES[dtype]} *)(work + {at + offset}"
            offset += align(writer.plan.width * dtype.itemsize)
        self.step = offset
        self.end = at + offset * self.threads

    def functions(self) -> str:
        """Return what a thread runs; "" if there is only one."""
        if self.threads == 1:
            return ""
        parameters = self.writer.parameters()
        fields = " ".join(f"{kind}{name};" for kind, name in parameters)
        given = [self._of_block(name, f"task->{name}") for _, name in parameters]
        given.append(self.division.bounds("b"))
        return _TASK.format(name=self.writer.name, fields=fields, given=", ".join(given))

    def calls(self) -> list[str]:
        """Return the statements that call the function, and add up what blocks have summed."""
        name, blocks = self.writer.name, self.division.blocks
        names = [parameter for _, parameter in self.writer.parameters()]
        found = []
        if self.threads == 1:
            given = [self._of_block(x, self._given(x, "0")) for x in names]
            given.append(self.division.bounds("b"))
            found.append(f"for (long b = 0; b < {blocks}; b++) {name}({', '.join(given)});")
        else:
            text = ", ".join(self._given(x, "t") for x in names)
            found.append(_CALL.format(name=name, threads=self.threads, given=text, blocks=blocks))
        if self.division.of_tiles:
            text = ", ".join([*(self._given(x, "0") for x in names), "0", str(blocks)])
            found.append(f"{name}_end({text});")
            return found
        for step in self.division.sums:
            to = self.writer.memory[step.result]
            pointer, size = self.sums[to]
            found.append(blocks_joined(self.division, step, size, to, pointer))
        return found

    def _given(self, parameter: str, thread: str) -> str:
        """Return what is passed for a parameter of the function."""
        if parameter in self.sums:
            return self.sums[parameter][0]
        if parameter in self.tiles:
            return f"{self.tiles[parameter]} + {thread} * {self.step})"
        return parameter

    def _of_block(self, parameter: str, pointer: str) -> str:
        """Return the same for one block."""
        if parameter not in self.sums:
            return pointer
        return f"{pointer} + b * {self.sums[parameter][1]}"
