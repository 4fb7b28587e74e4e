"""`autograd.numpy.numpy_boxes`: the type of nodes, for annotations and `isinstance`."""

from __future__ import annotations

from autograd.hips.tracer import Box


class ArrayBox(Box):
    """The type of every Value and Tensor, for `isinstance`."""
