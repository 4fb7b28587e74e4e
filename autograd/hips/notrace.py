"""Functions without a derivative."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd.engine import Primitive
from autograd.hips.redefinition import forward_keys, is_without_derivative, reverse_keys
from autograd.hips.user_primitive import WITHOUT_RULES, primitive_jvps, primitive_vjps
from autograd.hips.vector_spaces import vspace
from autograd.variables import plain

Function = Callable[..., Any]


def notrace_primitive(f_raw: Function) -> Function:
    """Return a function like `f_raw` that is called with plain numbers and has no derivative."""

    @functools.wraps(f_raw, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
    def function(*args: Any, **kwargs: Any) -> Any:
        return f_raw(*plain(args), **plain(kwargs))

    return function


def register_notrace(trace_type: type, primitive_fun: Any) -> None:
    """Declare that a function has no derivative.

    Parameters
    ----------
    trace_type : type
        VJPNode or JVPNode in HIPS autograd. Ignored: the function has no derivative in either mode.
    primitive_fun : callable
        A function made by `primitive`, or one of NumPy, `autograd.scipy` or `autograd`.
    """
    if is_without_derivative(primitive_fun):
        return
    for key in {*reverse_keys(primitive_fun), *forward_keys(primitive_fun)}:
        if isinstance(key, Primitive):
            primitive_vjps[key], primitive_jvps[key] = _zero_vjps, _zero_jvps
        else:
            WITHOUT_RULES.add(key)


def _zero_vjps(argnums: Any, ans: Any, args: Any, kwargs: Any) -> Function:
    return lambda g: [vspace(args[argnum]).zeros() for argnum in argnums]


def _zero_jvps(argnums: Any, gs: Any, ans: Any, args: Any, kwargs: Any) -> Any:
    return vspace(ans).zeros()
