"""Functions outside the table of rules for which `autograd.extend` can still define rules.

These are the functions of `autograd.scipy` and `autograd.numpy` that are written in Python. Each
call looks up whether there are user rules.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]

#: Redefinable function -> its body, called while there are no user rules.
BODIES: dict[Any, Function] = {}

#: Redefinable function -> the primitive called instead once there are user rules.
REDEFINED: dict[Any, Function] = {}

#: Wrapper -> the function of NumPy that it calls, which has the rules.
WRAPPED: dict[Any, Any] = {}


def redefinable(function: Function) -> Function:
    """Let `autograd.extend.defvjp` and the like define rules for this function."""

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        return REDEFINED.get(call, function)(*arguments, **keywords)

    BODIES[call] = function
    return call
