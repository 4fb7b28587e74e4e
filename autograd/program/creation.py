"""`numpy.array` and the like, which NumPy does not dispatch, while a function is traced.

``np.asarray(x)`` converts any object in C, where nothing can be recorded. So while any thread
traces a function, these names of the module `numpy` are functions that record their calls in that
thread, and only call the original ones in all others.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import tracing
from autograd.program.traced import Traced, TracedArray

_NAMES = (
    "array",
    "asarray",
    "asanyarray",
    "ascontiguousarray",
    "asfortranarray",
    "asarray_chkfinite",
    "require",
    "full",
)
_LOCK = threading.Lock()
_ORIGINALS: dict[str, Callable[..., Any]] = {}
_TRACES = [0]


def begin() -> None:
    """Replace the functions, if no other thread has."""
    with _LOCK:
        _TRACES[0] += 1
        if _TRACES[0] == 1:
            for name in _NAMES:
                _ORIGINALS[name] = getattr(np, name)
                setattr(np, name, _recorded(_ORIGINALS[name]))


def end() -> None:
    """Put the original functions back, if no other thread needs the others."""
    with _LOCK:
        _TRACES[0] -= 1
        if _TRACES[0] == 0:
            for name, function in _ORIGINALS.items():
                setattr(np, name, function)


def _recorded(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        tracer = tracing.tracer()
        if tracer is None or not (
            tracing.any_followed(arguments) or tracing.any_followed(keywords.values())
        ):
            return function(*arguments, **keywords)
        if str(sys._getframe(1).f_globals.get("__name__", "")).startswith("scipy."):
            return function(*arguments, **keywords)  # compiled code is going to use the result
        unchanged = function.__name__ in ("asarray", "asanyarray") and len(arguments) == 1
        if unchanged and not keywords and isinstance(arguments[0], TracedArray):
            return arguments[0]
        return tracer.emit(function, arguments, keywords)

    return call


def is_traced(x: Any) -> bool:
    """Return whether an object represents an array or a number of a traced function."""
    return isinstance(x, Traced)
