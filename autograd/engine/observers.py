"""Observers, which are notified of what the engine does in one thread."""

from __future__ import annotations

import threading
from typing import Any, Final

from autograd.engine import tracing
from autograd.engine.grad_mode import GRAD_MODE, count_intervention
from autograd.engine.mypyc import mypyc_attr

_THREAD: Final = threading.local()


@mypyc_attr(allow_interpreted_subclasses=True)
class Observer:
    """Gets notified of what the engine does in one thread; may raise an error to stop it."""

    def made(self, node: Any) -> None:
        """Handle a new node that a primitive has made.

        Parameters
        ----------
        node : Node
            The node.
        """

    def assigned(self, base: Any) -> None:
        """Handle an assignment before it happens.

        Parameters
        ----------
        base : Tensor
            The Tensor that is assigned to; for a view its base.
        """

    def pulled(self, node: Any, argnum: int, cotangent: Any) -> None:
        """Handle the derivative that a node passes to one of its arguments.

        Parameters
        ----------
        node : Node
            The node.
        argnum : int
            The index of the argument.
        cotangent : array or node
            The derivative.
        """

    def walking(self, roots: Any, seeds: Any) -> None:
        """Handle the start of a backward pass through Values.

        Parameters
        ----------
        roots : list of Value
            The Values to differentiate.
        seeds : list of float
            Their cotangents.
        """

    def watch(self) -> None:
        """Start watching this thread."""
        _THREAD.observers = (*_observers(), self)
        count_intervention(1)

    def leave(self) -> None:
        """Stop watching."""
        _THREAD.observers = tuple([other for other in _observers() if other is not self])
        count_intervention(-1)


def _observers() -> tuple[Any, ...]:
    found: tuple[Any, ...] = getattr(_THREAD, "observers", ())
    return found


def is_observed() -> bool:
    """Return whether an observer watches this thread."""
    return GRAD_MODE.interventions != 0 and len(_observers()) != 0


def tell_made(node: Any) -> None:
    """Notify the observers of this thread of a new node."""
    for observer in _observers():
        observer.made(node)


def tell_assigned(base: Any) -> None:
    """Notify the observers of this thread of an assignment to elements, and its tracer."""
    if GRAD_MODE.tracing != 0:
        tracing.here().assigned(base)
    for observer in _observers():
        observer.assigned(base)


def tell_pulled(node: Any, argnum: int, cotangent: Any) -> None:
    """Notify the observers of this thread of a derivative passed to an argument."""
    for observer in _observers():
        observer.pulled(node, argnum, cotangent)


def tell_walking(roots: Any, seeds: Any) -> None:
    """Notify the observers of this thread of a backward pass through Values."""
    for observer in _observers():
        observer.walking(roots, seeds)
