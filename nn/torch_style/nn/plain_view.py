"""Modules and losses in PyTorch's style as those of `nn`, for `nn.fit` and others."""

from __future__ import annotations

import functools
from typing import Any, ClassVar, Final

from nn import losses
from nn.module import Module as PlainModule
from nn.torch_style.base import inside, outside
from nn.torch_style.random import GENERATOR

#: The losses of `nn`, which take Tensors.
PLAIN_LOSSES: Final = {id(function) for function in vars(losses).values() if callable(function)}

#: By the class of a module, that of its views.
_VIEWS: Final[dict[type[Any], type[PlainView]]] = {}


class PlainView(PlainModule):
    """A module in PyTorch's style as one of `nn`, with the same attributes."""

    shown: ClassVar[type[Any]]
    generators = (GENERATOR,)

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """Call the module with tensors; return Tensors."""
        module = object.__new__(self.shown)
        object.__setattr__(module, "__dict__", vars(self))
        return inside(module(*outside(inputs), **outside(options)))


def plain_view(module: Any) -> PlainModule:
    """Return a module in PyTorch's style as one of `nn`."""
    kind = type(module)
    if kind not in _VIEWS:
        space = {"shown": kind, "forward": kind.forward, "__doc__": kind.__doc__}
        _VIEWS[kind] = type(kind.__name__, (PlainView,), space)
    view = object.__new__(_VIEWS[kind])
    object.__setattr__(view, "__dict__", object.__getattribute__(module, "__dict__"))
    return view


def plain_loss(loss: Any) -> Any:
    """Return a loss that takes and returns tensors as one of Tensors; others unchanged."""
    if hasattr(loss, "__plain_module__"):
        return loss.__plain_module__()
    if isinstance(loss, functools.partial) and id(loss.func) in PLAIN_LOSSES:
        return loss
    if hasattr(loss, "plain_function"):
        return loss.plain_function
    if isinstance(loss, PlainModule) or not callable(loss) or id(loss) in PLAIN_LOSSES:
        return loss

    @functools.wraps(loss, updated=())
    def call(outputs: Any, targets: Any) -> Any:
        return inside(loss(outside(outputs), outside(targets)))

    return call
