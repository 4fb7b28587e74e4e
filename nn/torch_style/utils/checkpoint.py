"""PyTorch's ``torch.utils.checkpoint``: recompute intermediate results in the backward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
from nn.torch_style.base import inside, outside


def checkpoint(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a function without keeping its intermediate results.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> torch.utils.checkpoint.checkpoint(lambda v: v.exp().tanh(), x).sum().backward()
    >>> x.grad
    tensor([0.0469, 0.0469])
    """
    for ignored in ("use_reentrant", "preserve_rng_state", "determinism_check", "debug"):
        options.pop(ignored, None)

    def plain(*inputs: Any) -> Any:
        return inside(function(*outside(inputs), **options))

    return outside(autograd.checkpoint(plain)(*inside(args)))
