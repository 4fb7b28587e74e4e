"""The lines of the user's code that a traced function runs."""

from __future__ import annotations

import linecache
import os
import sys
from typing import Any

import numpy as np

from autograd.engine.scopes import notes_here
from autograd.program.origins import Place

_PACKAGES = tuple(
    os.path.join(os.path.dirname(os.path.abspath(path)), "")
    for path in (sys.modules["autograd"].__file__ or "", np.__file__)
)
_PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")
#: The code that calls the function that is traced: what has called it is not part of the program.
_RECORD: list[Any] = [None]


def set_outermost(code: Any) -> None:
    """Note the code that calls the function that is traced."""
    _RECORD[0] = code


#: By the identity of a code object: it, and its places so far; None for the places of code of this
#: library or NumPy. (The hash of code would be computed from all its instructions each time.)
_KNOWN: dict[int, tuple[Any, dict[int, Place] | None]] = {}


def place_of_caller() -> Place | None:
    """Return the place of the innermost code that is neither this library's nor NumPy's."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        code = frame.f_code
        places = (_KNOWN.get(id(code)) or _known(code))[1]
        if places is not None:
            at = frame.f_lasti
            found = places.get(at)
            if found is None:
                found = places[at] = Place(code, frame.f_lineno, at)
            return found
        if code is _RECORD[0]:
            return None
        frame = frame.f_back
    return None


def depth_of_caller() -> int:
    """Return the ``stacklevel`` of a warning that names the line of the user's code."""
    frame: Any = sys._getframe(1)
    depth = 1
    while frame.f_back is not None and is_inside(frame.f_code):
        frame = frame.f_back
        depth += 1
    return depth


def is_inside(code: Any) -> bool:
    """Return whether code belongs to this library or to NumPy."""
    return _known(code)[1] is None


def _known(code: Any) -> tuple[Any, dict[int, Place] | None]:
    if id(code) not in _KNOWN:
        _KNOWN[id(code)] = (code, None if code.co_filename.startswith(_PACKAGES) else {})
    return _KNOWN[id(code)]


def at(place: tuple[str, int] | None) -> str:
    """Return file, line and source text of a place as the beginning of a message."""
    if place is None:
        return ""
    file, line = place
    return f"{file}, line {line}: {linecache.getline(file, line).strip()}\n"


def scope_here() -> str:
    """Return the path of the open `autograd.scope` blocks."""
    notes = notes_here()
    return "" if notes is None else str(notes.scope)


def is_in_rule() -> bool:
    """Return whether a rule computes with numbers of Python: its caller handles what they raise."""
    frame: Any = sys._getframe(2)
    while frame.f_code.co_filename.startswith(_PROGRAM):
        frame = frame.f_back
    return is_inside(frame.f_code)
