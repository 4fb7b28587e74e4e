"""`autograd.numpy.linalg`: `numpy.linalg`."""

from __future__ import annotations

from typing import Any

import numpy.linalg as _original
from numpy import matmul as _dot  # noqa: F401 - a name of HIPS autograd
from numpy import matrix_transpose as T  # noqa: F401, N812 - another
from numpy.linalg import *  # noqa: F403

from autograd.hips.numpy.accept_lists import taking_lists as _taking_lists

__all__ = _original.__all__


def __getattr__(name: str) -> Any:
    return getattr(_original, name)


norm = _taking_lists(_original.norm)
