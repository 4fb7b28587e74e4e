"""User rules for functions that already have rules, and for functions of NumPy and SciPy.

A rule for one mode or one argument leaves the rules for the others unchanged.
"""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import forward, tree
from autograd.engine import Node, Primitive
from autograd.engine.operations import (
    ADD,
    ASTYPE,
    DIVIDE,
    MEAN,
    MULTIPLY,
    NEGATIVE,
    POSITIVE,
    POWER,
    RELU,
    RESHAPE,
    SUBTRACT,
    SUM,
    TRANSPOSE,
)
from autograd.engine.primitive import UNKNOWN
from autograd.engine.registry import DISPATCH, USER_RULES, WITHOUT_DERIVATIVE, load_lazy_rules
from autograd.errors import DataError, NoRuleError
from autograd.hips.shared import subval, total
from autograd.hips.user_primitive import (
    PRIMITIVES,
    made_of,
    primitive_jvps,
    primitive_vjps,
    varies,
)
from autograd.rules import redefinable
from autograd.transforms import make_jvp, make_vjp
from autograd.variables import plain
from autograd.version import PACKAGES

Function = Callable[..., Any]

#: Functions of NumPy -> the primitives that methods of nodes call directly, as `x.sum()` does.
_METHODS: dict[Any, Primitive] = {
    np.sum: SUM,
    np.mean: MEAN,
    np.reshape: RESHAPE,
    np.transpose: TRANSPOSE,
    **({np.astype: ASTYPE} if hasattr(np, "astype") else {}),  # since NumPy 2.1
}

#: The operators of Values compute the derivatives of these themselves.
_BUILT_IN = {ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, NEGATIVE, POSITIVE, RELU}

#: Primitives with user rules -> copies with their original rules.
_ORIGINALS: dict[Primitive, Primitive] = {}


def reverse_keys(fun: Any) -> list[Any]:
    """Return the keys of `primitive_vjps` that hold the reverse rules of a function."""
    keys = _keys(fun)
    for key in keys:
        if isinstance(key, Primitive):
            _open_reverse(key)
    return keys


def forward_keys(fun: Any) -> list[Any]:
    """Return the keys of `primitive_jvps` that hold the forward rules of a function."""
    keys = _keys(fun)
    for key in keys:
        if isinstance(key, Primitive):
            _open_forward(key)
    return keys


def is_without_derivative(fun: Any) -> bool:
    """Return whether a function of NumPy has no derivative, as a comparison."""
    return fun in WITHOUT_DERIVATIVE and fun not in DISPATCH


def _keys(fun: Any) -> list[Any]:
    if not callable(fun):
        raise DataError(f"A rule is defined for a function, not for {fun!r}.")
    fun = redefinable.WRAPPED.get(fun, fun)
    if isinstance(fun, Primitive) or fun in PRIMITIVES:
        return [fun]
    if isinstance(fun, np.ufunc) or hasattr(fun, "_implementation"):
        return _keys_of_numpy(fun)
    if fun in redefinable.BODIES:
        if fun not in redefinable.REDEFINED:
            body = redefinable.BODIES[fun]
            redefinable.REDEFINED[fun] = _with_earlier_rules(body, body)
        return [redefinable.REDEFINED[fun]]
    name = getattr(fun, "__name__", repr(fun))
    message = (
        f"{name} is not a primitive: its own operations are differentiated, and this rule is not "
        f"used. Make it a primitive first: {name} = autograd.extend.primitive({name})."
    )
    package = str(getattr(fun, "__module__", None)).partition(".")[0]
    if not isinstance(fun, types.FunctionType) or package in ("numpy", "scipy", *PACKAGES):
        raise NoRuleError(message)
    warnings.warn(message, stacklevel=4)  # the derivatives of its operations are still right
    return []


def _keys_of_numpy(fun: Any) -> list[Any]:
    handler = DISPATCH.get(fun)
    if handler is None and load_lazy_rules():
        handler = DISPATCH.get(fun)
    if isinstance(handler, Primitive) or handler in PRIMITIVES:
        keys = [handler]
    elif is_without_derivative(fun):
        raise NoRuleError(
            f"{fun.__name__} has no derivative: it is called with plain numbers, so a rule would "
            "never be used."
        )
    else:
        USER_RULES.add(fun)
        made = _with_earlier_rules(getattr(fun, "_implementation", fun), handler)
        DISPATCH[fun] = made
        keys = [made]
    if fun in _METHODS and _METHODS[fun] not in keys:
        keys.append(_METHODS[fun])
    return keys


def _with_earlier_rules(f_raw: Function, earlier: Function | None) -> Function:
    """Return a primitive of `f_raw` that begins with the derivatives of `earlier`."""
    made = made_of(f_raw, earlier)
    if earlier is not None:
        primitive_vjps[made] = _Derivatives(earlier).pull_back
        primitive_jvps[made] = _Derivatives(earlier).push_forward
    return made


