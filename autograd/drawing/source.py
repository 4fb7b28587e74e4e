"""The source of a function: what it returns, and the objects that its names refer to."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import linecache
import types
from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from typing import Any

#: The value of a name or expression that only a call would determine, such as an argument.
UNKNOWN: Any = object()


@functools.cache
def parsed(file: str) -> ast.Module:
    """Return the syntax tree of a file or of a notebook cell."""
    lines = linecache.getlines(file)
    if not lines:
        raise OSError(f"The source of {file!r} is not available.")
    return ast.parse("".join(lines))


def body_of(function: types.FunctionType) -> ast.expr | None:
    """Return the expression that a lambda or one-line function returns; None for longer ones.

    Do not change it: later calls return the same.
    """
    return _body(function.__code__, inspect.getsourcefile(function) or "")


@functools.lru_cache(maxsize=4096)
def _body(code: types.CodeType, file: str) -> ast.expr | None:
    tree = parsed(file)
    if code.co_name != "<lambda>":
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.lineno == code.co_firstlineno:
                last = node.body[-1]
                is_short = len(node.body) - (ast.get_docstring(node) is not None) == 1
                return last.value if is_short and isinstance(last, ast.Return) else None
        return None
    places = [
        ((line, column), (end, end_column))
        for line, end, column, end_column in code.co_positions()
        if line is not None and end is not None and column is not None and end_column
    ]
    start, stop = min(place[0] for place in places), max(place[1] for place in places)
    found = None
    for node in ast.walk(tree):  # outer lambdas first: the last match is the innermost
        if isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno:
            body = node.body
            begins = (body.lineno, body.col_offset)
            ends = (body.end_lineno or 0, body.end_col_offset or 0)
            if begins <= start and stop <= ends:
                found = body
    return found


def names_of(function: types.FunctionType) -> MutableMapping[str, Any]:
    """Map the names in a function to objects, as Python does; variables map to `UNKNOWN`."""
    code = function.__code__
    variables = dict.fromkeys([*code.co_varnames, *code.co_cellvars], UNKNOWN)
    return ChainMap(variables, closure_of(function), function.__globals__, vars(builtins))


def closure_of(function: types.FunctionType) -> dict[str, Any]:
    """Map the names that a function takes from enclosing functions to objects."""
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            found[name] = UNKNOWN
    return found


def resolve(expression: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return the object that a name, or a dotted name in a module, refers to; else `UNKNOWN`."""
    if isinstance(expression, ast.Name):
        return names.get(expression.id, UNKNOWN)
    if isinstance(expression, ast.Attribute):
        owner = resolve(expression.value, names)
        if isinstance(owner, types.ModuleType):
            return getattr(owner, expression.attr, UNKNOWN)
    return UNKNOWN
