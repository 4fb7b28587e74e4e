"""`autograd.numpy.fft`: `numpy.fft`."""

from __future__ import annotations

from typing import Any

import numpy.fft as _original
from numpy.fft import *  # noqa: F403

__all__ = _original.__all__


def __getattr__(name: str) -> Any:
    return getattr(_original, name)
