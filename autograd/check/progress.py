"""A progress bar for checks that take longer than a moment."""

from __future__ import annotations

import sys
import time
from typing import Any

#: After how many seconds the bar appears, and how many pass until it is drawn again.
PATIENCE, INTERVAL = 2.0, 0.2

#: The length of the bar, in characters.
LENGTH = 24


class Progress:
    """Shows on the standard error stream how far a check is.

    Parameters
    ----------
    shown : bool or None
        Whether to show it; None if the stream is a terminal or a notebook.

    Examples
    --------
    >>> progress = Progress(shown=False)
    >>> progress.begin("Comparing", 10)
    >>> progress.advance()
    >>> progress.done
    1.0
    """

    def __init__(self, shown: bool | None = None) -> None:
        self.stream = sys.stderr  # as it is now; a search may redirect it
        self.shown = _is_interactive(self.stream) if shown is None else shown
        self.what = ""
        self.total = self.done = 0.0
        self._start = time.monotonic()
        self._next = self._start + PATIENCE
        self._width = 0

    def begin(self, what: str, total: float) -> None:
        """Begin a stage of the check, which is over when `total` is done."""
        self.what, self.total, self.done = what, total, 0.0

    def advance(self) -> None:
        """Note that one more is done."""
        self.reach(self.done + 1)

    def reach(self, done: float) -> None:
        """Note how much is done."""
        self.done = done
        if self.shown:
            now = time.monotonic()
            if now >= self._next:
                self._next = now + INTERVAL
                self._write(self.text(now - self._start))

    def text(self, seconds: float) -> str:
        """Return the bar after some seconds."""
        part = min(self.done / self.total, 1.0) if self.total else 0.0
        bar = ("#" * round(LENGTH * part)).ljust(LENGTH, ".")
        return f"{self.what} [{bar}] {part:4.0%}, {seconds:.0f} s (Ctrl-C stops)"

    def close(self) -> None:
        """Remove the bar."""
        if self._width:
            self._write("")
            self._write("")  # back to the first column
        self._width = 0

    def _write(self, text: str) -> None:
        try:
            self.stream.write(f"\r{text.ljust(self._width)}")
            self.stream.flush()
        except (OSError, ValueError):  # the stream is closed
            self.shown = False
        self._width = len(text)


def _is_interactive(stream: Any) -> bool:
    """Return whether someone watches a stream: in a terminal, or in a notebook."""
    notebook = sys.modules.get("ipykernel.iostream")
    if notebook is not None and isinstance(stream, notebook.OutStream):
        return True
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False
