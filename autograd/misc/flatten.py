"""Alias: see `autograd.aliases`."""

from autograd.hips.misc.flatten import *  # noqa: F403
