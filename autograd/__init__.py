"""chainrule: build an expression, differentiate it, see it, check it.

Wrap what you want the derivative of in a `Value` (one number) or a `Tensor` (an array), compute
with Python's operators and NumPy's functions, and call ``backward()``.
"""

from autograd import rules as rules
from autograd.engine import Node, Primitive, Tensor, Value, no_grad, value
from autograd.rules.reductions import logsumexp, softmax
from autograd.rules.special import erf, lgamma, relu, sigmoid, softplus
from autograd.rules.table import define, elementwise, linear

__all__ = [
    "COMPILED",
    "Node",
    "Primitive",
    "Tensor",
    "Value",
    "define",
    "elementwise",
    "erf",
    "lgamma",
    "linear",
    "logsumexp",
    "no_grad",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
]

#: Whether the engine runs as a C extension.
COMPILED: bool = not (value.__file__ or "").endswith(".py")
