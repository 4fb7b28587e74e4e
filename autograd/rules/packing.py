"""Functions with several results, such as decompositions: computed as one array, and taken apart."""

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
    """Lay out the results of a decomposition side by side in one array."""
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
    """Say where in the packed array each part is."""
    found = []
    start = 0
    for part in parts:
        stop = start + math.prod(part.shape)
        found.append(slice(start, stop))
        start = stop
    return found


class Decomposition(NamedTuple):
    """A function with several results: the primitive that computes them as one, and its parts."""

    primitive: Primitive
    parts: Callable[..., list[Part]]

    def __call__(self, a: Any, **keywords: Any) -> list[Any]:
        """Return the results."""
        return unpack(self.primitive(a, **keywords), self.parts(a, **keywords))


def decomposition(
    function: Callable[..., Any],
    parts: Callable[..., list[Part]],
    vjp: Callable[..., Any],
    name: str,
    limit: Callable[..., bool] | None = None,
) -> Decomposition:
    """Return a function with several results, of which each may have a derivative.

    Parameters
    ----------
    function : callable
        Computes a tuple of arrays.
    parts : callable
        ``parts(a, **keywords)`` describes them.
    vjp : callable
        ``vjp(g, y, a, **keywords)``, with packed results and their packed cotangents.
    name : str
        What to call it in graphs.
    limit : callable, optional
        Says whether the rule takes limits of cotangents: see `Primitive`.
    """

    def together(a: Any, **keywords: Any) -> Any:
        return pack(function(a, **keywords), np.shape(a)[:-2], parts(a, **keywords))

    primitive = define(together, vjp, name=name, replaces=())
    primitive.limit = limit
    return Decomposition(primitive, parts)
