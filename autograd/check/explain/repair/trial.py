"""Run a changed function where it can do no harm: bounded, silent, and without leaving traces."""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import os
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograd.check.explain.repair.memory import Memory
from autograd.check.explain.repair.recompile import Choice, TooLong
from autograd.check.explain.repair.sources import Source
from autograd.check.explain.repair.watchdog import Watchdog

#: Events of Python's audit that change something outside of the process.
_OUTSIDE = (
    "os.",
    "shutil.",
    "subprocess.",
    "socket.",
    "sqlite3.",
    "ftplib.",
    "smtplib.",
    "urllib.",
    "builtins.input",
    "mmap.",
)
_HARMLESS = ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.putenv", "os.getxattr")


#: How many runs may end by a signal, because they wait.
MOST_HANGING = 5

#: How many bytes the changed functions may use beyond what is in use.
MOST_MEMORY = 2**30


class Refused(BaseException):
    """A changed function would have written a file or started a program."""


class _Guard:
    """Refuses, while it is active, what writes outside of the process.

    It knows the threads that ran before: it ignores what they do.
    """

    active = False
    installed = False
    patience = 0.0
    others: frozenset[int] = frozenset()

    @classmethod
    def install(cls) -> None:
        cls.others = frozenset(sys._current_frames()) - {threading.get_ident()}
        if not cls.installed:
            sys.addaudithook(cls.hook)  # cannot be removed again; does nothing unless active
            cls.installed = True

    @classmethod
    def concerns_this_thread(cls) -> bool:
        return cls.active and threading.get_ident() not in cls.others

    @classmethod
    def hook(cls, event: str, arguments: tuple[Any, ...]) -> None:
        if not cls.active:
            return
        writes = event == "open" and _is_to_write(*arguments[1:3])
        outside = event.startswith(_OUTSIDE) and event not in _HARMLESS
        if (writes or outside) and cls.concerns_this_thread():
            raise Refused(event)
        sleeps = event == "time.sleep" and arguments[0] > cls.patience
        if sleeps and cls.concerns_this_thread():
            raise TooLong


def _is_to_write(mode: Any, flags: Any) -> bool:
    """Return whether a file is opened to be written, by its mode or the flags of the system."""
    if mode is not None:
        return any(c in str(mode) for c in "wax+")
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))


class _Silence(io.TextIOBase):
    """In place of a stream: passes on only what other threads write."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        if self.stream is None or threading.get_ident() not in _Guard.others:
            return len(text)
        return int(self.stream.write(text))

    def flush(self) -> None:
        if self.stream is not None:
            self.stream.flush()


@contextlib.contextmanager
def _without_complaints() -> Iterator[None]:
    """Ignore exceptions that nothing catches: those of new threads, and in a ``__del__``."""
    before = threading.excepthook, sys.unraisablehook

    def of_others(hook: Any) -> Any:
        return lambda lost: hook(lost) if threading.get_ident() in _Guard.others else None

    threading.excepthook, sys.unraisablehook = map(of_others, before)
    try:
        yield
    finally:
        threading.excepthook, sys.unraisablehook = before


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage, which may take longer than a run, and calls functions of others."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextlib.contextmanager
def _untraced() -> Iterator[None]:
    """Hide the runs from a debugger, a profiler or a tool that measures coverage.

    Those written in C that Python cannot install again, such as cProfile, see them.
    """
    with contextlib.ExitStack() as stack:
        trace, profile = sys.gettrace(), sys.getprofile()
        if callable(trace):
            stack.callback(sys.settrace, trace)
            sys.settrace(None)
        if callable(profile):
            stack.callback(sys.setprofile, profile)
            sys.setprofile(None)
        yield


@contextlib.contextmanager
def _bounded_memory() -> Iterator[None]:
    """Let NumPy raise MemoryError rather than fill the memory, where the system can do that."""
    try:
        import resource  # not on Windows

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (ImportError, OSError):
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + MOST_MEMORY
    if any(other not in (resource.RLIM_INFINITY,) and other < limit for other in before):
        yield
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


class Laboratory:
    """Where changed functions run.

    Parameters
    ----------
    roots, scopes
        What the functions may change, as `Memory` takes it.
    choice : Choice
        What changed code holds: it ends loops.

    Attributes
    ----------
    refused, outside : str
        Why nothing can be run any more, and what the last refused run did; or empty.
    late : int
        How many runs took too long.
    """

    def __init__(
        self,
        roots: Iterable[Any],
        scopes: Iterable[tuple[dict[str, Any], Iterable[str]]],
        choice: Choice,
    ) -> None:
        self.roots, self.scopes = list(roots), list(scopes)
        self.choice = choice
        self.seconds = 1.0
        self.late = 0
        self.watchdog = Watchdog(choice)
        self.refused = self.outside = ""

    def forget(self, codes: Iterable[types.CodeType]) -> None:
        """Clear what functions with some code remember of their results."""
        self._memory.forget(codes)

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Prepare for runs, and put everything back in the end."""
        _Guard.install()
        disabled = logging.root.manager.disable
        with (
            _untraced(),
            _without_complaints(),
            contextlib.redirect_stdout(_Silence(sys.stdout)),
            contextlib.redirect_stderr(_Silence(sys.stderr)),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
            _bounded_memory(),
            self.watchdog.on_duty(),
        ):
            warnings.simplefilter("ignore")
            logging.disable(logging.CRITICAL)
            self._memory = Memory(self.roots, self.scopes)
            try:
                self._memory.protect()
                self.refused = self._obstacle()
                yield
            finally:
                logging.disable(disabled)
                self._memory.release()

    def _obstacle(self) -> str:
        """Return why nothing may be run; or an empty string."""
        if not self._memory.complete:
            return "it refers to more objects than can be put back afterwards"
        streams = self._memory.streams
        if streams.may_wait and not self.watchdog.able:
            return "it may wait for something, which only the main thread can interrupt"
        return streams.obstacle

    def run(self, call: Callable[[], Any]) -> Any:
        """Return what a call returns; None if it fails, is refused or takes too long."""
        if self.refused:
            return None
        _Guard.patience = self.seconds
        try:
            with _uncollected():
                return self._ended(call)
        except TooLong:  # while it was put back
            self._memory.restore()
        return None

    def _ended(self, call: Callable[[], Any]) -> Any:
        self.choice.start(self.seconds)
        try:
            _Guard.active = True
            found = call()
            self.refused = self._memory.streams.change()
            return None if self.refused else found
        except Refused as refused:
            self.outside = f"it writes or starts something ({refused})"
        except TooLong:
            if self.watchdog.barks == MOST_HANGING:
                self.refused = "it waits for something when it is changed"
        except (Exception, SystemExit):  # a change may break anything
            pass
        finally:
            _Guard.active = False
            self.late += self.choice.is_late()
            self.choice.stop()
            if self.choice.strayed:
                self.refused = "a thread of it does not end when it is changed"
            self._memory.restore()
        return None


@contextlib.contextmanager
def patched(source: Source, code: types.CodeType) -> Iterator[None]:
    """Let a function run other code inside the block."""
    before = [(function, function.__code__) for function, _ in source.carriers(code)]
    try:
        for function, new in source.carriers(code):
            function.__code__ = new
        yield
    finally:
        for function, original in before:
            function.__code__ = original
