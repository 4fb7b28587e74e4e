"""`autograd.extend`: custom derivative rules, with HIPS autograd's API.

New programs write less with `autograd.elementwise`, `autograd.linear` and `autograd.define`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.engine import Primitive
from autograd.errors import DataError, NoRuleError
from autograd.hips.notrace import notrace_primitive, register_notrace
from autograd.hips.redefinition import forward_keys, is_without_derivative, reverse_keys
from autograd.hips.shared import subval, total
from autograd.hips.tracer import Box, JVPNode, SparseObject, VJPNode
from autograd.hips.user_primitive import primitive, primitive_jvps, primitive_vjps
from autograd.hips.vector_spaces import VSpace, vspace

__all__ = [
    "Box",
    "JVPNode",
    "SparseObject",
    "VJPNode",
    "VSpace",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "defjvp_argnums",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "notrace_primitive",
    "primitive",
    "primitive_jvps",
    "primitive_vjps",
    "register_notrace",
    "vspace",
]

Function = Callable[..., Any]

# -- reverse mode -----------------------------------------------------------------------------


def defvjp(fun: Any, *vjpmakers: Function | None, argnums: Iterable[int] | None = None) -> None:
    """Define the vector-Jacobian products of a function, one for each argument.

    Rules for other arguments and for forward mode are kept.

    Parameters
    ----------
    fun : callable
        A function made by `primitive`, or one of NumPy, `autograd.scipy` or `autograd`.
    *vjpmakers : callable or None
        ``vjpmaker(ans, *args, **kwargs)`` returns `vjp`, and ``vjp(g)`` the cotangent of the
        argument. None means a derivative of zero.
    argnums : iterable of int, optional
        The positions of these arguments; by default 0, 1, ...

    Raises
    ------
    NoRuleError
        If the rule would never be used: `fun` is not one of these functions, or its derivative is
        built into the operators of Values (`numpy.add`, `multiply`, `power` and others). For your
        own function that is not a primitive this is a warning: its operations are differentiated.
    """
    makers = dict(_numbered(vjpmakers, argnums))
    if is_without_derivative(fun) and not any(makers.values()):
        return
    for argnum, maker in makers.items():
        if maker is None:
            makers[argnum] = functools.partial(_zero_vjp, argnum)
    for key in reverse_keys(fun):
        rules = primitive_vjps.get(key)
        if not isinstance(rules, _VJPs):
            rules = primitive_vjps[key] = _VJPs(fun, rules)
        rules.makers.update(makers)
        if isinstance(key, Primitive) and key.arity >= 0:
            key.arity = max(key.arity, *[argnum + 1 for argnum in makers])


def defvjp_argnum(fun: Any, vjpmaker: Function) -> None:
    """Define ``vjpmaker(argnum, ans, args, kwargs)`` for all arguments of a function."""

    def vjp_argnums(argnums: Any, *rest: Any) -> Function:
        vjps = [vjpmaker(argnum, *rest) for argnum in argnums]
        return lambda g: [vjp(g) for vjp in vjps]

    defvjp_argnums(fun, vjp_argnums)


def defvjp_argnums(fun: Any, vjpmaker: Function) -> None:
    """Define ``vjpmaker(argnums, ans, args, kwargs)``; its vjp returns a cotangent for each."""
    for key in reverse_keys(fun):
        primitive_vjps[key] = vjpmaker


class _VJPs:
    """The vjps of a function by argument; `rest` computes the vjps of the other arguments."""

    def __init__(self, fun: Any, rest: Function | None) -> None:
        self.fun = fun
        self.makers: dict[int, Any] = {}
        self.rest = rest

    def __call__(self, argnums: Any, ans: Any, args: Any, kwargs: Any) -> Function:
        vjps = [self._vjp(argnum, ans, args, kwargs) for argnum in argnums]
        return lambda g: [vjp(g) for vjp in vjps]

    def _vjp(self, argnum: int, ans: Any, args: Any, kwargs: Any) -> Function:
        if argnum in self.makers:
            return self.makers[argnum](ans, *args, **kwargs)  # type: ignore[no-any-return]
        if self.rest is None:
            raise _undefined("VJP", self.fun, argnum)
        vjp = self.rest((argnum,), ans, args, kwargs)
        return lambda g: vjp(g)[0]


def _zero_vjp(argnum: int, ans: Any, *args: Any, **kwargs: Any) -> Function:
    return lambda g: vspace(args[argnum]).zeros()


# -- forward mode -----------------------------------------------------------------------------


def defjvp(fun: Any, *jvpfuns: Any, argnums: Iterable[int] | None = None) -> None:
    """Define the Jacobian-vector products of a function, one for each argument.

    Rules for other arguments and for reverse mode are kept. A function without forward rules
    uses the transposes of its vjps.

    Parameters
    ----------
    fun : callable
        As for `defvjp`.
    *jvpfuns : callable, "same" or None
        ``jvp(g, ans, *args, **kwargs)`` returns the tangent of the result. "same" means that the
        function is linear in the argument, None a derivative of zero.
    argnums : iterable of int, optional
        The positions of these arguments; by default 0, 1, ...
    """
    rules = dict(_numbered(jvpfuns, argnums))
    if is_without_derivative(fun) and not any(rules.values()):
        return
    for key in forward_keys(fun):
        known = primitive_jvps.get(key)
        if not isinstance(known, _JVPs):
            known = primitive_jvps[key] = _JVPs(fun, known)
        known.rules.update(rules)


def defjvp_argnum(fun: Any, jvpmaker: Function) -> None:
    """Define ``jvp(argnum, g, ans, args, kwargs)`` for all arguments of a function."""

    def jvp_argnums(argnums: Any, gs: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        return total([jvpmaker(i, g, ans, args, kwargs) for i, g in zip(argnums, gs, strict=True)])

    defjvp_argnums(fun, jvp_argnums)


def defjvp_argnums(fun: Any, jvpmaker: Function) -> None:
    """Define ``jvp(argnums, gs, ans, args, kwargs)``, the sum over these arguments."""
    for key in forward_keys(fun):
        primitive_jvps[key] = jvpmaker


class _JVPs:
    """The jvps of a function by argument; `rest` computes the jvps of the other arguments."""

    def __init__(self, fun: Any, rest: Function | None) -> None:
        self.fun = fun
        self.rules: dict[int, Any] = {}
        self.rest = rest

    def __call__(self, argnums: Any, gs: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        return total(
            [self._jvp(argnum, g, ans, args, kwargs) for argnum, g in zip(argnums, gs, strict=True)]
        )

    def _jvp(self, argnum: int, g: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        if argnum not in self.rules:
            if self.rest is None:
                raise _undefined("JVP", self.fun, argnum)
            return self.rest((argnum,), (g,), ans, args, kwargs)
        rule = self.rules[argnum]
        if rule is None:
            return vspace(ans).zeros()
        if rule == "same":
            return self.fun(*subval(args, argnum, g), **kwargs)
        return rule(g, ans, *args, **kwargs)


def def_linear(fun: Any) -> None:
    """Define the forward rule of a function that is linear in each of its arguments."""
    defjvp_argnum(fun, lambda argnum, g, ans, args, kwargs: fun(*subval(args, argnum, g), **kwargs))


# -- shared -----------------------------------------------------------------------------------


def _numbered(rules: Sequence[Any], argnums: Iterable[int] | None) -> Iterable[tuple[int, Any]]:
    for rule in rules:
        if not (rule is None or callable(rule) or rule == "same"):
            raise DataError(f"A rule must be a function or None, not {rule!r}.")
    return zip(itertools.count() if argnums is None else argnums, rules, strict=False)


def _undefined(kind: str, fun: Any, argnum: int) -> NoRuleError:
    name = getattr(fun, "__name__", fun)
    return NoRuleError(f"{kind} of {name} wrt argnums {(argnum,)} not defined.")
