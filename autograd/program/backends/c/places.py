"""Where operands lie in memory, and which instructions only look at memory in another way."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import TYPES, stored_type
from autograd.program.instructions import Attribute, Constant, Instruction, Method, Variable
from autograd.program.passes.effects import operands, root

#: Functions that may return views; whether they do does not depend on the elements.
_VIEWS: frozenset[Any] = frozenset(
    (
        operator.getitem,
        np.asarray,
        np.real,
        np.flip,
        np.diagonal,
        np.reshape,
        np.ravel,
        np.transpose,
        np.swapaxes,
        np.moveaxis,
        np.expand_dims,
        np.squeeze,
        np.broadcast_to,
        Attribute("T"),
        Attribute("mT"),
        *map(Method, ("reshape", "ravel", "transpose", "swapaxes", "squeeze")),
    )
)

#: The views of larger arrays are left to NumPy, in elements.
_LARGEST = 1 << 26


@dataclass(frozen=True)
class Place:
    """Where an operand lies: numbers in the memory of a variable or constant.

    Attributes
    ----------
    base : Variable or Constant
        Whose memory it is.
    shape : tuple of int
        The shape of the operand.
    strides : tuple of int
        The distance of neighbours along each axis, in elements.
    offset : int
        Where the first one is, in elements.
    """

    base: Any
    shape: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()
    offset: int = 0

    def along(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the strides for a shape to which this is broadcast, without axes of length 1.

        Examples
        --------
        >>> Place(None, (3, 1), (1, 1)).along((2, 3, 5))
        (0, 1, 0)
        """
        missing = len(shape) - len(self.shape)
        found = []
        for axis, length in enumerate(shape):
            if length == 1:
                continue
            own = axis - missing
            found.append(0 if own < 0 or self.shape[own] == 1 else self.strides[own])
        return tuple(found)

    def is_whole(self) -> bool:
        """Return whether the elements follow each other from the first one of the base."""
        squeezed = squeeze(self.shape)
        return self.offset == 0 and self.along(self.shape) == contiguous(squeezed)


def squeeze(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without its axes of length 1."""
    return tuple([n for n in shape if n != 1])


def contiguous(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the strides of elements that follow each other.

    Examples
    --------
    >>> contiguous((2, 3, 5))
    (15, 5, 1)
    """
    return tuple([math.prod(shape[axis + 1 :]) for axis in range(len(shape))])


def place_of(x: Any, views: dict[Any, Place]) -> Any:
    """Return where an operand lies, or the number that it is; None if C cannot read it."""
    if isinstance(x, (Variable, Constant)) and x in views:
        return views[x]
    if isinstance(x, Variable):
        if not x.is_array:
            return Place(x)
        shape, strides = x.shape, x.strides
    elif isinstance(x, Constant):
        shape, strides = x.value.shape, x.value.strides
    else:
        return x
    dtype = stored_type(x)
    if dtype not in TYPES or any(s % dtype.itemsize for s in strides):
        return None
    return Place(x, shape, tuple([s // dtype.itemsize for s in strides]))


def view_of(item: Instruction, views: dict[Any, Place]) -> Place | None:
    """Return where the result of an instruction lies, if it is a view; otherwise None."""
    result, arguments = item.result, item.arguments
    x = arguments[0] if arguments else None
    if item.function not in _VIEWS or not isinstance(x, (Variable, Constant)):
        return None
    if operands((arguments[1:], item.keywords)) or root(result) is not root(x):
        return None
    place = place_of(x, views)
    if not isinstance(place, Place) or result.dtype != stored_type(x):
        return None
    found = static_view(
        lambda array: item.function(array, *arguments[1:], **item.keywords), place, result.dtype
    )
    return found if found is not None and found.shape == result.shape else None


def static_view(function: Callable[[Any], Any], place: Place, dtype: Any) -> Place | None:
    """Return where a view of an operand lies, found by making one of other memory."""
    if 0 in place.shape or math.prod(place.shape) > _LARGEST:
        return None
    size = dtype.itemsize
    steps = [(n - 1) * s for n, s in zip(place.shape, place.strides, strict=True)]
    low, high = sum(min(step, 0) for step in steps), sum(max(step, 0) for step in steps)
    memory = np.zeros(high - low + 1, dtype)
    strides = tuple([size * s for s in place.strides])
    array = np.ndarray(place.shape, dtype, memory, -low * size, strides)
    found = function(array)
    if type(found) is not np.ndarray or not np.may_share_memory(found, memory):
        return None
    offset = place.offset + (found.ctypes.data - array.ctypes.data) // size
    return Place(place.base, found.shape, tuple([s // size for s in found.strides]), offset)
