"""Alias: see `autograd.aliases`."""

from autograd.hips.numpy.numpy_vjps import *  # noqa: F403
