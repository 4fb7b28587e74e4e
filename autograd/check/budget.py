"""The time that the searches for the reasons of a wrong derivative may take together."""

from __future__ import annotations

import time
from collections.abc import Callable

#: How many seconds all searches of one check may take.
EXPLANATION = 10.0

#: The most seconds that may pass for each second that the thread computes: if other programs keep
#: it from computing, and if the functions under test wait, such as for another process.
PATIENCE, IMPATIENCE = 20.0, 1.5

#: Functions wait if their calls take this many seconds without computing; the calls to measure.
WAITING, CALLS = 0.005, 5

#: The seconds between two readings of the clock of the thread, each of which takes long.
INTERVAL = 0.01


class Budget:
    """Seconds to spend, counted from when it is made.

    What counts is the time that this thread computes, so that other programs do not change what is
    found. All time counts if the functions under test wait.

    Parameters
    ----------
    seconds : float
        How many there are.
    watch : callable, optional
        Called with this budget whenever someone asks for what is left: to show progress.
    patience : float
        How many seconds may pass for each of them.

    Examples
    --------
    >>> whole = Budget(10.0)
    >>> part = whole.part(8.0)  # ends with the whole
    >>> part.is_over()
    False
    """

    def __init__(
        self,
        seconds: float,
        watch: Callable[[Budget], None] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.seconds = seconds
        self.watch = watch
        self.patience = patience
        self._computed, self._passed = time.thread_time(), time.monotonic()
        self._looked, self._spent = self._passed, 0.0

    @property
    def spent(self) -> float:
        """How many seconds were spent, as of at most `INTERVAL` ago."""
        now = time.monotonic()
        if now - self._looked >= INTERVAL:
            passed = (now - self._passed) / self.patience
            self._looked, self._spent = now, max(time.thread_time() - self._computed, passed)
        return self._spent

    @property
    def left(self) -> float:
        """How many seconds are left; at least 0."""
        self._report()
        return max(self.seconds - self.spent, 0.0)

    def is_over(self) -> bool:
        """Return whether nothing is left."""
        return not self.left

    def part(self, seconds: float) -> Budget:
        """Return a budget of at most some seconds, which ends no later than this one."""
        inner = Budget(min(seconds, self.left), patience=self.patience)
        if self.watch is not None:
            inner.watch = lambda _: self._report()
        return inner

    def _report(self) -> None:
        if self.watch is not None:
            self.watch(self)


def patience_with(call: Callable[[], object]) -> float:
    """Return how many seconds may pass for each second of calls: few if they wait."""
    for _ in range(CALLS):
        computed, passed = time.thread_time(), time.monotonic()
        call()
        passed, computed = time.monotonic() - passed, time.thread_time() - computed
        if passed - computed <= max(WAITING, computed):
            return PATIENCE
    return IMPATIENCE
