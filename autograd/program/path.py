"""One way through a function that `jit` has recorded."""

from __future__ import annotations

from typing import Any

from autograd.program.environment import Environment
from autograd.program.instructions import Attempt, same
from autograd.program.passes import optimised
from autograd.program.passes.checks import with_checks_first
from autograd.program.running import GuardFailed, compiled
from autograd.program.tracing import Recording


class Path:
    """One way through a function: its program, compiled."""

    def __init__(
        self, recording: Recording, environment: Environment, lazily: bool = False
    ) -> None:
        self.recorded = recording.program
        program = self.program = with_checks_first(recording.program)
        self.environment = environment
        self.fixed = recording.fixed
        self.run: Any = _later(program) if lazily else compiled(optimised(program), program)
        written = _written(program)
        if written:
            self.run = _where_writable(self.run, written)
        self.expected = [guard.expected for guard in program.guards]
        self.runs = 0

    def holds(self) -> bool:
        """Return whether everything that the program takes for fixed is as it was."""
        return self.environment.holds() and self.fixed.holds()

    def continues(self, other: Path, number: int, found: Any) -> bool:
        """Return whether this path is right where guard `number` of another one failed."""
        if number < 0 or len(self.expected) <= number:
            return number < 0
        return all(map(same, self.expected, [*other.expected[:number], found]))


def _written(program: Any) -> list[int]:
    """Return the positions of the arguments that a program assigns to."""
    roots = {
        getattr(item.writes, "root", item.writes)
        for item in program.instructions
        if item.writes is not None and not isinstance(item.function, Attempt)
    }
    return [k for k, x in enumerate(program.inputs) if x in roots and x.is_array]


def _where_writable(run: Any, written: list[int]) -> Any:
    """Return a function that runs a program if these arguments can be assigned to."""

    def checked(*inputs: Any) -> Any:
        for k in written:
            if not inputs[k].flags.writeable:
                raise GuardFailed(-1, None)
        return run(*inputs)

    return checked


def _later(program: Any) -> Any:
    """Return a function that compiles a program when it is first called."""
    found: list[Any] = []

    def run(*inputs: Any) -> Any:
        if not found:
            found.append(compiled(optimised(program), program))
        return found[0](*inputs)

    return run
