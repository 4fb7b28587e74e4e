"""Classes and functions of users, by the names under which files refer to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Item = TypeVar("Item", bound=Callable[..., Any])

_REGISTERED: dict[str, Any] = {}
_IN_SCOPE: ContextVar[Mapping[str, Any]] = ContextVar("custom objects", default={})  # noqa: B039


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[Item], Item]:
    """Return a decorator: files of models can refer to a class or a function by a name.

    Parameters
    ----------
    package : str
        What the name begins with.
    name : str, optional
        The name; by default that of the class or function.

    Examples
    --------
    >>> @register_keras_serializable("mine")
    ... def halved(x):
    ...     return x / 2
    >>> get_registered_name(halved)
    'mine>halved'
    """

    def register(item: Item) -> Item:
        _REGISTERED[f"{package}>{name or item.__name__}"] = item  # type: ignore[attr-defined]
        return item

    return register


def get_registered_name(obj: Any) -> str:
    """Return the name under which a class or a function is registered, or its own.

    Parameters
    ----------
    obj : type or callable
        The class or function.
    """
    return next((name for name, item in _REGISTERED.items() if item is obj), str(obj.__name__))


def get_registered_object(name: str, custom_objects: Any = None, module_objects: Any = None) -> Any:
    """Return what is registered under a name, or None.

    Parameters
    ----------
    name : str
        The name.
    custom_objects, module_objects : dict, optional
        Where to look as well: before, and at last.
    """
    for known in (_IN_SCOPE.get(), _REGISTERED, custom_objects or {}, module_objects or {}):
        if name in known:
            return known[name]
    return None


def get_custom_objects() -> dict[str, Any]:
    """Return the dict of what is registered, which may be changed."""
    return _REGISTERED


@contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any] | None) -> Iterator[None]:
    """Let names stand for classes and functions in a block.

    Parameters
    ----------
    custom_objects : dict of str to type or callable
        The classes and functions by name.

    Examples
    --------
    >>> with custom_object_scope({"halved": lambda x: x / 2}):
    ...     get_registered_object("halved")(3.0)
    1.5
    """
    token = _IN_SCOPE.set({**_IN_SCOPE.get(), **(custom_objects or {})})
    try:
        yield
    finally:
        _IN_SCOPE.reset(token)
