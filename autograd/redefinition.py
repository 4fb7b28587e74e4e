"""Rules of a program for functions that have rules already, or that belong to NumPy or SciPy.

A rule for one mode leaves the other as it was, and a rule for one argument the other arguments.
"""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import forward, redefinable, tree
from autograd.engine import Node, Primitive, dispatch
from autograd.engine.array_methods import ASTYPE, MEAN, RESHAPE, SUM, TRANSPOSE
from autograd.engine.node import (
    ADD,
    DIVIDE,
    MULTIPLY,
    NEGATIVE,
    POSITIVE,
    POWER,
    RELU,
    SUBTRACT,
)
from autograd.engine.primitive import DISPATCH, USER_RULES, WITHOUT_DERIVATIVE, load_lazy_rules
from autograd.errors import DataError, NoRuleError
from autograd.transforms import make_jvp, make_vjp
from autograd.user_primitive import (
    PRIMITIVES,
    made_of,
    primitive_jvps,
    primitive_vjps,
    varies,
)
from autograd.util import subval

Function = Callable[..., Any]

#: What methods of nodes call without asking NumPy, as `x.sum()` does.
_METHODS: dict[Any, Primitive] = {
    np.sum: SUM,
    np.mean: MEAN,
    np.reshape: RESHAPE,
    np.transpose: TRANSPOSE,
    **({np.astype: ASTYPE} if hasattr(np, "astype") else {}),  # since NumPy 2.1
}

#: The derivatives of these are computed by the operators of Values themselves.
_BUILT_IN = {ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, NEGATIVE, POSITIVE, RELU}

#: Rows of the table that have got rules of a program -> the rows as they were.
_ROWS: dict[Primitive, Primitive] = {}


def reverse_keys(fun: Any) -> list[Any]:
    """Return the keys of `primitive_vjps` that calls of a function will look up."""
    keys = _keys(fun)
    for key in keys:
        if isinstance(key, Primitive):
            _reverse_row(key)
    return keys


def forward_keys(fun: Any) -> list[Any]:
    """Return the keys of `primitive_jvps` that calls of a function will look up."""
    keys = _keys(fun)
    for key in keys:
        if isinstance(key, Primitive):
            _forward_row(key)
    return keys


def is_without_derivative(fun: Any) -> bool:
    """Return whether a function of NumPy has no derivative by nature, as a comparison."""
    return fun in WITHOUT_DERIVATIVE and fun not in DISPATCH


def _keys(fun: Any) -> list[Any]:
    if not callable(fun):
        raise DataError(f"A rule belongs to a function, not to {fun!r}.")
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
    told = (
        f"{name} is not a primitive: what it computes is differentiated step by step, and this "
        f"rule is not used. Make it one first: {name} = autograd.extend.primitive({name})."
    )
    package = str(getattr(fun, "__module__", None)).partition(".")[0]
    if not isinstance(fun, types.FunctionType) or package in ("numpy", "scipy", "autograd"):
        raise NoRuleError(told)
    warnings.warn(told, stacklevel=4)  # its own code has derivatives: those are used, as ever
    return []


