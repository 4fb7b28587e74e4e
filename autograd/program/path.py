"""One way through a function that `jit` has recorded."""

from __future__ import annotations

import functools
import linecache
from typing import Any

from autograd.engine.foreign import is_writable
from autograd.program.backends import Backend
from autograd.program.backends.report import Report
from autograd.program.environment import Environment
from autograd.program.instructions import Attempt, same
from autograd.program.native.routes import route_of
from autograd.program.passes.checks import with_checks_first
from autograd.program.running import GuardFailed
from autograd.program.tracing import Recording


class Path:
    """One way through a function: its program, compiled."""

    def __init__(
        self,
        recording: Recording,
        environment: Environment,
        backend: Backend,
        lazily: bool = False,
        device: Any = None,
    ) -> None:
        self.recorded = recording.program
        program = self.program = with_checks_first(recording.program)
        self.environment = environment
        self.fixed = recording.fixed
        self.report = Report()
        ready = functools.partial((device or backend).ready, program, self.report)
        self.run: Any = _later(ready) if lazily else ready()
        written = _written(program)
        if written:
            self.run = _where_writable(self.run, written)
        self.expected = [guard.expected for guard in program.guards]
        #: How often it has run, but for calls that took the route.
        self.slow_runs = 0
        #: What makes calls quick that are like another one; None if nothing does.
        self.route: Any = None
        self._is_described = False

    @property
    def runs(self) -> int:
        """How often it has run."""
        return self.slow_runs + (0 if self.route is None else int(self.route.runs))

    def route_for(self, arguments: tuple[Any, ...]) -> Any:
        """Return the route for calls like one that runs this, and count that one."""
        self.slow_runs += 1
        if not self._is_described:
            self._is_described = True
            self.route = route_of(arguments, self.run, self.environment, self.fixed)
        return self.route

    def cause(self, failure: GuardFailed | None) -> str:
        """Return why a call does not take this path, in words; "" if it is not known."""
        if failure is None or failure.number < 0:
            changed, entry = self.environment.change(), self.fixed.change()
            if changed is not None:
                return f" It reads {changed!r}, which changes: pass it as an argument."
            return "" if entry is None else f" It may read {entry!r} of an object, which changes."
        place = self.program.guards[failure.number].place
        if place is None:
            return ""
        line = linecache.getline(place[0], place[1]).strip()
        return f" It branches at {place[0]}, line {place[1]}: {line}"

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
            if not is_writable(inputs[k]):
                raise GuardFailed(-1, None)
        return run(*inputs)

    return checked


def _later(ready: Any) -> Any:
    """Return a function that compiles a program when it is first called."""
    found: list[Any] = []

    def run(*inputs: Any) -> Any:
        if not found:
            found.append(ready())
        return found[0](*inputs)

    return run
