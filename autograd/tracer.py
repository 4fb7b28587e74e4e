"""Alias: see `autograd.aliases`."""

from typing import Any

from autograd.hips import tracer as _module
from autograd.hips.tracer import *  # noqa: F403


def __getattr__(name: str) -> Any:
    return getattr(_module, name)
