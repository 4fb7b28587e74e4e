"""`autograd.numpy.numpy_wrapper`: the names of `autograd.numpy`.

NumPy's own functions work on nodes, so nothing is wrapped.
"""

from __future__ import annotations

from typing import Any

import autograd.hips.numpy as _facade
from autograd.engine.operations import ASTYPE as _astype  # noqa: F401, N811 - its name in HIPS autograd


def wrap_namespace(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Copy the functions, types and numbers of a namespace of NumPy."""
    for name, found in old.items():
        if callable(found) or isinstance(found, (float, int, type(None))):
            new[name] = found


def __getattr__(name: str) -> Any:
    return getattr(_facade, name)
