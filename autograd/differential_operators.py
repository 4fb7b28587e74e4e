"""The transforms, under the module name that HIPS autograd has for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.checkpointing import checkpoint
from autograd.core import make_jvp as _make_jvp  # noqa: F401 - of that name in HIPS autograd
from autograd.core import make_vjp as _make_vjp  # noqa: F401 - as well
from autograd.extend import defvjp_argnum, primitive, vspace
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
from autograd.wrap_util import unary_to_nary

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
    """Return a function that gives ``jvp``: ``jvp(v)`` is the Jacobian times `v`, alone."""

    def made(*arguments: Any, **keywords: Any) -> Callable[[Any], Any]:
        jvp = make_jvp(f, argnum)(*arguments, **keywords)
        return lambda v: jvp(v)[1]

    return made
