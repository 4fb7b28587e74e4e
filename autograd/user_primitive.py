"""Functions whose derivatives a program gives: what `autograd.extend.primitive` makes."""

from __future__ import annotations

import functools
import inspect
import itertools
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import Node, Primitive, dispatch
from autograd.engine.objects import joined
from autograd.engine.primitive import DISPATCH
from autograd.errors import NoRuleError, ShapeError

Function = Callable[..., Any]

#: function -> ``maker(argnums, ans, args, kwargs)``, which returns ``vjp(g)``: a cotangent each.
primitive_vjps: dict[Any, Function] = {}
#: function -> ``jvp(argnums, tangents, ans, args, kwargs)``, the tangent of the result.
primitive_jvps: dict[Any, Function] = {}

#: All functions that `primitive` has made.
PRIMITIVES: weakref.WeakSet[Any] = weakref.WeakSet()

#: Those of them that have no derivative by nature.
WITHOUT_RULES: weakref.WeakSet[Any] = weakref.WeakSet()


def primitive(f_raw: Function) -> Function:
    """Return a function like `f_raw` that is not looked into, but has derivatives of its own.

    It is called with plain numbers and arrays. Its derivatives are given by `defvjp`, and may
    be given by `defjvp`.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.extend import defvjp, primitive
    >>> @primitive
    ... def cube(x):
    ...     return x**3
    >>> defvjp(cube, lambda ans, x: lambda g: g * 3 * x**2)
    >>> grad(cube)(2.0)
    12.0
    """
    function = made_of(f_raw)
    if isinstance(f_raw, np.ufunc):
        DISPATCH.setdefault(f_raw, function)
    return function


