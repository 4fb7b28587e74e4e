"""Names of SciPy without a rule: they work on plain numbers and refuse nodes."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from autograd import tree
from autograd.engine import Node
from autograd.errors import NoRuleError
from autograd.rules.redefinable import redefinable


def has_node(*arguments: Any) -> bool:
    """Return whether the arguments contain a node, at any depth."""
    return any(isinstance(leaf, Node) for leaf in tree.flat(arguments))


def refusing_nodes(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same function, except that nodes raise `NoRuleError`."""

    @redefinable
    @functools.wraps(function)
    def original(*arguments: Any, **keywords: Any) -> Any:
        if has_node(arguments, keywords):
            raise NoRuleError(
                f"{name} has no derivative rule. Write it with functions that have one, or pass "
                "node.data for a constant."
            )
        return function(*arguments, **keywords)

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

    def decorate(counterpart: Callable[..., Any]) -> Callable[..., Any]:
        @redefinable
        @functools.wraps(counterpart)
        def either(*arguments: Any, **keywords: Any) -> Any:
            if has_node(arguments, keywords):
                return counterpart(*arguments, **keywords)
            return function(*arguments, **keywords)

        return either

    return decorate
