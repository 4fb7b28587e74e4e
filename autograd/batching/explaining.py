"""Errors of NumPy in a batch: those of one call, whose shapes lack the axis of the batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from autograd.batching.level import mapped, shape
from autograd.engine.batching import Batched
from autograd.errors import AutogradError


def stand_in(x: Any) -> Any:
    """Return an array of the shape and type in one call, which takes no memory."""
    is_batched = isinstance(x, Batched)
    return np.broadcast_to(np.zeros((), x.array.dtype), shape(x)) if is_batched else x


def raise_as_in_one_call(
    error: Exception, function: Callable[..., Any], arguments: Any, keywords: Any
) -> NoReturn:
    """Raise the error that a function raises for zeros of the shapes in one call, if it does.

    Otherwise raise the error that it has raised for the batch.
    """
    if not isinstance(error, AutogradError):
        try:
            function(*mapped(tuple(arguments), stand_in), **mapped(keywords, stand_in))
        except Exception as plain:
            raise plain from None
    raise error
