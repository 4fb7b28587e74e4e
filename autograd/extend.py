"""Alias: see `autograd.aliases`."""

from autograd.hips.extend import *  # noqa: F403
