"""Functions outside the table of rules for which `autograd.extend` can still define rules.

These are the functions of `autograd.scipy` and `autograd.numpy` that are written in Python. Each
call looks up whether there are user rules.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd.engine import batching
from autograd.engine.grad_mode import GRAD_MODE

Function = Callable[..., Any]

#: Redefinable function -> its body, called while there are no user rules.
BODIES: dict[Any, Function] = {}

#: Redefinable function -> the primitive called instead once there are user rules.
REDEFINED: dict[Any, Function] = {}

#: Wrapper -> the function of NumPy that it calls, which has the rules.
WRAPPED: dict[Any, Any] = {}


def for_batches(function: Function) -> Function:
    """Call a function for each entry of a batch where it cannot compute for all at once."""

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        if GRAD_MODE.batched:
            return batching.handled(function, function.__name__, arguments, keywords)
        return function(*arguments, **keywords)

    return call


def redefinable(function: Function) -> Function:
    """Let `autograd.extend.defvjp` and the like define rules for this function."""

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        body = REDEFINED.get(call, function)
        if GRAD_MODE.batched:
            return batching.handled(body, function.__name__, arguments, keywords)
        return body(*arguments, **keywords)

    BODIES[call] = function
    return call
