"""Batch rules of functions along axes: the same function, along the axes of one call.

Each maker here returns a rule ``rule(level, *arguments, **keywords)`` for the arguments of the
function; a rule returns NotImplemented where only a loop will do.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.batching.array import batched
from autograd.batching.level import Level, aligned, depends_on, is_in, ndim
from autograd.batching.ufuncs import shifted, wrapped

Rule = Callable[..., Any]


def bound(function: Any) -> Callable[[Any, Any], dict[str, Any]]:
    """Return what turns the arguments of a function into a dict by name."""
    names = list(inspect.signature(function).parameters)

    def named(arguments: Any, keywords: Any) -> dict[str, Any]:
        if len(arguments) > len(names):
            function(*arguments, **keywords)  # raises the error
        return {**dict(zip(names, arguments, strict=False)), **keywords}

    return named


def _taken(given: dict[str, Any], level: Level) -> tuple[Any, dict[str, Any]] | None:
    """Return the array and the options; None if something else is batched, or written to."""
    first = next(iter(given))
    x = given.pop(first)
    if given.pop("out", None) is not None or not is_in(x, level):
        return None
    where = given.get("where", True)
    if depends_on({k: v for k, v in given.items() if k != "where"}, level):
        return None
    if is_in(where, level):
        given["where"] = aligned(where, level, x.ndim)
    return x, given


def reduction(function: Any) -> Rule:
    """Return the rule of a function that reduces one axis, several, or by default all."""
    named = bound(function)

    def rule(level: Level, *arguments: Any, **keywords: Any) -> Any:
        found = _taken(named(arguments, keywords), level)
        if found is None or not level.size:  # some of NumPy's fail for several axes of no elements
            return NotImplemented
        x, given = found
        axis = given.pop("axis", None)
        if not x.ndim and axis in (None, 0, -1):
            function(np.zeros((), x.dtype), axis=axis)  # raises NumPy's error
            return _of_numbers(function, x, given, level)
        return wrapped(function(x.array, axis=shifted(axis, x.ndim), **given), level)

    return rule


def _of_numbers(function: Any, x: Any, given: dict[str, Any], level: Level) -> Any:
    """Reduce what is one number in each call: over an axis of length one."""
    given.pop("keepdims", None)
    if "where" in given and is_in(given["where"], level):
        return NotImplemented
    where = given.pop("where", True)
    if where is not True:
        given["where"] = where if np.ndim(where) == 0 else where.reshape((level.size, 1))
    return wrapped(function(x.array.reshape((level.size, 1)), axis=1, **given), level)


def along(function: Any, default: Any = None, shape: str = "kept") -> Rule:
    """Return the rule of a function along one axis.

    Parameters
    ----------
    function : callable
        The function.
    default : int or None
        The axis if none is given. None stands for the flattened array.
    shape : str
        Of a flattened array: "kept" for the result of the function, "restored" for the shape of
        the argument, "reduced" for a number, to which ``keepdims`` gives axes.
    """
    named = bound(function)

    def rule(level: Level, *arguments: Any, **keywords: Any) -> Any:
        found = _taken(named(arguments, keywords), level)
        if found is None:
            return NotImplemented
        x, given = found
        axis = given.pop("axis", default)
        array = x.array
        if axis is not None:
            if not x.ndim:
                function(np.zeros(()), axis=axis, **given)  # raises NumPy's error, or
                return NotImplemented
            return wrapped(function(array, axis=shifted(axis, x.ndim), **given), level)
        keepdims = given.pop("keepdims", False) if shape == "reduced" else False
        flat = function(array.reshape((level.size, x.size)), axis=1, **given)
        if keepdims is True:
            flat = flat.reshape((level.size, *(1,) * x.ndim))
        if shape == "restored":
            flat = flat.reshape(array.shape)
        return wrapped(flat, level)

    return rule


def transform(function: Any, several: bool = False, default: Any = -1) -> Rule:
    """Return the rule of a function along one axis, or several named ``axes``; never flattened."""
    named = bound(function)
    name = "axes" if several else "axis"

    def rule(level: Level, *arguments: Any, **keywords: Any) -> Any:
        found = _taken(named(arguments, keywords), level)
        if found is None:
            return NotImplemented
        x, given = found
        axis = given.pop(name, default)
        if axis is None and given.get("s") is not None:
            axis = tuple(range(-len(given["s"]), 0))
        found_axis = shifted(axis, x.ndim)
        return batched(function(x.array, **{name: found_axis}, **given), level)

    return rule


def elementwise(function: Any, count: int = 1) -> Rule:
    """Return the rule of a function of elements of its first `count` arguments."""

    def rule(level: Level, *arguments: Any, **keywords: Any) -> Any:
        if keywords.get("out") is not None or depends_on(arguments[count:], level):
            return NotImplemented
        axes = max(
            [ndim(x) for x in (*arguments[:count], *keywords.values()) if x is not None] or [0]
        )
        plain = [aligned(x, level, axes) for x in arguments]
        options = {key: aligned(x, level, axes) for key, x in keywords.items()}
        return wrapped(function(*plain, **options), level)

    return rule


def looked_up(function: Any, place: int) -> Rule:
    """Return the rule of a function of the elements of one argument, if the others are shared."""

    def rule(level: Level, *arguments: Any, **keywords: Any) -> Any:
        others = (*arguments[:place], *arguments[place + 1 :], keywords)
        if len(arguments) <= place or depends_on(others, level):
            return NotImplemented
        given = list(arguments)
        given[place] = given[place].array
        return wrapped(function(*given, **keywords), level)

    return rule


def stacks(function: Any) -> Rule:
    """Return the rule of a function of stacks of matrices, which the batch joins as an axis."""

    def rule(level: Level, *arguments: Any, **keywords: Any) -> Any:
        if depends_on((arguments[1:], keywords), level):
            return NotImplemented
        x, *options = arguments
        if not is_in(x, level) or x.ndim < 2:  # the vectors of all calls would be a matrix
            return NotImplemented
        return wrapped(function(x.array, *options, **keywords), level)

    return rule


def through(function: Callable[..., Any]) -> Rule:
    """Return the rule of a function that is made of others: it is called on the batched arrays."""

    def rule(level: Level, *arguments: Any, **keywords: Any) -> Any:
        return function(*arguments, **keywords)

    return rule
