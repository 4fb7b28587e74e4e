"""Whether operations are recorded: `no_grad` and its relatives."""

from __future__ import annotations

from typing import Any

import autograd


def no_grad(function: Any = None) -> Any:
    """Compute without recording: a context manager and a decorator, with and without brackets.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """
    block = autograd.no_grad()
    return block if function is None else block(function)


def enable_grad(function: Any = None) -> Any:
    """Record again inside `no_grad`: a context manager and a decorator."""
    block = autograd.enable_grad()
    return block if function is None else block(function)


def inference_mode(mode: Any = True) -> Any:
    """Compute without recording, as `no_grad` does; not with ``mode=False``."""
    if callable(mode):
        return autograd.no_grad()(mode)
    return autograd.no_grad() if mode else autograd.enable_grad()


class set_grad_enabled:  # noqa: N801 - PyTorch's name
    """Record or not from now on; as a context manager, until the end of the block.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> with torch.set_grad_enabled(False):
    ...     torch.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        self._block: Any = autograd.enable_grad() if mode else autograd.no_grad()
        self._block.__enter__()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: Any) -> None:
        self._block.__exit__(*error)


is_grad_enabled = autograd.is_recording
