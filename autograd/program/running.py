"""Compile a program to a Python function that runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.program.instructions import (
    Guard,
    same,
    shape_of,
)
from autograd.program.program import Program
from autograd.program.python_code import Names, Writer


class GuardFailed(Exception):  # noqa: N818 - it is caught where programs are run
    """A guard did not hold: its number among the guards, and what the value was instead."""

    def __init__(self, number: int, found: Any) -> None:
        super().__init__(number, found)
        self.number = number
        self.found = found


def compiled(program: Program) -> Callable[..., Any]:
    """Return a function of the inputs that runs a program and returns its output.

    It raises `GuardFailed`, before anything is stored, where a guard does not hold.
    """
    names = Names()
    writer = Writer(names)
    environment: dict[str, Any] = {"np": np, "same": same, "GuardFailed": GuardFailed}
    lines: list[str] = []
    parameters = [names.of(x) for x in program.inputs]
    guards = 0
    for load in program.loads:
        node = names.object(
            load.node, load.node.label if load.node.label.isidentifier() else "node"
        )
        if load.variable is not None:
            lines.append(f"{names.of(load.variable)} = {node}.{load.what}")
            if load.variable.is_array or load.what == "grad":
                environment["check_load"] = check_load
                expected = names.object((load.variable.shape, load.variable.dtype), "expected")
                lines.append(f"check_load({names.of(load.variable)}, {expected})")
        else:
            lines.append(f"if {node}.{load.what} is not None: raise GuardFailed(-1, None)")
    quiet = False
    for item in program.items:
        if isinstance(item, Guard):
            lines.append(
                f"if not ({condition(writer, names, item)}): raise "
                f"GuardFailed({guards}, {_found(writer, names, item)})"
            )
            guards += 1
            continue
        if item.quiet and not quiet:
            lines.append("with np.errstate(all='ignore'):")
        quiet = item.quiet
        lines.append(("    " if quiet else "") + writer.statement(item))
    for store in program.stores:
        node = names.object(store.node, "node")
        lines.append(f"{node}.{store.what} = {writer.of(store.value).text}")
    lines.append(f"return {writer.of(program.output).text}")
    name = names.new("run")
    body = "\n    ".join(lines)
    source = f"def {name}({', '.join(parameters)}):\n    {body}\n"
    environment.update(names.environment)
    for module in names.imports:
        _import(module, environment)
    exec(compile(source, f"<program {program.name}>", "exec"), environment)
    function = environment[name]
    function.source = source
    return function  # type: ignore[no-any-return]


def check_load(x: Any, expected: Any) -> None:
    """Raise `GuardFailed` if what a node holds has another shape or type."""
    if getattr(x, "shape", ()) != expected[0] or getattr(x, "dtype", None) != expected[1]:
        raise GuardFailed(-1, None)


def condition(writer: Writer, names: Names, guard: Guard) -> str:
    """Return the condition of a guard as a Python expression."""
    x = writer.of(guard.variable)
    if guard.convert is bool:
        return x.text if guard.expected else f"not {x.within(6)}"
    if guard.convert is shape_of:
        return f"{x.within(11)}.shape == {guard.expected!r}"
    return f"same({_found(writer, names, guard)}, {names.object(guard.expected, 'expected')})"


def _found(writer: Writer, names: Names, guard: Guard) -> str:
    return f"{names.function(guard.convert)}({writer.of(guard.variable).text})"


def _import(module: str, environment: dict[str, Any]) -> None:
    root = module.partition(".")[0]
    if root and root != "np":
        import importlib

        importlib.import_module(module)
        environment[root] = importlib.import_module(root)
