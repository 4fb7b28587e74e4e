"""What a function in a batch may return: nothing that hides arrays of all calls."""

from __future__ import annotations

import gc
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.batching.level import Level
from autograd.batching.text import REFUSED
from autograd.engine.batching import Batched
from autograd.engine.node import Node, plain
from autograd.errors import BatchError

#: No more objects are searched.
MANY = 10_000

#: Objects that are never searched: what they refer to belongs to no single call.
_SHARED = (type, types.ModuleType, types.CodeType, types.BuiltinFunctionType)


def refuse_hidden(x: Any, level: Level) -> None:
    """Raise an error for a result that is no array, and in which arrays of a batch are hidden."""
    if isinstance(x, str):
        if level.label in x:
            raise BatchError(REFUSED)
        return
    for each in reached(x):
        data = plain(each) if isinstance(each, Node) else each
        if isinstance(data, Batched) and data.level is level:
            raise BatchError(
                f"A function that vmap calls returned an object of type {type(x).__name__}, which "
                "holds arrays that differ between the calls. Return arrays and numbers, in tuples, "
                "lists and dicts."
            )


def reached(x: Any) -> Iterator[Any]:
    """Yield an object, and what it refers to."""
    seen = {id(x)}
    waiting = [x]
    while waiting and len(seen) < MANY:
        item = waiting.pop()
        yield item
        for each in _referents(item):
            if id(each) not in seen:
                seen.add(id(each))
                waiting.append(each)


def _referents(x: Any) -> list[Any]:
    if isinstance(x, (*_SHARED, Batched, Node)):
        return []
    if isinstance(x, types.FunctionType):  # its globals are not its own
        return [x.__closure__, x.__defaults__, x.__kwdefaults__]
    if isinstance(x, types.GeneratorType):
        return list(x.gi_frame.f_locals.values()) if x.gi_frame is not None else []
    if isinstance(x, np.ndarray):
        return x.reshape(-1).tolist() if x.dtype.hasobject else []
    return gc.get_referents(x)
