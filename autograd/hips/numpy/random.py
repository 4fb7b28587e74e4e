"""`autograd.numpy.random`: `numpy.random`."""

from __future__ import annotations

from typing import Any

import numpy.random as _original
from numpy.random import *  # noqa: F403

__all__ = _original.__all__


def __getattr__(name: str) -> Any:
    return getattr(_original, name)
