"""Which arguments a backward pass takes: derivatives of results, inputs, a cache, a rate."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.errors import DataError

#: What a learning rate is called.
RATES = ("learning_rate", "lr", "rate", "alpha", "eta", "step_size")

#: How the names of derivatives of results begin; others are what forward kept for backward.
COTANGENTS = ("d", "g", "upstream", "v_", "ct", "cotangent")


class BackwardArguments:
    """The arguments of a backward pass, by the names of its parameters.

    Parameters
    ----------
    backward : callable
        The backward pass.
    inputs : sequence of str
        The names of the inputs of the forward pass.
    result : any
        What forward returned.

    Attributes
    ----------
    has_cache : bool
        Whether the second part of the result is for the backward pass.
    is_end : bool
        Whether it takes no derivative of the result: that is a loss.
    takes_rate : bool
        Whether it takes a learning rate.
    """

    def __init__(self, backward: Callable[..., Any], inputs: Sequence[str], result: Any) -> None:
        self.inputs = list(inputs)
        names, required = _positional(backward)
        others = [name for name in names if name not in inputs and name not in RATES]
        needed = [name for name in others if name in required] or others[:1]
        single = not isinstance(result, (tuple, list, dict)) and np.size(result) == 1
        several = isinstance(result, (tuple, list)) and len(result) > 1
        if not needed and not single:
            needed = names[:1]  # the derivative has the name of an input
        self.cotangents, cache = needed[:1], ""
        if several and len(needed) == 2 == len(result):
            kept = [name for name in needed if not name.startswith(COTANGENTS)]
            cache = kept[-1] if kept else ""
        if cache:
            self.cotangents = [name for name in needed if name != cache]
        elif several and len(needed) >= len(result):
            self.cotangents = needed[: len(result)]
        self.is_end, self.has_cache = not needed, bool(cache)
        self.takes_rate = any(name in RATES for name in names)
        self.names = [
            name
            for name in names
            if name in (*self.cotangents, cache) or name in inputs or name in RATES
        ]
        self.positional = self.names == names[: len(self.names)]
        unknown = [name for name in needed if name not in self.names]
        if unknown:
            raise DataError(
                f"backward takes {', '.join(unknown)}, which is not an argument of forward. Pass "
                "backward=, a function of the derivative of the result which calls it."
            )
        if self.is_end and not single:
            raise DataError(
                "backward takes no derivative of the result, but forward returned more than one "
                "number. Pass backward=, a function of that derivative."
            )

    def call(self, backward: Callable[..., Any], g: Any, inputs: Sequence[Any], cache: Any) -> Any:
        """Call the backward pass with a derivative of the result."""
        separate = len(self.cotangents) > 1
        values = {name: g[i] if separate else g for i, name in enumerate(self.cotangents)}
        given = {}
        for name in self.names:
            if name in values:
                given[name] = values[name]
            elif name in self.inputs:
                given[name] = inputs[self.inputs.index(name)]
            else:
                given[name] = 1.0 if name in RATES else cache
        return backward(*given.values()) if self.positional else backward(**given)


def _positional(function: Any) -> tuple[list[str], list[str]]:
    """Return the names of positional parameters, and of those without a default."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return ["g"], ["g"]
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return ["g"], ["g"]
    listed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [p.name for p in listed], [p.name for p in listed if p.default is p.empty]
