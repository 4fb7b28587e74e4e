"""Alias: see `autograd.aliases`."""

from autograd.hips.differential_operators import *  # noqa: F403
