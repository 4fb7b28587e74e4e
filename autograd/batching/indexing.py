"""Indices for all calls of a batch at once: reading and assignment."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd.batching.array import batched, of_entries
from autograd.batching.entries import RULES
from autograd.batching.explaining import raise_as_in_one_call
from autograd.batching.level import (
    Level,
    aligned,
    depends_on,
    entry,
    entry_in_memory,
    innermost,
    is_in,
    ndim,
)
from autograd.batching.operators import refuse_write
from autograd.engine.batching import Batched
from autograd.engine.foreign import index_beside, is_foreign
from autograd.engine.node import Node
from autograd.errors import BatchError


def getitem(x: Any, index: Any) -> Any:
    """Return elements in all calls."""
    level = innermost((x, index))
    if not is_in(x, level):
        x = batched(np.broadcast_to(x, (level.size, *np.shape(x))), level)
    parts = _parts(index, x)
    if not depends_on(parts, level):
        try:
            found = _read(x.array, parts)
        except IndexError as error:
            raise_as_in_one_call(error, operator.getitem, (x, index), {})
        if found.ndim == 1 and not any(part is Ellipsis for part in parts):
            return batched(found.copy(), level)  # a number is not a view
        result = of_entries(found, level)
        return result.copy() if _lies_otherwise(result, parts) else result
    _refuse_masks(parts, level)
    return batched(_gathered(x, parts, level), level)


def setitem(x: Any, index: Any, item: Any) -> None:
    """Assign to elements in all calls."""
    try:
        _assign(x, index, item)
    except (ValueError, IndexError) as error:
        raise_as_in_one_call(error, _assigned, (x, index, item), {})


def _assigned(x: Any, index: Any, item: Any) -> None:
    x = np.array(x)
    x[index] = item


def _assign(x: Any, index: Any, item: Any) -> None:
    if isinstance(item, Node):
        raise TypeError("A node cannot be an element of a batched array.")
    level = innermost((x, index, item))
    if not is_in(x, level):
        refuse_write(x)
    if _is_mask(index) and is_in(index, level):
        _assign_where(x, index, item, level)
        return
    found = whole_index(x, index, level)
    item = _listed(item)
    if found is not None:
        x.array[found[0]] = aligned(item, level, found[1])
        return
    for place in range(level.size):
        x.array[place, ...][entry(index, level, place)] = (
            item.array[place] if is_in(item, level) else item
        )


def _listed(item: Any) -> Any:
    """Return an array for a list, in which some numbers may be batched."""
    if type(item) not in (list, tuple):
        return item
    return np.stack([_listed(each) for each in item]) if item else np.asarray(item)


def _assign_where(x: Any, mask: Any, item: Any, level: Level) -> None:
    """Assign one number where a mask holds that differs between calls."""
    if ndim(item):
        raise BatchError(
            f"x[mask] = array of shape {np.shape(item)}: the mask may select another number of "
            "elements in each call of the batch. Write x = np.where(mask, other, x)."
        )
    chosen = aligned(mask, level, x.ndim)
    extra = x.ndim - mask.ndim
    if extra:
        chosen = mask.array.reshape(mask.array.shape + (1,) * extra)
    x.array[...] = np.where(chosen, aligned(item, level, x.ndim), x.array).astype(x.dtype)


def whole_index(x: Any, index: Any, level: Level) -> tuple[Any, int] | None:
    """Return the index into the arrays of all calls, and the number of axes it selects in one.

    None if the axis of the batch would not come first among the selected elements.
    """
    parts = _parts(index, x)
    kinds = [_kind(part) for part in parts]
    if "mask" in kinds and depends_on(parts, level):
        return None
    if not depends_on(parts, level):
        if _are_apart(kinds):
            return None
        found = (slice(None), *parts)
        return found, ndim(_shape_probe(x)[tuple(map(_probe, parts))])
    advanced = [i for i, kind in enumerate(kinds) if kind in ("array", "int")]
    if advanced != list(range(len(advanced))):
        return None
    arrays, axes = _index_arrays(parts, level)
    rest = [part for i, part in enumerate(parts) if i not in advanced]
    kept = axes + x.ndim - len(advanced)
    if any(kind not in ("array", "int", "slice") for kind in kinds):
        return None
    return (*arrays, *rest), kept


def _shape_probe(x: Any) -> Any:
    """Return an array of the shape in one call that takes no memory."""
    return np.broadcast_to(np.zeros((), bool), x.shape)


def _parts(index: Any, x: Any) -> list[Any]:
    """Return an index as a list, with an array for each list."""
    given = list(index) if type(index) is tuple else [index]
    parts = []
    for part in given:
        if isinstance(part, Node):
            raise TypeError("only integers, slices and arrays are valid indices")
        if isinstance(part, list):
            part = np.asarray(part) if part else np.zeros(0, int)
        parts.append(part)
    return parts


def _probe(part: Any) -> Any:
    """Return an index that selects as many axes, without reading it from a device."""
    return np.zeros(part.shape, part.dtype) if is_foreign(part) else part


def _kind(part: Any) -> str:
    if part is None:
        return "new"
    if part is Ellipsis:
        return "ellipsis"
    if isinstance(part, slice):
        return "slice"
    if _is_mask(part):
        return "mask"
    is_array = isinstance(part, (np.ndarray, Batched)) or is_foreign(part)
    return "array" if is_array else "int"


def _is_mask(part: Any) -> bool:
    return getattr(part, "dtype", None) == np.bool_ or isinstance(part, bool)


def _are_apart(kinds: list[str]) -> bool:
    """Return whether NumPy puts the axes of index arrays first, since slices separate them."""
    if "array" not in kinds and "mask" not in kinds:
        return False
    places = [i for i, kind in enumerate(kinds) if kind in ("array", "mask", "int")]
    return places[-1] - places[0] + 1 != len(places)


def _lies_otherwise(found: Any, parts: list[Any]) -> bool:
    """Return whether elements lie in another order in memory than in one call.

    NumPy puts what index arrays select first in memory, in front of the axis of the batch as well.
    """
    kinds = [_kind(part) for part in parts]
    selected = ("array" in kinds or "mask" in kinds) and kinds[0] in ("array", "mask", "int")
    return selected and not entry_in_memory(found).flags.c_contiguous


def _read(array: Any, parts: list[Any]) -> Any:
    """Return elements by an index that all calls share."""
    found = array[index_beside((slice(None), *parts), array)]
    kinds = [_kind(part) for part in parts]
    if not _are_apart(kinds):
        return found
    arrays = [part for part, kind in zip(parts, kinds, strict=True) if kind in ("array", "mask")]
    axes = max(1 if _is_mask(part) else part.ndim for part in arrays)
    return np.moveaxis(found, axes, 0)


def _refuse_masks(parts: list[Any], level: Level) -> None:
    for part in parts:
        if is_in(part, level) and _is_mask(part):
            raise BatchError(
                "A batched mask as an index may select another number of elements in each call of "
                "the batch. Write np.where(mask, x, 0), which keeps the shape."
            )
        if isinstance(part, slice) and depends_on(part, level):
            raise BatchError(
                "A slice with batched bounds may select another number of elements in each call "
                "of the batch. Use a mask: np.where((i >= start) & (i < stop), x, 0)."
            )


def _index_arrays(parts: list[Any], level: Level) -> tuple[list[Any], int]:
    """Return the index arrays, the first one counting the batch, and the number of their axes."""
    advanced = [part for part in parts if _kind(part) in ("array", "int")]
    axes = max(ndim(part) for part in advanced)
    count = np.arange(level.size).reshape((level.size,) + (1,) * axes)
    return [count, *[aligned(part, level, axes) for part in advanced]], axes


def _gathered(x: Any, parts: list[Any], level: Level) -> Any:
    """Return elements by index arrays some of which differ between calls."""
    kinds = [_kind(part) for part in parts]
    if "mask" in kinds:
        parts = _without_masks(parts)
        kinds = [_kind(part) for part in parts]
    arrays, axes = _index_arrays(parts, level)
    waiting = iter(arrays[1:])
    index = [
        next(waiting) if k in ("array", "int") else p for p, k in zip(parts, kinds, strict=True)
    ]
    found = x.array[(arrays[0], *index)]
    places = [i for i, kind in enumerate(kinds) if kind in ("array", "int")]
    before = sum(_axes_of(part, parts, x) for part in parts[: places[0]])
    if _are_apart(kinds) or not before:
        return found
    order = [0, *range(1 + axes, 1 + axes + before), *range(1, 1 + axes)]
    return np.transpose(found, [*order, *range(1 + axes + before, found.ndim)])


def _axes_of(part: Any, parts: list[Any], x: Any) -> int:
    """Return how many axes of the result a part of an index makes, other than an index array."""
    if part is not Ellipsis:
        return 1
    return int(x.ndim - sum(_kind(other) in ("slice", "array", "int") for other in parts))


def _without_masks(parts: list[Any]) -> list[Any]:
    found: list[Any] = []
    for part in parts:
        found.extend(np.nonzero(part) if _is_mask(part) else [part])
    return found


RULES["getitem"] = getitem
RULES["setitem"] = setitem
