"""Alias: see `autograd.aliases`."""

from autograd.hips.misc import *  # noqa: F403
