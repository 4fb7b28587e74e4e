"""Functions that a module calls before and after ``forward``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Hook:
    """A hook of a module; calling it, or its method ``remove``, removes the hook.

    Parameters
    ----------
    module : Module
        The module.
    function : callable
        The hook itself.
    after : bool
        Whether to call it after ``forward``, not before.

    Examples
    --------
    >>> import nn
    >>> layer = nn.Tanh()
    >>> hook = layer.register_forward_hook(lambda module, inputs, y: print(y))
    >>> y = layer(0.0)
    0.0
    >>> hook.remove()
    >>> y = layer(0.0)
    """

    def __init__(self, module: Any, function: Callable[..., Any], after: bool) -> None:
        self.module, self.function, self.after = module, function, after
        module._hooks = (*module._hooks, self)

    def remove(self) -> None:
        """Remove the hook, if it is still there."""
        self.module._hooks = tuple(hook for hook in self.module._hooks if hook is not self)

    __call__ = remove


def hooked(module: Any) -> Callable[..., Any]:
    """Return a function that calls ``forward`` and the hooks of a module."""

    def forward(*inputs: Any, **options: Any) -> Any:
        for hook in module._hooks:
            if not hook.after:
                found = hook.function(module, inputs)
                if found is not None:
                    inputs = found if isinstance(found, tuple) else (found,)
        outputs = module.forward(*inputs, **options)
        for hook in module._hooks:
            if hook.after:
                found = hook.function(module, inputs, outputs)
                outputs = outputs if found is None else found
        return outputs

    return forward
