"""End runs that wait for something that never comes: a lock, a queue, a long sleep."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

from autograd.check.explain.repair.recompile import Choice, TooLong

#: How many seconds pass between two looks at the clock.
INTERVAL = 0.1


class Watchdog:
    """Interrupts runs that are late by a signal, which ends system calls and waits for locks.

    Changed loops end by themselves: this is for what happens inside one call.

    Parameters
    ----------
    choice : Choice
        Knows whether a run is late.

    Attributes
    ----------
    able : bool
        Whether it can do that: only where Python runs signal handlers and has threads.
    barks : int
        How many runs it has ended.
    """

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        main = threading.current_thread() is threading.main_thread()
        self.able = main and hasattr(signal, "pthread_kill")
        self.barks = 0
        self._sent = False
        self._over = threading.Event()
        self._before: Any = None

    @contextlib.contextmanager
    def on_duty(self) -> Iterator[None]:
        """Watch what runs inside the block."""
        thread = threading.Thread(target=self._watch, args=(threading.get_ident(),), daemon=True)
        if self.able:
            try:
                thread.start()
            except RuntimeError:  # as in a browser, where there are no threads
                self.able = False
        if not self.able:
            yield
            return
        self._before = signal.signal(signal.SIGALRM, self._handle)
        try:
            yield
        finally:
            self._over.set()
            thread.join()
            signal.signal(signal.SIGALRM, self._before or signal.SIG_DFL)

    def _watch(self, main: int) -> None:
        while not self._over.wait(INTERVAL):
            if self._is_hanging():
                self._sent = True
                signal.pthread_kill(main, signal.SIGALRM)

    def _is_hanging(self) -> bool:
        return self.choice.running and time.monotonic() > self.choice.last + INTERVAL

    def _handle(self, number: int, frame: Any) -> None:
        """End the run if it is late; any other alarm is the user's."""
        if not self._sent:
            if callable(self._before):
                self._before(number, frame)
            return
        self._sent = False
        if self._is_hanging():
            self.barks += 1
            raise TooLong
