"""Alias: see `autograd.aliases`."""

from autograd.hips.builtins import *  # noqa: F403
