"""chainrule: build an expression, differentiate it, see it, check it.

Wrap what you want the derivative of in a `Value` (one number) or a `Tensor` (an array), compute
with Python's operators and NumPy's functions, and call ``backward()``.
"""

from __future__ import annotations

import importlib.util
import pkgutil
from typing import TYPE_CHECKING, Any

from autograd import aliases
from autograd import rules as rules
from autograd.engine import (
    Node,
    Primitive,
    Tensor,
    Value,
    enable_grad,
    is_recording,
    no_grad,
    scope,
    value,
)
from autograd.engine.registry import LAZY_RULES
from autograd.rules.activations import elu, gelu, leaky_relu, silu
from autograd.rules.custom import define, elementwise, linear
from autograd.rules.kernel import kernel
from autograd.rules.notation import Notation
from autograd.rules.reductions import logsumexp
from autograd.rules.softmax import log_softmax, softmax
from autograd.rules.special import erf, lgamma, relu, sigmoid, softplus
from autograd.version import VERSION

if TYPE_CHECKING:  # read by the documentation; type checkers read __init__.pyi
    from autograd.check import (
        assert_gradients,
        check_gradients,
        check_layer,
        check_precision,
        check_primitive,
    )
    from autograd.checkpointing import checkpoint
    from autograd.debugging import Trace, debug
    from autograd.drawing import draw, steps, summary, text
    from autograd.program import Program, trace
    from autograd.program.jit import jit
    from autograd.sparse import SparseDerivative, sparse_hessian, sparse_jacobian
    from autograd.transforms import (
        deriv,
        elementwise_grad,
        grad,
        grad_and_aux,
        grad_named,
        gradients,
        hessian,
        hessian_tensor_product,
        hessian_vector_product,
        holomorphic_grad,
        hvp,
        jacobian,
        jvp,
        make_ggnvp,
        make_hvp,
        make_jvp,
        make_vjp,
        multigrad_dict,
        tensor_jacobian_product,
        value_and_grad,
        vector_jacobian_product,
        vjp,
    )
    from autograd.transforms.batched import vmap

__version__ = VERSION

__all__ = [
    "COMPILED",
    "Node",
    "Notation",
    "Primitive",
    "Program",
    "SparseDerivative",
    "Tensor",
    "Trace",
    "Value",
    "assert_gradients",
    "check_gradients",
    "check_layer",
    "check_precision",
    "check_primitive",
    "checkpoint",
    "debug",
    "define",
    "deriv",
    "draw",
    "elementwise",
    "elementwise_grad",
    "elu",
    "enable_grad",
    "erf",
    "gelu",
    "grad",
    "grad_and_aux",
    "grad_named",
    "gradients",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "hvp",
    "is_recording",
    "jacobian",
    "jit",
    "jvp",
    "kernel",
    "leaky_relu",
    "lgamma",
    "linear",
    "log_softmax",
    "logsumexp",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "multigrad_dict",
    "no_grad",
    "relu",
    "scope",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "sparse_hessian",
    "sparse_jacobian",
    "steps",
    "summary",
    "tensor_jacobian_product",
    "text",
    "trace",
    "value_and_grad",
    "vector_jacobian_product",
    "vjp",
    "vmap",
]

COMPILED: bool = not (value.__file__ or "").endswith(".py")
"""Whether the engine runs as a C extension."""

#: The modules of names that are imported at first use. Names of `__all__` that are neither defined
#: nor listed here are transforms.
_LAZY = {
    "assert_gradients": "autograd.check",
    "check_gradients": "autograd.check",
    "check_layer": "autograd.check",
    "check_precision": "autograd.check",
    "check_primitive": "autograd.check",
    "checkpoint": "autograd.checkpointing",
    "Trace": "autograd.debugging",
    "debug": "autograd.debugging",
    "Program": "autograd.program",
    "jit": "autograd.program",
    "trace": "autograd.program",
    "SparseDerivative": "autograd.sparse",
    "sparse_hessian": "autograd.sparse",
    "sparse_jacobian": "autograd.sparse",
    "draw": "autograd.drawing",
    "steps": "autograd.drawing",
    "summary": "autograd.drawing",
    "vmap": "autograd.transforms.batched",
    "text": "autograd.drawing",
    **aliases.NAMES,
}

aliases.install()
if importlib.util.find_spec("autograd.scipy"):
    LAZY_RULES["scipy.special"] = "autograd.scipy.rules"
    LAZY_RULES["scipy.sparse"] = "autograd.scipy.sparse.operators"


def __getattr__(name: str) -> Any:
    if name in _LAZY or name in __all__:
        module = importlib.import_module(_LAZY.get(name, "autograd.transforms"))
        found = getattr(module, name)
    elif name.isidentifier() and name[0] != "_" and importlib.util.find_spec(f"autograd.{name}"):
        found = importlib.import_module(f"autograd.{name}")
    else:
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    modules = [found.name for found in pkgutil.iter_modules(__path__)]
    return sorted({*__all__, *(name for name in modules if not name.startswith("_"))})
