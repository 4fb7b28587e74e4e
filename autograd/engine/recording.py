"""Whether operations are recorded, and who watches: thread by thread.

Recording is on by default, and off inside `no_grad`. Observers are told of every node made.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, Final, final

from autograd.engine.mypyc import mypyc_attr
from autograd.engine.notes import Notes


@final
class Recording:
    """How many `no_grad` blocks are open and observers watch, over all threads; and calls.

    The recorder reads `blocks` for every node, so it is an attribute of a native object;
    only when it is not zero does anybody look up which thread opened the block.
    """

    def __init__(self) -> None:
        self.blocks: int = 0
        #: How many calls of transforms have begun: every leaf remembers the number at its time.
        self.calls: float = 0.0
        #: What new nodes begin with: None unless a block of `scope` is open.
        self.notes: Notes | None = None
        self.scopes: int = 0  # how many such blocks are open, over all threads
        self.entries: int = 0  # and how many have been, ever
        self.threads: bool = False  # whether each thread has to look up its own
        self.objects: bool = False  # whether NumPy ever made an array of objects of nodes


RECORDING: Final = Recording()
_LOCK: Final = threading.Lock()
_THREAD: Final = threading.local()


def is_recording() -> bool:
    """Say whether this thread records the operations it performs."""
    return RECORDING.blocks == 0 or getattr(_THREAD, "blocks", 0) == 0


def _open(count: int) -> None:
    _THREAD.blocks = getattr(_THREAD, "blocks", 0) + count
    _count(count)


class recording_again:  # noqa: N801 - stands beside no_grad
    """Record, inside a `no_grad` block, what is differentiated there and then."""

    def __enter__(self) -> recording_again:
        self._blocks: int = getattr(_THREAD, "blocks", 0)
        _open(-self._blocks)
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        _open(self._blocks)


def _count(count: int) -> None:
    with _LOCK:
        RECORDING.blocks += count


#: The identities of the nodes that transforms are calling functions with, over all threads.
ARGUMENTS: Final[set[int]] = set()


class arguments:  # noqa: N801 - reads as `with arguments(nodes):`
    """Take nodes for the arguments of a function that is being differentiated.

    A copy of such a node depends on it, where a copy of any other leaf is a leaf of its own.
    """

    def __init__(self, nodes: list[Any]) -> None:
        self._nodes = nodes  # keeps them alive: identities may not be used again

    def __enter__(self) -> arguments:
        ARGUMENTS.update([id(node) for node in self._nodes])
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        ARGUMENTS.difference_update([id(node) for node in self._nodes])


@mypyc_attr(allow_interpreted_subclasses=True)
class Observer:
    """Is told what the engine does in the thread that it watches; may raise to stop it."""

    def made(self, node: Any) -> None:
        """Take note of a node that was just made by a primitive."""

    def pulled(self, node: Any, argnum: int, cotangent: Any) -> None:
        """Take note of the derivative that goes from a node to one of its arguments."""

    def walking(self, roots: Any, seeds: Any) -> None:
        """Take note of a backward pass through Values that is about to begin."""

    def watch(self) -> None:
        """Begin to watch this thread."""
        _THREAD.observers = (*_observers(), self)
        _count(1)

    def leave(self) -> None:
        """Watch no longer."""
        _THREAD.observers = tuple([other for other in _observers() if other is not self])
        _count(-1)


def _observers() -> tuple[Any, ...]:
    found: tuple[Any, ...] = getattr(_THREAD, "observers", ())
    return found


def tell_made(node: Any) -> None:
    """Tell the observers of this thread of a new node."""
    for observer in _observers():
        observer.made(node)


def tell_pulled(node: Any, argnum: int, cotangent: Any) -> None:
    """Tell the observers of this thread of a derivative on its way."""
    for observer in _observers():
        observer.pulled(node, argnum, cotangent)


def tell_walking(roots: Any, seeds: Any) -> None:
    """Tell the observers of this thread of a pass through Values."""
    for observer in _observers():
        observer.walking(roots, seeds)


class no_grad:  # noqa: N801 - the name every user of PyTorch knows
    """Compute without recording, as a context manager or as a decorator.

    Results are nodes without parents; no gradient flows through them. Only the thread
    that entered the block is affected.

    Examples
    --------
    >>> from autograd import Value, no_grad
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.parents
    (9.0, ())
    """

    def __enter__(self) -> no_grad:
        _open(1)
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        _open(-1)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make a function compute without recording."""

        @functools.wraps(function)
        def without_recording(*arguments: Any, **keywords: Any) -> Any:
            with no_grad():
                return function(*arguments, **keywords)

        return without_recording
