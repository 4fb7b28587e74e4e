"""Teach functions of one's own their derivatives, in the words of HIPS autograd.

For programs written for it. New ones say the same more briefly with `autograd.elementwise`,
`autograd.linear` and `autograd.define`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import Node, Primitive, record
from autograd.engine.primitive import DISPATCH, TAKEN
from autograd.errors import DataError, NoRuleError
from autograd.tracer import Box, JVPNode, SparseObject, VJPNode
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
    "register_notrace",
    "vspace",
]

Function = Callable[..., Any]

#: function -> ``maker(argnums, ans, args, kwargs)``, which returns ``vjp(g)``: a cotangent each.
primitive_vjps: dict[Any, Function] = {}
#: function -> ``jvp(argnums, tangents, ans, args, kwargs)``, the tangent of the result.
primitive_jvps: dict[Any, Function] = {}

_WITHOUT_DERIVATIVE: set[Any] = set()


def primitive(f_raw: Function) -> Function:
    """Return a function like `f_raw` that is not looked into, but has derivatives of its own.

    It is called with plain numbers and arrays. Its derivatives are given by `defvjp`, and may
    be given by `defjvp`.

    Examples
    --------
    >>> from autograd import grad
    >>> @primitive
    ... def cube(x):
    ...     return x**3
    >>> defvjp(cube, lambda ans, x: lambda g: g * 3 * x**2)
    >>> grad(cube)(2.0)
    12.0
    """
    name = getattr(f_raw, "__name__", "function")

    @functools.wraps(f_raw, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
    def function(*args: Any, **kwargs: Any) -> Any:
        nested = any(isinstance(argument, tree.CONTAINERS) for argument in args)
        given = tree.flat(args) if nested else args
        if not any(isinstance(argument, Node) for argument in given):
            return f_raw(*args, **kwargs)
        if function in _WITHOUT_DERIVATIVE:
            return f_raw(*record.plain(args), **record.plain(kwargs))
        for path, leaf in tree.leaves(kwargs):
            if isinstance(leaf, Node):
                raise NoRuleError(
                    f"{name} has no derivative with respect to keyword{path}. Pass nodes by "
                    "position."
                )
        if nested:
            return _Application(function, name, f_raw, args, kwargs).result()
        simple.primitive.jvp = simple.push_forward if function in primitive_jvps else None
        try:
            return record.apply(simple.primitive, args, kwargs)
        except _OtherResult:
            return _Application(function, name, f_raw, args, kwargs).result()

    simple = _Simple(function, name, f_raw)
    if isinstance(f_raw, np.ufunc):
        DISPATCH.setdefault(f_raw, function)
    return function


class _OtherResult(Exception):  # noqa: N818 - it is no error
    """A function has returned something else than one number or array."""


class _Simple:
    """A function of numbers and arrays that returns one of them: the usual case."""

    def __init__(self, function: Any, name: str, f_raw: Function) -> None:
        self.function = function
        self.f_raw = f_raw
        self.primitive = Primitive(name)
        self.primitive.arity = -1
        self.primitive.function = self.compute
        self.primitive.variadic = self.pull_back

    def compute(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself."""
        value = self.f_raw(*args, **kwargs)
        if not _varies(value):
            raise _OtherResult
        return value

    def pull_back(self, argnum: int, g: Any, y: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the rule that was given to `defvjp`."""
        maker = _vjp_maker(self.function, self.primitive.name, argnum)
        (found,) = maker((argnum,), y, args, kwargs)(g)
        return found

    def push_forward(self, argnum: int, tangent: Any, y: Any, args: Any, kwargs: Any) -> Any:
        """Call the rule that was given to `defjvp`."""
        return primitive_jvps[self.function]((argnum,), (tangent,), y, args, kwargs)


class _Application:
    """One call of a function on nodes, which may stand inside containers, as may its results."""

    def __init__(self, function: Any, name: str, f_raw: Function, args: Any, kwargs: Any) -> None:
        self.function = function
        self.name = name
        self.f_raw = f_raw
        self.args = args
        self.kwargs = kwargs
        self.positions = [
            (argnum, number, leaf)
            for argnum, argument in enumerate(args)
            for number, leaf in enumerate(tree.flat(argument))
            if isinstance(leaf, Node)
        ]
        self.value = f_raw(*record.plain(args), **kwargs)
        self.outputs: list[Any] = []
        self.recorded = False

    def result(self) -> Any:
        """Return the result, with a node for each number and array in it."""
        outputs = itertools.count()
        result = tree.replace(
            self.value, lambda path, leaf: self._node(next(outputs), f"{self.name}{path}", leaf)
        )
        if isinstance(self.value, (tuple, list, dict)):  # a single one would refer to itself
            self.outputs = tree.flat(result)
        self.recorded = True
        return result

    def _node(self, output: int, name: str, leaf: Any) -> Any:
        if not _varies(leaf):
            return leaf
        one = Primitive(name)
        one.arity = -1
        one.function = functools.partial(self._compute, output)
        one.variadic = functools.partial(self._pull_back, output)
        if self.function in primitive_jvps:
            one.jvp = functools.partial(self._push_forward, output)
        return record.apply(one, tuple([node for _, _, node in self.positions]), record.NO_KEYWORDS)

    def _compute(self, output: int, *plain: Any) -> Any:
        if self.recorded:  # called anew, with other numbers
            self.value = self.f_raw(*self._with(plain), **self.kwargs)
        return tree.flat(self.value)[output]

    def _with(self, items: Sequence[Any]) -> Any:
        """Return the arguments with something in place of the nodes."""
        rest = iter(items)
        return tree.mapped(self.args, lambda x: next(rest) if isinstance(x, Node) else x)

    def _answer(self, output: int, y: Any) -> Any:
        """Return the result, as nodes if `y`, the part in question, is one."""
        others = self.outputs if isinstance(y, Node) and self.outputs else tree.flat(self.value)
        return tree.filled(self.value, [y if i == output else x for i, x in enumerate(others)])

    def _pull_back(self, output: int, position: int, g: Any, y: Any, *items: Any) -> Any:
        argnum, number, _ = self.positions[position]
        maker = _vjp_maker(self.function, self.name, argnum)
        parts = [g if i == output else _zeros(x) for i, x in enumerate(tree.flat(self.value))]
        vjp = maker((argnum,), self._answer(output, y), self._with(items), self.kwargs)
        (found,) = vjp(tree.filled(self.value, parts))
        return tree.aligned(found, self.args[argnum])[number]

    def _push_forward(
        self, output: int, position: int, tangent: Any, y: Any, items: Any, _: Any
    ) -> Any:
        argnum, number, _ = self.positions[position]
        argument = self.args[argnum]
        parts = [tangent if i == number else _zeros(x) for i, x in enumerate(tree.flat(argument))]
        jvp = primitive_jvps[self.function]
        tangents = (tree.filled(argument, parts),)
        change = jvp((argnum,), tangents, self._answer(output, y), self._with(items), self.kwargs)
        return tree.aligned(change, self.value)[output]


def _vjp_maker(function: Any, name: str, argnum: int) -> Function:
    if function not in primitive_vjps:
        raise NoRuleError(
            f"VJP of {name} wrt argnums {(argnum,)} not defined. Call "
            f"autograd.extend.defvjp({name}, ...)."
        )
    return primitive_vjps[function]


def _varies(x: Any) -> bool:
    return isinstance(x, (np.ndarray, np.inexact, float, complex))


def _zeros(x: Any) -> Any:
    return np.zeros_like(record.plain(x))


# -- reverse mode -----------------------------------------------------------------------------


def defvjp(fun: Any, *vjpmakers: Function | None, argnums: Iterable[int] | None = None) -> None:
    """Give a function its vector-Jacobian products, one for each argument.

    Parameters
    ----------
    fun : callable
        Made by `primitive`, or a function of NumPy.
    *vjpmakers : callable or None
        ``vjpmaker(ans, *args, **kwargs)`` returns ``vjp(g)``; None stands for a derivative of 0.
    argnums : iterable of int, optional
        The arguments they belong to; by default 0, 1, ...
    """
    makers = dict(_numbered(vjpmakers, argnums))

    def vjp_argnums(argnums: Any, ans: Any, args: Any, kwargs: Any) -> Function:
        vjps = [_found(makers, argnum, fun, "VJP")(ans, *args, **kwargs) for argnum in argnums]
        return lambda g: [vjp(g) for vjp in vjps]

    for argnum, maker in makers.items():
        if maker is None:
            makers[argnum] = functools.partial(_zero_vjp, argnum)
    defvjp_argnums(fun, vjp_argnums)


def defvjp_argnum(fun: Any, vjpmaker: Function) -> None:
    """Give a function ``vjpmaker(argnum, ans, args, kwargs)``, for any of its arguments."""

    def vjp_argnums(argnums: Any, *rest: Any) -> Function:
        vjps = [vjpmaker(argnum, *rest) for argnum in argnums]
        return lambda g: [vjp(g) for vjp in vjps]

    defvjp_argnums(fun, vjp_argnums)


def defvjp_argnums(fun: Any, vjpmaker: Function) -> None:
    """Give a function ``vjpmaker(argnums, ans, args, kwargs)``; its vjp gives several at once."""
    primitive_vjps[_extended(fun)] = vjpmaker


def _zero_vjp(argnum: int, ans: Any, *args: Any, **kwargs: Any) -> Function:
    return lambda g: vspace(args[argnum]).zeros()


# -- forward mode -----------------------------------------------------------------------------


def defjvp(fun: Any, *jvpfuns: Any, argnums: Iterable[int] | None = None) -> None:
    """Give a function its forward rules: ``jvp(g, ans, *args, **kwargs)`` for each argument.

    None stands for a derivative of 0, and "same" for a function that is linear in the argument.
    Without forward rules they are derived from those of `defvjp`.
    """
    rules = dict(_numbered(jvpfuns, argnums))

    def jvp_argnums(argnums: Any, gs: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        changes = []
        for argnum, g in zip(argnums, gs, strict=True):
            rule = _found(rules, argnum, fun, "JVP")
            if rule is None:
                changes.append(vspace(ans).zeros())
            elif rule == "same":
                changes.append(fun(*_replaced(args, argnum, g), **kwargs))
            else:
                changes.append(rule(g, ans, *args, **kwargs))
        return functools.reduce(vspace(ans).add, changes)

    defjvp_argnums(fun, jvp_argnums)


def defjvp_argnum(fun: Any, jvpmaker: Function) -> None:
    """Give a function ``jvp(argnum, g, ans, args, kwargs)``, for any of its arguments."""

    def jvp_argnums(argnums: Any, gs: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        changes = [jvpmaker(i, g, ans, args, kwargs) for i, g in zip(argnums, gs, strict=True)]
        return functools.reduce(vspace(ans).add, changes)

    defjvp_argnums(fun, jvp_argnums)


def defjvp_argnums(fun: Any, jvpmaker: Function) -> None:
    """Give a function ``jvp(argnums, gs, ans, args, kwargs)``, the sum over these arguments."""
    primitive_jvps[_extended(fun)] = jvpmaker


def def_linear(fun: Any) -> None:
    """Say that a function is linear in each of its arguments, which gives its forward rule."""
    defjvp_argnum(
        fun,
        lambda argnum, g, ans, args, kwargs: fun(*_replaced(args, argnum, g), **kwargs),
    )


# -- no derivative ----------------------------------------------------------------------------


def notrace_primitive(f_raw: Function) -> Function:
    """Return a function like `f_raw` that is called with plain numbers: it has no derivative."""

    @functools.wraps(f_raw, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
    def function(*args: Any, **kwargs: Any) -> Any:
        return f_raw(*record.plain(args), **record.plain(kwargs))

    return function


def register_notrace(trace_type: type, primitive_fun: Any) -> None:
    """Say that a function made by `primitive` has no derivative."""
    _WITHOUT_DERIVATIVE.add(primitive_fun)


# -- shared -----------------------------------------------------------------------------------


def _extended(fun: Any) -> Any:
    """Return what to file a rule under; a function of NumPy's is called anew from now on."""
    if not callable(fun):
        raise DataError(f"A rule belongs to a function, not to {fun!r}.")
    if isinstance(fun, np.ufunc) or hasattr(fun, "_implementation"):
        handler = DISPATCH.get(fun)
        if handler not in primitive_vjps and handler not in primitive_jvps:
            TAKEN.add(fun)
            handler = DISPATCH[fun] = primitive(getattr(fun, "_implementation", fun))
        return handler
    return fun


def _numbered(rules: Sequence[Any], argnums: Iterable[int] | None) -> Iterable[tuple[int, Any]]:
    for rule in rules:
        if not (rule is None or callable(rule) or rule == "same"):
            raise DataError(f"A rule is a function or None, not {rule!r}.")
    return zip(itertools.count() if argnums is None else argnums, rules, strict=False)


def _found(rules: dict[int, Any], argnum: int, fun: Any, kind: str) -> Any:
    if argnum not in rules:
        name = getattr(fun, "__name__", fun)
        raise NoRuleError(f"{kind} of {name} wrt argnums {(argnum,)} not defined.")
    return rules[argnum]


def _replaced(args: Sequence[Any], argnum: int, item: Any) -> list[Any]:
    return [item if position == argnum else arg for position, arg in enumerate(args)]
