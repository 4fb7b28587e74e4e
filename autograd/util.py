"""Alias: see `autograd.aliases`."""

from autograd.hips.util import *  # noqa: F403
