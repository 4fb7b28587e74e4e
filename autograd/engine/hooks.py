"""Functions that a backward pass calls with the derivative of a node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.engine.fields import ArrayNode


def add_hook(node: ArrayNode, function: Callable[[Any], Any]) -> Callable[[], None]:
    """Add a hook to a node; return what removes it."""
    hooks = node._hooks if node._hooks is not None else []
    node._hooks = hooks
    entry = [function]
    hooks.append(entry)

    def remove() -> None:
        if any(entry is other for other in hooks):
            hooks[:] = [other for other in hooks if other is not entry]

    return remove
