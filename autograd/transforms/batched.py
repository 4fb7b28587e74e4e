"""`vmap`: call a function for all entries of a batch at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.batching import Level, is_in, kinds
from autograd.batching.generators import GENERATORS
from autograd.batching.level import ndim
from autograd.batching.randomness import Randomness
from autograd.batching.reachable import reachable
from autograd.batching.results import refuse_hidden
from autograd.engine import Node, Tensor, Value, batching
from autograd.engine.dispatch import plain
from autograd.engine.foreign import copied, is_foreign
from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.memory import owner_of
from autograd.engine.objects import OBJECT, joined
from autograd.engine.wrapped import refuse_other_rules
from autograd.errors import AutogradError, BareNumberError, BatchError, OptionError
from autograd.program import creation
from autograd.rules.batches import enter, entered, leave, left
from autograd.transforms.batch_axes import Axes, is_numeric, leaves_with_axes, size_of, spread_axes
from autograd.transforms.numbers import OfNumbers
from autograd.variables import refuse_no_function


def vmap(
    f: Callable[..., Any],
    in_axes: Axes = 0,
    out_axes: Axes = 0,
    *,
    keyword_axes: Axes = None,
    axis_size: int | None = None,
    randomness: str = "error",
) -> Callable[..., Any]:
    """Return a function that calls `f` for all entries of a batch at once.

    `f` is written for one entry. It is called once, with arrays that have the shape of one entry
    and compute for all: ``vmap(f)(x)[i]`` is ``f(x[i])``. It composes with all transforms, in any
    order.

    If each call gets single numbers only, `f` may need them as Python's floats: to branch, for
    ``math.sin``, or for `Value`. Then a call is recorded for each branch, as `jit` does, and runs
    in C for the entries that take it.

    Parameters
    ----------
    f : callable
        Takes and returns numbers, arrays and nodes, in nested containers. Where it needs the bare
        number of an array, for ``if x[0] > 0`` or ``float(x[0])``, it raises `BatchError`.
    in_axes : int, None or tuple
        The axis of the positional arguments that counts the entries; None for an argument that all
        calls share. A tuple has one for each argument, which may be a container like the argument.
    out_axes : int, None or container
        Where that axis is in the results; None for a result that is the same in all calls.
    keyword_axes : int, None or dict
        The same for keyword arguments, by name; by default all calls share them.
    axis_size : int, optional
        The number of entries, which arguments with an axis tell as well.
    randomness : {"error", "same", "different"}
        What random numbers are. By default drawing them, or making a generator without a seed, is
        an error. With "same", all calls get the same ones. With "different", calls get their own
        from a generator that is an argument of `f`: a `numpy.random.Generator` or `RandomState`, or
        a `random.Random`.

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
    refuse_no_function(f, "vmap")
    policy = Randomness(randomness)
    name = getattr(f, "__name__", "function")
    numbers = OfNumbers(f, name)

    def over_batch(*arguments: Any, **keywords: Any) -> Any:
        given = leaves_with_axes(in_axes, keyword_axes, arguments, keywords, name)
        level = Level(size_of(given, axis_size, name), GRAD_MODE.calls + 0.5, randomness)
        over_batch.looped = level.looped  # type: ignore[attr-defined]
        call = numbers.call(given, arguments, keywords)
        if call is None:
            return with_arrays(level, given, arguments, keywords)
        if not call.is_needed():
            try:
                return with_arrays(level, given, arguments, keywords)
            except BareNumberError:
                level.refusals.clear()
        return call.results(level, out_axes)

    def with_arrays(level: Level, given: Any, arguments: Any, keywords: Any) -> Any:
        """Call the function once, with the arrays of all entries."""
        GRAD_MODE.calls += 1.0
        parts = iter([_entry(x, axis, level, policy) for _, x, axis in given])
        plain_arguments = [tree.mapped(x, lambda _: next(parts)) for x in arguments]
        plain_keywords = {k: tree.mapped(x, lambda _: next(parts)) for k, x in keywords.items()}
        batching.push(level)
        creation.begin()
        try:
            reached = list(reachable(f))
            with policy.watching(arguments, keywords, reached), kinds.of_one_call(reached):
                result = f(*plain_arguments, **plain_keywords)
        except Exception as error:
            _raise_refusal(level, error)
            raise
        finally:
            creation.end()
            batching.pop()
        _raise_refusal(level)
        wanted = iter(spread_axes(out_axes, result, "out_axes"))
        inputs = [x for _, x, _ in given]
        return tree.mapped(result, lambda x: _result(joined(x), next(wanted), level, inputs))

    over_batch.__name__ = over_batch.__qualname__ = f"vmap_of_{name}"
    over_batch.__doc__ = (
        f"    {name} of all entries of a batch.\n\n{getattr(f, '__doc__', None) or ''}"
    )
    over_batch.looped = {}  # type: ignore[attr-defined]
    return over_batch


def _raise_refusal(level: Level, error: Exception | None = None) -> None:
    """Raise the error that something has caught to go on in the same way in all calls."""
    if level.refusals and not isinstance(error, AutogradError):
        raise level.refusals[0] from error


# -- arguments and results ----------------------------------------------------------------------


def _entry(x: Any, axis: Any, level: Level, policy: Randomness) -> Any:
    """Return what stands for one entry of an argument."""
    if isinstance(x, GENERATORS):
        return policy.generator(x, level)
    if axis is None or not is_numeric(x):
        return x
    if type(x) is not np.ndarray:
        refuse_other_rules(x)
    axis = int(axis) % x.ndim
    return enter(x, level, axis) if isinstance(x, Tensor) else entered(x, level, axis)


def _result(x: Any, axis: Any, level: Level, inputs: list[Any]) -> Any:
    """Return the results of all calls, along an axis."""
    data = plain(x)
    if not is_numeric(x) or getattr(data, "dtype", None) is OBJECT:
        refuse_hidden(data, level)
        return x
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
    if isinstance(found, batching.Batched):
        return found
    if not is_in(data, level):
        return copied(found) if is_foreign(found) else np.array(found)
    owner = owner_of(found)
    arrays = [x for x in inputs if isinstance(x, np.ndarray) or is_foreign(x)]
    shares = any(owner is owner_of(x) for x in arrays)
    return found.copy() if shares else found