# -- a primitive of the table of rules --------------------------------------------------------


def _original(row: Primitive) -> Primitive:
    """Return a copy of a primitive with its original rules."""
    if row not in _ORIGINALS:
        before = Primitive(row.name)
        before.function, before.scalar, before.arity = row.function, row.scalar, row.arity
        before.partials, before.transposes, before.vjps = row.partials, row.transposes, row.vjps
        before.variadic, before.jvp, before.fresh_results = row.variadic, row.jvp, row.fresh_results
        before.fresh_slopes = row.fresh_slopes
        before.again, before.limit, before.reads_data = row.again, row.limit, row.reads_data
        _ORIGINALS[row] = before
    return _ORIGINALS[row]


def _open_forward(row: Primitive) -> None:
    """Let `primitive_jvps` hold the forward rule of a primitive; it begins with its own."""
    if row in primitive_jvps:
        return
    original = _original(row)

    def own(argnums: Any, gs: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        create = any(isinstance(x, Node) for x in (*gs, ans, *args))
        changes = [
            forward.pushed(original, argnum, g, ans, args, kwargs, create)
            for argnum, g in zip(argnums, gs, strict=True)
        ]
        return total(changes)

    primitive_jvps[row] = own
    row.jvp = lambda argnum, tangent, y, arguments, keywords: primitive_jvps[row](
        (argnum,), (tangent,), y, tuple(arguments), keywords
    )


def _open_reverse(row: Primitive) -> None:
    """Let `primitive_vjps` hold the reverse rule of a primitive; it begins with its own."""
    if row in primitive_vjps:
        return
    if row in _BUILT_IN:
        raise NoRuleError(
            f"The derivative of {row.name} cannot be replaced: it is built into the operators of "
            f"Values. Define a new function: f = "
            f"autograd.extend.primitive(lambda *x: np.{row.name}(*x))."
        )
    original = _original(row)

    def own(argnums: Any, ans: Any, args: Any, kwargs: Any) -> Function:
        for argnum in argnums:
            if argnum >= original.arity >= 0:
                raise NoRuleError(f"VJP of {row.name} wrt argnums {(argnum,)} not defined.")
        return lambda g: [original.pullback(i, g, ans, args, kwargs) for i in argnums]

    _open_forward(row)  # before its rules are removed
    primitive_vjps[row] = own
    row.partials = row.transposes = row.vjps = None
    row.fresh_results = False
    row.reads_data = True
    row.unread, row.spares_arguments = UNKNOWN, True
    row.variadic = lambda argnum, g, y, *arguments, **keywords: primitive_vjps[row](
        (argnum,), y, arguments, keywords
    )(g)[0]


# -- a function without a rule of its own -----------------------------------------------------


class _Derivatives:
    """The derivatives of a function that is composed of primitives, as rules."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def of_parts(self, argnum: int, args: Any, kwargs: Any) -> tuple[Function, Any, list[int]]:
        """Return the function of the varying leaves of an argument, these, and their positions."""
        leaves = tree.flat(args[argnum])
        moving = [i for i, x in enumerate(leaves) if isinstance(x, Node) or varies(x)]

        def function(parts: Any) -> Any:
            changed = list(leaves)
            for i, part in zip(moving, parts, strict=True):
                changed[i] = part
            argument = tree.filled(args[argnum], changed)
            return self.function(*subval(args, argnum, argument), **kwargs)

        return function, tuple(leaves[i] for i in moving), moving

    def pull_back(self, argnums: Any, ans: Any, args: Any, kwargs: Any) -> Function:
        """Return the vjp with respect to some arguments."""
        return lambda g: [self._pulled(argnum, g, args, kwargs) for argnum in argnums]

    def _pulled(self, argnum: int, g: Any, args: Any, kwargs: Any) -> Any:
        function, parts, moving = self.of_parts(argnum, args, kwargs)
        found = dict(zip(moving, make_vjp(function)(parts)[0](g), strict=True))
        leaves = tree.flat(args[argnum])
        return tree.filled(
            args[argnum],
            [found.get(i, np.zeros_like(plain(x))) for i, x in enumerate(leaves)],
        )

    def push_forward(self, argnums: Any, gs: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        """Return the tangent of the result for tangents of some arguments."""
        changes = []
        for argnum, g in zip(argnums, gs, strict=True):
            function, parts, moving = self.of_parts(argnum, args, kwargs)
            tangents = tree.flat(g)
            jvp = make_jvp(function)(parts)
            changes.append(jvp(tuple(tangents[i] for i in moving))[1])
        return total(changes)
