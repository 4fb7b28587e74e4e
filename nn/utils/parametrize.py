"""Parameters that are computed from others whenever they are used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.errors import DataError, OptionError
from nn.arrays import plain
from nn.containers import ModuleDict, ModuleList
from nn.module import Module
from nn.parameter import Parameter

#: The attribute with the modules that compute parameters.
PLACE = "parametrizations"

__all__ = [
    "ParametrizationList",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
]


class ParametrizationList(ModuleList):
    """The modules that compute one parameter, and the original numbers.

    Parameters
    ----------
    first : Module
        The module that takes the original numbers.
    original : Parameter
        The parameter. If ``first.right_inverse`` returns a tuple, there are several originals.
    """

    def __init__(self, first: Module, original: Parameter) -> None:
        super().__init__([first])
        invert = getattr(first, "right_inverse", None)
        parts = plain(original) if invert is None else invert(plain(original))
        self.several = isinstance(parts, tuple)
        names = [f"original{i}" for i in range(len(parts))] if self.several else ["original"]
        for name, part in zip(names, parts if self.several else [parts], strict=True):
            setattr(self, name, Parameter(plain(part), requires_grad=original.requires_grad))
        self.originals = names

    def forward(self, *inputs: Any) -> Any:
        """Return the parameter.

        Parameters
        ----------
        *inputs : None
            There are none.
        """
        first, *others = self
        found = first(*(getattr(self, name) for name in self.originals))
        for step in others:
            found = step(found)
        return found


def register_parametrization(module: Module, name: str, parametrization: Module) -> Module:
    """Compute a parameter by a module whenever it is used; return the module that has it.

    Parameters
    ----------
    module : Module
        The module that has the parameter.
    name : str
        The name of the parameter.
    parametrization : Module
        Called with the original numbers; its method ``right_inverse``, if there is one, finds
        these from the present ones. Several are called one after the other.

    Raises
    ------
    OptionError
        If the module has no such parameter.
    DataError
        If the result has another shape.

    Examples
    --------
    >>> import numpy as np
    >>> import nn
    >>> class Symmetric(nn.Module):
    ...     def forward(self, w):
    ...         return np.triu(w) + np.triu(w, 1).T
    >>> layer = register_parametrization(nn.Linear(3, 3), "weight", Symmetric())
    >>> bool((layer.weight.data == layer.weight.data.T).all())
    True
    """
    if is_parametrized(module, name):
        _computed(module)[name].append(parametrization)
        return module
    original = getattr(module, name, None)
    if not isinstance(original, Parameter):
        raise OptionError(
            f"{type(module).__name__} has no parameter {name!r}; it has "
            f"{', '.join(n for n, _ in module.named_parameters(recurse=False)) or 'none'}."
        )
    computed = ParametrizationList(parametrization, original)
    if computed().shape != original.shape:
        raise DataError(
            f"The parametrization makes {name!r} of shape {computed().shape}; it must keep the "
            f"shape {original.shape}."
        )
    if not is_parametrized(module):
        setattr(module, PLACE, ModuleDict())
    delattr(module, name)
    _computed(module)[name] = computed
    _set_class(module)
    return module


def remove_parametrizations(module: Module, name: str) -> Module:
    """Make a computed parameter an ordinary one again, with its present numbers.

    Parameters
    ----------
    module : Module
        The module.
    name : str
        The name of the parameter.

    Raises
    ------
    OptionError
        If it is not computed.

    Examples
    --------
    >>> import nn
    >>> layer = nn.utils.weight_norm(nn.Linear(2, 3))
    >>> [name for name, _ in remove_parametrizations(layer, "weight").named_parameters()]
    ['bias', 'weight']
    """
    if not is_parametrized(module, name):
        raise OptionError(f"{name!r} of {type(module).__name__} is not parametrized.")
    numbers = plain(getattr(module, name))
    del _computed(module)[name]
    _set_class(module)
    if not len(_computed(module)):
        delattr(module, PLACE)
    setattr(module, name, Parameter(numbers))
    return module


def is_parametrized(module: Module, name: str | None = None) -> bool:
    """Return whether a parameter of a module, or any of them, is computed.

    Parameters
    ----------
    module : Module
        The module.
    name : str, optional
        The name of the parameter.

    Examples
    --------
    >>> import nn
    >>> is_parametrized(nn.Linear(2, 3))
    False
    """
    found = vars(module).get(PLACE)
    return found is not None and (name is None or name in found)


def _computed(module: Module) -> ModuleDict:
    found: ModuleDict = vars(module)[PLACE]
    return found


def _set_class(module: Module) -> None:
    """Give a module a class whose attributes compute the parameters; the original, if none."""
    kind: Any = type(module)
    kind = kind.__mro__[1] if hasattr(kind, "_computed") else kind
    names = tuple(_computed(module))
    space: dict[str, Any] = {name: property(_getter(name)) for name in names}
    space |= {"_computed": names, "__module__": kind.__module__}
    module.__class__ = type(kind.__name__, (kind,), space) if names else kind


def _getter(name: str) -> Callable[[Module], Any]:
    return lambda module: _computed(module)[name]()
