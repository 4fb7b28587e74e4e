"""Alias: see `autograd.aliases`."""

from typing import Any

from autograd.hips.numpy import numpy_wrapper as _module
from autograd.hips.numpy.numpy_wrapper import *  # noqa: F403


def __getattr__(name: str) -> Any:
    return getattr(_module, name)
