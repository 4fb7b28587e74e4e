"""`autograd.numpy.numpy_jvps`: helpers for custom forward rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.hips.numpy.numpy_vjps import balanced_eq as balanced_eq
from autograd.hips.numpy.numpy_vjps import replace_zero as replace_zero


def broadcast(x: Any, target: Any) -> Any:
    """Broadcast a tangent to the shape of `target`; make it complex if `target` is.

    Examples
    --------
    >>> broadcast(np.array([1.0, 2.0]), np.zeros((2, 2)))
    array([[1., 2.],
           [1., 2.]])
    """
    x = np.broadcast_to(x, np.broadcast_shapes(np.shape(x), np.shape(target)))
    return x + 0j if np.iscomplexobj(target) and not np.iscomplexobj(x) else x
