"""Source text of C as functions that Python can call."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

from autograd.program.backends.c import cache, compiler
from autograd.program.backends.c.compiler import CompilerError
from autograd.program.backends.c.objects import MACROS, reason_against
from autograd.program.backends.c.preamble import (
    BESIDE_PYTHON,
    ERRORS,
    INCLUDES,
    PRAGMAS,
    needed,
    vector_declarations,
)
from autograd.program.backends.c.tasks import THREADS
from autograd.program.native.built import calls

#: With more elements in all arrays, other threads run meanwhile.
QUICK = 1 << 14

_LOCK = threading.Lock()

#: Why nothing is compiled after the compiler failed.
_failure: list[str] = []


def unavailable() -> str:
    """Return why code cannot be compiled here; "" if it can."""
    if _failure:
        return _failure[0]
    reason = reason_against()
    if not reason and compiler.found() is None:
        reason = "no C compiler was found"
    return reason


class Library:
    """A compiled library."""

    def __init__(self, path: str) -> None:
        self._parallel = ctypes.CDLL(path)
        self._quick = ctypes.PyDLL(path)

    def function(self, name: str, quick: bool) -> Callable[[Any], int]:
        """Return a function of a tuple.

        Parameters
        ----------
        name : str
            Its name.
        quick : bool
            Whether it is so short that other threads can wait: it keeps the GIL.
        """
        found: Any = (self._quick if quick else self._parallel)[name]
        if quick and calls is not None:
            return calls.Function(ctypes.cast(found, ctypes.c_void_p).value, self)  # type: ignore[no-any-return]
        found.argtypes = (ctypes.py_object,)
        found.restype = ctypes.c_int
        return found  # type: ignore[no-any-return]


def library_of(text: str, options: tuple[str, ...] = (), is_representative: bool = True) -> Library:
    """Return the library of functions that are given as text, from the cache if it is there.

    Parameters
    ----------
    text : str
        The functions.
    options : tuple of str
        Further options of the compiler.
    is_representative : bool
        Whether nothing else will compile either, if this does not.

    Raises
    ------
    CompilerError
        If it cannot be compiled.
    """
    reason = unavailable()
    if reason:
        raise CompilerError(reason)
    found = compiler.found()
    assert found is not None
    source = whole(text)
    key = cache.key_of(source, *found.flags(), *options, found.identity, compiler.processor())
    with _LOCK:
        known = _loaded(cache.stored(key))
        if known is not None:
            return known
        try:
            data = found.compiled(source, (*options, *linked(found)))
            kept = _loaded(cache.keep(key, data))
            if kept is not None:
                return kept
            with cache.for_now(data) as path:
                return Library(path)
        except (CompilerError, OSError) as error:
            if is_representative:
                _failure.append(str(error))
            raise CompilerError(str(error)) from error


def linked(found: compiler.Compiler) -> tuple[str, ...]:
    """Return the options that name the libraries which generated code calls."""
    has_vectors = found.is_of_the_system and vector_declarations()
    return (*(("-lmvec",) if has_vectors else ()), "-lm", "-lpthread")


def _loaded(path: str | None) -> Library | None:
    """Return a library of the cache; None if there is none, or its file system runs no programs."""
    if path is None:
        return None
    try:
        return Library(path)
    except OSError:
        return None


def whole(text: str) -> str:
    """Return functions as a complete source text."""
    threads = THREADS if "run_tasks(" in text else ""
    declared = (INCLUDES, BESIDE_PYTHON, vector_declarations(), PRAGMAS, MACROS, ERRORS, threads)
    return "\n".join((*declared, *needed(text), text))
