"""`Entries`: a function of numbers, called for all entries of a batch."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from autograd import tree
from autograd.captured import pulled
from autograd.engine import Node, Value, batching, tracing
from autograd.engine.grad_mode import is_recording
from autograd.engine.transform_calls import arguments as arguments_of_call
from autograd.errors import BatchError, ImpureFunctionError, TraceError
from autograd.program.backends.tape.built import machine
from autograd.program.backends.tape.lanes import Lanes, lanes
from autograd.program.entries.one_by_one import OneByOne
from autograd.program.entries.stacked import Stacked
from autograd.program.entries.structures import described, filled, object_in, structure_of
from autograd.program.environment import Environment
from autograd.program.instructions import Variable, variables_in
from autograd.program.passes.effects import reads
from autograd.program.places import depth_of_caller
from autograd.program.program import Program
from autograd.program.stand_ins import NotFollowed
from autograd.program.tracing import RECORDING, Recording, isolated
from autograd.rules.elementwise import positive

#: How many branches are recorded; entries that take others are called one by one.
BRANCHES = 32


class Branch:
    """One way through a function: its program, in lanes.

    Attributes
    ----------
    run : Lanes or OneByOne
        Runs it for some entries.
    is_in_lanes : bool
        Whether it runs in C, for several entries at a time.
    output : any
        The structure of its result.
    described : str
        The same in words.
    object_returned : type or None
        Of something in the result that may hold a number of one entry.
    nodes : list of bool
        Which leaves of the result are nodes.
    read : list of Node
        The nodes from outside whose numbers it reads.
    reads_more : bool
        Whether it reads something else from outside that programs may change.
    """

    def __init__(self, recording: Recording, environment: Environment) -> None:
        program = recording.program
        found = lanes(program)
        self.is_in_lanes = found is not None
        self.run: Lanes | OneByOne = OneByOne(program) if found is None else found
        self.output = structure_of(program.output)
        self.described = described(self.output)
        self.object_returned = object_in(self.output)
        self.nodes = [leaf is not None for leaf in recording.results.leaves]
        loads = [load for load in program.loads if load.variable is not None]
        read = [x for x in loads if isinstance(x.node, Node) and x.what == "data"]
        self.read = [load.node for load in read]
        self.reads_more = len(read) < len(program.loads)
        self._holds = (environment.holds, recording.fixed.holds)
        self._absent = [load for load in program.loads if load.variable is None]

    def holds(self) -> bool:
        """Return whether everything that the program takes for fixed is as it was."""
        absent = all(getattr(load.node, load.what) is None for load in self._absent)
        return absent and all(holds() for holds in self._holds)


def _reads_others(program: Program) -> bool:
    """Return whether a program reads variables of another one, which is being recorded."""
    known = {*program.inputs, *[load.variable for load in program.loads]}
    for item in program.items:
        if not known.issuperset(x for x in reads(item) if isinstance(x, Variable)):
            return True
        known.update(item.makes())
    return not known.issuperset(variables_in(program.output))


class Entries:
    """A function of numbers, called for all entries of a batch.

    Parameters
    ----------
    function : callable
        Takes one number, or one Value, for each leaf.
    name : str
        What messages call it.
    reads : callable
        The user's function, whose names count.
    objects : list
        The objects among its arguments.

    Attributes
    ----------
    looped : callable
        Called with the name if the function is called for each entry.
    """

    def __init__(
        self, function: Callable[..., Any], name: str, reads: Any, objects: list[Any]
    ) -> None:
        self.function = function
        self.name = name
        self.reads = reads
        self.objects = objects
        self.looped: Callable[[str], Any] = str
        self._calls: dict[Any, Calls] = {}

    def __call__(self, *leaves: Any) -> Any:
        """Return the results: arrays of the shape to which the leaves broadcast, or Tensors.

        Parameters
        ----------
        *leaves : array, number or node
            What differs between the entries, and single numbers and nodes that all share.
        """
        return self.calls(leaves).results(leaves)

    def calls(self, leaves: tuple[Any, ...]) -> Calls:
        """Return the calls with nodes in the same places."""
        key = tuple([isinstance(x, Node) for x in leaves]), is_recording()
        found = self._calls.get(key)
        if found is None:
            found = self._calls[key] = Calls(self, key[0])
        return found


class Calls:
    """The calls of a function for entries with nodes in the same places.

    Attributes
    ----------
    are_nodes : tuple of bool
        For each leaf whether the function gets a node.
    branches : list of Branch
        Those that have been recorded.
    why_not : str
        Why the function is called for each entry; empty if it is not.
    """

    def __init__(self, owner: Entries, are_nodes: tuple[bool, ...]) -> None:
        self.owner = owner
        self.are_nodes = are_nodes
        self.branches: list[Branch] = []
        self.why_not = ""
        self._has_warned = False
        self._captured: list[Any] = []
        self._changing: set[tuple[int, str]] = set()
        self._pull: tuple[list[int], Entries] | None = None

    # -- all entries ------------------------------------------------------------------------

    def results(self, leaves: tuple[Any, ...]) -> Any:
        """Return the results for all entries."""
        is_traced = tracing.tracer() is not None
        if not (any(self.are_nodes) or self._captured or batching.any_batched(leaves)):
            call = Stacked(self, [], is_traced)
            found = call.rows(leaves)
            if not call.missing:
                output, _, nodes = call.kinds
                return filled(output, found, nodes)
            self._captured = call.missing
        while True:
            call = Stacked(self, self._captured, is_traced)
            found = call.apply((*leaves, *self._captured))
            if not call.missing:
                self._captured = call.needed
                return call.unstacked(found)
            self._captured = [*call.needed]

    def call_entry(self, *numbers: Any) -> Any:
        """Call the function for one entry."""
        pairs = zip(numbers, self.are_nodes, strict=True)
        given = [Value(x) if is_node else x for x, is_node in pairs]
        with arguments_of_call([x for x in given if isinstance(x, Node)]):
            return self.owner.function(*given)

    def record(self, numbers: list[Any]) -> Branch | None:
        """Record the branch that an entry takes; None if it cannot run in lanes."""
        if self.why_not or len(self.branches) >= BRANCHES:
            return None
        owner = self.owner
        with RECORDING:
            environment = Environment(owner.reads, owner.objects)
            try:
                found = isolated(self.call_entry, numbers, {}, environment, self._changing)
            except ImpureFunctionError:
                raise
            except (TraceError, NotFollowed) as refusal:
                self.why_not = str(refusal)
                return None
            except Exception:
                return None  # calls without a program raise it again
            finally:
                changed = environment.drawn(), environment.change()
                environment.restore()
            self._require_pure(*changed, found)
            if found.results.refused or _reads_others(found.program):
                self.why_not = found.results.refused or "it closes over what a program computes"
                return None
            branch = Branch(found, environment)
            self.branches.append(branch)
            return branch

    def warn(self) -> None:
        """Tell once why the function is called for each entry, if it need not be."""
        if self._has_warned or machine is None:
            return
        self._has_warned = True
        why = self.why_not or "it does more than compute with floats"
        warnings.warn(
            f"vmap calls {self.owner.name} for each entry of the batch, which takes long, because "
            f"it needs bare numbers: {why}.",
            RuntimeWarning,
            stacklevel=depth_of_caller(),
        )

    def _require_pure(self, source: str | None, name: str | None, found: Recording) -> None:
        """Raise an error if the function draws random numbers, or changes something outside."""
        if source is not None:
            raise BatchError(
                f"{self.owner.name} draws random numbers from {source}, which all calls of the "
                "batch would share. Draw them before, and pass them as an argument."
            )
        nodes = [store.node for store in found.program.stores]
        kinds = [type(x).__name__ if isinstance(x, Node) else "object" for x in nodes]
        if name is not None or kinds:
            what = name or f"a {kinds[0]}"
            raise BatchError(
                f"{self.owner.name} changes {what}, which all calls of the batch share. Return the "
                "new number instead."
            )

    # -- derivatives ------------------------------------------------------------------------

    def pull(self, numbers: Any, gs: list[Any], captured: list[Any]) -> Any:
        """Return the derivatives for all entries, stacked along the last axis.

        Parameters
        ----------
        numbers : tuple
            The leaves, and the numbers of the captured nodes.
        gs : list
            The cotangents of those results that are nodes.
        captured : list of Node
            The nodes from outside that are differentiated as well.
        """
        owner = self.owner
        count = len(self.are_nodes)
        known = [id(node) for node in captured]
        if self._pull is None or self._pull[0] != known:

            def derivatives(*given: Any) -> list[Any]:
                return self._derivatives(given[:count], given[count:], captured)

            name = f"derivative of {owner.name}"
            self._pull = known, Entries(derivatives, name, owner.reads, owner.objects)
        entries = self._pull[1]
        entries.looped = owner.looped
        given = (*numbers[:count], *gs)
        call = Stacked(entries.calls(given), captured, tracing.tracer() is not None)
        return call.apply((*given, *numbers[count:]))

    def _derivatives(self, numbers: Any, gs: Any, captured: list[Any]) -> list[Any]:
        """Differentiate one call by its arguments and by nodes from outside."""
        create = any(isinstance(x, Node) for x in (*numbers, *gs))
        fresh = [positive(x) if isinstance(x, Node) else Value(x) for x in numbers]
        pairs = zip(fresh, numbers, self.are_nodes, strict=True)
        given = [node if is_node else x for node, x, is_node in pairs]
        with arguments_of_call(fresh):
            leaves = tree.flat(self.owner.function(*given))
        total: Any = Value(0.0)
        for g, y in zip(gs, [x for x in leaves if isinstance(x, Node)], strict=True):
            total = total + g * y
        found = pulled(total, 1.0, [*fresh, *captured], create)
        return [0.0 if x is None else x for x in found]
