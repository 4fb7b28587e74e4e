"""Batch rules that users write: a function for the arrays of all calls of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import tracing
from autograd.errors import BatchError, OptionError


def for_all(batch: Callable[..., Any], name: str) -> Callable[[Any, Any, Any], Any]:
    """Return how to compute a primitive for a batch, from a function of arrays of all calls.

    For each kind of arguments, the shape is compared once with that of a single call.
    """
    if not callable(batch):
        raise OptionError(f"batch= of {name} is {batch!r}; it must be a function.")
    known: set[Any] = set()

    def call(function: Any, arguments: Any, keywords: Any) -> Any:
        from autograd.batching.loops import of_whole  # needs time to import

        found = of_whole(batch, arguments, keywords)
        key = tuple([np.shape(x) for x in (*arguments, *keywords.values(), found)])
        if key not in known:
            _require_shape(found, function, arguments, keywords, name)
            known.add(key)
        return found

    return call


def _require_shape(found: Any, function: Any, arguments: Any, keywords: Any, name: str) -> None:
    """Raise an error if the entries of a result have another shape than that of one call."""
    from autograd.batching.level import entry, innermost

    level = innermost((arguments, keywords))
    if level.size == 0:
        return
    one = entry((arguments, keywords), level, 0)
    if innermost(one) is not None:
        return  # a batch of batches: the inner ones are looked at
    given, named = one
    if tracing.tracer() is not None:
        given, named = tracing.tracer().plain(given), tracing.tracer().plain(named)
    wanted = np.shape(function(*given, **named))
    if np.shape(found) != wanted:
        raise BatchError(
            f"The batch rule of {name} returned entries of shape {np.shape(found)}, but one call "
            f"returns shape {wanted}. Return an array with one more axis in front: shape "
            f"{(level.size, *wanted)}."
        )
