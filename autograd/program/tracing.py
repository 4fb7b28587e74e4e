"""`trace`: run a function and record what it computes as a program."""

from __future__ import annotations

import contextlib
import itertools
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import Node, Tensor, Value
from autograd.engine import tracing as hooks
from autograd.engine.fields import replace_contents
from autograd.errors import TraceError
from autograd.program import creation, structure
from autograd.program.environment import Environment
from autograd.program.garbage import FEWER_SEARCHES
from autograd.program.instructions import (
    Constant,
    Instruction,
    Method,
    Variable,
    contents_of,
    variables_in,
)
from autograd.program.passes.effects import leaving, reads, rebuilt, root
from autograd.program.places import set_outermost
from autograd.program.program import Load, Program, Store
from autograd.program.recorder import Recorder
from autograd.program.results import Results, results_of
from autograd.program.stand_ins import NotFollowed, marked, numbers_of
from autograd.program.state import is_stateful
from autograd.program.traced import Traced, traced_in
from autograd.prompt import keep_typed_source

#: One thread at a time records: nodes from outside hold what represents them meanwhile.
RECORDING = threading.RLock()


class Recording:
    """One call of a function: its program and its result.

    Attributes
    ----------
    program : Program
        What it did.
    result : any
        What it returned.
    results : Results
        The nodes among what it returned.
    fixed : Fixed
        The state of objects with which the program is right.
    changing : set of (int, str)
        Numbers among this state that the function has changed, and that are not yet inputs.
    is_repeatable : bool
        Whether the program does everything that the function has done to objects.
    recorder : Recorder
        What has recorded it.
    """

    def __init__(self, program: Program, result: Any, results: Results, recorder: Recorder) -> None:
        self.program = program
        self.result = result
        self.results = results
        self.fixed = recorder.fixed(program.loads, program.stores)
        self.changing = recorder.found_changing
        self.is_repeatable = recorder.is_repeatable
        self.recorder = recorder


def record(
    function: Callable[..., Any],
    arguments: Any,
    keywords: Any,
    environment: Environment,
    isolated: bool = False,
    changing: Any = (),
    strict: bool = False,
    before: Recording | None = None,
    on_device: bool = False,
) -> Recording:
    """Call a function and record it.

    Parameters
    ----------
    function : callable
        The function.
    arguments, keywords : tuple and dict
        What to call it with.
    environment : Environment
        What the function reads.
    isolated : bool
        Undo what it changes: arrays among the arguments are copied, and nodes, generators and
        other objects that it closes over get back what they held. An error undoes all except
        changes of arrays in place also in other recordings.
    changing : set of (int, str)
        Numbers among this state that are inputs.
    strict : bool
        Raise `NotFollowed` where the function does something with nodes that cannot be repeated.
    before : Recording, optional
        Another recording of the same call, whose instructions are taken over where they are equal.
    on_device : bool
        Whether copies in memory stand for arrays of a device; with `strict` they do.
    """
    leaves: list[Any] = []
    structure.flatten((arguments, keywords), leaves, [])
    recorder = Recorder(isolated, changing, strict, None if before is None else before.recorder)
    recorder.hosts = environment.hosts if strict or on_device else None
    recorder.give_up_foreign(tree.flat((arguments, keywords)))
    inputs, given = _inputs(recorder, leaves)
    symbols = iter([x._variable for x in inputs])
    parameters = structure.parameters_of(
        function, structure.replaced(arguments, symbols), structure.replaced(keywords, symbols)
    )
    structure.name_inputs(parameters)
    parts = iter(given)
    positional = structure.replaced(arguments, parts, creation.standing_for)
    named = structure.replaced(keywords, parts, creation.standing_for)
    containers = (structure.contents(positional), structure.contents(named))
    with _traced(recorder):
        for owner in (*environment.owners, *filter(is_stateful, (*arguments, *keywords.values()))):
            recorder.follow(owner)
        try:
            with FEWER_SEARCHES, marked(leaves, given), environment.follow(recorder.constant):
                found = function(*positional, **named)
                found = _containers_of(recorder, found)
        finally:  # the function may have caught it, or have made another error of it
            if recorder.given_up:
                raise NotFollowed(recorder.given_up)
        recorder.keeps_changes = not isolated
        if recorder.refusal is not None:
            raise recorder.refusal
        if (structure.contents(positional), structure.contents(named)) != containers:
            raise TraceError(
                "A function that is traced changes a list or a dict among its arguments. Return "
                "what is new instead."
            )
        output = tree.mapped(found, lambda x: _output(recorder, x))
        results = results_of(found, recorder)
        stores = _stores(recorder)
    _check_constants(recorder)
    program = _program(recorder, function, inputs, output, stores, parameters)
    recorder.release()
    return Recording(program, tree.mapped(found, plain_result), results, recorder)


