"""Integers among the arguments of `jit`, such as the number of a step: when they may be inputs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd.program.environment import Environment
from autograd.program.structure import Counted, objects_in
from autograd.program.tracing import RECORDING, isolated


def is_counted(x: Any) -> bool:
    """Return whether an argument is an integer, and not so large that NumPy has no type for it."""
    return type(x) is int and -(2**31) < x < 2**31


def counted(arguments: Any, keywords: Any) -> tuple[Any, Any]:
    """Return arguments with such integers as inputs."""
    return (
        tuple([Counted(x) if is_counted(x) else x for x in arguments]),
        {name: Counted(x) if is_counted(x) else x for name, x in keywords.items()},
    )


def _plain(x: Any) -> Any:
    return int(x) if type(x) is Counted else x


def with_plain_integers(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that takes such arguments."""

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        named = {name: _plain(x) for name, x in keywords.items()}
        return function(*map(_plain, arguments), **named)

    return call


def can_be_inputs(function: Callable[..., Any], arguments: Any, keywords: Any) -> bool:
    """Return whether a function can be followed with integers as inputs.

    It is called for that, and everything that it changes is undone.
    """
    with RECORDING:
        environment = Environment(function, objects_in((arguments, keywords)))
        try:
            found = isolated(function, arguments, keywords, environment, set(), True)
        except Exception:
            return False
        finally:
            environment.restore()
    return not found.results.refused
