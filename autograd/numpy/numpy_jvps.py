"""Alias: see `autograd.aliases`."""

from autograd.hips.numpy.numpy_jvps import *  # noqa: F403
