"""`compile`: functions and models as recorded programs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import autograd
from nn.torch_style.base import inside, outside
from nn.torch_style.nn.module import Module
from nn.torch_style.types import check_options


def compile(model: Any = None, **options: Any) -> Any:
    """Return a function that records what another one computes, and replays that.

    It is `autograd.jit` for functions of tensors; of a model it returns the model, whose calls
    are recorded. Options are ignored.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> f = torch.compile(lambda x: (x.sin() ** 2).sum())
    >>> f(torch.zeros(3))
    tensor(0.)
    """
    check_options("compile", options, "fullgraph dynamic backend mode options disable")
    if model is None:
        return compile
    if isinstance(model, Module):
        model.forward = _compiled(model.forward)
        return model
    return _compiled(model)


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    @autograd.jit
    def plain(*inputs: Any, **options: Any) -> Any:
        return inside(function(*outside(inputs), **outside(options)))

    @functools.wraps(function)
    def call(*inputs: Any, **options: Any) -> Any:
        return outside(plain(*inside(inputs), **inside(options)))

    return call
