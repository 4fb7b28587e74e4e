"""`numpy.pad` in all modes, and sliding windows.

Modes that copy elements share one row; the others compute the padding at both ends of one axis
after the other, as NumPy does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Node
from autograd.engine.dispatch import plain
from autograd.engine.foreign import like
from autograd.errors import NoRuleError
from autograd.rules.shapes import along_axis, rearrangement, slices, sources
from autograd.rules.table import implements

Ends = tuple[Any, Any]

COPYING = ("constant", "edge", "wrap", "reflect", "symmetric")


def sources_of_pad(x: Any, pad_width: Any, mode: str = "constant", **keywords: Any) -> Any:
    """Return the flat index that each element of ``np.pad(x)`` is copied from."""
    if mode == "constant":
        return sources(np.pad, x, pad_width, constant_values=-1)
    return sources(np.pad, x, pad_width, mode=mode)


# fmt: off
pad             = rearrangement(np.pad, sources_of_pad)
sliding_windows = rearrangement(np.lib.stride_tricks.sliding_window_view)
# fmt: on


@implements(np.lib.stride_tricks.sliding_window_view)
def sliding_window_view(x: Any, window_shape: Any, axis: Any = None, **_: Any) -> Any:
    """Return all windows of this shape, in new last axes."""
    return sliding_windows(x, window_shape, axis)


@implements(np.pad)
def pad_by_mode(array: Any, pad_width: Any, mode: Any = "constant", **keywords: Any) -> Any:
    """Pad both ends of each axis."""
    if isinstance(keywords.get("constant_values"), Node):
        raise NoRuleError(
            "numpy.pad of nodes has no rule for constant_values= that are nodes. Join the parts "
            "with np.concatenate."
        )
    odd = keywords.get("reflect_type", "even") == "odd"
    if mode in COPYING and not odd:
        return pad(array, pad_width, mode, **keywords)
    if isinstance(pad_width, dict):
        ndim = np.ndim(array)
        pad_width = [pad_width.get(i, pad_width.get(i - ndim, 0)) for i in range(ndim)]
        pad_width = [(w, w) if np.ndim(w) == 0 else tuple(w) for w in pad_width]
    named: Any = "empty" if callable(mode) else mode
    options: Any = {} if callable(mode) else plain(keywords)
    np.pad(np.zeros(np.shape(array)), pad_width, named, **options)  # for its error
    widths = pairs(pad_width, np.ndim(array))
    if callable(mode):
        return padded_by_function(array, widths, mode, keywords)
    for axis, width in enumerate(widths):
        if any(width):
            before, after = ENDS[mode](array, axis, width, keywords)
            array = np.concatenate([before, array, after], axis=axis)
    return array


def pairs(x: Any, ndim: int) -> list[Ends]:
    """Return an argument of `numpy.pad` as a pair for each axis."""
    whole = np.broadcast_to(x, (ndim, 2))
    return [(row[0], row[1]) for row in whole.tolist()]


def repeated(x: Any, axis: int, count: int) -> Any:
    """Repeat an axis of length one."""
    shape = list(np.shape(x))
    shape[axis] = count
    return np.broadcast_to(x, tuple(shape))


def of_statistic(function: Callable[..., Any]) -> Callable[..., Ends]:
    """Return the padding of a mode that repeats a statistic of the elements next to the edge."""

    def ends(x: Any, axis: int, width: Ends, keywords: dict[str, Any]) -> Ends:
        n = np.shape(x)[axis]
        lengths: Ends = (n, n)
        if keywords.get("stat_length") is not None:
            lengths = pairs(keywords["stat_length"], np.ndim(x))[axis]
        first = slices(x, axis, 0, min(lengths[0], n))
        last = slices(x, axis, n - min(lengths[1], n), n)
        return tuple(  # type: ignore[return-value]
            repeated(function(p, axis=axis, keepdims=True), axis, count)
            for p, count in zip((first, last), width, strict=True)
        )

    return ends


def ramps(x: Any, axis: int, width: Ends, keywords: dict[str, Any]) -> Ends:
    """Return the padding that goes in equal steps from the edges to given values."""
    values = pairs(keywords.get("end_values", 0), np.ndim(x))[axis]
    edges = slices(x, axis, 0, 1), slices(x, axis, np.shape(x)[axis] - 1, None)
    found = []
    for edge, value, count in zip(edges, values, width, strict=True):
        share = (np.arange(count, like=like(x)) / max(count, 1)).astype(x.dtype)
        found.append(value + (edge - value) * along_axis(share, axis, np.ndim(x)))
    return found[0], np.flip(found[1], axis)


def odd_reflection(include_edge: bool) -> Callable[..., Ends]:
    """Return the padding by repeated odd reflection at the edges."""

    def ends(x: Any, axis: int, width: Ends, keywords: dict[str, Any]) -> Ends:
        n = np.shape(x)[axis]
        first, last = slices(x, axis, 0, 1), slices(x, axis, n - 1, n)
        period = n if include_edge else n - 1
        if period == 0:
            return repeated(first, axis, width[0]), repeated(first, axis, width[1])

        def at(positions: Any) -> Any:
            # An edge between two reflections belongs to the one nearer to the array.
            turns = (positions - (0 if include_edge else positions > 0)) // period
            rest = positions - turns * period
            turned = turns % 2 == 1
            elements = np.take(x, np.where(turned, n - 1 - rest, rest), axis=axis)
            turned, turns = (along_axis(v, axis, np.ndim(x)) for v in (turned, turns))
            y = np.where(turned, 2 * np.where(turns < 0, first, last) - elements, elements)
            further = np.where(turned, turns - np.sign(turns), turns)
            steps = further.astype(x.dtype) * (last - first)
            return np.where(further == 0, y, y + steps)  # avoids 0 times infinity

        home = like(x)
        before = np.arange(-width[0], 0, like=home)
        return at(before), at(np.arange(n, n + width[1], like=home))

    return ends


def nothing(x: Any, axis: int, width: Ends, keywords: dict[str, Any]) -> Ends:
    """Leave the padding undefined, as NumPy does; here it is zero."""
    shape = list(np.shape(x))
    found = []
    for count in width:
        shape[axis] = count
        found.append(np.zeros(shape, dtype=x.dtype, like=like(x)))
    return found[0], found[1]


ENDS: dict[str, Callable[..., Ends]] = {
    "mean": of_statistic(np.mean),
    "median": of_statistic(np.median),
    "maximum": of_statistic(np.max),
    "minimum": of_statistic(np.min),
    "linear_ramp": ramps,
    "reflect": odd_reflection(False),
    "symmetric": odd_reflection(True),
    "empty": nothing,
}


def padded_by_function(
    array: Any, widths: list[Ends], function: Callable[..., Any], keywords: dict[str, Any]
) -> Any:
    """Let a function write the padding of each vector along each axis."""
    padded = pad(array, widths)
    for axis, width in enumerate(widths):
        rows = np.moveaxis(padded, axis, -1)
        found = []
        for index in np.ndindex(np.shape(rows)[:-1]):
            row = rows[index] + 0.0
            function(row, width, axis, keywords)
            found.append(row)
        padded = np.moveaxis(np.reshape(np.stack(found), np.shape(rows)), -1, axis)
    return padded