@contextlib.contextmanager
def _traced(recorder: Recorder) -> Iterator[None]:
    """Let a recorder follow what this thread computes; then give all objects plain numbers."""
    hooks.start(recorder)
    creation.begin()
    try:
        yield
    finally:
        creation.end()
        hooks.stop()
        for outside in recorder.outside.values():
            outside.finish(recorder.keeps_changes)
        recorder.end_state()
        recorder.finish()


def _program(
    recorder: Recorder, function: Any, inputs: list[Any], output: Any, stores: list[Store],
    parameters: Any,
) -> Program:  # fmt: skip
    """Return what a recorder has recorded."""
    loads = _loads(recorder, output, stores)
    name = str(getattr(function, "__name__", "function"))
    variables = [x._variable for x in inputs]
    program = Program(name, variables, loads, recorder.items, output, stores, parameters)
    program.function = function
    program.derived = recorder.origins.roots
    program.gradients = recorder.origins.gradients
    return program


def _inputs(recorder: Recorder, leaves: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return the traced inputs, and what the function gets for them: for nodes, stand-ins."""
    inputs: list[Any] = []
    given: list[Any] = []
    values = [recorder.moved(numbers_of(leaf)) for leaf in leaves]
    if recorder.isolated:
        values = structure.copies_of(values)
    for number, (leaf, value) in enumerate(zip(leaves, values, strict=True)):
        if isinstance(leaf, np.random.Generator):
            recorder.save_state(leaf)
        inputs.append(recorder.input(value))
        given.append(inputs[-1])
        if isinstance(leaf, Node):
            first = next(i for i, other in enumerate(leaves) if other is leaf)
            is_new = first == number
            given[-1] = recorder.stand_in(leaf, first, inputs[-1]) if is_new else given[first]
    return inputs, given


def _stores(recorder: Recorder) -> list[Store]:
    """Return what the program stores in nodes and in the state of objects."""
    stores = [
        Store(o.node, o.what, recorder.symbol(o.now(recorder)))
        for o in recorder.outside.values()
        if o.written
    ]
    return stores + recorder.state_stores()


def _loads(recorder: Recorder, output: Any, stores: list[Store]) -> list[Load]:
    """Return what the program reads from nodes and from the state of objects."""
    loads = [
        Load(o.node, o.what, None if o.traced is None else o.traced._variable)
        for o in recorder.outside.values()
        if o.is_read
    ]
    leaving = variables_in((output, [store.value for store in stores]))
    used = itertools.chain(leaving, itertools.chain.from_iterable(map(reads, recorder.items)))
    return loads + recorder.state_loads(used)


def _check_constants(recorder: Recorder) -> None:
    """Raise an error if a plain array has changed since the function used it."""
    for constant in recorder.constants:
        if not recorder.is_written(constant) and not constant.is_unchanged():
            raise TraceError(
                f"An array of shape {constant.value.shape} is used and then changed in place, and "
                "the change does not depend on the inputs. Make it with np.zeros_like(x) of an "
                "input, or pass it as an argument."
            )


def isolated(
    function: Callable[..., Any],
    arguments: Any,
    keywords: Any,
    environment: Environment,
    changing: Any,
    strict: bool = False,
    on_device: bool = False,
) -> Recording:
    """Record a call and undo it; add to `changing` what has to be an input."""
    while True:
        found = record(
            function, arguments, keywords, environment, True, changing, strict, None, on_device
        )
        if found.changing <= changing:
            return found
        changing |= found.changing


set_outermost(record.__code__)


def _output(recorder: Recorder, x: Any) -> Any:
    """Return the symbol of a result."""
    if isinstance(x, (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)):
        raise TraceError(
            f"A function that is traced returns a {type(x).__name__}. Return a list of results."
        )
    if isinstance(x, (set, bytearray)):
        raise TraceError(
            f"A function that is traced returns a {type(x).__name__}. Return a list or a tuple."
        )
    if isinstance(x, Value):
        return recorder.symbol(recorder.number(x))
    if isinstance(x, Tensor):
        return recorder.symbol(x.data)
    return recorder.symbol(creation.original(x))


def plain_result(x: Any) -> Any:
    """Return a result without what was recorded."""
    if isinstance(x, Traced):
        return x._value
    if isinstance(x, Tensor) and isinstance(x._contents, Traced):
        replace_contents(x, x._contents._value)
    if type(x) is slice:
        return slice(*map(plain_result, (x.start, x.stop, x.step)))
    return creation.original(x)


def _containers_of(recorder: Recorder, x: Any) -> Any:
    """Return a result with containers that a program can make again: keys are fixed."""
    if not isinstance(x, tree.CONTAINERS):
        return x
    if structure.has_attributes(x):
        raise TraceError(
            f"A function that is traced returns a {type(x).__name__} with attributes, which a "
            "program cannot make again. Return a tuple, a list or a dict."
        )
    parts = [_containers_of(recorder, item) for item in tree.items(x)]
    found = tree.like(x, parts)
    keys = list(traced_in(tuple(x))) if isinstance(x, dict) else []
    if keys:
        for key in keys:
            key._guard(contents_of)
        found.clear()
        found.update(zip(recorder.plain(tuple(x)), parts, strict=True))
    return found


def trace(function: Callable[..., Any]) -> Callable[..., Program]:
    r"""Return a function that records one call of `function`, and returns the program.

    The program consists of NumPy's calls in order, a backward pass among them. ``print`` shows it
    as Python, `Program.latex` as formulas, `draw` as a picture; it can be called, saved, compared.
    Nothing that the call changes outside remains changed. `jit` is for speed: it records whatever
    branches occur. (`Trace` is something else: it records where nodes are made.)

    Parameters
    ----------
    function : callable
        Any function of arrays and numbers: also one that `grad` and the like have returned.

    Returns
    -------
    callable
        Takes the arguments of `function`; returns the `Program` of that call.

    Examples
    --------
    >>> import autograd
    >>> program = autograd.trace(autograd.grad(lambda x: x**3))(2.0)
    >>> program(5.0)
    75.0
    >>> print(program.latex())
    \begin{aligned}
    L &= x^{3} \\
    \frac{\partial L}{\partial x} &= 3 x^{2}
    \end{aligned}
    """

    def traced(*arguments: Any, **keywords: Any) -> Program:
        keep_typed_source()
        return isolated(function, arguments, keywords, Environment(function), set()).program

    return traced


def with_own_arrays(first: Program, second: Program) -> Program:
    """Copy, in each run, arrays that the function makes itself, where others could change them.

    Parameters
    ----------
    first, second : Program
        Two recordings: what they do not share has been made by the function.

    Returns
    -------
    Program
        The second one.
    """
    exposed = [root(x) for x in leaving(second)]
    exposed += [root(item.writes) for item in second.items if item.writes is not None]
    own = sorted({x for x in exposed if isinstance(x, Constant)}, key=lambda x: x.number)
    others = {id(constant.value) for constant in first.constants} if own else set()
    own = [x for x in own if id(x.value) not in others]
    if not own:
        return second
    count = max([x.number for item in second.items for x in item.makes()], default=0)
    copies = {}
    for number, constant in enumerate(own):
        copies[constant] = Variable(count + 1 + number, constant.value)
        constant.value = constant.value.copy("K")  # the caller gets the other one
    made = [Instruction(Method("copy"), (x, "K"), {}, copy) for x, copy in copies.items()]
    program = rebuilt(second, copies, second.items)
    return program.with_items([*made, *program.items])
