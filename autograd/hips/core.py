"""`autograd.core`: both modes for functions of one argument, and the names of `autograd.extend`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from autograd import transforms
from autograd.engine import Node
from autograd.engine.derivatives import derivatives
from autograd.errors import GraphError
from autograd.graph import Graph, current
from autograd.hips import extend
from autograd.hips.extend import (
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
from autograd.hips.shared import func, subval, toposort
from autograd.hips.tracer import Box, getval, isbox, trace

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
    """Return (vjp, ``fun(x)``), where ``vjp(g)`` is `g` times the Jacobian of `fun` at `x`."""
    vjp, value = transforms.make_vjp(fun)(x)
    return vjp, value


def make_jvp(fun: Callable[[Any], Any], x: Any) -> Callable[[Any], tuple[Any, Any]]:
    """Return `jvp`, where ``jvp(v)`` is (``fun(x)``, the Jacobian of `fun` at `x` times `v`)."""
    jvp: Callable[[Any], tuple[Any, Any]] = transforms.make_jvp(fun)(x)
    return jvp


def backward_pass(g: Any, end_node: Any) -> Any:
    """Return the cotangent of the only leaf of a graph.

    Parameters
    ----------
    g : array_like
        The cotangent of `end_node`.
    end_node : Value or Tensor
        A result that depends on one leaf.

    Raises
    ------
    GraphError
        If the result depends on several leaves.
    """
    end_node = current(end_node)
    leaves = Graph.of(end_node).leaves
    varying = [leaf for leaf in leaves if getattr(leaf, "requires_grad", True)]
    if len(varying) != 1:
        raise GraphError(
            f"backward_pass needs a result that depends on one leaf; this one depends on "
            f"{len(varying)}. Call backward() on it and read the grad of each leaf."
        )
    (found,) = derivatives(end_node, g, varying, True, isinstance(g, Node))
    return found


def primitive(f_raw: Callable[..., Any]) -> Callable[..., Any]:
    """Return `autograd.extend.primitive` of a function, with deprecated methods to define rules.

    The methods are `defgrad`, `defvjp` and `defvjp_is_zero`; use `autograd.extend.defvjp`.
    """
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
