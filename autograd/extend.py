"""Teach functions of one's own their derivatives, in the words of HIPS autograd.

For programs written for it. New ones say the same more briefly with `autograd.elementwise`,
`autograd.linear` and `autograd.define`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.engine import Primitive, dispatch
from autograd.errors import DataError, NoRuleError
from autograd.redefinition import forward_keys, is_without_derivative, reverse_keys
from autograd.tracer import Box, JVPNode, SparseObject, VJPNode
from autograd.user_primitive import WITHOUT_RULES, primitive, primitive_jvps, primitive_vjps
from autograd.util import subval
from autograd.vector_spaces import VSpace, vspace

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
    """Give a function its vector-Jacobian products, one for each argument.

    Rules that the function has for other arguments, and for forward mode, stay.

    Parameters
    ----------
    fun : callable
        Made by `primitive`, or a function of NumPy, of `autograd.scipy` or of `autograd`.
    *vjpmakers : callable or None
        ``vjpmaker(ans, *args, **kwargs)`` returns ``vjp(g)``; None stands for a derivative of 0.
    argnums : iterable of int, optional
        The arguments they belong to; by default 0, 1, ...

    Raises
    ------
    NoRuleError
        If the rule would never be used: `fun` is none of these, or one whose derivative is built
        into the operators of Values (`numpy.add`, `multiply`, `power` and their like). A
        program's own function that `primitive` has not made is differentiated step by step as
        before; that is a warning.
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
    """Give a function ``vjpmaker(argnum, ans, args, kwargs)``, for any of its arguments."""

    def vjp_argnums(argnums: Any, *rest: Any) -> Function:
        vjps = [vjpmaker(argnum, *rest) for argnum in argnums]
        return lambda g: [vjp(g) for vjp in vjps]

    defvjp_argnums(fun, vjp_argnums)


def defvjp_argnums(fun: Any, vjpmaker: Function) -> None:
    """Give a function ``vjpmaker(argnums, ans, args, kwargs)``; its vjp gives several at once."""
    for key in reverse_keys(fun):
        primitive_vjps[key] = vjpmaker


class _VJPs:
    """The vjps of a function, argument by argument; `rest` has those of the others."""

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
    """Give a function its forward rules: ``jvp(g, ans, *args, **kwargs)`` for each argument.

    None stands for a derivative of 0, and "same" for a function that is linear in the argument.
    A function without any forward rule has those that follow from its vjps. Rules for other
    arguments, and for reverse mode, stay.
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
    """Give a function ``jvp(argnum, g, ans, args, kwargs)``, for any of its arguments."""

    def jvp_argnums(argnums: Any, gs: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        changes = [jvpmaker(i, g, ans, args, kwargs) for i, g in zip(argnums, gs, strict=True)]
        return functools.reduce(vspace(ans).add, changes)

    defjvp_argnums(fun, jvp_argnums)


def defjvp_argnums(fun: Any, jvpmaker: Function) -> None:
    """Give a function ``jvp(argnums, gs, ans, args, kwargs)``, the sum over these arguments."""
    for key in forward_keys(fun):
        primitive_jvps[key] = jvpmaker


class _JVPs:
    """The forward rules of a function, argument by argument; `rest` has those of the others."""

    def __init__(self, fun: Any, rest: Function | None) -> None:
        self.fun = fun
        self.rules: dict[int, Any] = {}
        self.rest = rest

    def __call__(self, argnums: Any, gs: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        changes = [
            self._change(argnum, g, ans, args, kwargs)
            for argnum, g in zip(argnums, gs, strict=True)
        ]
        return functools.reduce(vspace(ans).add, changes)

    def _change(self, argnum: int, g: Any, ans: Any, args: Any, kwargs: Any) -> Any:
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
    """Say that a function is linear in each of its arguments, which gives its forward rule."""
    defjvp_argnum(fun, lambda argnum, g, ans, args, kwargs: fun(*subval(args, argnum, g), **kwargs))


# -- no derivative ----------------------------------------------------------------------------


def notrace_primitive(f_raw: Function) -> Function:
    """Return a function like `f_raw` that is called with plain numbers: it has no derivative."""

    @functools.wraps(f_raw, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
    def function(*args: Any, **kwargs: Any) -> Any:
        return f_raw(*dispatch.plain(args), **dispatch.plain(kwargs))

    return function


def register_notrace(trace_type: type, primitive_fun: Any) -> None:
    """Say that a function has no derivative, in either mode."""
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


# -- shared -----------------------------------------------------------------------------------


def _numbered(rules: Sequence[Any], argnums: Iterable[int] | None) -> Iterable[tuple[int, Any]]:
    for rule in rules:
        if not (rule is None or callable(rule) or rule == "same"):
            raise DataError(f"A rule is a function or None, not {rule!r}.")
    return zip(itertools.count() if argnums is None else argnums, rules, strict=False)


def _undefined(kind: str, fun: Any, argnum: int) -> NoRuleError:
    name = getattr(fun, "__name__", fun)
    return NoRuleError(f"{kind} of {name} wrt argnums {(argnum,)} not defined.")
