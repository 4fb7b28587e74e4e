"""Names of SciPy without a rule: they work on plain numbers and refuse nodes."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.batching import innermost, looped
from autograd.captured import varies
from autograd.engine import Node, objects, tracing
from autograd.engine.dispatch import plain
from autograd.engine.grad_mode import GRAD_MODE
from autograd.errors import DataError, GradientLostError, NoRuleError
from autograd.rules.entries import in_turn
from autograd.rules.redefinable import redefinable
from autograd.scipy.lists import UfuncOfLists, taking_lists

#: Functions that dispatch on their arguments: SciPy passes some on, such as `sinc`.
_OF_NUMPY = type(np.sinc)


def has_node(*arguments: Any) -> bool:
    """Return whether the arguments contain a node, at any depth, or in an array of objects."""
    return any(isinstance(x, Node) or objects.holds_nodes(x) for x in tree.flat(arguments))


def gives_nodes(function: Callable[..., Any], *arguments: Any) -> bool:
    """Return whether a function of numbers returns nodes, because it uses some from outside.

    It also does if it fails where it puts them into an array that is made like its argument: for a
    node as its argument, that array is a Tensor.
    """
    try:
        return has_node(function(*arguments))
    except (TypeError, ValueError) as error:
        if loses_derivative(error):
            return True
        raise


def loses_derivative(error: BaseException) -> bool:
    """Return whether an error is that a node would have become a number, as NumPy reports it too."""
    return isinstance(error, GradientLostError) or isinstance(error.__cause__, GradientLostError)


def joined(x: Any) -> Any:
    """Join arrays of nodes, ``np.array([a, b])``, in a tree into Tensors."""
    if any(objects.holds_nodes(leaf) for leaf in tree.flat(x)):
        return tree.mapped(x, objects.joined)
    return x


def recorded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of SciPy that a program calls, instead of looking inside.

    Such functions compute in C, where arrays that are traced cannot be followed.
    """

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        if GRAD_MODE.tracing != 0:
            tracer = tracing.tracer()
            given = (arguments, tuple(keywords.values()))
            if tracer is not None and tracing.any_followed(given):
                return tracer.emit(function, arguments, keywords)
        return function(*arguments, **keywords)

    return call


def opaque(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of arrays that is only called with arrays, for what SciPy computes in C.

    A program calls it, instead of looking inside, and `vmap` calls it once for each entry.
    """
    inner = recorded(function)

    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        if GRAD_MODE.batched and (level := innermost(arguments)) is not None:
            return looped(call, level, arguments, {})
        return inner(*arguments)

    return call


def with_copies(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that SciPy calls with its own arrays, which it changes later.

    A program keeps what it is called with. Inside, nodes may depend on what is traced, so tracing
    goes on: `jit` gives up then, and in a program of one call SciPy's conversions to numbers are
    guarded.
    """

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        if GRAD_MODE.tracing != 0:
            arguments = tuple([x.copy() if isinstance(x, np.ndarray) else x for x in arguments])
        return tracing.give_to_solver(function(*arguments, **keywords))

    return call


def untraced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that SciPy calls with its own arrays, which it changes later."""

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        tracer = tracing.tracer()
        if tracer is None:
            return function(*arguments, **keywords)
        tracing.stop()
        try:
            return function(*arguments, **keywords)
        finally:
            tracing.start(tracer)

    return call


def refusing_nodes(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same function, except that nodes raise `NoRuleError`.

    So do nodes that functions among its arguments return.
    """
    bare = recorded(function)

    @redefinable
    @in_turn
    @functools.wraps(function)
    def original(*arguments: Any, **keywords: Any) -> Any:
        if has_node(arguments, keywords):
            raise NoRuleError(
                f"{name} has no derivative rule. Write it with functions that have one, or pass "
                "node.data for a constant."
            )
        arguments = tuple([_guarded(x, name) for x in arguments])
        return bare(*arguments, **{key: _guarded(x, name) for key, x in keywords.items()})

    return original


class _Guarded:
    """A function that a solver without a rule calls: nodes that it returns raise `NoRuleError`.

    The solver might only compare them, and would lose the derivative without a sign.
    """

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        functools.update_wrapper(self, function)
        self._function, self._name = function, name

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        found = self._function(*arguments, **keywords)
        if any(isinstance(x, Node) and varies(x) for x in tree.flat(joined(found))):
            raise NoRuleError(
                f"{self._name} has no derivative rule, but a function that it calls returns a "
                "node. Use node.data there for a constant, or a function that has a rule."
            )
        return found


def _guarded(x: Any, name: str) -> Any:
    """Guard a function that is written in Python, or an object that is called like one."""
    is_own = isinstance(x, (types.FunctionType, types.MethodType, functools.partial))
    if not is_own and callable(x) and not isinstance(x, type):
        is_own = isinstance(type(x).__call__, types.FunctionType)
    return _Guarded(x, name) if is_own else x


def names_of(module: Any, where: str) -> Callable[[str], Any]:
    """Return a module's ``__getattr__`` that looks up other names in SciPy's module."""

    @functools.cache
    def get(name: str) -> Any:
        if name.startswith("__"):  # such as __path__, which would make it a package
            raise AttributeError(f"module {where!r} has no attribute {name!r}")
        found = getattr(module, name)
        if isinstance(found, np.ufunc):
            return UfuncOfLists(found)
        if isinstance(found, _OF_NUMPY):
            return taking_lists(found)
        if inspect.isroutine(found):
            return refusing_nodes(f"{where}.{name}", found)
        return found

    return get


def no_rule(name: str, argument: str) -> Callable[..., Any]:
    """Return a partial derivative that raises `NoRuleError`: it is not known."""

    def partial(*_: Any) -> Any:
        """Raise `NoRuleError`: this derivative is not known."""
        raise NoRuleError(
            f"scipy.special.{name} has no derivative rule with respect to {argument}. "
            "Pass a plain number there (node.data)."
        )

    return partial


def whole(order: Any) -> Any:
    """Return the integer part of an order, as functions that take integers in C do."""
    return np.trunc(plain(order))


def real_part(function: Callable[..., Any]) -> Callable[[float], float]:
    """Return a function of a float whose result is real; raise `DataError` for a complex one."""

    @functools.wraps(function)
    def of_float(x: float) -> float:
        y = complex(function(x))
        if y.imag:
            raise DataError(
                f"{function.__name__} of {x} is the complex number {y:.6g}, and a Value holds a real "
                "one: use a Tensor."
            )
        return y.real

    return of_float


def in_place_of(function: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Call the decorated function for nodes and SciPy's function for plain numbers."""
    bare = recorded(function)

    def decorate(counterpart: Callable[..., Any]) -> Callable[..., Any]:
        @redefinable
        @functools.wraps(counterpart)
        def either(*arguments: Any, **keywords: Any) -> Any:
            if has_node(arguments, keywords):
                return counterpart(*joined(arguments), **joined(keywords))
            return bare(*arguments, **keywords)

        return either

    return decorate


def refusing_nodes_in(name: str, kind: Any) -> Any:
    """Return a class of SciPy, written in C, whose objects refuse nodes: its errors do not say why."""

    def without_nodes(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
            if has_node(arguments, keywords):
                raise NoRuleError(
                    f"{name} has no derivative rule. Write it with functions that have one, or "
                    "pass node.data for a constant."
                )
            return function(self, *arguments, **keywords)

        return call

    methods = {method: without_nodes(getattr(kind, method)) for method in ("__init__", "__call__")}
    return type(kind.__name__, (kind,), {"__doc__": kind.__doc__, **methods})
