"""Functions that a backward pass calls with the derivative of a node, or once it is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.engine.fields import ArrayNode
from autograd.engine.grad_mode import enable_grad, no_grad
from autograd.errors import GraphError


def add_hook(
    node: ArrayNode, function: Callable[[Any], Any], after: bool = False
) -> Callable[[], None]:
    """Add a hook to a node, for its derivative or for the time `after` that is stored.

    Returns what removes the hook.
    """
    hooks = node._hooks if node._hooks is not None else []
    node._hooks = hooks
    entry = [function, after]
    hooks.append(entry)

    def remove() -> None:
        if any(entry is other for other in hooks):
            hooks[:] = [other for other in hooks if other is not entry]

    return remove


def call_after(node: ArrayNode, create: bool) -> None:
    """Call the hooks that wait for the derivative of a leaf to be stored.

    What they compute is recorded only in a pass whose derivatives are nodes.
    """
    with enable_grad() if create else no_grad():
        for function, after in tuple(node._hooks):
            if after and function(node) is not None:
                raise GraphError(
                    "A hook that is called after the derivative was stored returned something, "
                    "which would be ignored. Change tensor.grad, or return None."
                )
