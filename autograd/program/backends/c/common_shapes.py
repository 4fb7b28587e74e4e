"""Steps of other shapes in the same loops: each axis is divided until all have the same axes.

A matrix plus a row may be followed by functions of the same numbers as an array of three axes. Both
are in the same order in memory, so one nest of loops can carry them out.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

from autograd.program.backends.c.places import Place, squeeze
from autograd.program.backends.c.steps import Reduction


def in_common_shapes(steps: list[Any]) -> list[Any]:
    """Return steps, those with as many elements in the same shape if there is one for them."""
    shapes: dict[int, set[tuple[int, ...]]] = {}
    for step in steps:
        shapes.setdefault(math.prod(step.shape), set()).add(squeeze(step.shape))
    common = {
        size: shape
        for size, found in shapes.items()
        if len(found) > 1 and (shape := common_shape(found)) is not None
    }
    return [
        divided(step, common[size]) if (size := math.prod(step.shape)) in common else step
        for step in steps
    ]


def common_shape(shapes: set[tuple[int, ...]]) -> tuple[int, ...] | None:
    """Return the shape whose axes divide those of some shapes with as many elements.

    None if there is none.

    Examples
    --------
    >>> common_shape({(6, 20), (2, 3, 20), (6, 4, 5)})
    (2, 3, 4, 5)
    >>> common_shape({(4, 6), (6, 4)})
    """
    steps = {math.prod(shape[axis:]) for shape in shapes for axis in range(len(shape))}
    pairs = list(itertools.pairwise(sorted(steps | {1})))
    if any(large % small for small, large in pairs):
        return None
    return tuple([large // small for small, large in reversed(pairs)])


def divided(step: Any, shape: tuple[int, ...]) -> Any:
    """Return a step in a shape whose axes divide those of its own."""
    if step.shape == shape:
        return step
    groups = _groups(squeeze(step.shape), shape)
    places = tuple([_divided(place, step.shape, shape, groups) for place in step.places])
    if not isinstance(step, Reduction):
        return replace(step, shape=shape, places=places)
    axes = frozenset(k for axis in step.axes for k in groups[axis])
    return replace(step, shape=shape, places=places, axes=axes)


def _groups(lengths: tuple[int, ...], shape: tuple[int, ...]) -> list[range]:
    """Return for each axis those into which it is divided."""
    found, first = [], 0
    for length in lengths:
        last = first
        while math.prod(shape[first:last]) < length:
            last += 1
        found.append(range(first, last))
        first = last
    return found


def _divided(place: Any, own: Any, shape: tuple[int, ...], groups: list[range]) -> Any:
    """Return an operand of a step in another shape; numbers stay as they are."""
    if not isinstance(place, Place) or not place.shape:
        return place
    strides = [
        stride * math.prod(shape[k + 1 : group.stop])
        for stride, group in zip(place.along(own), groups, strict=True)
        for k in group
    ]
    return Place(place.base, shape, tuple(strides), place.offset)
