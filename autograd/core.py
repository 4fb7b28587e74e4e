"""The two modes on functions of one argument, under the names that HIPS autograd has for them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from autograd import extend, transforms
from autograd.engine import Node
from autograd.engine.derivatives import derivatives
from autograd.errors import GraphError
from autograd.extend import (
    JVPNode,
    SparseObject,
    VJPNode,
    VSpace,
    def_linear,
    defjvp,
    defjvp_argnum,
    defjvp_argnums,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    primitive_jvps,
    primitive_vjps,
    vspace,
)
from autograd.topology import nodes_below
from autograd.tracer import Box, getval, isbox, trace
from autograd.util import func, subval, toposort

__all__ = [
    "Box",
    "JVPNode",
    "SparseObject",
    "VJPNode",
    "VSpace",
    "backward_pass",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "defjvp_argnums",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "func",
    "getval",
    "isbox",
    "make_jvp",
    "make_vjp",
    "primitive",
    "primitive_jvps",
    "primitive_vjps",
    "subval",
    "toposort",
    "trace",
    "vspace",
]


def make_vjp(fun: Callable[[Any], Any], x: Any) -> tuple[Callable[[Any], Any], Any]:
    """Return (vjp, ``fun(x)``): ``vjp(g)`` is `g` times the Jacobian."""
    vjp, value = transforms.make_vjp(fun)(x)
    return vjp, value


def make_jvp(fun: Callable[[Any], Any], x: Any) -> Callable[[Any], tuple[Any, Any]]:
    """Return ``jvp``: ``jvp(v)`` is (``fun(x)``, the Jacobian times `v`)."""
    jvp: Callable[[Any], tuple[Any, Any]] = transforms.make_jvp(fun)(x)
    return jvp


def backward_pass(g: Any, end_node: Any) -> Any:
    """Return the derivative of a node, weighed by a cotangent, with respect to its only leaf.

    Raises
    ------
    GraphError
        If it depends on several leaves.
    """
    leaves = [node for node in nodes_below(end_node) if node.primitive is None]
    varying = [leaf for leaf in leaves if getattr(leaf, "requires_grad", True)]
    if len(varying) != 1:
        raise GraphError(
            f"backward_pass is for results of one leaf, and this has {len(varying)}. "
            "Call backward() on it, and read the .grad of each."
        )
    (found,) = derivatives(end_node, g, varying, True, isinstance(g, Node))
    return found


def primitive(f_raw: Callable[..., Any]) -> Callable[..., Any]:
    """Return what `autograd.extend.primitive` does, with the old methods that define rules."""
    function: Any = extend.primitive(f_raw)
    vjps: dict[int, Any] = {}

    def define(argnum: int, maker: Any) -> None:
        warnings.warn("Deprecated: use autograd.extend.defvjp.", stacklevel=3)
        vjps[argnum] = maker
        defvjp(function, *vjps.values(), argnums=list(vjps))

    def defgrad(gradfun: Callable[..., Any], argnum: int = 0) -> None:
        define(argnum, gradfun)

    def old_defvjp(vjpfun: Callable[..., Any], argnum: int = 0) -> None:
        def maker(ans: Any, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
            return lambda g: vjpfun(g, ans, vspace(args[argnum]), vspace(g), *args, **kwargs)

        define(argnum, maker)

    def defvjp_is_zero(argnums: Any = (0,)) -> None:
        for argnum in argnums:
            define(argnum, None)

    function.defgrad, function.defvjp = defgrad, old_defvjp
    function.defvjp_is_zero = defvjp_is_zero
    return function  # type: ignore[no-any-return]