def _keys_of_numpy(fun: Any) -> list[Any]:
    handler = DISPATCH.get(fun)
    if handler is None and load_lazy_rules():
        handler = DISPATCH.get(fun)
    if isinstance(handler, Primitive) or handler in PRIMITIVES:
        keys = [handler]
    elif is_without_derivative(fun):
        raise NoRuleError(
            f"{fun.__name__} has no derivative by nature: nodes are plain numbers to it, so a "
            "rule would never be used."
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
    """Return a primitive whose rules, until there are others, are those of another function."""
    made = made_of(f_raw, earlier)
    if earlier is not None:
        primitive_vjps[made] = _Composed(earlier).pull_back
        primitive_jvps[made] = _Composed(earlier).push_forward
    return made


# -- a row of the table -----------------------------------------------------------------------


def _row_before(row: Primitive) -> Primitive:
    """Return a copy of a row as it was before any rule of a program."""
    if row not in _ROWS:
        before = Primitive(row.name)
        before.function, before.scalar, before.arity = row.function, row.scalar, row.arity
        before.partials, before.transposes, before.vjps = row.partials, row.transposes, row.vjps
        before.variadic, before.jvp, before.fresh_results = row.variadic, row.jvp, row.fresh_results
        before.again, before.limit = row.again, row.limit
        _ROWS[row] = before
    return _ROWS[row]


def _forward_row(row: Primitive) -> None:
    """Let a row push tangents forward by `primitive_jvps`, which begins with its own rule."""
    if row in primitive_jvps:
        return
    before = _row_before(row)

    def own(argnums: Any, gs: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        create = any(isinstance(x, Node) for x in (*gs, ans, *args))
        changes = [
            forward.pushed(before, argnum, g, ans, args, kwargs, create)
            for argnum, g in zip(argnums, gs, strict=True)
        ]
        return sum(changes[1:], changes[0])

    primitive_jvps[row] = own
    row.jvp = lambda argnum, tangent, y, arguments, keywords: primitive_jvps[row](
        (argnum,), (tangent,), y, tuple(arguments), keywords
    )


def _reverse_row(row: Primitive) -> None:
    """Let a row carry cotangents back by `primitive_vjps`, which begins with its own rule."""
    if row in primitive_vjps:
        return
    if row in _BUILT_IN:
        raise NoRuleError(
            f"The derivative of {row.name} is computed by the operators of Values themselves and "
            f"cannot be replaced. Make another function of it: f = "
            f"autograd.extend.primitive(lambda *x: np.{row.name}(*x))."
        )
    before = _row_before(row)

    def own(argnums: Any, ans: Any, args: Any, kwargs: Any) -> Function:
        for argnum in argnums:
            if argnum >= before.arity >= 0:
                raise NoRuleError(f"VJP of {row.name} wrt argnums {(argnum,)} not defined.")
        return lambda g: [before.pullback(i, g, ans, args, kwargs) for i in argnums]

    _forward_row(row)  # its rule is about to go
    primitive_vjps[row] = own
    row.partials = row.transposes = row.vjps = None
    row.fresh_results = False
    row.reads_data = True
    row.variadic = lambda argnum, g, y, *arguments, **keywords: primitive_vjps[row](
        (argnum,), y, arguments, keywords
    )(g)[0]


# -- a function that is composed of others ----------------------------------------------------


class _Composed:
    """The derivatives of a function that calls others, by going through them."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def of_parts(self, argnum: int, args: Any, kwargs: Any) -> tuple[Function, Any, list[int]]:
        """Return it as a function of what varies in an argument, that, and where it stands."""
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
        """Make the vjp of some arguments."""
        return lambda g: [self._pulled(argnum, g, args, kwargs) for argnum in argnums]

    def _pulled(self, argnum: int, g: Any, args: Any, kwargs: Any) -> Any:
        function, parts, moving = self.of_parts(argnum, args, kwargs)
        found = dict(zip(moving, make_vjp(function)(parts)[0](g), strict=True))
        leaves = tree.flat(args[argnum])
        return tree.filled(
            args[argnum],
            [found.get(i, np.zeros_like(dispatch.plain(x))) for i, x in enumerate(leaves)],
        )

    def push_forward(self, argnums: Any, gs: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        """Return the change of the result along tangents of some arguments."""
        total: Any = None
        for argnum, g in zip(argnums, gs, strict=True):
            function, parts, moving = self.of_parts(argnum, args, kwargs)
            tangents = tree.flat(g)
            change = make_jvp(function)(parts)(tuple(tangents[i] for i in moving))[1]
            if total is None:
                total = change
            else:
                sums = [a + b for a, b in zip(tree.flat(total), tree.flat(change), strict=True)]
                total = tree.filled(total, sums)
        return total
