"""Arrays of objects that hold nodes, where they meet traced arrays and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.objects import OBJECT
from autograd.program.traced import Traced


def elements_of(x: Any) -> Any:
    """Return a traced operand as an array of its elements; anything else as it is.

    With such arrays NumPy calls the operators of the elements, as it does without tracing.
    """
    if not isinstance(x, Traced):
        return x
    found = np.empty(np.shape(x._value), OBJECT)
    flat = found.reshape(-1)
    for number, item in enumerate(x.ravel() if found.ndim else [x]):
        flat[number] = item
    return found
