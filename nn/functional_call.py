"""Calls of a module with other parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd.errors import OptionError
from autograd.program import changed
from nn.contents import joined
from nn.module import Module


def functional_call(
    module: Module, parameters: Mapping[str, Any], *inputs: Any, **options: Any
) -> Any:
    """Call a module with other parameters, which may have been computed.

    Derivatives flow to these: for hypernetworks, meta-learning, and gradients of a function of
    the parameters.

    Parameters
    ----------
    module : Module
        The module, which is unchanged afterwards.
    parameters : mapping of str to Tensor
        The parameters by name, as in `Module.named_parameters`; the others are those of the module.
    *inputs, **options
        The arguments of the call.

    Returns
    -------
    any
        The result of the call.

    Raises
    ------
    OptionError
        If there is no parameter of a name.

    Examples
    --------
    >>> import numpy as np
    >>> import nn
    >>> from autograd import grad
    >>> layer, x = nn.Linear(2, 1), np.ones((3, 2))
    >>> loss = lambda w: np.sum(nn.functional_call(layer, {"weight": w}, x))
    >>> grad(loss)(np.zeros((1, 2)))
    array([[3., 3.]])
    """
    places: dict[str, int] = {}
    found: dict[int, list[tuple[Any, Any]]] = {}
    for prefix, owner in module._walk("", ()):
        for name, parameter in owner._own_parameters():
            places[joined(prefix, name)] = id(parameter)
            found.setdefault(id(parameter), []).append(_place(vars(owner), name))
    unknown = [name for name in parameters if name not in places]
    if unknown:
        raise OptionError(f"There is no parameter named {unknown[0]!r}, but {', '.join(places)}.")
    before = [
        (container, key, container[key], new)
        for name, new in parameters.items()
        for container, key in found[places[name]]
    ]
    changed()
    try:
        for container, key, _, new in before:
            container[key] = new
        return module(*inputs, **options)
    finally:
        for container, key, old, _ in before:
            container[key] = old
        changed()


def _place(container: Any, path: str) -> tuple[Any, Any]:
    """Return the container and the key of an item, given its path."""
    while path not in container:
        key, _, path = path.partition(".")
        container = container[key if isinstance(container, dict) else int(key)]
        if isinstance(container, (list, tuple)) and "." not in path:
            return container, int(path)
    return container, path
