"""Alias: see `autograd.aliases`."""

from autograd.hips.misc.tracers import *  # noqa: F403
