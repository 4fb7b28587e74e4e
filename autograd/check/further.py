"""Further arguments of a function and its derivative: `args` and `kwargs`, and others like them."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import tree

#: How many groups of axes to try to lengthen.
MOST_GROUPS = 12

Numbers = Mapping[str, Any]  # by their path: "args[0]"


class Further:
    """Arguments that a function and its derivative get besides the inputs.

    Parameters
    ----------
    args : sequence
        By position.
    kwargs : mapping
        By name.
    """

    def __init__(self, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> None:
        self._now: dict[str, Any] = {"args": tuple(args), "kwargs": dict(kwargs or {})}

    @property
    def count(self) -> int:
        """How many there are by position."""
        return len(self._now["args"])

    def given_to(self, f: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of the inputs alone."""
        now = self._now
        if not now["args"] and not now["kwargs"]:
            return f
        return lambda *inputs: f(*inputs, *now["args"], **now["kwargs"])

    def numbers(self) -> dict[str, Any]:
        """Return the floating point numbers and the arrays among them."""
        found = [*tree.leaves(self._now["args"], "args")]
        for name, value in self._now["kwargs"].items():
            found += tree.leaves(value, name)
        return {path: item for path, item in found if isinstance(item, (float, np.ndarray))}

    @contextmanager
    def replaced(self, others: Numbers) -> Iterator[None]:
        """Use other numbers inside the block, and copies of these arrays."""
        before = dict(self._now)
        if not others:
            yield
            return

        def other(path: str, item: Any) -> Any:
            return copy.copy(others.get(path, item))

        kwargs = {n: tree.replace(v, other, n) for n, v in before["kwargs"].items()}
        self._now.update(args=tree.replace(before["args"], other, "args"), kwargs=kwargs)
        try:
            yield
        finally:
            self._now.update(before)


def smaller(number: float) -> float:
    """Return a similar number, between it and 0; for 0 a small one."""
    return 0.83 * number if number else 0.37


def scaled(array: Any, random: np.random.Generator) -> Any:
    """Return an array with other sizes of its numbers; their order and the sums of rows stay."""
    sizes = np.abs(array[array != 0])
    typical = float(np.median(sizes)) if sizes.size else 1.0
    signs = 1.0 if np.all(array >= 0) and sizes.size else random.choice([-1.0, 1.0], array.shape)
    small = signs * random.uniform(0.2, 0.5, array.shape) * typical
    other = np.where(array == 0, small, array * random.uniform(0.85, 1.0, array.shape))
    sums = array.sum(-1, keepdims=True)
    if np.all(array >= 0) and np.allclose(sums, 1):  # probabilities
        other = other / other.sum(-1, keepdims=True)
    return other


def like(value: Any, other: Any) -> Any:
    """Return numbers in the type of an array or a number."""
    if not isinstance(value, np.ndarray):
        return type(value)(np.asarray(other).reshape(-1)[0])
    return np.asarray(other).astype(value.dtype)


def others(numbers: Numbers, random: np.random.Generator) -> dict[str, Any]:
    """Return similar numbers; arrays of whole numbers, which may be labels or masks, stay.

    Examples
    --------
    >>> others({"rate": 1.0, "mask": np.array([1.0, 0.0])}, np.random.default_rng(0))
    {'rate': 0.83}
    """
    found = {}
    for path, value in numbers.items():
        array = np.asarray(value)
        if array.dtype.kind != "f" or not array.size or not np.isfinite(array).all():
            continue
        if array.size == 1:
            number = smaller(float(array.reshape(-1)[0]))
            found[path] = like(value, np.full(array.shape, number))
        elif not np.array_equal(array, np.round(array)):
            found[path] = like(value, scaled(array, random))
    return found


def lengthened(arrays: Numbers, random: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield the arrays with one more example: all axes of some length grow by one, or some of them.

    Examples
    --------
    >>> x, y = np.ones((4, 2)), np.zeros(4)
    >>> grown = next(lengthened({"x": x, "y": y}, np.random.default_rng(0)))
    >>> grown["x"].shape, grown["y"].shape
    ((5, 2), (5,))
    """
    axes: dict[int, list[tuple[str, int]]] = {}
    for path, array in arrays.items():
        for axis, length in enumerate(np.shape(array)):
            axes.setdefault(length, []).append((path, axis))
    for places in axes.values():
        first = [place for place in places if place[1] == 0]
        groups = [tuple(places), tuple(first)]
        for count in range(len(places) - 1, 0, -1):
            groups += itertools.combinations(places, count)
        for group in list(dict.fromkeys(group for group in groups if group))[:MOST_GROUPS]:
            grown = dict(arrays)
            for path, axis in group:
                grown[path] = _longer(grown[path], axis, random)
            yield {path: grown[path] for path, _ in group}


def _longer(array: Any, axis: int, random: np.random.Generator) -> Any:
    """Return an array with one more slice along an axis, similar to one that it has."""
    new = np.take(array, [random.integers(array.shape[axis])], axis)
    if array.dtype.kind == "f" and not np.array_equal(array, np.round(array)):
        new = new * random.uniform(0.8, 1.2, new.shape).astype(array.dtype)
    return np.concatenate([array, new], axis)
