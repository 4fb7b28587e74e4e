"""NumPy's names of arguments, which PyTorch accepts as well: ``axis=`` and ``keepdims=``."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

ALIASES: Final = {
    "axis": "dim", "axis0": "dim0", "axis1": "dim1", "keepdims": "keepdim",
    "split_size_or_sections": "split_size",
}  # fmt: skip

#: What PyTorch's functions call the tensor whose method does the same.
FIRST: Final = ("input", "tensor", "elements", "sorted_sequence")


def with_axis(function: F) -> F:
    """Return a function that accepts ``axis`` for ``dim``."""
    return cast("F", _accepting(function, {"axis": "dim"}))


def as_function(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method as a function that accepts the tensor by PyTorch's names for it."""

    @functools.wraps(method)
    def call(*arguments: Any, **options: Any) -> Any:
        if not arguments and options:
            name = next((name for name in FIRST if name in options), "")
            arguments = (options.pop(name),) if name else ()
        return method(*arguments, **options)

    return call


def accept_aliases(kind: type[Any]) -> type[Any]:
    """Let the methods of a class that have ``dim`` accept ``axis``, and so on; return the class."""
    for base in kind.__mro__:
        for name, method in list(vars(base).items()):
            if inspect.isfunction(method) and not name.startswith("_"):
                known = inspect.signature(method).parameters
                aliases = {old: new for old, new in ALIASES.items() if new in known}
                if aliases and name not in vars(kind):
                    setattr(kind, name, _accepting(method, aliases))
    return kind


def _accepting(method: Callable[..., Any], aliases: dict[str, str]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(*arguments: Any, **options: Any) -> Any:
        if options:
            options = {aliases.get(name, name): option for name, option in options.items()}
        return method(*arguments, **options)

    return call
