"""NumPy's functions under the module name that programs written for HIPS autograd import.

NumPy's own functions work on nodes, so there is nothing to be wrapped here.
"""

from __future__ import annotations

from typing import Any

import autograd.numpy as _facade
from autograd.engine.array_methods import ASTYPE as _astype  # noqa: F401, N811 - HIPS has it so


def wrap_namespace(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Copy the functions, types and numbers of a namespace of NumPy's."""
    for name, found in old.items():
        if callable(found) or isinstance(found, (float, int, type(None))):
            new[name] = found


def __getattr__(name: str) -> Any:
    return getattr(_facade, name)
