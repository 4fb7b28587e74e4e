"""Transforms of functions: `grad`, `jacobian`, `jvp` and so on.

Each takes a function and returns one with the same arguments. These may be floats, arrays, and
nested tuples, lists and dicts of them; derivatives have the structure and types of the argument.
Transforms nest in any order: each creates new nodes for its own arguments, so derivatives of
different levels are never mixed up.
"""

from autograd.transforms.gradients import (
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    holomorphic_grad,
    multigrad_dict,
    value_and_grad,
)
from autograd.transforms.jacobians import (
    deriv,
    jacobian,
    jvp,
    make_jvp,
    make_vjp,
    tensor_jacobian_product,
    vector_jacobian_product,
    vjp,
)
from autograd.transforms.recorded import gradients
from autograd.transforms.second_order import (
    hessian,
    hessian_tensor_product,
    hessian_vector_product,
    hvp,
    make_ggnvp,
    make_hvp,
)

__all__ = [
    "deriv",
    "elementwise_grad",
    "grad",
    "grad_and_aux",
    "grad_named",
    "gradients",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "hvp",
    "jacobian",
    "jvp",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "multigrad_dict",
    "tensor_jacobian_product",
    "value_and_grad",
    "vector_jacobian_product",
    "vjp",
]
