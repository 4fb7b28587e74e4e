"""Whether operations are recorded.

Recording is on by default, and off inside `no_grad`: in the context that entered the block (a
thread, or a task of asyncio) and nowhere else.
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


@final
class GradMode:
    """The state of recording, over all threads.

    The engine reads `interventions` for every node, so it is an attribute of a native object. Only
    when it is not zero does the engine find out which thread or task it concerns.
    """

    def __init__(self) -> None:
        #: Open `no_grad` blocks and active observers. Zero: every operation is recorded.
        self.interventions: int = 0
        #: Threads in which a function is being traced: recorded as a program.
        self.tracing: int = 0
        #: Functions that run for a batch, over all threads: see `batching`.
        self.batching: int = 0
        self.batched: bool = False  # whether there has been a batched array
        #: The number of transform calls so far; each leaf stores it when it is created.
        self.calls: float = 0.0
        #: The number of backward passes so far: a rule that finds all cotangents at once
        #: keeps them for the pass.
        self.passes: int = 0
        #: The notes of new nodes: None unless a `scope` block is open.
        self.notes: Notes | None = None
        self.scopes: int = 0  # open `scope` blocks
        self.entries: int = 0  # `scope` blocks entered so far
        self.threads: bool = False  # whether each thread looks up its own notes
        self.objects: bool = False  # whether NumPy has made an object array of nodes


GRAD_MODE: Final = GradMode()
_LOCK: Final = threading.Lock()


@final
class Block:
    """One `no_grad` block that has been entered.

    A generator that yields inside a block suspends it: what runs in between is not part of the
    block. So the block stores the generator's frame, which has no caller while suspended.
    """

    def __init__(self, owner: Any, frame: Any) -> None:
        self.owner = owner
        self.frame = frame

    def is_active(self) -> bool:
        """Return whether the running code is inside the block."""
        return self.frame is None or self.frame.f_back is not None


_BLOCKS: Final[ContextVar[tuple[Block, ...]]] = ContextVar("no_grad", default=())


def is_recording() -> bool:
    """Return whether operations are recorded in this context.

    Examples
    --------
    >>> from autograd import is_recording, no_grad
    >>> with no_grad():
    ...     is_recording()
    False
    """
    if GRAD_MODE.interventions == 0:
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
        frame = frame.f_back  # not compiled, methods of this module have frames too
    if frame is None or not frame.f_code.co_flags & _GENERATOR:
        return None
    caller = frame.f_back
    made_context = caller is not None and caller.f_globals.get("__name__") == "contextlib"
    return None if made_context else frame


_GENERATOR: Final = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


class enable_grad:  # noqa: N801 - stands beside no_grad
    """Record again inside a `no_grad` block, as a context manager or as a decorator.

    Examples
    --------
    >>> from autograd import Value, enable_grad, no_grad
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     with enable_grad():
    ...         y = x * x
    >>> y.backward()
    >>> x.grad
    6.0
    """

    def __init__(self) -> None:
        self._blocks: list[tuple[Block, ...]] = []

    def __enter__(self) -> enable_grad:
        self._blocks.append(_BLOCKS.get())
        _BLOCKS.set(())
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        _BLOCKS.set(self._blocks.pop())

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, recording what it computes."""
        if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
            raise TypeError(
                f"enable_grad cannot decorate {function.__name__}, which is suspended while other "
                "code runs. Write `with enable_grad():` inside it."
            )

        @functools.wraps(function)
        def recording(*arguments: Any, **keywords: Any) -> Any:
            with enable_grad():
                return function(*arguments, **keywords)

        return recording


def count_intervention(count: int) -> None:
    """Add to the number of open `no_grad` blocks and active observers."""
    with _LOCK:
        GRAD_MODE.interventions += count


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
        count_intervention(1)
        _BLOCKS.set((*_BLOCKS.get(), Block(self, _generator_frame())))
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        count_intervention(-1)
        blocks = _BLOCKS.get()
        for position in range(len(blocks) - 1, -1, -1):
            if blocks[position].owner is self:
                _BLOCKS.set(blocks[:position] + blocks[position + 1 :])
                return

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, computing without recording."""
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
    """Run a generator inside `no_grad`, and the code that consumes it outside."""
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
