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
    with_options : bool
        Whether it also gets the keyword arguments, a dict behind the inputs.
    first : bool
        Whether to call it before the hooks that are there already.

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

    def __init__(
        self, module: Any, function: Callable[..., Any], after: bool,
        with_options: bool = False, first: bool = False,
    ) -> None:  # fmt: skip
        self.module, self.function, self.after = module, function, after
        self.with_options = with_options
        module._hooks = (self, *module._hooks) if first else (*module._hooks, self)

    def call(self, inputs: Any, options: Any, *outputs: Any) -> Any:
        """Call the function."""
        if self.with_options:
            return self.function(self.module, inputs, options, *outputs)
        return self.function(self.module, inputs, *outputs)

    def remove(self) -> None:
        """Remove the hook, if it is still there."""
        self.module._hooks = tuple(hook for hook in self.module._hooks if hook is not self)

    __call__ = remove


def hooked(module: Any) -> Callable[..., Any]:
    """Return a function that calls ``forward`` and the hooks of a module."""

    def forward(*inputs: Any, **options: Any) -> Any:
        for hook in module._hooks:
            if not hook.after:
                found = hook.call(inputs, options)
                if found is not None and hook.with_options:
                    inputs, options = found
                elif found is not None:
                    inputs = found if isinstance(found, tuple) else (found,)
        outputs = module.forward(*inputs, **options)
        for hook in module._hooks:
            if hook.after:
                found = hook.call(inputs, options, outputs)
                outputs = outputs if found is None else found
        return outputs

    return forward
