"""Functions outside the table of rules that `autograd.extend` can still give rules.

These are the functions of `autograd.scipy` and `autograd.numpy` that are written in Python. Each
asks, when it is called, whether a program has given it rules.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]

#: A redefinable function -> what it does without rules of the program.
BODIES: dict[Any, Function] = {}

#: A redefinable function -> what it calls instead, once a program has given it rules.
REDEFINED: dict[Any, Function] = {}

#: A wrapper of ours -> the function of NumPy that it calls, which is the one that has the rules.
WRAPPED: dict[Any, Any] = {}


def redefinable(function: Function) -> Function:
    """Let `autograd.extend.defvjp` and its relatives give this function rules."""

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        return REDEFINED.get(call, function)(*arguments, **keywords)

    BODIES[call] = function
    return call
