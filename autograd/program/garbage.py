"""Fewer searches for garbage while programs are made.

Nothing that is recorded is garbage, and it consists of many objects. To search all of them again
and again, as their number grows, would take longer than all other work.
"""

from __future__ import annotations

import gc
import threading

#: So many new objects make Python search: a recording has five for each instruction.
OBJECTS = 10_000_000


class _FewerSearches:
    """A context in which Python searches for garbage after millions of new objects only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._depth = 0
        self._thresholds = gc.get_threshold()

    def __enter__(self) -> None:
        with self._lock:
            self._depth += 1
            if self._depth == 1:
                self._thresholds = gc.get_threshold()
                if not self._thresholds[0]:  # it never searches
                    return
                gc.set_threshold(max(OBJECTS, self._thresholds[0]), *self._thresholds[1:])

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._depth -= 1
            if self._depth == 0:
                gc.set_threshold(*self._thresholds)


FEWER_SEARCHES = _FewerSearches()
