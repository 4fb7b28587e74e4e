"""`autograd.differential_operators`: the transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.checkpointing import checkpoint
from autograd.hips.core import make_jvp as _make_jvp  # noqa: F401 - a name of HIPS autograd
from autograd.hips.core import make_vjp as _make_vjp  # noqa: F401 - another
from autograd.hips.extend import defvjp_argnum, primitive, vspace
from autograd.hips.wrap_util import unary_to_nary
from autograd.transforms import (
    deriv,
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    hessian_tensor_product,
    hessian_vector_product,
    holomorphic_grad,
    jacobian,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    multigrad_dict,
    tensor_jacobian_product,
    value_and_grad,
    vector_jacobian_product,
)
from autograd.variables import Argnum

__all__ = [
    "checkpoint",
    "defvjp_argnum",
    "deriv",
    "elementwise_grad",
    "grad",
    "grad_and_aux",
    "grad_named",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "jacobian",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_jvp_reversemode",
    "make_vjp",
    "multigrad_dict",
    "primitive",
    "tensor_jacobian_product",
    "unary_to_nary",
    "value_and_grad",
    "vector_jacobian_product",
    "vspace",
]


def make_jvp_reversemode(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """Return a function that returns `jvp`, where ``jvp(v)`` is the Jacobian times `v`."""

    def made(*arguments: Any, **keywords: Any) -> Callable[[Any], Any]:
        jvp = make_jvp(f, argnum)(*arguments, **keywords)
        return lambda v: jvp(v)[1]

    return made
