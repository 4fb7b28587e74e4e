"""Alias: see `autograd.aliases`."""

from autograd.hips.misc.optimizers import *  # noqa: F403
