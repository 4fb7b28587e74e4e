"""Questions about tensors whose answers are plain values: ``x.is_signed()``."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.torch_style.base import numbers
from nn.torch_style.replaced import Replaced


class Queries(Replaced):
    """What tensors answer."""

    __slots__ = ()

    def is_nonzero(self) -> bool:
        """Return whether the only element is not 0."""
        return bool(numbers(self))

    def is_same_size(self, other: Any) -> bool:
        """Return whether another tensor has the same shape."""
        return bool(numbers(self).shape == numbers(other).shape)

    def is_signed(self) -> bool:
        """Return whether the type has negative numbers."""
        return numbers(self).dtype.kind in "ifc"

    def is_conj(self) -> bool:
        """Return False: conjugates are computed at once."""
        return False

    is_neg = is_inference = is_conj

    def is_pinned(self, device: Any = None) -> bool:
        """Return False: there is no other memory to copy to."""
        return False

    def is_shared(self) -> bool:
        """Return False: other processes see no tensors."""
        return False

    def resolve_conj(self) -> Any:
        """Return the tensor."""
        return self

    resolve_neg = resolve_conj

    def storage_offset(self) -> int:
        """Return how many elements of the memory precede the first one."""
        x = numbers(self)
        owner = x.base if isinstance(x.base, np.ndarray) else x
        return int(x.ctypes.data - owner.ctypes.data) // x.itemsize
