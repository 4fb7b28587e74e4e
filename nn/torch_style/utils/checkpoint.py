"""PyTorch's ``torch.utils.checkpoint``: recompute intermediate results in the backward pass."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

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

    parts: list[Any] = []  # of several results, those that are no floats, and None for floats
    shapes: list[Any] = []

    def plain(*inputs: Any) -> Any:
        results = inside(function(*outside(inputs), **options))
        if not isinstance(results, (tuple, list)):
            return results
        flows = [getattr(getattr(x, "dtype", None), "kind", "") in ("f", "c") for x in results]
        parts[:] = [None if flow else x for flow, x in zip(flows, results, strict=True)]
        joined = [x for flow, x in zip(flows, results, strict=True) if flow]
        shapes[:] = [None if not flow else x.shape for flow, x in zip(flows, results, strict=True)]
        return np.concatenate([np.reshape(x, -1) for x in joined])

    found = autograd.checkpoint(plain)(*inside(args))
    if not shapes:
        return outside(found)
    start = 0
    for place, shape in enumerate(shapes):
        if shape is not None:
            end = start + math.prod(shape)
            parts[place], start = np.reshape(found[start:end], shape), end
    return tuple(outside(parts))
