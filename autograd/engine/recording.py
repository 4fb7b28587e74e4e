"""Whether operations are recorded: on by default, off inside `no_grad`, thread by thread."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, Final, final


@final
class Recording:
    """How many `no_grad` blocks are open, over all threads.

    The recorder reads `blocks` for every node, so it is an attribute of a native object;
    only when it is not zero does anybody look up which thread opened the block.
    """

    def __init__(self) -> None:
        self.blocks: int = 0


RECORDING: Final = Recording()
_LOCK: Final = threading.Lock()
_THREAD: Final = threading.local()


def is_recording() -> bool:
    """Say whether this thread records the operations it performs."""
    return RECORDING.blocks == 0 or getattr(_THREAD, "blocks", 0) == 0


def _open(count: int) -> None:
    _THREAD.blocks = getattr(_THREAD, "blocks", 0) + count
    with _LOCK:
        RECORDING.blocks += count


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
