"""One call of a program in the graph: the nodes around it, and how derivatives pass through them.

A call with one result is one node. A call with several is three kinds of nodes: the first one
bundles all arguments, the second one all results, and then there is one node for each result. So
the rule of the program runs once in each pass, when all cotangents of its results have arrived, and
returns the derivatives of all arguments.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import Node, Primitive, dispatch
from autograd.engine.assignment import as_recorded
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.primitive import FLOAT64, NO_KEYWORDS, NOTHING
from autograd.errors import FreedGraphError
from autograd.graph import contents


class Bundle:
    """What a node of several arrays holds: to the engine it looks like one number.

    Attributes
    ----------
    parts : list
        The arrays; None for a cotangent that is zero.
    call : Call or None
        The call of the program whose arguments or results these are.
    """

    shape: tuple[int, ...] = ()
    dtype = FLOAT64
    size = 1
    ndim = 0
    nbytes = 8

    def __init__(self, parts: list[Any], call: Any = None) -> None:
        self.parts = parts
        self.call = call

    def __add__(self, other: Bundle) -> Bundle:
        """Add cotangents, part by part."""
        return Bundle([_sum(a, b) for a, b in zip(self.parts, other.parts, strict=True)])

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(np.nan)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        replaced = [np.array(np.nan) if isinstance(x, Bundle) else x for x in arguments]
        return function(*replaced, **keywords)

    def __format__(self, specification: str) -> str:
        return f"{len(self.parts)} arrays"

    def __repr__(self) -> str:
        return f"<{len(self.parts)} arrays>"


def _sum(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else a + b


class Call:
    """One call of a program: what its nodes need to know.

    Attributes
    ----------
    replay : Replay
        What computes results and derivatives.
    inputs : list
        The arguments of the program. Those that are nodes are None here.
    results : list or None
        The results with a derivative, until they are nodes.
    kept : any
        What the forward program has kept for the backward program.
    readings : list
        What the function has read besides its arguments: see `Readings`.
    found : tuple or None
        A cotangent, the number of a pass, and the derivatives that it has not yet asked for.
    """

    __slots__ = ("found", "inputs", "kept", "readings", "replay", "results")

    def __init__(
        self, replay: Any, inputs: list[Any], results: list[Any] | None, kept: Any
    ) -> None:
        self.replay = replay
        self.inputs = inputs
        self.results = results
        self.kept = kept
        self.readings: list[Any] = []
        self.found: tuple[Any, int, list[Any]] | None = None

    def __repr__(self) -> str:
        return "…"  # in pictures and tables, it is not an argument


def nodes_of_call(call: Call, arguments: list[Any], name: str) -> list[Any]:
    """Return the results of a call as nodes."""
    if call.results is not None and len(call.results) == 1:
        return [dispatch.apply(_single_primitive(name), (*arguments, call), NO_KEYWORDS)]
    pack = dispatch.apply(ARGUMENTS, (*arguments, call), NO_KEYWORDS)
    whole = dispatch.apply(PROGRAM, (pack,), NO_KEYWORDS)
    primitive = result_primitive(name)
    count = len(whole._contents.parts)
    return [dispatch.apply(primitive, (whole, number), NO_KEYWORDS) for number in range(count)]


# -- a call with one result ---------------------------------------------------------------------


def single(*arguments: Any) -> Any:
    """Compute the result of a call, whose arguments the call itself follows."""
    call: Call = arguments[-1]
    found, call.results = call.results, None
    if found is None:  # computed again, with other arguments
        found = call.replay.results_of(call, list(arguments[:-1]))
    return found[0]


def _pull_single(argnum: int, g: Any, y: Any, *arguments: Any) -> Any:
    call: Call = arguments[-1]
    last = call.found
    if last is None or last[0] is not g or last[1] != GRAD_MODE.passes:
        parts = list(arguments[:-1])
        pull = call.replay.pull_nodes if isinstance(y, Node) else call.replay.pull
        found = pull(call, parts, [g])
        last = call.found = (g, GRAD_MODE.passes, found)
    part, last[2][argnum] = last[2][argnum], None
    if not any(part is not None for part in last[2]):
        call.found = None  # all are returned
    return NOTHING if part is None else part


def _push_single(node: Any, carried: list[tuple[int, Any]], create: bool) -> Any:
    call: Call = node.arguments[-1]
    tangents: list[Any] = [None] * (len(node.arguments) - 1)
    for argnum, tangent in carried:
        tangents[argnum] = tangent
    arguments = node.arguments[:-1]
    given = [as_recorded(x, node.primitive) if create else contents(x) for x in arguments]
    (found,) = call.replay.push(call, given, tangents, create)
    return found


# -- the arguments ------------------------------------------------------------------------------


def _bundled(*arguments: Any) -> Bundle:
    return Bundle(list(arguments[:-1]), arguments[-1])


def _pull_argument(argnum: int, g: Bundle, y: Any, *arguments: Any) -> Any:
    part = g.parts[argnum]
    return NOTHING if part is None else part


def _push_arguments(node: Any, carried: list[tuple[int, Any]], create: bool) -> Bundle:
    parts: list[Any] = [None] * (len(node.arguments) - 1)
    for argnum, tangent in carried:
        parts[argnum] = tangent
    return Bundle(parts)


# -- all results --------------------------------------------------------------------------------


def _computed(pack: Bundle) -> Bundle:
    call = pack.call
    found, call.results = call.results, None
    if found is None:  # computed again, with other arguments
        found = call.replay.results_of(call, pack.parts)
    return Bundle(found, call)


def _pull_program(argnum: int, g: Bundle, y: Any, pack: Any) -> Bundle:
    if isinstance(pack, Node):
        call: Call = pack._contents.call  # type: ignore[attr-defined]
        found = call.replay.pull_nodes(call, _arguments_of(pack), g.parts)
    else:
        call = pack.call
        found = call.replay.pull(call, pack.parts, g.parts)
    return Bundle(found)


def _push_program(node: Any, carried: list[tuple[int, Any]], create: bool) -> Bundle:
    (pack,) = node.arguments
    call: Call = pack._contents.call
    ((_, tangents),) = carried
    arguments = _arguments_of(pack) if create else pack._contents.parts
    return Bundle(call.replay.push(call, arguments, tangents.parts, create))


def _arguments_of(pack: Any) -> list[Any]:
    """Return the arguments of a call as nodes."""
    return [as_recorded(x, pack.primitive) for x in pack.arguments[:-1]]


# -- each result --------------------------------------------------------------------------------


def part(whole: Bundle, number: int) -> Any:
    """Return one result."""
    return whole.parts[number]


def _pull_part(argnum: int, g: Any, y: Any, whole: Any, number: int) -> Bundle:
    bundle = dispatch.plain(whole)
    parts: list[Any] = [None] * len(bundle.parts)
    parts[number] = g
    return Bundle(parts)


def _push_part(node: Any, carried: list[tuple[int, Any]], create: bool) -> Any:
    ((_, tangents),) = carried
    found = tangents.parts[node.arguments[1]]
    return np.zeros_like(node._contents) if found is None else found


def _primitive(name: str, function: Any, rule: Any, push: Any, arity: int) -> Primitive:
    found = Primitive(name)
    found.function, found.variadic, found.push, found.arity = function, rule, push, arity
    found.makes_views = False
    return found


_SINGLES: dict[str, Primitive] = {}


def _single_primitive(name: str) -> Primitive:
    """Return the primitive of calls of a function of this name."""
    found = _SINGLES.get(name)
    if found is None:
        found = _SINGLES[name] = _primitive(name, single, _pull_single, _push_single, -1)
        found.fresh_results = True  # so that the engine adds to them in place
    return found


ARGUMENTS = _primitive("arguments", _bundled, _pull_argument, _push_arguments, -1)
ARGUMENTS.fresh_results = True
PROGRAM = _primitive("program", _computed, _pull_program, _push_program, 1)

_RESULTS: dict[str, Primitive] = {}


def result_primitive(name: str) -> Primitive:
    """Return the primitive of a result of a function of this name."""
    found = _RESULTS.get(name)
    if found is None:
        found = _RESULTS[name] = _primitive(name, part, _pull_part, _push_part, 1)
    return found


# -- a result without a graph -------------------------------------------------------------------


def _refuse(*arguments: Any) -> Any:
    raise FreedGraphError(
        "The graph below a result of a function that jit has recorded was freed by backward() "
        "inside that function. Call that one with retain_graph=True, or differentiate inside."
    )


FREED_RESULT = _primitive("freed", lambda data, leaf: data, _refuse, _refuse, 2)
