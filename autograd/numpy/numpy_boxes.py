"""Alias: see `autograd.aliases`."""

from autograd.hips.numpy.numpy_boxes import *  # noqa: F403
