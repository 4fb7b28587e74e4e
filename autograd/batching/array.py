"""`BatchedArray` and `BatchedNumber`: what a function that runs for a whole batch computes with.

Both have the shape of one call, and hold what all calls have; see `Entries`. NumPy tells numbers
from arrays without axes: numbers do not change, and are no arrays, but floats, integers, ...
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.batching.entries import RULES, Entries
from autograd.batching.level import refuse
from autograd.batching.operators import ARITHMETIC, inplace, matmul, repeated
from autograd.engine.callers import gives_way
from autograd.engine.foreign import is_writable
from autograd.engine.memory import owner_of
from autograd.errors import BatchNumberError


def batched(array: Any, level: Any) -> Any:
    """Return the arrays of all calls, along the first axis, as an array or number of one call."""
    return (BatchedArray if len(array.shape) > 1 else BatchedNumber)(array, level)


def of_entries(array: Any, level: Any) -> Any:
    """Return the arrays of all calls as one that is an array in each call, even without axes."""
    return (BatchedArray if len(array.shape) > 1 else Cell)(array, level)


class BatchedArray(Entries):
    """The arrays of all calls of a batch; `isinstance` takes it for a `numpy.ndarray`."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        # SciPy's operators have a faster way for NumPy's own arrays, which reads their memory.
        return BatchedArray if gives_way(sys._getframe(1)) else np.ndarray

    def with_array(self, array: Any) -> Any:
        """Return a batched array, or a number, of the same batch."""
        return batched(array, self.level)

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of unsized object")
        return int(self.array.shape[1])

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self)))  # assignments meanwhile are seen

    def __contains__(self, item: Any) -> Any:
        self._refuse("`in` a batched array has no single truth value. Write np.any(x == item).")

    def __setitem__(self, index: Any, item: Any) -> None:
        RULES["setitem"](self, index, item)

    def tolist(self) -> Any:
        """Return nested lists of numbers, which are batched as well."""
        return [row.tolist() for row in self] if self.ndim else self[()]

    @property
    def flat(self) -> Any:
        """The elements along one axis; assignments change the array."""
        return Flat(self)

    @flat.setter
    def flat(self, items: Any) -> None:
        self[...] = np.resize(items, self.shape)

    def fill(self, item: Any) -> None:
        """Assign one number to all elements."""
        self[...] = item

    def sort(self, axis: int = -1, kind: Any = None, order: Any = None) -> None:
        """Sort in place."""
        self[...] = np.sort(self, axis=axis, kind=kind)  # type: ignore[call-overload]

    def partition(self, kth: Any, axis: int = -1, kind: str = "introselect") -> None:
        """Move the smallest elements to the front, in place."""
        self[...] = np.partition(self, kth, axis=axis)  # type: ignore[call-overload]

    def put(self, indices: Any, values: Any, mode: Any = "raise") -> None:
        """Assign to elements of the flattened array."""
        np.put(self, indices, values, mode)  # type: ignore[arg-type]


for _name, _function in {**ARITHMETIC, "matmul": matmul}.items():
    setattr(BatchedArray, f"__i{_name}__", inplace(_function))


class Cell(BatchedArray):
    """An array without axes. Unlike a number, operators in place change it, as in NumPy."""

    __slots__ = ()


class Flat(BatchedArray):
    """The elements of an array along one axis: a copy, whose assignments reach the array."""

    __slots__ = ("index", "source")

    def __init__(self, source: BatchedArray) -> None:
        super().__init__(source.reshape(-1).array, source.level)
        self.source = source
        self.index = 0

    @property
    def coords(self) -> tuple[int, ...]:
        """Where the next element of an iteration is in the array."""
        return tuple(
            [int(i) for i in np.unravel_index(self.index % max(self.size, 1), self.source.shape)]
        )

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self.index >= self.size:
            raise StopIteration
        self.index += 1
        return self[self.index - 1]

    def __getitem__(self, index: Any) -> Any:
        return super().__getitem__(index).copy()

    def __setitem__(self, index: Any, item: Any) -> None:
        places = np.arange(self.size)[index]
        target = self.source.reshape(1) if not self.source.ndim else self.source
        target[np.unravel_index(places, target.shape)] = item
        self.array = self.source.reshape(-1).array


class BatchedNumber(Entries):
    """The numbers of all calls; `isinstance` takes it for one of NumPy's, such as `numpy.float64`.

    Unlike an array, it has no length, cannot be iterated over, and operators in place make another.
    """

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return self.dtype.type

    def with_array(self, array: Any) -> Any:
        """Return a batched array, or a number, of the same batch."""
        return batched(array, self.level)

    def __hash__(self) -> int:
        refuse(
            self.level,
            "A batched number cannot be a key of a dict or an element of a set: it differs between "
            "the calls of the batch. Choose with np.select([x == a, x == b], [p, q]).",
        )

    def __getitem__(self, index: Any) -> Any:
        parts = index if isinstance(index, tuple) else (index,)
        if any(part is not None and part is not Ellipsis for part in parts):
            raise BatchNumberError(
                f"A batched number of type {self.dtype} has no elements: x[{index!r}] and loops "
                "over it fail in each call."
            )
        return self._apart(super().__getitem__(index))

    def __array_function__(
        self, function: Any, types: Any, arguments: Any, keywords: dict[str, Any]
    ) -> Any:
        found = super().__array_function__(function, types, arguments, keywords)
        if isinstance(found, tuple | list):
            return type(found)([self._apart(x) for x in found])
        return self._apart(found)

    def _apart(self, found: Any) -> Any:
        """Return an array in memory of its own: nothing is a view of a number."""
        if not isinstance(found, BatchedArray) or not is_writable(found.array):
            return found
        return found.copy() if owner_of(found.array) is owner_of(self.array) else found

    def tolist(self) -> Any:
        """Return the number."""
        return self

    @property
    def flat(self) -> Any:
        """The number, along one axis."""
        return Flat(self[...])

    @property
    def is_integer(self) -> Callable[[], Any]:
        """Return what tells whether it is a whole number, where NumPy's number has that."""
        if not hasattr(self.dtype.type, "is_integer"):
            raise AttributeError(f"{self.dtype.type.__name__} has no attribute 'is_integer'.")
        return lambda: self == np.floor(self)  # type: ignore[call-overload]

    def _whole(self, function: Callable[[Any], Any]) -> Any:
        rounded = function(self.array)
        if not np.all(np.abs(rounded) < 2.0**63):
            refuse(
                self.level,
                "A batched number is NaN, infinite or too large for an integer in some call. Use "
                "np.round, np.floor, np.ceil or np.trunc, which return floats.",
            )
        return self.with_array(rounded.astype(np.int64))

    def __round__(self, digits: Any = None) -> Any:
        return self._whole(np.round) if digits is None else self.round(digits)

    def __floor__(self) -> Any:
        return self._whole(np.floor)

    def __ceil__(self) -> Any:
        return self._whole(np.ceil)

    def __trunc__(self) -> Any:
        return self._whole(np.trunc)

    def __mul__(self, other: Any) -> Any:
        return repeated(self, other)

    def __rmul__(self, other: Any) -> Any:
        return repeated(self, other)
