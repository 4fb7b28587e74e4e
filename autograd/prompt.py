"""The source of functions typed at Python's prompt. IPython and notebooks keep it themselves.

Python keeps it from version 3.13 on. Before, it is found in the history in which `readline` keeps
lines to recall them, and is believed only if it compiles to the very code that runs.
"""

from __future__ import annotations
import __future__

import codeop
import contextlib
import gc
import inspect
import itertools
import linecache
import re
import sys
import warnings
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

#: How the file names of code begin that was typed; before Python 3.13 all of it has the first.
NAMES = ("<stdin>", "<python-input-")
SHARED = NAMES[0]

#: The most lines of a statement.
MOST_LINES = 500

_NUMBERS = itertools.count(1)
_FOLLOWS = re.compile(r"(else|elif|except|finally)\b")

#: The codes that were looked for in vain.
_LOST: set[CodeType] = set()


def keep_typed_source() -> None:
    """Make the source of functions known that were typed at Python's prompt.

    Where code that was typed has no file name of its own, it gets one: tracebacks show its lines.
    """
    if not hasattr(sys, "ps1") or "IPython" in sys.modules:
        return
    unknown = []
    for item in gc.get_objects():
        if type(item) is FunctionType and item.__code__.co_filename.startswith(NAMES):
            file = item.__code__.co_filename
            if file == SHARED:
                unknown += [item] if item.__code__ not in _LOST else []
            elif not linecache.getlines(file):
                with contextlib.suppress(OSError, TypeError):
                    _remember(file, "".join(inspect.findsource(item)[0]))
    if not unknown:
        return
    wanted = {function.__code__ for function in unknown}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of what was typed have been shown
        found = _statements_with(wanted, _history())
    _LOST.update(wanted - found.keys())
    for function in unknown:
        if function.__code__ in found:
            file, source = found[function.__code__]
            _remember(file, source)
            function.__code__ = _renamed(function.__code__, file)


def _remember(file: str, source: str) -> None:
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)


def _history() -> list[str]:
    """Return the lines that were typed, those of earlier sessions first."""
    readline: Any = sys.modules.get("readline")
    count = 0 if readline is None else readline.get_current_history_length()
    return [readline.get_history_item(number) or "" for number in range(1, count + 1)]


def _statements_with(wanted: set[CodeType], lines: list[str]) -> dict[CodeType, tuple[str, str]]:
    """Return a file name and the source of the statement that defines each code, if it is known."""
    found: dict[CodeType, tuple[str, str]] = {}
    for first in reversed(range(len(lines))):  # the latest definition first
        if len(found) == len(wanted):
            break
        source = _statement_from(lines, first)
        if source is None:
            continue
        new = wanted & set(_codes(source)) - found.keys()
        if new:
            found.update(dict.fromkeys(new, (f"<python-input-{next(_NUMBERS)}>", source)))
    return found


def _statement_from(lines: list[str], first: int) -> str | None:
    """Return the statement that begins with a line; None if there is none."""
    if not lines[first].strip() or lines[first][0].isspace():
        return None
    text = lines[first]
    for line in [*lines[first + 1 : first + MOST_LINES], ""]:
        if line[:1].isspace() or _FOLLOWS.match(line) or not _is_complete(text):
            text += "\n" + line
        else:
            break
    return text + "\n"


def _is_complete(text: str) -> bool:
    """Return whether Python's prompt would run this after an empty line, or refuse it."""
    try:
        return codeop.compile_command(text + "\n\n", SHARED) is not None
    except (SyntaxError, ValueError, OverflowError):
        return True


def _codes(source: str) -> Iterator[CodeType]:
    """Yield the codes of the functions in a statement."""
    for flags in (0, __future__.annotations.compiler_flag):
        try:
            code = compile(source, SHARED, "single", flags, dont_inherit=True)
        except (SyntaxError, ValueError):
            return
        yield from _inside(code)


def _inside(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inside(constant)


def _renamed(code: CodeType, file: str) -> CodeType:
    """Return the same code, and the codes in it, as if they came from another file."""
    constants = tuple(
        _renamed(constant, file) if isinstance(constant, CodeType) else constant
        for constant in code.co_consts
    )
    return code.replace(co_filename=file, co_consts=constants)