def made_of(f_raw: Function, earlier: Function | None = None) -> Function:
    """Do it; calls that give nodes by keyword go to `earlier`, if there is such a function."""
    name = getattr(f_raw, "__name__", "function")

    @functools.wraps(f_raw, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
    def function(*args: Any, **kwargs: Any) -> Any:
        args = tuple([joined(argument) for argument in args])
        nested = any(isinstance(argument, tree.CONTAINERS) for argument in args)
        given = tree.flat(args) if nested else args
        if kwargs and any(isinstance(leaf, Node) for leaf in tree.flat(kwargs)):
            return _by_position(function, name, f_raw, earlier, args, kwargs)
        if not any(isinstance(argument, Node) for argument in given):
            return f_raw(*args, **kwargs)
        if function in WITHOUT_RULES:
            return f_raw(*dispatch.plain(args), **kwargs)
        if nested:
            value = f_raw(*dispatch.plain(args), **kwargs)
            return _Application(function, name, f_raw, args, kwargs, value).result()
        simple.primitive.jvp = simple.push_forward if function in primitive_jvps else None
        try:
            return dispatch.apply(simple.primitive, args, kwargs)
        except _OtherResult as other:
            return _Application(function, name, f_raw, args, kwargs, other.value).result()

    simple = _Simple(function, name, f_raw)
    PRIMITIVES.add(function)
    return function


def _by_position(
    function: Function,
    name: str,
    f_raw: Function,
    earlier: Function | None,
    args: Any,
    kwargs: dict[str, Any],
) -> Any:
    """Call with nodes that were given by keyword."""
    if function in WITHOUT_RULES:
        return f_raw(*dispatch.plain(args), **dispatch.plain(kwargs))
    try:
        bound = inspect.signature(f_raw).bind(*args, **kwargs)
    except (TypeError, ValueError):
        bound = None
    if bound is not None:
        left = [path for path, leaf in tree.leaves(bound.kwargs) if isinstance(leaf, Node)]
        if not left:
            return function(*bound.args, **bound.kwargs)
    if earlier is not None:
        return earlier(*args, **kwargs)
    for path, leaf in tree.leaves(kwargs):
        if isinstance(leaf, Node):
            raise NoRuleError(
                f"{name} has no derivative with respect to keyword{path}. Pass nodes by position."
            )


class _OtherResult(Exception):  # noqa: N818 - it is no error
    """A function has returned something else than one number or array."""

    def __init__(self, value: Any) -> None:
        self.value = value


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
        if isinstance(value, Node):  # see _Application
            value = dispatch.plain(value)
        if not isinstance(value, (np.ndarray, np.inexact, float, complex)):
            raise _OtherResult(value)
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

    def __init__(
        self, function: Any, name: str, f_raw: Function, args: Any, kwargs: Any, value: Any
    ) -> None:
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
        # Nodes come from what it closes over, or finds inside of arguments of other kinds. The rule
        # that is given for the function stands for their derivatives as well.
        self.value = tree.mapped(value, dispatch.plain)
        self.outputs: list[Any] = []
        self.recorded = False

    def result(self) -> Any:
        """Return the result, with a node for each number and array in it."""
        outputs = itertools.count()
        result = tree.replace(
            self.value, lambda path, leaf: self._node(next(outputs), f"{self.name}{path}", leaf)
        )
        if isinstance(self.value, tree.CONTAINERS):  # a single one would refer to itself
            self.outputs = tree.flat(result)
        self.recorded = True
        return result

    def _node(self, output: int, name: str, leaf: Any) -> Any:
        if not varies(leaf):
            return leaf
        one = Primitive(name)
        one.arity = -1
        one.function = functools.partial(self._compute, output)
        one.variadic = functools.partial(self._pull_back, output)
        if self.function in primitive_jvps:
            one.jvp = functools.partial(self._push_forward, output)
        return dispatch.apply(
            one, tuple([node for _, _, node in self.positions]), dispatch.NO_KEYWORDS
        )

    def _compute(self, output: int, *plain: Any) -> Any:
        if self.recorded:  # called anew, with other numbers
            self.value = tree.mapped(self.f_raw(*self._with(plain), **self.kwargs), dispatch.plain)
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
        return _parts(found, self.args[argnum], self.name)[number]

    def _push_forward(
        self, output: int, position: int, tangent: Any, y: Any, items: Any, _: Any
    ) -> Any:
        argnum, number, _ = self.positions[position]
        argument = self.args[argnum]
        parts = [tangent if i == number else _zeros(x) for i, x in enumerate(tree.flat(argument))]
        jvp = primitive_jvps[self.function]
        tangents = (tree.filled(argument, parts),)
        change = jvp((argnum,), tangents, self._answer(output, y), self._with(items), self.kwargs)
        return _parts(change, self.value, self.name)[output]


def _parts(found: Any, like: Any, name: str) -> list[Any]:
    """List the derivatives in the places of the leaves of a container.

    For a list or tuple a rule may return an array: its rows are the parts.
    """
    if not isinstance(like, tree.CONTAINERS):
        return [found]
    if isinstance(like, dict):
        if not isinstance(found, dict) or found.keys() != like.keys():
            return tree.aligned(found, like)  # which says how they differ
        return [part for key in like for part in _parts(found[key], like[key], name)]
    if isinstance(found, (tuple, list)):
        length, told = len(found), f"{len(found)} parts"
    else:
        shape = np.shape(dispatch.plain(found))
        length, told = shape[0] if shape else -1, f"shape {shape}"
    if length != len(like):
        raise ShapeError(
            f"A rule of {name!r} returned a derivative of {told} for a {type(like).__name__} of "
            f"{len(like)} parts. It must have one for each."
        )
    return [part for i, item in enumerate(like) for part in _parts(found[i], item, name)]


def _vjp_maker(function: Any, name: str, argnum: int) -> Function:
    if function not in primitive_vjps:
        raise NoRuleError(
            f"VJP of {name} wrt argnums {(argnum,)} not defined. Call "
            f"autograd.extend.defvjp({name}, ...)."
        )
    return primitive_vjps[function]


def varies(x: Any) -> bool:
    """Return whether this is a number or an array that can have a derivative."""
    if isinstance(x, np.ndarray):
        return x.dtype.kind in "fc"
    return isinstance(x, (np.inexact, float, complex))


def _zeros(x: Any) -> Any:
    return np.zeros_like(dispatch.plain(x))
