"""Calls without a batch rule: the function is called for each entry of the batch."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from autograd import tree
from autograd.batching.array import batched, of_entries
from autograd.batching.level import Level, entry, innermost, is_in, mapped, shape, whole
from autograd.batching.operators import refuse_write
from autograd.engine.batching import Batched
from autograd.errors import BatchError


def looped(
    function: Callable[..., Any],
    level: Level,
    arguments: Any,
    keywords: dict[str, Any],
    may_share: bool = False,
) -> Any:
    """Call a function for each entry of a batch, and join the results.

    With `may_share`, views of the arguments stay views, as in each call.
    """
    name = getattr(function, "__name__", "function")
    for target in _written(function, arguments, keywords):
        if not is_in(target, level):
            refuse_write(target)
    level.note_loop(name)
    if not level.size:
        return of_no_entry(function, level, name, arguments, keywords)
    given = [
        (entry(arguments, level, place), entry(keywords, level, place))
        for place in range(level.size)
    ]
    found = [function(*positional, **named) for positional, named in given]
    if not may_share:
        return joined(found, level, name)
    arrays = [x for x in tree.flat(given[0]) if type(x) is np.ndarray]
    return joined(found, level, name, functools.partial(_views_or_stacked, arrays))


def of_no_entry(
    function: Callable[..., Any], level: Level, name: str, arguments: Any, keywords: Any
) -> Any:
    """Return the results of an empty batch, whose shapes and types are those for other numbers."""
    try:
        found = [_of_numbers(function, arguments, keywords, kind) for kind in _ANY_NUMBERS]
        results = joined(found, level, name)
    except Exception as error:
        raise BatchError(
            f"{name} has no batch rule, so it is called for each entry of the batch, but there is "
            "none, and the shape of its result cannot be known. Call the function with at least "
            "one entry."
        ) from error
    return mapped(results, lambda x: type(x)(x.array[:0], level) if is_in(x, level) else x)


#: Numbers with which a function may be called to see the shape of its result.
_ANY_NUMBERS: tuple[Callable[[Any], Any], ...] = (
    lambda shape: np.random.default_rng(0).uniform(0.5, 1.5, shape),
    lambda shape: 1 + np.maximum(np.random.default_rng(1).uniform(-1, 1, shape), 0),  # some equal
)


def _of_numbers(
    function: Callable[..., Any], arguments: Any, keywords: Any, numbers: Callable[[Any], Any]
) -> Any:
    """Call a function with numbers of the shapes that batched ones have in one call."""

    def of_one(x: Any) -> Any:
        if not isinstance(x, Batched):
            return x
        like: Any = x
        found = np.zeros(like.shape) if like.dtype.kind not in "fc" else numbers(like.shape)
        return np.asarray(found, like.dtype)[() if not like.ndim else ...]

    return function(*mapped(tuple(arguments), of_one), **mapped(keywords, of_one))


def _written(function: Callable[..., Any], arguments: Any, keywords: dict[str, Any]) -> list[Any]:
    """Return the arrays that a function writes its results into."""
    out = keywords.get("out")
    if out is None and hasattr(function, "_implementation"):
        names = list(inspect.signature(function).parameters)
        if "out" in names[: len(arguments)]:
            out = arguments[names.index("out")]
    return [x for x in (out if isinstance(out, tuple) else (out,)) if x is not None]


def joined(
    found: list[Any], level: Level, name: str, join: Callable[..., Any] | None = None
) -> Any:
    """Join the results of all calls: arrays and numbers, in tuples, lists and dicts.

    `join` gets those of one place in these containers, the batch and the name.
    """
    first = found[0]
    if isinstance(first, tree.CONTAINERS) and not isinstance(first, Batched):
        if any(len(other) != len(first) for other in found):
            raise BatchError(
                f"{name} returns {len(first)} and {len(_other(found))} results for different "
                "entries of the batch; the number must be the same for all."
            )
        if isinstance(first, dict):
            items = [_field([x[key] for x in found], level, name, join) for key in first]
            return tree.like(first, items)
        parts = [joined(list(each), level, name, join) for each in zip(*found, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)
    if first is None or isinstance(first, (str, type, np.dtype)):
        if any(other is not first and other != first for other in found):
            raise BatchError(f"{name} returns {first!r} for one entry of the batch only.")
        return first
    return (join or stacked_entries)(found, level, name)


def _field(found: list[Any], level: Level, name: str, join: Callable[..., Any] | None) -> Any:
    """Join what all calls return for one key; what cannot be joined is refused when it is used."""
    try:
        return joined(found, level, name, join)
    except BatchError as error:
        return Differing(found, error)


class Differing:
    """Stands for objects that differ between the calls of a batch, but are no arrays of a shape.

    Attributes
    ----------
    of_calls : list
        What each call has.
    """

    def __init__(self, of_calls: list[Any], error: BatchError) -> None:
        self.of_calls = of_calls
        self._error = error

    def __repr__(self) -> str:
        return f"<{len(self.of_calls)} different objects: {self.of_calls!r}>"

    def _refuse(self, *arguments: Any) -> NoReturn:
        raise self._error

    __getattr__ = __getitem__ = __iter__ = __len__ = __bool__ = __call__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __hash__ = None  # type: ignore[assignment]


def stacked_entries(found: list[Any], level: Level, name: str) -> Any:
    """Join arrays, numbers, and whatever NumPy makes an array of."""
    joined_shapes(found, name)
    array = np.stack(found)
    if array.dtype == object:
        raise BatchError(
            f"{name} returns {type(found[0]).__name__} for each entry of the batch, which cannot "
            "be joined. Return arrays and numbers, in tuples, lists and dicts."
        )
    is_array = type(found[0]) is np.ndarray  # or an array without axes, unlike a number
    return (of_entries if is_array else batched)(array, level)


def _views_or_stacked(given: list[Any], found: list[Any], level: Level, name: str) -> Any:
    """Join arrays; those that are views of what the first call was given, by a view of it all."""
    first = found[0]
    if type(first) is not np.ndarray or not any(np.may_share_memory(first, x) for x in given):
        return stacked_entries(found, level, name)
    joined_shapes(found, name)
    places = np.array([x.__array_interface__["data"][0] for x in found])
    steps = np.unique(np.diff(places)) if len(found) > 1 else np.zeros(1, int)
    if len(steps) > 1 or any(x.strides != first.strides for x in found):
        raise BatchError(
            f"{name} returns different elements of an array for different entries of the batch. "
            "Use a mask, np.where(mask, x, 0), instead of elements that depend on the data."
        )
    whole = np.lib.stride_tricks.as_strided(
        first,
        (len(found), *first.shape),
        (int(steps[0]), *first.strides),
        writeable=first.flags.writeable,
    )
    return of_entries(whole, level)


def joined_shapes(found: list[Any], name: str) -> None:
    """Raise an error if results have different shapes."""
    shapes = {shape(x) for x in found}
    if len(shapes) > 1:
        a, b = sorted(shapes)[:2]
        raise BatchError(
            f"The results of {name} have the shapes {a} and {b} for different entries of the "
            "batch; they must be the same. Use a mask, np.where(mask, x, 0), instead of elements "
            "that depend on the data."
        )


def _other(found: list[Any]) -> Any:
    return next(x for x in found if len(x) != len(found[0]))


def of_whole(batch: Callable[..., Any], arguments: Any, keywords: dict[str, Any]) -> Any:
    """Call a function that takes the arrays of all calls, with the axis of the batch in front."""
    level = innermost((arguments, keywords))

    def widened(x: Any) -> Any:
        return whole(x, level) if isinstance(x, (np.ndarray, Batched)) else x

    given = [widened(x) for x in arguments]
    named = {key: widened(x) for key, x in keywords.items()}
    outer = innermost((given, named))
    found = batch(*given, **named) if outer is None else looped(batch, outer, given, named)
    if shape(found)[:1] != (level.size,):
        raise BatchError(
            f"The batch rule {getattr(batch, '__name__', 'function')} returned shape "
            f"{shape(found)} for a batch of {level.size}; the first axis must count the entries."
        )
    return batched(found, level)
