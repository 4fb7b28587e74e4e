"""A call of a program whose results are Values.

A Value holds its partial derivatives, which the program computes together with the results. It has
two parents at most, so a result that depends on more of them is a chain: each link adds one parent
to the link before, and all of them hold the number of the result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node, Primitive, Value
from autograd.engine import tracing as hooks
from autograd.errors import GraphError
from autograd.program.instructions import same
from autograd.program.passes.checks import with_checks_first
from autograd.program.stand_ins import NotFollowed
from autograd.program.tracing import RECORDING, isolated

#: How many results may be Values: each of them is differentiated at every call.
MANY = 8


class Partials:
    """Runs a function together with the partial derivatives of its results.

    Parameters
    ----------
    replay : Replay
        The function, and which of its results are Values.
    leaves : list
        Arguments to record it with.
    """

    def __init__(self, replay: Any, leaves: list[Any]) -> None:
        self.replay = replay
        count = len(replay.results.connected)

        def with_partials(leaves: list[Any]) -> Any:
            found = replay.called(leaves)
            roots = replay.roots_in(found, tuple(range(count)))
            return found, [replay.derivatives_of([root], leaves, [1.0], False) for root in roots]

        with_partials.__name__ = replay.name
        with RECORDING:
            made = isolated(with_partials, (leaves,), {}, replay.environment, replay.changing)
        program = with_checks_first(made.program)
        before = [guard.expected for guard in replay.program.guards]
        after = [guard.expected for guard in program.guards[: len(before)]]
        if len(after) != len(before) or not all(map(same, before, after)):
            raise NotFollowed("its derivative takes another course than the function")
        self.run: Callable[..., Any] = replay.backend.ready(program, replay.report)


class Link:
    """What the nodes of one result of a call need to know.

    Attributes
    ----------
    call : Call
        The call.
    number : int
        Which result it is.
    parents : list of Value
        The nodes that the call depends on.
    """

    __slots__ = ("_found", "call", "number", "parents")

    def __init__(self, call: Any, number: int, parents: list[Any]) -> None:
        self.call = call
        self.number = number
        self.parents = parents
        self._found: dict[int, Any] | None = None

    def partial(self, node: Any) -> Any:
        """Return the derivative with respect to a parent as a node."""
        if self._found is None:
            replay = self.call.replay
            gs: list[Any] = [None] * len(replay.results.connected)
            gs[self.number] = 1.0
            found = replay.pull_nodes(self.call, self.parents, gs)
            self._found = {id(x): one for x, one in _by_node(self.parents, found)}
        return self._found.get(id(node), 0.0)

    def pull(self, argnum: int, g: Any, y: Any, *arguments: Any) -> Any:
        """Return the cotangent of a parent."""
        return g if argnum == 1 else g * self.partial(arguments[0])

    def push(self, node: Any, carried: list[tuple[int, Any]], create: bool) -> Any:
        """Return the tangent of a link."""
        total: Any = None
        for argnum, tangent in carried:
            if argnum == 0:
                tangent = tangent * (
                    self.partial(node.arguments[0]) if create else node._partial(0)
                )
            total = tangent if total is None else total + tangent
        return total if isinstance(total, (Node, hooks.Followed)) else float(np.real(total))


def chain(link: Link, number: float, partials: list[Any], name: str) -> Any:
    """Return a result as a Value that depends on the parents for which there is a partial."""
    primitive = Primitive(name)
    primitive.function, primitive.arity = _refuse, 2
    primitive.variadic, primitive.push = link.pull, link.push
    node: Any = None
    for parent, partial in _by_node(link.parents, partials):
        right = 0.0 if node is None else 1.0
        node = Value(number, "", primitive, parent, partial, node, right)
    return Value(number, "", primitive) if node is None else node


def _by_node(parents: list[Any], partials: list[Any]) -> list[tuple[Any, Any]]:
    """Return each parent once, with its partial: one node may be several arguments."""
    if len(parents) == 1:
        return [] if partials[0] is None else [(parents[0], partials[0])]
    found: dict[int, tuple[Any, Any]] = {}
    for parent, partial in zip(parents, partials, strict=False):
        if partial is not None:
            known = found.get(id(parent))
            found[id(parent)] = (parent, partial if known is None else known[1] + partial)
    return list(found.values())


def _refuse(*arguments: Any) -> Any:
    raise GraphError(
        "A Value that a function returned which jit has recorded cannot be computed again from "
        "other numbers. Call the function again."
    )
