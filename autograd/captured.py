"""The nodes that a function uses besides its arguments, and derivatives with respect to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from autograd.engine import Value
from autograd.engine.derivatives import derivatives
from autograd.engine.dispatch import plain
from autograd.engine.observers import Observer
from autograd.graph import current


class Made(Observer):
    """Context manager that keeps the nodes that are made in it, in order."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []

    def __enter__(self) -> Self:
        self.watch()
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self.leave()

    def made(self, node: Any) -> None:
        """Keep a node."""
        self.nodes.append(node)


def closed_over(made: Made, fresh: list[Any], begun: float) -> list[Any]:
    """Return the nodes from outside of a call that were used inside.

    Parameters
    ----------
    made : Made
        The nodes that were computed inside.
    fresh : list of Node
        Its arguments.
    begun : float
        The number of the call: younger leaves are its own.
    """
    known = {id(node) for node in (*made.nodes, *fresh)}
    found: dict[int, Any] = {}
    for node in made.nodes:
        for parent in node.parents:
            if id(parent) in known or not varies(parent):
                continue
            if parent.primitive is not None or parent._begun() < begun:
                found[id(parent)] = parent
    return list(found.values())


def varies(node: Any) -> bool:
    """Return whether a node may have a derivative."""
    return isinstance(node, Value) or bool(node.requires_grad)


def pulled(result: Any, g: Any, targets: list[Any], create: bool) -> list[Any]:
    """Return the vjp of a result for some nodes, which may be computed; None without dependence.

    Parameters
    ----------
    result : Node
        What was computed from the targets; its graph is kept.
    g : array or node
        Its cotangent.
    targets : list of Node
        Where the pass ends.
    create : bool
        Whether the derivatives are nodes.
    """
    # Only passes that can be differentiated again stop at Values that were computed.
    again = create or any(isinstance(node, Value) and node.primitive for node in targets)
    found = derivatives(current(result), g, targets, True, again)
    return found if create else [plain(part) for part in found]


class AllAtOnce:
    """Derivatives by all arguments of a node, computed when a pass asks for the first of them.

    Parameters
    ----------
    wanted : iterable of int
        The arguments that passes ask for: once they have all of these, nothing is kept.
    """

    def __init__(self, wanted: Iterable[int]) -> None:
        self._wanted = tuple(wanted)
        self._cotangent: Any = None
        self._found: dict[int, Any] = {}

    def of(self, argnum: int, g: Any, compute: Callable[[], Iterable[Any]]) -> Any:
        """Return the derivative by one argument for a cotangent; `compute` returns all."""
        if self._cotangent is not g or argnum not in self._found:
            self._cotangent, self._found = g, dict(enumerate(compute()))
        found = self._found.pop(argnum)
        if not any(i in self._found for i in self._wanted):
            self._cotangent, self._found = None, {}
        return found
