"""The user's code that runs in a call, and how to run a changed version of it for a while."""

from __future__ import annotations

import ast
import linecache
import os
import sysconfig
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import CodeType, FunctionType
from typing import Any

import autograd
from autograd.check.explain.repair.sources import functions_by_code, traced

#: The flag of ``from __future__ import annotations`` in a code object.
_FUTURE = annotations.compiler_flag

Transform = Callable[[ast.stmt, str], ast.stmt]


@dataclass
class Code:
    """The code of a user's function, with the live functions that run it.

    Attributes
    ----------
    code : CodeType
        The code as it is.
    functions : list of FunctionType
        The functions whose code it is; none for code inside another function.
    """

    code: CodeType
    functions: list[FunctionType]


def executed(call: Callable[[], Any]) -> list[Code]:
    """Call a function, and return the code that ran outside of installed packages.

    A trace function that is installed, such as a debugger's, is suspended meanwhile.
    """
    found: dict[CodeType, None] = {}
    cannot = _installed()

    def note(frame: Any, event: str, argument: Any) -> None:
        code = frame.f_code
        if code not in found and not code.co_filename.startswith(cannot):
            found[code] = None

    with traced(note):
        call()
    functions = functions_by_code(found)
    return [Code(code, functions[id(code)]) for code in found]


@cache
def _installed() -> tuple[str, ...]:
    """Return how file names begin that do not hold the user's code."""
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    own = os.path.dirname(os.path.abspath(autograd.__file__ or ""))
    return ("<frozen", "<__array_function__", *(os.path.join(f, "") for f in {*folders, own}))


def rewritten(codes: list[Code], transform: Transform) -> dict[CodeType, CodeType]:
    """Return the changed code of functions whose source is at hand.

    `transform` changes the syntax tree of a statement at the top level of a file, whose name is
    its second argument.
    """
    changed: dict[CodeType, CodeType] = {}
    statements: dict[tuple[str, int], tuple[list[CodeType], list[CodeType]]] = {}
    for item in codes:
        if not item.functions:
            continue
        code = item.code
        statement = _statement(code, item.functions[0].__globals__)
        if statement is None:
            continue
        key = (code.co_filename, statement.lineno)
        if key not in statements:
            flags = code.co_flags & _FUTURE
            plain = compiled(statement, code.co_filename, flags)
            new = compiled(transform(statement, code.co_filename), code.co_filename, flags)
            statements[key] = plain, new
        found = _counterpart(code, *statements[key])
        if found is not None:
            changed[code] = found
    return changed


def _statement(code: CodeType, names: dict[str, Any]) -> ast.stmt | None:
    """Return the statement at the top level of a file that holds some code."""
    linecache.checkcache(code.co_filename)
    tree = _parsed("".join(linecache.getlines(code.co_filename, names)))
    for statement in tree.body if tree is not None else ():
        first = min(
            [d.lineno for d in getattr(statement, "decorator_list", ())] or [statement.lineno]
        )
        if first <= code.co_firstlineno <= (statement.end_lineno or 0):
            return statement
    return None


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):  # a notebook's magic commands, or no Python
        return None


def compiled(statement: ast.stmt, file: str, flags: int = 0) -> list[CodeType]:
    """Compile a statement, and return the codes of the functions in it, outer ones first."""
    module = ast.Module([statement], [])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        top = compile(module, file, "exec", flags, dont_inherit=True)
    return list(_inside(top))


def _inside(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inside(constant)


def _counterpart(code: CodeType, plain: list[CodeType], new: list[CodeType]) -> CodeType | None:
    """Return the changed version of some code; None if the source is not that of the code."""

    def namesakes(codes: list[CodeType]) -> list[CodeType]:
        key = code.co_qualname, code.co_firstlineno
        return [c for c in codes if (c.co_qualname, c.co_firstlineno) == key]

    mine, theirs = namesakes(plain), namesakes(new)
    if len(mine) != len(theirs):
        return None
    same = [number for number, other in enumerate(mine) if other == code]
    if not same and len(mine) == 1:  # pytest rewrites the assertions of a function
        same = [0]
    for number in same:
        if theirs[number].co_freevars == code.co_freevars:
            return theirs[number]
    return None


@contextmanager
def installed(
    codes: list[Code], changed: Mapping[CodeType, CodeType], names: Mapping[str, Any]
) -> Iterator[None]:
    """Let functions run changed code, which may use some more global names."""
    functions = [f for item in codes if item.code in changed for f in item.functions]
    before = [(function, function.__code__) for function in functions]
    spaces = {id(function.__globals__): function.__globals__ for function in functions}
    try:
        for space in spaces.values():
            space.update(names)
        for function, code in before:
            function.__code__ = changed[code]
        yield
    finally:
        for function, code in before:
            function.__code__ = code
        for space in spaces.values():
            for name in names:
                space.pop(name, None)
