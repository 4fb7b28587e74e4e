"""Alias: see `autograd.aliases`."""

from autograd.hips.misc.fixed_points import *  # noqa: F403
