"""What becomes of an error that a program raises, or that a function raises while it is traced."""

from __future__ import annotations

import sysconfig
import traceback
from typing import Any

from autograd.errors import AutogradError, ReplayError, SourceError, TraceError
from autograd.program.places import at, is_inside
from autograd.program.running import Interrupted
from autograd.program.stand_ins import NotFollowed

#: Where Python's own modules and installed packages are.
_PYTHON = sysconfig.get_path("stdlib")

#: Errors of programs that functions may handle, or that Values do not raise.
OF_NUMBERS = (ArithmeticError, ValueError, Warning, AutogradError, NotFollowed)


def handled(jitted: Any, path: Any, error: Exception, arguments: Any, keywords: Any) -> Any:
    """Raise the error of a program, or call the function itself, which may handle it.

    Parameters
    ----------
    jitted : Jitted
        The function that `jit` has returned.
    path : Path
        The program.
    error : Exception
        What it has raised.
    arguments, keywords : tuple and dict
        Those of the call.
    """
    if isinstance(error, SourceError):  # C of the user computes something else
        raise error
    if isinstance(error, Interrupted):
        raise error.error from None
    return _without_program(jitted, path, error, arguments, keywords)


def _without_program(
    jitted: Any, path: Any, error: Exception, arguments: Any, keywords: Any
) -> Any:
    """Call the function itself, which raises the error of a program where the user sees it.

    It may handle it instead, or return infinity where Python's floats raise an error and Values
    do not. Other errors that it does not raise are faults of this library.
    """
    found = jitted.function(*arguments, **keywords)
    name, kind = getattr(jitted, "__name__", "the function"), type(error).__name__
    if not isinstance(error, OF_NUMBERS):
        raise ReplayError(
            f"A program of {name} raises {kind}, which {name} itself does not: {error}. This "
            "is a fault of chainrule; please report it. Call the function without jit."
        ) from error
    path.report.refuses("program", f"where it raises {kind}, {name} itself runs")
    return found


def not_followed(error: Exception) -> TraceError:
    """Return what tells where a function raised an error that it raises only when it is traced."""
    places = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if not is_inside(frame.f_code)
    ]
    own = [place for place in places if not place[0].startswith(_PYTHON)]
    chosen = own or places
    return TraceError(
        f"{at(chosen[-1] if chosen else None)}This cannot be followed in a function that is "
        f"traced: it raised {type(error).__name__}, which it does not without jit: {error}"
    )
