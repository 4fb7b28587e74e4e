"""Names for parts of a computation: what pictures and tables are grouped by."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, Final

from autograd.engine.grad_mode import RECORDING
from autograd.engine.metadata import Notes
from autograd.errors import DataError

_LOCK: Final = threading.Lock()
_THREAD: Final = threading.local()


class scope:  # noqa: N801 - stands beside no_grad
    """Group the nodes that are made inside, as a context manager or as a decorator.

    Pictures draw them as one cluster, tables and text sum them up. Scopes nest: the path of an
    inner one is that of the outer one, a dot, and its name. A name with dots in it stands for
    as many levels. Every thread has scopes of its own; threads that a program starts inside a
    block begin in it, unless it runs several threads already.

    Parameters
    ----------
    name : str
        What the group is called.

    Raises
    ------
    DataError
        If the name is not a string, or empty.

    Examples
    --------
    >>> import autograd
    >>> x = autograd.Value(2.0)
    >>> with autograd.scope("encoder"), autograd.scope("square"):
    ...     y = x * x
    >>> y.scope
    'encoder.square'
    """

    def __init__(self, name: Any) -> None:
        if not isinstance(name, str) or not name.strip("."):
            raise DataError(f"A scope needs a name, such as 'encoder', not {name!r}.")
        self.name = name.strip(".")

    def __enter__(self) -> scope:
        opened: list[Notes] = getattr(_THREAD, "opened", [])
        path = f"{opened[-1].scope}.{self.name}" if opened else self.name
        with _LOCK:
            RECORDING.entries += 1
            notes = Notes(path, RECORDING.entries)
            opened.append(notes)
            _THREAD.opened = opened
            RECORDING.scopes += 1
            if threading.active_count() > 1:
                RECORDING.threads = True  # first: other threads must not see notes of this one
            RECORDING.notes = notes
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        opened: list[Notes] = _THREAD.opened
        with _LOCK:
            opened.pop()
            RECORDING.scopes -= 1
            if opened:
                RECORDING.notes = opened[-1]
            elif RECORDING.scopes == 0:
                RECORDING.notes = None
                RECORDING.threads = False

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make all that a function computes a group."""

        @functools.wraps(function)
        def within_scope(*arguments: Any, **keywords: Any) -> Any:
            with scope(self.name):
                return function(*arguments, **keywords)

        return within_scope


def notes_here() -> Notes | None:
    """Return what a new node of this thread begins with, while scopes are open somewhere."""
    if not RECORDING.threads:
        return RECORDING.notes
    opened: list[Notes] | None = getattr(_THREAD, "opened", None)
    return opened[-1] if opened else None
