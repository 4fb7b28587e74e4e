"""Alias: see `autograd.aliases`."""

from autograd.hips.numpy.numpy_vspaces import *  # noqa: F403
