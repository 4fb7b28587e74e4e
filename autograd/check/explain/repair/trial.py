"""Run a changed function where it can do no harm: bounded, silent, and without leaving traces."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograd.check.explain.repair.memory import Memory
from autograd.check.explain.repair.recompile import Choice, TooLong

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
)
_HARMLESS = ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.putenv", "os.getxattr")


#: How many bytes the changed functions may use beyond what is in use.
MOST_MEMORY = 2**30


class Refused(BaseException):
    """A changed function would have written a file or started a program."""


class _Guard:
    """Refuses, while it is active, what writes outside of the process."""

    active = False
    installed = False

    @classmethod
    def install(cls) -> None:
        if not cls.installed:
            sys.addaudithook(cls.hook)  # cannot be removed again; does nothing unless active
            cls.installed = True

    @classmethod
    def hook(cls, event: str, arguments: tuple[Any, ...]) -> None:
        if not cls.active:
            return
        writes = event == "open" and any(c in str(arguments[1] or "r") for c in "wax+")
        if writes or (event.startswith(_OUTSIDE) and event not in _HARMLESS):
            raise Refused(event)


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
        self.runs = self.late = 0
        self.refused = ""

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Prepare for runs, and put everything back in the end."""
        _Guard.install()
        self._memory = Memory(self.roots, self.scopes)
        silence = io.StringIO()
        disabled = logging.root.manager.disable
        with (
            contextlib.redirect_stdout(silence),
            contextlib.redirect_stderr(silence),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
            _bounded_memory(),
        ):
            warnings.simplefilter("ignore")
            logging.disable(logging.CRITICAL)
            try:
                yield
            finally:
                logging.disable(disabled)
                self._memory.release()

    def run(self, call: Callable[[], Any]) -> Any:
        """Return what a call returns; None if it fails, is refused or takes too long."""
        self.runs += 1
        self.choice.deadline = time.thread_time() + self.seconds
        try:
            _Guard.active = True
            return call()
        except Refused as refused:
            self.refused = str(refused)
        except TooLong:
            pass
        except (Exception, SystemExit):  # a change may break anything
            pass
        finally:
            _Guard.active = False
            self.late += time.thread_time() > self.choice.deadline
            self._memory.restore()
        return None


@contextlib.contextmanager
def patched(functions: Iterable[types.FunctionType], code: types.CodeType) -> Iterator[None]:
    """Let functions run other code inside the block."""
    before = [(function, function.__code__) for function in functions]
    try:
        for function, _ in before:
            function.__code__ = code
        yield
    finally:
        for function, original in before:
            function.__code__ = original
