"""What the engine knows of batched arrays, which hold the arrays of many calls of a function.

A `Batched` array has the shape of the array in one call, and computes for all. It follows NumPy's
protocols, so a Tensor holds it like any other array. See `autograd.batching`.
"""

from __future__ import annotations

import threading
from typing import Any, Final, final

from autograd.engine.grad_mode import GRAD_MODE
from autograd.engine.mypyc import mypyc_attr


@mypyc_attr(allow_interpreted_subclasses=True)
class Batched:
    """The base of batched arrays.

    Attributes
    ----------
    array : array
        The arrays of all calls, along its first axis.
    level : Level
        The batch: what made it, and its size.
    """

    def __init__(self, array: Any, level: Any) -> None:
        self.array: Any = array
        self.level: Any = level

    def with_array(self, array: Any) -> Any:
        """Return a batched array of the same batch."""
        raise NotImplementedError


@mypyc_attr(allow_interpreted_subclasses=True)
class Batching:
    """What the engine calls while functions are batched; `autograd.rules.batches` implements it."""

    def lifted(self, arguments: Any, levels: Any) -> Any:
        """Replace nodes from outside of the batched functions by nodes that each call has."""
        raise NotImplementedError

    def refuse_assignment(self, node: Any, levels: Any) -> None:
        """Raise an error if a Tensor comes from outside of the batched functions."""
        raise NotImplementedError

    def called(self, primitive: Any, arguments: Any, keywords: Any) -> Any:
        """Compute what a primitive computes, for all calls of a batch."""
        raise NotImplementedError

    def pulled(
        self, primitive: Any, argnum: int, g: Any, y: Any, arguments: Any, keywords: Any
    ) -> Any:
        """Return the cotangent of an argument in all calls of a batch."""
        raise NotImplementedError

    def needs_limits(self, primitive: Any, y: Any, arguments: Any) -> bool:
        """Return whether the rule of a primitive takes limits in any call of a batch."""
        raise NotImplementedError

    def handled(self, handler: Any, name: str, arguments: Any, keywords: Any) -> Any:
        """Call a function of nodes for all calls of a batch."""
        raise NotImplementedError

    def holding(self, array: Any, index: Any, item: Any) -> Any:
        """Return an array that can be assigned to: a batched one if index or item are."""
        raise NotImplementedError

    def zeros(self, shape: Any, dtype: Any, like: Any) -> Any:
        """Return batched zeros into which these arrays can be written."""
        raise NotImplementedError

    def elements(self, function: Any, arguments: Any, keywords: Any) -> Any:
        """Call an elementwise function for all calls of a batch; None if nothing is batched."""
        raise NotImplementedError


@final
class Installed:
    """Holds the one implementation, and the batches of each thread."""

    def __init__(self) -> None:
        self.batching: Batching = Batching()
        self.threads: Any = threading.local()


INSTALLED: Final = Installed()
_LOCK: Final = threading.Lock()


def levels() -> Any:
    """Return the batches of the functions that run in this thread, from the outermost on."""
    return getattr(INSTALLED.threads, "levels", ())


def push(level: Any) -> None:
    """Begin to run a function for a batch."""
    INSTALLED.threads.levels = (*levels(), level)
    with _LOCK:
        GRAD_MODE.batching += 1


def pop() -> None:
    """End the innermost function that runs for a batch."""
    INSTALLED.threads.levels = levels()[:-1]
    with _LOCK:
        GRAD_MODE.batching -= 1


def lifted(arguments: Any) -> Any:
    """Replace nodes from outside of the batched functions by nodes that each call has."""
    found = levels()
    return INSTALLED.batching.lifted(arguments, found) if found else arguments


def refuse_assignment(node: Any) -> None:
    """Raise an error if a batched function assigns to a Tensor from outside."""
    found = levels()
    if found:
        INSTALLED.batching.refuse_assignment(node, found)


def called(primitive: Any, arguments: Any, keywords: Any) -> Any:
    """Compute what a primitive computes, for all calls of a batch."""
    return INSTALLED.batching.called(primitive, arguments, keywords)


def pulled(primitive: Any, argnum: int, g: Any, y: Any, arguments: Any, keywords: Any) -> Any:
    """Return the cotangent of an argument in all calls of a batch."""
    return INSTALLED.batching.pulled(primitive, argnum, g, y, arguments, keywords)


def needs_limits(primitive: Any, y: Any, arguments: Any) -> bool:
    """Return whether the rule of a primitive takes limits, in any call if there is a batch."""
    if primitive.limit is None:
        return False
    if isinstance(y, Batched):
        return INSTALLED.batching.needs_limits(primitive, y, arguments)
    return bool(primitive.limit(y, arguments))


def handled(handler: Any, name: str, arguments: Any, keywords: Any) -> Any:
    """Call a function of nodes for all calls of a batch."""
    return INSTALLED.batching.handled(handler, name, arguments, keywords)


def holding(array: Any, index: Any, item: Any) -> Any:
    """Return an array that can be assigned to: a batched one if it, index or item are."""
    if any_batched((array, index, item)):
        return INSTALLED.batching.holding(array, index, item)
    return array


def zeros(shape: Any, dtype: Any, like: Any) -> Any:
    """Return batched zeros into which these arrays can be written."""
    return INSTALLED.batching.zeros(shape, dtype, like)


def elements(function: Any, arguments: Any, keywords: Any) -> Any:
    """Call an elementwise function for all calls of a batch; None if nothing is batched."""
    if not any_batched(arguments) and not any_batched(keywords.values()):
        return None
    return INSTALLED.batching.elements(function, arguments, keywords)


def first_batched(items: Any) -> Any:
    """Return the first batched array in nested tuples and lists; None if there is none."""
    for item in items:
        if isinstance(item, Batched):
            return item
        if isinstance(item, tuple) or isinstance(item, list):
            found = first_batched(item)
            if found is not None:
                return found
    return None


def any_batched(items: Any) -> bool:
    """Return whether something in nested tuples and lists is batched."""
    for item in items:
        if isinstance(item, Batched):
            return True
        if (isinstance(item, tuple) or isinstance(item, list)) and any_batched(item):
            return True
    return False
