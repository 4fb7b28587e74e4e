"""Functions with several results, such as decompositions: computed as one packed array."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.engine import Primitive
from autograd.rules.table import define


class Part(NamedTuple):
    """One result of a decomposition: its shape, without the stack, and whether it is real."""

    shape: tuple[int, ...]
    real: bool = False


def pack(results: Sequence[Any], stack: tuple[int, ...], parts: Sequence[Part]) -> Any:
    """Pack the results of a decomposition into one array."""
    flat = [
        np.reshape(x, (*stack, math.prod(part.shape)))
        for x, part in zip(results, parts, strict=True)
    ]
    return np.concatenate(flat, axis=-1)


def unpack(packed: Any, parts: Sequence[Part]) -> list[Any]:
    """Undo `pack`."""
    results = []
    stack = np.shape(packed)[:-1]
    for part, place in zip(parts, places(parts), strict=True):
        x = np.reshape(packed[..., place], stack + part.shape)
        results.append(np.real(x) if part.real else x)
    return results


def places(parts: Sequence[Part]) -> list[slice]:
    """Return the slice of each part in the packed array."""
    found = []
    start = 0
    for part in parts:
        stop = start + math.prod(part.shape)
        found.append(slice(start, stop))
        start = stop
    return found


class Decomposition(NamedTuple):
    """A function with several results: the primitive of the packed result, and its parts."""

    primitive: Primitive
    parts: Callable[..., list[Part]]

    def __call__(self, a: Any, **keywords: Any) -> list[Any]:
        """Return the results, in memory without gaps, as NumPy does."""
        packed = self.primitive(a, **keywords)
        parts = unpack(packed, self.parts(a, **keywords))
        return parts if np.ndim(packed) == 1 else [np.copy(x, order="C") for x in parts]


def decomposition(
    function: Callable[..., Any],
    parts: Callable[..., list[Part]],
    vjp: Callable[..., Any],
    name: str,
    limit: Callable[..., bool] | None = None,
) -> Decomposition:
    """Return a function with several results, each of which may have a derivative.

    Parameters
    ----------
    function : callable
        Computes a tuple of arrays.
    parts : callable
        ``parts(a, **keywords)`` returns the `Part` of each.
    vjp : callable
        ``vjp(g, y, a, **keywords)`` for the packed results y and their packed cotangents g.
    name : str
        The name in graphs and messages.
    limit : callable, optional
        Whether the rule needs limits of cotangents: see `Primitive`.
    """

    def together(a: Any, **keywords: Any) -> Any:
        return pack(function(a, **keywords), np.shape(a)[:-2], parts(a, **keywords))

    primitive = define(together, vjp, name=name, replaces=())
    primitive.limit = limit
    return Decomposition(primitive, parts)
