"""Programs for arrays of a device, such as those of CuPy.

A program that was recorded with copies in memory runs there: NumPy's functions hand the arrays to
their library (NEP 13 and 18), and elementwise regions are kernels of it, if it can compile them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine.foreign import to_numpy
from autograd.program.backends.device.kernels import with_device_kernels
from autograd.program.backends.device.placing import Placing, held_now
from autograd.program.hosts import Hosts, is_on_device
from autograd.program.instructions import Instruction, Variable, substituted
from autograd.program.passes import common, copies, dead_code
from autograd.program.passes.algebra import READABLE, by_function, simplified
from autograd.program.passes.effects import copied
from autograd.program.program import Program, Store
from autograd.program.python_code import Writer
from autograd.program.running import compiled
from autograd.program.stand_ins import numbers_of

#: Rules that hold for any library; others write methods of ufuncs, which CuPy does not have.
_RULES = by_function(READABLE)


def simpler(program: Program) -> Program:
    """Return a program that computes the same with less, by functions that any library has."""
    program = simplified(dead_code.without_dead_code(program), _RULES)
    program = simplified(common.with_common_subexpressions(program), _RULES)
    return dead_code.without_dead_code(copies.without_copies(program))


class OnDevice:
    """How a program runs on a device.

    Parameters
    ----------
    hosts : Hosts
        The copies for which it was recorded.
    outside : set of int
        The identities of arrays in memory that others may change.

    Attributes
    ----------
    is_fused : bool
        Whether elementwise regions are kernels.
    """

    def __init__(self, hosts: Hosts, outside: set[int]) -> None:
        self.hosts, self.outside = hosts, outside
        self.is_fused = True

    def placed(
        self, program: Program, given: list[bool], wanted: list[bool], report: Any
    ) -> Placed:
        """Return a program on the device.

        Parameters
        ----------
        program : Program
            The program as it was recorded.
        given, wanted : list of bool
            Which arguments are there, and which results must be.
        report : Report
            Notes what runs.
        """
        report.rest = type(self.hosts.home).__module__
        placing = Placing(simpler(program), self.hosts, given, self.outside)
        found = _with_results(placing.placed(), placing.there, wanted)
        if self.is_fused:
            found = with_device_kernels(found, placing, report)
        return Placed(found, placing.there)


@dataclass
class Placed:
    """A program on a device, and which of its variables and constants are there."""

    program: Program
    there: set[Any]

    def compiled(self) -> Callable[..., Any]:
        """Return a function of the inputs that runs it."""
        return compiled(self.program, writer=Writer)


class WholeOnDevice:
    """How a program of all arguments and results runs: `OnDevice` with what a call has shown.

    Parameters
    ----------
    device : OnDevice
        The device.
    inputs : list
        The arguments.
    result : any
        What the function itself has returned: so it is known what lies where.
    """

    def __init__(self, device: OnDevice, inputs: list[Any], result: Any) -> None:
        self.device = device
        self.given, self.wanted = are_there(inputs), are_there(tree.flat(result))

    def ready(self, program: Program, report: Any) -> Callable[..., Any]:
        """Return a function of the inputs that runs a program."""
        return self.device.placed(program, self.given, self.wanted, report).compiled()


def are_there(found: list[Any]) -> list[bool]:
    """Return which arrays, or nodes with such arrays, are on a device."""
    return [is_on_device(numbers_of(x)) for x in found]


def _with_results(program: Program, there: set[Any], wanted: list[bool]) -> Program:
    """Read what the function returns, or stores, as arrays and numbers of NumPy."""
    items = [*program.items]
    read: dict[Any, Variable] = {}
    number = 1 + max((x.number for item in items for x in item.makes()), default=0)

    def here(x: Any) -> Any:
        if x not in read:
            source = x if isinstance(x, Variable) else Variable(-1, np.empty(0))
            read[x] = found = copied(source)
            found.number, found.root = number + len(read), found
            items.append(Instruction(_Here(source.kind), (x,), {}, found))
        return read[x]

    flat = iter(wanted)

    def result_of(x: Any) -> Any:
        return here(x) if not next(flat) and x in there else x

    output = tree.mapped(program.output, result_of)
    stores = []
    for store in program.stores:
        value = store.value
        if not is_on_device(held_now(store)):  # type: ignore[arg-type]
            value = substituted(value, lambda x: here(x) if x in there else x)
        stores.append(Store(store.node, store.what, value))
    found = program.with_items(items)
    found.output, found.stores = output, stores
    return found


class _Here:
    """Reads an array of the device as the array, or the number, that NumPy would return."""

    __name__ = "read"

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def __call__(self, x: Any) -> Any:
        found = to_numpy(x)
        return found if self.kind is np.ndarray else found[()]


def difference(found: Any, expected: Any) -> str:
    """Return how a result of a program differs from that of the function itself; "" if not."""
    pairs = tree.flat(found), tree.flat(expected)
    if len(pairs[0]) != len(pairs[1]):
        return "it returns another number of results"
    for a, b in zip(*pairs, strict=True):
        a, b = numbers_of(a), numbers_of(b)
        kinds = [(type(x), getattr(x, "shape", ()), getattr(x, "dtype", None)) for x in (a, b)]
        if kinds[0] != kinds[1]:
            return f"its library returns {_kind(b)} where the program gives {_kind(a)}"
    return ""


def _kind(x: Any) -> str:
    shape, dtype = getattr(x, "shape", ()), getattr(x, "dtype", "")
    return f"a {type(x).__name__} of shape {shape} and type {dtype}"
