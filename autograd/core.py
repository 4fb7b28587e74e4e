"""Alias: see `autograd.aliases`."""

from autograd.hips.core import *  # noqa: F403
