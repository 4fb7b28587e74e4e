"""`Level`: one batch, and what the rules ask about arrays of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import numpy as np

from autograd.batching.uniform import rules_are_running
from autograd.engine.batching import Batched, levels
from autograd.engine.callers import hint_for_caller, hint_for_solver
from autograd.engine.grad_mode import GRAD_MODE
from autograd.errors import BareNumberError, BatchError

_NUMBERS = itertools.count(1)


class Level:
    """One batch of calls of a function.

    Attributes
    ----------
    size : int
        How many calls there are.
    number : int
        Counts the batches. A batch inside another one has the larger number.
    begun : float
        The number of transform calls when this began: older nodes come from outside.
    randomness : str
        What modules may do that draw random numbers: see `vmap`.
    looped : dict of str to int
        How often a function was called for each entry, because it has no batch rule.
    refusals : list of BatchError
        The errors that were raised because one answer would have been that of all calls. What
        catches one and goes on would take the same branch in all calls.
    """

    def __init__(self, size: int, begun: float, randomness: str = "same") -> None:
        GRAD_MODE.batched = True
        self.size = size
        self.number = next(_NUMBERS)
        self.begun = begun
        self.randomness = randomness
        self.looped: dict[str, int] = {}
        self.refusals: list[BatchError] = []
        #: By identity: nodes from outside, and what stands for them in each call.
        self.shared: dict[int, tuple[Any, Any]] = {}

    def note_loop(self, name: str) -> None:
        """Note that a function is called for each entry."""
        self.looped[name] = self.looped.get(name, 0) + 1

    @property
    def label(self) -> str:
        """The name of the batch in texts."""
        return f"of batch {self.number}:"

    def __repr__(self) -> str:
        return f"<batch {self.number} of {self.size}>"


def settle(error: BaseException | None) -> None:
    """Note that the library has caught an error, and computes in another way."""
    while error is not None:
        for level in levels():
            level.refusals = [each for each in level.refusals if each is not error]
        error = error.__cause__


def refuse(level: Level, text: str) -> NoReturn:
    """Raise the error for a question whose answer would be the same in all calls."""
    error = BareNumberError(text + (hint_for_caller() or hint_for_solver()))
    if not rules_are_running():  # which are called for each entry then
        level.refusals.append(error)
    raise error


def batched_in(items: Any) -> Iterable[Batched]:
    """Yield the batched arrays in nested tuples, lists and dicts."""
    if isinstance(items, Batched):
        yield items
    elif isinstance(items, dict):
        for item in items.values():
            yield from batched_in(item)
    elif isinstance(items, (tuple, list)):
        for item in items:
            yield from batched_in(item)
    elif isinstance(items, slice):
        yield from batched_in((items.start, items.stop, items.step))


def innermost(items: Any) -> Any:
    """Return the innermost batch in nested containers; None if nothing is batched."""
    found = None
    for x in batched_in(items):
        if found is None or x.level.number > found.number:
            found = x.level
    return found


def is_in(x: Any, level: Level) -> bool:
    """Return whether an array belongs to a batch; one of an outer batch does not."""
    return isinstance(x, Batched) and x.level is level


def depends_on(items: Any, level: Level) -> bool:
    """Return whether something in nested containers belongs to a batch."""
    return any(x.level is level for x in batched_in(items))


def ndim(x: Any) -> int:
    """Return the number of axes in one call."""
    found = getattr(x, "ndim", None)
    return np.ndim(x) if found is None else int(found)


def shape(x: Any) -> tuple[int, ...]:
    """Return the shape in one call."""
    found = getattr(x, "shape", None)
    return np.shape(x) if found is None else found


def aligned(x: Any, level: Level, axes: int) -> Any:
    """Return the arrays of all calls with `axes` axes after the first; others unchanged."""
    if not is_in(x, level):
        return x
    array = x.array
    missing = axes + 1 - array.ndim
    if missing <= 0:
        return array
    return array.reshape(array.shape[:1] + (1,) * missing + array.shape[1:])


def whole(x: Any, level: Level) -> Any:
    """Return the arrays of all calls along the first axis, also if all calls share this one."""
    if is_in(x, level):
        return x.array
    return np.broadcast_to(x if hasattr(x, "shape") else np.asarray(x), (level.size, *shape(x)))


def entry_in_memory(x: Any) -> Any:
    """Return an array that lies in memory as the entries of a batched one do; not its elements."""
    return np.lib.stride_tricks.as_strided(np.zeros((), x.dtype), x.shape, x.strides)


class Flags:
    """How the entries of a batched array lie in memory, and whether they may be changed."""

    def __init__(self, x: Any) -> None:
        vars(self).update(_entry=entry_in_memory(x).flags, _array=x.array.flags)

    def __getattr__(self, name: str) -> Any:
        of_all = name in ("owndata", "writeable", "aligned", "writebackifcopy")
        return getattr(vars(self)["_array" if of_all else "_entry"], name)

    def __setattr__(self, name: str, item: Any) -> None:
        setattr(vars(self)["_array"], name, item)

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name.lower())


def entry(x: Any, level: Level, place: Any) -> Any:
    """Return what one call has, in nested containers."""
    return mapped(x, lambda item: item.array[place] if is_in(item, level) else item)


def mapped(x: Any, function: Callable[[Any], Any]) -> Any:
    """Apply a function to what nested tuples, lists, dicts and slices hold."""
    if isinstance(x, (list, tuple)) and not isinstance(x, Batched):
        items = [mapped(item, function) for item in x]
        return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)
    if isinstance(x, dict):
        return {key: mapped(item, function) for key, item in x.items()}
    if isinstance(x, slice):
        return slice(*[mapped(part, function) for part in (x.start, x.stop, x.step)])
    return function(x)
