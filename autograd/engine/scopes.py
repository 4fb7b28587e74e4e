"""Names for parts of a computation, which pictures and tables group nodes by."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, Final

from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.metadata import Notes
from autograd.errors import DataError

_LOCK: Final = threading.Lock()
_THREAD: Final = threading.local()


class scope:  # noqa: N801 - stands beside no_grad
    """Group the nodes that are made inside, as a context manager or as a decorator.

    Pictures draw them as one cluster, tables and text sum them up. Scopes nest: the path of an
    inner scope is the path of the outer one, a dot, and its name. Each dot in a name starts another
    level. Each thread has its own scopes; a thread that is started inside a block begins in that
    scope, unless the program already runs several threads.

    Parameters
    ----------
    name : str
        What the group is called.
    about : str
        What it is, such as the class of a layer; pictures show it beside the name.

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

    def __init__(self, name: Any, about: str = "") -> None:
        if not isinstance(name, str) or not name.strip("."):
            raise DataError(f"A scope needs a name, such as 'encoder', not {name!r}.")
        self.name = name.strip(".")
        self.about = about

    def __enter__(self) -> scope:
        opened: list[Notes] = getattr(_THREAD, "opened", [])
        path = f"{opened[-1].scope}.{self.name}" if opened else self.name
        with _LOCK:
            GRAD_MODE.entries += 1
            outer = opened[-1] if opened else None
            notes = Notes(path, GRAD_MODE.entries, self.about, outer)
            opened.append(notes)
            _THREAD.opened = opened
            GRAD_MODE.scopes += 1
            if threading.active_count() > 1:
                GRAD_MODE.threads = True  # first, so that other threads do not get these notes
            GRAD_MODE.notes = notes
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        opened: list[Notes] = _THREAD.opened
        with _LOCK:
            opened.pop()
            GRAD_MODE.scopes -= 1
            if opened:
                GRAD_MODE.notes = opened[-1]
            elif GRAD_MODE.scopes == 0:
                GRAD_MODE.notes = None
                GRAD_MODE.threads = False

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, with all its nodes in this scope."""

        @functools.wraps(function)
        def within_scope(*arguments: Any, **keywords: Any) -> Any:
            with scope(self.name, self.about):
                return function(*arguments, **keywords)

        return within_scope


def notes_here() -> Notes | None:
    """Return the notes of a new node of this thread, while a scope is open in some thread."""
    if not GRAD_MODE.threads:
        return GRAD_MODE.notes
    opened: list[Notes] | None = getattr(_THREAD, "opened", None)
    return opened[-1] if opened else None
