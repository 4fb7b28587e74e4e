"""Whether operations are recorded, and which observers see them.

Recording is on by default, and off inside `no_grad`: in the context that entered the block (a
thread, or a task of asyncio) and nowhere else. Observers belong to a thread.
"""

from __future__ import annotations

import functools
import inspect
import sys
import threading
from collections.abc import Callable, Generator
from contextvars import ContextVar
from typing import Any, Final, final

from autograd.engine.metadata import Notes
from autograd.engine.mypyc import mypyc_attr


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


@final
class Block:
    """One `no_grad` block that has been entered.

    A generator that yields inside a block suspends it: what runs in between is not part of the
    block. Hence the generator's frame, which nothing calls while it is suspended.
    """

    def __init__(self, owner: Any, frame: Any) -> None:
        self.owner = owner
        self.frame = frame

    def is_active(self) -> bool:
        """Return whether the code that runs now is inside the block."""
        return self.frame is None or self.frame.f_back is not None


_BLOCKS: Final[ContextVar[tuple[Block, ...]]] = ContextVar("no_grad", default=())


def is_recording() -> bool:
    """Return whether operations are recorded here."""
    if RECORDING.blocks == 0:
        return True
    for block in _BLOCKS.get():  # noqa: SIM110 - as it is compiled
        if block.is_active():
            return False
    return True


def _generator_frame() -> Any:
    """Return the frame that enters a block, if it is a generator's; otherwise None.

    The generator of a `contextlib.contextmanager` does not count: its block is to last until the
    caller's ``with`` ends.
    """
    frame: Any = sys._getframe(0)
    while frame is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back  # interpreted, the methods of this module have frames as well
    if frame is None or not frame.f_code.co_flags & _GENERATOR:
        return None
    caller = frame.f_back
    made_context = caller is not None and caller.f_globals.get("__name__") == "contextlib"
    return None if made_context else frame


_GENERATOR: Final = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


class recording_again:  # noqa: N801 - stands beside no_grad
    """Record, inside a `no_grad` block, what is differentiated there and then."""

    def __enter__(self) -> recording_again:
        self._blocks: tuple[Block, ...] = _BLOCKS.get()
        _BLOCKS.set(())
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        _BLOCKS.set(self._blocks)


def _count(count: int) -> None:
    with _LOCK:
        RECORDING.blocks += count


#: The identities of the nodes that transforms are calling functions with, over all threads.
ARGUMENTS: Final[set[int]] = set()


#: The arguments of calls inside of calls that are nodes of the outer one: by identity the node,
#: what it is of the outer call, and the number of the inner one. Kept until the outermost ends.
INNER: Final[dict[int, tuple[Any, Any, float]]] = {}


@final
class Calls:
    """How many functions are being differentiated now, over all threads, and how they nest."""

    def __init__(self) -> None:
        self.running: int = 0
        self.nested: bool = False  # whether there was one inside another


CALLS: Final = Calls()


class arguments:  # noqa: N801 - reads as `with arguments(nodes):`
    """Take nodes for the arguments of a function that is being differentiated.

    A copy of such a node depends on it, where a copy of any other leaf is a leaf of its own.
    """

    def __init__(self, nodes: list[Any], given: list[Any] | None = None) -> None:
        self._nodes = nodes  # keeps them alive: identities may not be used again
        self._given: list[Any] = [] if given is None else given

    def __enter__(self) -> arguments:
        with _LOCK:
            CALLS.nested = CALLS.nested or CALLS.running > 0
            CALLS.running += 1
        ARGUMENTS.update([id(node) for node in self._nodes])
        for node, item in zip(self._nodes, self._given, strict=False):
            if node._primitive is not None:  # a node of the outer call was given
                INNER[id(node)] = (node, item, RECORDING.calls)
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        ARGUMENTS.difference_update([id(node) for node in self._nodes])
        with _LOCK:
            CALLS.running -= 1
            if CALLS.running == 0:
                CALLS.nested = False
                INNER.clear()


@mypyc_attr(allow_interpreted_subclasses=True)
class Observer:
    """Is told what the engine does in the thread that it watches; may raise to stop it."""

    def made(self, node: Any) -> None:
        """Take note of a node that was just made by a primitive."""

    def assigned(self, base: Any) -> None:
        """See a Tensor about to be assigned to; of a view, the Tensor it was taken from."""

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


def is_observed() -> bool:
    """Return whether an observer watches this thread."""
    return RECORDING.blocks != 0 and len(_observers()) != 0


def tell_made(node: Any) -> None:
    """Tell the observers of this thread of a new node."""
    for observer in _observers():
        observer.made(node)


def tell_assigned(base: Any) -> None:
    """Tell the observers of this thread of an assignment to elements."""
    for observer in _observers():
        observer.assigned(base)


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

    Results are nodes without parents; no gradient flows through them. Other threads and other
    tasks of asyncio go on recording, and so does code that runs while a generator is suspended
    inside the block. Decorated generators and coroutines compute without recording as well.

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
        _count(1)
        _BLOCKS.set((*_BLOCKS.get(), Block(self, _generator_frame())))
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        _count(-1)
        blocks = _BLOCKS.get()
        for position in range(len(blocks) - 1, -1, -1):
            if blocks[position].owner is self:
                _BLOCKS.set(blocks[:position] + blocks[position + 1 :])
                return

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make a function compute without recording."""
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def generate(*arguments: Any, **keywords: Any) -> Any:
                return _unrecorded_steps(function(*arguments, **keywords))

            return generate
        if inspect.isasyncgenfunction(function):
            raise TypeError(
                f"no_grad cannot decorate {function.__name__}, an asynchronous generator. "
                "Write `with no_grad():` inside it."
            )
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def await_unrecorded(*arguments: Any, **keywords: Any) -> Any:
                with no_grad():
                    return await function(*arguments, **keywords)

            return await_unrecorded

        @functools.wraps(function)
        def without_recording(*arguments: Any, **keywords: Any) -> Any:
            with no_grad():
                return function(*arguments, **keywords)

        return without_recording


def _unrecorded_steps(generator: Any) -> Generator[Any, Any, Any]:
    """Run a generator inside `no_grad`, and whatever consumes it outside."""
    resume, sent = generator.send, None
    while True:
        try:
            with no_grad():
                item = resume(sent)
        except StopIteration as end:
            return end.value
        try:
            sent = yield item
            resume = generator.send
        except GeneratorExit:
            with no_grad():
                generator.close()
            raise
        except BaseException as error:
            resume, sent = generator.throw, error
