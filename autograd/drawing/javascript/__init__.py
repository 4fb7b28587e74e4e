"""Programs of small arrays as JavaScript: what the interactive page computes with."""

from autograd.drawing.javascript.emitter import Emitted, emit, flat, knows
from autograd.drawing.javascript.expressions import UnsupportedError
from autograd.drawing.javascript.kernels import opened

__all__ = ["Emitted", "UnsupportedError", "emit", "flat", "knows", "opened"]
