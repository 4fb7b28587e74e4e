"""`primitive`: functions whose derivatives the user defines."""

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
from autograd.engine.registry import DISPATCH
from autograd.engine.tracing import concrete
from autograd.errors import NoRuleError, ShapeError
from autograd.variables import plain

Function = Callable[..., Any]

primitive_vjps: dict[Any, Function] = {}
"""Function -> its reverse rule ``maker(argnums, ans, args, kwargs)``.

The rule returns `vjp`, and ``vjp(g)`` a cotangent for each of the `argnums`.
"""

primitive_jvps: dict[Any, Function] = {}
"""Function -> its forward rule ``jvp(argnums, tangents, ans, args, kwargs)``.

The rule returns the tangent of the result.
"""

#: All functions made by `primitive`.
PRIMITIVES: weakref.WeakSet[Any] = weakref.WeakSet()

#: Those that have no derivative, see `register_notrace`.
WITHOUT_RULES: weakref.WeakSet[Any] = weakref.WeakSet()


def primitive(f_raw: Function) -> Function:
    """Return a function like `f_raw` whose derivatives are defined by `defvjp` and `defjvp`.

    `f_raw` is called with plain numbers and arrays; its operations are not recorded. Forward mode
    uses the rules of `defjvp` if there are any, otherwise those of `defvjp`.

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
    """Implement `primitive`.

    A call that passes nodes by keyword, where they cannot be passed by position, is made to
    `earlier`, if given.
    """
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
            return f_raw(*plain(args), **kwargs)
        if nested:
            value = f_raw(*plain(args), **kwargs)
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
    """Call with nodes passed by keyword: pass them by position."""
    if function in WITHOUT_RULES:
        return f_raw(*plain(args), **plain(kwargs))
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


class _OtherResult(Exception):  # noqa: N818 - not an error
    """A function returned something other than one number or array."""

    def __init__(self, value: Any) -> None:
        self.value = value


class _Simple:
    """A primitive of numbers and arrays that returns one number or array: the usual case."""

    def __init__(self, function: Any, name: str, f_raw: Function) -> None:
        self.function = function
        self.f_raw = f_raw
        self.primitive = Primitive(name)
        self.primitive.arity = -1
        self.primitive.function = self.compute
        self.primitive.variadic = self.pull_back

    def compute(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        value = self.f_raw(*args, **kwargs)
        if isinstance(value, Node):  # see _Application
            value = plain(value)
        if not (isinstance(value, np.ndarray) or varies(value)):
            raise _OtherResult(value)
        return value

    def pull_back(self, argnum: int, g: Any, y: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the rule defined by `defvjp`."""
        maker = _vjp_maker(self.function, self.primitive.name, argnum)
        (found,) = maker((argnum,), y, args, kwargs)(g)
        return found

    def push_forward(self, argnum: int, tangent: Any, y: Any, args: Any, kwargs: Any) -> Any:
        """Call the rule defined by `defjvp`."""
        return primitive_jvps[self.function]((argnum,), (tangent,), y, args, kwargs)


class _Application:
    """One call of a primitive with nodes, or results, inside containers."""

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
        # The result may hold nodes, from a closure or from inside other objects. The rule of the
        # function replaces their derivatives too.
        self.value = plain(value)
        self.outputs: list[Any] = []
        self.recorded = False

    def result(self) -> Any:
        """Return the result with a node for each number and array in it."""
        outputs = itertools.count()
        result = tree.replace(
            self.value, lambda path, leaf: self._node(next(outputs), f"{self.name}{path}", leaf)
        )
        if isinstance(self.value, tree.CONTAINERS):  # a single node would refer to itself
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

    def _compute(self, output: int, *values: Any) -> Any:
        if self.recorded:  # replayed with other values
            self.value = plain(self.f_raw(*self._with(values), **self.kwargs))
        return tree.flat(self.value)[output]

    def _with(self, items: Sequence[Any]) -> Any:
        """Return the arguments with `items` in place of the nodes."""
        rest = iter(items)
        return tree.mapped(self.args, lambda x: next(rest) if isinstance(x, Node) else x)

    def _answer(self, output: int, y: Any) -> Any:
        """Return the result with `y` as one output; the others are nodes if `y` is."""
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
    """List the derivatives for the leaves of a container, as returned by a rule.

    A rule may return an array for a list or tuple: its rows are the parts.
    """
    if not isinstance(like, tree.CONTAINERS):
        return [found]
    if isinstance(like, dict):
        if not isinstance(found, dict) or found.keys() != like.keys():
            return tree.aligned(found, like)  # raises an error that says how they differ
        return [part for key in like for part in _parts(found[key], like[key], name)]
    if isinstance(found, (tuple, list)):
        length, described = len(found), f"{len(found)} parts"
    else:
        shape = np.shape(plain(found))
        length, described = shape[0] if shape else -1, f"shape {shape}"
    if length != len(like):
        raise ShapeError(
            f"A rule of {name!r} returned a derivative of {described} for a "
            f"{type(like).__name__} of {len(like)} parts. Return one derivative for each part."
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
    """Return whether `x` is a floating-point number or array."""
    x = concrete(x)
    if isinstance(x, np.ndarray):
        return x.dtype.kind in "fc"
    return isinstance(x, (np.inexact, float, complex))


def _zeros(x: Any) -> Any:
    return np.zeros_like(plain(x))
