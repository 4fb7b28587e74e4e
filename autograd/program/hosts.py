"""Arrays of a device while a function is traced: copies in memory stand for them.

A program is a list of NumPy's functions, so it can be recorded with NumPy's arrays, and run with
those of a device later. Reading them is the one transfer that recording costs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.foreign import is_foreign, to_numpy


def is_on_device(x: Any) -> bool:
    """Return whether this is an array of a device: it has been computed, and can be read.

    Examples
    --------
    >>> import numpy as np
    >>> is_on_device(np.ones(2))  # Dask's arrays are not computed either
    False
    """
    return is_foreign(x) and hasattr(x, "get") and hasattr(x, "strides")


class Hosts:
    """The copies that stand for arrays of a device.

    Attributes
    ----------
    home : array or None
        The first array of a device that was found: the others are where it is.
    """

    def __init__(self) -> None:
        self.home: Any = None
        self._copies: dict[int, tuple[Any, Any]] = {}
        self._devices: dict[int, Any] = {}

    def of(self, x: Any) -> Any:
        """Return the copy that stands for an array of a device; anything else as it is."""
        if not is_on_device(x):
            return x
        known = self._copies.get(id(x))
        if known is None:
            host = copied_here(x)
            known = self._copies[id(x)] = (x, host)
            self._devices[id(host)] = x
            if self.home is None:
                self.home = x
        return known[1]

    def device_of(self, host: Any) -> Any:
        """Return the array of the device that a copy stands for; None if it stands for none."""
        return self._devices.get(id(host))

    def forget(self) -> None:
        """Drop the copies, and the arrays that they stand for."""
        self._copies.clear()
        self._devices.clear()
        self.home = None


def copied_here(x: Any) -> Any:
    """Return a copy in memory of an array of a device, whose axes lie in the same order."""
    found = to_numpy(x)
    order = sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis]))
    packed = np.ascontiguousarray(found.transpose(order))
    return packed.reshape([x.shape[k] for k in order]).transpose(np.argsort(order))
