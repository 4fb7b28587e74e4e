"""Names of SciPy without a rule: they work on plain numbers and refuse nodes."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from autograd import tree
from autograd.engine import Node, tracing
from autograd.engine.grad_mode import GRAD_MODE
from autograd.errors import NoRuleError
from autograd.rules.redefinable import redefinable


def has_node(*arguments: Any) -> bool:
    """Return whether the arguments contain a node, at any depth."""
    return any(isinstance(leaf, Node) for leaf in tree.flat(arguments))


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
    """Return the same function, except that nodes raise `NoRuleError`."""
    bare = recorded(function)

    @redefinable
    @functools.wraps(function)
    def original(*arguments: Any, **keywords: Any) -> Any:
        if has_node(arguments, keywords):
            raise NoRuleError(
                f"{name} has no derivative rule. Write it with functions that have one, or pass "
                "node.data for a constant."
            )
        return bare(*arguments, **keywords)

    return original


def names_of(module: Any, where: str) -> Callable[[str], Any]:
    """Return a module's ``__getattr__`` that looks up other names in SciPy's module."""

    @functools.cache
    def get(name: str) -> Any:
        if name.startswith("__"):  # such as __path__, which would make it a package
            raise AttributeError(f"module {where!r} has no attribute {name!r}")
        found = getattr(module, name)
        if isinstance(found, (types.FunctionType, types.MethodType)):
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


def in_place_of(function: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Call the decorated function for nodes and SciPy's function for plain numbers."""
    bare = recorded(function)

    def decorate(counterpart: Callable[..., Any]) -> Callable[..., Any]:
        @redefinable
        @functools.wraps(counterpart)
        def either(*arguments: Any, **keywords: Any) -> Any:
            if has_node(arguments, keywords):
                return counterpart(*arguments, **keywords)
            return bare(*arguments, **keywords)

        return either

    return decorate
