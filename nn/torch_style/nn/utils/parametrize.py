"""PyTorch's ``torch.nn.utils.parametrize``: parameters that modules compute from others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from autograd.errors import DataError, OptionError
from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.nn.computed import compute, forget
from nn.torch_style.nn.containers import ModuleDict, ModuleList
from nn.torch_style.nn.module import Module
from nn.torch_style.nn.parameter import Parameter

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
]


class ParametrizationList(ModuleList):
    """The modules that compute one parameter, and the original ones.

    Parameters
    ----------
    modules : iterable of Module
        The modules, called one after the other.
    original : Parameter
        The parameter. If ``right_inverse`` of the module returns a tuple, there are several.
    """

    def __init__(self, modules: Any, original: Parameter, unsafe: bool = False) -> None:
        super().__init__(modules)
        parts: Any = original
        for module in reversed(list(self)):
            if hasattr(module, "right_inverse"):
                parts = module.right_inverse(parts.detach() if parts is original else parts)
        several = isinstance(parts, (tuple, list))
        self.names = [f"original{i}" for i in range(len(parts))] if several else ["original"]
        for name, part in zip(self.names, parts if several else [parts], strict=True):
            same = part is original
            setattr(self, name, part if same else Parameter(part, original.requires_grad))

    def right_inverse(self, value: Any) -> None:
        """Store what the modules compute this parameter from."""
        parts: Any = value.detach()
        for module in reversed(list(self)):
            if not hasattr(module, "right_inverse"):
                raise OptionError(
                    f"{type(module).__name__} has no right_inverse: it cannot be said from what a "
                    "parameter is computed that is assigned."
                )
            parts = module.right_inverse(parts)
        for name, part in zip(self.names, parts if len(self.names) > 1 else [parts], strict=True):
            getattr(self, name).data = part

    def forward(self) -> Any:  # type: ignore[override]
        """Return the parameter."""
        first, *others = list(self)
        found = first(*(getattr(self, name) for name in self.names))
        for module in others:
            found = module(found)
        return found


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Any, *, unsafe: bool = False
) -> Module:
    """Compute a parameter by a module whenever it is used; return the module that has it.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> from nn.torch_style import nn
    >>> class Symmetric(nn.Module):
    ...     def forward(self, w):
    ...         return w.triu() + w.triu(1).T
    >>> layer = nn.Linear(3, 3)
    >>> _ = nn.utils.parametrize.register_parametrization(layer, "weight", Symmetric())
    >>> torch.equal(layer.weight, layer.weight.T)
    True
    """
    if is_parametrized(module, tensor_name):
        module.parametrizations[tensor_name].append(parametrization)
        return module
    original = getattr(module, tensor_name, None)
    if not isinstance(original, Parameter):
        names = ", ".join(name for name, _ in module.named_parameters(recurse=False))
        raise OptionError(
            f"{type(module).__name__} has no parameter {tensor_name!r}; it has {names or 'none'}."
        )
    computed = ParametrizationList([parametrization], original)
    shape = computed().shape
    if shape != original.shape and not unsafe:
        raise DataError(
            f"The parametrization makes {tensor_name!r} of shape {tuple(shape)}; it must keep the "
            f"shape {tuple(original.shape)}, unless unsafe=True."
        )
    if not is_parametrized(module):
        module.parametrizations = ModuleDict()
    delattr(module, tensor_name)
    module.parametrizations[tensor_name] = computed
    compute(
        module,
        tensor_name,
        lambda owner: owner.parametrizations[tensor_name](),
        lambda owner, value: owner.parametrizations[tensor_name].right_inverse(value),
    )
    return module


def remove_parametrizations(
    module: Module, tensor_name: str, leave_parametrized: bool = True
) -> Module:
    """Make a computed parameter an ordinary one again: with its present numbers, or the original.

    Raises
    ------
    OptionError
        If it is not computed; or for the original, if there are several.
    """
    if not is_parametrized(module, tensor_name):
        raise OptionError(f"{tensor_name!r} of {type(module).__name__} is not parametrized.")
    computed = module.parametrizations[tensor_name]
    if not leave_parametrized and len(computed.names) > 1:
        raise OptionError(f"{tensor_name!r} has several originals: write leave_parametrized=True.")
    original = getattr(computed, computed.names[0])
    numbers = computed().detach() if leave_parametrized else original
    del module.parametrizations[tensor_name]
    forget(module, tensor_name)
    if not len(module.parametrizations):
        del module.parametrizations
    setattr(module, tensor_name, Parameter(numbers, original.requires_grad))
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Return whether a parameter of a module, or any of them, is computed."""
    found = vars(module).get("parametrizations")
    return found is not None and (tensor_name is None or tensor_name in found)


@contextmanager
def cached() -> Iterator[None]:
    """Change nothing: parameters are computed whenever they are used."""
    yield


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.nn.utils.parametrize", name, __all__))
