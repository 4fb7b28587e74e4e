"""Programs of small arrays as JavaScript: what the interactive page computes with."""

from autograd.drawing.javascript.emitter import Emitted, emit, flat
from autograd.drawing.javascript.expressions import UnsupportedError

__all__ = ["Emitted", "UnsupportedError", "emit", "flat"]
