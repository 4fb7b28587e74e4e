"""`vmap`: call a function for all entries of a batch at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.batching import BatchedArray, Level, is_in
from autograd.batching.generators import Randomness
from autograd.batching.level import ndim, shape
from autograd.engine import Node, Tensor, Value, batching
from autograd.engine.array_data import refuse_other_rules
from autograd.engine.dispatch import plain
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.memory import owner_of
from autograd.engine.objects import joined
from autograd.errors import BatchError, OptionError, ShapeError
from autograd.program import creation
from autograd.rules.batches import enter, entered, leave, left

Axes = Any


def vmap(
    f: Callable[..., Any],
    in_axes: Axes = 0,
    out_axes: Axes = 0,
    *,
    keyword_axes: Axes = None,
    randomness: str = "error",
) -> Callable[..., Any]:
    """Return a function that calls `f` for all entries of a batch at once.

    `f` is written for one entry. It is called once, with arrays that have the shape of one entry
    and compute for all: ``vmap(f)(x)[i]`` is ``f(x[i])``. It composes with all transforms, in any
    order.

    Parameters
    ----------
    f : callable
        Takes and returns numbers, arrays and nodes, in nested containers. Where it needs the bare
        number, for ``if x > 0`` or ``float(x)``, it raises `BatchError`.
    in_axes : int, None or tuple
        The axis of the positional arguments that counts the entries; None for an argument that all
        calls share. A tuple has one for each argument, which may be a container like the argument.
    out_axes : int, None or container
        Where that axis is in the results; None for a result that is the same in all calls.
    keyword_axes : int, None or dict
        The same for keyword arguments, by name; by default all calls share them.
    randomness : {"error", "same", "different"}
        What random numbers are. By default drawing them is an error. With "same", all calls get
        the same ones. With "different", calls get their own from a `numpy.random.Generator` that is
        an argument of `f`.

    Returns
    -------
    callable
        Takes the arguments of `f`. Its attribute ``looped`` holds, after a call, the names of
        functions without a batch rule, which were called for each entry, and how often.

    Raises
    ------
    ShapeError
        When called, if the arguments have batches of different sizes, or lack the axis.
    BatchError
        When called, if `f` does something that may differ between the calls of a batch: branches,
        boolean indices, shapes that depend on the data.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad, vmap
    >>> def loss(w, x):
    ...     return np.tanh(w @ x)
    >>> w, x = np.ones(2), np.array([[0.0, 0.0], [1.0, -1.0], [0.5, 0.5]])
    >>> vmap(loss, in_axes=(None, 0))(w, x)
    array([0.        , 0.        , 0.76159416])
    >>> vmap(grad(loss), in_axes=(None, 0))(w, x).shape
    (3, 2)
    """
    policy = Randomness(randomness, f)
    name = getattr(f, "__name__", "function")

    def over_batch(*arguments: Any, **keywords: Any) -> Any:
        axes = _aligned_axes(in_axes, arguments, "in_axes")
        named = (
            keyword_axes
            if isinstance(keyword_axes, dict)
            else dict.fromkeys(keywords, keyword_axes)
        )
        unknown = named.keys() - keywords.keys()
        if unknown:
            raise OptionError(
                f"keyword_axes names {', '.join(sorted(unknown))}, which is not passed."
            )
        given = [
            *_leaves(axes, arguments, f"argument {{}} of {name}"),
            *_leaves_by_name(named, keywords, name),
        ]
        level = Level(_size_of(given, name), GRAD_MODE.calls + 0.5, randomness)
        GRAD_MODE.calls += 1.0
        parts = iter([_entry(x, axis, level, policy) for _, x, axis in given])
        plain_arguments = [tree.mapped(x, lambda _: next(parts)) for x in arguments]
        plain_keywords = {k: tree.mapped(x, lambda _: next(parts)) for k, x in keywords.items()}
        batching.push(level)
        creation.begin()
        try:
            with policy.watching(arguments, keywords):
                result = f(*plain_arguments, **plain_keywords)
        finally:
            creation.end()
            batching.pop()
            over_batch.looped = level.looped  # type: ignore[attr-defined]
        wanted = iter(_spread_axes(out_axes, result, "out_axes"))
        inputs = [x for _, x, _ in given]
        return tree.mapped(result, lambda x: _result(joined(x), next(wanted), level, inputs))

    over_batch.__name__ = over_batch.__qualname__ = f"vmap_of_{name}"
    over_batch.__doc__ = (
        f"    {name} of all entries of a batch.\n\n{getattr(f, '__doc__', None) or ''}"
    )
    over_batch.looped = {}  # type: ignore[attr-defined]
    return over_batch


# -- axes ---------------------------------------------------------------------------------------


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
    spread = _spread_axes(axes, argument, f"{option} of {path}")
    leaves = tree.leaves(argument, path)
    return [(where, joined(x), axis) for (where, x), axis in zip(leaves, spread, strict=True)]


def _spread_axes(axes: Any, like: Any, what: str) -> list[Any]:
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
    return [axis for key in keys for axis in _spread_axes(axes[key], like[key], what)]


def _size_of(given: list[tuple[str, Any, Any]], name: str) -> int:
    """Return the size of the batch, on which all arguments must agree."""
    sizes: dict[int, str] = {}
    for path, x, axis in given:
        if axis is None or not _is_numeric(x):
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
            "in_axes and keyword_axes name none."
        )
    return int(next(iter(sizes)))


def _is_numeric(x: Any) -> bool:
    """Return whether this is a number, an array or a node."""
    return isinstance(x, (Node, np.ndarray, np.generic, float, int, complex)) or hasattr(
        x, "__array_function__"
    )


# -- arguments and results ----------------------------------------------------------------------


def _entry(x: Any, axis: Any, level: Level, policy: Randomness) -> Any:
    """Return what stands for one entry of an argument."""
    if isinstance(x, np.random.Generator):
        return policy.generator(x, level)
    if axis is None or not _is_numeric(x):
        return x
    if type(x) is not np.ndarray:
        refuse_other_rules(x)
    axis = int(axis) % x.ndim
    return enter(x, level, axis) if isinstance(x, Tensor) else entered(x, level, axis)


def _result(x: Any, axis: Any, level: Level, inputs: list[Any]) -> Any:
    """Return the results of all calls, along an axis."""
    if not _is_numeric(x):
        return x
    data = plain(x)
    if axis is None:
        if is_in(data, level):
            raise BatchError(
                "out_axes=None is for results that are the same in all calls, but a result of "
                f"shape {data.shape} depends on the batch. Write out_axes=0."
            )
        return leave(x, level, 0)[0] if isinstance(x, Node) else x
    count = ndim(data)
    if not -count - 1 <= axis <= count:
        raise OptionError(f"out_axes={axis} is out of range for results of {count} axes.")
    axis = int(axis) % (count + 1)
    if isinstance(x, (Tensor, Value)):
        return leave(x, level, axis)
    found = left(x, level, axis)
    if isinstance(found, BatchedArray):
        return found
    if not is_in(data, level):
        return np.array(found)
    owner = owner_of(found)
    shares = any(owner is owner_of(x) for x in inputs if isinstance(x, np.ndarray))
    return found.copy() if shares else found
