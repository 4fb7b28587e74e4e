"""What ``t.flat`` returns: the elements of a Tensor along one axis."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any, final

import numpy as np

from autograd.engine.node import plain


def _in_one_row(x: Any) -> Any:
    """Return an argument of a function of NumPy; in place of ``t.flat`` its elements, to read."""
    if isinstance(x, FlatElements):
        return np.broadcast_to(x.copy(), (len(x),))
    if isinstance(x, (list, tuple)):
        return type(x)([_in_one_row(item) for item in x])
    return x


@final
class FlatElements:
    """The elements of a Tensor along one axis, for reading and assignment.

    As in NumPy, several of them, ``t.flat[1:3]``, are a copy.

    Attributes
    ----------
    base : Tensor
        Where they are.
    """

    def __init__(self, base: Any) -> None:
        self.base: Any = base

    def copy(self) -> Any:
        """Return the elements as a Tensor of one axis."""
        return self.base.flatten()

    def __len__(self) -> int:
        return int(np.size(plain(self.base)))

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self)))  # assignments meanwhile are seen

    def __getitem__(self, index: Any) -> Any:
        try:
            place = operator.index(index)
        except TypeError:
            return np.copy(np.ravel(self.base)[index])
        if not -len(self) <= place < len(self):
            raise IndexError(f"index {place} is out of bounds for size {len(self)}")
        return self.base[np.unravel_index(place % len(self), np.shape(plain(self.base)))]

    def __setitem__(self, index: Any, item: Any) -> None:
        np.put(self.base, np.arange(len(self))[plain(index)], item)

    def __eq__(self, other: object) -> Any:
        return np.equal(plain(self.copy()), plain(_in_one_row(other)))

    def __ne__(self, other: object) -> Any:
        return np.not_equal(plain(self.copy()), plain(_in_one_row(other)))

    def __hash__(self) -> int:
        return id(self) >> 4

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.copy().__array__(dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        named = {name: _in_one_row(x) for name, x in keywords.items()}
        return getattr(ufunc, method)(*_in_one_row(inputs), **named)

    def __array_function__(
        self, function: Any, kinds: Any, arguments: Any, keywords: dict[str, Any]
    ) -> Any:
        named = {name: _in_one_row(x) for name, x in keywords.items()}
        return function(*_in_one_row(arguments), **named)
