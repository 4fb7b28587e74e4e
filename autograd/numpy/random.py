"""Alias: see `autograd.aliases`."""

from typing import Any

from autograd.hips.numpy import random as _module
from autograd.hips.numpy.random import *  # noqa: F403


def __getattr__(name: str) -> Any:
    return getattr(_module, name)
