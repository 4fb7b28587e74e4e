"""The names that the traced function uses for what it is given, and for what it refers to."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
import types
from collections.abc import Iterator
from typing import Any

from autograd.program.instructions import Variable

#: How many functions deep names are looked for, from function to function.
DEPTH = 5

_UNKNOWN = object()


def names_of_inputs(program: Any) -> dict[Variable, str]:
    """Return the names that a function gives to parts of its arguments.

    They are found in assignments such as ``w, b = params`` at the beginning of blocks of its body.
    """
    found: dict[Variable, str] = {}
    nested = {
        parameter.name: parameter.value
        for parameter in program.parameters
        if not isinstance(parameter.value, Variable)
    }
    body = _body(program.function) if nested else []
    for statement in body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            value = _value(statement.value, nested)
            if value is not _UNKNOWN:
                _bind(statement.targets[0], value, nested, found)
    return found


def _bind(target: ast.expr, value: Any, known: dict[str, Any], found: dict[Variable, str]) -> None:
    """Note what a target of an assignment stands for."""
    if isinstance(target, ast.Name):
        known[target.id] = value
        if isinstance(value, Variable):
            found.setdefault(value, target.id)
    elif isinstance(value, (tuple, list)):
        parts = getattr(target, "elts", ())
        for part, item in zip(parts, value, strict=False) if len(parts) == len(value) else ():
            _bind(part, item, known, found)


def _value(node: ast.expr, known: dict[str, Any]) -> Any:
    """Return what an expression stands for: a parameter, or a part of one."""
    if isinstance(node, ast.Name):
        return known.get(node.id, _UNKNOWN)
    if isinstance(node, ast.Tuple):
        return tuple([_value(item, known) for item in node.elts])
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        whole = _value(node.value, known)
        try:
            return whole[node.slice.value]
        except (TypeError, KeyError, IndexError):
            return _UNKNOWN
    if isinstance(node, ast.Attribute):
        whole = _value(node.value, known)
        if isinstance(whole, tuple) and node.attr in getattr(whole, "_fields", ()):
            return getattr(whole, node.attr)
    return _UNKNOWN


def _body(function: Any) -> list[ast.stmt]:
    """Return the statements of a function; none if its source is not known."""
    try:
        source = inspect.getsource(inspect.unwrap(function))
        tree = ast.parse(textwrap.dedent(source)).body[0]
    except (OSError, TypeError, ValueError, SyntaxError, IndexError):
        return []
    return tree.body if isinstance(tree, ast.FunctionDef) else []


def names_of_objects(function: Any) -> dict[int, str]:
    """Return, by identity, the names of what a function and those that it calls refer to."""
    found: dict[int, str] = {}
    seen: set[int] = set()
    waiting = [(function, 0)]
    while waiting:
        function, depth = waiting.pop()
        if id(function) in seen or depth > DEPTH:
            continue
        seen.add(id(function))
        for name, x in _references(function):
            found.setdefault(id(x), name)
            if isinstance(x, (types.FunctionType, types.MethodType, functools.partial)):
                waiting.append((x, depth + 1))
    return found


def _references(function: Any) -> Iterator[tuple[str, Any]]:
    """Yield names and objects that a function refers to directly."""
    function = getattr(function, "__func__", getattr(function, "func", function))
    if not isinstance(function, types.FunctionType):
        return
    code = function.__code__
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:
            continue
    for name in code.co_names:
        if name in function.__globals__:
            yield name, function.__globals__[name]
