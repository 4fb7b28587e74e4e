"""What becomes of the names of SciPy that have no rule."""

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
    """Return whether there is a node among these, in any nesting."""
    return any(isinstance(leaf, Node) for _, leaf in tree.leaves(arguments))


def refusing_nodes(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same function, except that it tells who calls it with a node that it cannot."""

    @redefinable
    @functools.wraps(function)
    def original(*arguments: Any, **keywords: Any) -> Any:
        if has_node(arguments, keywords):
            raise NoRuleError(
                f"{name} has no rule for its derivative. Write it with functions that have one, "
                "or pass node.data if no derivative is to flow through it."
            )
        return function(*arguments, **keywords)

    return original


def names_of(module: Any, where: str) -> Callable[[str], Any]:
    """Return a ``__getattr__`` that takes the names a module of ours lacks from SciPy's."""

    @functools.cache
    def get(name: str) -> Any:
        if name.startswith("__"):  # __path__, for one, says that this is a package
            raise AttributeError(f"module {where!r} has no attribute {name!r}")
        found = getattr(module, name)
        if isinstance(found, (types.FunctionType, types.MethodType)):
            return refusing_nodes(f"{where}.{name}", found)
        return found

    return get


def no_rule(name: str, argument: str) -> Callable[..., Any]:
    """Return the partial derivative that is not known: calling it is an error."""

    def partial(*_: Any) -> Any:
        """Raise `NoRuleError`: this derivative is not known."""
        raise NoRuleError(
            f"scipy.special.{name} has no rule for its derivative with respect to {argument}. "
            "Pass a plain number there (node.data)."
        )

    return partial


def in_place_of(function: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a function of ours do for nodes what one of SciPy's does for numbers."""

    def decorate(ours: Callable[..., Any]) -> Callable[..., Any]:
        @redefinable
        @functools.wraps(ours)
        def either(*arguments: Any, **keywords: Any) -> Any:
            if has_node(arguments, keywords):
                return ours(*arguments, **keywords)
            return function(*arguments, **keywords)

        return either

    return decorate
