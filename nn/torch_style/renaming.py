"""NumPy's names of arguments, which PyTorch accepts as well: ``axis=`` and ``keepdims=``."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Final

ALIASES: Final = {"axis": "dim", "keepdims": "keepdim"}


def accept_aliases(kind: type[Any]) -> type[Any]:
    """Let the methods of a class that have ``dim`` accept ``axis``, and so on; return the class.

    As functions they also accept the tensor as ``input``.
    """
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
            if not arguments and "input" in options:
                arguments = (options.pop("input"),)
            options = {aliases.get(name, name): option for name, option in options.items()}
        return method(*arguments, **options)

    return call
