"""Files, iterators, queues and connections: what cannot be put back once it was used."""

from __future__ import annotations

import io
import itertools
import operator
import queue
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

#: Attributes of what is connected to another program, or a database.
_CONNECTED = (("fileno",), ("cursor", "commit"), ("execute", "fetchone"))


class Streams:
    """What a user's functions refer to that they could use up, or write to.

    Attributes
    ----------
    obstacle : str
        Why they may not be run again and again; or empty.
    may_wait : bool
        Whether they refer to something that they could wait for.
    """

    def __init__(self) -> None:
        self.obstacle = ""
        self.may_wait = False
        self._states: list[tuple[str, Callable[[], Any], Any]] = []
        self._mutable: list[Any] = []

    def note(self, item: Any) -> bool:
        """Note an object if it is a stream; return whether nothing else is to be kept of it."""
        if isinstance(item, io.IOBase):
            self._note_file(item)
        elif isinstance(item, queue.Queue) or type(item) is queue.SimpleQueue:
            self.obstacle = "it exchanges data with other threads through a queue"
        elif is_executor(item):
            self.may_wait = True
        elif _is_iterator(item):
            self._note_iterator(item)
        elif any(all(hasattr(type(item), n) for n in names) for names in _CONNECTED):
            self.obstacle = f"it refers to a connection ({type(item).__name__})"
        else:
            return False
        return True

    def change(self) -> str:
        """Return what was done that cannot be put back; or an empty string."""
        return next((what for what, state, before in self._states if state() != before), "")

    def mute(self) -> None:
        """Drop what is written to terminals and pipes by the threads that the runs use."""
        others = frozenset(sys._current_frames()) - {threading.get_ident()}
        for file in self._mutable:
            file.write = _muted(file.write, others)

    def unmute(self) -> None:
        """Let everything be written again."""
        for file in self._mutable:
            file.__dict__.pop("write", None)

    # -- kinds ------------------------------------------------------------------------------

    def _note_file(self, file: Any) -> None:
        if file.closed:
            return
        if position_of(file) is not None:
            how = "writes to" if file.writable() else "reads from"
            self._states.append((f"it {how} a file that is open", *_now(position_of, file)))
        elif not file.writable():
            self.obstacle = "it refers to a file or pipe that cannot be read twice"
        elif isinstance(getattr(file, "__dict__", None), dict):
            self._mutable.append(file)

    def _note_iterator(self, item: Any) -> None:
        what = f"it advances an iterator ({type(item).__name__})"
        if type(item) is itertools.count:
            self._states.append((what, *_now(repr, item)))
        elif isinstance(item, types.GeneratorType) and item.gi_frame is None:
            return  # it has ended
        elif operator.length_hint(item, -1) >= 0:
            self._states.append((what, *_now(operator.length_hint, item)))
        else:
            self.obstacle = what.replace("advances", "refers to")


def _now(state: Callable[[Any], Any], item: Any) -> tuple[Callable[[], Any], Any]:
    """Return how to read a state, and what it is now."""
    return (lambda: state(item)), state(item)


def position_of(file: Any) -> int | None:
    """Return how far a file is; None if that is not known."""
    try:
        return int(file.tell()) if file.seekable() else None
    except (OSError, ValueError):
        return None


def is_executor(item: Any) -> bool:
    """Return whether an object is a pool of threads, whose state is its own."""
    module = sys.modules.get("concurrent.futures.thread")
    return module is not None and isinstance(item, module.ThreadPoolExecutor)


def _is_iterator(item: Any) -> bool:
    """Return whether an object is an iterator whose state is no attribute."""
    kind = type(item)
    own = hasattr(item, "__dict__") or any("__slots__" in vars(c) for c in kind.__mro__)
    return hasattr(kind, "__next__") and not own


def _muted(write: Callable[[str], int], others: frozenset[int]) -> Callable[[str], int]:
    def muted(text: str) -> int:
        return write(text) if threading.get_ident() in others else len(text)

    return muted
