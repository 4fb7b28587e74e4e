"""The memory that Tensors share, and how one is a view of another: the basis of item assignment.

A Tensor that the user holds is a *handle*; what an operation recorded is a *node*, and a node
keeps its numbers for as long as a rule may read them. At first a handle is its own node. Item
assignment makes a new node and lets the handle refer to it (`Tensor._latest`). Handles on the same
memory, a base and its views, share one `Memory`: its version tells a view that its base has been
assigned to, so that it is taken again from the base's new node.

Only Tensors that have been viewed or assigned to have a `Memory`; all others pay nothing.
"""

from __future__ import annotations

from typing import Any, Final, final

import numpy as np

from autograd.engine.primitive import Primitive

#: Buffers up to this size, in bytes, are copied at every assignment. That is as fast as checking
#: whether they can be written to, and every node keeps its numbers for pictures.
SMALL: Final = 1024


@final
class Memory:
    """What all handles on one buffer have in common.

    Attributes
    ----------
    version : int
        How many item assignments there have been: a view of an older version is out of date.
    mutations : int
        How often the numbers were changed without a record, inside `no_grad` or through ``data``:
        a rule that reads them must not run afterwards.
    private : bool
        Whether the current buffer was made by an assignment, so that nothing outside the graph
        refers to it. Then it is written to in place, except where a rule may still read it:
        between the addresses `low` and `high`.
    """

    def __init__(self) -> None:
        self.version: int = 0
        self.mutations: int = 0
        self.private: bool = False
        self.low: int = 0
        self.high: int = 0
        self._overwritten: Any = None

    def capture(self, data: Any) -> None:
        """Protect these numbers from being overwritten: a rule or the caller may read them."""
        low, high = bounds(data)
        if self.low == self.high:
            self.low, self.high = low, high
        else:
            self.low, self.high = min(self.low, low), max(self.high, high)

    def may_write(self, data: Any, index: Any) -> bool:
        """Return whether ``data[index]`` may be assigned to in place."""
        if not self.private or data.nbytes <= SMALL:
            return False
        if self.low == self.high:
            return True
        low, high = bounds(_elements(data, index))
        return bool(high <= self.low or low >= self.high)

    def own(self) -> None:
        """Start with a new buffer, which nothing has captured."""
        self.private = True
        self.low = self.high = 0

    def overwritten(self, data: Any) -> Any:
        """Return the placeholder for overwritten numbers: NaN, with the same shape and type.

        Nothing needs them any more; if something still reads them, the mistake shows.
        """
        if self._overwritten is None:
            self._overwritten = placeholder(data)
        return self._overwritten


@final
class View:
    """How a view is computed from its base: ``primitive(*arguments)``, with the base at `argnum`.

    `recorded` says whether derivatives flow through it; not if it was made inside `no_grad`.
    `kind` is that of `memoryless`: whether an array that has no memory would be a view in NumPy.
    """

    def __init__(
        self,
        base: Any,
        argnum: int,
        primitive: Primitive,
        arguments: Any,
        keywords: Any,
        recorded: bool,
        kind: int,
    ) -> None:
        self.base = base
        self.argnum = argnum
        self.primitive = primitive
        self.arguments = arguments
        self.keywords = keywords
        self.recorded = recorded
        self.kind = kind

    def of(self, base: Any) -> Any:
        """Return the same view of another array, of numbers or of positions."""
        arguments = [*self.arguments]
        arguments[self.argnum] = base
        return self.primitive.function(*arguments, **self.keywords)


def placeholder(data: Any) -> Any:
    """Return NaN in the shape and type of an array, in the memory of one number."""
    return np.broadcast_to(np.full_like(data, np.nan, shape=()), data.shape)


def is_overwritten(data: Any) -> bool:
    """Return whether this is the placeholder for overwritten numbers."""
    strides = getattr(data, "strides", None)
    if not strides or data.size < 2 or any(strides):
        return False
    return bool(np.isnan(data.flat[0]))


def owner_of(data: Any) -> Any:
    """Return the owner of the memory of an array: the last of its bases."""
    base = getattr(data, "base", None)
    while base is not None:
        data = base
        base = getattr(data, "base", None)
    return data


def bounds(data: Any) -> tuple[int, int]:
    """Return the addresses where an array begins and ends; the whole range if unknown."""
    interface = getattr(data, "__array_interface__", None)
    if interface is None:
        return 0, 1 << 62
    low = high = int(interface["data"][0])
    for length, stride in zip(data.shape, data.strides, strict=True):
        if length == 0:
            return low, low
        reach = (length - 1) * stride
        if reach < 0:
            low += reach
        else:
            high += reach
    return low, high + int(data.itemsize)


def _elements(data: Any, index: Any) -> Any:
    """Return the elements that an index selects, as a view; all of them if no view exists."""
    parts = index if isinstance(index, tuple) else (index,)
    open_ended = True
    for part in parts:
        if part is Ellipsis:
            open_ended = False
        elif isinstance(part, bool) or not (
            part is None or isinstance(part, (int, slice, np.integer))
        ):
            return data
    return data[(*parts, Ellipsis)] if open_ended else data[index]
