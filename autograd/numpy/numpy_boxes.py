"""What annotations and checks of programs written for HIPS autograd refer to."""

from __future__ import annotations

from autograd.tracer import Box


class ArrayBox(Box):
    """What every Value and Tensor is an instance of."""
