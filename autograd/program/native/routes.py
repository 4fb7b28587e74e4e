"""`Front` and `route_of`: calls that run a program at once, where they are like the one before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.grad_mode import GRAD_MODE
from autograd.program import structure
from autograd.program.backends.c.objects import reason_against
from autograd.program.environment import Environment
from autograd.program.fixed import Fixed
from autograd.program.meanings import MISSING
from autograd.program.native.built import calls


class _PythonFront:
    """What stands for `Front` where there was no C compiler: each call takes the long way."""

    _route: Any = None
    _call: Callable[..., Any]

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function."""
        return self._call(*arguments, **keywords)


#: The base of what `jit` returns: see `front.c`.
Front: Any = _PythonFront
if calls is not None:
    Front = calls.Front
    Front.watch(GRAD_MODE)

#: Types of numbers that are inputs, and whose type alone a signature holds.
_NUMBERS = frozenset((float, complex, np.float64, np.float32, np.complex128, np.complex64))

_CONTAINERS = frozenset((tuple, list, dict))

#: With more inputs than this there is no route.
_MOST = 64

#: Types of what a program takes for fixed, by value.
_FIXED = frozenset((bool, int, str, type(None)))


def route_of(
    arguments: tuple[Any, ...], run: Callable[..., Any], environment: Environment, fixed: Fixed
) -> Any:
    """Return what tells a `Front` when it may run a program; None if only Python can tell.

    Parameters
    ----------
    arguments : tuple
        Those of a call for which the program is right.
    run : callable
        Runs the program for the inputs among them.
    environment : Environment
        What the function reads besides.
    fixed : Fixed
        The state of objects with which the program is right.
    """
    leaves: list[Any] = []
    structure.flatten(arguments, leaves, [])
    if calls is None or len(leaves) > _MOST:
        return None
    kinds = [_kind_of(x) for x in arguments]
    if None in kinds:
        return None
    rest = [holds for holds in (environment.rest(), fixed.rest()) if holds is not None]
    ask = None if not rest else rest[0] if len(rest) == 1 else lambda: rest[0]() and rest[1]()
    return calls.Route(tuple(kinds), run, ask, *environment.identities(), MISSING)


def _kind_of(x: Any) -> Any:
    """Return the description of an argument that a `Route` takes; None if it takes no such one."""
    kind = type(x)
    if kind in _NUMBERS:
        return kind
    if kind is np.ndarray and not reason_against():
        return (kind, x.dtype, x.shape, x.strides)
    if kind in _CONTAINERS:
        items = [_kind_of(item) for item in (x.values() if kind is dict else x)]
        keys = (tuple(x),) if kind is dict else ()
        return None if None in items else (kind, tuple(items), *keys)
    return (x,) if kind in _FIXED or structure.stands_for_itself(x) else None
