"""Programs that read Values and change them: the tape does it itself, where their numbers lie."""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import Value
from autograd.program.backends.tape.built import machine
from autograd.program.backends.tape.regions import Taped
from autograd.program.fast_code import RunNames, RunWriter
from autograd.program.instructions import Variable
from autograd.program.program import Program
from autograd.program.running import MANY

#: Numbers to look for in the memory of Values.
_PROBES = ((1.2345678901234567e-3, -9.876543210987654e5), (4.321e77, 5.678e-99), (-3.3e-5, 7.7e12))


@functools.cache
def fields() -> dict[str, int] | None:
    """Return where a Value holds what, in bytes; None if it does not hold doubles.

    Only where the engine is compiled it does. The places are found in Values of known numbers.
    """
    if sys.implementation.name != "cpython":
        return None
    found: dict[str, set[int]] = {}
    for data, gradient in _PROBES:
        value = Value(data, label="x")
        value.grad = gradient
        for what, number, kind in (
            ("data", data, ctypes.c_double),
            ("grad", gradient, ctypes.c_double),
            ("notes", id(value._notes), ctypes.c_size_t),
        ):
            places = range(object.__basicsize__, Value.__basicsize__ - 7, 8)
            same = {k for k in places if kind.from_address(id(value) + k).value == number}
            found[what] = found.get(what, same) & same
    if any(len(places) != 1 for places in found.values()):
        return None
    return {what: places.pop() for what, places in found.items()}


def bound(program: Program, make: Callable[[], Callable[..., Any]]) -> Callable[..., Any]:
    """Return a function that runs a program, and that reads and changes Values in C.

    Parameters
    ----------
    program : Program
        A program as it runs.
    make : callable
        Returns a function that runs it in any case.
    """
    many = len(program.loads) + len(program.stores) >= MANY
    if machine is None or not many or len(program.items) != 1:
        return make()
    item = program.items[0]
    if type(item.function) is not Taped or fields() is None:
        return make()
    try:
        return _Binding(program, item).function(make)
    except _NotBoundError:
        return make()


class _NotBoundError(Exception):
    """A tape cannot do all that the program does."""


class _Binding:
    """What a tape reads and changes, in numbers."""

    def __init__(self, program: Program, item: Any) -> None:
        self.program = program
        self.tape = item.function.run_directly
        self.arguments = item.arguments
        result = item.result
        results = result if type(result) is tuple else () if result is None else (result,)
        #: The numbers of the results.
        self.results = {x: k for k, x in enumerate(results)}
        self.nodes: dict[int, tuple[int, Any]] = {}
        loads = {load.variable: self._place(load) for load in program.loads}
        stores = [(self._place(store), self._stored(store.value)) for store in program.stores]
        self.given = [x for x in self.arguments if x not in loads]
        if None in loads or not set(self.given) <= set(program.inputs):
            raise _NotBoundError
        self.reads = [loads.get(x, (-1, 0)) for x in self.arguments]
        self.writes = [(*place, output) for place, (output, _) in stores]
        self.constants = [constant for _, (_, constant) in stores]
        leaving = {x: None for x in tree.flat(program.output) if type(x) is Variable}
        self.returned = [x for x in leaving if x in self.results]
        if not leaving.keys() <= {*self.returned, *program.inputs}:
            raise _NotBoundError
        both: list[Any] = [*program.loads, *program.stores]
        used = [x.node for x in both if x.what == "grad"]
        places = fields()
        assert places is not None
        self.empty = [(self.nodes[id(node)][0], places["notes"]) for node in used]

    def _place(self, at: Any) -> tuple[int, int]:
        """Return the number of a node, and where in it something is read or stored."""
        places = fields()
        if type(at.node) is not Value or places is None or at.what not in places:
            raise _NotBoundError
        number = self.nodes.setdefault(id(at.node), (len(self.nodes), at.node))[0]
        return number, places[at.what]

    def _stored(self, x: Any) -> tuple[int, float]:
        """Return the number of a result, or -1 and a constant."""
        if type(x) in (int, float):
            return -1, float(x)
        if type(x) is Variable and x.kind is float and x in self.results:
            return self.results[x], 0.0
        raise _NotBoundError

    def function(self, make: Callable[[], Callable[..., Any]]) -> Callable[..., Any]:
        """Return the function of the inputs."""
        others: list[Callable[..., Any]] = []
        names = RunNames()
        names.reserve(("bound", "HasNotes", "otherwise"))
        writer = RunWriter(names)
        parameters = [names.of(x) for x in self.program.inputs]
        given = [names.of(x) for x in self.given]
        returned = "".join(f"{names.of(x)}, " for x in self.returned)

        def refuse(*_: Any) -> Any:
            raise _HasNotesError

        def otherwise(*inputs: Any) -> Any:
            if not others:
                others.append(make())
            return others[0](*inputs)

        tape = machine.Bound(
            self.tape,
            tuple([node for _, node in self.nodes.values()]),
            np.array(self.reads, np.int64).reshape(-1, 2),
            np.array(self.writes, np.int64).reshape(-1, 3),
            np.array(self.constants, float),
            np.array([self.results[x] for x in self.returned], np.int64),
            np.array(self.empty, np.int64).reshape(-1, 2),
            refuse,
        )
        name = names.new("run")
        environment = {"bound": tape, "HasNotes": _HasNotesError, "otherwise": otherwise}
        call = f"bound({', '.join(given)})"
        source = (
            f"def {name}({', '.join(parameters)}):\n"
            f"    try: {f'{returned}= {call}' if returned else call}\n"
            f"    except HasNotes: return otherwise({', '.join(parameters)})\n"
            f"    return {writer.of(self.program.output).text}\n"
        )
        environment.update(names.environment)
        exec(compile(source, f"<program {self.program.name}>", "exec"), environment)
        function: Any = environment[name]
        function.source = source
        return function  # type: ignore[no-any-return]


class _HasNotesError(Exception):
    """A derivative may be a node, or a Value may have a name."""
