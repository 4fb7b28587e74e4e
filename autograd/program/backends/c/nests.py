"""Which steps share the loops over their elements.

A nest has rows: the outer axes run over the rows, and the inner ones, as one loop, over the
elements of a row. What is reduced along rows is known when the row is complete, so that later loops
over the same row can use it, while the row is in the cache: a softmax reads its memory once. What
is reduced otherwise is known after the nest.
"""

from __future__ import annotations

import math
from typing import Any

from autograd.program.backends.c.common_shapes import in_common_shapes
from autograd.program.backends.c.places import Place, contiguous, squeeze
from autograd.program.backends.c.steps import Element, Reduction

#: Longer rows are cut into tiles; what is reduced along them is known after the last one.
LONGEST = 4096

#: How a step is carried out: for each element, once for each row, reducing rows, or adding to the
#: elements of a result while the nest runs.
FULL, ROW, REDUCED, ACCUMULATED = "full", "row", "reduced", "accumulated"


class Nest:
    """Steps that share loops.

    Attributes
    ----------
    shape : tuple of int
        The lengths of the axes, without those of length 1.
    split : int or None
        The number of outer axes; None as long as no step decides it.
    steps : list of Element and Reduction
        In an order in which they can be carried out.
    levels : dict
        For each result, how it is computed.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.split: int | None = None
        self.steps: list[Any] = []
        self.levels: dict[Any, str] = {}
        #: The strides of what is read and written for each element.
        self._strides: set[tuple[int, ...]] = {contiguous(shape)}

    @property
    def rows(self) -> int:
        """The number of rows."""
        return math.prod(self.shape[: self.split])

    @property
    def length(self) -> int:
        """The number of elements of a row."""
        return math.prod(self.shape[self.split :]) if self.split is not None else 0

    def take(self, step: Any) -> bool:
        """Add a step to the nest, if its loops are the same; return whether they are."""
        if isinstance(step, Reduction):
            level = self._reduction(step)
        else:
            level = self._full(step) or self._row(step)
        if level is None:
            return False
        self.steps.append(step)
        self.levels[step.result] = level
        return True

    def level_of(self, place: Any) -> str | None:
        """Return how an operand is computed in this nest; None if it comes from elsewhere."""
        return self.levels.get(place.base) if isinstance(place, Place) else None

    def finish(self) -> None:
        """Decide which axes are outer, if no step has."""
        if self.split is not None:
            return
        split = max(len(self.shape) - 1, 0)
        while split and self._merges(split - 1, self._strides):
            split -= 1
        self.split = split

    def _full(self, step: Element) -> str | None:
        """Return the level of an element of each element of the nest."""
        if squeeze(step.shape) != self.shape:
            return None
        strides = set(self._strides)
        for place in step.places:
            if not isinstance(place, Place):
                continue
            if not self._readable(place, step.shape):
                return None
            if self.level_of(place) is None:
                strides.add(place.along(step.shape))
        if self.split is not None and not self._merges(self.split, strides):
            return None
        self._strides = strides
        return FULL

    def _readable(self, place: Place, shape: tuple[int, ...]) -> bool:
        """Return whether an operand is known when an element with the same index is computed."""
        level = self.level_of(place)
        if level is None:
            return True
        if level == FULL:
            return place.offset == 0 and place.along(shape) == contiguous(self.shape)
        if level == ACCUMULATED or self.split is None or self.length > LONGEST:
            return False
        outer = contiguous(self.shape[: self.split])
        inner = (0,) * (len(self.shape) - self.split)
        return place.offset == 0 and place.along(shape) == outer + inner

    def _row(self, step: Element) -> str | None:
        """Return the level of an element of each row."""
        if self.split is None or math.prod(step.shape) != self.rows:
            return None
        levels = [self.level_of(place) for place in step.places]
        if not any(level in (ROW, REDUCED) for level in levels):
            return None
        for level, place in zip(levels, step.places, strict=True):
            if not isinstance(place, Place):
                continue
            if level in (FULL, ACCUMULATED):
                return None
            strides = place.along(step.shape)
            if level is not None and not (
                place.offset == 0 and strides == contiguous(squeeze(step.shape))
            ):
                return None
            if level is None and strides not in (
                contiguous(squeeze(step.shape)),
                (0,) * len(strides),
            ):
                return None
        return ROW

    def _reduction(self, step: Reduction) -> str | None:
        (place,) = step.places
        if squeeze(step.shape) != self.shape:
            return None
        if self.level_of(place) not in (None, FULL) or not self._readable(place, step.shape):
            return None
        strides = self._strides | {place.along(step.shape)}
        last = len(self.shape) - 1
        split = self.split
        if split is None:
            split = last
            while split and (split - 1 in step.axes) == (last in step.axes):
                if not self._merges(split - 1, strides):
                    break
                split -= 1
        inner = set(range(split, last + 1))
        if inner & step.axes not in (set(), inner) or not self._merges(split, strides):
            return None
        self._strides, self.split = strides, split
        return REDUCED if step.axes == inner else ACCUMULATED

    def _merges(self, split: int, strides: set[tuple[int, ...]]) -> bool:
        """Return whether the axes from one on can be merged into one, for all operands."""
        return all(
            one[axis] == one[axis + 1] * self.shape[axis + 1]
            for one in strides
            for axis in range(split, len(self.shape) - 1)
        )


def nests_of(steps: list[Any]) -> list[Nest]:
    """Return the nests that carry out steps, in the order in which they run."""
    nests: list[Nest] = []
    maker: dict[Any, int] = {}
    for step in in_common_shapes(steps):
        first = 0
        for place in step.places:
            if isinstance(place, Place) and place.base in maker:
                number = maker[place.base]
                is_known = nests[number].levels[place.base] == ACCUMULATED
                first = max(first, number + is_known)
        number = next((k for k in range(first, len(nests)) if nests[k].take(step)), len(nests))
        if number == len(nests):
            nests.append(Nest(squeeze(step.shape)))
            if not nests[-1].take(step):
                raise AssertionError(f"a nest of its own does not suit {step}")
        maker[step.result] = number
    for nest in nests:
        nest.finish()
    return nests
