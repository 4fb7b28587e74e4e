"""The axes of `vmap` that count the entries of a batch, for each leaf of arguments and results."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd import tree
from autograd.batching.generators import GENERATORS
from autograd.batching.level import shape
from autograd.batching.results import reached
from autograd.engine import Node
from autograd.engine.objects import joined
from autograd.errors import OptionError, ShapeError

Axes = Any


def leaves_with_axes(
    in_axes: Axes, keyword_axes: Axes, arguments: Any, keywords: Any, name: str
) -> list[tuple[str, Any, Any]]:
    """Return for each leaf of all arguments its path, the leaf, and its axis."""
    axes = _aligned_axes(in_axes, arguments, "in_axes")
    is_dict = isinstance(keyword_axes, dict)
    named = keyword_axes if is_dict else dict.fromkeys(keywords, keyword_axes)
    unknown = named.keys() - keywords.keys()
    if unknown:
        raise OptionError(f"keyword_axes names {', '.join(sorted(unknown))}, which is not passed.")
    return [
        *_leaves(axes, arguments, f"argument {{}} of {name}"),
        *_leaves_by_name(named, keywords, name),
    ]


def _aligned_axes(axes: Axes, arguments: tuple[Any, ...], name: str) -> list[Any]:
    """Return the axes of each argument."""
    if not isinstance(axes, (tuple, list)):
        return [axes] * len(arguments)
    if len(axes) != len(arguments):
        raise OptionError(
            f"{name}={axes!r} has {len(axes)} parts, but {len(arguments)} positional arguments "
            "were passed. Write one for each, or one number for all."
        )
    return list(axes)


def _leaves(axes: list[Any], arguments: tuple[Any, ...], what: str) -> list[tuple[str, Any, Any]]:
    """Return for each leaf of the arguments its path, the leaf, and its axis."""
    found = []
    for number, (argument, axis) in enumerate(zip(arguments, axes, strict=True)):
        path = what.format(number)
        found += _leaves_of(argument, axis, path, "in_axes")
    return found


def _leaves_by_name(axes: dict[str, Any], keywords: dict[str, Any], name: str) -> list[Any]:
    found = []
    for key, argument in keywords.items():
        path = f"{key}= of {name}"
        found += _leaves_of(argument, axes.get(key), path, "keyword_axes")
    return found


def _leaves_of(argument: Any, axes: Any, path: str, option: str) -> list[tuple[str, Any, Any]]:
    spread = spread_axes(axes, argument, f"{option} of {path}")
    leaves = tree.leaves(argument, path)
    return [(where, joined(x), axis) for (where, x), axis in zip(leaves, spread, strict=True)]


def spread_axes(axes: Any, like: Any, what: str) -> list[Any]:
    """Return one axis for each leaf; one number or None stands for all leaves below it."""
    if axes is None or isinstance(axes, (int, np.integer)):
        return [axes] * len(tree.flat(like))
    is_dict = isinstance(axes, dict)
    fits = isinstance(axes, tree.CONTAINERS) and isinstance(like, tree.CONTAINERS)
    fits = fits and is_dict == isinstance(like, dict)
    if fits:
        fits = axes.keys() == like.keys() if is_dict else len(axes) == len(like)
    if not fits:
        raise OptionError(
            f"{what} is {axes!r}, which does not fit {type(like).__name__}. Write an axis, None, "
            "or a container of them like this one."
        )
    keys = like.keys() if is_dict else range(len(like))
    return [axis for key in keys for axis in spread_axes(axes[key], like[key], what)]


def size_of(given: list[tuple[str, Any, Any]], axis_size: int | None, name: str) -> int:
    """Return the size of the batch, on which all arguments must agree."""
    sizes: dict[int, str] = {} if axis_size is None else {operator.index(axis_size): "axis_size"}
    for path, x, axis in given:
        if axis is None:
            continue
        if not is_numeric(x):
            _refuse_arrays_in(x, path)
            continue
        lengths = shape(x)
        if not -len(lengths) <= axis < len(lengths):
            raise ShapeError(
                f"{path} has shape {tuple(lengths)}, which has no axis {axis} that counts the "
                "entries of a batch. Write None in in_axes for what all calls share."
            )
        sizes.setdefault(lengths[axis], path)
    if len(sizes) > 1:
        (n, first), (m, second), *_ = sizes.items()
        raise ShapeError(
            f"The batch has {n} entries in {first}, but {m} in {second}; all must be equal. "
            "Write None in in_axes for what all calls share."
        )
    if not sizes:
        raise OptionError(
            f"vmap of {name} needs at least one array with an axis that counts the entries, but "
            "in_axes and keyword_axes name none. Write axis_size=n for n entries."
        )
    return int(next(iter(sizes)))


def _refuse_arrays_in(x: Any, path: str) -> None:
    """Raise an error for an object with arrays that is no container whose arrays have an axis."""
    if x is None or isinstance(x, (str, bytes, *GENERATORS)) or callable(x):
        return
    if any(isinstance(each, (np.ndarray, Node)) for each in reached(x)):
        raise OptionError(
            f"{path} is an object of type {type(x).__name__}, whose arrays get no axis that counts "
            "the entries. Pass a tuple, list or dict of arrays, or write None in in_axes for an "
            "object that all calls share."
        )


def is_numeric(x: Any) -> bool:
    """Return whether this is a number, an array or a node."""
    return isinstance(x, (Node, np.ndarray, np.generic, float, int, complex)) or hasattr(
        x, "__array_function__"
    )
