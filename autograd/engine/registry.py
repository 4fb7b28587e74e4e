"""Which function has which rule."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any, Final

from autograd.engine.primitive import Primitive

#: NumPy function (or ufunc, or ufunc method) -> the function to call if an argument is a node.
DISPATCH: Final[dict[Any, Callable[..., Any]]] = {}

#: Functions with a user rule; lazily loaded built-in rules must not override it.
USER_RULES: Final[set[Any]] = set()

#: NumPy functions without a derivative: called on the plain data.
WITHOUT_DERIVATIVE: Final[set[Any]] = set()

#: Handlers that assign to an argument: it must be the object that the caller holds.
WRITERS: Final[set[Any]] = set()

#: Module -> the module with rules for its functions, imported when a rule is missing.
LAZY_RULES: Final[dict[str, str]] = {}

#: Type of another library -> what carries out operators between its objects and nodes.
OPERANDS: Final[dict[Any, Callable[..., Any]]] = {}

#: Code of operators that ask for an array of a node, and let its operator act if it has none.
YIELDING: Final[set[Any]] = set()

#: Code of methods that ask for an array of a node -> what to write instead.
INSTEAD: Final[dict[Any, str]] = {}


def load_lazy_rules() -> bool:
    """Import the lazy rules of every module imported so far; return whether there were any."""
    found = [module for module in LAZY_RULES if module in sys.modules]
    for module in found:
        importlib.import_module(LAZY_RULES[module])
        LAZY_RULES.pop(module, None)  # only now: another thread may be waiting for the import
    return bool(found)


def operand_handler(x: Any) -> Callable[..., Any] | None:
    """Return what carries out operators with an object of another library, None if nothing does."""
    load_lazy_rules()
    for kind in type(x).__mro__:
        handler = OPERANDS.get(kind)
        if handler is not None:
            return handler
    return None


_UNDEFINED: Final[dict[str, Primitive]] = {}


def declare(name: str) -> Primitive:
    """Declare a primitive that the engine calls itself; its rule is registered later."""
    primitive = _UNDEFINED[name] = Primitive(name)
    return primitive


def take_declared(name: str) -> Primitive:
    """Return the primitive that the engine declared under this name, or a new one."""
    return _UNDEFINED.pop(name, None) or Primitive(name)


def undefined_primitives() -> list[str]:
    """List declared primitives that still have no rule."""
    return sorted(_UNDEFINED)
