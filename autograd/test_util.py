"""Alias: see `autograd.aliases`."""

from autograd.hips.test_util import *  # noqa: F403
