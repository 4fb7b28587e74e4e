"""Models in another style, such as that of `nn.torch_style`, as training takes them.

A class in another style says how its objects are seen as those of `nn`: a model has the method
``__plain_module__``, which returns a module with the same attributes, and ``__plain_loss__``, which
returns a loss of Tensors; a tensor has the attribute ``held``, what it holds.
"""

from __future__ import annotations

from typing import Any


def plain_model(model: Any) -> Any:
    """Return a model whose parameters and results are Tensors.

    Examples
    --------
    >>> import nn
    >>> import nn.torch_style as torch
    >>> model = plain_model(torch.nn.Linear(2, 1))
    >>> type(model.parameters()[0]) is nn.Parameter
    True
    """
    return model.__plain_module__() if hasattr(model, "__plain_module__") else model


def plain_loss(loss: Any, model: Any) -> Any:
    """Return a loss of Tensors for a model, which may be in another style.

    Examples
    --------
    >>> import nn
    >>> plain_loss(nn.mse, nn.Tanh()) is nn.mse
    True
    """
    return model.__plain_loss__(loss) if hasattr(model, "__plain_loss__") else loss


def stripped(x: Any) -> Any:
    """Return what tensors in another style hold, also in tuples, lists and dicts.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> stripped([torch.tensor([1, 2])])
    [array([1, 2])]
    """
    kind = type(x)
    if kind is tuple or kind is list:
        return kind([stripped(part) for part in x])
    if kind is dict:
        return {name: stripped(part) for name, part in x.items()}
    return x.held if hasattr(kind, "held") else x
