"""PyTorch's ``torch.utils.checkpoint``: recompute intermediate results in the backward pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

import numpy as np

import autograd
from autograd.errors import OptionError
from nn.torch_style.base import inside, outside
from nn.torch_style.random import GENERATOR

#: Options of PyTorch that change nothing here.
IGNORED: Final = (
    "use_reentrant", "context_fn", "determinism_check", "debug", "early_stop",
)  # fmt: skip


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
    keeps_random = options.pop("preserve_rng_state", True)
    for ignored in IGNORED:
        options.pop(ignored, None)
    start = GENERATOR.get_state() if keeps_random else None
    calls = 0

    parts: list[Any] = []  # of several results, those that are no floats, and None for floats
    shapes: list[Any] = []

    def plain(*inputs: Any) -> Any:
        nonlocal calls
        calls += 1
        with nullcontext() if start is None or calls == 1 else drawing_again(start):
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
    first = 0
    for place, shape in enumerate(shapes):
        if shape is not None:
            last = first + math.prod(shape)
            parts[place], first = np.reshape(found[first:last], shape), last
    return tuple(outside(parts))


@contextmanager
def drawing_again(state: Any) -> Iterator[None]:
    """Draw the random numbers that follow a state, and go on behind those drawn before."""
    now = GENERATOR.get_state()
    GENERATOR.set_state(state)
    try:
        yield
    finally:
        GENERATOR.set_state(now)


def checkpoint_sequential(functions: Any, segments: int, input: Any, **options: Any) -> Any:
    """Call functions one after the other, without keeping what all but the last segment compute.

    Parameters
    ----------
    functions : Sequential, or list of callable
        The functions.
    segments : int
        Into how many parts to divide them.
    input : tensor
        What the first function takes.
    """
    each = list(functions)
    size = len(each) // segments
    if segments < 1 or not size:
        raise OptionError(f"segments={segments} must be from 1 to {len(each)}, the functions.")

    def part(start: int, end: int | None) -> Callable[..., Any]:
        def run(x: Any) -> Any:
            for function in each[start:end]:
                x = function(x)
            return x

        return run

    for start in range(0, size * (segments - 1), size):
        input = checkpoint(part(start, start + size), input, **options)
    return part(size * (segments - 1), None)(input)
