"""Which right values an expression may have, turn by turn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from autograd.check.explain.values.right import Key, RightValues

#: One key for each turn; None to leave a value as it is.
Sequence = tuple[Key | None, ...]

#: The key of an array of zeros, whatever its shape.
ZERO: Key = ("zero", -1)

#: How far the turns of a loop backward may be from those forward.
MOST_OFFSET = 2


class Sequences:
    """The right values at a point, arranged as a loop may meet them."""

    def __init__(self, right: RightValues) -> None:
        self.right = right
        self._known_fitting: dict[tuple[tuple[int, ...], ...], list[Sequence]] = {}
        self._known_shapes: dict[Key, tuple[int, ...]] = {}

    def fitting(self, shapes: list[tuple[int, ...]]) -> list[Sequence]:
        """Return sequences of right values of the given shapes, the likelier first."""
        key = tuple(shapes)
        if key not in self._known_fitting:
            self._known_fitting[key] = list(self._fitting(shapes))
        return self._known_fitting[key]

    def _fitting(self, shapes: list[tuple[int, ...]]) -> Iterator[Sequence]:
        if len(shapes) == 1:
            yield from self._single(shapes[0])
            return
        sizes = [_count(shape) for shape in shapes]
        seen = set()
        for whole in self._loops:
            for candidate in _aligned(whole, len(shapes)):
                if candidate in seen:
                    continue
                seen.add(candidate)
                yield from self._turned(candidate, shapes, sizes)
        for key in self._by_length.get(len(shapes), ()):
            yield from self._turned(key, shapes, sizes)
            yield from self._turned(key[::-1], shapes, sizes)

    def all_keys(self) -> dict[Key, None]:
        """Return all keys, each once."""
        found: dict[Key, None] = dict.fromkeys(self.right.keys)
        for whole in (
            *self._loops,
            *(rows for group in self._by_length.values() for rows in group),
        ):
            found.update((key, None) for key in whole if key is not None)
        return found

    def _turned(
        self, candidate: Sequence, shapes: list[tuple[int, ...]], sizes: list[int]
    ) -> Iterator[Sequence]:
        """Yield a sequence if it fits, and its transposition if that fits as well."""
        found = [self._shape(key) for key in candidate]
        known = [(f, s) for f, s in zip(found, shapes, strict=True) if f is not None]
        if any(f is not None and _count(f) != n for f, n in zip(found, sizes, strict=True)):
            return
        straight = all(_squeezed(f) == _squeezed(s) for f, s in known)
        transposed = all(len(f) == 2 and min(f) > 1 and f[::-1] == s for f, s in known)
        if straight or not transposed:
            yield candidate
        if transposed:
            yield tuple(None if key is None else ("T", key) for key in candidate)

    def _shape(self, key: Key | None) -> Any:
        if key is None:
            return None
        if key not in self._known_shapes:
            array = self.right.of(key)
            self._known_shapes[key] = (-1,) if array is None else array.shape
        return self._known_shapes[key]

    def _single(self, shape: tuple[int, ...]) -> Iterator[Sequence]:
        size = _count(shape)
        for key in self._by_size.get(size, ()):
            yield from self._turned((key,), [shape], [size])
        yield (ZERO,)

    # -- whole arrays by size ---------------------------------------------------------------

    @cached_property
    def _by_size(self) -> dict[int, list[Key]]:
        found: dict[int, list[Key]] = {}
        stacks = [("stack", whole) for whole in self._loops if self._stackable(whole)]
        stacks += [("stack", whole[1][::-1]) for whole in stacks]
        for key in [*self.right.keys, *stacks, *self._few_rows()]:
            array = self.right.of(key)
            if array is not None:
                found.setdefault(array.size, []).append(key)
        return found

    def _stackable(self, whole: Sequence) -> bool:
        return len({self._shape(key) for key in whole}) == 1

    def _few_rows(self) -> Iterator[Key]:
        """Yield the parts of arrays with a short first axis."""
        for key in self.right.keys:
            array = self.right.of(key)
            if array is not None and array.ndim > 1 and array.shape[0] <= 8:
                for index in range(array.shape[0]):
                    yield ("row", key, 1, index)

    # -- loops ------------------------------------------------------------------------------

    @cached_property
    def _loops(self) -> list[Sequence]:
        """Right values of the turns of loops in the function, in its order."""
        found: dict[Sequence, None] = {}
        for family in self.right.families:
            for sequence in self._kinds(family):
                found[sequence] = None
        for node in self.right.consumers:
            for sequence in self._sums(node):
                found[sequence] = None
        return list(found)

    def _kinds(self, family: list[int]) -> Iterator[Sequence]:
        right = self.right
        yield tuple(("adjoint", i) for i in family)
        labels: dict[Any, None] = {}
        for i in family:
            for node, argnum in right.consumers[i]:
                labels[right.caller(node), argnum] = None
        if len(labels) > 1:
            for label in labels:
                mine, others = [], []
                for i in family:
                    edges = right.consumers[i]
                    matches = [(right.caller(n), argnum) == label for n, argnum in edges]
                    mine.append(tuple(e for e, m in zip(edges, matches, strict=True) if m))
                    others.append(tuple(e for e, m in zip(edges, matches, strict=True) if not m))
                yield tuple(("part", i, e) for i, e in zip(family, mine, strict=True))
                yield tuple(("part", i, e) for i, e in zip(family, others, strict=True))
        for path in right.tangents(family[-1]):
            yield tuple(("tangent", i, path) for i in family)
        for argnum in right.slopes(family[0]):
            yield tuple(("slope", i, argnum) for i in family)
        yield tuple(("value", i) for i in family)

    def _sums(self, node: int) -> Iterator[Sequence]:
        """Yield the parts of one derivative, and their sums so far, from both ends."""
        groups: dict[Any, list[tuple[int, int]]] = {None: sorted(self.right.consumers[node])}
        for edge in groups[None]:
            groups.setdefault((self.right.caller(edge[0]), edge[1]), []).append(edge)
        for edges in groups.values():
            if len(edges) > 1:
                yield tuple(("part", node, (edge,)) for edge in edges)
                yield tuple(("part", node, tuple(edges[: i + 1])) for i in range(len(edges)))
                yield tuple(("part", node, tuple(edges[i:])) for i in range(len(edges)))

    @cached_property
    def _by_length(self) -> dict[int, list[Sequence]]:
        """The rows and the elements of arrays, by their number."""
        found: dict[int, list[Sequence]] = {}
        for key in self.right.keys:
            array = self.right.of(key)
            for way in (key, ("T", key)) if array is not None and array.ndim == 2 else (key,):
                shape = () if array is None else (array.T if way is not key else array).shape
                for count in range(1, len(shape) + 1):
                    length = _count(shape[:count])
                    if 1 < length <= 400:
                        rows = tuple(("row", way, count, index) for index in range(length))
                        found.setdefault(length, []).append(rows)
        return found


def _aligned(whole: Sequence, turns: int) -> Iterator[Sequence]:
    """Yield the ways to match the turns of two loops, from opposite ends or from the same one."""
    spare = len(whole) - turns
    if abs(spare) > MOST_OFFSET:
        return
    starts = sorted(range(-MOST_OFFSET, MOST_OFFSET + 1), key=lambda s: (abs(s - max(spare, 0)), s))
    for way in (whole[::-1], whole):
        for start in starts:
            places = range(start, start + turns)
            yield tuple(way[i] if 0 <= i < len(way) else None for i in places)


def _count(shape: tuple[int, ...]) -> int:
    return math.prod(shape)


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)
