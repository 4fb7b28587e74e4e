"""The number of elements of a Tensor. Not compiled: see `setup.py`."""

from __future__ import annotations

from typing import Any


class Size(int):
    """A number of elements. Because PyTorch's users call it, it can be called: it is the shape.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> t = Tensor(np.zeros((2, 3)))
    >>> t.size, t.size(), t.size(1)
    (6, (2, 3), 3)
    """

    _shape: Any

    def __call__(self, dim: Any = None) -> Any:
        """Return the shape, or the length of one axis."""
        return self._shape if dim is None else self._shape[dim]


def size_of(shape: Any, count: int) -> Size:
    """Return the number of elements of an array."""
    size = Size(count)
    size._shape = shape
    return size
