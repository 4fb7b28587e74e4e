"""Instructions as steps of C: elementwise functions, reductions, and views of memory."""

from __future__ import annotations

import itertools
import math
import operator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.program.backends.c.functions import FLOATS, TYPES, Elementwise, elementwise
from autograd.program.instructions import (
    Attribute,
    Constant,
    Guard,
    Instruction,
    Method,
    Variable,
)
from autograd.program.passes.buffers import is_c_contiguous, order_of
from autograd.program.passes.effects import is_pure, operands, root
from autograd.program.ufuncs import is_reduction

#: Functions that return views, if they do, whatever the elements are.
_VIEWS: frozenset[Any] = frozenset(
    (
        operator.getitem,
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

#: The reductions, by the ufunc.
REDUCTIONS = {np.add: "add", np.maximum: "maximum", np.minimum: "minimum"}
_AS_METHODS = {np.sum: np.add, np.max: np.maximum, np.min: np.minimum}


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


@dataclass(eq=False)
class Element:
    """A step that computes each element of a result by a formula."""

    result: Variable
    shape: tuple[int, ...]
    places: tuple[Any, ...]
    formula: Elementwise

    @property
    def dtype(self) -> Any:
        """The type of the result."""
        return self.formula.result

    def transposed(self) -> Element:
        """Return the step with all axes in reverse order."""
        places = tuple([_transposed(x, len(self.shape)) for x in self.places])
        return replace(self, shape=self.shape[::-1], places=places)


@dataclass(eq=False)
class Reduction:
    """A step that sums an operand along axes, or finds the largest or smallest elements.

    Attributes
    ----------
    axes : frozenset of int
        Axes of the operand, without those of length 1, that are reduced.
    """

    result: Variable
    places: tuple[Any, ...]
    shape: tuple[int, ...]
    axes: frozenset[int]
    ufunc: Any
    dtype: Any

    def transposed(self) -> Reduction:
        """Return the step with all axes in reverse order."""
        (place,) = self.places
        last = len(squeeze(self.shape)) - 1
        return replace(
            self,
            shape=self.shape[::-1],
            places=(_transposed(place, len(self.shape)),),
            axes=frozenset(last - axis for axis in self.axes),
        )


@dataclass(eq=False)
class View:
    """A result that is a view of memory."""

    result: Variable
    place: Place


def _transposed(x: Any, axes: int) -> Any:
    """Return an operand, which is broadcast to so many axes, with them in reverse order."""
    if not isinstance(x, Place):
        return x
    missing = axes - len(x.shape)
    shape, strides = (1,) * missing + x.shape, (0,) * missing + x.strides
    return Place(x.base, shape[::-1], strides[::-1], x.offset)


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


def step_of(item: Any, views: dict[Any, Place]) -> Any:
    """Return an instruction as a step; None if C cannot carry it out.

    Parameters
    ----------
    item : Instruction or Guard
        The instruction.
    views : dict
        The places of results that are views.
    """
    if isinstance(item, Guard) or item.writes is not None or not is_pure(item):
        return None
    result = item.result
    if not isinstance(result, Variable) or 0 in result.shape:
        return None
    if result.is_array and result.root is not result:
        return _view(item, views)
    step = _element(item, views) or _reduction(item, views)
    if step is None or not result.shape or is_c_contiguous(result):
        return step
    return step.transposed() if order_of(result) == "F" else None


def _element(item: Instruction, views: dict[Any, Place]) -> Element | None:
    formula = elementwise(item)
    if formula is None:
        return None
    places = [_place(x, views) for x in formula.operands]
    if None in places:
        return None
    shapes = [x.shape for x in places if isinstance(x, Place)]
    if np.broadcast_shapes(*shapes) != item.result.shape:
        return None
    return Element(item.result, item.result.shape, tuple(places), formula)


def _reduction(item: Instruction, views: dict[Any, Place]) -> Any:
    if is_reduction(item):
        ufunc = item.function.__self__  # type: ignore[attr-defined]
    elif item.function in _AS_METHODS and len(item.arguments) == 1:
        ufunc = _AS_METHODS[item.function]
        if not item.keywords.keys() <= {"axis", "keepdims"}:
            return None
    else:
        return None
    x = item.arguments[0]
    if ufunc not in REDUCTIONS or not isinstance(x, (Variable, Constant)):
        return None
    place = _place(x, views)
    if place is None or 0 in place.shape:
        return None
    given, dtype = _dtype(x), item.result.dtype
    counts = ufunc is np.add and given == np.bool_ and dtype == np.int64
    if not counts and (given != dtype or dtype not in FLOATS):
        return None
    axes = _axes(item, place.shape)
    if not axes:
        return None
    return Reduction(item.result, (place,), place.shape, axes, ufunc, dtype)


def _axes(item: Instruction, shape: tuple[int, ...]) -> frozenset[int]:
    """Return the axes that a reduction reduces, counted without axes of length 1."""
    default = 0 if is_reduction(item) else None
    axis = item.keywords.get("axis", default)
    if axis is None:
        given = set(range(len(shape)))
    else:
        given = {k % len(shape) for k in (axis if isinstance(axis, tuple) else (axis,))}
    numbers = itertools.count()
    squeezed = {axis: next(numbers) for axis, n in enumerate(shape) if n != 1}
    return frozenset(squeezed[axis] for axis in given if axis in squeezed)


def _view(item: Instruction, views: dict[Any, Place]) -> View | None:
    """Return where a view lies, found by making one of other memory."""
    result, arguments = item.result, item.arguments
    x = arguments[0] if arguments else None
    if item.function not in _VIEWS or not isinstance(x, (Variable, Constant)):
        return None
    if operands((arguments[1:], item.keywords)) or root(result) is not root(x):
        return None
    place = _place(x, views)
    if place is None or result.dtype != _dtype(x) or 0 in place.shape or _size(x) > 1 << 26:
        return None
    size = result.dtype.itemsize
    low = sum(min((n - 1) * s, 0) for n, s in zip(place.shape, place.strides, strict=True))
    high = sum(max((n - 1) * s, 0) for n, s in zip(place.shape, place.strides, strict=True))
    memory = np.zeros(high - low + 1, result.dtype)
    strides = tuple([size * s for s in place.strides])
    array = np.ndarray(place.shape, result.dtype, memory, -low * size, strides)
    found = item.function(array, *arguments[1:], **item.keywords)
    if type(found) is not np.ndarray or found.shape != result.shape:
        return None
    if not np.may_share_memory(found, memory):
        return None
    offset = place.offset + (found.ctypes.data - array.ctypes.data) // size
    lengths = tuple([s // size for s in found.strides])
    return View(result, Place(place.base, found.shape, lengths, offset))


def _size(x: Any) -> int:
    return math.prod(x.value.shape if isinstance(x, Constant) else x.shape)


def _dtype(x: Any) -> Any:
    return x.value.dtype if isinstance(x, Constant) else x.dtype


def _place(x: Any, views: dict[Any, Place]) -> Any:
    """Return where an operand lies, or the number that it is; None if C cannot read it."""
    if isinstance(x, Variable):
        if x in views:
            return views[x]
        if not x.is_array:
            return Place(x)
        shape, strides, size = x.shape, x.strides, x.dtype.itemsize
    elif isinstance(x, Constant):
        shape, strides, size = x.value.shape, x.value.strides, x.value.dtype.itemsize
    else:
        return x
    if _dtype(x) not in TYPES or any(s % size for s in strides):
        return None
    return Place(x, shape, tuple([s // size for s in strides]))
