"""Calling a program: its arguments are checked first, and its guards while it runs."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.errors import DataError, GuardError, ShapeError
from autograd.program.instructions import Guard, Variable, contents_of, same, shape_of
from autograd.program.naming import function_name
from autograd.program.program import METHODS, Program
from autograd.program.running import GuardFailed, Interrupted, compiled
from autograd.program.source.statements import location, origin_of
from autograd.program.stand_ins import numbers_of
from autograd.program.structure import CONTAINERS

AGAIN = "Record it again with these arguments, or use jit, which records each kind of argument."

_RUNS: weakref.WeakKeyDictionary[Program, Callable[..., Any]] = weakref.WeakKeyDictionary()


def call(program: Program, arguments: Any, keywords: Any) -> Any:
    """Run a program; see `Program.__call__`."""
    inputs = inputs_of(program, arguments, keywords)
    run = _RUNS.get(program)
    if run is None:
        run = _RUNS[program] = compiled(program)
    try:
        return run(*inputs)
    except GuardFailed as failure:
        raise guard_error(program, failure) from None
    except Interrupted as interrupted:
        raise interrupted.error from None


METHODS["call"] = call


def inputs_of(program: Program, arguments: Any, keywords: Any) -> list[Any]:
    """Return the inputs of a program among arguments in the structure of its function's.

    Raises
    ------
    DataError, ShapeError, GuardError
        If arguments are missing, or there are too many; if one is not like that with which the
        program was recorded.
    """
    parameters = program.parameters
    signature = inspect.Signature(
        sorted(
            (inspect.Parameter(p.name, p.kind) for p in parameters if p.name.isidentifier()),
            key=lambda p: p.kind,
        )
    )
    try:
        given = signature.bind(*arguments, **keywords).arguments
    except TypeError as error:
        call = f"{function_name(program.name)}({', '.join(signature.parameters)})"
        raise DataError(f"Call the program as {call}: {error}.") from None
    found: dict[Variable, Any] = {}
    for parameter in parameters:
        default: Any = () if parameter.kind is inspect.Parameter.VAR_POSITIONAL else {}
        _match(parameter.value, given.get(parameter.name, default), parameter.name, found)
    return [found[x] for x in program.inputs]


def _match(wanted: Any, given: Any, path: str, found: dict[Variable, Any]) -> None:
    """Find the inputs in one argument."""
    if isinstance(wanted, Variable):
        found[wanted] = _input(wanted, given, path)
    elif isinstance(wanted, CONTAINERS):
        if isinstance(given, dict) != isinstance(wanted, dict) or _keys(given) != _keys(wanted):
            raise ShapeError(
                f"{path} has another structure than when the program was recorded. {AGAIN}"
            )
        for key in _keys(wanted):
            _match(wanted[key], given[key], f"{path}[{key!r}]", found)
    elif not _is_same(wanted, given):
        raise GuardError(
            f"{path} is {given!r:.80}, but the program was recorded with {wanted!r:.80}. {AGAIN}"
        )


def _keys(x: Any) -> list[Any]:
    if isinstance(x, dict):
        return sorted(x, key=repr)
    return list(range(len(x))) if isinstance(x, CONTAINERS) else [x]


def _is_same(wanted: Any, given: Any) -> bool:
    if wanted is given:
        return True
    try:
        return type(wanted) is type(given) and bool(wanted == given)
    except Exception:
        return False


def _input(x: Variable, given: Any, path: str) -> Any:
    """Return an argument as the array or number that the program takes."""
    given = numbers_of(given) if isinstance(given, Node) else given
    if isinstance(given, x.kind) and not x.is_array and getattr(given, "dtype", None) == x.dtype:
        return given
    if isinstance(given, (list, tuple)):
        try:
            given = np.asarray(given, x.dtype)
        except (ValueError, TypeError) as error:
            raise DataError(
                f"{path} does not become an array ({error}); pass {described(x)}, as when the "
                "program was recorded."
            ) from None
    is_number = isinstance(given, (int, float, complex, np.generic)) or (
        np.shape(given) == () and getattr(given, "dtype", np.dtype(object)).kind in "fciub"
    )
    if not x.is_array and issubclass(x.kind, (float, complex, np.generic)) and is_number:
        if np.iscomplexobj(given) and not issubclass(x.kind, (complex, np.complexfloating)):
            raise DataError(
                f"{path} is complex, but the program was recorded with a real number: write "
                f"{path}.real, or record it with a complex number."
            )
        return x.kind(given)
    shape = getattr(given, "shape", None)
    if shape is None or (x.is_array and not isinstance(given, np.ndarray) and shape != ()):
        raise DataError(
            f"{path} is {type(given).__name__}; pass {described(x)}, as when the program was "
            "recorded."
        )
    if shape != x.shape:
        raise ShapeError(
            f"{path} has shape {shape}, but the program was recorded with shape {x.shape}. {AGAIN}"
        )
    if given.dtype != x.dtype:
        part = ".real" if given.dtype.kind == "c" != x.dtype.kind else ""
        raise DataError(
            f"{path} has type {given.dtype}, but the program was recorded with {x.dtype}: "
            f"write {path}{part}.astype({str(x.dtype)!r}), or record it again with this type."
        )
    return given


def described(x: Variable) -> str:
    """Return what a variable is, in words."""
    return (
        f"an array of shape {x.shape} and type {x.dtype}" if x.is_array else f"a {x.kind.__name__}"
    )


def guard_error(program: Program, failure: GuardFailed) -> GuardError:
    """Return the error for a guard that failed, with its condition in words."""
    name = function_name(program.name)
    if failure.number < 0:
        return GuardError(
            f"A node or an object that {name} reads holds something of another type or shape than "
            "when the program was recorded. Record it again."
        )
    guard = program.guards[failure.number]
    place = "" if guard.place is None else location(guard.place)
    where = f" ({place})" if place else ""
    return GuardError(
        f"{name} was recorded for {in_words(guard)}{where}, which does not hold for these arguments"
        f"{_instead(guard, failure.found)}. Record it again with them, or use jit, which "
        "records each branch."
    )


def in_words(guard: Guard) -> str:
    """Return the condition of a guard, in the words of the user's code where they are known."""
    import ast

    origin = origin_of(guard.place)
    text = guard.variable.hint or "a number"
    if origin is not None and isinstance(origin.expression, ast.expr):
        text = ast.unparse(origin.expression)
    if guard.convert is bool:
        return text if guard.expected else f"not {text}"
    if guard.convert is shape_of:
        return f"the shape {guard.expected} of {text}"
    if guard.convert is contents_of:
        return f"the numbers that {text} had"
    return f"{text} = {guard.expected!r}"


def _instead(guard: Guard, found: Any) -> str:
    if guard.convert in (bool, contents_of) or same(found, guard.expected):
        return ""
    return f": it is {found!r:.60} here"
