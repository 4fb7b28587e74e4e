"""Alias: see `autograd.aliases`."""

from autograd.hips.wrap_util import *  # noqa: F403
