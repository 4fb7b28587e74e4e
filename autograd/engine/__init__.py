"""The engine: nodes, the record of how they were computed, and the backward pass over it.

It knows no particular NumPy function; those are rows of the table in `autograd.rules`.
"""

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

__all__ = [
    "Node", "Primitive", "Tensor", "Value", "dispatch", "enable_grad", "is_recording", "no_grad",
    "scope",
]  # fmt: skip
