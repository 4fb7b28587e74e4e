"""Elementwise steps on large arrays, part by part, so that intermediate results stay in the cache.

A chain of ten steps on arrays of 100 MB would read and write memory ten times. In parts it reads
and writes it once.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine.batching import Batched

_ndarray: Final = np.ndarray
_generic: Final = np.generic


class Tiles:
    """The sizes of arrays, in bytes.

    Attributes
    ----------
    part : int
        The size of a part. A few arrays of that size fit into the cache of a processor; smaller
        parts would take longer to call than to compute.
    several : int
        The size above which many steps are worth cutting: calls for two or three parts take longer
        than what they save.
    large : int
        The size from which few steps are worth cutting.
    reused : int
        The size above which a product is written over one of its factors, if nothing needs it.
    """

    def __init__(self) -> None:
        self.part: int = 1 << 19
        self.several: int = 1 << 21
        self.large: int = 1 << 22
        self.reused: int = 1 << 17


TILES: Final = Tiles()


def is_large(x: Any) -> bool:
    """Return whether this is an array of NumPy so large that its memory is worth using again."""
    if type(x) is not _ndarray:
        return False
    size: int = x.nbytes  # typed, so that it is compared as an integer of C
    return size > TILES.reused


def in_tiles(function: Any, arguments: Any) -> Any:
    """Return what an elementwise function returns, calling it with parts of large arrays.

    Parameters
    ----------
    function : callable
        Called with all arguments, or the same part of each array among them.
    arguments : sequence
        Arrays and numbers. Arrays of different shapes are not cut.
    """
    first = arguments[0]
    if type(first) is not _ndarray or first.nbytes <= TILES.several:
        return function(*arguments)
    whole = _flat(arguments, first.shape)
    if whole is None:
        return function(*arguments)
    size = TILES.part // first.itemsize
    found: Any = None
    for start in range(0, first.size, size):
        y = function(*_part(whole, start, size))
        if found is None:
            found = np.empty(first.shape, y.dtype)
            flat = found.reshape(-1)
        flat[start : start + size] = y
    return found


def product_in_tiles(
    factor: Any, function: Any, arguments: Any, in_place: bool, fresh: bool
) -> Any:
    """Return the product of a large array and the result of an elementwise function.

    Parameters
    ----------
    factor : array
        The array.
    function : callable
        Called with the arguments, or the same part of each array among them.
    arguments : sequence
        Arrays and numbers.
    in_place : bool
        Whether the product may be written into the array.
    fresh : bool
        Whether the function may be called with parts, and its result may be written over.
    """
    whole: Any = None
    if fresh and factor.nbytes >= TILES.large:
        whole = _flat([factor, *arguments], factor.shape)
    if whole is None:
        other = function(*arguments)
        if in_place and _fits(factor, other):
            return np.multiply(factor, other, out=factor)
        is_array = type(other) is _ndarray and other.base is None
        if fresh and is_array and other.shape == factor.shape:
            is_new = other.dtype == factor.dtype and other is not factor and other.flags.writeable
            for x in arguments:
                is_new = is_new and other is not x
            if is_new:
                return np.multiply(factor, other, out=other)
        return factor * other
    size = TILES.part // factor.itemsize
    found: Any = None
    for start in range(0, factor.size, size):
        part = _part(whole, start, size)
        other = function(*part[1:])
        if found is None:
            is_free = in_place and _fits(part[0], other)
            found = factor if is_free else np.empty(factor.shape, np.result_type(factor, other))
            flat = found.reshape(-1)
        np.multiply(part[0], other, out=flat[start : start + size])
    return found


def _fits(factor: Any, other: Any) -> bool:
    """Return whether a product has the shape and the type of its first factor.

    In place, NumPy rounds some products of complex numbers otherwise.
    """
    if factor.dtype.kind == "c" or not factor.flags.writeable:
        return False
    if type(other) is _ndarray:
        if other.ndim != 0 and other.shape != factor.shape:
            return False
    elif not isinstance(other, (float, int, _generic)):
        return False
    return bool(np.result_type(factor, other) == factor.dtype)


def _flat(arguments: Any, shape: Any) -> list[Any] | None:
    """Return numbers, and arrays of one shape with one axis; None if there is anything else."""
    whole: list[Any] = []
    for x in arguments:
        if type(x) is _ndarray and x.ndim != 0:
            if x.shape != shape or not x.flags.c_contiguous:
                return None
            x = x.reshape(-1)
        elif isinstance(x, Batched) or not (
            type(x) is _ndarray or isinstance(x, (float, int, _generic))
        ):
            return None
        whole.append(x)
    return whole


def _part(whole: list[Any], start: int, size: int) -> list[Any]:
    """Return a part of each array; numbers as they are."""
    part: list[Any] = []
    for x in whole:
        part.append(x[start : start + size] if type(x) is _ndarray and x.ndim != 0 else x)
    return part
