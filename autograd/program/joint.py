"""A function together with its backward pass, recorded as one program and cut in two."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import tracing as hooks
from autograd.program.backends import Backend
from autograd.program.backends.report import Report
from autograd.program.instructions import (
    Constant,
    Instruction,
    Variable,
    substituted,
    variables_in,
)
from autograd.program.passes.checks import with_checks_first
from autograd.program.program import Program
from autograd.program.running import compiled
from autograd.program.spaces import Cell
from autograd.program.stand_ins import numbers_of
from autograd.program.structure import Parameter
from autograd.program.tracing import RECORDING, isolated


class Joint:
    """A function and its backward pass, for some of its results.

    Attributes
    ----------
    mask : tuple of int
        The results whose cotangents it takes.
    can_split : bool
        Whether it can be cut into a forward and a backward program.
    """

    def __init__(
        self,
        program: Program,
        mask: tuple[int, ...],
        cut: int,
        backend: Backend,
        report: Report,
    ) -> None:
        self.mask = mask
        self.count = len(mask)
        self._backend, self._report = backend, report
        self._whole: Callable[..., Any] | None = None
        self._program = program
        forward, backward = program.items[:cut], program.items[cut:]
        results, found = program.output
        own = program.inputs[: len(program.inputs) - self.count]
        cotangents = program.inputs[len(own) :]
        known = {*own, *_made(forward), *[x.variable for x in program.loads if x.variable]}
        writes = [item.writes for item in backward if item.writes is not None]
        self.can_split = not any(
            _root(w) in known or isinstance(_root(w), Constant) for w in writes
        )
        if not self.can_split:
            return
        kept, backward, found = _cut(backward, found, known)
        first = with_checks_first(_program(program, own, forward, (results, tuple(kept))))
        last = _program(program, [*kept.values(), *cotangents], backward, found)
        last.loads, last.stores, last.name = [], [], f"{program.name}_backward"
        self._make(first, last)
        state = {load.variable for load in program.loads if isinstance(load.node, Cell)}
        shared = [_root(x) for x in self.forward.output[1]]
        #: What the function may change before the derivative is wanted.
        self._copied = [k for k, x in enumerate(shared) if x in state]
        self._shared = _shared(self.backward)

    def _make(self, first: Program, last: Program) -> None:
        """Compile both parts."""
        self.forward = self._backend.prepared(first, self._report)
        self.backward = self._backend.prepared(last, self._report)
        self._run_forward = compiled(self.forward, first)
        self._run_backward = compiled(self.backward, last)

    @classmethod
    def recorded(
        cls, replay: Any, leaves: list[Any], mask: tuple[int, ...], gs: list[Any]
    ) -> tuple[Joint, list[Any]]:
        """Record a function and its backward pass; return it with the derivatives found."""
        both = WithBackward(replay, mask)
        with RECORDING:
            made = isolated(both, (leaves, gs), {}, replay.environment, replay.changing)
        found = [numbers_of(x) for x in made.result[1]]
        return cls(made.program, mask, both.cut, replay.backend, replay.report), found

    def run_forward(self, inputs: list[Any]) -> tuple[Any, Any]:
        """Return what the function returns, and what the backward program needs."""
        found, kept = self._run_forward(*inputs)
        if self._copied:
            kept = list(kept)
            for k in self._copied:
                kept[k] = kept[k].copy("K")
        return found, (self, kept)

    def run_backward(self, kept: Any, cotangents: list[Any]) -> list[Any]:
        """Return the derivatives: new arrays, which the engine may add to."""
        found: list[Any] = self._run_backward(*kept, *cotangents)
        for k in self._shared:
            found[k] = found[k].copy()
        return found

    def run_whole(self, inputs: list[Any], cotangents: list[Any]) -> list[Any]:
        """Return the derivatives, computing forward and backward."""
        if self._whole is None:
            whole = _program(
                self._program, self._program.inputs, self._program.items, self._program.output[1]
            )
            whole.stores = []
            self._whole = self._backend.ready(whole, self._report)
        found: list[Any] = self._whole(*inputs, *cotangents)
        return found


class WithBackward:
    """A function of arguments and cotangents: what another one returns, and derivatives.

    Attributes
    ----------
    cut : int
        The number of instructions before the backward pass.
    """

    def __init__(self, replay: Any, mask: tuple[int, ...]) -> None:
        self.replay, self.mask, self.cut = replay, mask, 0
        self.__name__ = replay.name

    def __call__(self, leaves: list[Any], cotangents: list[Any]) -> Any:
        """Call the function, and go back."""
        found = self.replay.called(leaves)
        for x in tree.flat(found):
            numbers_of(x)  # a view of what was assigned to later is computed again here
        self.cut = len(hooks.tracer().items)
        roots = self.replay.roots_in(found, self.mask)
        return found, self.replay.derivatives_of(roots, leaves, cotangents, False)


def _program(like: Program, inputs: list[Any], items: list[Any], output: Any) -> Program:
    """Return a program with other parts."""
    made = copy.copy(like)
    made.inputs, made.items, made.output = inputs, items, output
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    made.parameters = [Parameter(x.hint or f"x{k}", kind, x) for k, x in enumerate(inputs)]
    return made


def _made(items: list[Any]) -> Iterator[Variable]:
    for item in items:
        yield from item.makes()


def _cut(
    items: list[Any], output: Any, known: set[Any]
) -> tuple[dict[Any, Variable], list[Any], Any]:
    """Return what instructions need from before, with a variable for each, and the instructions."""
    kept: dict[Any, Any] = {}

    def from_before(x: Any) -> Any:
        if isinstance(x, Constant):
            if x not in kept:
                kept[x] = Variable(-1 - len(kept), x.value, x.hint or f"c{x.number}")
                kept[x].root = x  # type: ignore[assignment]
            return kept[x]
        if x in known:
            kept[x] = x
        return x

    again: list[Any] = []
    for item in items:
        if isinstance(item, Instruction):
            item = dataclasses.replace(
                item,
                arguments=substituted(item.arguments, from_before),
                keywords=substituted(item.keywords, from_before),
            )
        else:
            for x in variables_in(item.variable):
                from_before(x)
        again.append(item)
    output = substituted(output, from_before)
    return kept, again, output


def _shared(program: Program) -> list[int]:
    """Return which results of a program are arrays that something else refers to."""
    made = set(_made(program.items))
    roots = [_root(x) for x in program.output]
    return [
        k
        for k, x in enumerate(program.output)
        if isinstance(x, Constant)
        or (
            isinstance(x, Variable)
            and x.is_array
            and (roots[k] not in made or roots.count(roots[k]) > 1)
        )
    ]


def _root(x: Any) -> Any:
    """Return the variable or constant whose memory this one shares."""
    return x.root if isinstance(x, Variable) else x


def external_writes(program: Program) -> bool:
    """Return whether a program changes something outside, or draws random numbers."""
    inside = set(_made(program.items))
    for item in program.instructions:
        if item.writes is not None and _root(item.writes) not in inside:
            return True
        if any(issubclass(x.kind, np.random.Generator) for x in item.uses()):
            return True
    return bool(program.stores) or any(load.what == "grad" for load in program.loads)
