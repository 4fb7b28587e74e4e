"""The engine: nodes, the record of how they were computed, and the backward pass over it.

It knows no particular NumPy function; those are rows of the table in `autograd.rules`.
"""

import contextlib

import numpy as np

import autograd.installation  # isort: skip - before all others  # noqa: F401
from autograd.engine import dispatch  # installs what the lower files call
from autograd.engine.description import describe_primitives
from autograd.engine.grad_mode import enable_grad, is_recording, no_grad
from autograd.engine.node import Node
from autograd.engine.primitive import Primitive
from autograd.engine.scopes import scope
from autograd.engine.tensor import Tensor
from autograd.engine.value import Value

describe_primitives()

# glibc returns the memory of large arrays to the system, which has to clear it for the next ones,
# until it has seen an array freed that is larger: then it keeps up to twice as much. Of at most
# 32 MB; this one is never touched, so it takes no memory.
with contextlib.suppress(MemoryError):
    np.empty((1 << 25) - (1 << 16), np.uint8)

__all__ = [
    "Node", "Primitive", "Tensor", "Value", "dispatch", "enable_grad", "is_recording", "no_grad",
    "scope",
]  # fmt: skip
