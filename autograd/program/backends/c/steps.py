"""Instructions as steps of C: elementwise functions, reductions, and views of memory."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.program.backends.c.dtypes import FLOATS, stored_type
from autograd.program.backends.c.floats import raises
from autograd.program.backends.c.formulas import Elementwise
from autograd.program.backends.c.functions import elementwise
from autograd.program.backends.c.numbers import suffix
from autograd.program.backends.c.places import Place, place_of, squeeze, view_of
from autograd.program.instructions import (
    Constant,
    Guard,
    Instruction,
    Variable,
)
from autograd.program.passes.buffers import is_c_contiguous, order_of
from autograd.program.passes.effects import is_pure
from autograd.program.ufuncs import is_reduction

#: The reductions, by the ufunc.
REDUCTIONS = {np.add: "add", np.maximum: "maximum", np.minimum: "minimum"}
_AS_METHODS = {np.sum: np.add, np.max: np.maximum, np.min: np.minimum}


@dataclass(eq=False)
class Element:
    """A step that computes each element of a result by a formula."""

    result: Variable
    shape: tuple[int, ...]
    places: tuple[Any, ...]
    formula: Elementwise
    #: Whether Python may raise an error instead: it counts also if nothing uses the result.
    raises: bool = False

    @property
    def dtype(self) -> Any:
        """The type of the result."""
        return self.formula.result

    @property
    def is_inlined(self) -> bool:
        """Whether arrays are computed by the template without calls, which numbers do not need."""
        formula = self.formula.formula
        return bool(formula.inlined and self.shape) and suffix(self.formula.loop) in formula.widths

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
    """Return an operand broadcast to `axes` axes, with them in reverse order."""
    if not isinstance(x, Place):
        return x
    missing = axes - len(x.shape)
    shape, strides = (1,) * missing + x.shape, (0,) * missing + x.strides
    return Place(x.base, shape[::-1], strides[::-1], x.offset)


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
        found = view_of(item, views)
        return None if found is None else View(result, found)
    step = _element(item, views) or _reduction(item, views)
    if step is None or not result.shape or is_c_contiguous(result):
        return step
    return step.transposed() if order_of(result) == "F" else None


def _element(item: Instruction, views: dict[Any, Place]) -> Element | None:
    formula = elementwise(item)
    if formula is None:
        return None
    places = [place_of(x, views) for x in formula.operands]
    if None in places:
        return None
    shapes = [x.shape for x in places if isinstance(x, Place)]
    if np.broadcast_shapes(*shapes) != item.result.shape:
        return None
    return Element(item.result, item.result.shape, tuple(places), formula, raises(item))


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
    place = place_of(x, views)
    if not isinstance(place, Place) or 0 in place.shape:
        return None
    given, dtype = stored_type(x), item.result.dtype
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
    if axis is None or not shape:  # NumPy takes 0 and -1 as the axis of a number
        given = set(range(len(shape)))
    else:
        given = {k % len(shape) for k in (axis if isinstance(axis, tuple) else (axis,))}
    numbers = itertools.count()
    squeezed = {axis: next(numbers) for axis, n in enumerate(shape) if n != 1}
    return frozenset(squeezed[axis] for axis in given if axis in squeezed)
